"""State: what was decided so far, in order: the index of what was kept, the ids of its documents, and what was yielded.

A stream decides ahead of what it yields. Only what was yielded goes to the store, and what was decided ahead is
taken back as soon as something else is to be decided: so the order of the rule is that of the results.
"""

import os
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend, memory
from ..config import Config
from ..errors import ConfigError, CorpusError, DedupError, InputError, OutOfMemory, described
from ..index.tables import ROOM_ENTRIES, Index
from ..sketch.keys import count_keys
from .batch import Batch, entries
from .datasketch import resembling
from .places import LOCAL
from .rule import decide, entered
from .verdicts import Ints, Verdicts

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from datasketch import MinHash

    from ..index.protocol import IndexStore


_USUAL_INFLATED = 8  # times, what is stored deflated


class UnderWay(NamedTuple):
    """A document whose result is on its way to the caller, which an interrupt may keep it from.

    place: in what was decided with it; thread: that of the caller
    """

    place: int
    thread: int


@dataclass(slots=True)
class Decided:
    """Documents of a batch that were decided together.

    originals: int64[n, 2], document number and position of what a removed paragraph is a duplicate of
    ids: of each document, None where it has none
    number: of the first one among all that were ever decided
    numbers: int64[documents], by which the index knows each: that of its first delivery
    stored, handed: the documents before these went to the store, were yielded
    under_way: the last of those if it has not reached the caller yet, else nothing
    """

    batch: Batch
    verdicts: Verdicts
    originals: Ints
    ids: Sequence[Hashable]
    number: int
    numbers: NDArray[np.int64]
    stored: int = 0
    handed: int = 0
    under_way: list[UnderWay] = field(default_factory=list)

    @property
    def delivered(self) -> int:
        """Return the document before which all have reached the caller."""
        return next((document.place for document in self.under_way), self.handed)

    def take_back(self) -> None:
        """Count no more as yielded what did not reach the caller, if that is this thread, which is past it now."""
        if any(document.thread == get_ident() for document in self.under_way):
            self.handed = self.delivered
            self.under_way = []

    def entered(self, begin: int, end: int) -> NDArray[np.int64]:
        """Return the paragraphs of documents begin ... end - 1 that became entries, in order."""
        new = entered(self.batch, self.verdicts)
        return new[slice(*np.searchsorted(self.batch.documents[new], (begin, end)).tolist())]


class State:
    """The index and its documents; `store`, if any, makes them outlive the process and is read at once.

    ids: of every document in order, None where it has none; one that came several times stands there several times
    decided: what was decided last; None once something is to be decided in place of what was not yielded of it
    capped: lookups that met a bucket with `max_candidates` entries
    closed: whether it ended, as one with a store does
    """

    def __init__(self, config: Config, store: "IndexStore | None", room: int = ROOM_ENTRIES) -> None:
        self.config, self.store, self._room = config, store, room
        self.ids: list[Hashable] = []
        self.capped = 0
        self._expected = 0  # documents in all; 0 if nobody knows
        self._numbers: dict[Hashable, int] = {}  # of the first delivery of each id
        self._index = self._new_index()
        self.decided: Decided | None = None
        self.closed = False
        self._torn = self._taking = self._full = False
        self._process = os.getpid()
        if store is not None:
            with memory.refused():
                self._load(store)

    def check_id(self, id: Hashable) -> None:
        """Raise InputError for an id that cannot be remembered."""
        if self.store is not None:
            return self.store.check_id(id)
        try:
            hash(id)
        except TypeError:
            raise InputError(f"an id is {described(id)}; expected one that can be hashed") from None

    def id_of(self, number: int) -> Hashable:
        """Return the id of a document: its number where none was given."""
        id = self.ids[number]
        return number if id is None else id

    @property
    def index(self) -> Index:
        """Return what is kept, to be read only."""
        return self._index

    @property
    def yielded(self) -> int:
        """Return how many documents were decided and yielded, of all runs of a store."""
        return len(self.ids) if self.decided is None else self.decided.number + self.decided.delivered

    @property
    def kept(self) -> int:
        """Return how many kept paragraphs of those documents others are compared with."""
        return int((self._index.documents[self._index.found_by_text()] < self.yielded).sum())

    def number_of(self, id: Hashable) -> int | None:
        """Return the number of the last document with that id that was yielded, None if there is none."""
        for number in range(self.yielded - 1, -1, -1):  # not what was decided ahead
            if self.id_of(number) == id:
                return number
        return None

    def expect(self, documents: int) -> None:
        """Note that so many documents are to come, 0 if nobody knows. It decides nothing, but spares work."""
        self._expected = documents and len(self.ids) + documents

    def decide(self, batch: Batch, ids: Sequence[Hashable], pool: "Executor | None" = None) -> Decided:
        """Decide the documents of a batch; ids: of all of them, None where one has none; pool: threads that may help."""
        self.check_usable()
        with memory.refused(), self._whole():
            self._take_back()
            if self.config.scope == "document":
                self._index = self._new_index()
            number = len(self.ids)
            numbers, again = self._register(ids)
            self._index.expected = self._index.count * self._expected // max(1, number)
            verdicts, originals, capped = decide(batch, self._index, numbers, again, self.config, pool)
            self.decided = decided = Decided(batch, verdicts, originals, ids, number, numbers)
        self.capped += capped
        return decided

    def original(self, decided: Decided, p: int) -> bytes:
        """Return the folded text of what paragraph p of what was decided last is a duplicate of."""
        return self._index.folded(int(decided.verdicts.original[p]))

    def lookup(self, sketch: "MinHash") -> list[tuple[tuple[Hashable, int], float]]:
        """Return where the entries that share a band with a sketch come from, with the estimated Jaccard similarity."""
        self.check_usable()
        if self.config.scope == "document":
            raise ConfigError('scope is "document", which remembers nothing to look up; expected "corpus"')
        with self._whole():
            self._take_back()
        found = resembling(sketch, self._index, self.config)
        numbers, positions = self._index.documents, self._index.positions
        return [((self.id_of(int(numbers[entry])), int(positions[entry])), jaccard) for entry, jaccard in found]

    def commit(self) -> None:
        """Make durable what was yielded, also where nothing more is decided. Raises CorpusError, and ConfigError if closed."""
        if self.store is None:
            return
        self._check_open()
        with memory.refused():
            if self.decided is not None:
                self._record(self.decided, self.decided.delivered)
            with self._whole_for_the_store():
                self.store.commit()

    def close(self) -> None:
        """Forget everything, and what was not committed for good."""
        self.ids, self._numbers, self._index, self.decided = [], {}, self._new_index(), None
        self._torn = self._taking = self._full = False
        if self.store is not None:
            self.store.close()
            self.closed = True

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Have what is decided here decided as a whole: after an interruption, or without memory, nothing more is."""
        self._torn = True
        try:
            yield
        except MemoryError:  # the index may be half changed; what was yielded can still be committed
            self._torn, self._full = False, True
            raise
        except DedupError:
            self._torn = False
            raise
        self._torn = False

    @contextmanager
    def _whole_for_the_store(self) -> Iterator[None]:
        """Have the store take something as a whole: after an interruption nobody knows what it has, and it takes no more."""
        self._check_store()
        self._taking = True
        try:
            yield
        except MemoryError:
            self._taking, self._full = False, True
            raise
        except DedupError:
            self._taking = False
            raise
        self._taking = False

    def check_usable(self) -> None:
        """Raise an error where nothing more can be decided or asked: ConfigError, CorpusError, OutOfMemory."""
        self._check_open()
        self._check_store()
        if self._full:
            raise OutOfMemory("memory ran out before; commit what was yielded, close, and go on from the index")
        if self._torn:
            raise CorpusError(
                "a decision was interrupted, which may have left the tables half changed; expected whole ones. Commit what "
                "was yielded, close, and go on from the index; without one begin again"
            )

    def _check_store(self) -> None:
        if self._taking:
            raise CorpusError(
                "the index was interrupted while it took what was yielded; what was committed before stays. Close it, and "
                "open it again to go on from there"
            )

    def _check_open(self) -> None:
        if self.closed:
            raise ConfigError("this Deduplicator is closed; expected an open one. Open its index again")
        self.check_process()

    def check_process(self) -> None:
        """Raise ConfigError in a forked child, which would remember on its own; where nothing is remembered, it may go on."""
        if os.getpid() == self._process or (self.store is None and self.config.scope == "document"):
            return
        if self.store is not None:
            raise ConfigError(
                f"this Deduplicator's index was opened by process {self._process}, not by this one ({os.getpid()}), which was "
                "forked from it; expected one writer. Let that process decide, or open another index here"
            )
        raise ConfigError(
            f"this Deduplicator was made by process {self._process}, not by this one ({os.getpid()}), which was forked from "
            "it: each would remember on its own, and remove too little. Decide in one process (map without num_proc; "
            "dedup.duplicated on a whole column), or make one for each where they share no texts"
        )

    def _register(self, ids: Sequence[Hashable]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Number documents; one that came before keeps its number. Without an id it gets its own."""
        first = len(self.ids)
        numbers = np.arange(first, first + len(ids))
        again = np.zeros(len(ids), dtype=np.bool_)
        self.ids.extend(ids)
        if ids.count(None) == len(ids):
            return numbers, again
        for place, id in enumerate(ids):
            number = first + place
            if id is not None:
                known = self._numbers.setdefault(id, number) if self.config.scope == "corpus" else number
                if known != number:
                    numbers[place], again[place] = known, True
        return numbers, again

    def _record(self, decided: Decided, end: int) -> None:
        """Give the store what was yielded, the documents before one of them."""
        if self.store is None or decided.stored >= end:
            return
        with self._whole_for_the_store():
            new = decided.entered(decided.stored, end)
            new = new[decided.batch.held[new] < LOCAL]
            self.store.append(
                decided.ids[decided.stored : end],
                entries(decided.batch, new, decided.numbers[decided.batch.documents]),
            )
            decided.stored = end

    def _take_back(self) -> None:
        """Give the store what was yielded, and take back what was decided ahead of it.

        A result that is on its way to another thread counts as yielded: what is decided now comes after it.
        """
        decided = self.decided
        if decided is None:
            return
        decided.take_back()
        self._record(decided, decided.handed)
        if decided.handed < len(decided.ids):
            if self.config.scope == "corpus":
                ahead = decided.entered(decided.handed, len(decided.ids))
                if len(ahead):
                    entries_ahead, keys = decided.verdicts.entry[ahead], decided.batch.keys[ahead]
                    self._index.cut(int(entries_ahead[0]), keys, entries_ahead, decided.batch.fast)
            number = decided.number + decided.handed
            for place, id in enumerate(self.ids[number:], number):
                if id is not None and self._numbers.get(id) == place:
                    del self._numbers[id]
            del self.ids[number:]
        self.decided = None

    def _load(self, store: "IndexStore") -> None:
        """Take over all that the store holds."""
        try:
            size = store.size
            fast = backend.wanted(size.stored)
            most = _USUAL_INFLATED * size.stored  # what more there is makes its own room, once it is read
            self._index.reserve(size.entries, min(size.text, most), min(size.tokens, most), fast)
            remember = self._numbers.setdefault
            for block in store.blocks():
                for number, id in enumerate(block.ids, len(self.ids)):
                    if id is not None:
                        remember(id, number)
                self.ids += block.ids
                self._index.extend(block.entries, self.config.max_candidates, fast)
        except BaseException:
            store.close()
            raise

    def _new_index(self) -> Index:
        single, several = count_keys(self.config)
        return Index.empty(single + several, single, self._room)
