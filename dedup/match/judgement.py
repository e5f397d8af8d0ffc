"""What a pair is judged to be, and why: the codes that kernels return, and the sentences that people read."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, Self

from ..config import Config
from ..results import Relation

DISTINCT, NEAR, CONTAINED, EXACT = range(4)  # ascending precedence
RELATIONS: tuple[Relation, ...] = ("distinct", "near", "contained", "exact")


class Why(IntEnum):
    """Why both of two paragraphs stay, as kernels say it, with the words for people; HARMLESS if nothing that matters differs.

    The words may speak of the shorter text's length in `words`, of the tokens of `a` and `b` that decided, and of `either`.
    """

    words: str

    def __new__(cls, words: str) -> Self:
        """Number a member by its place."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_, member.words = int(member), words
        return member

    HARMLESS = ""
    NO_TOKENS = "a text without words repeats nothing"
    NOTHING_SHARED = "no {size} words in a row in common"
    LITTLE_SHARED = (
        "too little in common: shingles in common {jaccard:.2f}, words of the shorter in the longer {containment:.0%}"
    )
    TOO_LONG = "too long to be aligned word by word"
    SCATTERED = "the words of the shorter are scattered over the longer one"
    LACKS_NUMBER = "the number {either} has no partner in the other"
    LACKS_NAME = "the name or capitalised word {either} has no partner in the other"
    LACKS_NEGATION = "the negation or qualifier {either} has no partner in the other"
    LACKS_UNIT = "the unit {either} has no partner in the other"
    LACKS_SYMBOL = "the symbol {either} has no partner in the other"
    LACKS_CHARACTER = "the character {either} has no partner in the other"
    LACKS_WORD = "the word {either} has no partner in the other"
    OTHER_WORD = "{a} stands where the other has {b}"
    MENTIONED = "{words}, only mentioned within a longer sentence"
    NEGATED = "in the longer one {b} stands beside it, which denies it or may"


HARMLESS = Why.HARMLESS  # kernels ask for it at every turn, and interpreted an attribute takes its time


class Judgement(NamedTuple):
    """What two folded texts were judged to be. The shorter one is called a, whichever was given first."""

    relation: int
    jaccard: float
    containment: float  # share of a's tokens with a partner in b, or that may lack one; 0 if not aligned
    why: Why
    i: int  # the token of a that decided, -1 for none
    j: int  # the token of b
    mates: Sequence[int] | None  # by token of a, the place of its partner in b, or -1; None if not aligned
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
    of_a, of_b = _quoted(a, found.i), _quoted(b, found.j)
    return found.why.words.format(
        a=of_a, b=of_b, either=of_a or of_b, words=_words(len(a)),
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
