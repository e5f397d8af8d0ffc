"""Pairs within a document, all at once: what may be the original of which does not depend on what is kept.

Where documents are decided in the order of the rule, pairs are formed and judged as they are needed. Where they are read
in many places before anything is decided, as on a cluster, all pairs of a document are found and judged when it is read.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from ..config import Config
from ..index.tables import Entries, Index, Tables
from ..match.tables import DISTINCT, EXACT
from ..text.flags import seen
from ._candidates_numba import (
    Bounds,
    Found,
    Posted,
    Sketched,
    largest_kernel,
    look_kernel,
    open_document_kernel,
    post_kernel,
    postings_for,
    within_kernel,
    write_kernel,
)
from ._candidates_numpy import Postings, may_stand
from .batch import JUDGED, Batch, entries
from .candidates import UNJUDGED, Pairs
from .judge import Read, judge
from .places import LOCAL, PINNED
from .verdicts import Bytes, Ints, Verdicts

# How an original was found, in the order in which they are named where several have the strongest relation: by the equal
# text; as the equal paragraph that this one goes with; by shingles or keys.
EQUAL, TWIN, ALIKE = range(3)

_PAIRS = 1 << 14


class Within(NamedTuple):
    """The k pairs of originals and their duplicates that stand in one document each, by duplicate, and then in order.

    later, original: int64[k], paragraphs of the batch; found: uint8[k], EQUAL, TWIN or ALIKE
    relation: uint8[k], by which the original stands for the other
    """

    later: Ints
    original: Ints
    found: Bytes
    relation: Bytes


def pairs_within(batch: Batch, config: Config) -> Within:
    """Return every pair of a document of which the first is an original of the other, whatever else is kept.

    Left out are originals that are kept in no case: another with the same text stands before them that has no original
    which they have not.
    """
    later, original = _alike_compiled(batch, config) if batch.fast else _alike_plainly(batch, config)
    own: dict[int, dict[int, int]] = defaultdict(dict)
    for p, other in zip(later.tolist(), original.tolist(), strict=True):
        own[p][other] = ALIKE
    never = _add_equal(batch, own, config)
    listed = [
        (p, other, found)
        for p in batch.order.tolist()
        if p in own
        for other, found in sorted(own[p].items())
        if other not in never
    ]
    later, original, how = np.array(listed, np.int64).reshape(-1, 3).T
    there, (one, two) = np.unique(np.append(later, original)), (later, original)
    texts = entries(batch, there, batch.documents)
    relation = relations(texts, np.searchsorted(there, one), np.searchsorted(there, two), config, batch.fast)
    for k in np.flatnonzero(how != ALIKE).tolist():
        if _is_exact(batch, listed[k][0], listed[k][1], config):
            relation[k] = EXACT
    left = relation != DISTINCT
    return Within(later[left], original[left], how[left].astype(np.uint8), relation[left])


def relations(texts: Entries, later: Ints, original: Ints, config: Config, fast: bool) -> NDArray[np.uint8]:
    """Judge pairs of texts, given by their places: by which relation each original stands for the other one.

    later: ascending or in groups, as a text is read once for all pairs that follow each other
    """
    k = len(later)
    index = Index.empty(1, 1, 16)
    index.append(texts, fast)
    nothing = np.zeros(0, np.int64)
    pairs = Pairs(nothing, nothing, nothing, later, original, np.full(k, -1), np.full(k, UNJUDGED, np.uint8))
    read: Read | None = None if fast else {}
    judge(np.arange(k), pairs, index, config, read, None)
    return pairs.relation


def _add_equal(batch: Batch, own: dict[int, dict[int, int]], config: Config) -> set[int]:
    """Add the pairs of equal texts to those of each paragraph; return the paragraphs that are kept in no case."""
    never: set[int] = set()
    judged = np.flatnonzero(batch.roles == JUDGED)
    _, which, counts = np.unique(
        batch.documents[judged] << 32 | batch.keys[judged, 0], return_inverse=True, return_counts=True
    )
    rank = np.empty(len(batch.order), np.int64)
    rank[batch.order] = np.arange(len(batch.order))
    several = judged[counts[which] > 1]
    groups: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for p in several[np.argsort(rank[several])].tolist():
        groups[int(batch.documents[p]), batch.tokens.text(p)].append(p)
    for members in groups.values():
        before: list[int] = []
        for p in members:
            if batch.held[p] < LOCAL:
                for other in before:
                    if batch.held[other] < LOCAL:
                        if may_stand(batch, p, True, int(batch.positions[other])):
                            own[p][other] = EQUAL
                    elif other == batch.twins[p]:
                        own[p][other] = TWIN
                if _never(batch, p, own, config):
                    never.add(p)
                    continue
            before.append(p)
    return never


def _never(batch: Batch, p: int, own: dict[int, dict[int, int]], config: Config) -> bool:
    """Tell whether a paragraph is removed in any case: by its equal, or by what removes that."""
    originals = own.get(p, {})
    for other, found in originals.items():
        if found == EQUAL and own.get(other, {}).keys() <= originals.keys():
            if _is_exact(batch, p, other, config):
                return True
    return False


def _is_exact(batch: Batch, p: int, other: int, config: Config) -> bool:
    """Tell whether paragraphs with the same tokens are the same to the decision, which by likeness all are."""
    return config.threshold is not None or seen(batch.tokens.flags_of(p)) == seen(batch.tokens.flags_of(other))


def _alike_plainly(batch: Batch, config: Config) -> tuple[Ints, Ints]:
    """Find the pairs that share enough shingles, without a compiler."""
    several = np.bincount(batch.documents[batch.roles == JUDGED], minlength=int(batch.documents.max(initial=0)) + 1) > 1
    postings, document = Postings(batch, config), -1
    found: list[tuple[int, int]] = []
    for p in batch.order[several[batch.documents[batch.order]]].tolist():
        if batch.documents[p] != document:
            document = int(batch.documents[p])
            postings.clear()
        if batch.roles[p] == JUDGED:
            if batch.held[p] != PINNED:
                others, _ = postings.alike(p)
                stand: Iterable[int] = (o for o in others if may_stand(batch, p, True, int(batch.positions[o])))
                found += [(p, other) for other in sorted(set(stand))]
            postings.post(p, p)
    later, original = np.array(found, np.int64).reshape(-1, 2).T
    return later, original


def _alike_compiled(batch: Batch, config: Config) -> tuple[Ints, Ints]:
    """Find the pairs that share enough shingles, by the compiled kernels."""
    tokens, shingles, n = batch.tokens, batch.shingles, len(batch.order)
    sketched = Sketched(
        tokens.buffer, tokens.padded_flags, tokens.starts, tokens.first, shingles.hashes, shingles.first, batch.keys,
        batch.roles, batch.documents, batch.positions, batch.held, batch.twins, batch.cores, batch.order,
    )  # fmt: skip
    texts = Tables(
        tokens.buffer, tokens.padded_flags, tokens.starts[tokens.first], tokens.first, batch.documents, batch.positions,
        np.zeros(batch.keys.shape[1], np.uint64), 1,
    )  # fmt: skip
    size, judged = backend.compiled(largest_kernel)(sketched)
    verdicts = Verdicts.of(batch.roles == JUDGED, 0)
    verdicts.entry[:] = np.arange(n)
    postings, gathered = postings_for(size, judged), 2 * judged + 16
    room = gathered + _PAIRS
    nothing, later = np.empty(0, np.int64), np.empty((3, room), np.int64)
    found = Found(
        nothing, nothing, nothing, later[0], later[1], later[2], np.empty(room, np.uint8), nothing, nothing,
        np.empty(gathered, np.int64), nothing, np.empty(16 + 4 * gathered, np.uint32), np.empty(0, np.uint64),
    )  # fmt: skip
    threshold = 0.0 if config.threshold is None else config.threshold
    bounds = Bounds(0, 0, 0, gathered, config.max_candidates, False, False, threshold, config.shingle_size)
    parts, begin = [later[:2, :0]], 0
    while begin < n:
        count, begin = backend.compiled(alike_kernel)(sketched, texts, verdicts, begin, found, postings, bounds)
        parts.append(later[:2, :count].copy())
    ones, others = np.concatenate(parts, axis=1)
    return ones, others


@kernel
def alike_kernel(batch, texts, verdicts, begin, found, postings, bounds):
    """Find the pairs within documents from place `begin` of the order on, until there is no room for those of another.

    texts: the paragraphs, as if each were an entry. Returns how many pairs there are, and the place to go on from.
    """
    pairs, at = 0, begin
    document, posted = np.int64(-1), Posted(0, 0, 0)
    while at < len(batch.order) and pairs + bounds.largest <= len(found.original):
        p = batch.order[at]
        if batch.documents[p] != document:
            document = batch.documents[p]
            posted = open_document_kernel(batch, verdicts, begin, at, postings, bounds)
        if batch.roles[p] == JUDGED and posted.last > 0:
            ours, different = look_kernel(batch, p, posted, postings, bounds)
            if batch.held[p] != PINNED:
                entries, _ = within_kernel(batch, texts, p, 0, ours, postings, found, bounds)
                pairs = write_kernel(found, p, entries, 0, pairs)
            posted = post_kernel(p, different, posted, postings, bounds.most)
        at += 1
    return pairs, at
