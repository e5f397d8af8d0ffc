"""Results: values, each with its reason."""

from collections.abc import Hashable
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

Relation = Literal["exact", "contained", "near", "distinct"]


Kind = Literal["text", "heading", "caption", "cell", "code"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document that an extractor took apart, with what it knows of its place.

    kind: "cell" for cells of tables and of lists of terms (td, th, dt, dd) and "code": such a one is removed only with the
        run of paragraphs around it; "caption" for captions and alternative texts, whose place says nothing; "heading"; else "text"
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

    relation: the strongest one to a kept paragraph; "distinct" if it is kept; "boilerplate" if it is boilerplate, which is
        removed only when asked for, and is a duplicate of nothing in particular
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
        """Return whether it is removed."""
        return self.relation != "distinct"


@dataclass(frozen=True, slots=True)
class Removal(Span):
    """A removed paragraph: where it stood, which paragraph of its document it was (from 0), what it said, and why it went."""

    position: int
    decision: Decision
    text: str

    @property
    def relation(self) -> Relation | Literal["boilerplate"]:
        """Return its relation to the kept paragraph of which it is a duplicate."""
        return self.decision.relation

    @property
    def duplicate_of(self) -> tuple[Hashable, int] | None:
        """Return document id and paragraph position of that kept paragraph; None for boilerplate."""
        return self.decision.duplicate_of

    @property
    def reason(self) -> str:
        """Return why it was removed, in a sentence."""
        return self.decision.reason


@dataclass(frozen=True, slots=True, repr=False)
class CleanResult:
    """A document without its repeats.

    id: the document's id; text: what stays of it, None where it had none; kept, removed: its paragraphs, as spans of the
    original text
    paragraphs: of a document that was given as a sequence of paragraphs, those that are kept, as they were given
    """

    id: Hashable
    text: str
    kept: list[Span]
    removed: list[Removal]
    paragraphs: list[Any] | None = None

    @property
    def positions(self) -> list[int]:
        """Return which paragraphs of the document are kept, from 0."""
        gone = {removal.position for removal in self.removed}
        return [position for position in range(len(self.kept) + len(gone)) if position not in gone]

    @property
    def changed(self) -> bool:
        """Return whether anything was removed."""
        return bool(self.removed)

    @property
    def duplicate_ratio(self) -> float:
        """Return the share of paragraphs that were removed, 0 ... 1; 0 for a document without paragraphs."""
        return len(self.removed) / max(1, len(self.kept) + len(self.removed))

    def __repr__(self) -> str:
        shown = self.text if self.text is None or len(self.text) <= 40 else f"{self.text[:40]}…"
        return f"CleanResult(id={self.id!r}, text={shown!r}, {len(self.kept)} kept, {len(self.removed)} removed)"

    def _repr_html_(self) -> str:
        """Return the document with what was removed struck out, and why behind it, as notebooks show it."""
        parts = [
            (span.start, f"<p>{escape(text)}</p>") for span, text in zip(self.kept, self._kept_texts(), strict=True)
        ]
        for removal in self.removed:
            said = f"{removal.relation}: {removal.reason}"
            where = "" if removal.duplicate_of is None else " Kept: {}, paragraph {}.".format(*removal.duplicate_of)
            note = f"<small>{escape(said)}.{escape(where)}</small>"
            parts.append((removal.start, f"<p><del>{escape(removal.text)}</del><br>{note}</p>"))
        head = f"<p><b>{escape(str(self.id))}</b>: {len(self.kept)} kept, {len(self.removed)} removed</p>"
        return head + "".join(part for _, part in sorted(parts))

    def _kept_texts(self) -> list[str]:
        """Return the kept paragraphs: in what stays, nothing but white space stands between them."""
        texts, at = [], 0
        for span in self.kept:
            while span.end > span.start and self.text[at].isspace():
                at += 1
            texts.append(self.text[at : at + span.end - span.start])
            at += span.end - span.start
        return texts


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
    """Text `index` of a list is a duplicate of the kept text `duplicate_of` (both from 0); the rest as in Decision."""

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
    inner: for "contained" the side that the other says, "a" or "b", which can be removed
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
        """Return whether the relation is anything but "distinct"."""
        return self.relation != "distinct"
