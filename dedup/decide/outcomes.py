"""Outcomes: what was decided on the documents of a batch, made into results, each decision with its reason."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..match.compare import removal_reason
from ..match.likeness import alike, shingles_of
from ..match.tables import DISTINCT, EXACT, RELATIONS
from ..results import CleanResult, Decision, Removal, Span
from ..text.paragraphs import Paragraphs, cuts, without
from .batch import Batch
from .state import Decided, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """A document after its decision: what most runs need to know of it, without an object for each paragraph.

    paragraphs: how many it had; within, across, boilerplate: how many of them were removed because they repeat their own
    document, or an earlier one, or as boilerplate
    positions: gives which of them were; cuts: what goes of its text with each; at any time and in any thread
    result: gives all there is to say, to be asked for before anything else is decided
    """

    id: Hashable
    paragraphs: int
    within: int
    across: int
    boilerplate: int
    positions: Callable[[], list[int]]
    cuts: Callable[[], list[Span]]
    result: Callable[[], CleanResult]

    @classmethod
    def of(cls, text: str, result: CleanResult) -> "Outcome":
        """Return the outcome of which that is the result."""
        removed = result.removed
        originals = [removal.decision.duplicate_of for removal in removed]
        within = sum(original is not None and original[0] == result.id for original in originals)
        boilerplate = originals.count(None)
        across = len(removed) - within - boilerplate

        def places() -> list[Span]:
            spans = sorted([*result.kept, *removed], key=lambda span: span.start)
            begins, ends = [span.start for span in spans], [span.end for span in spans]
            return cuts(text, begins, ends, positions())

        def positions() -> list[int]:
            return [removal.position for removal in removed]

        count = len(result.kept) + len(removed)
        return cls(result.id, count, within, across, boilerplate, positions, places, lambda: result)

    @property
    def removed(self) -> int:
        """Return how many paragraphs were removed."""
        return self.within + self.across + self.boilerplate


def outcomes(texts: list[str], paragraphs: Paragraphs, decided: Decided, state: State) -> Iterator[Outcome]:
    """Yield the outcomes of the documents that were decided last, which are these texts."""
    batch, verdicts = decided.batch, decided.verdicts
    unjudged, equals = batch.unjudged, batch.twins
    gone = np.flatnonzero(verdicts.removed | unjudged)
    own = unjudged[gone] | (decided.originals[gone, 0] == decided.numbers[batch.documents[gone]])
    bounds = np.append(0, np.cumsum(paragraphs.counts))
    at = np.searchsorted(gone, bounds)
    within = np.append(0, np.cumsum(own))[at].tolist()
    parts, first, begins, ends = (array.tolist() for array in (at, bounds, paragraphs.begins, paragraphs.ends))
    removed = (gone - np.repeat(bounds[:-1], np.diff(at))).tolist()
    ids = list(map(state.id_of, range(decided.number, decided.number + len(texts))))

    def spans(d: int) -> tuple[list[int], list[int], list[int]]:
        """Return where the paragraphs of a document begin and end, and which of them are removed."""
        here = slice(first[d], first[d + 1])
        return begins[here], ends[here], positions(d)

    def positions(d: int) -> list[int]:
        here: list[int] = removed[parts[d] : parts[d + 1]]
        return here

    def places(d: int) -> list[Span]:
        return cuts(texts[d], *spans(d))

    def result(d: int) -> CleanResult:
        starts, stops, positions = spans(d)
        kept = list(map(Span, starts, stops))
        removals = []
        for position in positions:
            p = first[d] + position
            if unjudged[p]:
                found = _exact(batch, p, (ids[d], int(batch.positions[equals[p]])), state)
            else:
                found = decision(decided, p, state)
            start, stop = starts[position], stops[position]
            removals.append(Removal(start, stop, position, found, texts[d][start:stop]))
        for position in reversed(positions):
            del kept[position]
        return CleanResult(ids[d], without(texts[d], places(d)), kept, removals)

    for d in range(len(texts)):
        count, inner = first[d + 1] - first[d], within[d + 1] - within[d]
        across = parts[d + 1] - parts[d] - inner
        made = partial(positions, d), partial(places, d), partial(result, d)
        yield Outcome(ids[d], count, inner, across, 0, *made)


def decision(decided: Decided, p: int, state: State) -> Decision:
    """Return what was decided on paragraph p of what was decided last."""
    batch, verdicts = decided.batch, decided.verdicts
    relation = int(verdicts.relation[p])
    if relation == DISTINCT:
        return Decision("distinct", None, 0.0, 0.0, "it is a duplicate of no kept paragraph")
    document, position = decided.originals[p].tolist()
    if relation == EXACT:
        return _exact(batch, p, (state.id_of(document), position), state)
    size = state.config.shingle_size
    jaccard, inside = alike(shingles_of(batch.tokens.text(p), size), shingles_of(state.original(decided, p), size))
    reason = removal_reason(relation, _count(batch, p), state.config.threshold, jaccard)
    return Decision(RELATIONS[relation], (state.id_of(document), position), jaccard, inside, reason)


def last_decision(decided: Decided, p: int, state: State) -> Decision:
    """Return what was decided on a paragraph of what was decided last, short ones that equal the one before included."""
    if not decided.batch.unjudged[p]:
        return decision(decided, p, state)
    document = state.id_of(decided.number + int(decided.batch.documents[p]))
    twin = decided.batch.twins[p]
    return _exact(decided.batch, p, (document, int(decided.batch.positions[twin])), state)


def _exact(batch: Batch, p: int, original: tuple[Hashable, int], state: State) -> Decision:
    return Decision("exact", original, 1.0, 1.0, removal_reason(EXACT, _count(batch, p), None, 1.0))


def _count(batch: Batch, p: int) -> int:
    return int(batch.tokens.first[p + 1] - batch.tokens.first[p])
