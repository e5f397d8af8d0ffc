"""Shingles and MinHash signatures, bit for bit those of datasketch.

A signature equals `datasketch.MinHash(num_perm, seed, hashfunc=xxhash.xxh32_intdigest, scheme="affine32")` updated with
the UTF-8 bytes of the word shingles. Method: A. Broder, On the resemblance and containment of documents (1997); hash:
XXH32 by Y. Collet; permutations: datasketch 2.0.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh32_intdigest

from .._jit import backend
from .._jit.backend import choose, kernel, makes_arrays
from .._jit.intrinsics import load_32
from ..text.tokens import Tokens

_TOGETHER = 1 << 14  # spans that numpy hashes at once, so that they stay in cache
EMPTY = np.uint32(0xFFFFFFFF)  # every slot of the signature of a text without tokens
LANES = 32  # columns that one turn of the compiled loop fills; a remainder takes longer than a full turn


@dataclass(frozen=True, slots=True)
class Shingles:
    """The hashed shingles of a batch of n texts, S in all.

    hashes: uint32[S], XXH32 of `size` successive tokens joined by one space; of all tokens where there are fewer
    first:  int64[n + 1], so that the shingles of text p are first[p] ... first[p + 1] - 1
    """

    hashes: NDArray[np.uint32]
    first: NDArray[np.int64]


def shingle(tokens: Tokens, size: int, fast: bool = False) -> Shingles:
    """Hash the shingles of `size` tokens of every text; a text without tokens has none."""
    if fast:
        return Shingles(*backend.compiled(shingle_kernel)(tokens.buffer, tokens.starts, tokens.first, size))
    counts = np.diff(tokens.first)
    first = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(np.where(counts > 0, np.maximum(counts - size + 1, 1), 0), out=first[1:])
    owner = np.repeat(np.arange(len(counts)), np.diff(first))
    head = tokens.first[owner] + np.arange(first[-1]) - first[owner]
    begins = tokens.starts[head]
    ends = tokens.starts[np.minimum(head + size, tokens.first[owner + 1])] - 1
    return Shingles(_hash_spans(tokens.buffer, begins, ends - begins), first)


def _hash_spans(buffer: NDArray[np.uint8], begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Hash spans of a buffer: those of less than 32 bytes all at once, longer ones one by one, by xxhash."""
    stripes = np.ndarray(len(buffer) - 15, "V16", buffer, strides=(1,))  # the sixteen bytes from each byte on
    hashes = np.empty(len(begins), dtype=np.uint32)
    for i in range(0, len(begins), _TOGETHER):
        begin, length = begins[i : i + _TOGETHER], lengths[i : i + _TOGETHER]
        first, rest = (
            stripes[places].view("<u4").reshape(-1, 4) for places in (begin, begin + np.where(length >= 16, 16, 0))
        )
        last = np.take_along_axis(rest, (length & 12)[:, None] >> 2, axis=1)[:, 0]
        words = Words._make([*first.T, *rest.T[:3], last])
        hashes[i : i + _TOGETHER] = short_xxh32(length.astype(np.uint32), words)
    for s in np.flatnonzero(lengths >= 32).tolist():
        hashes[s] = xxh32_intdigest(buffer[begins[s] : begins[s] + lengths[s]].tobytes())
    return hashes


def sign(
    shingles: Shingles, num_perm: int, seed: int, fast: bool = False, used: int | None = None
) -> NDArray[np.uint32]:
    """Return the MinHash signatures, uint32[n, num_perm], or only their first `used` columns."""
    multipliers, increments = (drawn[:used] for drawn in permutations(num_perm, seed))
    if fast:
        compiled = backend.compiled(sign_kernel)
        return np.asarray(compiled(shingles.hashes, shingles.first, multipliers, increments))
    mixed, n = _mix(shingles.hashes), len(shingles.first) - 1
    signatures = np.full((len(multipliers), n), EMPTY, dtype=np.uint32)
    signed = np.flatnonzero(np.diff(shingles.first))
    if len(signed):
        for row, multiplier, increment in zip(signatures, multipliers, increments, strict=True):
            row[signed] = np.minimum.reduceat(mixed * multiplier + increment, shingles.first[signed])
    return np.ascontiguousarray(signatures.T)


@lru_cache(maxsize=8)
def permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return multipliers (odd) and increments of datasketch's "affine32" scheme, drawn as it draws them.

    The tests compare them with its own. It is not imported here, because that takes long.
    """
    generator = np.random.RandomState(seed)
    multipliers = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return multipliers, generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)


def _mix(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Apply the finalizer of MurmurHash3, which datasketch's "affine32" puts before its permutations."""
    hashes = hashes ^ (hashes >> np.uint32(16))
    hashes = hashes * np.uint32(0x85EBCA6B)
    hashes = hashes ^ (hashes >> np.uint32(13))
    hashes = hashes * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


# --- The compiled backend -----------------------------------------------------------------------------------------------

_PRIME1, _PRIME2, _PRIME3 = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_PRIME4, _PRIME5 = np.uint32(0x27D4EB2F), np.uint32(0x165667B1)
_SEED1, _SEED2, _SEED4 = np.uint32(0x24234428), np.uint32(0x85EBCA77), np.uint32(0x61C8864F)  # P1 + P2, P2, -P1
_BLOCK = 64  # shingles hashed side by side


class Words(NamedTuple):
    """What XXH32 reads of less than 32 bytes, as uint32: numbers where compiled, else arrays.

    first ... fourth:  the first 16 bytes
    fifth ... seventh: the 12 bytes behind the last whole stripe of 16
    last:              the last word of four bytes, of which one to three may be left over
    """

    first: Any
    second: Any
    third: Any
    fourth: Any
    fifth: Any
    sixth: Any
    seventh: Any
    last: Any


@kernel
def scramble(value, word, factor, by, multiplier):
    """Do XXH32's step: add a product, rotate, multiply. numba widens sums and products, so each is cut to 32 bits."""
    value = np.uint32(value + word * factor)
    value = np.uint32(value << np.uint32(by)) | value >> np.uint32(32 - by)
    return np.uint32(value * multiplier)


@kernel
def merge(one, two, three, four):
    """Merge the four lanes of XXH32."""
    one = np.uint32(one << np.uint32(1)) | one >> np.uint32(31)
    two = np.uint32(two << np.uint32(7)) | two >> np.uint32(25)
    three = np.uint32(three << np.uint32(12)) | three >> np.uint32(20)
    four = np.uint32(four << np.uint32(18)) | four >> np.uint32(14)
    return np.uint32(one + two + three + four)


@kernel
def xxh32_kernel(buffer, begin, end):
    """Return XXH32, with seed 0, of bytes begin ... end - 1."""
    i = begin
    value = _PRIME5
    if end - begin >= 16:
        one, two, three, four = _SEED1, _SEED2, np.uint32(0), _SEED4
        while i + 16 <= end:
            one = scramble(one, load_32(buffer, i), _PRIME2, 13, _PRIME1)
            two = scramble(two, load_32(buffer, i + 4), _PRIME2, 13, _PRIME1)
            three = scramble(three, load_32(buffer, i + 8), _PRIME2, 13, _PRIME1)
            four = scramble(four, load_32(buffer, i + 12), _PRIME2, 13, _PRIME1)
            i += 16
        value = merge(one, two, three, four)
    value = np.uint32(value + (end - begin))
    while i + 4 <= end:
        value = scramble(value, load_32(buffer, i), _PRIME3, 17, _PRIME4)
        i += 4
    while i < end:
        value = scramble(value, np.uint32(buffer[i]), _PRIME5, 11, _PRIME1)
        i += 1
    value = np.uint32((value ^ value >> np.uint32(15)) * _PRIME2)
    value = np.uint32((value ^ value >> np.uint32(13)) * _PRIME3)
    return value ^ value >> np.uint32(16)


@makes_arrays
@kernel
def shingle_kernel(buffer, starts, first_token, size):
    """Return the hash of every shingle, and the first shingle of every text.

    Reads a block of them, then hashes it side by side, in vector registers.
    """
    first = np.zeros(len(first_token), dtype=np.int64)
    for p in range(len(first) - 1):
        count = first_token[p + 1] - first_token[p]
        first[p + 1] = first[p] + min(count, max(count - size + 1, 1))
    hashes = np.empty(first[len(first) - 1], dtype=np.uint32)
    lengths = np.empty(_BLOCK, dtype=np.uint32)
    words = np.empty((8, _BLOCK), dtype=np.uint32)
    for p in range(len(first) - 1):
        # At most as many tokens as there are. Unsigned, so that no index is checked for counting from the end.
        width = np.uint64(min(size, first_token[p + 1] - first_token[p]))
        for begin in range(first[p], first[p + 1], _BLOCK):
            count = min(_BLOCK, first[p + 1] - begin)
            token = np.uint64(first_token[p] + begin - first[p])
            longest = 0
            for k in range(count):
                i = starts[token + np.uint64(k)]
                length = starts[token + np.uint64(k) + width] - 1 - i
                longest = max(longest, length)
                lengths[k] = length
                for word in range(4):
                    words[word, k] = load_32(buffer, i + 4 * word)
                i += (length >= 16) * 16
                for word in range(3):
                    words[4 + word, k] = load_32(buffer, i + 4 * word)
                words[7, k] = load_32(buffer, i + (length & 12))
            short_xxh32_kernel(lengths[:count], words, hashes[begin : begin + count])
            if longest >= 32:
                for k in range(count):
                    if lengths[k] >= 32:
                        i = starts[token + np.uint64(k)]
                        hashes[begin + k] = xxh32_kernel(buffer, i, i + np.int64(lengths[k]))
    return hashes, first


@kernel
def short_xxh32_kernel(lengths, words, hashes):
    """Hash spans of less than 32 bytes, of each of which a column of `words` has the `Words`; vectorised."""
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    fifth, sixth, seventh, last = words[4], words[5], words[6], words[7]
    for k in range(len(lengths)):
        read = Words(first[k], second[k], third[k], fourth[k], fifth[k], sixth[k], seventh[k], last[k])
        hashes[k] = short_xxh32(lengths[k], read)


@kernel
def short_xxh32(length, words):
    """Return XXH32 of less than 32 bytes. Takes no branch: computes all steps, and chooses those that apply."""
    one = scramble(_SEED1, words.first, _PRIME2, 13, _PRIME1)
    two = scramble(_SEED2, words.second, _PRIME2, 13, _PRIME1)
    three = scramble(np.uint32(0), words.third, _PRIME2, 13, _PRIME1)
    four = scramble(_SEED4, words.fourth, _PRIME2, 13, _PRIME1)
    value = np.uint32(choose(length >= np.uint32(16), merge(one, two, three, four), _PRIME5) + length)
    rest = np.uint32(length & np.uint32(15))
    value = choose(rest >= np.uint32(4), scramble(value, words.fifth, _PRIME3, 17, _PRIME4), value)
    value = choose(rest >= np.uint32(8), scramble(value, words.sixth, _PRIME3, 17, _PRIME4), value)
    value = choose(rest >= np.uint32(12), scramble(value, words.seventh, _PRIME3, 17, _PRIME4), value)
    over, last, byte = np.uint32(rest & np.uint32(3)), words.last, np.uint32(255)
    value = choose(over >= np.uint32(1), scramble(value, last & byte, _PRIME5, 11, _PRIME1), value)
    value = choose(over >= np.uint32(2), scramble(value, last >> np.uint32(8) & byte, _PRIME5, 11, _PRIME1), value)
    value = choose(over >= np.uint32(3), scramble(value, last >> np.uint32(16) & byte, _PRIME5, 11, _PRIME1), value)
    value = np.uint32((value ^ value >> np.uint32(15)) * _PRIME2)
    value = np.uint32((value ^ value >> np.uint32(13)) * _PRIME3)
    return value ^ value >> np.uint32(16)


@makes_arrays
@kernel
def sign_kernel(hashes, first, multipliers, increments):
    """Return the signature of every text, uint32[n, num_perm]. The loop is vectorised because it takes `min`, no branch."""
    n, num_perm = len(first) - 1, len(multipliers)
    signatures = np.empty((n, num_perm), dtype=np.uint32)
    for p in range(n):
        row = signatures[p]
        for j in range(num_perm):
            row[j] = np.uint32(0xFFFFFFFF)
        s, end = first[p], first[p + 1]
        while s < end:  # four shingles each time that the row is read and written; the last may come twice
            one, two = mix_kernel(hashes[s]), mix_kernel(hashes[min(s + 1, end - 1)])
            three, four = mix_kernel(hashes[min(s + 2, end - 1)]), mix_kernel(hashes[min(s + 3, end - 1)])
            for j in range(num_perm):
                a, b = multipliers[j], increments[j]
                least = min(np.uint32(a * one + b), np.uint32(a * two + b))
                row[j] = min(row[j], min(least, min(np.uint32(a * three + b), np.uint32(a * four + b))))
            s += 4
    return signatures


@kernel
def mix_kernel(h):
    """Apply the finalizer of MurmurHash3, as `_mix` does."""
    h = np.uint32((h ^ h >> np.uint32(16)) * np.uint32(0x85EBCA6B))
    h = np.uint32((h ^ h >> np.uint32(13)) * np.uint32(0xC2B2AE35))
    return h ^ h >> np.uint32(16)
