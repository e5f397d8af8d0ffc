"""Candidates in numpy: keys are looked up side by side, and only paragraphs that meet something are looked at one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..config import Config
from ..index.tables import Index
from ..match.tables import EXACT, LONG, SHORT
from ..text.flags import seen
from .batch import JUDGED, Batch, entries
from .candidates import UNJUDGED, Crowd, Pairs, crowd, noted_keys, only_open
from .places import ANYWHERE, APART, LOCAL, PINNED, SPAN
from .verdicts import KEPT, OPEN, REMOVED, Ints, Verdicts

_TOGETHER = 4096  # members of a slice
_PAIRS = 1 << 14  # of a slice, besides those that its last member may have
_BEHIND = 1 << 40  # what is added to a member's place in the slice, so that it comes behind all entries


def slices(
    batch: Batch, order: Ints, documents: Ints, index: Index, verdicts: Verdicts, again: bool, config: Config
) -> Iterator[tuple[Pairs, Crowd]]:
    """Yield the open paragraphs of `order` slice by slice: their candidate pairs, and the buckets that may be full.

    documents: int64[n], the number by which `index` knows the document of each paragraph
    again: whether it knows the document of `order` already; an equal text of an earlier delivery is the paragraph itself

    When it yields, what has the text of a kept paragraph is removed in `verdicts`, and the members of the pairs are entries
    of `index`. Before the caller asks for the next slice it decides each of them: `verdicts.state` becomes KEPT or REMOVED,
    with `verdicts.relation` and `verdicts.original`, and `Crowd.entered` says where a kept one found room. Then those that
    were removed are taken out of the index again. A caller that does not go on to the end leaves the index half filled.
    """
    run, begin = index.count, 0
    while begin < len(order):
        places = begin + np.flatnonzero(verdicts.state[order[begin : begin + _TOGETHER]] == OPEN)
        unlike = _open(order[places], batch, documents, index, verdicts, run if again else 0, config)
        places = places[np.equal(verdicts.state[order[places]], OPEN)]
        walk = _Walk(order, places, unlike, batch, documents, index, verdicts, config)
        count = walk.pair()
        end = int(places[count]) if count < len(places) else begin + _TOGETHER
        pairs, full = walk.enter(count)
        yield pairs, full
        walk.fill(count, full)
        begin = end


def _open(
    members: Ints, batch: Batch, documents: Ints, index: Index, verdicts: Verdicts, run: int, config: Config
) -> dict[int, list[int]]:
    """Remove paragraphs whose text is that of an entry that may be their original, all of which are kept.

    An entry below `run` with the same document is the paragraph itself. Returns the entries whose text is that of a
    paragraph, but of which folding saw something else.
    """
    unlike: dict[int, list[int]] = defaultdict(list)
    found_elsewhere = members[batch.held[members] < LOCAL]
    places, found = index.find(batch.keys[found_elsewhere, 0].astype(np.int64))
    for p, entry in zip(found_elsewhere[places].tolist(), found.tolist(), strict=True):
        same_document = index.documents[entry] == documents[p]
        if verdicts.state[p] != OPEN or not (same_document or config.scope == "corpus"):
            continue
        if index.folded(entry) == batch.tokens.text(p):
            if same_document and entry < run:
                verdicts.own[p] = entry
            elif may_stand(batch, p, same_document, int(index.positions[entry])):
                if _alike(index.read(entry)[1], batch.tokens.flags_of(p), config):
                    _remove_equal(verdicts, p, entry)
                else:
                    unlike[p].append(entry)
    return unlike


def _remove_equal(verdicts: Verdicts, p: int, entry: int) -> None:
    verdicts.state[p], verdicts.relation[p], verdicts.original[p] = REMOVED, EXACT, entry


def _alike(one: bytes, other: bytes, config: Config) -> bool:
    """Tell whether folding saw the same of two texts that are equal, as far as it matters; where likeness decides, none does."""
    return config.threshold is not None or seen(one) == seen(other)


def may_stand(batch: Batch, p: int, same_document: bool, position: int) -> bool:
    """Tell whether a paragraph at a position of this or another document stands where an original of p may stand."""
    if batch.held[p] == ANYWHERE:
        return True
    if not same_document:
        return bool(batch.held[p] == APART)
    distance = abs(position - int(batch.positions[p]))
    return bool(batch.held[p] != PINNED and (distance < SHORT or (batch.held[p] == APART and distance > SPAN)))


class _Walk:
    """A slice, looked at down the order. A candidate is an entry or, of the slice, _BEHIND and its place among members."""

    def __init__(
        self,
        order: Ints,
        places: Ints,
        unlike: dict[int, list[int]],
        batch: Batch,
        documents: Ints,
        index: Index,
        verdicts: Verdicts,
        config: Config,
    ) -> None:
        members = order[places]
        self.order, self.places, self.unlike = order.tolist(), places.tolist(), unlike
        self.members, self.batch, self.index, self.verdicts = members, batch, index, verdicts
        self.config, self.most = config, config.max_candidates
        self.numbers, self.document = documents, documents[members].tolist()
        self.across, self.width = config.scope == "corpus", batch.keys.shape[1]
        self.codes, self.owners, self.columns = noted_keys(batch, index, verdicts, members)
        found, entered = index.find(self.codes)
        self.entries, self.their = entered.tolist(), index.documents[entered].tolist()
        self.inside = np.searchsorted(found, np.arange(len(self.codes) + 1)).tolist()
        self.shared = np.flatnonzero((np.diff(self.inside) > 0) | (_times(self.codes) > 1))  # rows that meet something
        self.rows = np.searchsorted(self.owners[self.shared], np.arange(len(members) + 1)).tolist()
        self.judged = (batch.roles == JUDGED).tolist()
        several = np.bincount(batch.documents[batch.roles == JUDGED], minlength=len(documents)) > 1
        self.several = several[batch.documents[members]]
        self.meets = self.several | (_times(batch.keys[members, 0]) > 1)
        self.meets[[i for i, p in enumerate(members.tolist()) if p in unlike]] = True
        self.meets |= batch.twins[members] >= 0
        self.meets[self.owners[self.shared]] = True
        self.postings = Postings(batch, config)
        self.posted = self.places[0] if self.places else 0  # the place until which paragraphs are posted
        same = batch.documents[order[: self.posted]] == batch.documents[order[self.posted : self.posted + 1]]
        self.posted -= int(same.sum())  # a document stands in one piece
        self.place_of = {p: i for i, p in enumerate(members.tolist())}
        self.equals: dict[tuple[bytes, int], list[int]] = defaultdict(list)  # members that are no duplicates yet
        self.buckets: dict[int, list[int]] = defaultdict(list)  # members by code
        self.gone: dict[int, int] = {}  # of each member removed here the candidate that is equal to it
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
                self.posted = self._begin(i)
            if self.meets[i] and self._equal(i, p):
                found = set(self._sharing(i))
                if self.several[i] and self.judged[p] and self.batch.held[p] != PINNED:
                    self._post(self.places[i])
                    alike, capped = self.postings.alike(p)
                    found |= {(other, -1) for other in alike if self._stands(p, other)}
                    self.capped[i] += capped
                certain = {other for other, key in found if key < 0}
                kept = (pair for pair in sorted(found) if pair[1] < 0 or pair[0] not in certain)
                self.pairs += [(other, key, UNJUDGED) for other, key in kept]
            if len(self.pairs) == self.first[i] and not self.capped[i] and i not in self.gone:
                self.verdicts.state[p] = KEPT
        self.first[len(self.members)] = len(self.pairs)
        return len(self.members)

    def _begin(self, i: int) -> int:
        """Return the place at which the document of member i begins."""
        place = int(self.places[i])
        document = self.batch.documents[self.order[place]]
        while place and self.batch.documents[self.order[place - 1]] == document:
            place -= 1
        return place

    def _post(self, until: int) -> None:
        """Post the paragraphs of the document before a place of the order."""
        for p in self.order[self.posted : until]:
            if self.judged[p]:
                i = self.place_of.get(p)
                candidate = int(self.verdicts.entry[p]) if i is None else -1 if i in self.gone else _BEHIND + i
                self.postings.post(p, candidate)
        self.posted = until

    def _stands(self, p: int, other: int) -> bool:
        """Tell whether a candidate of its document stands where an original of p may stand."""
        if other >= _BEHIND:
            return may_stand(self.batch, p, True, int(self.batch.positions[self.members[other - _BEHIND]]))
        return may_stand(self.batch, p, True, int(self.index.positions[other]))

    def _equal(self, i: int, p: int) -> bool:
        """Pair member i with those that may have the same text; whether none of these is kept for certain."""
        self.pairs += [(entry, -1, UNJUDGED) for entry in self.unlike.get(p, ())]
        if self.batch.held[p] >= LOCAL:
            return True
        same = self.equals[self.batch.tokens.text(p), 0 if self.across else self.document[i]]
        for j in same:
            other = int(self.members[j])
            position = int(self.batch.positions[other])
            if may_stand(self.batch, p, self.document[j] == self.document[i], position):
                if self._meet(i, p, other, _BEHIND + j):
                    return False
        twin = int(self.batch.twins[p])
        if twin >= 0 and self.batch.held[twin] >= LOCAL and self.verdicts.state[twin] != REMOVED:  # no key leads to it
            if twin not in self.place_of:
                candidate = int(self.verdicts.entry[twin])
            else:
                candidate = _BEHIND + self.place_of[twin] if self.place_of[twin] < i else -1
            if candidate >= 0 and self.batch.tokens.text(twin) == self.batch.tokens.text(p):
                if self._meet(i, p, twin, candidate):
                    return False
        same.append(i)
        return True

    def _meet(self, i: int, p: int, other: int, candidate: int) -> bool:
        """Remove member i, or pair it with a candidate that has its text, the paragraph `other`; whether it was removed."""
        alike = _alike(self.batch.tokens.flags_of(other), self.batch.tokens.flags_of(p), self.config)
        if alike and self.verdicts.state[other] == KEPT and len(self.pairs) == self.first[i]:
            self.gone[i] = candidate  # of several the first in the order is named
            return True
        self.pairs.append((candidate, -1, EXACT if alike else UNJUDGED))
        return False

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
        for i, equal in self.gone.items():
            _remove_equal(verdicts, int(members[i]), int(entry[equal - _BEHIND]) if equal >= _BEHIND else equal)
        new = members[left]
        verdicts.entry[members] = entry
        verdicts.paragraph[base - verdicts.base[0] :][: len(new)] = new
        self.index.append(entries(batch, new, self.numbers), fast=False)
        original, key, relation = np.array(self.pairs, np.int64).reshape(-1, 3).T
        original = np.where(original < _BEHIND, original, entry[np.maximum(original - _BEHIND, 0)])
        node = self.owners * self.width + self.columns
        first = np.append(self.first[:count], len(key))
        pairs = Pairs(
            members, self.capped[:count], first, np.repeat(entry, np.diff(first)), original,
            np.where(key < 0, -1, np.append(node, -1)[key]), relation.astype(np.uint8),
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
        kept &= self.batch.held[members] < LOCAL
        texts = self.batch.keys[members[kept], 0].astype(np.int64)
        found = np.append(members[kept], members[self.owners[wanted]])
        self.index.fill(np.append(texts, self.codes[wanted]), verdicts.entry[found])
        self.index.vacate(verdicts.state[members[verdicts.entry[members] >= 0]] == REMOVED, fast=False)


class Postings:
    """The shingles of the document at hand, and the numbers of the paragraphs that have them."""

    def __init__(self, batch: Batch, config: Config) -> None:
        self.shingles, self.cores = batch.shingles, batch.cores
        self.most, self.threshold, self.size = config.max_candidates, config.threshold, config.shingle_size
        self.clear()

    def clear(self) -> None:
        """Begin with another document."""
        self.posted: dict[int, list[int]] = defaultdict(list)
        self.candidates: list[int] = []  # by number, -1 for none

    def alike(self, p: int) -> tuple[list[int], bool]:
        """Return the candidates that may say what a paragraph says, and whether lists were full, as `within_kernel` does."""
        ours = self._shingles(p, self._core(p))
        lists = [self.posted[value] for value in ours if value in self.posted]
        full = sum(len(numbers) >= self.most for numbers in lists)
        if self.threshold is not None:
            need = int(np.ceil(self.threshold * len(ours))) - full
            there = len(lists) >= need
            found = self._shared([n for n in lists if len(n) < self.most], max(1, need)) if there else set()
            return self._those(found), full > 0
        found = self._shared([n for n in lists if len(n) <= min(LONG, self.most - 1)], (len(ours) + 1) // 2)
        if len(lists) == len(ours):
            counted = sorted(lists, key=len)[: len(ours) - full] or lists
            found |= set(counted[0]).intersection(*counted[1:])
        return self._those(found), full == len(ours)

    def _shared(self, lists: list[list[int]], need: int) -> set[int]:
        return {number for number, count in Counter(chain.from_iterable(lists)).items() if count >= need}

    def _those(self, numbers: set[int]) -> list[int]:
        return [self.candidates[number] for number in numbers if self.candidates[number] >= 0]

    def post(self, p: int, candidate: int) -> None:
        """Post a paragraph under what it is known by as a candidate, -1 for one that is none."""
        number = len(self.candidates)
        self.candidates.append(candidate)
        for value in self._shingles(p, slice(None)):
            numbers = self.posted[value]
            if len(numbers) < self.most:
                numbers.append(number)

    def _core(self, p: int) -> slice:
        """Return which of its shingles consist of what a paragraph says: all, where that is too short."""
        begin, end = self.cores[p].tolist()
        end -= self.size - 1
        return slice(None) if self.threshold is not None or begin >= end else slice(begin, end)

    def _shingles(self, p: int, part: slice) -> set[int]:
        return set(self.shingles.hashes[self.shingles.first[p] : self.shingles.first[p + 1]][part].tolist())


def _times(values: NDArray[np.generic]) -> Ints:
    """Return how often each of the values stands there."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[which])
