"""What two paragraphs are to each other, and why: alignment, guard, relation.

One implementation, in plain functions over arrays: run as they are for a few pairs, compiled for many. The pair is
always aligned in one order (fewer tokens first, then by bytes), so that the relation is the same both ways.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import engine
from .config import Config
from .engine import kernel, load_64, numbers, small_numbers
from .lexicon import FUNCTION, NEGATION, UNIT, lexicon
from .tokens import (
    AFTER_STOP,
    ALL_SYMBOL,
    HAS_CAPITAL,
    HAS_CAPITALS,
    HAS_NUMBER,
    IS_UNSPACED,
)

Relation = Literal["exact", "contained", "near", "distinct"]
DISTINCT, NEAR, CONTAINED, EXACT = range(4)  # ascending precedence
RELATIONS: tuple[Relation, ...] = ("distinct", "near", "contained", "exact")

# Why a pair is what it is. The codes from LACKS_NUMBER on are the guard's.
(SAME, INSIDE, ALIKE, NO_TOKENS, NOTHING_SHARED, LITTLE_SHARED, TOO_LONG, SCATTERED) = range(8)
(LACKS_NUMBER, LACKS_NAME, LACKS_NEGATION, LACKS_UNIT, LACKS_SYMBOL, LACKS_CHARACTER) = range(8, 14)
(OTHER_WORD, LONG_INSERTION, MENTIONED, NEGATED) = range(14, 18)
_HARMLESS = -1

# Lexicon bits stand above the bits of the token's mark.
TRAIT_SHIFT = 8
_NEGATION, _UNIT, _FUNCTION = NEGATION << TRAIT_SHIFT, UNIT << TRAIT_SHIFT, FUNCTION << TRAIT_SHIFT

LONGEST_INSERTION = 3  # words in a run that one side of a near pair may have more
ALIGNED_CELLS = 1 << 24  # pairs that need a larger alignment than 4,096 x 4,096 tokens are not aligned
_STRIP = 3  # tokens in common from which a common beginning or end is set aside before aligning
_PAIR, _ABOVE, _LEFT, _CONTINUED = 0, 1, 2, 4
_MENTION = 5  # words below which a contained text must fill its sentence
_TITLE = 8  # words below which it must begin or end one


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two paragraphs are to each other.

    relation: "exact", "contained", "near" or "distinct"
    inner: for "contained" the side that stands in the other, "a" or "b"
    jaccard: similarity of the shingle sets, 0 ... 1
    containment: share of the shorter paragraph's tokens that are aligned with the longer one's, 0 ... 1
    reason: a sentence
    """

    relation: Relation
    inner: Literal["a", "b"] | None
    jaccard: float
    containment: float
    reason: str

    @property
    def is_duplicate(self) -> bool:
        """Whether the relation is anything but "distinct"."""
        return self.relation != "distinct"


def compare_folded(text_a: bytes, mark_a: bytes, text_b: bytes, mark_b: bytes, config: Config) -> Comparison:
    """The relation of two folded paragraphs (tokens joined by one space) with their tokens' marks."""
    swapped = (len(mark_b), text_b) < (len(mark_a), text_a)
    if swapped:
        text_a, mark_a, text_b, mark_b = text_b, mark_b, text_a, mark_a
    tokens_a, tokens_b = text_a.split(), text_b.split()
    if text_a == text_b:
        relation, jaccard, inside, why, i, j = (
            (EXACT, 1.0, 1.0, SAME, 0, 0) if tokens_a else (DISTINCT, 0.0, 0.0, NO_TOKENS, 0, 0)
        )
    else:
        pair = read_pair(text_a, mark_a, text_b, mark_b, config.shingle_size)
        relation, jaccard, inside, why, i, j = judge_kernel(*pair, *limits(config), True)
    inner: Literal["a", "b"] | None = None
    if relation == CONTAINED:
        inner = "b" if swapped else "a"
    reason = _reason(why, tokens_a, tokens_b, i, j, jaccard, inside, config)
    return Comparison(RELATIONS[relation], inner, jaccard, inside, reason)


def limits(config: Config) -> tuple[float, float, bool]:
    """What `judge_kernel` takes of the configuration: threshold, containment (2.0 = off), guard."""
    return config.threshold, 2.0 if config.containment is None else config.containment, config.guard


def read_pair(text_a: bytes, mark_a: bytes, text_b: bytes, mark_b: bytes, shingle_size: int) -> tuple[Any, ...]:
    """A pair as `judge_kernel` takes it, by dictionaries and sets; `read_pair_kernel` is its compiled twin."""
    numbers: dict[bytes, int] = {}
    known = lexicon()
    sides = []
    shingles = []
    for text, mark in ((text_a, mark_a), (text_b, mark_b)):
        tokens = text.split()
        ids = [numbers.setdefault(token, len(numbers)) for token in tokens]
        traits = [bit | known.get(token, 0) << TRAIT_SHIFT for token, bit in zip(tokens, mark, strict=True)]
        starts = [0]
        for token in tokens:
            starts.append(starts[-1] + len(token) + 1)
        sides.append((ids, traits, text + b" ", starts))
        shingles.append({tuple(ids[i : i + shingle_size]) for i in range(max(1, len(ids) - shingle_size + 1))})
    shared = len(shingles[0] & shingles[1])
    return (*sides[0], *sides[1], shared, len(shingles[0]), len(shingles[1]), shingle_size)


@kernel
def judge_kernel(
    ids_a, traits_a, text_a, starts_a, ids_b, traits_b, text_b, starts_b, shared, distinct_a, distinct_b, shingle_size,
    threshold, containment, guard, thorough,
):  # fmt: skip
    """Relation, Jaccard similarity, containment, why, and the token of each side that decided.

    ids: equal numbers for equal tokens; traits: marks and lexicon bits; text, starts: the tokens' bytes; shared and
    distinct: shingles in common and of each side. a has no more tokens than b, and the texts differ. Containment is
    measured only where it can matter, or where `thorough`.
    """
    n, m = len(ids_a), len(ids_b)
    jaccard = shared / (distinct_a + distinct_b - shared)
    if n == 0:
        return DISTINCT, 0.0, 0.0, NO_TOKENS, 0, 0
    resembles = jaccard >= threshold
    fits = n < m and may_contain_kernel(shared, distinct_a, n, shingle_size, containment)
    if shared == 0 or not (resembles or fits or thorough):
        return DISTINCT, jaccard, 0.0, NOTHING_SHARED if shared == 0 else LITTLE_SHARED, 0, 0
    if resembles and not guard and not fits and not thorough:
        return NEAR, jaccard, 0.0, ALIKE, 0, 0
    mates = numbers(n, -1)
    if not align_kernel(ids_a, ids_b, mates):
        if resembles and not guard:
            return NEAR, jaccard, 0.0, ALIKE, 0, 0
        return DISTINCT, jaccard, 0.0, TOO_LONG, 0, 0
    matched = 0
    runs = 0
    for i in range(n):
        if mates[i] >= 0:
            matched += 1
            if i == 0 or mates[i - 1] < 0 or mates[i - 1] + 1 != mates[i]:
                runs += 1
    inside = matched / n
    why, i, j = LITTLE_SHARED, 0, 0
    if n < m and inside >= containment:
        why, i, j = SCATTERED, 0, 0
        if runs <= allowed_runs(n):
            why, i, j = _HARMLESS, 0, 0
            if guard:
                why, i, j = outside_kernel(traits_a, traits_b, mates)
                if why == _HARMLESS:
                    why, i, j = gaps_kernel(
                        ids_a, traits_a, text_a, starts_a, ids_b, traits_b, text_b, starts_b, mates, True
                    )
            if why == _HARMLESS:
                return CONTAINED, jaccard, inside, INSIDE, 0, 0
    if resembles:
        near_why, near_i, near_j = _HARMLESS, 0, 0
        if guard:
            near_why, near_i, near_j = gaps_kernel(
                ids_a, traits_a, text_a, starts_a, ids_b, traits_b, text_b, starts_b, mates, False
            )
        if near_why == _HARMLESS:
            return NEAR, jaccard, inside, ALIKE, 0, 0
        if why < LACKS_NUMBER:
            why, i, j = near_why, near_i, near_j
    return DISTINCT, jaccard, inside, why, i, j


@kernel
def allowed_runs(n):
    """In how many runs the words of a text of n may stand in another that contains it."""
    return 1 + n // 6


@kernel
def may_contain_kernel(shared, distinct, n, shingle_size, containment):
    """Whether n tokens, `distinct` different shingles, can be contained in a text that shares so many of them.

    Tokens that stand in few runs share most of their shingles: less than that need not be aligned.
    """
    least = distinct - (n - shingle_size + 1) + containment * n - (shingle_size - 1) * allowed_runs(n)
    return containment <= 1.0 and shared >= least


@kernel
def promising_kernel(shared, distinct, distinct_kept, n, kept, shingle_size, threshold, containment):
    """Whether a text of n tokens may be near to, or contained in, one of `kept` tokens, judging by counts alone."""
    if shared >= threshold * (distinct + distinct_kept - shared):
        return True
    return n < kept and may_contain_kernel(shared, distinct, n, shingle_size, containment)


@kernel
def align_kernel(ids_a, ids_b, mates):
    """Align two token sequences; mates[i] becomes the position in b of a's token i, or stays -1.

    Common beginnings and ends are set aside; tokens that occur once on either side are anchors, of which the longest
    chain in order is kept (B. Cohen's patience diff); what lies between is aligned by `align_gap_kernel`. Returns False
    for a pair with more between its anchors than can be aligned.
    """
    n, m = len(ids_a), len(ids_b)
    begin = 0
    while begin < n and ids_a[begin] == ids_b[begin]:
        mates[begin] = begin
        begin += 1
    if begin < _STRIP and begin < n:
        for i in range(begin):
            mates[i] = -1
        begin = 0
    end = 0
    while end < n - begin and ids_a[n - 1 - end] == ids_b[m - 1 - end]:
        end += 1
    if end < _STRIP and end < n - begin:
        end = 0
    for i in range(end):
        mates[n - 1 - i] = m - 1 - i
    if begin + end < n:
        chain_kernel(ids_a, begin, n - end, ids_b, begin, m - end, mates)
    # Between two pairs, or a pair and an end: tokens i ... k - 1 of a, j ... until - 1 of b.
    i = j = cells = 0
    while i < n:
        if mates[i] >= 0:
            j = mates[i] + 1
            i += 1
            continue
        k = i
        while k < n and mates[k] < 0:
            k += 1
        until = mates[k] if k < n else m
        cells += (k - i) * (until - j)
        if cells > ALIGNED_CELLS:
            return False
        align_gap_kernel(ids_a, i, k, ids_b, j, until, mates)
        i, j = k, until
    return True


@kernel
def chain_kernel(ids_a, i, k, ids_b, j, until, mates):
    """Pair the tokens that occur once in a's tokens i ... k - 1 and once in b's j ... until - 1: the longest chain in order."""
    ids = 0
    for x in range(len(ids_a)):
        ids = max(ids, ids_a[x])
    times_a, times_b, place_b = numbers(ids + 1, 0), numbers(ids + 1, 0), numbers(ids + 1, 0)
    for x in range(i, k):
        times_a[ids_a[x]] += 1
    for y in range(j, until):
        if ids_b[y] <= ids:
            times_b[ids_b[y]] += 1
            place_b[ids_b[y]] = y
    # tails[length]: the a-token that ends the chain of that length whose last b-place is smallest.
    tails, before = numbers(k - i + 1, -1), numbers(k - i, -1)
    longest = 0
    for x in range(i, k):
        if times_a[ids_a[x]] != 1 or times_b[ids_a[x]] != 1:
            continue
        low, high = 0, longest
        while low < high:
            middle = (low + high + 1) // 2
            if place_b[ids_a[tails[middle]]] < place_b[ids_a[x]]:
                low = middle
            else:
                high = middle - 1
        before[x - i] = tails[low] if low > 0 else -1
        tails[low + 1] = x
        longest = max(longest, low + 1)
    x = tails[longest] if longest > 0 else -1
    while x >= 0:
        mates[x] = place_b[ids_a[x]]
        x = before[x - i]


@kernel
def align_gap_kernel(ids_a, i, k, ids_b, j, until, mates):
    """Align a's tokens i ... k - 1 with b's j ... until - 1 by dynamic programming.

    A pair of equal tokens scores 2, beginning a run of pairs costs 1, so that of alignments with equally many pairs
    the one in fewest runs is found.
    """
    height, width = k - i, until - j
    if height == 0 or width == 0:
        return
    # best[y]: score of the first x tokens of a with the first y of b; paired[y]: the same if both ended in a pair.
    best = numbers(width + 1, 0)
    paired = numbers(width + 1, -9)
    if i > 0 and mates[i - 1] == j - 1:
        paired[0] = 0  # a pair at the very start continues the run before it
    # Where a cell's best comes from, and with 4 added whether its pair continues a run.
    origin = small_numbers((height + 1) * (width + 1))
    for x in range(1, height + 1):
        token = ids_a[i + x - 1]
        diagonal_best, diagonal_paired = best[0], paired[0]
        paired[0] = -9
        cell = x * (width + 1)
        for y in range(1, width + 1):
            above, left = best[y], best[y - 1]
            score, source = (above, _ABOVE) if above >= left else (left, _LEFT)
            pair = -9
            if token == ids_b[j + y - 1]:
                pair = diagonal_best + 1
                continued = 0
                if diagonal_paired + 2 >= pair:
                    pair = diagonal_paired + 2
                    continued = _CONTINUED
                if pair >= score:
                    score, source = pair, _PAIR
                source |= continued
            diagonal_best, diagonal_paired = above, paired[y]
            best[y], paired[y] = score, pair
            origin[cell + y] = source
    x, y = height, width
    within_run = False
    while x > 0 and y > 0:
        source = origin[x * (width + 1) + y]
        if within_run or source & 3 == _PAIR:
            mates[i + x - 1] = j + y - 1
            within_run = source & _CONTINUED != 0
            x -= 1
            y -= 1
        elif source & 3 == _ABOVE:
            x -= 1
        else:
            y -= 1


@kernel
def matters_kernel(trait):
    """Why a token matters wherever it lacks its partner, or _HARMLESS."""
    if trait & HAS_NUMBER:
        return LACKS_NUMBER
    if trait & _NEGATION:
        return LACKS_NEGATION
    if trait & ALL_SYMBOL:
        return LACKS_SYMBOL
    if trait & IS_UNSPACED:
        return LACKS_CHARACTER
    if trait & HAS_CAPITAL and (trait & HAS_CAPITALS or not trait & _FUNCTION):
        return LACKS_NAME
    if trait & _UNIT:
        return LACKS_UNIT
    return _HARMLESS


@kernel
def outside_kernel(traits_a, traits_b, mates):
    """What forbids that a stands in b where it is aligned: a negation just before it, or that it is only mentioned."""
    first, last = -1, -1
    for i in range(len(mates)):
        if mates[i] >= 0:
            if first < 0:
                first = mates[i]
            last = mates[i]
    begins = first == 0 or traits_b[first] & AFTER_STOP != 0
    ends = last + 1 == len(traits_b) or traits_b[last + 1] & AFTER_STOP != 0
    if not begins and traits_b[first - 1] & _NEGATION:
        return NEGATED, 0, first - 1
    halves = 0
    for i in range(len(traits_a)):
        halves += 1 if traits_a[i] & IS_UNSPACED else 2
    if (halves < 2 * _MENTION and not (begins and ends)) or (halves < 2 * _TITLE and not (begins or ends)):
        return MENTIONED, 0, first
    return _HARMLESS, 0, 0


@kernel
def gaps_kernel(
    ids_a, traits_a, text_a, starts_a, ids_b, traits_b, text_b, starts_b, mates, inside
):  # fmt: skip
    """The first difference that matters between two aligned texts, with the tokens concerned, or _HARMLESS.

    With `inside` only what stands within the aligned stretch of b counts, and insertions may be long.
    """
    n, m = len(ids_a), len(ids_b)
    i = 0
    j = 0  # the first token of b after the last pair
    while i <= n:
        k = i  # a's tokens i ... k - 1 have no partner
        while k < n and mates[k] < 0:
            k += 1
        until = mates[k] if k < n else m
        after = j
        if inside and i == 0:
            after = max(until - k, 0)  # before the stretch only what stands opposite to a's own beginning
        if inside and k == n:
            until = min(j + k - i, m)
        if k > i or until > after:
            if not inside and max(k - i, until - after) > LONGEST_INSERTION:
                return LONG_INSERTION, i, after
            why, x, y = gap_kernel(
                ids_a, traits_a, text_a, starts_a, i, k, ids_b, traits_b, text_b, starts_b, after, until, inside
            )
            if why != _HARMLESS:
                return why, x, y
        if k < n:
            j = mates[k] + 1
        i = k + 1
    return _HARMLESS, 0, 0


@kernel
def gap_kernel(
    ids_a, traits_a, text_a, starts_a, i, k, ids_b, traits_b, text_b, starts_b, j, until, inside
):  # fmt: skip
    """Whether a's tokens i ... k - 1 may stand against b's j ... until - 1; else why not, and by which (-1: none)."""
    if k > i and until > j and joined_kernel(traits_a, text_a, starts_a, i, k, traits_b, text_b, starts_b, j, until):
        return _HARMLESS, 0, 0
    for x in range(i, k):
        why = matters_kernel(traits_a[x])
        if why != _HARMLESS:
            return why, x, -1
    for y in range(j, until):
        why = matters_kernel(traits_b[y])
        if why != _HARMLESS:
            return why, -1, y
    if k == i or until == j:
        return _HARMLESS, 0, 0
    # A word stands against another: every word of the side with fewer must find, in order, one that it may stand for.
    x, y = i, j
    if k - i <= until - j:
        while x < k:
            while y < until and not alike_kernel(
                ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y
            ):
                y += 1
            if y == until:
                return OTHER_WORD, x, min(j + x - i, until - 1)
            x += 1
            y += 1
    else:
        while y < until:
            while x < k and not alike_kernel(
                ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y
            ):
                x += 1
            if x == k:
                return OTHER_WORD, min(i + y - j, k - 1), y
            x += 1
            y += 1
    return _HARMLESS, 0, 0


@kernel
def joined_kernel(traits_a, text_a, starts_a, i, k, traits_b, text_b, starts_b, j, until):
    """Whether two runs of words without numbers are the same letters, joined or split differently."""
    for x in range(i, k):
        if traits_a[x] & (HAS_NUMBER | ALL_SYMBOL):
            return False
    x, y = starts_a[i], starts_b[j]
    while True:
        while x < starts_a[k] and text_a[x] == 32:
            x += 1
        while y < starts_b[until] and text_b[y] == 32:
            y += 1
        if x == starts_a[k] or y == starts_b[until]:
            return x == starts_a[k] and y == starts_b[until]
        if text_a[x] != text_b[y]:
            return False
        x += 1
        y += 1


@kernel
def alike_kernel(ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y):
    """Whether two harmless words may stand for each other: equal, both function words, inflected or mistyped."""
    if ids_a[x] == ids_b[y] or (traits_a[x] & _FUNCTION and traits_b[y] & _FUNCTION):
        return True
    if traits_a[x] & _FUNCTION or traits_b[y] & _FUNCTION:
        return False
    begin_a, begin_b = starts_a[x], starts_b[y]
    long_a, long_b = starts_a[x + 1] - 1 - begin_a, starts_b[y + 1] - 1 - begin_b
    shorter = min(long_a, long_b)
    front = 0
    while front < shorter and text_a[begin_a + front] == text_b[begin_b + front]:
        front += 1
    if front == shorter and shorter >= 4 and max(long_a, long_b) - shorter <= 2:
        return True  # inflected: one is the other and at most two letters more
    back = 0
    while back < shorter - front and text_a[begin_a + long_a - 1 - back] == text_b[begin_b + long_b - 1 - back]:
        back += 1
    if front == 0 or shorter < 8:
        return False
    rest_a, rest_b = long_a - front - back, long_b - front - back
    if rest_a + rest_b == 1:
        return True  # mistyped: a letter too many or too few
    if rest_a == 2 and rest_b == 2:
        first, second = text_a[begin_a + front], text_a[begin_a + front + 1]
        return first == text_b[begin_b + front + 1] and second == text_b[begin_b + front]
    if rest_a == 1 and rest_b == 1:  # organise, organize
        letter_a, letter_b = text_a[begin_a + front], text_b[begin_b + front]
        return (letter_a == 115 and letter_b == 122) or (letter_a == 122 and letter_b == 115)
    return False


# --- The compiled rung reads pairs from buffers -----------------------------------------------------------------------


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
def read_side_kernel(text, length, mark, ids, traits, starts, slots, heads, lexicon_hashes, lexicon_bits, known):
    """Number the tokens of one side (equal tokens alike, going on from `known`), with traits and starts."""
    token = 0
    begin = 0
    starts[0] = 0
    mask = len(slots) - 1
    lexicon_mask = len(lexicon_hashes) - 1
    for i in range(length):
        if text[i] != 32:
            continue
        value = hash_kernel(text, begin, i)
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
        token += 1
        begin = i + 1
        starts[token] = begin
    return known


@kernel
def overlap_kernel(ids_a, ids_b, size, table, common):
    """How many different shingles two sides share, and how many each has.

    table: int64, a power of two, at least twice as long as both sides, and common: int64, as long as both: to work in.
    """
    n, m = len(ids_a), len(ids_b)
    if n < size or m < size:  # a whole text for a shingle; two such are equal only if the texts are
        return 0, max(1, n - size + 1), max(1, m - size + 1)
    table[:] = -1  # the first place of each shingle: i in a, n + j in b
    shared = distinct_a = distinct_b = 0
    for place in range(n + m - size + 1):
        if n - size < place < n:
            continue
        in_b = place >= n
        at = place - n if in_b else place
        value = np.uint64(0)
        for k in range(size):
            token = ids_b[at + k] if in_b else ids_a[at + k]
            value = (value ^ np.uint64(token)) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(32)
        slot = np.int64(value) & (len(table) - 1)
        while table[slot] >= 0:
            other = table[slot]
            same = True
            for k in range(size):
                token = ids_b[at + k] if in_b else ids_a[at + k]
                same &= token == (ids_b[other - n + k] if other >= n else ids_a[other + k])
            if same:
                break
            slot = (slot + 1) & (len(table) - 1)
        if table[slot] < 0:
            table[slot] = place
            common[place] = 0
            if in_b:
                distinct_b += 1
            else:
                distinct_a += 1
        elif in_b and table[slot] < n and common[table[slot]] == 0:
            common[table[slot]] = 1
            shared += 1
            distinct_b += 1
    return shared, distinct_a, distinct_b


@kernel
def weigh_kernel(
    text, length, mark, other_text, other_length, other_mark, shingle_size, threshold, containment, guard,
    lexicon_hashes, lexicon_bits,
):  # fmt: skip
    """The relation of two different texts as they stand in a buffer, so many bytes from the beginning of each.

    Every token is followed by a space, and the texts by eight bytes or more of the buffer. Returns relation, Jaccard
    similarity, containment, and whether the first text is the inner one.
    """
    n, m = len(mark), len(other_mark)
    swapped = m < n
    if m == n:
        for i in range(min(length, other_length)):
            if text[i] != other_text[i]:
                swapped = other_text[i] < text[i]
                break
    a, length_a, mark_a = (other_text, other_length, other_mark) if swapped else (text, length, mark)
    b, length_b, mark_b = (text, length, mark) if swapped else (other_text, other_length, other_mark)
    n, m = len(mark_a), len(mark_b)
    places = 2
    while places < 2 * (n + m):
        places *= 2
    heads = np.empty(n + m, dtype=np.uint64)
    room = np.empty(places + 4 * (n + m) + 2, dtype=np.int64)  # one allocation, cut into the arrays to work in
    table, room = room[:places], room[places:]
    ids_a, traits_a, starts_a, room = room[:n], room[n : 2 * n], room[2 * n : 3 * n + 1], room[3 * n + 1 :]
    ids_b, traits_b, starts_b, common = room[:m], room[m : 2 * m], room[2 * m : 3 * m + 1], room[3 * m + 1 :]
    table[:] = -1
    known = read_side_kernel(
        a, length_a, mark_a, ids_a, traits_a, starts_a, table, heads, lexicon_hashes, lexicon_bits, 0
    )
    read_side_kernel(b, length_b, mark_b, ids_b, traits_b, starts_b, table, heads, lexicon_hashes, lexicon_bits, known)
    shared, distinct_a, distinct_b = overlap_kernel(ids_a, ids_b, shingle_size, table, common)
    relation, jaccard, inside, _, _, _ = judge_kernel(
        ids_a, traits_a, a, starts_a, ids_b, traits_b, b, starts_b, shared, distinct_a, distinct_b, shingle_size,
        threshold, containment, guard, False,
    )  # fmt: skip
    return relation, jaccard, inside, not swapped


# --- The reason in words ---------------------------------------------------------------------------------------------

_LACKING = {
    LACKS_NUMBER: "the number",
    LACKS_NAME: "the name or capitalised word",
    LACKS_NEGATION: "the negation",
    LACKS_UNIT: "the unit",
    LACKS_SYMBOL: "the symbol",
    LACKS_CHARACTER: "the character",
}


def removal_reason(relation: int, words: int, jaccard: float, inside: float, config: Config) -> str:
    """The reason for the removal of a paragraph of so many words, as `compare_folded` gives it."""
    why = {EXACT: SAME, CONTAINED: INSIDE, NEAR: ALIKE}[relation]
    return _reason(why, [b""] * words, [], 0, 0, jaccard, inside, config)


def _reason(
    why: int, a: list[bytes], b: list[bytes], i: int, j: int, jaccard: float, inside: float, config: Config
) -> str:
    def word(tokens: list[bytes], place: int) -> str:
        return f"“{tokens[place].decode('utf-8', 'replace')[:40]}”"

    words = f"{len(a)} word" + "s" * (len(a) != 1)
    shares = f"shingles in common {jaccard:.2f}, words of the shorter in the longer {inside:.0%}"
    if why == SAME:
        return f"the same {words} after folding"
    if why == INSIDE:
        return f"{round(inside * len(a))} of {words} stand in the longer one in order, and nothing that matters differs"
    if why == ALIKE:
        differs = "and nothing that matters differs" if config.guard else "compared without the guard"
        return f"Jaccard similarity {jaccard:.2f} is at least {config.threshold:g}, {differs}"
    if why == NO_TOKENS:
        return "a text without words repeats nothing"
    if why == NOTHING_SHARED:
        return f"no {config.shingle_size} words in a row in common"
    if why == LITTLE_SHARED:
        return f"too little in common: {shares}"
    if why == TOO_LONG:
        return "too long to be aligned word by word"
    if why == SCATTERED:
        return "the words of the shorter are scattered over the longer one"
    if why in _LACKING:
        return f"{_LACKING[why]} {word(a, i) if i >= 0 else word(b, j)} has no partner in the other"
    if why == OTHER_WORD:
        return f"{word(a, i)} stands where the other has {word(b, j)}"
    if why == LONG_INSERTION:
        return f"one has more than {LONGEST_INSERTION} words in a row that the other lacks"
    if why == MENTIONED:
        return f"{words}, only mentioned within a longer sentence"
    return f"in the longer one the negation {word(b, j)} stands just before"
