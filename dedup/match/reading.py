"""A text in a buffer read into hash tables, and others read beside it: the compiled twin of `features`."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import load_64, trailing_zeros
from ..text.flags import PADDING
from .features import LEXICON_BITS, Overlap, Side, read_capitals_kernel
from .lexicon import lexicon

SCRATCH = 16  # numbers to work with, for each token of both texts; the tables take up to four each
_ZERO = np.int64(0)  # not a literal, for which kernels would be compiled once more
_EACH = np.uint64(0x0101010101010101)
_SPACES, _HIGH = np.uint64(0x20 * 0x0101010101010101), np.uint64(0x80 * 0x0101010101010101)


class Folded(NamedTuple):
    """A folded text in a buffer."""

    text: NDArray[np.uint8]  # from its beginning on: a space after every token, eight bytes or more after the text
    length: int  # bytes of the text, the last space among them
    flags: NDArray[np.uint8]  # of its tokens


class Reading(NamedTuple):
    """What was read of a text; what else is known of it stands in the scratch array."""

    most: int  # tokens of a text that may be read beside it
    known: int  # different tokens
    distinct: int  # different shingles
    capitals: int  # what they tell


class Lexicon(NamedTuple):
    """The lexicon as an open-addressing table."""

    hashes: NDArray[np.uint64]  # 0 where free
    bits: NDArray[np.int64]
    words: NDArray[np.uint8]  # a space after each


class Tables(NamedTuple):
    """A scratch array taken apart; the lengths of both tables are powers of two."""

    tokens: NDArray[np.int64]  # numbers of different tokens by hash, -1 where free
    shingles: NDArray[np.int64]  # places of different shingles of the first text by hash, -1 where free
    ids: NDArray[np.int64]  # by token of the first text, then of the second
    traits: NDArray[np.int64]
    hashes: NDArray[np.uint64]  # by number of a token
    places: NDArray[np.int64]  # by number of a token, where it stands first
    first: NDArray[np.int64]  # by place, the first one with the same shingle
    common: NDArray[np.int64]  # zeros, to work in
    starts: NDArray[np.int64]  # of both texts' tokens, and where one more would
    mates: NDArray[np.int64]  # for the alignment of the two


@lru_cache(maxsize=1)
def lexicon_table() -> Lexicon:
    """Return the lexicon as kernels look words up in it."""
    hash_bytes = backend.compiled(hash_kernel)
    hashes, bits = np.zeros(1 << 12, dtype=np.uint64), np.zeros(1 << 12, dtype=np.int64)
    words = np.zeros((len(hashes), max(map(len, lexicon())) + 1 + PADDING), dtype=np.uint8)
    for word, bit in lexicon().items():
        value = int(hash_bytes(np.frombuffer(word + bytes(8), dtype=np.uint8), 0, len(word)))
        slot = value % len(hashes)
        while hashes[slot]:
            slot = (slot + 1) % len(hashes)
        hashes[slot], bits[slot] = value, bit
        words[slot, : len(word) + 1] = np.frombuffer(word + b" ", dtype=np.uint8)
    return Lexicon(hashes, bits, words.ravel())


# The table without a word, which takes less time to look into: enough where no guard asks what words are.
NO_LEXICON = Lexicon(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int64), np.zeros(PADDING, dtype=np.uint8))


@kernel
def layout_kernel(scratch, n, most):
    """Take apart SCRATCH numbers for each of n tokens, and of up to `most` of another text."""
    both = n + most
    slots = 2
    while slots < 2 * both:
        slots *= 2
    rest = scratch[2 * slots :]
    return Tables(
        scratch[:slots], scratch[slots : 2 * slots], rest[:both], rest[both : 2 * both],
        rest[2 * both : 3 * both].view(np.uint64), rest[3 * both : 4 * both], rest[4 * both : 5 * both],
        rest[5 * both : 6 * both], rest[6 * both : 7 * both + 2], rest[7 * both + 2 :],
    )  # fmt: skip


@kernel
def read_kernel(this, most, limits, lexicon, scratch):
    """Read a text, which is then weighed against others of up to `most` tokens each."""
    n = len(this.flags)
    tables = layout_kernel(scratch, n, most)
    tables.tokens[:] = -1
    tables.shingles[:] = -1
    tables.starts[0] = 0
    side = Side(tables.ids, tables.traits, this.text, tables.starts, _ZERO)
    known = read_tokens_kernel(side, this.flags, _ZERO, n, tables, lexicon, this.text, _ZERO)
    distinct = shingles_kernel(tables, n, limits.shingle_size)
    return Reading(most, known, distinct, read_capitals_kernel(this.flags, side.traits))


@kernel
def read_beside_kernel(this, reading, other, limits, lexicon, scratch):
    """Read another text beside one that has been read.

    Returns both sides in the order in which they are judged, their overlap, an empty alignment, and whether the other
    comes first.
    """
    n, m = len(this.flags), len(other.flags)
    tables = layout_kernel(scratch, n, reading.most)
    ids, traits, starts = tables.ids, tables.traits, tables.starts
    one = Side(ids[:n], traits[:n], this.text, starts[: n + 1], reading.capitals)
    two = Side(ids[n : n + m], traits[n : n + m], other.text, starts[n + 1 : n + m + 2], _ZERO)
    two.starts[0] = 0
    front, back, sorts_before = common_ends_kernel(this, one.starts, other)
    share_tokens_kernel(one, _ZERO, front, two, other.flags, _ZERO)
    known = read_tokens_kernel(two, other.flags, front, m - back, tables, lexicon, this.text, reading.known)
    forget_tokens_kernel(tables, reading.known, known)
    share_tokens_kernel(one, n - back, n, two, other.flags, m - back)
    two = Side(two.ids, two.traits, two.text, two.starts, read_capitals_kernel(other.flags, two.traits))
    shared, distinct = overlap_kernel(tables, n, m, front, back, limits.shingle_size)
    mates = tables.mates[: min(n, m)]
    mates[:] = -1
    if n < m or (n == m and sorts_before):
        return one, two, Overlap(shared, reading.distinct, distinct), mates, False
    return two, one, Overlap(shared, distinct, reading.distinct), mates, True


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
def next_space_kernel(text, i):
    """Return where the next space stands, looking at eight bytes at a time."""
    while True:
        differs = load_64(text, i) ^ _SPACES
        spaces = (differs - _EACH) & ~differs & _HIGH  # the lowest flag is always right
        if spaces != 0:
            return i + np.int64(trailing_zeros(spaces) >> np.uint64(3))
        i += 8


@kernel
def same_token_kernel(text, begin, end, other, start):
    """Tell whether the bytes begin ... end - 1 and the space behind them stand in another text from `start` on."""
    left = end + 1 - begin
    while left >= 8:
        if load_64(text, begin) != load_64(other, start):
            return False
        begin += 8
        start += 8
        left -= 8
    kept = (np.uint64(1) << np.uint64(8 * left)) - np.uint64(1)
    return (load_64(text, begin) ^ load_64(other, start)) & kept == 0


@kernel
def read_tokens_kernel(side, flags, token, until, tables, lexicon, first_text, known):
    """Number the tokens from `token` on (equal tokens alike, going on from `known`), with traits and starts.

    Those known already stand in the first text. What hashes alike is compared. Returns how many are known in the end.
    """
    ids, traits, text, starts, _ = side
    slots, hashes, places = tables.tokens, tables.hashes, tables.places
    begin = starts[token]
    width = len(lexicon.words) // len(lexicon.hashes)
    # Unsigned, so that no index is checked for counting from the end.
    one, mask, lexicon_mask = np.uint64(1), np.uint64(len(slots) - 1), np.uint64(len(lexicon.hashes) - 1)
    token, until, known = np.uint64(token), np.uint64(until), np.uint64(known)
    first_known = known
    while token < until:
        end = next_space_kernel(text, begin)
        value = hash_kernel(text, begin, end)
        slot = value & mask
        while slots[slot] >= 0:
            number = np.uint64(slots[slot])
            if hashes[number] == value:
                if number < first_known:
                    same = same_token_kernel(text, begin, end, first_text, places[number])
                else:
                    same = same_token_kernel(text, begin, end, text, places[number])
                if same:
                    break
            slot = slot + one & mask
        if slots[slot] < 0:
            slots[slot] = known
            hashes[known], places[known] = value, begin
            known += one
        ids[token] = slots[slot]
        slot = value & lexicon_mask
        while lexicon.hashes[slot] != 0:
            if lexicon.hashes[slot] == value:
                if same_token_kernel(text, begin, end, lexicon.words, np.int64(slot) * width):
                    break
            slot = slot + one & lexicon_mask
        traits[token] = np.int64(flags[token]) | lexicon.bits[slot]
        begin = end + 1
        token += one
        starts[token] = begin
    return np.int64(known)


@kernel
def common_ends_kernel(a, starts, b):
    """Count the tokens that two texts share at their beginnings, and at the ends of the rest; tell whether a sorts before b."""
    text_a, text_b, length_a, length_b = a.text, b.text, a.length, b.length
    n, fewer = len(a.flags), min(len(a.flags), len(b.flags))
    same = 0
    shorter = min(length_a, length_b)
    while same < shorter:
        differs = load_64(text_a, same) ^ load_64(text_b, same)
        if differs != 0:
            same += np.int64(trailing_zeros(differs) >> np.uint64(3))
            break
        same += 8
    same = min(same, shorter)
    sorts_before = same < shorter and text_a[same] < text_b[same]
    front = 0
    while front < fewer and starts[front + 1] <= same:
        front += 1
    same = 0
    while same + 8 <= shorter and load_64(text_a, length_a - same - 8) == load_64(text_b, length_b - same - 8):
        same += 8
    while same < shorter and text_a[length_a - same - 1] == text_b[length_b - same - 1]:
        same += 1
    back = 0
    while back < fewer - front and starts[n - 1 - back] > length_a - same:  # the space before it, too
        back += 1
    return front, back, sorts_before


@kernel
def share_tokens_kernel(a, i, k, b, flags_b, j):
    """Give b's tokens from j on what is known of their equals, a's tokens i ... k - 1."""
    further = b.starts[j] - a.starts[i]
    for x in range(i, k):
        y = j + x - i
        b.ids[y] = a.ids[x]
        b.traits[y] = np.int64(flags_b[y]) | a.traits[x] & LEXICON_BITS
        b.starts[y + 1] = a.starts[x + 1] + further


@kernel
def forget_tokens_kernel(tables, number, known):
    """Take the numbers from `number` to `known` - 1, the last ones given, out of their table again."""
    slots, hashes = tables.tokens, tables.hashes
    mask = len(slots) - 1
    while known > number:
        known -= 1
        slot = np.int64(hashes[known]) & mask
        while slots[slot] != known:
            slot = (slot + 1) & mask
        slots[slot] = -1


@kernel
def shingle_slot_kernel(ids, place, size, slots):
    """Return the slot in which the shingle at a place stands, or a free one."""
    mask, one = np.uint64(len(slots) - 1), np.uint64(1)
    this, size = np.uint64(place), np.uint64(size)
    value, k = np.uint64(0), np.uint64(0)
    while k < size:
        value = value * np.uint64(0x9E3779B1) + np.uint64(ids[this + k])
        k += one
    slot = value * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32) & mask
    while slots[slot] >= 0:
        other, k = np.uint64(slots[slot]), np.uint64(0)
        while k < size and ids[this + k] == ids[other + k]:
            k += one
        if k == size:
            break
        slot = slot + one & mask
    return np.int64(slot)


@kernel
def shingles_kernel(tables, n, size):
    """Put the shingles of the first text's n tokens into their table, which is empty, and count the different ones."""
    ids, slots, first, common = tables.ids, tables.shingles, tables.first, tables.common
    distinct = 0
    for place in range(n - size + 1):
        slot = shingle_slot_kernel(ids, place, size, slots)
        if slots[slot] < 0:
            slots[slot] = place
            distinct += 1
        first[place] = slots[slot]
        common[place] = 0
    return max(1, distinct)


@kernel
def overlap_kernel(tables, n, m, front, back, size):
    """Count the different shingles that two texts of n and m tokens share, and those of the second.

    They share `front` tokens at their beginnings and `back` at their ends. The table of shingles is left as it was.
    """
    if n < size or m < size:  # a whole text for a shingle; two such are equal only if the texts are
        return 0, max(1, m - size + 1)
    ids, slots, first, common = tables.ids, tables.shingles, tables.first, tables.common
    shared = added = 0
    for place in range(n, n + m - size + 1):
        known = -1  # a place of the first text where the same shingle stands
        if place - n + size <= front:
            known = first[place - n]
        elif place >= n + m - back:
            known = first[place - m]
        else:
            slot = shingle_slot_kernel(ids, place, size, slots)
            if slots[slot] < 0:
                slots[slot] = place
                common[n + added] = slot
                added += 1
            elif slots[slot] < n:
                known = slots[slot]
        if known >= 0:
            shared += common[known] == 0
            common[known] = 1
    for k in range(added - 1, -1, -1):
        slots[common[n + k]] = -1
    for place in range(n - size + 1):
        common[place] = 0
    return shared, shared + added
