"""What was decided on the documents of a batch, made into what is handed out: each decision with its reason."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .differences import in_words
from .memory import Memory
from .paragraphs import Paragraphs, Span, without
from .relation import DISTINCT, EXACT, RELATIONS, removal_reason
from .results import CleanResult, Decision, Removal
from .rule import Batch, Verdicts, equal_shorts


@dataclass(frozen=True, slots=True)
class Outcome:
    """A document after its decision: what most runs need to know of it, without an object for each paragraph.

    text: what stays of it; paragraphs: how many it had; within, across, furniture: how many of them were removed because
    they repeat their own document, or an earlier one, or as page furniture
    result: all there is to say, to be asked for before anything else is decided
    """

    id: Hashable
    text: str
    paragraphs: int
    within: int
    across: int
    furniture: int
    result: Callable[[], CleanResult]

    @classmethod
    def of(cls, result: CleanResult) -> "Outcome":
        """The outcome of which that is the result."""
        originals = [removal.decision.duplicate_of for removal in result.removed]
        within = sum(original is not None and original[0] == result.id for original in originals)
        furniture = originals.count(None)
        paragraphs = len(result.kept) + len(result.removed)
        across = len(result.removed) - within - furniture
        return cls(result.id, result.text, paragraphs, within, across, furniture, lambda: result)

    @property
    def removed(self) -> int:
        """How many paragraphs were removed."""
        return self.within + self.across + self.furniture


def outcomes(
    texts: list[str], paragraphs: Paragraphs, batch: Batch, verdicts: Verdicts, memory: Memory, start: int
) -> Iterator[Outcome]:
    """The documents of the batch decided last, from `start` on."""
    equals = equal_shorts(batch, verdicts)
    gone = np.flatnonzero((verdicts.relations != DISTINCT) | (equals >= 0))
    own = (equals[gone] >= 0) | (verdicts.originals[gone, 0] == memory.numbers[batch.documents[gone]])
    bounds = np.append(0, np.cumsum(paragraphs.counts))
    cuts, within = np.searchsorted(gone, bounds).tolist(), np.append(0, np.cumsum(own)).tolist()
    begins, ends, places, removed = (a.tolist() for a in (paragraphs.begins, paragraphs.ends, bounds, gone))
    ids = memory.ids[start - len(texts) :]
    for d in range(start, len(texts)):
        id, text, begin, end = ids[d - start], texts[d], places[d], places[d + 1]
        first, last = cuts[d], cuts[d + 1]
        result = partial(_result, id, text, begins[begin:end], ends[begin:end], begin, removed[first:last])
        staying = text
        if last > first:
            staying = without(text, begins[begin:end], ends[begin:end], [p - begin for p in removed[first:last]])
        inner = within[last] - within[first]
        yield Outcome(
            id, staying, end - begin, inner, last - first - inner, 0, partial(result, batch, verdicts, equals, memory)
        )


def _result(
    id: Hashable,
    text: str,
    begins: list[int],
    ends: list[int],
    begin: int,
    removed: list[int],
    batch: Batch,
    verdicts: Verdicts,
    equals: NDArray[np.int64],
    memory: Memory,
) -> CleanResult:
    """The result on a document whose paragraphs are those of the batch from `begin` on."""
    kept = list(map(Span, begins, ends))
    removals = []
    for p in removed:
        if equals[p] >= 0:
            found = _exact(batch, p, (id, int(batch.positions[equals[p]])), memory)
        else:
            found = decision(batch, verdicts, p, memory)
        removals.append(Removal(begins[p - begin], ends[p - begin], p - begin, found))
    for p in reversed(removed):
        del kept[p - begin]
    return CleanResult(id, without(text, begins, ends, [p - begin for p in removed]), kept, removals)


def decision(batch: Batch, verdicts: Verdicts, p: int, memory: Memory) -> Decision:
    """What was decided on paragraph p of the batch decided last."""
    relation = int(verdicts.relations[p])
    if relation == DISTINCT:
        return Decision("distinct", None, 0.0, 0.0, "no kept paragraph stands for it")
    document, position = verdicts.originals[p].tolist()
    if relation == EXACT:
        return _exact(batch, p, (memory.ids[document], position), memory)
    jaccard, inside = float(verdicts.jaccards[p]), float(verdicts.containments[p])
    reason = removal_reason(relation, _count(batch, p), jaccard, inside, memory.config)
    reason += f"; {in_words(batch.tokens.text(p), memory.stand_in(p))}"
    return Decision(RELATIONS[relation], (memory.ids[document], position), jaccard, inside, reason)


def _exact(batch: Batch, p: int, stand_in: tuple[Hashable, int], memory: Memory) -> Decision:
    return Decision("exact", stand_in, 1.0, 1.0, removal_reason(EXACT, _count(batch, p), 1.0, 1.0, memory.config))


def _count(batch: Batch, p: int) -> int:
    return int(batch.tokens.first[p + 1] - batch.tokens.first[p])
