"""Making the keys by which paragraphs are looked up: hashes of the whole text, bands of its signature, prefixes.

Signatures are cut into bands of rows; two paragraphs are candidates if all rows of a band agree (Indyk and Motwani,
1998; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). Keys are 32-bit hashes: a wrong match only
costs a comparison.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from ..config import Config
from .minhash import Shingles
from .prefixes import MOST_PREFIXES

_USUAL_THRESHOLD = 0.8  # of the bands, where none is configured: most of what a text says stands in what says more


def recall(similarity: float, bands: int, rows: int) -> float:
    """Return the probability that LSH finds a pair of that Jaccard similarity: that all rows of some band agree."""
    return float(1 - (1 - similarity**rows) ** bands)


@lru_cache(maxsize=64)
def choose_bands(config: Config) -> tuple[int, int]:
    """Choose bands and rows: the fewest permutations that find a pair at the threshold with probability `config.recall`.

    Of pairs at half the threshold at most every fourth may become a candidate. Where `num_perm` is too small for that,
    takes the choice with most rows. (At 0.7: 15 x 4, at 0.6: 29 x 4, at 0.8: 8 x 4.)
    """
    threshold = _USUAL_THRESHOLD if config.threshold is None else config.threshold
    enough = []
    for rows in range(1, config.num_perm + 1):
        for bands in range(1, config.num_perm // rows + 1):
            if recall(threshold, bands, rows) >= config.recall:
                enough.append((bands, rows))
                break
    if not enough:
        return config.num_perm, 1
    selective = [choice for choice in enough if recall(threshold / 2, *choice) <= 0.25]
    return min(selective, key=lambda choice: choice[0] * choice[1]) if selective else enough[-1]


def count_keys(config: Config) -> tuple[int, int]:
    """Return how many keys a text has besides prefixes (its hash, its bands), and how many prefixes at most."""
    if config.scope == "document":
        return 1, 0
    return 1 + choose_bands(config)[0], 0 if config.threshold is not None else MOST_PREFIXES


def make_keys(
    shingles: Shingles,
    signatures: NDArray[np.uint32],
    prefixes: NDArray[np.uint32],
    bands: int,
    rows: int,
    fast: bool = False,
) -> NDArray[np.uint32]:
    """Return uint32[n, 1 + bands + prefixes]: a key of each whole text, its band keys, and its prefixes.

    The first is the sum of the shingles' hashes, mixed with the first of them, so that it tells apart most texts with the
    same shingles in another order. A text without tokens has 0.
    """
    keys = np.empty((len(prefixes), 1 + bands + prefixes.shape[1]), dtype=np.uint32)
    if fast:
        backend.compiled(keys_kernel)(shingles.hashes, shingles.first, signatures, prefixes, bands, rows, keys)
        return keys
    first, last = shingles.first[:-1], shingles.first[1:]
    sums = np.append(np.uint32(0), np.cumsum(shingles.hashes, dtype=np.uint32))
    there = first < last
    keys[:, 0] = 0
    keys[there, 0] = (sums[last] - sums[first])[there] ^ shingles.hashes[first[there]] * np.uint32(0x9E3779B1)
    keys[:, 1 : 1 + bands] = band_keys(signatures, bands, rows)
    keys[:, 1 + bands :] = prefixes
    return keys


def band_keys(signatures: NDArray[np.uint32], bands: int, rows: int) -> NDArray[np.uint32]:
    """Hash the rows of each band to one number, uint32[n, bands]."""
    n = len(signatures)
    columns = signatures[:, : bands * rows].reshape(n, rows, bands)  # the rows of a band stand `bands` columns apart
    mixed = np.full((n, bands), 0x2545F491, dtype=np.uint32)
    for row in range(rows):
        mixed = (mixed ^ columns[:, row]) * np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
    return mixed


@kernel
def keys_kernel(hashes, first, signatures, prefixes, bands, rows, keys):
    """Fill `keys` as `make_keys` does."""
    n, several = prefixes.shape
    for p in range(n):
        mine, total = hashes[first[p] : first[p + 1]], np.uint32(0)
        for s in range(len(mine)):
            total = np.uint32(total + mine[s])
        if len(mine) > 0:
            total ^= np.uint32(mine[0] * np.uint32(0x9E3779B1))
        keys[p, 0] = total
        for band in range(bands):
            keys[p, 1 + band] = np.uint32(0x2545F491)
        for row in range(rows):
            for band in range(bands):
                key = np.uint32((keys[p, 1 + band] ^ signatures[p, row * bands + band]) * np.uint32(0x9E3779B1))
                keys[p, 1 + band] = key ^ key >> np.uint32(15)
        for k in range(several):
            keys[p, 1 + bands + k] = prefixes[p, k]
