"""Candidates in numpy: keys are looked up side by side, and only paragraphs that meet something are looked at one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..config import Config
from ..index.tables import Index
from ..match.features import Overlap
from ..match.judgement import EXACT
from ..match.relation import limits, promising_kernel
from .batch import JUDGED, Batch, entries
from .candidates import UNJUDGED, Crowd, Pairs, crowd, noted_keys, only_open
from .verdicts import KEPT, OPEN, REMOVED, Ints, Verdicts

_TOGETHER = 4096  # members of a slice
_PAIRS = 1 << 14  # of a slice, besides those that its last member may have
_BEHIND = 1 << 40  # what is added to a member's place in the slice, so that it comes behind all entries


def slices(
    batch: Batch, order: Ints, documents: Ints, index: Index, verdicts: Verdicts, again: bool, config: Config
) -> Iterator[tuple[Pairs, Crowd]]:
    """Do what `candidates.slices` says, in numpy."""
    run, begin = index.count, 0
    while begin < len(order):
        places = begin + np.flatnonzero(verdicts.state[order[begin : begin + _TOGETHER]] == OPEN)
        places = places[_open(order[places], batch, documents, index, verdicts, run if again else 0, config)]
        walk = _Walk(
            order[places], _kept_before(batch, order, places, verdicts), batch, documents, index, verdicts, config
        )
        count = walk.pair()
        end = int(places[count]) if count < len(places) else begin + _TOGETHER
        pairs, full = walk.enter(count)
        yield pairs, full
        walk.fill(count, full)
        begin = end


def _open(
    members: Ints, batch: Batch, documents: Ints, index: Index, verdicts: Verdicts, run: int, config: Config
) -> NDArray[np.bool_]:
    """Remove paragraphs whose text is that of an entry, all of which are kept; bool[m], which are left.

    An entry below `run` with the same document is the paragraph itself.
    """
    places, found = index.find(batch.keys[members, 0].astype(np.int64))
    for p, entry in zip(members[places].tolist(), found.tolist(), strict=True):
        same_document = index.documents[entry] == documents[p]
        if verdicts.state[p] != OPEN or not (same_document or config.scope == "corpus"):
            continue
        if index.folded(entry) == batch.tokens.text(p):
            if same_document and entry < run:
                verdicts.own[p] = entry
            else:
                _remove_equal(verdicts, p, entry)
    return np.equal(verdicts.state[members], OPEN)


def _remove_equal(verdicts: Verdicts, p: int, entry: int) -> None:
    verdicts.state[p], verdicts.relation[p], verdicts.original[p] = REMOVED, EXACT, entry
    verdicts.jaccard[p] = verdicts.containment[p] = 1.0


def _kept_before(batch: Batch, order: Ints, places: Ints, verdicts: Verdicts) -> Ints:
    """Return what is kept, in former slices, of the document of the first member; places: of the members in the order."""
    before = order[: places[0] if len(places) else 0]
    same = batch.documents[before] == batch.documents[order[places[:1]]]
    return np.asarray(before[same & (verdicts.state[before] == KEPT) & (batch.roles[before] == JUDGED)])


class _Walk:
    """A slice, looked at down the order. A candidate is an entry or, of the slice, _BEHIND and its place among members."""

    def __init__(
        self,
        members: Ints,
        before: Ints,
        batch: Batch,
        documents: Ints,
        index: Index,
        verdicts: Verdicts,
        config: Config,
    ) -> None:
        self.members, self.batch, self.index, self.verdicts = members, batch, index, verdicts
        self.most, self.numbers, self.document = config.max_candidates, documents, documents[members].tolist()
        self.across, self.width = config.scope == "corpus", batch.keys.shape[1]
        self.codes, self.owners, self.columns = noted_keys(batch, index, verdicts, members)
        found, entered = index.find(self.codes)
        self.entries, self.their = entered.tolist(), index.documents[entered].tolist()
        self.inside = np.searchsorted(found, np.arange(len(self.codes) + 1)).tolist()
        self.shared = np.flatnonzero((np.diff(self.inside) > 0) | (_times(self.codes) > 1))  # rows that meet something
        self.rows = np.searchsorted(self.owners[self.shared], np.arange(len(members) + 1)).tolist()
        judged = np.append(before, members[batch.roles[members] == JUDGED])
        self.several = np.bincount(batch.documents[judged], minlength=len(documents))[batch.documents[members]] > 1
        self.meets = self.several | (_times(batch.keys[members, 0]) > 1)
        self.meets[self.owners[self.shared]] = True
        self.postings = _Postings(batch, config)
        for kept in before.tolist():
            self.postings.post(kept, int(verdicts.entry[kept]))
        self.equals: dict[tuple[bytes, int], list[int]] = defaultdict(
            list
        )  # members that are no duplicates of others yet
        self.buckets: dict[int, list[int]] = defaultdict(list)  # members by code
        self.gone: dict[int, int] = {}  # the member that each one removed here is equal to
        self.pairs: list[tuple[int, int, int]] = []  # original, key as a row of the codes, relation
        self.first, self.capped = np.zeros((2, len(members) + 1), np.int64)
        self.crowded: list[int] = []  # rows of the codes whose buckets may be full
        self.full: list[int] = []  # and are full

    def pair(self) -> int:
        """Find the pairs of the members until the slice is full; how many members that are."""
        for i, p in enumerate(self.members.tolist()):
            self.first[i] = len(self.pairs)
            if len(self.pairs) > _PAIRS:
                return i
            if i and self.document[i] != self.document[i - 1]:
                self.postings.clear()
            if self.meets[i] and self._equal(i, p):
                found = set(self._sharing(i))
                if self.several[i] and self.batch.roles[p] == JUDGED:
                    found |= {(other, -1) for other in self.postings.alike(p)}
                    self.postings.post(p, _BEHIND + i)
                certain = {other for other, key in found if key < 0}
                kept = (pair for pair in sorted(found) if pair[1] < 0 or pair[0] not in certain)
                self.pairs += [(other, key, UNJUDGED) for other, key in kept]
            if len(self.pairs) == self.first[i] and not self.capped[i] and i not in self.gone:
                self.verdicts.state[p] = KEPT
        self.first[len(self.members)] = len(self.pairs)
        return len(self.members)

    def _equal(self, i: int, p: int) -> bool:
        """Pair member i with those that have the same text; whether none of these is kept for certain."""
        same = self.equals[self.batch.tokens.text(p), 0 if self.across else self.document[i]]
        for j in same:
            if self.verdicts.state[self.members[j]] == KEPT:
                self.gone[i] = j
                return False
        self.pairs += [(_BEHIND + j, -1, EXACT) for j in same]
        same.append(i)
        return True

    def _sharing(self, i: int) -> list[tuple[int, int]]:
        """Return the candidates of other documents that share a key with member i, which enters its buckets."""
        found: list[tuple[int, int]] = []
        for row in self.shared[self.rows[i] : self.rows[i + 1]].tolist():
            begin, end = self.inside[row : row + 2]
            bucket = self.buckets[int(self.codes[row])]
            found += [(self.entries[k], -1) for k in range(begin, end) if self.their[k] != self.document[i]]
            for rank, j in enumerate(bucket, end - begin):
                if self.document[j] != self.document[i]:
                    found.append((_BEHIND + j, -1 if rank < self.most else row))
            if end - begin >= self.most:
                self.capped[i] += 1
                self.full.append(row)
                continue
            if end - begin + len(bucket) >= self.most:
                self.crowded.append(row)
            bucket.append(i)
        return found

    def enter(self, count: int) -> tuple[Pairs, Crowd]:
        """Make the first `count` members entries, but for those that are gone; their pairs."""
        batch, verdicts, members = self.batch, self.verdicts, self.members[:count]
        left = np.ones(count, np.bool_)
        left[list(self.gone)] = False
        base = self.index.count
        entry = np.where(left, base + np.cumsum(left) - 1, -1)
        for i, j in self.gone.items():
            _remove_equal(verdicts, int(members[i]), int(entry[j]))
        new = members[left]
        verdicts.entry[members] = entry
        verdicts.paragraph[base - verdicts.base[0] :][: len(new)] = new
        self.index.append(entries(batch, new, self.numbers), fast=False)
        original, key, relation = np.array(self.pairs, np.int64).reshape(-1, 3).T
        original = np.where(original < _BEHIND, original, entry[np.maximum(original - _BEHIND, 0)])
        node = self.owners * self.width + self.columns
        first = np.append(self.first[:count], len(key))
        ones = np.ones(len(key))
        pairs = Pairs(
            members, self.capped[:count], first, np.repeat(entry, np.diff(first)), original,
            np.where(key < 0, -1, np.append(node, -1)[key]), relation.astype(np.uint8), ones, ones.copy(),
        )  # fmt: skip
        if self.crowded:
            return crowd(batch, self.index, verdicts, pairs, node[self.crowded], np.diff(self.inside)[self.crowded])
        pairs = only_open(pairs, verdicts)
        return pairs, Crowd.none(len(pairs.members))

    def fill(self, count: int, crowd: Crowd) -> None:
        """Have those of the first `count` members that are kept found by their keys, where there is room."""
        members, verdicts = self.members[:count], self.verdicts
        kept = verdicts.state[members] == KEPT
        wanted = np.append(kept, np.zeros(len(self.members) - count, np.bool_))[self.owners]
        wanted[self.full] = False
        if len(crowd.bucket):
            refused = np.repeat(np.arange(count), np.diff(crowd.first)) * self.width + crowd.column
            wanted &= ~np.isin(self.owners * self.width + self.columns, refused[~crowd.entered])
        texts = self.batch.keys[members[kept], 0].astype(np.int64)
        found = np.append(members[kept], members[self.owners[wanted]])
        self.index.fill(np.append(texts, self.codes[wanted]), verdicts.entry[found])
        self.index.vacate(verdicts.state[members[verdicts.entry[members] >= 0]] == REMOVED, fast=False)


class _Postings:
    """The shingles of the document at hand, and who has them."""

    def __init__(self, batch: Batch, config: Config) -> None:
        self.shingles, self.first = batch.shingles, batch.tokens.first
        self.limits = limits(config)
        self.clear()

    def clear(self) -> None:
        """Begin with another document."""
        self.posted: dict[int, list[int]] = defaultdict(list)
        self.sizes: dict[int, tuple[int, int]] = {}  # by candidate: how many different shingles, and how many tokens

    def alike(self, p: int) -> list[int]:
        """Return the candidates that share enough shingles with a paragraph."""
        mine = self._shingles(p)
        shared = Counter(chain.from_iterable(filter(None, map(self.posted.get, mine)))) if self.sizes else {}
        length = int(self.first[p + 1] - self.first[p])
        return [
            other for other, count in shared.items()
            if promising_kernel(Overlap(count, len(mine), self.sizes[other][0]), length, self.sizes[other][1], self.limits)
        ]  # fmt: skip

    def post(self, p: int, candidate: int) -> None:
        """Post a paragraph under what it is known by as a candidate."""
        mine = self._shingles(p)
        self.sizes[candidate] = len(mine), int(self.first[p + 1] - self.first[p])
        for value in mine:
            self.posted[value].append(candidate)

    def _shingles(self, p: int) -> set[int]:
        return set(self.shingles.hashes[self.shingles.first[p] : self.shingles.first[p + 1]].tolist())


def _times(values: NDArray[np.generic]) -> Ints:
    """Return how often each of the values stands there."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[which])
