"""What is handed out: values, each with its reason."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

Relation = Literal["exact", "contained", "near", "distinct"]


Kind = Literal["text", "heading", "caption", "cell", "code"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document that an extractor took apart, with what it knows of its place.

    kind: "cell" for cells of tables and of lists of terms (td, th, dt, dd) and "code": such a one goes only with the run
        of paragraphs around it; "caption" for captions and alternative texts, whose place says nothing; "heading"; else "text"
    """

    text: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Span:
    """A paragraph's place in its document: `text[span.start:span.end]`, in characters, without surrounding white space."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one paragraph.

    relation: to the kept paragraph that stands for it, the strongest; "distinct" if it is kept; "boilerplate" if it is
        boilerplate, which goes only when asked for, and for which none stands
    duplicate_of: document id and paragraph position (from 0) of that kept paragraph
    jaccard: similarity of the shingle sets; containment: share of the smaller set that the other holds; both 0 if kept
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
    paragraphs: of a document that was given as a sequence of paragraphs, those that stay, as they were given
    """

    id: Hashable
    text: str
    kept: list[Span]
    removed: list[Removal]
    paragraphs: list[Any] | None = None

    @property
    def positions(self) -> list[int]:
        """Which paragraphs of the document stay, from 0."""
        gone = {removal.position for removal in self.removed}
        return [position for position in range(len(self.kept) + len(gone)) if position not in gone]


Cause = Literal["removed", "no words", "short", "place", "delivered before", "nothing alike", "nearest"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paragraph was removed, or kept.

    cause: it was "removed"; or it was kept, as it has "no words", is "short", as its "place" says something, as it was
        "delivered before", as there was "nothing alike", or as the "nearest" earlier paragraph differs in something that matters
    decision: what was decided
    nearest: document id and paragraph position of the nearest earlier paragraph that is kept, if it was compared with any
    full_buckets: keys by which it was compared with the first `max_candidates` paragraphs only
    reason: a sentence
    """

    cause: Cause
    decision: Decision
    nearest: tuple[Hashable, int] | None
    full_buckets: int
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """Text `index` of a list repeats the kept text `duplicate_of` (both from 0); the rest as in Decision."""

    index: int
    duplicate_of: int
    relation: Relation
    jaccard: float
    containment: float
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two paragraphs are to each other.

    relation: "exact", "contained", "near" or "distinct"
    inner: for "contained" the side that the other says, "a" or "b", which is the one to go
    jaccard: similarity of the shingle sets, 0 ... 1
    containment: share of the smaller shingle set that the other holds, 0 ... 1
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
