"""The index of what was kept, in memory: entries, and tables that find them by their keys.

Entries, that is kept paragraphs, stand in the order of the rule. It takes more of them as arrays, and gives up the last
ones. Its tables are open addressing: compiled kernels look up and enter one paragraph after the other, the reference backend
a batch of them side by side, which comes to the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend, memory
from .._jit.backend import kernel
from .._jit.intrinsics import move, prefetch
from ..errors import OutOfMemory
from ..text.flags import PADDING


def _by_table(keys: NDArray[np.uint32], single: int) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64]]]:
    """Return for each table the keys of n entries, uint32[columns, n], and which entry has each, in the order of the entries."""
    columns, n = keys.shape
    for column in range(single):
        yield np.ascontiguousarray(keys[column]), np.arange(n)
    if columns > single:
        owners, which = np.nonzero(keys[single:].T)
        yield keys[single + which, owners], owners


@dataclass(frozen=True, slots=True)
class Entries:
    """n entries as arrays, in the order of the rule: what goes into an index, and what outlives it.

    texts, flags: uint8, the folded texts (a space after each token) and the flags, one after the other
    text_lengths, token_counts: int64[n], bytes and tokens of each
    documents, positions: int64[n], document number and paragraph position of each
    keys: uint32[columns, n], see `make_keys`; banded: bool[n], False where it is found by its text alone
    """

    texts: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    text_lengths: NDArray[np.int64]
    token_counts: NDArray[np.int64]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    keys: NDArray[np.uint32]
    banded: NDArray[np.bool_]


class Tables(NamedTuple):
    """The arrays of an index, as kernels take them: see `Index`."""

    text: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    text_at: NDArray[np.int64]
    flags_at: NDArray[np.int64]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    slots: NDArray[np.uint64]
    single: int


# Room from the beginning: what 16,384 slots for each column hold. What is not touched is not yet memory.
ROOM_ENTRIES = 9_830
# A column's slots become twice as many, up to _SOON four times as many. Where it is known how much is to come they become
# at once what it will take, but no more than _LEAP times as many, and then that is judged again.
_SOON = 1 << 18
_LEAP = 16
_MOST_ENTRIES = (1 << 32) - 2  # slots have 32 bits for the entry
_TOGETHER = 256  # slots that are read before any is written
_STRETCH = 1 << 12  # slots that the reference backend reads at once, at least
_ASKED_AFTER = 1 << 26  # bytes of new entries after which the system is asked whether there is memory left


@dataclass(slots=True)
class Index:
    """Arrays with room to grow.

    columns: of the keys; single: of them the first, which have a table each; the others share one, several times as
        large, as the same key may stand in any of them
    text, flags: the entries' folded texts (a space after each token) and flags, one after the other
    text_at, flags_at: int64, where each entry's begin; documents, positions: int64, of each entry
    slots: uint64[columns * capacity], the tables one after the other, open addressing by key: key << 32 | entry + 1, 0
        where free. Equal keys stand in the order of their entries, whatever the capacity.
    """

    columns: int
    single: int
    count: int
    text: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    text_at: NDArray[np.int64]
    flags_at: NDArray[np.int64]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    slots: NDArray[np.uint64]
    expected: int = 0  # entries in the end, if what comes is like what came; 0 where nobody knows
    longest: int = 0  # tokens of the longest paragraph that ever asked for room
    unasked: int = 0  # bytes of entries since the system was asked whether there is memory left

    @classmethod
    def empty(cls, columns: int, single: int, room: int = ROOM_ENTRIES) -> "Index":
        """Return an index without entries, with room for so many."""
        capacity = _capacity(room)
        with memory.refused():  # not cleared, as nothing is read that was not written; too small for pages of their own
            text, flags = (np.empty(width * room + PADDING, np.uint8) for width in (400, 64))
        text_at, flags_at, documents, positions = (memory.zeros(room + 1, np.int64) for _ in range(4))
        slots = memory.zeros(columns * capacity, np.uint64)
        return cls(columns, single, 0, text, flags, text_at, flags_at, documents, positions, slots)

    @property
    def capacity(self) -> int:
        """Return the slots for each column."""
        return len(self.slots) // self.columns

    @property
    def tables(self) -> list[slice]:
        """Return where each table stands among the slots."""
        capacity = self.capacity
        bounds = [*range(0, self.single * capacity + 1, capacity), len(self.slots)]
        return [slice(begin, end) for begin, end in pairwise(bounds) if begin < end]

    @property
    def arrays(self) -> Tables:
        """Return the arrays as they are now: `reserve` may make others."""
        return Tables(
            self.text, self.flags, self.text_at, self.flags_at, self.documents, self.positions, self.slots, self.single
        )

    def reserve(self, entries: int, text: int, tokens: int, fast: bool) -> None:
        """Make room for so many more entries, bytes of folded text and tokens.

        Nothing large is there twice meanwhile. Raises OutOfMemory, with everything as it was.
        """
        need = self.count + entries
        if need > _MOST_ENTRIES:
            raise OutOfMemory(f"the index would hold {need:,} paragraphs; expected at most {_MOST_ENTRIES:,}")
        before, capacity = self.capacity, _capacity(need)
        if capacity > before:
            capacity = max(capacity, self._foreseen(before))
        ahead = 8 * self.columns * max(0, capacity - before) + text + tokens + 32 * entries
        self.unasked += ahead
        if self.unasked > _ASKED_AFTER:
            memory.check(ahead + _ASKED_AFTER)
            self.unasked = 0
        self._widen("text", int(self.text_at[self.count]) + text + PADDING)
        self._widen("flags", int(self.flags_at[self.count]) + tokens + PADDING)
        for name in ("text_at", "flags_at", "documents", "positions"):
            self._widen(name, need + 1)
        if capacity > before:
            olds = self.tables
            memory.lengthen(self, "slots", self.columns * capacity)
            refill = _refill_compiled if fast else _refill
            # The last one first: as a rule its new place is behind those that still stand in their old one.
            for old, new in reversed(list(zip(olds, self.tables, strict=True))):
                slots = self.slots[old]
                refill(slots if new.start >= old.stop else slots.copy(), self.slots[new])

    def _foreseen(self, before: int) -> int:
        """Return the capacity to grow to from `before`: far, as everything moves each time; 0 where memory is short."""
        if not self.expected:
            return min(4 * before, _SOON)
        foreseen = min(_capacity(self.expected), _LEAP * before)
        there = memory.available()
        return foreseen if there is None or 2 * (8 * self.columns * foreseen + _ASKED_AFTER) < there else 0

    def _widen(self, name: str, need: int) -> None:
        array = getattr(self, name)
        if need > len(array):
            length = max(need, len(array) * 3 // 2, 1024)
            del array
            memory.lengthen(self, name, length)

    def folded(self, entry: int) -> bytes:
        """Return the folded text of an entry."""
        return self.text[self.text_at[entry] : self.text_at[entry + 1] - 1].tobytes()

    def entry_of(self, document: int, position: int) -> int | None:
        """Return the last entry made of a paragraph, None if there is none."""
        mine = (self.documents[: self.count] == document) & (self.positions[: self.count] == position)
        found = np.flatnonzero(mine & (np.diff(self.text_at[: self.count + 1]) > 0))
        return int(found[-1]) if len(found) else None

    def bucket(self, table: int, key: int) -> Sequence[int]:
        """Return the entries of that key."""
        slots, found = self.slots[self.tables[table]], []
        slot = int(home_kernel(key, len(slots)))
        while filled := int(slots[slot]):
            if filled >> 32 == key:
                found.append((filled & 0xFFFFFFFF) - 1)
            slot = (slot + 1) % len(slots)
        return found

    def read(self, entry: int) -> tuple[bytes, bytes]:
        """Return the folded text and the flags of an entry."""
        return self.folded(entry), self.flags[self.flags_at[entry] : self.flags_at[entry + 1]].tobytes()

    def extend(self, entries: Entries, most: int, fast: bool) -> None:
        """Enter all of `entries`, one after the other; a bucket of a band takes `most`."""
        begin = self.append(entries, fast)
        banded, tables = entries.banded, self.tables
        for table, (keys, owners) in enumerate(_by_table(entries.keys, self.single)):
            if table > 0:
                keys, owners = keys[banded[owners]], owners[banded[owners]]
            if fast:
                kept = (begin + owners).astype(np.uint32)
                backend.compiled(fill_kernel)(self.slots[tables[table]], keys, kept, most if table > 0 else -1)
                continue
            codes = np.int64(table) << 32 | keys
            if table > 0:
                free = self._free(codes, most)
                codes, owners = codes[free], owners[free]
            self.fill(codes, begin + owners)

    def append(self, entries: Entries, fast: bool) -> int:
        """Add entries that no key finds as yet; the number of the first one."""
        n = len(entries.documents)
        self.reserve(n, len(entries.texts), len(entries.flags), fast)
        self.longest = max(self.longest, int(entries.token_counts.max(initial=0)))
        begin, end = self.count, self.count + n
        text_at, flags_at = int(self.text_at[begin]), int(self.flags_at[begin])
        self.text[text_at : text_at + len(entries.texts)] = entries.texts
        self.flags[flags_at : flags_at + len(entries.flags)] = entries.flags
        self.text_at[begin + 1 : end + 1] = text_at + np.cumsum(entries.text_lengths)
        self.flags_at[begin + 1 : end + 1] = flags_at + np.cumsum(entries.token_counts)
        self.documents[begin:end], self.positions[begin:end] = entries.documents, entries.positions
        self.count = end
        return begin

    def found_by_text(self) -> NDArray[np.int64]:
        """Return the entries that are found by their whole text, in no order."""
        slots = self.slots[: self.capacity]
        return np.asarray((slots[slots != 0] & np.uint64(0xFFFFFFFF)).astype(np.int64) - 1)

    def take_out(self, keys: NDArray[np.uint32], entries: NDArray[np.int64], fast: bool) -> None:
        """Have n entries found no more by any of their keys, uint32[n, columns]."""
        (backend.compiled(remove_all_kernel) if fast else remove_all_kernel)(self.slots, self.single, keys, entries)

    def vacate(self, gone: NDArray[np.bool_], fast: bool) -> None:
        """Give up the texts of those of the last entries that are gone, which no key finds; they keep their numbers.

        Of entries that are gone at the end nothing is left.
        """
        if not gone.any():
            return
        first = self.count - len(gone)
        if fast:
            backend.compiled(vacate_kernel)(self.arrays, first, gone)
        else:
            _vacate(self.text, self.text_at[first : self.count + 1], ~gone)
            _vacate(self.flags, self.flags_at[first : self.count + 1], ~gone)
        self.count = first + (int(np.flatnonzero(~gone)[-1]) + 1 if not gone.all() else 0)

    def cut(self, count: int, keys: NDArray[np.uint32], entries: NDArray[np.int64], fast: bool) -> None:
        """Give up all entries from number `count` on, as if they had never been entered."""
        self.take_out(keys, entries, fast)
        self.count = count

    # The reference backend: many keys side by side. A code is table << 32 | key.

    def codes(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of n texts, uint32[n, columns], and which text and column each is of, in their order."""
        owners, columns = np.nonzero((np.arange(keys.shape[1]) < self.single) | (keys != 0))
        return np.minimum(columns, self.single) << 32 | keys[owners, columns], owners, columns

    def find(self, codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of these codes find an entry, and which one; the entries of one code in order."""
        looking, keys = np.arange(len(codes)), (codes & 0xFFFFFFFF).astype(np.uint64)
        begins, lasts = self._bounds(codes)
        at = home_kernel(keys, lasts + 1)
        places, entries = [looking[:0]], [looking[:0]]
        while len(looking):
            found = _stretches(self.slots, begins, lasts, at)
            filled = np.logical_and.accumulate(found != 0, axis=1) if found.shape[1] > 1 else found != 0
            same = filled & (found >> np.uint64(32) == keys[:, None])
            places.append(looking[np.nonzero(same)[0]])
            entries.append((found[same] & np.uint64(0xFFFFFFFF)).astype(np.int64) - 1)
            on = np.flatnonzero(filled[:, -1])
            looking, keys, at = looking[on], keys[on], at[on] + found.shape[1]
            begins, lasts = begins[on], lasts[on]
        place = np.concatenate(places)
        order = np.argsort(place, kind="stable")
        return place[order], np.concatenate(entries)[order]

    def fill(self, codes: NDArray[np.int64], entries: NDArray[np.int64]) -> None:
        """Have entries found by codes; of equal ones in the order in which they come."""
        _put(self.slots, *self._bounds(codes), (codes << 32 | entries + 1).view(np.uint64))

    def _bounds(self, codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return int64[codes], the first slot of the table of each, and its last, counted from that."""
        bounds = np.array([(table.start, table.stop - table.start - 1) for table in self.tables])
        begins, lasts = bounds[codes >> 32].T
        return begins, lasts

    def _free(self, codes: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
        """Return bool[codes], which of them still find room if a bucket takes `most`, one after the other."""
        values, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
        filled = np.bincount(self.find(values)[0], minlength=len(values))
        order = np.argsort(which, kind="stable")
        before = np.empty(len(codes), dtype=np.int64)
        before[order] = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(before + filled[which] < most)


def _capacity(entries: int) -> int:
    """Return the slots of a table for so many entries, a power of two: at most three fifths are filled."""
    return max(16, 1 << ((entries * 5 + 2) // 3 - 1).bit_length())


def _vacate(array: NDArray[np.uint8], at: NDArray[np.int64], left: NDArray[np.bool_]) -> None:
    """Do what `vacate_kernel` does, to one array and the places in it."""
    lengths, begin = np.diff(at), at[0]
    moved = array[begin : at[-1]][np.repeat(left, lengths)]
    array[begin : begin + len(moved)] = moved
    at[1:] = begin + np.cumsum(lengths * left)


def _refill_compiled(slots: NDArray[np.uint64], larger: NDArray[np.uint64]) -> None:
    backend.compiled(refill_kernel)(slots, larger, np.empty(_TOGETHER, dtype=np.uint64))


def _refill(slots: NDArray[np.uint64], larger: NDArray[np.uint64]) -> None:
    """Do as `refill_kernel` does, but for the order of different keys."""
    begin = int(np.argmin(slots != 0))
    filled = np.concatenate([slots[begin:], slots[:begin]])
    filled = filled[filled != 0]
    larger[:] = 0
    nothing = np.zeros(len(filled), dtype=np.int64)
    _put(larger, nothing, nothing + len(larger) - 1, filled)


def _put(
    slots: NDArray[np.uint64], begins: NDArray[np.int64], lasts: NDArray[np.int64], values: NDArray[np.uint64]
) -> None:
    """Put different values into free slots of their tables, those of equal keys in the order in which they come."""
    at = home_kernel(values >> np.uint64(32), lasts + 1)
    while len(values):
        filled = _stretches(slots, begins, lasts, at) != 0
        step = filled[:, 0]  # to the first free slot, or on
        if filled.shape[1] > 1:
            step = np.where(filled.all(axis=1), filled.shape[1], np.argmin(filled, axis=1))
        at = at + step & lasts
        free = np.flatnonzero(slots[begins + at] == 0)[::-1]  # of those that meet in a slot the first one gets it
        slots[(begins + at)[free]] = values[free]
        left = np.flatnonzero(slots[begins + at] != values)
        begins, lasts, at, values = begins[left], lasts[left], at[left], values[left]


def _stretches(
    slots: NDArray[np.uint64], begins: NDArray[np.int64], lasts: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return uint64[n, width], the slots of tables from these on; many of them where n is small, as where a bucket is full."""
    width = min(max(_STRETCH // max(1, len(at)), 1), 64)
    return np.asarray(slots[begins[:, None] + (at[:, None] + np.arange(width) & lasts[:, None])])


@kernel
def home_kernel(key, capacity):
    """Return the slot where the search for a key begins; capacity is a power of two, and sixteen at least."""
    return np.int64((np.uint64(key) * (np.uint64(capacity) >> np.uint64(4))) >> np.uint64(28))


@kernel
def fill_kernel(slots, keys, entries, most):
    """Put entries into one table, each behind those of equal key, unless there are `most` of them."""
    last_slot = len(slots) - 1
    for i in range(len(keys)):
        if i + 16 < len(keys):
            prefetch(slots, home_kernel(keys[i + 16], len(slots)))
        slot, left = home_kernel(keys[i], len(slots)), most
        while slots[slot] != 0 and left != 0:
            left -= slots[slot] >> np.uint64(32) == keys[i]
            slot = (slot + 1) & last_slot
        if left != 0:
            slots[slot] = np.uint64(keys[i]) << np.uint64(32) | np.uint64(entries[i] + 1)


@kernel
def remove_all_kernel(slots, single, keys, entries):
    """Take n entries out of all tables."""
    for i in range(len(entries)):
        for column in range(keys.shape[1]):
            remove_kernel(slots, single, keys[i], column, entries[i])


@kernel
def remove_kernel(slots, single, keys, column, entry):
    """Take an entry out of the table of one of its keys, if it is there.

    What stands behind it and was pushed there moves up, so that it is still found.
    """
    columns = len(keys)
    capacity = len(slots) // columns
    begin = min(column, single) * capacity
    table = slots[begin : begin + (capacity if column < single else (columns - single) * capacity)]
    last_slot = len(table) - 1
    slot = home_kernel(keys[column], len(table))
    wanted = np.uint64(keys[column]) << np.uint64(32) | np.uint64(entry + 1)
    while table[slot] != 0 and table[slot] != wanted:
        slot = (slot + 1) & last_slot
    if table[slot] == 0:
        return
    later = (slot + 1) & last_slot
    while table[later] != 0:
        pushed = (later - home_kernel(table[later] >> np.uint64(32), len(table))) & last_slot
        if pushed >= (later - slot) & last_slot:
            table[slot] = table[later]
            slot = later
        later = (later + 1) & last_slot
    table[slot] = 0


@kernel
def vacate_kernel(tables, first, gone):
    """Move the texts of entries from `first` on together, over those of the ones that are gone."""
    text, flags = tables.text_at[first], tables.flags_at[first]
    for i in range(len(gone)):
        begin, end = tables.text_at[first + i], tables.text_at[first + i + 1]
        begin_flags, end_flags = tables.flags_at[first + i], tables.flags_at[first + i + 1]
        tables.text_at[first + i], tables.flags_at[first + i] = text, flags
        if not gone[i]:
            if text < begin:
                move(tables.text, text, begin, end)
                move(tables.flags, flags, begin_flags, end_flags)
            text += end - begin
            flags += end_flags - begin_flags
    tables.text_at[first + len(gone)], tables.flags_at[first + len(gone)] = text, flags


@kernel
def refill_kernel(slots, larger, filled):
    """Move everything to a larger table, from behind a free slot on, so that equal keys keep their order.

    filled: room for the slots that are read before any is written
    """
    capacity, last_slot = len(slots), np.uint64(len(larger) - 1)
    begin = 0
    while slots[begin] != 0:
        begin += 1
    larger[:] = 0
    for i in range(0, capacity, len(filled)):
        count = 0
        for k in range(i, min(i + len(filled), capacity)):  # without a branch that cannot be foreseen
            filled[count] = slots[(begin + k) & (capacity - 1)]
            count += filled[count] != 0
        for k in range(count):
            slot = np.uint64(home_kernel(filled[k] >> np.uint64(32), len(larger)))
            while larger[slot] != 0:
                slot = (slot + np.uint64(1)) & last_slot
            larger[slot] = filled[k]
