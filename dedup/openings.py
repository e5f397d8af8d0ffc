"""Keys that a contained paragraph shares with the one around it, however much longer that is: its sentences' openings.

LSH finds what resembles as a whole. A teaser or a pull quote is a small part of its article's paragraph, but begins
sentences as that does, so the first words after every stop are made one key, of the hashes of their shingles. A key is
a pure function of the paragraph's own text.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import engine
from .engine import kernel, load_64, trailing_zeros
from .marks import AFTER_STOP
from .minhash import Shingles
from .tokens import Tokens

OPENING = 8  # tokens; where shingles are longer, one shingle

_STOPS = np.uint64(AFTER_STOP * 0x0101010101010101)


@dataclass(frozen=True, slots=True)
class Openings:
    """The openings of a batch of n texts, in their order.

    keys:  uint32[...]
    first: int64[n + 1], so that those of text p are first[p] ... first[p + 1] - 1
    """

    keys: NDArray[np.uint32]
    first: NDArray[np.int64]


def find_openings(tokens: Tokens, shingles: Shingles, size: int, fast: bool = False) -> Openings:
    """The openings of every text, from its tokens and its shingles of `size`; one of fewer than OPENING tokens has none."""
    if fast:
        compiled = engine.compiled(openings_kernel)
        return Openings(*compiled(tokens.first, tokens.marks, shingles.hashes, shingles.first, size))
    length = max(OPENING, size)
    heads = np.flatnonzero(tokens.marks & AFTER_STOP)
    owners = np.searchsorted(tokens.first, heads, side="right") - 1
    whole = heads + length <= tokens.first[owners + 1]
    heads, owners = heads[whole], owners[whole]
    places = shingles.first[owners] + heads - tokens.first[owners]
    keys = np.full(len(heads), length, dtype=np.uint32)
    for further in [*range(0, length - size, size), length - size]:
        keys = (keys ^ shingles.hashes[places + further]) * np.uint32(0x9E3779B1)
        keys ^= keys >> np.uint32(15)
    return Openings(keys, np.searchsorted(owners, np.arange(len(tokens.first))))


@kernel
def openings_kernel(first_token, marks, hashes, first_shingle, size):
    """As `find_openings`; the marks are looked at eight at a time."""
    length = max(OPENING, size)
    first = np.zeros(len(first_token), dtype=np.int64)
    keys = np.empty(len(marks), dtype=np.uint32)
    count = 0
    for p in range(len(first_token) - 1):
        end = first_token[p + 1] - length
        for i in range(first_token[p], end + 1, 8):
            stops = load_64(marks, i) & _STOPS
            while stops != 0:
                head = i + np.int64(trailing_zeros(stops) >> np.uint64(3))
                stops &= stops - np.uint64(1)
                if head > end:
                    break
                place = first_shingle[p] + head - first_token[p]
                key = np.uint32(length)
                for further in range(0, length - size, size):
                    key = np.uint32((key ^ hashes[place + further]) * np.uint32(0x9E3779B1))
                    key ^= key >> np.uint32(15)
                key = np.uint32((key ^ hashes[place + length - size]) * np.uint32(0x9E3779B1))
                keys[count] = key ^ key >> np.uint32(15)
                count += 1
        first[p + 1] = count
    return keys[:count], first
