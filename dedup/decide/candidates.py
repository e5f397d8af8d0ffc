"""Candidates: which earlier paragraph may be the original of which, and through which key it was found.

Within a document every paragraph that shares enough shingles is a candidate; across documents those of earlier documents
that share a key, of a full bucket the first `max_candidates` that are kept. The stages take a slice of the order at a
time: all its open paragraphs become entries of the index, and what turns out to be a duplicate is taken out again. A
paragraph whose text is that of a kept one is removed before any pair is formed.

`_candidates_numba` and `_candidates_numpy` fill these arrays; here is what they hold.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..index.tables import Index
from .batch import JUDGED, Batch
from .places import LOCAL
from .verdicts import OPEN, Bytes, Ints, Verdicts

UNJUDGED = 255  # the relation of a pair that nobody has looked at


class Pairs(NamedTuple):
    """k candidate pairs of the m members of a slice, by member, and then as they are to be looked at.

    members: int64[m], paragraphs that are to be resolved; capped: int64[m], full buckets among those they were looked up in
    first: int64[m + 1], so that the pairs of member s are first[s] ... first[s + 1] - 1
    later, original: int64[k], entries, the one of the member and the one that may be its original
    key: int64[k], the row of `Crowd` through which the pair was found, -1 where the original can be found in any case;
        a pair that was found through several such keys has a row for each
    relation: uint8[k], of the member to the original, or UNJUDGED
    """

    members: Ints
    capped: Ints
    first: Ints
    later: Ints
    original: Ints
    key: Ints
    relation: Bytes


class Crowd(NamedTuple):
    """The buckets that may come to hold `max_candidates` entries in this slice; there are none in most slices.

    first: int64[m + 1], so that the rows of member s are first[s] ... first[s + 1] - 1, one for each of its keys to such a
        bucket; column: int64[r], which key that is; bucket: int64[r], and which bucket
    filled: int64[b], how many entries each bucket has before the slice
    entered: bool[r], whether a kept member found room there
    """

    first: Ints
    column: Ints
    bucket: Ints
    filled: Ints
    entered: NDArray[np.bool_]

    @classmethod
    def none(cls, members: int) -> "Crowd":
        """Return no bucket."""
        nothing = np.empty(0, np.int64)
        return cls(np.zeros(members + 1, np.int64), nothing, nothing, nothing, np.empty(0, np.bool_))

    @classmethod
    def of(cls, members: int, codes: tuple[Ints, Ints, Ints], buckets: Ints, filled: Ints) -> "Crowd":
        """Return buckets that no member has entered yet.

        codes: of all keys of the members, which member, and which column, as `Index.codes` returns them
        buckets: int64[b], the codes of the buckets, ascending
        """
        code, owner, column = codes
        there = np.isin(code, buckets)
        first = np.searchsorted(owner[there], np.arange(members + 1))
        bucket = np.searchsorted(buckets, code[there])
        return cls(first, column[there], bucket, filled, np.zeros(len(bucket), np.bool_))

    def rows(self, members: Ints, buckets: Ints) -> Ints:
        """Return the rows of these members for these buckets, which have one."""
        owners = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        sought, there = members << 32 | buckets, owners << 32 | self.bucket
        order = np.argsort(there)
        return np.asarray(order[np.searchsorted(there[order], sought)])


def noted_keys(batch: Batch, index: Index, verdicts: Verdicts, members: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the keys by which members are looked up across documents: codes, and the member and the column of each."""
    noted = np.flatnonzero(
        (batch.roles[members] == JUDGED) & (batch.held[members] < LOCAL) & (verdicts.own[members] < 0)
    )
    codes, owners, columns = index.codes(batch.keys[members[noted]])
    others = columns > 0
    return codes[others], noted[owners[others]], columns[others]


def crowd(
    batch: Batch, index: Index, verdicts: Verdicts, pairs: Pairs, nodes: Ints, inside: Ints
) -> tuple[Pairs, Crowd]:
    """Gather the buckets that may be full, and the pairs' keys as rows of them. All members are open again.

    The keys of the pairs, and `nodes`, those to such buckets, are still nodes: member * columns + column. inside: how many
    entries each of those buckets has before the slice.
    """
    members = pairs.members
    codes, owners, columns = noted_keys(batch, index, verdicts, members)
    node = owners * batch.keys.shape[1] + columns
    buckets, where = np.unique(codes[np.searchsorted(node, nodes)], return_index=True)
    gathered = Crowd.of(len(members), (codes, owners, columns), buckets, inside[where])
    unsure = np.flatnonzero(pairs.key >= 0)
    entered = np.flatnonzero(verdicts.entry[members] >= 0)
    originals = entered[pairs.original[unsure] - verdicts.entry[members[entered[0]]]]
    through = codes[np.searchsorted(node, pairs.key[unsure])]
    pairs.key[unsure] = gathered.rows(originals, np.searchsorted(buckets, through))
    verdicts.state[members[entered]] = OPEN
    return pairs, gathered


def only_open(pairs: Pairs, verdicts: Verdicts) -> Pairs:
    """Leave out the members that are decided already; they have no pairs."""
    left = verdicts.state[pairs.members] == OPEN
    first = np.append(pairs.first[:-1][left], pairs.first[-1])
    return pairs._replace(members=pairs.members[left], capped=pairs.capped[left], first=first)
