"""Blocks as bytes: ids and entries column by column, deflated, and checked when they are read back."""

import json
import struct
import zlib
from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, described
from .append_log import whole_number
from .protocol import Block, Note, Size
from .tables import Entries

MOST_INFLATED = 1032  # times; deflate gives no more
# What `decode` raises for bytes that `encode` never makes.
NONSENSE = (ValueError, TypeError, OverflowError, struct.error, zlib.error, MemoryError, RecursionError)
_SIZES = struct.Struct("<7Q")  # as in `_Sizes`
SIZES_BYTES = _SIZES.size
_SPACE = 32
_NO_ID, _STRING, _INTEGER, _BYTES, _LINE = range(5)


class Filed(NamedTuple):
    """A block of the file: the number of its first document, the block, and the notes on files that came with it."""

    first: int
    block: Block
    notes: Mapping[str, Note]


class _Sizes(NamedTuple):
    """What stands in front of a block: the number of its first document, and how much of everything it holds."""

    first: int
    documents: int
    entries: int
    names: int
    texts: int
    flags: int
    notes: int

    def widths(self) -> list[int]:
        """Return the bytes of everything that is deflated, in its order."""
        each, entry = self.documents, self.entries
        columns = [each, 4 * each, 8 * entry, 8 * entry, 4 * entry, 4 * entry, entry]
        return [self.names, *columns, self.texts, self.flags, self.notes]


def encode(filed: Filed) -> bytes:
    """Return a block as bytes: sizes, then the keys, which look random, then all else, deflated."""
    first, (ids, entries), notes = filed
    encoded = [encode_id(id) for id in ids]
    names = b"".join(name for _, name in encoded)
    noted = json.dumps(notes).encode() if notes else b""
    columns = [
        np.array([kind for kind, _ in encoded], "u1"),
        np.array([len(name) for _, name in encoded], "<u4"),
        np.diff(entries.documents, prepend=first).astype("<i8"),
        entries.positions.astype("<i8"),
        entries.text_lengths.astype("<u4"),
        entries.token_counts.astype("<u4"),
        entries.banded.astype("u1"),
    ]
    plain = [names, *(column.tobytes() for column in columns), entries.texts.tobytes(), entries.flags.tobytes(), noted]
    sizes = first, len(ids), len(entries.documents), len(names), len(entries.texts), len(entries.flags), len(noted)
    return _SIZES.pack(*sizes) + entries.keys.astype("<u4").tobytes() + zlib.compress(b"".join(plain), 1)


def decode(payload: bytes, columns: int) -> Filed:
    """Return the block that `encode` made bytes of; `columns` is how many keys an entry has.

    What it holds is taken for nothing until it is checked: kernels trust lengths. Raises one of NONSENSE.
    """
    sizes = _Sizes(*_SIZES.unpack_from(payload))
    pieces = _inflated(payload, _SIZES.size + 4 * columns * sizes.entries, sizes.widths())
    kinds, name_lengths, steps, positions, text_lengths, token_counts, banded = (
        np.frombuffer(piece, kind).astype(kind[1:] if kind[0] == "<" else kind)
        for piece, kind in zip(pieces[1:8], ["u1", "<u4", "<i8", "<i8", "<u4", "<u4", "u1"], strict=True)
    )
    keys = np.frombuffer(payload, "<u4", columns * sizes.entries, _SIZES.size).astype(np.uint32)
    entries = Entries(
        np.frombuffer(pieces[8], "u1"), np.frombuffer(pieces[9], "u1"), text_lengths.astype(np.int64),
        token_counts.astype(np.int64), sizes.first + np.cumsum(steps), positions,
        keys.reshape(columns, sizes.entries), banded.astype(np.bool_),
    )  # fmt: skip
    _check_entries(entries, sizes.first + sizes.documents)
    ids = _decode_ids(bytes(pieces[0]), kinds, name_lengths)
    notes = {name: _note(*said) for name, said in dict(json.loads(bytes(pieces[10]) or b"{}")).items()}
    return Filed(sizes.first, Block(ids, entries), notes)


def sizes_of(beginning: bytes) -> tuple[int, Size]:
    """Return the number of the first document of a block, and how much it says that it holds. Raises struct.error."""
    sizes = _Sizes(*_SIZES.unpack(beginning))
    return sizes.first, Size(sizes.documents, sizes.entries, sizes.texts, sizes.flags)


def join(parts: Sequence[Entries], columns: int) -> Entries:
    """Return entries one after the other."""
    nothing = np.empty(0, dtype=np.int64)
    octets = np.empty(0, dtype=np.uint8)
    empty = Entries(
        octets, octets, nothing, nothing, nothing, nothing, np.empty((columns, 0), np.uint32), nothing.astype(np.bool_)
    )
    return Entries(
        *(
            np.concatenate([getattr(part, name) for part in (empty, *parts)], axis=-1)
            for name in Entries.__dataclass_fields__
        )
    )


def encode_id(id: Hashable) -> tuple[int, bytes]:
    """Return the kind of an id and its bytes. Raises InputError for one that a file cannot hold."""
    match id:
        case None:
            return _NO_ID, b""
        case str():
            return _STRING, id.encode("utf-8", "surrogatepass")
        case int() if not isinstance(id, bool):
            return _INTEGER, id.to_bytes(id.bit_length() // 8 + 1, "little", signed=True)
        case bytes():
            return _BYTES, id
        case ((str() | int() | bytes() | None) as document, int(line)) if 0 <= line < 1 << 64:  # a line of a document
            kind, name = encode_id(document)
            return _LINE, struct.pack("<QB", line, kind) + name
    raise InputError(f"an id is {described(id)}; expected str, int or bytes, which an index can hold")


def _decode_ids(names: bytes, kinds: NDArray[np.uint8], lengths: NDArray[np.uint32]) -> list[Hashable]:
    bounds = [0, *accumulate(lengths.tolist())]
    if bounds[-1] != len(names):
        raise ValueError("ids")
    if names.isascii() and (kinds == _STRING).all():
        string = names.decode()
        return [string[begin:end] for begin, end in pairwise(bounds)]
    return [
        _decode_id(kind, names[begin:end]) for kind, (begin, end) in zip(kinds.tolist(), pairwise(bounds), strict=True)
    ]


def _decode_id(kind: int, name: bytes) -> Hashable:
    match kind:
        case 0:
            return None
        case 1:
            return name.decode("utf-8", "surrogatepass")
        case 2:
            return int.from_bytes(name, "little", signed=True)
        case 3:
            return name
        case 4:
            line, inner = struct.unpack_from("<QB", name)
            if inner < _LINE:
                return _decode_id(inner, name[9:]), line
    raise ValueError(f"no such kind of id: {kind}")


def _note(size: object, time: object, checksum: object) -> Note:
    if not isinstance(checksum, str):
        raise TypeError("a checksum is no text")
    return Note(whole_number(size), whole_number(time, -(1 << 63)), checksum)


def _inflated(payload: bytes, begin: int, widths: Sequence[int]) -> list[memoryview]:
    """Inflate what stands in `payload` from a byte on, and cut it to pieces of these widths."""
    if begin > len(payload) or sum(widths) > MOST_INFLATED * (len(payload) - begin):
        raise ValueError("sizes")
    inflater = zlib.decompressobj()
    plain = memoryview(inflater.decompress(memoryview(payload)[begin:], sum(widths) + 1))
    if len(plain) != sum(widths) or not inflater.eof:
        raise ValueError("length")
    return [plain[begin:end] for begin, end in pairwise([0, *accumulate(widths)])]


def _check_entries(entries: Entries, documents: int) -> None:
    """Raise ValueError unless every length, number and place fits the others."""
    ends = np.cumsum(entries.text_lengths)
    if not len(ends):
        return
    spaces = entries.texts == _SPACE
    if (
        entries.text_lengths.min() < 2
        or int(ends[-1]) != len(entries.texts)
        or int(entries.token_counts.sum()) != len(entries.flags)
        or not spaces[ends - 1].all()
        or spaces[0]
        or (spaces[1:] & spaces[:-1]).any()  # a token without a letter
        or not np.array_equal(np.searchsorted(np.flatnonzero(spaces), ends), np.cumsum(entries.token_counts))
        or entries.documents.min() < 0
        or entries.documents.max() >= documents
        or entries.positions.min() < 0
    ):
        raise ValueError("entries")
