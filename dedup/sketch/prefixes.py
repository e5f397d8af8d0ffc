"""Making keys that a contained paragraph shares with the one around it, however much longer that is: sentence prefixes.

LSH finds texts that resemble each other as a whole. A teaser or a pull quote is a small part of its article's paragraph,
but its sentences begin as they do there. So the first words after every stop become one key, a hash of their shingles'
hashes. Of many keys the smallest are taken, which two texts choose alike (bottom-k: A. Broder, On the resemblance and
containment of documents, 1997). A key is a pure function of the paragraph's own text.
"""

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import load_64, trailing_zeros
from ..text.flags import AFTER_STOP
from ..text.tokens import Tokens
from .minhash import Shingles

PREFIX = 8  # tokens; where shingles are longer, one shingle
MOST_PREFIXES = 4  # keys of a text

_STOPS = np.uint64(AFTER_STOP * 0x0101010101010101)


def find_prefixes(tokens: Tokens, shingles: Shingles, size: int, fast: bool = False) -> NDArray[np.uint32]:
    """Return the smallest different keys of every text, uint32[n, MOST_PREFIXES], in ascending order, then 0.

    shingles: those of `size` tokens. A text of fewer than PREFIX tokens has no key.
    """
    found = np.zeros((len(tokens.first) - 1, MOST_PREFIXES), dtype=np.uint32)
    if fast:
        backend.compiled(prefixes_kernel)(
            tokens.first, tokens.padded_flags, shingles.hashes, shingles.first, size, found
        )
        return found
    length = max(PREFIX, size)
    heads = np.flatnonzero(tokens.flags & AFTER_STOP != 0)
    owners = np.searchsorted(tokens.first, heads, side="right") - 1
    whole = heads + length <= tokens.first[owners + 1]
    heads, owners = heads[whole], owners[whole]
    places = shingles.first[owners] + heads - tokens.first[owners]
    keys = np.full(len(heads), length, dtype=np.uint32)
    for further in [*range(0, length - size, size), length - size]:
        keys = (keys ^ shingles.hashes[places + further]) * np.uint32(0x9E3779B1)
        keys ^= keys >> np.uint32(15)
    together = np.unique(owners << 32 | np.maximum(keys, 1))
    owners = together >> 32
    ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
    chosen = ranks < MOST_PREFIXES
    found[owners[chosen], ranks[chosen]] = together[chosen]
    return found


@kernel
def prefixes_kernel(first_token, flags, hashes, first_shingle, size, found):
    """Fill `found`, which is all zeros, as `find_prefixes` does; look at eight tokens' flags at a time."""
    length = max(PREFIX, size)
    for p in range(len(found)):
        end = first_token[p + 1] - length
        for i in range(first_token[p], end + 1, 8):
            stops = load_64(flags, i) & _STOPS
            while stops != 0:
                head = i + np.int64(trailing_zeros(stops) >> np.uint64(3))
                stops &= stops - np.uint64(1)
                if head > end:
                    break
                place = np.uint64(first_shingle[p] + head - first_token[p])
                last = place + np.uint64(length - size)
                key = np.uint32(length)
                while place < last:
                    key = np.uint32((key ^ hashes[place]) * np.uint32(0x9E3779B1))
                    key ^= key >> np.uint32(15)
                    place += np.uint64(size)
                key = np.uint32((key ^ hashes[last]) * np.uint32(0x9E3779B1))
                key = max(key ^ key >> np.uint32(15), np.uint32(1))
                insert_kernel(found[p], key)


@kernel
def insert_kernel(found, key):
    """Insert a key in its place among those found, unless it is there; the largest may be pushed out."""
    for k in range(MOST_PREFIXES):
        other = found[k]
        if other == key:
            return
        if other == 0 or key < other:
            found[k] = key
            if other == 0:
                return
            key = other
