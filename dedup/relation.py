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
        relation, jaccard, inside, why, i, j = (EXACT, 1.0, 1.0, SAME, 0, 0) if tokens_a else (DISTINCT, 0.0, 0.0, NO_TOKENS, 0, 0)
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


def judge_kernel(  # type: ignore[no-untyped-def]
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
    mates = np.full(n, -1, dtype=np.int64)
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


def allowed_runs(n):  # type: ignore[no-untyped-def]
    """In how many runs the words of a text of n may stand in another that contains it."""
    return 1 + n // 6


def may_contain_kernel(shared, distinct, n, shingle_size, containment):  # type: ignore[no-untyped-def]
    """Whether n tokens, `distinct` different shingles, can be contained in a text that shares so many of them.

    Tokens that stand in few runs share most of their shingles: less than that need not be aligned.
    """
    least = distinct - (n - shingle_size + 1) + containment * n - (shingle_size - 1) * allowed_runs(n)
    return containment <= 1.0 and shared >= least


def promising_kernel(shared, distinct, distinct_kept, n, kept, shingle_size, threshold, containment):  # type: ignore[no-untyped-def]
    """Whether a text of n tokens may be near to, or contained in, one of `kept` tokens, judging by counts alone."""
    if shared >= threshold * (distinct + distinct_kept - shared):
        return True
    return n < kept and may_contain_kernel(shared, distinct, n, shingle_size, containment)


def align_kernel(ids_a, ids_b, mates):  # type: ignore[no-untyped-def]
    """Align two token sequences; mates[i] becomes the position in b of a's token i, or stays -1.

    Global alignment by dynamic programming: a pair of equal tokens scores 2, beginning a run of pairs costs 1, so that
    of alignments with equally many pairs the one in fewest runs is found. Returns False for a pair too large to align.
    """
    n, m = len(ids_a), len(ids_b)
    begin = 0
    while begin < n and ids_a[begin] == ids_b[begin]:
        begin += 1
    if begin < _STRIP and begin < n:
        begin = 0
    end = 0
    while end < n - begin and ids_a[n - 1 - end] == ids_b[m - 1 - end]:
        end += 1
    if end < _STRIP and end < n - begin:
        end = 0
    height, width = n - begin - end, m - begin - end
    if height * width > ALIGNED_CELLS:
        return False
    for i in range(begin):
        mates[i] = i
    for i in range(end):
        mates[n - 1 - i] = m - 1 - i
    if height == 0 or width == 0:
        return True
    # best[j]: score of the first i tokens of a with the first j of b; paired[j]: the same if both ended in a pair.
    best = np.zeros(width + 1, dtype=np.int32)
    paired = np.full(width + 1, -9, dtype=np.int32)
    paired[0] = 0 if begin else -9  # a pair at the very start continues the common beginning
    # Where a cell's best comes from (0 pair, 1 above, 2 left), and 4 if its pair continues a run.
    origin = np.empty((height + 1, width + 1), dtype=np.uint8)
    for i in range(1, height + 1):
        token = ids_a[begin + i - 1]
        diagonal_best, diagonal_paired = best[0], paired[0]
        paired[0] = -9
        for j in range(1, width + 1):
            score, source, pair = best[j], 1, -9
            if best[j - 1] > score:
                score, source = best[j - 1], 2
            if token == ids_b[begin + j - 1]:
                pair = diagonal_best + 1
                continued = 0
                if diagonal_paired + 2 >= pair:
                    pair = diagonal_paired + 2
                    continued = 4
                if pair >= score:
                    score, source = pair, 0
                source |= continued
            diagonal_best, diagonal_paired = best[j], paired[j]
            best[j], paired[j] = score, pair
            origin[i, j] = source
    i, j = height, width
    within_run = False
    while i > 0 and j > 0:
        source = origin[i, j]
        if within_run or source & 3 == 0:
            mates[begin + i - 1] = begin + j - 1
            within_run = source & 4 != 0
            i -= 1
            j -= 1
        elif source & 3 == 1:
            i -= 1
        else:
            j -= 1
    return True


def matters_kernel(trait):  # type: ignore[no-untyped-def]
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


def outside_kernel(traits_a, traits_b, mates):  # type: ignore[no-untyped-def]
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


def gaps_kernel(  # type: ignore[no-untyped-def]
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


def gap_kernel(  # type: ignore[no-untyped-def]
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
            while y < until and not alike_kernel(ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y):
                y += 1
            if y == until:
                return OTHER_WORD, x, min(j + x - i, until - 1)
            x += 1
            y += 1
    else:
        while y < until:
            while x < k and not alike_kernel(ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y):
                x += 1
            if x == k:
                return OTHER_WORD, min(i + y - j, k - 1), y
            x += 1
            y += 1
    return _HARMLESS, 0, 0


def joined_kernel(traits_a, text_a, starts_a, i, k, traits_b, text_b, starts_b, j, until):  # type: ignore[no-untyped-def]
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


def alike_kernel(ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y):  # type: ignore[no-untyped-def]
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


def hash_kernel(buffer, begin, end):  # type: ignore[no-untyped-def]
    """A 64-bit hash of the bytes begin ... end - 1 (FNV-1a with a last mix): numbers tokens within one process only."""
    value = np.uint64(0xCBF29CE484222325)
    for i in range(begin, end):
        value = (value ^ np.uint64(buffer[i])) * np.uint64(0x100000001B3)
    value ^= value >> np.uint64(29)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    return value ^ value >> np.uint64(32)


@lru_cache(maxsize=1)
def lexicon_table() -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The lexicon as an open-addressing table: hashes (0 = free) and bits."""
    hash_bytes = engine.compiled(hash_kernel)
    hashes, bits = np.zeros(1 << 12, dtype=np.uint64), np.zeros(1 << 12, dtype=np.int64)
    for word, bit in lexicon().items():
        value = int(hash_bytes(np.frombuffer(word, dtype=np.uint8), 0, len(word)))
        slot = value % len(hashes)
        while hashes[slot]:
            slot = (slot + 1) % len(hashes)
        hashes[slot], bits[slot] = value, bit
    return hashes, bits


def read_side_kernel(text, mark, ids, traits, starts, slots, heads, lexicon_hashes, lexicon_bits, known):  # type: ignore[no-untyped-def]
    """Number the tokens of one side (equal tokens alike, going on from `known`), with traits and starts."""
    token = 0
    begin = 0
    starts[0] = 0
    mask = len(slots) - 1
    for i in range(len(text)):
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
        slot = np.int64(value) & (len(lexicon_hashes) - 1)
        while lexicon_hashes[slot] != 0 and lexicon_hashes[slot] != value:
            slot = (slot + 1) & (len(lexicon_hashes) - 1)
        traits[token] = np.int64(mark[token]) | lexicon_bits[slot] << TRAIT_SHIFT
        token += 1
        begin = i + 1
        starts[token] = begin
    return known


def overlap_kernel(ids_a, ids_b, size):  # type: ignore[no-untyped-def]
    """How many different shingles two sides share, and how many each has."""
    n, m = len(ids_a), len(ids_b)
    if n < size or m < size:  # a whole text for a shingle; two such are equal only if the texts are
        return 0, max(1, n - size + 1), max(1, m - size + 1)
    places = 2
    while places < 2 * (n + m):
        places *= 2
    table = np.full(places, -1, dtype=np.int64)  # the first place of each shingle: i in a, n + j in b
    common = np.zeros(n, dtype=np.bool_)
    shared = distinct_a = distinct_b = 0
    for place in range(n + m):
        in_b = place >= n
        ids, at = (ids_b, place - n) if in_b else (ids_a, place)
        if at + size > len(ids):
            continue
        value = np.uint64(0)
        for k in range(size):
            value = (value ^ np.uint64(ids[at + k])) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(32)
        slot = np.int64(value) & (places - 1)
        while table[slot] >= 0:
            other_ids, other = (ids_b, table[slot] - n) if table[slot] >= n else (ids_a, table[slot])
            same = True
            for k in range(size):
                same &= other_ids[other + k] == ids[at + k]
            if same:
                break
            slot = (slot + 1) & (places - 1)
        if table[slot] < 0:
            table[slot] = place
            if in_b:
                distinct_b += 1
            else:
                distinct_a += 1
        elif in_b and table[slot] < n and not common[table[slot]]:
            common[table[slot]] = True
            shared += 1
            distinct_b += 1
    return shared, distinct_a, distinct_b


def weigh_kernel(  # type: ignore[no-untyped-def]
    text, mark, other_text, other_mark, shingle_size, threshold, containment, guard, lexicon_hashes, lexicon_bits
):  # fmt: skip
    """The relation of two different texts as they stand in a buffer (every token followed by a space).

    Returns relation, Jaccard similarity, containment, and whether the first text is the inner one.
    """
    n, m = len(mark), len(other_mark)
    swapped = m < n
    if m == n:
        for i in range(min(len(text), len(other_text))):
            if text[i] != other_text[i]:
                swapped = other_text[i] < text[i]
                break
    a, mark_a = (other_text, other_mark) if swapped else (text, mark)
    b, mark_b = (text, mark) if swapped else (other_text, other_mark)
    n, m = len(mark_a), len(mark_b)
    slots_needed = 2
    while slots_needed < 2 * (n + m):
        slots_needed *= 2
    slots = np.full(slots_needed, -1, dtype=np.int64)
    heads = np.empty(n + m, dtype=np.uint64)
    ids_a, traits_a, starts_a = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n + 1, np.int64)
    ids_b, traits_b, starts_b = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m + 1, np.int64)
    known = read_side_kernel(a, mark_a, ids_a, traits_a, starts_a, slots, heads, lexicon_hashes, lexicon_bits, 0)
    read_side_kernel(b, mark_b, ids_b, traits_b, starts_b, slots, heads, lexicon_hashes, lexicon_bits, known)
    shared, distinct_a, distinct_b = overlap_kernel(ids_a, ids_b, shingle_size)
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
