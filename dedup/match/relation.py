"""What two paragraphs are to each other: alignment, guard and surroundings in one judgement.

One implementation, in plain functions over arrays: run as they are for a few pairs, compiled for many. A pair is always
aligned in one order (fewer tokens first, then by bytes), so that the relation is the same both ways.
"""

from typing import Literal, NamedTuple

from .._jit.backend import kernel, numbers
from ..config import Config
from ..results import Comparison
from .align import align_kernel
from .context import core_kernel, surroundings_kernel
from .explain import in_words
from .features import read_pair, read_text
from .guard import gaps_kernel
from .judgement import CONTAINED, DISTINCT, EXACT, HARMLESS, NEAR, RELATIONS, Judgement, Why, reason
from .reading import read_beside_kernel


class Limits(NamedTuple):
    """What of the configuration decides on a pair. A containment of 2.0 is never reached, and so is off."""

    shingle_size: int
    threshold: float
    containment: float
    guard: bool


def limits(config: Config) -> Limits:
    """Return the limits that a configuration sets."""
    containment = 2.0 if config.containment is None else config.containment
    return Limits(config.shingle_size, config.threshold, containment, config.guard)


def compare_folded(
    text_a: bytes, flags_a: bytes, text_b: bytes, flags_b: bytes, config: Config, differences: bool = False
) -> Comparison:
    """Compare two folded paragraphs. With `differences` the reason of unequal ones names the words that differ, too."""
    found = judge(text_a, flags_a, text_b, flags_b, config)
    inner: Literal["a", "b"] | None = None if found.relation != CONTAINED else "b" if found.swapped else "a"
    why = reason(found, text_a, text_b, config)
    if differences and text_a != text_b:
        why += f"; {in_words(text_a, text_b, found)}"
    return Comparison(RELATIONS[found.relation], inner, found.jaccard, found.containment, why)


def judge(
    text_a: bytes, flags_a: bytes, text_b: bytes, flags_b: bytes, config: Config, thorough: bool = True
) -> Judgement:
    """Judge two folded paragraphs (tokens joined by one space), given with their tokens' flags; the same both ways.

    Where not `thorough`, they are aligned, and their containment measured, only where it decides on the relation.
    """
    swapped = (len(flags_b), text_b) < (len(flags_a), text_a)
    if swapped:
        text_a, flags_a, text_b, flags_b = text_b, flags_b, text_a, flags_a
    n, size = len(flags_a), config.shingle_size
    if text_a == text_b and n > 0:
        return Judgement(EXACT, 1.0, 1.0, HARMLESS, 0, 0, range(n), swapped)
    a, b, overlap = read_pair(read_text(text_a, flags_a, size), read_text(text_b, flags_b, size))
    mates = numbers(n, -1)
    relation, jaccard, containment, why, i, j = judge_kernel(a, b, overlap, limits(config), mates, thorough)
    return Judgement(relation, jaccard, containment, why, i, j, mates if containment > 0 else None, swapped)


@kernel
def judge_kernel(a, b, overlap, limits, mates, thorough):
    """Return relation, Jaccard similarity, containment, why both stay or HARMLESS, and the tokens of a and b that decided.

    a has no more tokens than b, and the texts differ. mates: a number for each token of a, all -1; their alignment is
    written there. They are aligned, and containment is measured, only where it can matter, or where `thorough`; else it is 0.
    """
    n, m = len(a.ids), len(b.ids)
    if n == 0:
        return DISTINCT, 0.0, 0.0, Why.NO_TOKENS, 0, 0
    jaccard = overlap.shared / (overlap.distinct_a + overlap.distinct_b - overlap.shared)
    resembles = jaccard >= limits.threshold
    fits = may_contain_kernel(overlap, n, m, limits)
    if overlap.shared == 0 or not (resembles or fits or thorough):
        return DISTINCT, jaccard, 0.0, Why.NOTHING_SHARED if overlap.shared == 0 else Why.LITTLE_SHARED, 0, 0
    if resembles and not limits.guard and not fits and not thorough:
        return NEAR, jaccard, 0.0, HARMLESS, 0, 0
    front = align_kernel(a.ids, b.ids, mates)
    if front < 0:
        if resembles and not limits.guard:
            return NEAR, jaccard, 0.0, HARMLESS, 0, 0
        return DISTINCT, jaccard, 0.0, Why.TOO_LONG, 0, 0
    matched, runs = runs_kernel(mates, front)
    inside = matched / n
    if not limits.guard:
        if n < m and inside >= limits.containment and runs <= allowed_runs(n):
            return CONTAINED, jaccard, inside, HARMLESS, 0, 0
        if resembles:
            return NEAR, jaccard, inside, HARMLESS, 0, 0
        scattered = n < m and inside >= limits.containment
        return DISTINCT, jaccard, inside, Why.SCATTERED if scattered else Why.LITTLE_SHARED, 0, 0
    why, i, j = Why.LITTLE_SHARED, 0, 0
    if 2 * matched < n:
        return DISTINCT, jaccard, inside, why, i, j
    if n < m and fits:
        begin, end = core_kernel(a, b, mates)
        why, i, j, stood, soft = gaps_kernel(a, b, mates, front, begin, end, True)
        if why == HARMLESS:
            if matched + stood < limits.containment * (end - begin):
                why = Why.LITTLE_SHARED
            elif runs - soft > allowed_runs(n):
                why = Why.SCATTERED
            else:
                why, i, j = surroundings_kernel(a, b, mates, begin, end)
        if why == HARMLESS:
            return CONTAINED, jaccard, (matched + stood) / n, HARMLESS, 0, 0
    if resembles or (n == m and fits):
        near_why, near_i, near_j, stood, _ = gaps_kernel(a, b, mates, front, 0, n, False)
        if near_why == HARMLESS and moved_kernel(a.ids, b.ids, mates):
            near_why = Why.SCATTERED
        if near_why == HARMLESS and (resembles or matched + stood >= limits.containment * n):
            return NEAR, jaccard, (matched + stood) / n, HARMLESS, 0, 0
        if near_why != HARMLESS and (why == Why.LITTLE_SHARED or why == Why.SCATTERED):
            why, i, j = near_why, near_i, near_j  # the other reasons say more of the pair, and so take precedence
    return DISTINCT, jaccard, inside, why, i, j


@kernel
def weigh_kernel(this, reading, other, limits, lexicon, scratch):
    """Return by which relation another text stands for this one, Jaccard similarity, and containment.

    That is CONTAINED, NEAR, or DISTINCT for none. The two texts are `Folded` and differ, and `read_kernel` has read this one.
    With more tokens than the other it is not contained in it: if the two share too little to be near, they are not aligned,
    and if their lengths tell, the other is not even read.
    """
    n, m = len(this.flags), len(other.flags)
    if n > m and max(1, m - limits.shingle_size + 1) / reading.distinct < limits.threshold:
        return DISTINCT, 0.0, 0.0
    a, b, overlap, mates, swapped = read_beside_kernel(this, reading, other, limits, lexicon, scratch)
    if n > m and overlap.shared / (overlap.distinct_a + overlap.distinct_b - overlap.shared) < limits.threshold:
        return DISTINCT, 0.0, 0.0
    relation, jaccard, containment, _, _, _ = judge_kernel(a, b, overlap, limits, mates, False)
    return DISTINCT if relation == CONTAINED and swapped else relation, jaccard, containment


@kernel
def runs_kernel(mates, front):
    """Count the pairs of an alignment, of which the first `front` stand at both beginnings, and the runs they are in."""
    matched, runs, before = front, min(front, 1), front - 1
    for mate in mates[front:]:
        if mate >= 0:
            matched += 1
            runs += mate != before + 1 or mate == 0  # nothing stands before b's first token
        before = mate
    return matched, runs


@kernel
def moved_kernel(ids_a, ids_b, mates):
    """Tell whether a token of a that has no partner stands elsewhere in b, without one, too.

    What changed places may turn a sentence round (“der Minister kritisiert den Kanzler”).
    """
    for i in range(len(ids_a)):
        if mates[i] < 0:
            for j in range(len(ids_b)):
                if ids_b[j] == ids_a[i] and j not in mates:
                    return True
    return False


@kernel
def allowed_runs(n):
    """Return in how many runs the words of a text of n may stand in another that contains it."""
    return 1 + n // 6


@kernel
def may_contain_kernel(overlap, n, m, limits):
    """Tell whether n tokens can stand in m that share so many shingles with them.

    Tokens that stand in few runs share most of their shingles: less than that need not be aligned. Of two texts of one
    length no more than two words, or runs of them, may be replaced: one replaced word takes `shingle_size` shingles.
    """
    if n > m or limits.containment > 1.0:
        return False
    if n == m:
        return overlap.shared >= overlap.distinct_a - 2 * limits.shingle_size
    missing = (1.0 - limits.containment) * n
    return overlap.shared >= overlap.distinct_a - missing - (limits.shingle_size - 1) * allowed_runs(n)


@kernel
def promising_kernel(overlap, n, kept, limits):
    """Tell whether a text of n tokens may be near to, or contained in, one of `kept` tokens, judging by counts alone."""
    resembles = overlap.shared >= limits.threshold * (overlap.distinct_a + overlap.distinct_b - overlap.shared)
    return resembles or may_contain_kernel(overlap, n, kept, limits)
