"""Texts as spans of one buffer of UTF-8. A lone surrogate is encoded as if it were a character."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel, makes_arrays
from .._jit.intrinsics import load_64, store_64, text_characters
from .flags import PADDING

_EIGHT, _HIGH, _WIDE = np.uint64(8), np.uint64(0x8080808080808080), np.uint64(0xFF80FF80FF80FF80)


class Spans(NamedTuple):
    """The arrays of a `Utf8`, for kernels."""

    raw: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Utf8:
    """n texts as spans of one buffer; valid UTF-8, except that it may contain surrogates.

    raw:          uint8[...], the last PADDING bytes of which belong to no text
    begins, ends: int64[n], so that text p is `raw[begins[p] : ends[p]]`
    used:         bytes of `raw` that are taken, if there is room for more behind them; else 0
    """

    raw: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    used: int = 0

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Utf8":
        """Encode texts, which must be str, by the compiled kernel."""
        listed = texts if isinstance(texts, list) else list(texts)
        found = cls.window(listed, 0, len(listed))
        if found is None:  # some are of a subclass
            found = cls.window(list(map(str.__str__, listed)), 0, len(listed))
        assert found is not None
        return found

    @classmethod
    def window(cls, texts: list[Any], begin: int, end: int) -> "Utf8 | None":
        """Encode items begin ... end - 1 of a list; return None if any is not exactly a str."""
        raw, offsets = backend.compiled(utf8_kernel, nogil=False)(id(texts), begin, end)
        return cls(raw, offsets[:-1], offsets[1:], int(offsets[-1])) if len(offsets) else None

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def spans(self) -> Spans:
        """Return what kernels take of the texts."""
        return Spans(self.raw, self.begins, self.ends)

    def text(self, p: int) -> str:
        """Return text p as a str."""
        return self.raw[self.begins[p] : self.ends[p]].tobytes().decode("utf-8", "surrogatepass")

    def with_texts(self, others: Sequence[tuple[int, str]]) -> "Utf8":
        """Return the same texts, with others at some places.

        Those are written behind these, where there is room, and stay until the next call.
        """
        added = [text.encode("utf-8", "surrogatepass") for _, text in others]
        behind = np.frombuffer(b"".join([*added, bytes(PADDING)]), dtype=np.uint8)
        raw, size = self.raw, self.used
        if size and size + len(behind) <= len(raw):
            raw[size : size + len(behind)] = behind
        else:
            raw, size = np.concatenate([raw, behind]), len(raw)
        begins, ends = self.begins.copy(), self.ends.copy()
        for (p, _), text in zip(others, added, strict=True):
            begins[p], ends[p] = size, size + len(text)
            size += len(text)
        return Utf8(raw, begins, ends)


def counted(texts: "Sequence[str] | Utf8", character: str, times: int) -> dict[int, int]:
    """Return the numbers of the texts that hold an ASCII character so many times in a row, and how often each does."""
    if not isinstance(texts, Utf8):
        mark = character * times
        return {p: text.count(mark) for p, text in enumerate(texts) if mark in text}
    found: dict[int, int] = {}
    places = np.flatnonzero(texts.raw == ord(character))
    owners = np.searchsorted(texts.ends, places, side="right")
    ends = np.append(np.flatnonzero((np.diff(places) != 1) | (np.diff(owners) != 0)) + 1, len(places))
    for begin, end in pairwise([0, *ends.tolist()]):  # a run of the character within one text
        if end - begin >= times:
            p = int(owners[begin])
            if p < len(texts) and texts.begins[p] <= places[begin]:
                found[p] = found.get(p, 0) + (end - begin) // times
    return found


@makes_arrays
@kernel
def utf8_kernel(texts, begin, end):
    """Encode items begin ... end - 1 of the list at address `texts`.

    Returns a buffer, with room behind them, and int64[end - begin + 1], where each begins; an empty one if any is not
    exactly a str. Is to be compiled with the GIL held: the list must not change between measuring and reading.
    """
    capacity = 0
    for p in range(begin, end):
        characters, width = text_characters(texts, p)
        if width < 0:
            return np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64)
        capacity += len(characters) * 2 if width == 1 or width == 2 else len(characters)
    raw = np.empty(capacity + capacity // 8 + PADDING, dtype=np.uint8)
    offsets = np.zeros(end - begin + 1, dtype=np.int64)
    size = np.int64(0)
    for p in range(begin, end):
        characters, width = text_characters(texts, p)
        if width == 0:
            size = copy_ascii_kernel(characters, raw, size)
        elif width == 1:
            size = encode_kernel(characters, 1, characters, raw, size)
        elif width == 2:
            size = encode_kernel(characters, 2, characters.view(np.uint16), raw, size)
        else:
            size = encode_kernel(characters, 4, characters.view(np.uint32), raw, size)
        offsets[p - begin + 1] = size
    raw[size : size + PADDING] = 0
    return raw, offsets


@kernel
def copy_ascii_kernel(characters, raw, size):
    """Append ASCII characters, eight at a time; return the new size."""
    whole = len(characters) & ~7
    for i in range(0, whole, 8):
        store_64(raw, size + i, load_64(characters, i))
    for i in range(whole, len(characters)):
        raw[size + i] = characters[i]
    return size + len(characters)


@kernel
def encode_kernel(memory, width, characters, raw, size):
    """Append code points of `width` bytes as UTF-8, eight at a time where they are ASCII; return the new size.

    memory: their bytes; characters: the code points
    """
    i, n, size = np.uint64(0), np.uint64(len(characters)), np.uint64(size)
    while i < n:
        if width < 4 and i + _EIGHT <= n:
            if width == 1:
                eight = load_64(memory, i)
                others = eight & _HIGH
            else:
                four, more = load_64(memory, i + i), load_64(memory, i + i + _EIGHT)
                eight = pack_kernel(four) | pack_kernel(more) << np.uint64(32)
                others = (four | more) & _WIDE
            if others == 0:
                store_64(raw, size, eight)
                size += _EIGHT
                i += _EIGHT
                continue
        size = np.uint64(put_kernel(raw, np.int64(size), np.int64(characters[i])))
        i += np.uint64(1)
    return np.int64(size)


@kernel
def pack_kernel(four):
    """Pack four ASCII code points of two bytes each into four bytes."""
    four |= four >> _EIGHT
    return four & np.uint64(0xFFFF) | four >> np.uint64(16) & np.uint64(0xFFFF0000)


@kernel
def put_kernel(out, size, code):
    """Append one code point as UTF-8; return the new size."""
    if code < 0x80:
        out[size] = code
        return size + 1
    if code < 0x800:
        out[size] = 0xC0 | code >> 6
        out[size + 1] = 0x80 | code & 0x3F
        return size + 2
    if code < 0x10000:
        out[size] = 0xE0 | code >> 12
        out[size + 1] = 0x80 | code >> 6 & 0x3F
        out[size + 2] = 0x80 | code & 0x3F
        return size + 3
    out[size] = 0xF0 | code >> 18
    out[size + 1] = 0x80 | code >> 12 & 0x3F
    out[size + 2] = 0x80 | code >> 6 & 0x3F
    out[size + 3] = 0x80 | code & 0x3F
    return size + 4


@kernel
def decode_kernel(raw, i):
    """Return the code point at byte i and its length in bytes."""
    byte = np.int64(raw[i])
    if byte < 0x80:
        return byte, 1
    if byte < 0xE0:
        return (byte & 0x1F) << 6 | np.int64(raw[i + 1]) & 0x3F, 2
    if byte < 0xF0:
        return (byte & 0x0F) << 12 | (np.int64(raw[i + 1]) & 0x3F) << 6 | np.int64(raw[i + 2]) & 0x3F, 3
    high = (byte & 0x07) << 18 | (np.int64(raw[i + 1]) & 0x3F) << 12
    return high | (np.int64(raw[i + 2]) & 0x3F) << 6 | np.int64(raw[i + 3]) & 0x3F, 4
