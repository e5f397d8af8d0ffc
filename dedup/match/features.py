"""Two paragraphs side by side: their tokens numbered, with traits, and how many shingles they share.

Twice: by dictionaries and sets for a few pairs, from buffers where compiled.
"""

from functools import lru_cache
from itertools import accumulate, count, repeat
from operator import add, or_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import load_64, trailing_zeros
from ..text.flags import HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED, PADDING
from .lexicon import GERMAN, lexicon, words_with

# A token's traits: the bits of its flags, and above them those of the lexicon.
TRAIT_SHIFT = 8

NAMES, NOUNS, SHOUTED = range(3)  # what the capitals of a text tell
_WORD, _SHOUT = 1, 2  # a token's part in that
_PARTS = bytes(
    0 if not flags & HAS_LETTER or flags & (HAS_NUMBER | IS_UNSPACED) else _SHOUT if flags & HAS_CAPITALS else _WORD
    for flags in range(256)
)

_EACH = np.uint64(0x0101010101010101)
_SPACES, _HIGH = np.uint64(0x20 * 0x0101010101010101), np.uint64(0x80 * 0x0101010101010101)


class Reading(NamedTuple):
    """A text as pairs are made of: a space after each token, traits of the tokens, where they start, what its capitals
    tell, and its shingles."""

    text: bytes
    tokens: list[bytes]
    traits: list[int]
    starts: list[int]
    capitals: int
    shingles: set[tuple[Any, ...]]


def read_text(text: bytes, flags: bytes, shingle_size: int) -> Reading:
    """A folded text, tokens joined by one space, with their flags."""
    tokens = text.split()
    traits = list(map(or_, flags, map(_shifted_lexicon().get, tokens, repeat(0))))
    starts = list(map(add, accumulate(map(len, tokens), initial=0), count()))
    parts = flags.translate(_PARTS)
    german = sum(map(words_with(GERMAN).__contains__, tokens))
    capitals = capitals_kernel(parts.count(_WORD) + parts.count(_SHOUT), parts.count(_SHOUT), german)
    size = min(shingle_size, len(tokens))
    shingles = set(zip(*[tokens[k:] for k in range(size)], strict=False)) if tokens else {()}
    return Reading(text + b" ", tokens, traits, starts, capitals, shingles)


def read_pair(a: Reading, b: Reading) -> tuple[Any, ...]:
    """A pair as `judge_kernel` takes it, by dictionaries and sets; `read_tokens_kernel` is its compiled twin.

    Those of b's tokens that a has not share one number.
    """
    places = dict(zip(a.tokens, count()))
    ids_a = list(map(places.__getitem__, a.tokens))
    ids_b = list(map(places.get, b.tokens, repeat(len(ids_a))))
    shared = len(a.shingles & b.shingles)
    return (
        ids_a, a.traits, a.text, a.starts, a.capitals, ids_b, b.traits, b.text, b.starts, b.capitals,
        shared, len(a.shingles), len(b.shingles),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _shifted_lexicon() -> dict[bytes, int]:
    return {word: bits << TRAIT_SHIFT for word, bits in lexicon().items()}


@kernel
def capitals_kernel(words, shouted, german):
    """What the capitals of a text tell: names; in German any noun, so that only several in a word tell a name; where
    most words are all capitals, an article is still an article."""
    if 2 * shouted > words:
        return SHOUTED
    return NOUNS if 8 * german > words else NAMES


@kernel
def read_capitals_kernel(flags, traits):
    """What the capitals of a text tell, by its tokens' flags and traits."""
    words = shouted = german = np.int64(0)
    for i in range(len(flags)):
        word = np.int64(flags[i]) & (HAS_LETTER | HAS_NUMBER | IS_UNSPACED) == HAS_LETTER
        words += word
        shouted += word and flags[i] & HAS_CAPITALS != 0
        german += traits[i] >> TRAIT_SHIFT & GERMAN != 0
    return capitals_kernel(words, shouted, german)


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
def lexicon_table() -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8]]:
    """The lexicon as an open-addressing table: hashes (0 = free), bits, and the words, a space after each."""
    hash_bytes = backend.compiled(hash_kernel)
    hashes, bits = np.zeros(1 << 12, dtype=np.uint64), np.zeros(1 << 12, dtype=np.int64)
    longest = max(map(len, lexicon()))
    words = np.zeros((len(hashes), longest + 1 + PADDING), dtype=np.uint8)
    for word, bit in lexicon().items():
        value = int(hash_bytes(np.frombuffer(word + bytes(8), dtype=np.uint8), 0, len(word)))
        slot = value % len(hashes)
        while hashes[slot]:
            slot = (slot + 1) % len(hashes)
        hashes[slot], bits[slot] = value, bit
        words[slot, : len(word) + 1] = np.frombuffer(word + b" ", dtype=np.uint8)
    return hashes, bits, words.ravel()


# The table without a word, which takes less time to look into: enough where no guard asks what words are.
NO_LEXICON = np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int64), np.zeros(PADDING, dtype=np.uint8)


@kernel
def next_space_kernel(text, i):
    """Where the next space stands, eight bytes at a time."""
    while True:
        differs = load_64(text, i) ^ _SPACES
        spaces = (differs - _EACH) & ~differs & _HIGH  # the lowest flag is always right
        if spaces != 0:
            return i + np.int64(trailing_zeros(spaces) >> np.uint64(3))
        i += 8


@kernel
def common_ends_kernel(text_a, length_a, starts_a, text_b, length_b, tokens_b):
    """How many tokens two texts share at their beginnings, and of the rest at their ends."""
    n = len(starts_a) - 1
    same = 0
    shorter = min(length_a, length_b)
    while same < shorter:
        differs = load_64(text_a, same) ^ load_64(text_b, same)
        if differs != 0:
            same += np.int64(trailing_zeros(differs) >> np.uint64(3))
            break
        same += 8
    same = min(same, shorter)
    front = 0
    while front < min(n, tokens_b) and starts_a[front + 1] <= same:
        front += 1
    same = 0
    while same + 8 <= shorter and load_64(text_a, length_a - same - 8) == load_64(text_b, length_b - same - 8):
        same += 8
    while same < shorter and text_a[length_a - same - 1] == text_b[length_b - same - 1]:
        same += 1
    back = 0
    while back < min(n, tokens_b) - front and starts_a[n - 1 - back] > length_a - same:  # the space before it, too
        back += 1
    return front, back


@kernel
def same_token_kernel(text, begin, end, other, start):
    """Whether the bytes begin ... end - 1 and the space behind them stand in another text from `start` on."""
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
def read_tokens_kernel(
    text, flags, ids, traits, starts, token, until, slots, heads, places, lexicon, other, others, known
):  # fmt: skip
    """Number the tokens from `token` on (equal tokens alike, going on from `known`), with traits and starts.

    slots: by hash, the number of a token; heads, places: of each number its hash and where it stands first, that is in
    the text `other` if it is one of the first `others`. What hashes alike is compared.
    """
    begin = starts[token]
    lexicon_hashes, lexicon_bits, lexicon_words = lexicon
    width = len(lexicon_words) // len(lexicon_hashes)
    # Unsigned, so that no index is checked for counting from the end.
    one, mask, lexicon_mask = np.uint64(1), np.uint64(len(slots) - 1), np.uint64(len(lexicon_hashes) - 1)
    token, until, known = np.uint64(token), np.uint64(until), np.uint64(known)
    while token < until:
        end = next_space_kernel(text, begin)
        value = hash_kernel(text, begin, end)
        slot = value & mask
        while slots[slot] >= 0:
            number = np.uint64(slots[slot])
            if heads[number] == value:
                if number < np.uint64(others):
                    same = same_token_kernel(text, begin, end, other, places[number])
                else:
                    same = same_token_kernel(text, begin, end, text, places[number])
                if same:
                    break
            slot = slot + one & mask
        if slots[slot] < 0:
            slots[slot] = known
            heads[known], places[known] = value, begin
            known += one
        ids[token] = slots[slot]
        slot = value & lexicon_mask
        while lexicon_hashes[slot] != 0:
            if lexicon_hashes[slot] == value:
                if same_token_kernel(text, begin, end, lexicon_words, np.int64(slot) * width):
                    break
            slot = slot + one & lexicon_mask
        traits[token] = np.int64(flags[token]) | lexicon_bits[slot] << TRAIT_SHIFT
        begin = end + 1
        token += one
        starts[token] = begin
    return np.int64(known)


@kernel
def share_tokens_kernel(ids_a, traits_a, starts_a, i, k, flags_b, ids_b, traits_b, starts_b, j):
    """Give b's tokens from j on what is known of their equals, a's tokens i ... k - 1."""
    further = starts_b[j] - starts_a[i]
    for x in range(i, k):
        y = j + x - i
        ids_b[y] = ids_a[x]
        traits_b[y] = np.int64(flags_b[y]) | traits_a[x] >> TRAIT_SHIFT << TRAIT_SHIFT
        starts_b[y + 1] = starts_a[x + 1] + further


@kernel
def forget_tokens_kernel(slots, heads, number, known):
    """Take the numbers from `number` to `known` - 1, the last ones given, out of the table again."""
    mask = len(slots) - 1
    while known > number:
        known -= 1
        slot = np.int64(heads[known]) & mask
        while slots[slot] != known:
            slot = (slot + 1) & mask
        slots[slot] = -1


@kernel
def shingle_slot_kernel(ids, place, size, table):
    """The slot of `table`, places by shingle, where the shingle at a place stands, or a free one."""
    mask, one = np.uint64(len(table) - 1), np.uint64(1)
    this, size = np.uint64(place), np.uint64(size)
    value, k = np.uint64(0), np.uint64(0)
    while k < size:
        value = value * np.uint64(0x9E3779B1) + np.uint64(ids[this + k])
        k += one
    slot = value * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32) & mask
    while table[slot] >= 0:
        other, k = np.uint64(table[slot]), np.uint64(0)
        while k < size and ids[this + k] == ids[other + k]:
            k += one
        if k == size:
            break
        slot = slot + one & mask
    return np.int64(slot)


@kernel
def shingles_kernel(ids, n, size, table, first, common):
    """Put the shingles of the first n tokens into an empty `table`; how many different ones.

    first: int64[n], of each place the first one with the same shingle; common: int64[n], zeros for what comes
    """
    distinct = 0
    for place in range(n - size + 1):
        slot = shingle_slot_kernel(ids, place, size, table)
        if table[slot] < 0:
            table[slot] = place
            distinct += 1
        first[place] = table[slot]
        common[place] = 0
    return max(1, distinct)


@kernel
def overlap_kernel(ids, n, m, front, back, size, table, first, common):
    """How many different shingles two sides share, and how many the other has.

    ids: of one's n tokens, whose shingles are in the table, then of the other's m, of which they share `front` at their
    beginnings and `back` at their ends. common: room to work in; all is left as it was.
    """
    if n < size or m < size:  # a whole text for a shingle; two such are equal only if the texts are
        return 0, max(1, m - size + 1)
    shared = added = 0
    for place in range(n, n + m - size + 1):
        known = -1  # a place of one's where the same shingle stands
        if place - n + size <= front:
            known = first[place - n]
        elif place >= n + m - back:
            known = first[place - m]
        else:
            slot = shingle_slot_kernel(ids, place, size, table)
            if table[slot] < 0:
                table[slot] = place
                common[n + added] = slot
                added += 1
            elif table[slot] < n:
                known = table[slot]
        if known >= 0:
            shared += common[known] == 0
            common[known] = 1
    for k in range(added - 1, -1, -1):
        table[common[n + k]] = -1
    for place in range(n - size + 1):
        common[place] = 0
    return shared, shared + added
