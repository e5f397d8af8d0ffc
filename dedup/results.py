"""What is handed out: values, each with its reason."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from .paragraphs import Span
from .relation import Relation


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one paragraph.

    relation: to the kept paragraph that stands for it, the strongest; "distinct" if it is kept; "boilerplate" if it is
        page furniture, which goes only when asked for, and for which none stands
    duplicate_of: document id and paragraph position (from 0) of that kept paragraph
    jaccard: similarity of the shingle sets; containment: share of the shorter one's tokens that are aligned; both 0 if kept
    reason: a sentence
    """

    relation: Relation | Literal["boilerplate"]
    duplicate_of: tuple[Hashable, int] | None
    jaccard: float
    containment: float
    reason: str

    @property
    def is_duplicate(self) -> bool:
        """Whether it goes."""
        return self.relation != "distinct"


@dataclass(frozen=True, slots=True)
class Removal(Span):
    """A removed paragraph: where it stood, which paragraph of its document it was (from 0), and why it went."""

    position: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class CleanResult:
    """A document without its repeats.

    id: the document's id; text: what stays of it; kept, removed: its paragraphs, as spans of the original text
    """

    id: Hashable
    text: str
    kept: list[Span]
    removed: list[Removal]


@dataclass(frozen=True, slots=True)
class Match:
    """Text `index` of a list repeats the kept text `duplicate_of` (both from 0); the rest as in Decision."""

    index: int
    duplicate_of: int
    relation: Relation
    jaccard: float
    containment: float
    reason: str
