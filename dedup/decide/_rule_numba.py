"""The rule, compiled: decisions in order, one paragraph after the other. `rule` holds its twin, which takes whole batches."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel, makes_arrays
from .._jit.intrinsics import load_64, prefetch, store_64
from ..index.tables import home_kernel
from ..match.features import Overlap
from ..match.judgement import CONTAINED, DISTINCT, EXACT
from ..match.reading import SCRATCH, Folded, read_kernel
from ..match.relation import promising_kernel, weigh_kernel

# What becomes of a paragraph: it is passed over, stays as a field of records, is looked up for an equal text only, or
# judged in full.
PASSED, FIELD, EXACT_ONLY, JUDGED = range(4)

_ONE, _NOWHERE = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW, _SPREADING = np.uint64(0xFFFFFFFF), np.uint64(0x9E3779B1)  # an odd number sends values in a row all over a table
_AHEAD = 4  # paragraphs whose slots are fetched before they are needed


def make_work(columns: int, candidates: int, tokens: int, largest: int, judged: int) -> tuple[NDArray[Any], ...]:
    """What `decide_kernel` works with, for so many columns of keys, candidates of one paragraph, and tokens of a pair.

    largest, judged: shingles and paragraphs of the largest document, as `largest_kernel` has them. In order:
    free: uint64[columns], where the paragraph at hand goes if it is kept, or _NOWHERE
    candidates: int64[candidates]; met: uint32[...], for `distinct_kernel`; scratch: int64[...], for `weigh_kernel`
    seen: uint64[...], a table of the shingles of the document at hand: hash << 32 | 1 + the last paragraph that has it, 0
        where free; newest: of each of them the newest posting, or -1
    mine: uint64[largest], where the shingles of the paragraph at hand stand in the table
    posted, older: int64[largest], of each posting the entry, and the posting before it in its chain
    shared, distinct: int64[judged], of each entry of this document the shingles that it shares with the paragraph at hand,
        and how many different ones it has
    """
    places = 1 << (2 * largest).bit_length()
    return (
        np.empty(columns, np.uint64), np.empty(candidates, np.int64), np.empty(16 + 4 * candidates, np.uint32),
        np.empty(SCRATCH * tokens, np.int64),
        np.empty(places, np.uint64), np.empty(places, np.int64), np.empty(largest, np.uint64),
        *np.empty((2, largest), np.int64), *np.zeros((2, judged), np.int64),
    )  # fmt: skip


@kernel
def decide_kernel(texts, index, count, lexicon, limits, most, across, again, work, verdicts):
    """Decide every paragraph in order, fill the verdicts, enter what is kept; new number of entries, capped lookups.

    again: it is one document, which has entries already. They stand for nothing in it; what equals one stays.
    """
    buffer, starts, first, flags, hashes, first_shingle, keys, roles, order, documents, positions = texts
    text, entry_flags, text_at, flags_at, entry_documents, entry_positions, slots, single = index
    free, candidates, met, scratch, seen, newest, mine, posted, older, shared, distinct = work
    relations, stand_ins, jaccards, containments = verdicts
    capped = 0
    n = len(order)
    columns = keys.shape[1]
    capacity = len(slots) // columns
    # What the last columns share is one table. Unsigned, so that no index is checked for counting from the end.
    begin_shared, last_shared = np.uint64(single * capacity), np.uint64(max(1, columns - single) * capacity - 1)
    last_slot = np.uint64(capacity - 1)
    turn = 0
    while turn < n:
        # One document: order[turn] ... order[until - 1].
        document = documents[order[turn]]
        until = turn
        judged = 0
        size = 0
        while until < n and documents[order[until]] == document:
            p = order[until]
            if roles[p] == JUDGED:
                judged += 1
                size += first_shingle[p + 1] - first_shingle[p]
            until += 1
        if judged < 2:
            size = 0
        places = 2
        while places < 2 * size:
            places *= 2
        if size > 0:
            seen[:places] = 0
        last_place = np.uint64(places - 1)
        postings = 0
        first_entry = count
        for at in range(turn, until):
            if at + _AHEAD < n:
                soon = keys[order[at + _AHEAD]]
                for column in range(single):
                    prefetch(slots, column * capacity + home_kernel(soon[column], capacity))
                for column in range(single, columns):
                    if soon[column] == 0:
                        break
                    prefetch(slots, single * capacity + home_kernel(soon[column], (columns - single) * capacity))
            p = order[at]
            if roles[p] < EXACT_ONLY:
                continue
            begin, end = starts[first[p]], starts[first[p + 1]]
            length = end - begin
            found = np.int64(DISTINCT)
            different = np.int64(0)  # shingles, counted where the document has other paragraphs
            free[:] = _NOWHERE
            slot = np.uint64(home_kernel(keys[p, 0], capacity))
            while slots[slot] != 0:
                entry = np.int64(slots[slot] & _LOW) - 1
                if slots[slot] >> np.uint64(32) == keys[p, 0] and (across or entry_documents[entry] == document):
                    other_length = text_at[entry + 1] - text_at[entry]
                    if length == other_length and same_kernel(buffer, begin, text, text_at[entry], length):
                        if again and entry < first_entry and entry_documents[entry] == document:
                            stand_ins[p] = entry  # kept before, as this entry
                        else:
                            found = np.int64(EXACT)
                            stand_ins[p], jaccards[p], containments[p] = entry, 1.0, 1.0
                            break
                slot = (slot + _ONE) & last_slot
            free[0] = slot
            if found == DISTINCT and roles[p] == JUDGED:
                # Candidates: entries of earlier documents by band, then of this one by shingle.
                number = np.int64(0)
                for column in range(1, columns if stand_ins[p] < 0 else 1):
                    key = np.uint64(keys[p, column])
                    if column >= single and key == 0:
                        break
                    table, last = np.uint64(column * capacity), last_slot
                    if column >= single:
                        table, last = begin_shared, last_shared
                    slot = np.uint64(home_kernel(key, last + _ONE))
                    members = 0
                    while slots[table + slot] != 0:
                        if slots[table + slot] >> np.uint64(32) == key:
                            members += 1
                            entry = np.int64(slots[table + slot] & _LOW) - 1
                            if entry < first_entry and not (again and entry_documents[entry] == document):
                                candidates[number] = entry
                                number += 1
                                prefetch(text_at, entry)
                                prefetch(flags_at, entry)
                        slot = slot + _ONE & last
                    if members >= most:
                        capped += 1
                    else:
                        free[column] = table + slot
                if size > 0:
                    across_number = number
                    for s in range(first_shingle[p], first_shingle[p + 1]):
                        has = np.uint64(hashes[s]) << np.uint64(32) | np.uint64(p + 1)
                        slot = np.uint64(home_kernel(hashes[s], places))
                        while seen[slot] != 0 and (seen[slot] ^ has) >> np.uint64(32) != 0:
                            slot = slot + _ONE & last_place
                        if seen[slot] == has:
                            continue
                        if seen[slot] == 0:
                            newest[slot] = -1
                        seen[slot] = has
                        mine[different] = slot
                        different += 1
                        posting = newest[slot]
                        while posting >= 0:
                            entry = posted[posting]
                            if shared[entry - first_entry] == 0:
                                candidates[number] = entry
                                number += 1
                            shared[entry - first_entry] += 1
                            posting = older[posting]
                    promising = across_number
                    for c in range(across_number, number):
                        entry = candidates[c]
                        overlap = Overlap(shared[entry - first_entry], different, distinct[entry - first_entry])
                        length_kept = flags_at[entry + 1] - flags_at[entry]
                        if promising_kernel(overlap, first[p + 1] - first[p], length_kept, limits):
                            candidates[promising] = entry
                            promising += 1
                        shared[entry - first_entry] = 0
                    number = promising
                number = distinct_kernel(candidates, number, met)
                most_tokens = np.int64(0)
                for c in range(number):
                    entry = candidates[c]
                    most_tokens = max(most_tokens, flags_at[entry + 1] - flags_at[entry])
                    prefetch(entry_flags, flags_at[entry])
                    for line in range(0, text_at[entry + 1] - text_at[entry], 64):
                        prefetch(text, text_at[entry] + line)
                if number > 1:
                    sort_kernel(candidates, number)
                this = Folded(buffer[begin:], length, flags[first[p] : first[p + 1]])
                if number > 0:
                    reading = read_kernel(this, most_tokens, limits, lexicon, scratch)
                for c in range(number):
                    entry = candidates[c]
                    entry_length = text_at[entry + 1] - text_at[entry]
                    entry_tokens = entry_flags[flags_at[entry] : flags_at[entry + 1]]
                    other = Folded(text[text_at[entry] :], entry_length, entry_tokens)
                    relation, jaccard, inside = weigh_kernel(this, reading, other, limits, lexicon, scratch)
                    if relation > found:
                        found = np.int64(relation)
                        stand_ins[p], jaccards[p], containments[p] = entry, jaccard, inside
                        if found == CONTAINED:
                            break
            relations[p] = found
            if found != DISTINCT:
                continue
            # Kept: a new entry.
            copy_kernel(text, text_at[count], buffer, begin, end)
            copy_kernel(entry_flags, flags_at[count], flags, first[p], first[p + 1])
            text_at[count + 1] = text_at[count] + length
            flags_at[count + 1] = flags_at[count] + first[p + 1] - first[p]
            entry_documents[count] = document
            entry_positions[count] = positions[p]
            for column in range(columns):
                slot = free[column]
                if slot == _NOWHERE:
                    continue
                while slots[slot] != 0:  # another of its prefixes went there
                    slot = begin_shared + (slot - begin_shared + _ONE & last_shared)
                slots[slot] = np.uint64(keys[p, column]) << np.uint64(32) | np.uint64(count + 1)
            if different > 0:
                for k in range(different):
                    posted[postings], older[postings] = count, newest[mine[k]]
                    newest[mine[k]] = postings
                    postings += 1
                distinct[count - first_entry] = different
            count += 1
        turn = until
    return count, capped


@kernel
def largest_kernel(documents, roles, order, first, first_shingle):
    """Tokens of the longest paragraph; shingles and paragraphs, of those to be judged, of the largest documents that have
    more than one."""
    longest = largest = most_judged = 0
    judged = size = 0
    for at in range(len(order)):
        p = order[at]
        longest = max(longest, first[p + 1] - first[p])
        if at > 0 and documents[p] != documents[order[at - 1]]:
            judged = size = 0
        if roles[p] == JUDGED:
            judged += 1
            size += first_shingle[p + 1] - first_shingle[p]
        if judged > 1:
            largest, most_judged = max(largest, size), max(most_judged, judged)
    return longest, largest, most_judged


@kernel
def distinct_kernel(values, number, table):
    """Have each of the first `number` values, which are below 2**32 - 1, stand there once; how many are left.

    table: uint32[16 + 4 * number] to work in. Where buckets are full the same entries stand in many of them.
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


@makes_arrays
@kernel
def sort_kernel(values, n):
    """Sort the first n values."""
    values[:n].sort()


@kernel
def same_kernel(text, at, other, other_at, length):
    """Whether two texts are the same bytes, eight at a time; up to seven bytes behind are read."""
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
