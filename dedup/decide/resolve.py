"""Resolve: down one total order, a paragraph is removed if and only if a kept one before it is its original.

The order is document, then the one that says more, then position. Of several originals the strongest relation is
named, then the first in the order. This is the only step of a decision that is sequential, and all of it on one machine:
interpreted for few paragraphs, compiled for many. A cluster comes to the same by rounds (`dedup.integrations.spark`).
"""

from .._jit.backend import kernel
from ..match.tables import CONTAINED, DISTINCT, EXACT
from .candidates import UNJUDGED
from .verdicts import KEPT, OPEN, REMOVED

_PATIENT = 12  # calls in which a member waits for what is undecided, before it has pairs with that judged, too


@kernel
def resolve_kernel(pairs, crowd, verdicts, most, call, due, filled, pending):
    """Decide every member of a slice that can be decided with the pairs judged so far.

    most: entries in a full bucket; filled, pending: int64[b], scratch: entries of each bucket, and members that wait
    call: which one for this slice, from 1 on
    due: int64[k], filled with the pairs to be judged before the next call: of each member two, then as many as were judged

    Returns how many pairs are due, and how many lookups met a full bucket. A member waits while a pair that may remove it
    is unjudged, its original is undecided, or one of its buckets may be filled by a member that waits.
    """
    for bucket in range(len(filled)):
        filled[bucket], pending[bucket] = crowd.filled[bucket], 0
    asked = capped = 0
    for s in range(len(pairs.members)):
        p = pairs.members[s]
        rows = range(crowd.first[s], crowd.first[s + 1])
        if verdicts.state[p] == OPEN:
            waits = False
            for row in rows:
                bucket = crowd.bucket[row]
                waits |= filled[bucket] < most and most <= filled[bucket] + pending[bucket]
            best, unknown, asked = strongest_kernel(pairs, crowd, verdicts, s, call, due, asked)
            if waits or unknown:
                for row in rows:
                    pending[crowd.bucket[row]] += 1
                continue
            verdicts.state[p] = KEPT if best < 0 else REMOVED
            if best >= 0:
                verdicts.relation[p], verdicts.original[p] = pairs.relation[best], pairs.original[best]
            if best < 0 or pairs.relation[best] != EXACT:  # an equal text is found before any other key is looked up
                capped += pairs.capped[s]
                for row in rows:
                    full = filled[crowd.bucket[row]] >= most
                    capped += full
                    crowd.entered[row] = best < 0 and not full
        if verdicts.state[p] == KEPT:
            for row in rows:
                filled[crowd.bucket[row]] += crowd.entered[row]
    return asked, capped


@kernel
def strongest_kernel(pairs, crowd, verdicts, s, call, due, asked):
    """Find the pair by which member s is removed: the strongest relation to a kept paragraph, and the first of those.

    Returns it, -1 for none; whether that is still unknown; and how many pairs are due, those asked for here included.
    """
    best, found, unknown, last = -1, DISTINCT, False, -1
    before, judged = asked, 0
    for k in range(pairs.first[s], pairs.first[s + 1]):
        original = pairs.original[k]
        state = KEPT if original < verdicts.base[0] else verdicts.state[verdicts.paragraph[original - verdicts.base[0]]]
        if state == REMOVED or (state == KEPT and pairs.key[k] >= 0 and not crowd.entered[pairs.key[k]]):
            continue
        if pairs.relation[k] == UNJUDGED and k > pairs.first[s] and original == pairs.original[k - 1]:
            pairs.relation[k] = pairs.relation[k - 1]  # the same pair, found through another key
        if pairs.relation[k] == UNJUDGED:
            unknown = True
            if original == last:  # it is asked for already
                continue
            if asked - before == max(2, judged) or (state == OPEN and call <= _PATIENT):
                break
            last, due[asked] = original, k
            asked += 1
            continue
        judged += 1
        if pairs.relation[k] > found:
            if state == OPEN:
                unknown = True
                if pairs.relation[k] == EXACT and call <= _PATIENT:
                    break  # as a rule the equal one is kept, and nothing else need be judged
            else:
                best, found = k, pairs.relation[k]
                if found >= CONTAINED:
                    break
    return best, unknown, asked
