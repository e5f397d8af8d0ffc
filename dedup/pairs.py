"""Two paragraphs side by side: their tokens numbered, with traits, and how many shingles they share.

Twice: by dictionaries and sets for a few pairs, from buffers where compiled.
"""

from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import engine
from .engine import kernel, load_64, trailing_zeros
from .lexicon import lexicon

# A token's traits: the bits of its mark, and above them those of the lexicon.
TRAIT_SHIFT = 8

_EACH = np.uint64(0x0101010101010101)
_SPACES, _HIGH = np.uint64(0x20 * 0x0101010101010101), np.uint64(0x80 * 0x0101010101010101)


class _Traits:
    """The traits of one side, looked up where they are asked for: of most tokens they never are."""

    def __init__(self, tokens: list[bytes], mark: bytes) -> None:
        self.tokens, self.mark, self.known = tokens, mark, lexicon()

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, i: int) -> int:
        return self.mark[i] | self.known.get(self.tokens[i], 0) << TRAIT_SHIFT


def read_pair(text_a: bytes, mark_a: bytes, text_b: bytes, mark_b: bytes, shingle_size: int) -> tuple[Any, ...]:
    """A pair as `judge_kernel` takes it, by dictionaries and sets; `read_side_kernel` is its compiled twin."""
    numbers: dict[bytes, int] = {}
    sides = []
    shingles = []
    for text, mark in ((text_a, mark_a), (text_b, mark_b)):
        tokens = text.split()
        ids = [numbers.setdefault(token, len(numbers)) for token in tokens]
        starts = [0, *accumulate(length + 1 for length in map(len, tokens))]
        sides.append((ids, _Traits(tokens, mark), text + b" ", starts))
        shingles.append(set(zip(*(ids[i:] for i in range(shingle_size)), strict=False)) or {tuple(ids)})
    shared = len(shingles[0] & shingles[1])
    return (*sides[0], *sides[1], shared, len(shingles[0]), len(shingles[1]), shingle_size)


@kernel
def hash_kernel(buffer, begin, end):
    """A 64-bit hash of the bytes begin ... end - 1, eight at a time; numbers tokens within one process only.

    Up to eight bytes after them are read, and play no part.
    """
    value = np.uint64(end - begin)
    while end - begin > 8:
        value = (value ^ load_64(buffer, begin)) * np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
        begin += 8
    kept = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(8 * (8 - (end - begin)))
    value = (value ^ (load_64(buffer, begin) & kept)) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ value >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    return value ^ value >> np.uint64(32)


@lru_cache(maxsize=1)
def lexicon_table() -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The lexicon as an open-addressing table: hashes (0 = free) and bits."""
    hash_bytes = engine.compiled(hash_kernel)
    hashes, bits = np.zeros(1 << 12, dtype=np.uint64), np.zeros(1 << 12, dtype=np.int64)
    for word, bit in lexicon().items():
        value = int(hash_bytes(np.frombuffer(word + bytes(8), dtype=np.uint8), 0, len(word)))
        slot = value % len(hashes)
        while hashes[slot]:
            slot = (slot + 1) % len(hashes)
        hashes[slot], bits[slot] = value, bit
    return hashes, bits


@kernel
def space_kernel(text, i):
    """Where the next space stands, eight bytes at a time."""
    while True:
        differs = load_64(text, i) ^ _SPACES
        spaces = (differs - _EACH) & ~differs & _HIGH  # the lowest flag is always right
        if spaces != 0:
            return i + np.int64(trailing_zeros(spaces) >> np.uint64(3))
        i += 8


@kernel
def read_side_kernel(text, mark, ids, traits, starts, slots, heads, lexicon_hashes, lexicon_bits, known):
    """Number the tokens of one side (equal tokens alike, going on from `known`), with traits and starts."""
    begin = 0
    mask = len(slots) - 1
    lexicon_mask = len(lexicon_hashes) - 1
    for token in range(len(mark)):
        end = space_kernel(text, begin)
        value = hash_kernel(text, begin, end)
        slot = np.int64(value) & mask
        while slots[slot] >= 0 and heads[slots[slot]] != value:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = known
            heads[known] = value
            known += 1
        ids[token] = slots[slot]
        slot = np.int64(value) & lexicon_mask
        while lexicon_hashes[slot] != 0 and lexicon_hashes[slot] != value:
            slot = (slot + 1) & lexicon_mask
        traits[token] = np.int64(mark[token]) | lexicon_bits[slot] << TRAIT_SHIFT
        starts[token] = begin
        begin = end + 1
    starts[len(mark)] = begin
    return known


@kernel
def overlap_kernel(ids, n, size, table, common):
    """How many different shingles two sides share, and how many each has.

    ids: of both sides, the first n are one's; table: int64, a power of two, at least twice as long; common: int64, as
    long as ids. Both to work in.
    """
    m = len(ids) - n
    if n < size or m < size:  # a whole text for a shingle; two such are equal only if the texts are
        return 0, max(1, n - size + 1), max(1, m - size + 1)
    table[:] = -1  # the first place of each shingle
    mask = len(table) - 1
    shared = distinct_a = distinct_b = 0
    for place in range(n + m - size + 1):
        if n - size < place < n:
            continue
        value = np.uint64(0)
        for k in range(size):
            value = (value ^ np.uint64(ids[place + k])) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(32)
        slot = np.int64(value) & mask
        while table[slot] >= 0:
            other = table[slot]
            same = True
            for k in range(size):
                same &= ids[place + k] == ids[other + k]
            if same:
                break
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = place
            common[place] = 0
            if place < n:
                distinct_a += 1
            else:
                distinct_b += 1
        elif place >= n and table[slot] < n and common[table[slot]] == 0:
            common[table[slot]] = 1
            shared += 1
            distinct_b += 1
    return shared, distinct_a, distinct_b
