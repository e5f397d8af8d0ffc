"""What a pair is judged to be, and why: the codes that kernels return, and the sentences that people read."""

from collections.abc import Sequence
from typing import NamedTuple

from .._jit.backend import kernel
from ..config import Config
from ..results import Relation

DISTINCT, NEAR, CONTAINED, EXACT = range(4)  # ascending precedence
RELATIONS: tuple[Relation, ...] = ("distinct", "near", "contained", "exact")

# Why both of two paragraphs stay.
(NO_TOKENS, NOTHING_SHARED, LITTLE_SHARED, TOO_LONG, SCATTERED) = range(5)
(LACKS_NUMBER, LACKS_NAME, LACKS_NEGATION, LACKS_UNIT, LACKS_SYMBOL, LACKS_CHARACTER, LACKS_WORD) = range(5, 12)
(OTHER_WORD, MENTIONED, NEGATED) = range(12, 15)
HARMLESS = -1  # nothing that matters differs: nothing speaks against a removal

_LACKS = "{} {{either}} has no partner in the other"
_REASONS = {
    NO_TOKENS: "a text without words repeats nothing",
    NOTHING_SHARED: "no {size} words in a row in common",
    LITTLE_SHARED: "too little in common: shingles in common {jaccard:.2f}, "
    "words of the shorter in the longer {containment:.0%}",
    TOO_LONG: "too long to be aligned word by word",
    SCATTERED: "the words of the shorter are scattered over the longer one",
    LACKS_NUMBER: _LACKS.format("the number"),
    LACKS_NAME: _LACKS.format("the name or capitalised word"),
    LACKS_NEGATION: _LACKS.format("the negation or qualifier"),
    LACKS_UNIT: _LACKS.format("the unit"),
    LACKS_SYMBOL: _LACKS.format("the symbol"),
    LACKS_CHARACTER: _LACKS.format("the character"),
    LACKS_WORD: _LACKS.format("the word"),
    OTHER_WORD: "{a} stands where the other has {b}",
    MENTIONED: "{words}, only mentioned within a longer sentence",
    NEGATED: "in the longer one {b} stands beside it, which denies it or may",
}


@kernel
def is_general_kernel(why):
    """Tell whether a reason is about the pair as a whole. One that names a token takes precedence over it."""
    return why == LITTLE_SHARED or why == SCATTERED


class Judgement(NamedTuple):
    """What two folded texts were judged to be. The shorter one is called a, whichever was given first."""

    relation: int
    jaccard: float
    containment: (
        float  # share of a's tokens that have a partner in b, or may lack one; 0 where the two were not aligned
    )
    why: int  # both stay; or HARMLESS
    i: int  # the token of a that decided, -1 for none
    j: int  # that of b
    mates: Sequence[int] | None  # of each of a's tokens the place of its partner in b, or -1; None if not aligned
    swapped: bool  # whether a was given second

    def in_order(self, first: bytes, second: bytes) -> tuple[list[bytes], list[bytes]]:
        """Return the tokens of a and b, of the texts in the order in which they were given."""
        a, b = (second, first) if self.swapped else (first, second)
        return a.split(), b.split()


def reason(found: Judgement, first: bytes, second: bytes, config: Config) -> str:
    """Say why two folded texts were judged as they were, in the order in which they were given."""
    a, b = found.in_order(first, second)
    if found.relation != DISTINCT:
        return removal_reason(found.relation, len(a), found.jaccard, found.containment, config)
    mine, other = _quoted(a, found.i), _quoted(b, found.j)
    return _REASONS[found.why].format(
        a=mine, b=other, either=mine or other, words=_words(len(a)),
        size=config.shingle_size, jaccard=found.jaccard, containment=found.containment,
    )  # fmt: skip


def removal_reason(relation: int, count: int, jaccard: float, containment: float, config: Config) -> str:
    """Say why a paragraph of `count` words is removed."""
    words = _words(count)
    if relation == EXACT:
        return f"the same {words} after folding"
    if relation == CONTAINED:
        stand = f"{round(containment * count)} of {words} stand in the longer one in order"
        if config.containment is not None and containment < config.containment:
            return f"{stand}, the others are its own list number, counter, credit or function words"
        return f"{stand}, and nothing that matters differs"
    differs = "and nothing that matters differs" if config.guard else "compared without the guard"
    if jaccard < config.threshold:
        return f"{round(containment * count)} of {words} stand in the other in order, {differs}"
    return f"Jaccard similarity {jaccard:.2f} is at least {config.threshold:g}, {differs}"


def _quoted(tokens: list[bytes], place: int) -> str:
    """Quote a token, or nothing where there is none."""
    return "".join(f"“{token.decode('utf-8', 'replace')[:40]}”" for token in tokens[place : place + 1])


def _words(count: int) -> str:
    return f"{count} word" + "s" * (count != 1)
