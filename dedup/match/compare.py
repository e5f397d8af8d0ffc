"""Compare two folded paragraphs, and say in words why one is removed or both are kept."""

from typing import Literal

from ..config import Config
from ..results import Comparison
from .decision import Text, rank_kernel, says_kernel, text_of
from .lexicon import words
from .likeness import alike, shingles_of
from .tables import CONTAINED, DISTINCT, EXACT, NEAR, RELATIONS, SAID, Why


def compare_folded(text_a: bytes, flags_a: bytes, text_b: bytes, flags_b: bytes, config: Config) -> Comparison:
    """Compare two folded paragraphs (tokens joined by one space), given with their tokens' flags; the same both ways.

    The one that comes later in the order of a document is looked for in the other first.
    """
    a, b = text_of(text_a, flags_a), text_of(text_b, flags_b)
    jaccard, containment = alike(shingles_of(text_a, config.shingle_size), shingles_of(text_b, config.shingle_size))
    if config.threshold is not None:
        relation = EXACT if text_a == text_b and flags_a else NEAR if jaccard >= config.threshold else DISTINCT
        why = SAID if relation else Why.UNLIKE if flags_a and flags_b else Why.NO_WORDS
        return Comparison(
            RELATIONS[relation], None, jaccard, containment, reason(relation, why, len(flags_a), config, jaccard)
        )
    sides: list[tuple[Literal["a", "b"], Text, Text]] = [("a", b, a), ("b", a, b)]
    if _comes_before(a, b):
        sides.reverse()
    judged = []
    for inner, outer, text in sides:
        relation, why, told = says_kernel(outer, text, words())
        said = in_words(relation, why, told, len(text.flags), outer)
        judged.append((relation, why, inner, said))
        if relation != DISTINCT:
            break
    relation, _, inner, said = judged[-1] if judged[-1][0] != DISTINCT else max(judged, key=lambda one: one[1])
    return Comparison(RELATIONS[relation], inner if relation == CONTAINED else None, jaccard, containment, said)


def _comes_before(a: Text, b: Text) -> bool:
    """Tell whether a comes before b in the order of a document that has both."""
    says_a, worse_a, *_ = rank_kernel(a, words())
    says_b, worse_b, *_ = rank_kernel(b, words())
    return (-says_a, worse_a, a.text) < (-says_b, worse_b, b.text)


def in_words(relation: int, why: Why, told: int, count: int, outer: Text) -> str:
    """Say how a text of `count` words is said by another, or by which row of the tables it is not.

    told: the token of the other, or the weight in half words, of which the row speaks
    """
    if relation != DISTINCT:
        return removal_reason(relation, count, None, 1.0)
    beside = ""
    if why in (Why.DENIED, Why.COMPOUND):
        beside = outer.text[outer.starts[told] : outer.starts[told + 1] - 1].decode("utf-8", "replace")[:40]
    count = max(1, told // 2)
    return why.words.format(words=f"{_words(count)} stand{'s' * (count == 1)}", beside=beside)


def removal_reason(relation: int, count: int, threshold: float | None, jaccard: float) -> str:
    """Say why a paragraph of `count` words is removed."""
    if relation == EXACT:
        return f"the same {_words(count)} after folding"
    if threshold is not None:
        return f"Jaccard similarity {jaccard:.2f} is at least {threshold:g}"
    if relation == NEAR:
        return "the same letters, cut or spelled in another way, or said twice"
    return f"what it says, in {_words(count)}, stands in the other in one piece, and nothing beside it changes that"


def reason(relation: int, why: Why, count: int, config: Config, jaccard: float) -> str:
    """Say what two texts, the first of `count` words, are to each other by their likeness alone."""
    if relation == DISTINCT and why == Why.UNLIKE:
        return f"Jaccard similarity {jaccard:.2f} is below the threshold, {config.threshold:g}"
    return why.words if relation == DISTINCT else removal_reason(relation, count, config.threshold, jaccard)


def _words(count: int) -> str:
    return f"{count} word" + "s" * (count != 1)
