"""The closed classes of words, read from `lexicon.txt`, and how the decision looks words up in them."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import compiled_as, kernel
from .._jit.intrinsics import load_64
from ..text.flags import PADDING
from .tables import ARTICLE, CLOSED, DENIAL, FIRST_LANGUAGE, LABEL

_FILE = Path(__file__).with_name("lexicon.txt")
_CLASSES = {"article": ARTICLE, "label": LABEL, "denial": DENIAL, "closed": CLOSED}


class Words(NamedTuple):
    """The lexicon for a few pairs.

    bits: the classes of each word, by its folded UTF-8, and the languages in which it is one of the commonest
    spellings: of a word that is spelled in two ways, twice the number of the two, and 1 more for the first of them
    """

    bits: dict[bytes, int]
    spellings: dict[bytes, int]


class Table(NamedTuple):
    """The lexicon for compiled kernels, an open-addressing table; `hashes` is 0 where a slot is free.

    hashes: uint64[s]; bits, spellings, begins: int64[s]; words: uint8[...], from `begins` on the word of each and a space
    """

    hashes: NDArray[np.uint64]
    bits: NDArray[np.int64]
    spellings: NDArray[np.int64]
    begins: NDArray[np.int64]
    words: NDArray[np.uint8]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the lexicon as `lexicon.txt` has it."""
    bits: dict[bytes, int] = {}
    spellings: dict[bytes, int] = {}
    language = FIRST_LANGUAGE - 1
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            language += 1
        key, colon, listed = line.partition(":")
        if line.startswith("#") or not colon:
            continue
        for entry in listed.split():
            if key == "spelling":
                first, _, other = (part.encode() for part in entry.partition("/"))
                pair = spellings.get(first, 2 * len(spellings) + 2) | 1
                spellings[first], spellings[other] = pair, pair - 1
            else:
                word = entry.replace("+", " ").encode()
                bits[word] = bits.get(word, 0) | _CLASSES.get(key, 1 << language)
    return Words(bits, spellings)


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the lexicon as compiled kernels look words up in it."""
    bits, spellings = words()
    known = sorted({*bits, *spellings})
    size = 1 << (3 * len(known) // 2).bit_length()
    hashes, (of_bits, of_spellings, begins) = np.zeros(size, np.uint64), np.zeros((3, size), np.int64)
    text = np.frombuffer(b" ".join(known) + b" " + bytes(PADDING), np.uint8)
    hash_bytes, begin = backend.compiled(hash_kernel), 0
    for word in known:
        value = int(hash_bytes(text, begin, begin + len(word)))
        slot = value % size
        while hashes[slot]:
            slot = (slot + 1) % size
        hashes[slot], begins[slot] = value, begin
        of_bits[slot], of_spellings[slot] = bits.get(word, 0), spellings.get(word, 0)
        begin += len(word) + 1
    return Table(hashes, of_bits, of_spellings, begins, text)


@kernel
def hash_kernel(buffer, begin, end):
    """Hash the bytes begin ... end - 1 to 64 bits, for use within one process; up to eight bytes after them are read, too."""
    value = np.uint64(end - begin)
    while end - begin > 8:
        value = (value ^ load_64(buffer, begin)) * np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
        begin += 8
    kept = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(8 * (8 - (end - begin)))
    value = (value ^ (load_64(buffer, begin) & kept)) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ value >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    return value ^ value >> np.uint64(32)


@kernel
def slot_kernel(lexicon, text, begin, end):
    """Return the slot of the word that is the bytes begin ... end - 1 of a text, -1 if it is not there."""
    value = hash_kernel(text, begin, end)
    last = np.uint64(len(lexicon.hashes) - 1)
    slot = value & last
    while lexicon.hashes[slot] != 0:
        if lexicon.hashes[slot] == value:
            word, length = lexicon.begins[slot], 0
            while length < end - begin and lexicon.words[word + length] == text[begin + length]:
                length += 1
            if length == end - begin and lexicon.words[word + length] == 32:
                return np.int64(slot)
        slot = slot + np.uint64(1) & last
    return np.int64(-1)


@kernel
def _bits_kernel(lexicon, text, begin, end):
    slot = slot_kernel(lexicon, text, begin, end)
    return lexicon.bits[slot] if slot >= 0 else np.int64(0)


@kernel
def _spelling_kernel(lexicon, text, begin, end):
    slot = slot_kernel(lexicon, text, begin, end)
    return lexicon.spellings[slot] if slot >= 0 else np.int64(0)


@kernel
@compiled_as(_bits_kernel)
def bits_of(lexicon, text, begin, end):
    """Return the classes and languages of the word that is the bytes begin ... end - 1 of a text, 0 if it has none."""
    return lexicon.bits.get(text[begin:end], 0)


@kernel
@compiled_as(_spelling_kernel)
def spelling_of(lexicon, text, begin, end):
    """Return the spelling of a word, as `Words` numbers it; 0 for one that is spelled in one way."""
    return lexicon.spellings.get(text[begin:end], 0)
