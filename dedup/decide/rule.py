"""One decision in three stages: candidates, judge, resolve; used by everything that decides.

A document may come again under its id, changed or not. What was kept of it before is the original of nothing in it now,
and a paragraph that equals such a one stays, unless its own document now says it elsewhere.
"""

from concurrent.futures import Executor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from ..config import Config
from ..index.tables import Index
from . import _candidates_numba, _candidates_numpy
from .batch import EXACT_ONLY, Batch
from .candidates import Crowd, Pairs
from .judge import Read, judge
from .resolve import resolve_kernel
from .verdicts import KEPT, REMOVED, Ints, Verdicts


def decide(
    batch: Batch, index: Index, numbers: Ints, again: NDArray[np.bool_], config: Config, pool: Executor | None = None
) -> tuple[Verdicts, Ints, int]:
    """Decide the documents of a batch in order, and enter what is kept in `index`.

    numbers: int64[documents], by which the index knows each; again: bool[documents], whether it knows it already
    pool: another thread for pairs to be judged in, if there is one

    Returns the verdicts; int64[n, 2], document number and position of the originals of what is removed; and how many
    lookups met a bucket with `max_candidates` entries.
    """
    verdicts = Verdicts.of(batch.roles >= EXACT_ONLY, index.count)
    documents, originals = numbers[batch.documents], np.empty((len(batch.roles), 2), np.int64)
    index.reserve(len(batch.roles), len(batch.tokens.buffer), len(batch.tokens.flags), batch.fast)
    index.longest = max(index.longest, int(np.diff(batch.tokens.first).max(initial=0)))
    slices = _candidates_numba.slices if batch.fast else _candidates_numpy.slices
    capped = 0
    for begin, end in _runs(again):
        order, known = batch.order, bool(again[begin])
        if end - begin < len(again):
            order = order[slice(*np.searchsorted(batch.documents, (begin, end)).tolist())]
        first = index.count
        for pairs, crowd in slices(batch, order, documents, index, verdicts, known, config):
            capped += _resolve(pairs, crowd, verdicts, batch, index, config, pool)
        removed = order[verdicts.state[order] == REMOVED]
        originals[removed, 0] = index.documents[verdicts.original[removed]]
        originals[removed, 1] = index.positions[verdicts.original[removed]]
        if known:
            _give_back(first, verdicts, batch, index)
    return verdicts, originals, capped


def _resolve(
    pairs: Pairs, crowd: Crowd, verdicts: Verdicts, batch: Batch, index: Index, config: Config, pool: Executor | None
) -> int:
    """Judge and resolve in turn, until every member is decided; how many lookups were capped.

    First two pairs of each are judged, then, where that did not decide it, as many as before each time: most of the pairs of
    a paragraph that is removed need no look, and no chain of undecided paragraphs makes many rounds.
    """
    resolve = backend.compiled(resolve_kernel) if batch.fast else resolve_kernel
    due = np.empty(len(pairs.later), np.int64)
    scratch = np.empty((2, len(crowd.filled)), np.int64)
    read: Read | None = None if batch.fast else {}
    call = capped = 0
    while len(pairs.members):
        call += 1
        count, more = resolve(pairs, crowd, verdicts, config.max_candidates, call, due, *scratch)
        capped += int(more)
        if not count:
            break
        judge(due[:count], pairs, index, config, read, pool)
    return capped


def _give_back(first: int, verdicts: Verdicts, batch: Batch, index: Index) -> None:
    """Take out of the index, from an entry on, what is there already by an earlier delivery of its document."""
    paragraphs = verdicts.paragraph[first - verdicts.base[0] : index.count - verdicts.base[0]]
    again = (verdicts.own[paragraphs] >= 0) & (verdicts.state[paragraphs] == KEPT)
    own = paragraphs[again]
    index.take_out(batch.keys[own], verdicts.entry[own], batch.fast)
    original = np.flatnonzero(verdicts.original >= first)
    earlier = verdicts.own[verdicts.paragraph[verdicts.original[original] - verdicts.base[0]]]
    verdicts.original[original] = np.where(earlier < 0, verdicts.original[original], earlier)
    index.vacate(again | (index.text_at[first : index.count] == index.text_at[first + 1 : index.count + 1]), batch.fast)


def _runs(again: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the documents that are decided in one go: each known one alone, those in between together."""
    known = np.flatnonzero(again).tolist()  # few or none
    return list(pairwise(sorted({0, len(again), *known, *(place + 1 for place in known)})))


def entered(batch: Batch, verdicts: Verdicts) -> Ints:
    """Return the paragraphs of a batch that became entries, in the order of the rule."""
    new = (verdicts.state == KEPT) & (verdicts.own < 0)
    return np.asarray(batch.order[new[batch.order]])
