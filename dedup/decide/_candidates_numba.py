"""Candidates, compiled: down the order, one look into the tables of the index for each key, where the paragraph then enters."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import load_64, prefetch, store_64
from ..config import Config
from ..index.tables import Index, home_kernel, remove_kernel
from ..match.tables import EXACT, LONG, SHORT
from ..text.flags import SEEN
from .batch import JUDGED, Batch
from .candidates import UNJUDGED, Crowd, Pairs, crowd
from .places import ANYWHERE, APART, LOCAL, PINNED, SPAN
from .verdicts import KEPT, OPEN, REMOVED, Ints, Verdicts

_ONE, _NOWHERE = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW, _SPREADING = np.uint64(0xFFFFFFFF), np.uint64(0x9E3779B1)  # an odd number sends values in a row all over a table
_TOGETHER = 4096  # members of a slice
_PAIRS = 1 << 14  # of a slice, besides those that its last member may have
_AHEAD = 4  # paragraphs whose slots are fetched before they are needed
_NODE_BITS = 24  # a node, one key of one member, is member * columns + column


class Sketched(NamedTuple):
    """What the stage reads of a batch: texts, shingles, keys, roles, places, what each says, and the order of the rule."""

    buffer: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    starts: Ints
    first: Ints
    hashes: NDArray[np.uint32]
    first_shingle: Ints
    keys: NDArray[np.uint32]
    roles: NDArray[np.uint8]
    documents: Ints
    positions: Ints
    held: NDArray[np.uint8]
    twins: Ints
    cores: Ints
    order: Ints


class Postings(NamedTuple):
    """The shingles of the document at hand, whose paragraphs are numbered as they come.

    slots: uint64[...], open addressing: hash << 32 | 1 + the last paragraph that has it, 0 where free
    newest, lengths: int64[...], of each slot the newest posting, or -1, and how many there are
    mine: int64[...], slots of the paragraph at hand, those of what it says first
    posted, older: int64[...], of each posting the number of the paragraph, and the posting before it
    shared, entries: int64[...], of each paragraph the shingles that it shares with the one at hand, and its entry, or -1
    """

    slots: NDArray[np.uint64]
    newest: Ints
    lengths: Ints
    mine: Ints
    posted: Ints
    older: Ints
    shared: Ints
    entries: Ints


class Posted(NamedTuple):
    """How far the postings of a document are filled: paragraphs, postings, and the last slot of its table (0: none)."""

    paragraphs: int
    postings: int
    last: int


class Found(NamedTuple):
    """Where the members and pairs of a slice go, and what is gathered for one of them.

    members, capped, first, later, original, key, relation: as of `Pairs`, but that a key is a node
    nodes, inside: int64[...], keys to buckets that may be full, and how many entries are there before the slice
    entries, unsure: int64[...], candidates of one member; unsure: entry << 24 | node, if it may not be found through that
    met: uint32[...], a table for `distinct_kernel`; free: uint64[columns], where the member's keys go, or _NOWHERE
    """

    members: Ints
    capped: Ints
    first: Ints
    later: Ints
    original: Ints
    key: Ints
    relation: NDArray[np.uint8]
    nodes: Ints
    inside: Ints
    entries: Ints
    unsure: Ints
    met: NDArray[np.uint32]
    free: NDArray[np.uint64]


class Bounds(NamedTuple):
    """Numbers that bound the work of a slice.

    run, first: the first entries of what is decided in one go, and of the slice
    together: members; largest: pairs of one member, at most
    most: entries in a full bucket; across: whether documents are compared; again: whether this one has entries already
    threshold: the least Jaccard similarity of shingles of `size` words, where likeness decides; else 0
    """

    run: int
    first: int
    together: int
    largest: int
    most: int
    across: bool
    again: bool
    threshold: float
    size: int


def slices(
    batch: Batch, order: Ints, documents: Ints, index: Index, verdicts: Verdicts, again: bool, config: Config
) -> Iterator[tuple[Pairs, Crowd]]:
    """Do what `_candidates_numpy.slices` says, by compiled kernels."""
    tokens, shingles, columns = batch.tokens, batch.shingles, batch.keys.shape[1]
    sketched = Sketched(
        tokens.buffer, tokens.padded_flags, tokens.starts, tokens.first, shingles.hashes, shingles.first, batch.keys, batch.roles,
        documents, batch.positions, batch.held, batch.twins, batch.cores, order,
    )  # fmt: skip
    size, judged = backend.compiled(largest_kernel)(sketched)
    postings = postings_for(size, judged)
    together = min(_TOGETHER, len(order))
    begin, run = 0, index.count
    while begin < len(order):
        gathered = (columns - 1) * (min(config.max_candidates, index.count) + together) + 2 * judged + together
        largest = min(gathered, index.count + together) + (columns - 1) * together
        bounds = Bounds(
            run,
            index.count,
            together,
            largest,
            config.max_candidates,
            config.scope == "corpus",
            again,
            0.0 if config.threshold is None else config.threshold,
            config.shingle_size,
        )
        found = _found(largest + _PAIRS, gathered, together, columns)
        members, pairs, crowded, end = backend.compiled(candidates_kernel)(
            sketched, index.arrays, verdicts, begin, found, postings, bounds
        )
        index.count += members
        taken, full = _pairs(found, members, pairs), Crowd.none(members)
        if crowded:
            taken, full = crowd(batch, index, verdicts, taken, found.nodes[:crowded], found.inside[:crowded])
        yield taken, full
        backend.compiled(take_out_kernel)(sketched, index.arrays, verdicts, taken.members, bounds.first, full)
        index.vacate(np.equal(verdicts.state[taken.members], REMOVED), fast=True)
        begin = end


def postings_for(shingles: int, paragraphs: int) -> Postings:
    """Return room for the postings of a document."""
    slots = np.empty(max(2, 1 << (2 * shingles).bit_length()), np.uint64)
    newest, lengths = np.empty((2, len(slots)), np.int64)
    mine, posted, older = np.empty((3, shingles), np.int64)
    shared, entries = np.zeros((2, paragraphs), np.int64)
    return Postings(slots, newest, lengths, mine, posted, older, shared, entries)


def _found(pairs: int, gathered: int, together: int, columns: int) -> Found:
    """Return room for the pairs of a slice, and for what is gathered for one member."""
    members, capped, first = np.empty((3, together + 1), np.int64)
    later, original, key = np.empty((3, pairs), np.int64)
    nodes, inside = np.empty((2, together * columns), np.int64)
    met, free = np.empty(16 + 4 * gathered, np.uint32), np.empty(columns, np.uint64)
    relation, unsure = np.empty(pairs, np.uint8), np.empty(together * columns, np.int64)
    entries = np.empty(gathered + together * columns, np.int64)
    return Found(members, capped, first, later, original, key, relation, nodes, inside, entries, unsure, met, free)


def _pairs(found: Found, members: int, pairs: int) -> Pairs:
    return Pairs(
        found.members[:members], found.capped[:members], found.first[: members + 1], found.later[:pairs],
        found.original[:pairs], found.key[:pairs], found.relation[:pairs],
    )  # fmt: skip


@kernel
def candidates_kernel(batch, index, verdicts, begin, found, postings, bounds):
    """Find the candidate pairs of the paragraphs from place `begin` of the order on, until the slice is full.

    Every paragraph that is open becomes an entry; one that nothing can remove is kept at once. Returns how many members
    and pairs there are, how many keys to buckets that may be full, and where the next slice begins.
    """
    members = pairs = crowded = 0
    document, posted = np.int64(-1), Posted(0, 0, 0)
    at = begin
    while at < len(batch.order) and members < bounds.together and pairs + bounds.largest <= len(found.original):
        p = batch.order[at]
        if at + _AHEAD < len(batch.order):
            fetch_kernel(batch, index, batch.order[at + _AHEAD])
        if batch.documents[p] != document:
            document = batch.documents[p]
            posted = open_document_kernel(batch, verdicts, begin, at, postings, bounds)
        entry, ours, different = np.int64(-1), 0, 0
        if batch.roles[p] == JUDGED and posted.last > 0:
            ours, different = look_kernel(batch, p, posted, postings, bounds)
        if verdicts.state[p] == OPEN:
            found.first[members], found.capped[members] = pairs, 0
            found.free[:] = _NOWHERE
            equal = equal_kernel(batch, index, verdicts, p, pairs, found, bounds)
            if equal >= 0:
                entry = bounds.first + members
                for k in range(pairs, pairs + equal):
                    found.later[k], found.key[k] = entry, -1
                pairs += equal
                if batch.roles[p] == JUDGED:
                    entries = unsure = 0
                    if verdicts.own[p] < 0 and batch.held[p] < LOCAL and batch.keys.shape[1] > 1:
                        entries, unsure, crowded = across_kernel(batch, index, p, members, crowded, found, bounds)
                    if different > 0 and batch.held[p] != PINNED:
                        entries, capped = within_kernel(batch, index, p, entries, ours, postings, found, bounds)
                        found.capped[members] += capped
                    pairs = write_kernel(found, entry, entries, unsure, pairs)
                certain = pairs == found.first[members] and found.capped[members] == 0
                verdicts.state[p] = KEPT if certain else OPEN
                enter_kernel(batch, index, verdicts, p, entry, found.free)
                found.members[members] = p
                members += 1
        if different > 0:
            posted = post_kernel(entry, different, posted, postings, bounds.most)
        at += 1
    found.first[members] = pairs
    return members, pairs, crowded, at


@kernel
def largest_kernel(batch):
    """Return the shingles and the paragraphs, of those to be judged, of the largest documents that have more than one."""
    largest = most_judged = judged = size = 0
    for at in range(len(batch.order)):
        p = batch.order[at]
        if at > 0 and batch.documents[p] != batch.documents[batch.order[at - 1]]:
            judged = size = 0
        if batch.roles[p] == JUDGED:
            judged += 1
            size += batch.first_shingle[p + 1] - batch.first_shingle[p]
        if judged > 1:
            largest, most_judged = max(largest, size), max(most_judged, judged)
    return largest, most_judged


@kernel
def fetch_kernel(batch, index, p):
    """Have the processor fetch the slots where the keys of a paragraph are looked up soon."""
    columns = batch.keys.shape[1]
    capacity = len(index.slots) // columns
    for column in range(index.single):
        prefetch(index.slots, column * capacity + home_kernel(batch.keys[p, column], capacity))
    for column in range(index.single, columns):
        if batch.keys[p, column] == 0:
            break
        prefetch(
            index.slots,
            index.single * capacity + home_kernel(batch.keys[p, column], (columns - index.single) * capacity),
        )


@kernel
def equal_kernel(batch, index, verdicts, p, pairs, found, bounds):
    """Remove p if its text is that of a kept entry; else write the pairs with the entries that may have its text.

    Returns how many there are, -1 if p was removed. An entry of an earlier delivery of its document is p itself. Where the
    two texts differ in what folding saw of them, and likeness does not decide, the pair is to be judged.
    """
    if batch.held[p] >= LOCAL:
        return 0
    key, last = np.uint64(batch.keys[p, 0]), np.uint64(len(index.slots) // batch.keys.shape[1] - 1)
    slot, equal = np.uint64(home_kernel(key, last + _ONE)), 0
    while index.slots[slot] != 0:
        if index.slots[slot] >> np.uint64(32) == key:
            entry = np.int64(index.slots[slot] & _LOW) - 1
            same_document = index.documents[entry] == batch.documents[p]
            if (bounds.across or same_document) and same_text_kernel(batch, index, p, entry):
                if bounds.again and same_document and entry < bounds.run:
                    verdicts.own[p] = entry
                elif may_stand_kernel(batch, index, p, entry):
                    equal = meet_kernel(batch, index, verdicts, p, entry, (pairs, equal), found, bounds)
                    if equal < 0:
                        return -1
        slot = slot + _ONE & last
    found.free[0] = slot
    twin = batch.twins[p]
    if twin >= 0 and batch.held[twin] >= LOCAL and verdicts.state[twin] != REMOVED:  # no key leads to it
        entry = verdicts.entry[twin]
        if entry >= 0 and same_text_kernel(batch, index, p, entry):
            equal = meet_kernel(batch, index, verdicts, p, entry, (pairs, equal), found, bounds)
    return equal


@kernel
def meet_kernel(batch, index, verdicts, p, entry, written, found, bounds):
    """Remove p, or write the pair with an entry that has its text; how many such pairs of p there are then, -1 if removed.

    written: where the first of them stands among all pairs, and how many there are
    """
    pairs, equal = written
    alike = bounds.threshold > 0 or looks_alike_kernel(batch, index, p, entry)
    open_yet = entry >= bounds.first
    if open_yet:
        open_yet = verdicts.state[verdicts.paragraph[entry - verdicts.base[0]]] == OPEN
    if alike and not open_yet and equal == 0:  # of several the first in the order is named
        verdicts.state[p], verdicts.relation[p], verdicts.original[p] = REMOVED, EXACT, entry
        return -1
    found.original[pairs + equal], found.relation[pairs + equal] = entry, EXACT if alike else UNJUDGED
    return equal + 1


@kernel
def same_text_kernel(batch, index, p, entry):
    """Tell whether an entry has the text of p."""
    begin, its = batch.starts[batch.first[p]], index.text_at[entry]
    length = batch.starts[batch.first[p + 1]] - begin
    return length == index.text_at[entry + 1] - its and same_kernel(batch.buffer, begin, index.text, its, length)


@kernel
def may_stand_kernel(batch, index, p, entry):
    """Tell whether an entry stands where an original of p may stand."""
    if batch.held[p] == ANYWHERE:
        return True
    if index.documents[entry] != batch.documents[p]:
        return batch.held[p] == APART
    distance = abs(index.positions[entry] - batch.positions[p])
    return batch.held[p] != PINNED and (distance < SHORT or (batch.held[p] == APART and distance > SPAN))


@kernel
def looks_alike_kernel(batch, index, p, entry):
    """Tell whether folding saw the same of p as of an entry with the same tokens, as far as it matters."""
    at, mine = index.flags_at[entry], batch.first[p]
    for k in range(batch.first[p + 1] - mine):
        if (index.flags[at + k] ^ batch.flags[mine + k]) & SEEN:
            return False
    return True


@kernel
def across_kernel(batch, index, p, member, crowded, found, bounds):
    """Find the entries of other documents that share a key with p, and where its keys are to go.

    Returns how many entries can be found in any case, and how many only if a bucket has room for them; and how many keys to
    such buckets there are by now.
    """
    columns = batch.keys.shape[1]
    capacity, document = len(index.slots) // columns, batch.documents[p]
    entries = unsure = 0
    for column in range(1, columns):
        key = np.uint64(batch.keys[p, column])
        if column >= index.single and key == 0:
            break
        # What the last columns share is one table. Unsigned, so that no index is checked for counting from the end.
        table = np.uint64(min(column, index.single) * capacity)
        last = np.uint64((columns - index.single if column >= index.single else 1) * capacity - 1)
        slot = np.uint64(home_kernel(key, last + _ONE))
        members = inside = 0
        while index.slots[table + slot] != 0:
            if index.slots[table + slot] >> np.uint64(32) == key:
                entry = np.int64(index.slots[table + slot] & _LOW) - 1
                inside += entry < bounds.first
                if index.documents[entry] != document:
                    if members < bounds.most:
                        found.entries[entries] = entry
                        entries += 1
                        prefetch(index.text_at, entry)
                        prefetch(index.flags_at, entry)
                    else:
                        found.unsure[unsure] = entry << _NODE_BITS | (member * columns + column)
                        unsure += 1
                members += 1
            slot = slot + _ONE & last
        if inside >= bounds.most:
            found.capped[member] += 1
            continue
        found.free[column] = table + slot
        if members >= bounds.most:
            found.nodes[crowded], found.inside[crowded] = member * columns + column, inside
            crowded += 1
    return entries, unsure, crowded


@kernel
def open_document_kernel(batch, verdicts, begin, at, postings, bounds):
    """Empty the postings for the document at place `at` of the order, and post what former slices had of it."""
    document = batch.documents[batch.order[at]]
    start = at
    if at == begin:
        while start > 0 and batch.documents[batch.order[start - 1]] == document:
            start -= 1
    judged = size = 0
    for place in range(start, len(batch.order)):
        p = batch.order[place]
        if batch.documents[p] != document:
            break
        if batch.roles[p] == JUDGED:
            judged += 1
            size += batch.first_shingle[p + 1] - batch.first_shingle[p]
    if judged < 2:
        return Posted(0, 0, 0)
    places = 2
    while places < 2 * size:
        places *= 2
    postings.slots[:places] = 0
    posted = Posted(0, 0, places - 1)
    for place in range(start, at):
        p = batch.order[place]
        if batch.roles[p] == JUDGED:
            _, different = look_kernel(batch, p, posted, postings, bounds)
            posted = post_kernel(verdicts.entry[p], different, posted, postings, bounds.most)
    return posted


@kernel
def look_kernel(batch, p, posted, postings, bounds):
    """Find the slots of the different shingles of a paragraph, first those of what it says; how many those are, and all."""
    first, last = batch.first_shingle[p], batch.first_shingle[p + 1]
    begin, end = core_kernel(batch, p, bounds)
    ours = different = find_slots_kernel(batch, p, begin, end, 0, posted, postings)
    different = find_slots_kernel(batch, p, first, begin, different, posted, postings)
    return ours, find_slots_kernel(batch, p, end, last, different, posted, postings)


@kernel
def core_kernel(batch, p, bounds):
    """Return where the shingles begin and end that consist of what a paragraph says: all, where that is too short."""
    first = batch.first_shingle[p]
    begin, end = batch.cores[p, 0], batch.cores[p, 1] - bounds.size + 1
    if bounds.threshold > 0 or begin >= end:
        return first, batch.first_shingle[p + 1]
    return first + begin, first + end


@kernel
def find_slots_kernel(batch, p, begin, end, different, posted, postings):
    """Find the slots of shingles begin ... end - 1 of a paragraph, of which `different` were found; how many are then."""
    last = np.uint64(posted.last)
    for s in range(begin, end):
        has = np.uint64(batch.hashes[s]) << np.uint64(32) | np.uint64(p + 1)
        slot = np.uint64(home_kernel(batch.hashes[s], posted.last + 1))
        while postings.slots[slot] != 0 and (postings.slots[slot] ^ has) >> np.uint64(32) != 0:
            slot = slot + _ONE & last
        if postings.slots[slot] == has:
            continue
        if postings.slots[slot] == 0:
            postings.newest[slot], postings.lengths[slot] = -1, 0
        postings.slots[slot] = has
        postings.mine[different] = slot
        different += 1
    return different


@kernel
def post_kernel(entry, different, posted, postings, most):
    """Post the shingles whose slots were found last, where there are not `most` postings yet; entry: -1 for none."""
    number, posting = posted.paragraphs, posted.postings
    postings.entries[number] = entry
    for k in range(different):
        slot = postings.mine[k]
        if postings.lengths[slot] < most:
            postings.posted[posting], postings.older[posting] = number, postings.newest[slot]
            postings.newest[slot] = posting
            postings.lengths[slot] += 1
            posting += 1
    return Posted(number + 1, posting, posted.last)


@kernel
def within_kernel(batch, index, p, entries, ours, postings, found, bounds):
    """Find the entries of p's document that may say what it says; they go behind `entries` candidates.

    Returns how many there are then, and 1 if lists that matter were full, else 0.
    ours: how many of the shingles whose slots were found last belong to what p says. Where likeness decides, an entry must
    share as many as the threshold asks for. Else it has all of them; or, as words may be cut or spelled in another way, half
    of them, of those that stand in LONG paragraphs at most. What stands in full lists cannot be counted.
    """
    known = full = 0
    for k in range(ours):
        length = postings.lengths[postings.mine[k]]
        known += length > 0
        full += length >= bounds.most
    capped = np.int64(full == ours or (full > 0 and bounds.threshold > 0))
    if bounds.threshold > 0:
        need = np.int64(np.ceil(bounds.threshold * ours)) - full
        if known >= need:
            entries = share_kernel(batch, index, p, entries, (ours, 1, bounds.most - 1, max(1, need)), postings, found)
        return entries, capped
    if known == ours:
        low, high = (1, bounds.most - 1) if full < ours else (bounds.most, bounds.most)
        need = ours - full if full < ours else ours
        entries = share_kernel(batch, index, p, entries, (ours, low, high, need), postings, found)
    lists = ours, 1, min(LONG, bounds.most - 1), (ours + 1) // 2
    return share_kernel(batch, index, p, entries, lists, postings, found), capped


@kernel
def share_kernel(batch, index, p, entries, lists, postings, found):
    """Gather the entries that share shingles with a paragraph behind `entries` candidates; how many there are then.

    lists: of how many of its shingles, with how many postings at least and at most, and how many must be shared
    """
    ours, low, high, need = lists
    begin = until = entries
    for k in range(ours):
        slot = postings.mine[k]
        if low <= postings.lengths[slot] <= high:
            posting = postings.newest[slot]
            while posting >= 0:
                number = postings.posted[posting]
                if postings.shared[number] == 0:
                    found.entries[until] = number
                    until += 1
                postings.shared[number] += 1
                posting = postings.older[posting]
    for k in range(begin, until):
        number = found.entries[k]
        other = postings.entries[number]
        if postings.shared[number] >= need and other >= 0 and may_stand_kernel(batch, index, p, other):
            found.entries[entries] = other
            entries += 1
        postings.shared[number] = 0
    return entries


@kernel
def write_kernel(found, entry, entries, unsure, pairs):
    """Write the pairs of an entry behind those there are, each candidate once and in order; how many there are then."""
    entries = distinct_kernel(found.entries, entries, found.met)
    for k in range(entries):
        found.entries[k] <<= _NODE_BITS
    for k in range(unsure):
        found.entries[entries + k] = found.unsure[k]
    if entries + unsure > 1:
        sort_kernel(found.entries, entries + unsure)
    before = np.int64(-1)
    for k in range(entries + unsure):
        other, node = found.entries[k] >> _NODE_BITS, found.entries[k] & (1 << _NODE_BITS) - 1
        if other != before >> _NODE_BITS or before & (1 << _NODE_BITS) - 1 != 0:
            found.later[pairs], found.original[pairs], found.key[pairs] = entry, other, node if node > 0 else -1
            found.relation[pairs] = UNJUDGED
            pairs += 1
            before = found.entries[k]
    return pairs


@kernel
def enter_kernel(batch, index, verdicts, p, entry, free):
    """Make p an entry, which is found by the keys that have a place to go."""
    begin, end = batch.starts[batch.first[p]], batch.starts[batch.first[p + 1]]
    copy_kernel(index.text, index.text_at[entry], batch.buffer, begin, end)
    copy_kernel(index.flags, index.flags_at[entry], batch.flags, batch.first[p], batch.first[p + 1])
    index.text_at[entry + 1] = index.text_at[entry] + end - begin
    index.flags_at[entry + 1] = index.flags_at[entry] + batch.first[p + 1] - batch.first[p]
    index.documents[entry], index.positions[entry] = batch.documents[p], batch.positions[p]
    verdicts.entry[p], verdicts.paragraph[entry - verdicts.base[0]] = entry, p
    columns = batch.keys.shape[1]
    capacity = len(index.slots) // columns
    shared, last = np.uint64(index.single * capacity), np.uint64(max(1, columns - index.single) * capacity - 1)
    for column in range(columns):
        slot = free[column]
        if slot == _NOWHERE:
            continue
        while index.slots[slot] != 0:  # another of its keys went there
            slot = shared + (slot - shared + _ONE & last)
        index.slots[slot] = np.uint64(batch.keys[p, column]) << np.uint64(32) | np.uint64(entry + 1)


@kernel
def take_out_kernel(batch, index, verdicts, members, first, crowd):
    """Take out of the tables what a slice entered and then removed, and what met a bucket that was full by then.

    first: the entry of the first member
    """
    for s in range(len(members)):
        p = members[s]
        if verdicts.state[p] == REMOVED:
            for column in range(batch.keys.shape[1]):
                if column == 0 or batch.roles[p] == JUDGED:
                    remove_kernel(index.slots, index.single, batch.keys[p], column, first + s)
        else:
            for row in range(crowd.first[s], crowd.first[s + 1]):
                if not crowd.entered[row]:
                    remove_kernel(index.slots, index.single, batch.keys[p], crowd.column[row], first + s)


@kernel
def distinct_kernel(values, number, table):
    """Have each of the first `number` values, which are below 2**32 - 1, stand there once; how many are left.

    table: uint32[16 + 4 * number], scratch. Where buckets are full the same entries stand in many of them.
    """
    if number < 2:
        return number
    places = 16
    while places < 2 * number:
        places *= 2
    last, left = np.uint64(places - 1), 0
    table[:places] = 0
    for k in range(number):
        value = np.uint32(values[k] + 1)
        slot = np.uint64(home_kernel(np.uint64(value) * _SPREADING & _LOW, places))
        while table[slot] != 0 and table[slot] != value:
            slot = slot + _ONE & last
        if table[slot] == 0:
            table[slot] = value
            values[left] = values[k]
            left += 1
    return left


@kernel
def sort_kernel(values, n):
    """Sort the first n values by Shell's method: mostly a few, for which compiling numba's own sort takes too long."""
    gap = 1
    while 3 * gap < n:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, n):
            value, at = values[k], k
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap //= 3


@kernel
def same_kernel(text, at, other, other_at, length):
    """Tell whether two texts are the same bytes, eight at a time; up to seven bytes behind are read."""
    for i in range(0, length, 8):
        differs = load_64(text, at + i) ^ load_64(other, other_at + i)
        if differs << np.uint64(8 * max(0, i + 8 - length)) != 0:
            return False
    return True


@kernel
def copy_kernel(target, at, source, begin, end):
    """Copy source[begin:end] to target[at:], eight bytes at a time; up to seven bytes behind are overwritten."""
    for i in range(0, end - begin, 8):
        store_64(target, at + i, load_64(source, begin + i))
