"""What two paragraphs are to each other, and why: alignment, guard, surroundings, relation.

One implementation, in plain functions over arrays: run as they are for a few pairs, compiled for many. The pair is
always aligned in one order (fewer tokens first, then by bytes), so that the relation is the same both ways.
"""

from typing import Literal

import numpy as np

from .._jit.backend import kernel, makes_arrays, numbers
from ..config import Config
from ..results import Comparison, Relation
from .align import align_kernel
from .context import core_kernel, surroundings_kernel
from .features import (
    common_ends_kernel,
    forget_tokens_kernel,
    overlap_kernel,
    read_capitals_kernel,
    read_pair,
    read_text,
    read_tokens_kernel,
    share_tokens_kernel,
    shingles_kernel,
)
from .guard import (
    ALIKE,
    HARMLESS,
    INSIDE,
    LACKS_CHARACTER,
    LACKS_NAME,
    LACKS_NEGATION,
    LACKS_NUMBER,
    LACKS_SYMBOL,
    LACKS_UNIT,
    LACKS_WORD,
    LITTLE_SHARED,
    MENTIONED,
    NO_TOKENS,
    NOTHING_SHARED,
    OTHER_WORD,
    SAME,
    SCATTERED,
    TOO_LONG,
    gaps_kernel,
)

DISTINCT, NEAR, CONTAINED, EXACT = range(4)  # ascending precedence
RELATIONS: tuple[Relation, ...] = ("distinct", "near", "contained", "exact")
ROOM = 16  # numbers that `weigh_kernel` works with, for each token of both sides; its tables take up to four each
_ZERO = np.int64(0)  # not a literal, for which kernels would be compiled once more


def compare_folded(text_a: bytes, flags_a: bytes, text_b: bytes, flags_b: bytes, config: Config) -> Comparison:
    """The relation of two folded paragraphs (tokens joined by one space) with their tokens' flags."""
    swapped = (len(flags_b), text_b) < (len(flags_a), text_a)
    if swapped:
        text_a, flags_a, text_b, flags_b = text_b, flags_b, text_a, flags_a
    tokens_a, tokens_b = text_a.split(), text_b.split()
    if text_a == text_b:
        relation, jaccard, inside, why, i, j = (
            (EXACT, 1.0, 1.0, SAME, 0, 0) if tokens_a else (DISTINCT, 0.0, 0.0, NO_TOKENS, 0, 0)
        )
    else:
        size = config.shingle_size
        pair = read_pair(read_text(text_a, flags_a, size), read_text(text_b, flags_b, size))
        relation, jaccard, inside, why, i, j = judge_kernel(*pair, size, *limits(config), True)
    inner: Literal["a", "b"] | None = None
    if relation == CONTAINED:
        inner = "b" if swapped else "a"
    if relation == DISTINCT:
        reason = _why_distinct(why, tokens_a, tokens_b, i, j, jaccard, inside, config)
    else:
        reason = removal_reason(relation, len(tokens_a), jaccard, inside, config)
    return Comparison(RELATIONS[relation], inner, jaccard, inside, reason)


def limits(config: Config) -> tuple[float, float, bool]:
    """What `judge_kernel` takes of the configuration: threshold, containment (2.0 = off), guard."""
    return config.threshold, 2.0 if config.containment is None else config.containment, config.guard


@makes_arrays
@kernel
def judge_kernel(
    ids_a, traits_a, text_a, starts_a, capitals_a, ids_b, traits_b, text_b, starts_b, capitals_b,
    shared, distinct_a, distinct_b, shingle_size, threshold, containment, guard, thorough,
):  # fmt: skip
    """Relation, Jaccard similarity, containment, why, and the token of each side that decided.

    ids: equal numbers for equal tokens; traits: flags and lexicon bits; text, starts: the tokens' bytes; capitals: what
    they tell; shared and distinct: shingles in common and of each side. a has no more tokens than b, and the texts differ.
    Containment is measured only where it can matter, or where `thorough`.
    """
    n, m = len(ids_a), len(ids_b)
    jaccard = shared / (distinct_a + distinct_b - shared)
    if n == 0:
        return DISTINCT, 0.0, 0.0, NO_TOKENS, 0, 0
    resembles = jaccard >= threshold
    fits = may_contain_kernel(shared, distinct_a, n, m, shingle_size, containment)
    if shared == 0 or not (resembles or fits or thorough):
        return DISTINCT, jaccard, 0.0, NOTHING_SHARED if shared == 0 else LITTLE_SHARED, 0, 0
    if resembles and not guard and not fits and not thorough:
        return NEAR, jaccard, 0.0, ALIKE, 0, 0
    mates = numbers(n, -1)
    front = align_kernel(ids_a, ids_b, mates)
    if front < 0:
        if resembles and not guard:
            return NEAR, jaccard, 0.0, ALIKE, 0, 0
        return DISTINCT, jaccard, 0.0, TOO_LONG, 0, 0
    matched, runs, before = front, min(front, 1), front - 1
    for mate in mates[front:]:
        if mate >= 0:
            matched += 1
            runs += mate != before + 1 or mate == 0  # nothing stands before b's first token
        before = mate
    inside = matched / n
    if not guard:
        if n < m and inside >= containment and runs <= allowed_runs(n):
            return CONTAINED, jaccard, inside, INSIDE, 0, 0
        if resembles:
            return NEAR, jaccard, inside, ALIKE, 0, 0
        scattered = n < m and inside >= containment
        return DISTINCT, jaccard, inside, SCATTERED if scattered else LITTLE_SHARED, 0, 0
    why, i, j = LITTLE_SHARED, 0, 0
    if 2 * matched < n:
        return DISTINCT, jaccard, inside, why, i, j
    if n < m and fits:
        begin, end = core_kernel(ids_a, traits_a, text_a, starts_a, traits_b, mates)
        why, i, j, stood, soft = gaps_kernel(
            traits_a, text_a, starts_a, capitals_a, traits_b, text_b, starts_b, capitals_b, mates, front, begin, end, True,
        )  # fmt: skip
        if why == HARMLESS:
            if matched + stood < containment * (end - begin):
                why = LITTLE_SHARED
            elif runs - soft > allowed_runs(n):
                why = SCATTERED
            else:
                why, i, j = surroundings_kernel(traits_a, starts_a, traits_b, mates, begin, end)
        if why == HARMLESS:
            return CONTAINED, jaccard, (matched + stood) / n, INSIDE, 0, 0
    if resembles or (n == m and fits):
        near_why, near_i, near_j, stood, _ = gaps_kernel(
            traits_a, text_a, starts_a, capitals_a, traits_b, text_b, starts_b, capitals_b, mates, front, 0, n, False,
        )  # fmt: skip
        if near_why == HARMLESS and moved_kernel(ids_a, ids_b, mates):
            near_why = SCATTERED
        if near_why == HARMLESS and (resembles or matched + stood >= containment * n):
            return NEAR, jaccard, (matched + stood) / n, ALIKE, 0, 0
        if why < LACKS_NUMBER and near_why != HARMLESS:
            why, i, j = near_why, near_i, near_j
    return DISTINCT, jaccard, inside, why, i, j


@kernel
def moved_kernel(ids_a, ids_b, mates):
    """Whether a token of a that has no partner stands in b elsewhere, without one, too: what changed places may turn a
    sentence round (“der Minister kritisiert den Kanzler”)."""
    for i in range(len(ids_a)):
        if mates[i] < 0:
            for j in range(len(ids_b)):
                if ids_b[j] == ids_a[i]:
                    free = True
                    for mate in mates:
                        free &= mate != j
                    if free:
                        return True
    return False


@kernel
def allowed_runs(n):
    """In how many runs the words of a text of n may stand in another that contains it."""
    return 1 + n // 6


@kernel
def may_contain_kernel(shared, distinct, n, m, shingle_size, containment):
    """Whether n tokens, `distinct` different shingles, can stand in m that share so many of them.

    Tokens that stand in few runs share most of their shingles: less than that need not be aligned. Of two texts of one
    length no more than two words, or runs of them, may be replaced: one replaced word takes `shingle_size` shingles.
    """
    if n > m or containment > 1.0:
        return False
    if n == m:
        return shared >= distinct - 2 * shingle_size
    return shared >= distinct - (1.0 - containment) * n - (shingle_size - 1) * allowed_runs(n)


@kernel
def promising_kernel(shared, distinct, distinct_kept, n, kept, shingle_size, threshold, containment):
    """Whether a text of n tokens may be near to, or contained in, one of `kept` tokens, judging by counts alone."""
    if shared >= threshold * (distinct + distinct_kept - shared):
        return True
    return may_contain_kernel(shared, distinct, n, kept, shingle_size, containment)


@kernel
def layout_kernel(room, n, most):
    """ROOM numbers for each of n tokens, and of up to `most` of the other side, taken apart.

    Two tables, of tokens and of shingles, the length a power of two; then by token of both: numbers, traits; by number:
    hashes, places; by place of a shingle: its first place, what is common; where tokens start.
    """
    both = n + most
    places = 2
    while places < 2 * both:
        places *= 2
    rest = room[2 * places :]
    return (
        room[:places], room[places : 2 * places], rest[:both], rest[both : 2 * both],
        rest[2 * both : 3 * both].view(np.uint64), rest[3 * both : 4 * both], rest[4 * both : 5 * both],
        rest[5 * both : 6 * both], rest[6 * both : 7 * both + 2],
    )  # fmt: skip


@kernel
def read_kernel(text, flags, most, shingle_size, lexicon, room):
    """Read a text for `weigh_kernel`, which may have it weighed against many of up to `most` tokens.

    Returns how many different tokens and shingles there are, and what the capitals tell.
    """
    n = len(flags)
    table, shingles, ids, traits, heads, places, first, common, starts = layout_kernel(room, n, most)
    table[:] = -1
    shingles[:] = -1
    starts[0] = 0
    known = read_tokens_kernel(
        text, flags, ids, traits, starts, _ZERO, n, table, heads, places, lexicon, text, _ZERO, _ZERO
    )  # fmt: skip
    distinct = shingles_kernel(ids, n, shingle_size, shingles, first, common)
    return known, distinct, read_capitals_kernel(flags, traits[:n])


@kernel
def weigh_kernel(
    text, length, flags, most, known, distinct, capitals, other_text, other_length, other_flags, measures, lexicon, room
):  # fmt: skip
    """By which relation the other of two different texts stands for this one: CONTAINED, NEAR, or DISTINCT for none.

    Both stand in a buffer, so many bytes from the beginning of each; every token is followed by a space, and the texts by
    eight bytes or more of the buffer. `read_kernel` has read this one into the room. measures: shingle size and `limits`.

    Returns it, and if it is not DISTINCT, Jaccard similarity and containment. A text with more tokens than the other is not
    contained in it. If it shares too little to be near, the two are not aligned, and if their lengths tell, not even read.
    """
    n, m = len(flags), len(other_flags)
    shingle_size, threshold, containment, guard = measures
    if n > m and max(1, m - shingle_size + 1) / distinct < threshold:
        return DISTINCT, 0.0, 0.0
    table, shingles, ids, traits, heads, places, first, common, both_starts = layout_kernel(room, n, most)
    one, other, traits_one, traits_other = ids[:n], ids[n : n + m], traits[:n], traits[n : n + m]
    starts, starts_other = both_starts[: n + 1], both_starts[n + 1 : n + m + 2]
    starts_other[0] = 0
    front, back = common_ends_kernel(text, length, starts, other_text, other_length, m)
    share_tokens_kernel(one, traits_one, starts, _ZERO, front, other_flags, other, traits_other, starts_other, _ZERO)
    numbers = read_tokens_kernel(
        other_text, other_flags, other, traits_other, starts_other, front, m - back, table, heads, places, lexicon,
        text, known, known,
    )  # fmt: skip
    forget_tokens_kernel(table, heads, known, numbers)
    share_tokens_kernel(one, traits_one, starts, n - back, n, other_flags, other, traits_other, starts_other, m - back)
    shared, distinct_other = overlap_kernel(ids, n, m, front, back, shingle_size, shingles, first, common)
    if n > m and shared / (distinct + distinct_other - shared) < threshold:
        return DISTINCT, 0.0, 0.0
    capitals_other = read_capitals_kernel(other_flags, traits_other)
    is_inner = n < m
    if n == m:
        for i in range(starts[front], min(length, other_length)):
            if text[i] != other_text[i]:
                is_inner = text[i] < other_text[i]
                break
    one_side = one, traits_one, text, starts, capitals
    other_side = other, traits_other, other_text, starts_other, capitals_other
    ids_a, traits_a, text_a, starts_a, capitals_a = one_side if is_inner else other_side
    ids_b, traits_b, text_b, starts_b, capitals_b = other_side if is_inner else one_side
    relation, jaccard, inside, _, _, _ = judge_kernel(
        ids_a, traits_a, text_a, starts_a, capitals_a, ids_b, traits_b, text_b, starts_b, capitals_b,
        shared, distinct if is_inner else distinct_other, distinct_other if is_inner else distinct,
        shingle_size, threshold, containment, guard, False,
    )  # fmt: skip
    return DISTINCT if relation == CONTAINED and not is_inner else relation, jaccard, inside


# --- The reason in words ---------------------------------------------------------------------------------------------

_LACKING = {
    LACKS_NUMBER: "the number",
    LACKS_NAME: "the name or capitalised word",
    LACKS_NEGATION: "the negation or qualifier",
    LACKS_UNIT: "the unit",
    LACKS_SYMBOL: "the symbol",
    LACKS_CHARACTER: "the character",
    LACKS_WORD: "the word",
}


def removal_reason(relation: int, count: int, jaccard: float, inside: float, config: Config) -> str:
    """The reason for the removal of a paragraph of so many words."""
    words = _words(count)
    if relation == EXACT:
        return f"the same {words} after folding"
    if relation == CONTAINED:
        stand = f"{round(inside * count)} of {words} stand in the longer one in order"
        if config.containment is not None and inside < config.containment:
            return f"{stand}, the others are its own list number, counter, credit or function words"
        return f"{stand}, and nothing that matters differs"
    differs = "and nothing that matters differs" if config.guard else "compared without the guard"
    if jaccard < config.threshold:
        return f"{round(inside * count)} of {words} stand in the other in order, {differs}"
    return f"Jaccard similarity {jaccard:.2f} is at least {config.threshold:g}, {differs}"


def _why_distinct(
    why: int, a: list[bytes], b: list[bytes], i: int, j: int, jaccard: float, inside: float, config: Config
) -> str:
    """Why both of two paragraphs stay: tokens i of a and j of b decided it."""

    def word(tokens: list[bytes], place: int) -> str:
        return f"“{tokens[place].decode('utf-8', 'replace')[:40]}”"

    if why == NO_TOKENS:
        return "a text without words repeats nothing"
    if why == NOTHING_SHARED:
        return f"no {config.shingle_size} words in a row in common"
    if why == LITTLE_SHARED:
        shares = f"shingles in common {jaccard:.2f}, words of the shorter in the longer {inside:.0%}"
        return f"too little in common: {shares}"
    if why == TOO_LONG:
        return "too long to be aligned word by word"
    if why == SCATTERED:
        return "the words of the shorter are scattered over the longer one"
    if why in _LACKING:
        return f"{_LACKING[why]} {word(a, i) if i >= 0 else word(b, j)} has no partner in the other"
    if why == OTHER_WORD:
        return f"{word(a, i)} stands where the other has {word(b, j)}"
    if why == MENTIONED:
        return f"{_words(len(a))}, only mentioned within a longer sentence"
    return f"in the longer one {word(b, j)} stands beside it, which denies it or may"


def _words(count: int) -> str:
    return f"{count} word" + "s" * (count != 1)
