"""Measure how alike two texts are: the Jaccard similarity of their sets of word shingles.

With a threshold it decides, as it does for the field's other libraries, and nothing is promised.
"""

import numpy as np

from .._jit.backend import kernel
from .lexicon import hash_kernel


def shingles_of(text: bytes, size: int) -> frozenset[tuple[bytes, ...]]:
    """Return the different shingles of a folded text; one of fewer than `size` words is a shingle as a whole."""
    tokens = text.split()
    size = min(size, len(tokens))
    return frozenset(zip(*(tokens[k:] for k in range(size)), strict=False))


def alike(a: frozenset[tuple[bytes, ...]], b: frozenset[tuple[bytes, ...]]) -> tuple[float, float]:
    """Return the Jaccard similarity of two sets of shingles, and which share of the smaller one the other holds."""
    shared = len(a & b)
    return (shared / (len(a) + len(b) - shared), shared / min(len(a), len(b))) if a and b else (0.0, 0.0)


@kernel
def hash_shingles_kernel(text, size, hashes):
    """Fill `hashes`, uint64[tokens], with the hashes of a text's shingles; return how many there are."""
    n = len(text.flags)
    for k in range(n):
        hashes[k] = hash_kernel(text.text, text.starts[k], text.starts[k + 1] - 1)
    count = max(1, n - size + 1)
    for k in range(count):
        value = np.uint64(0)
        for t in range(k, min(n, k + size)):
            value = (value ^ hashes[t]) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(32)
        hashes[k] = value | np.uint64(4)  # no slot that is taken is 0
    return count


@kernel
def jaccard_kernel(a, b, table):
    """Return the Jaccard similarity of two texts by their shingles' hashes.

    table: uint64[4 * (len(a) + len(b))] at least, to work in: the upper bits of a hash, 1 if a has it, 2 if b does
    """
    places = 2
    while places < 2 * (len(a) + len(b)):
        places *= 2
    table[:places] = 0
    last, one, marks = np.uint64(places - 1), np.uint64(1), np.uint64(3)
    distinct_a = distinct_b = shared = 0
    for k in range(len(a)):
        slot = slot_of_kernel(table, a[k], last)
        distinct_a += table[slot] == 0
        table[slot] = a[k] & ~marks | one
    for k in range(len(b)):
        slot = slot_of_kernel(table, b[k], last)
        if table[slot] & np.uint64(2) == 0:
            distinct_b += 1
            shared += table[slot] != 0
            table[slot] |= b[k] & ~marks | np.uint64(2)
    return shared / (distinct_a + distinct_b - shared)


@kernel
def slot_of_kernel(table, value, last):
    """Return the slot in which a hash stands, or a free one."""
    slot = value >> np.uint64(2) & last
    while table[slot] != 0 and table[slot] >> np.uint64(2) != value >> np.uint64(2):
        slot = slot + np.uint64(1) & last
    return slot
