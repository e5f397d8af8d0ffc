"""The index of what was kept, in memory: entries, and tables that find them by their keys.

It exists twice. `Dictionaries` serves the reference rung, `Tables` the compiled one; the one can be made into the
other. Both hold the entries, that is kept paragraphs, in the order of the rule; both take more entries as arrays, and
give up the last ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from . import engine, room
from .engine import kernel, prefetch
from .errors import OutOfMemory
from .marks import PADDING
from .openings import MOST_OPENINGS


@kernel
def table_kernel(column, key, single):
    """The table for the key in a column: each kind has its own, but openings, which may match in any column, go by key."""
    return column if column < single else single + np.int64(key) % MOST_OPENINGS


def _by_table(keys: NDArray[np.uint32], single: int) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64]]]:
    """For each table the keys of n entries, uint32[columns, n], and which entry has each, in the order of the entries."""
    columns, n = keys.shape
    for column in range(single):
        yield np.ascontiguousarray(keys[column]), np.arange(n)
    openings, owners = keys[single:].T.ravel(), np.repeat(np.arange(n), columns - single)
    for table in range(columns - single):
        mine = (openings != 0) & (openings % MOST_OPENINGS == table)
        yield openings[mine], owners[mine]


@dataclass(frozen=True, slots=True)
class Entries:
    """n entries as arrays, in the order of the rule: what goes into an index, and what outlives it.

    texts, marks: uint8, the folded texts (a space after each token) and the marks, one after the other
    text_lengths, mark_lengths: int64[n], bytes and tokens of each
    documents, positions: int64[n], document number and paragraph position of each
    keys: uint32[columns, n], see `make_keys`; banded: bool[n], False where it is found by its text alone
    """

    texts: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    text_lengths: NDArray[np.int64]
    mark_lengths: NDArray[np.int64]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    keys: NDArray[np.uint32]
    banded: NDArray[np.bool_]


@dataclass(slots=True)
class Dictionaries:
    """The index of the reference rung: plain lists and one dictionary.

    columns: of the keys; single: of those the first, which are one of each kind
    texts, marks, documents, positions: of every entry; buckets: entries by code, see `codes`
    """

    columns: int
    single: int
    texts: list[bytes] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    buckets: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.texts)

    def places(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[n, 2], document number and paragraph position of entries."""
        found = [(self.documents[entry], self.positions[entry]) for entry in entries.tolist()]
        return np.array(found, dtype=np.int64).reshape(-1, 2)

    def folded(self, entry: int) -> bytes:
        """The folded text of an entry."""
        return self.texts[entry]

    def codes(self, keys: NDArray[np.uint32]) -> list[list[int]]:
        """Every text's keys, uint32[n, columns], as column << 32 | key; all openings are of the first one's column."""
        columns = np.minimum(np.arange(self.columns), self.single)
        numbers = self.single + np.count_nonzero(keys[:, self.single :], axis=1)
        return [row[:number] for row, number in zip((columns << 32 | keys).tolist(), numbers.tolist(), strict=True)]

    def bucket(self, column: int, key: int) -> Sequence[int]:
        """The entries of that key."""
        return self.buckets.get(column << 32 | key, ())

    def add(self, text: bytes, mark: bytes, document: int, position: int, codes: list[int], most: int) -> None:
        """Enter one; a bucket takes `most`, but of equal texts all."""
        alone = (len(self.texts),)  # most buckets have one member, and share this tuple
        self.texts.append(text)
        self.marks.append(mark)
        self.documents.append(document)
        self.positions.append(position)
        full = [(code, bucket) for code in codes if (bucket := self.buckets.get(code))]
        self.buckets.update(zip(codes, repeat(alone)))
        for code, bucket in full:
            self.buckets[code] = bucket + alone if len(bucket) < most or code >> 32 == 0 else bucket

    def extend(self, entries: Entries, most: int) -> None:
        """Enter all of `entries`, one after the other; a bucket takes `most`."""
        texts, marks = entries.texts.tobytes(), entries.marks.tobytes()
        text_end = mark_end = 0
        rows = zip(
            entries.text_lengths.tolist(), entries.mark_lengths.tolist(), entries.documents.tolist(),
            entries.positions.tolist(), self.codes(entries.keys.T), entries.banded.tolist(), strict=True,
        )  # fmt: skip
        for text_length, mark_length, document, position, codes, banded in rows:
            text, mark = texts[text_end : text_end + text_length - 1], marks[mark_end : mark_end + mark_length]
            text_end, mark_end = text_end + text_length, mark_end + mark_length
            self.add(text, mark, document, position, codes if banded else codes[:1], most)

    def cut(self, keys: NDArray[np.uint32]) -> None:
        """Give up the last n entries, whose keys are uint32[columns, n], as if they had never been entered."""
        for codes in reversed(self.codes(keys.T)):
            entry = self.count - 1
            for code in codes:
                bucket = self.buckets.get(code, ())
                if bucket == (entry,):
                    del self.buckets[code]
                elif bucket and bucket[-1] == entry:
                    self.buckets[code] = bucket[:-1]
            del self.texts[-1], self.marks[-1], self.documents[-1], self.positions[-1]


_ROOM_ENTRIES = 1 << 14  # room from the beginning; what is not touched is not yet memory
_MOST_ENTRIES = (1 << 32) - 2  # slots have 32 bits for the entry
_TOGETHER = 256  # slots that are read before any is written
_ASKED_AFTER = 1 << 26  # bytes of new entries after which the system is asked whether there is memory left


@dataclass(slots=True)
class Tables:
    """The index of the compiled rung: arrays with room to grow, filled by kernels.

    text, mark: the entries' folded texts (a space after each token) and marks, one after the other
    text_at, mark_at: int64, where each entry's begin; documents, positions: int64, of each entry
    slots: uint64[tables, capacity], open addressing by key: key << 32 | entry + 1, 0 where free. Equal keys stand in
        the order of their entries, whatever the capacity.
    """

    columns: int
    single: int
    count: int
    text: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    text_at: NDArray[np.int64]
    mark_at: NDArray[np.int64]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    slots: NDArray[np.uint64]
    unasked: int = 0  # bytes of entries since the system was asked whether there is memory left

    @classmethod
    def of(cls, index: Dictionaries) -> "Tables":
        """The same entries as arrays."""
        text_at = np.cumsum([0, *(len(text) + 1 for text in index.texts)], dtype=np.int64)
        mark_at = np.cumsum([0, *map(len, index.marks)], dtype=np.int64)
        tables = cls(
            index.columns,
            index.single,
            len(index.texts),
            np.frombuffer(b"".join(text + b" " for text in index.texts), dtype=np.uint8),
            np.frombuffer(b"".join(index.marks), dtype=np.uint8),
            text_at,
            mark_at,
            np.array(index.documents, dtype=np.int64),
            np.array(index.positions, dtype=np.int64),
            np.zeros((index.columns, 2), dtype=np.uint64),
        )
        tables.reserve(_ROOM_ENTRIES, 256 * _ROOM_ENTRIES, 64 * _ROOM_ENTRIES)
        pairs = sorted((entry, code) for code, entries in index.buckets.items() for entry in entries)
        if pairs:
            owners, codes = np.array(pairs, dtype=np.int64).T
            keys, columns = (codes & 0xFFFFFFFF).astype(np.uint32), codes >> 32
            where = np.where(columns < index.single, columns, index.single + keys % MOST_OPENINGS)
            for table in range(index.columns):
                mine = where == table
                engine.compiled(fill_kernel)(tables.slots[table], keys[mine], owners[mine].astype(np.uint32), -1)
        return tables

    def reserve(self, entries: int, text: int, tokens: int) -> None:
        """Make room for so many more entries, bytes of folded text and tokens.

        Nothing large is there twice meanwhile. Raises OutOfMemory, with everything as it was.
        """
        need = self.count + entries
        if need > _MOST_ENTRIES:
            raise OutOfMemory(f"the index would hold {need:,} paragraphs; expected at most {_MOST_ENTRIES:,}")
        capacity = self.slots.shape[1]
        while capacity * 3 < need * 5:
            capacity *= 2
        ahead = 8 * self.columns * (capacity - self.slots.shape[1]) + text + tokens + 32 * entries
        self.unasked += ahead
        if self.unasked > _ASKED_AFTER:
            room.check(ahead + _ASKED_AFTER)
            self.unasked = 0
        self._widen("text", int(self.text_at[self.count]) + text + PADDING)
        self._widen("mark", int(self.mark_at[self.count]) + tokens + PADDING)
        for name in ("text_at", "mark_at", "documents", "positions"):
            self._widen(name, need + 1)
        if capacity > self.slots.shape[1]:
            before = self.slots.shape[1]
            self.slots = self.slots.reshape(-1)
            try:
                room.lengthen(self, "slots", self.columns * capacity)
            finally:
                self.slots = self.slots.reshape(self.columns, -1)
            refill = engine.compiled(refill_kernel)
            # The last one first: its new place is behind those that still stand in their old one.
            for table in range(self.columns - 1, -1, -1):
                old = self.slots.reshape(-1)[table * before : (table + 1) * before]
                refill(old if table > 0 else old.copy(), self.slots[table])

    def _widen(self, name: str, need: int) -> None:
        array = getattr(self, name)
        if need > len(array):
            length = max(need, len(array) * 3 // 2, 1024)
            del array
            room.lengthen(self, name, length)

    def places(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[n, 2], document number and paragraph position of entries."""
        found = np.empty((len(entries), 2), dtype=np.int64)
        found[:, 0], found[:, 1] = self.documents[entries], self.positions[entries]
        return found

    def folded(self, entry: int) -> bytes:
        """The folded text of an entry."""
        return self.text[self.text_at[entry] : self.text_at[entry + 1] - 1].tobytes()

    def bucket(self, column: int, key: int) -> Sequence[int]:
        """The entries of that key."""
        slots, found = self.slots[column], []
        slot = int(home_kernel(key, len(slots)))
        while filled := int(slots[slot]):
            if filled >> 32 == key:
                found.append((filled & 0xFFFFFFFF) - 1)
            slot = (slot + 1) % len(slots)
        return found

    def extend(self, entries: Entries, most: int) -> None:
        """Enter all of `entries`, one after the other; a bucket of a band takes `most`."""
        n = len(entries.documents)
        self.reserve(n, len(entries.texts), len(entries.marks))
        begin, end = self.count, self.count + n
        text_at, mark_at = int(self.text_at[begin]), int(self.mark_at[begin])
        self.text[text_at : text_at + len(entries.texts)] = entries.texts
        self.mark[mark_at : mark_at + len(entries.marks)] = entries.marks
        self.text_at[begin + 1 : end + 1] = text_at + np.cumsum(entries.text_lengths)
        self.mark_at[begin + 1 : end + 1] = mark_at + np.cumsum(entries.mark_lengths)
        self.documents[begin:end], self.positions[begin:end] = entries.documents, entries.positions
        fill = engine.compiled(fill_kernel)
        short = not entries.banded.all()
        for table, (keys, owners) in enumerate(_by_table(entries.keys, self.single)):
            if table > 0 and short:
                keys, owners = keys[entries.banded[owners]], owners[entries.banded[owners]]
            fill(self.slots[table], keys, (begin + owners).astype(np.uint32), most if table > 0 else -1)
        self.count = end

    def cut(self, keys: NDArray[np.uint32]) -> None:
        """Give up the last n entries, whose keys are uint32[columns, n], as if they had never been entered."""
        self.count -= keys.shape[1]
        for table, (values, owners) in enumerate(_by_table(keys, self.single)):
            engine.compiled(remove_kernel)(self.slots[table], values, (self.count + owners).astype(np.uint32))


@kernel
def home_kernel(key, capacity):
    """The slot where the search for a key begins; capacity is a power of two."""
    return np.int64((np.uint64(key) * np.uint64(capacity)) >> np.uint64(32))


@kernel
def insert_kernel(slots, begin, capacity, key, entry, most):
    """Put an entry behind those of equal key, unless there are `most` of them, in the column from slot `begin` on."""
    slot = home_kernel(key, capacity)
    while slots[begin + slot] != 0:
        if slots[begin + slot] >> np.uint64(32) == key:
            most -= 1
            if most == 0:
                return
        slot = (slot + 1) & (capacity - 1)
    slots[begin + slot] = np.uint64(key) << np.uint64(32) | np.uint64(entry + 1)


@kernel
def fill_kernel(slots, keys, entries, most):
    """Put entries into one column, no key more than `most` times."""
    for i in range(len(keys)):
        if i + 16 < len(keys):
            prefetch(slots, home_kernel(keys[i + 16], len(slots)))
        insert_kernel(slots, 0, len(slots), keys[i], entries[i], most)


@kernel
def remove_kernel(slots, keys, entries):
    """Take the entries that came last out of one column. The last first: so no search runs over the gap it leaves."""
    for i in range(len(keys) - 1, -1, -1):
        slot = home_kernel(keys[i], len(slots))
        wanted = np.uint64(keys[i]) << np.uint64(32) | np.uint64(entries[i] + 1)
        while slots[slot] != 0 and slots[slot] != wanted:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = 0


@kernel
def refill_kernel(slots, larger):
    """Move everything to a larger column, from behind a free slot on, so that equal keys keep their order."""
    capacity, last_slot = len(slots), np.uint64(len(larger) - 1)
    begin = 0
    while slots[begin] != 0:
        begin += 1
    larger[:] = 0
    filled = np.empty(_TOGETHER, dtype=np.uint64)
    for i in range(0, capacity, _TOGETHER):
        count = 0
        for k in range(i, min(i + _TOGETHER, capacity)):  # without a branch that cannot be foreseen
            filled[count] = slots[(begin + k) & (capacity - 1)]
            count += filled[count] != 0
        for k in range(count):
            slot = np.uint64(home_kernel(filled[k] >> np.uint64(32), len(larger)))
            while larger[slot] != 0:
                slot = (slot + np.uint64(1)) & last_slot
            larger[slot] = filled[k]
