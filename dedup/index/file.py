"""An index that outlives the process: kept entries, the ids of their documents, and the configuration, in a log.

Appended are entries as arrays, a column at a time, deflated; the hash tables are made again when it is opened. Each
block holds documents in the order in which they were decided, with those of their paragraphs that were kept.
"""

import os
from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..config import DECISION_VERSION, Config
from ..errors import ConfigError, DedupError, IndexCorrupt
from ..sketch.keys import count_keys
from .append_log import Log, now, whole_number
from .codec import MOST_INFLATED, NONSENSE, SIZES_BYTES, Filed, decode, encode, encode_id, join, sizes_of
from .protocol import Block, IndexStore, Note, Size
from .tables import Entries

SCHEME = "affine32 xxh32"
_BLOCK_BYTES = 1 << 20
_UNKNOWN = "unknown"  # an option of another version


@dataclass(frozen=True, slots=True)
class Description:
    """What there is to say of an index file without reading its blocks.

    format, scheme, rule: the versions of the file, of the signatures and of the rule
    created, committed: when it was made and when the last commit was, in UTC; commits: how many there were
    writer: who writes it at this moment, if anybody
    tail: bytes behind the last commit, which the next writer cuts off or commits
    """

    format: int
    scheme: str
    rule: int
    created: str
    committed: str
    commits: int
    writer: str | None
    tail: int


class IndexFile:
    """The file of an index, opened for writing (made if there is none) or for reading: an `IndexStore` with `RunNotes`.

    notes: what a run over files remembers of each, by id; new ones go with the next commit
    lines: whether runs over files took every line as a document; None if there was none
    block_bytes: about how much folded text a block holds
    Raises ConfigError if it was made with another configuration, and what `Log` raises.
    """

    def __init__(
        self, path: str | os.PathLike[str], config: Config, *, write: bool = True, block_bytes: int = _BLOCK_BYTES
    ) -> None:
        self.path, self.config, self.writable = Path(path), config, write
        self.notes: dict[str, Note] = {}
        self.lines: bool | None = None
        self._block_bytes = block_bytes
        self._columns = sum(count_keys(config))
        if write and not os.path.lexists(self.path):
            Log.create(self.path, self._facts(now(), Size()))
        self._log = Log(self.path, write=write)
        self._committed = Size()
        try:
            self._read_facts()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.close()
            raise error if isinstance(error, DedupError) else self._corrupt("its head makes no sense") from error
        except BaseException:
            self.close()
            raise
        self._counted = self._committed  # with what was written since
        self._ids: list[Hashable] = []
        self._waiting: list[Entries] = []
        self._new_notes: dict[str, Note] = {}
        self._waiting_bytes = 0
        self._behind = False  # whether anything was written that no commit covers

    @classmethod
    def config_of(cls, path: str | os.PathLike[str]) -> Config:
        """Return the configuration with which an index was made."""
        log = Log(Path(path), write=False)
        try:
            found = log.facts
        finally:
            log.close()
        _check_version(path, found)
        try:
            return Config.of(None, found["config"])
        except (AttributeError, KeyError, TypeError, ConfigError) as error:
            raise IndexCorrupt(
                f"{path}: its head makes no sense ({error}); put back a copy, or build the index again"
            ) from error

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of its configuration."""
        return self.config.fingerprint()

    @property
    def size(self) -> Size:
        """Return how much is committed."""
        return self._committed._replace(stored=self._log.committed_bytes)

    def describe(self) -> Description:
        """Say what its head says, who writes it, and what lies behind the last commit."""
        log, facts = self._log, self._log.facts
        return Description(
            facts["format"], facts["scheme"], facts["decisions"], self._created, str(facts["committed"]),
            log.commits, log.holder(), log.tail,
        )  # fmt: skip

    def blocks(self) -> Iterator[Block]:
        """Yield all that is committed, in order, checked, and take over its notes. Raises IndexCorrupt."""
        from concurrent.futures import Future, ThreadPoolExecutor  # not needed without an index

        counted = Size()
        waiting: deque[Future[Filed]] = deque()
        with ThreadPoolExecutor(2) as pool:
            payloads = self._log.blocks()
            while True:
                while len(waiting) < 4 and (payload := next(payloads, None)) is not None:
                    waiting.append(pool.submit(self._decoded, payload))
                if not waiting:
                    break
                first, block, notes = waiting.popleft().result()
                if first != counted.documents:
                    raise self._corrupt(f"a block begins with document {first:,} instead of {counted.documents:,}")
                counted = counted.plus(block)
                self.notes.update(notes)
                yield block
        if counted != self._committed:
            raise self._corrupt(f"it holds {counted}, not as much as its head says")

    def check_sizes(self) -> None:
        """Raise IndexCorrupt unless the blocks say that they hold what the head counts; what they hold is not read."""
        counted = Size()
        for beginning in self._log.beginnings(SIZES_BYTES):
            try:
                first, size = sizes_of(beginning)
            except NONSENSE as error:
                raise self._corrupt(f"a block makes no sense ({error})") from error
            if first != counted.documents:
                raise self._corrupt(f"a block begins with document {first:,} instead of {counted.documents:,}")
            counted = Size(*map(sum, zip(counted, size, strict=True)))
        if counted != self._committed:
            raise self._corrupt(f"it holds {counted}, not as much as its head says")

    def check_id(self, id: Hashable) -> None:
        """Raise InputError for an id that an index does not hold."""
        encode_id(id)

    def append(self, ids: Sequence[Hashable], entries: Entries) -> None:
        """Take documents that follow all others, and what was kept of them; opened for reading, forget them."""
        if not self.writable:
            return
        self._ids += ids
        self._waiting.append(entries)
        self._waiting_bytes += len(entries.texts) + 16 * len(ids)
        if self._waiting_bytes >= self._block_bytes:
            with suppress(MemoryError):  # it waits for the next block, or the commit
                self._flush()

    def note(self, name: str, value: Note) -> None:
        """Remember a file from the next commit on."""
        self.notes[name] = self._new_notes[name] = value

    def commit(self) -> None:
        """Make all that was appended durable, whatever happens from now on. Raises CorpusError."""
        if self._ids or self._new_notes:
            self._flush()
        if self._behind:
            self._log.commit(self._facts(self._created, self._counted))
            self._committed, self._behind = self._counted, False

    def close(self) -> None:
        """Close the file. What was not committed is lost."""
        self._log.close()

    def _flush(self) -> None:
        block = Block(self._ids, join(self._waiting, self._columns))
        self._log.append(encode(Filed(self._counted.documents, block, self._new_notes)))
        self._counted, self._behind = self._counted.plus(block), True
        self._ids, self._waiting, self._new_notes, self._waiting_bytes = [], [], {}, 0

    def _facts(self, created: str, counted: Size) -> dict[str, Any]:
        return {
            "scheme": SCHEME, "decisions": DECISION_VERSION, "config": asdict(self.config),
            "fingerprint": self.config.fingerprint(), "lines": self.lines, "counts": counted[:4], "created": created,
            "committed": now(),
        }  # fmt: skip

    def _read_facts(self) -> None:
        """Take over what the last commit says of itself. Raises ConfigError, and KeyError or the like where it says nothing."""
        facts = self._log.facts
        self._check_configuration(facts)
        self.lines, self._created = facts["lines"], facts["created"]
        for moment in (self._created, facts["committed"]):
            datetime.fromisoformat(moment)
        if not isinstance(self.lines, bool | None):
            raise TypeError(f"lines is {self.lines!r:.60}")
        documents, entries, text, tokens = map(whole_number, facts["counts"])
        self._committed = Size(documents, entries, text, tokens)
        there = self._log.committed_bytes  # keys stand there as they are, all else is deflated
        if max(self._committed) > MOST_INFLATED * there or 4 * self._columns * entries > there:
            raise self._corrupt("its head counts more than it can hold")

    def _check_configuration(self, found: dict[str, Any]) -> None:
        """Raise ConfigError unless the index decides as `config` does."""
        _check_version(self.path, found)
        own = self._facts("", Size())
        try:
            Config.of(None, {name: found["config"][name] for name in own["config"].keys() & found["config"].keys()})
            whole_number(found["decisions"])
        except ConfigError as error:
            raise self._corrupt(f"its head makes no sense ({error})") from error
        sides = [
            (name, found["config"].get(name, _UNKNOWN), own["config"].get(name, _UNKNOWN))
            for name in own["config"] | found["config"]
        ]
        sides.append(("the scheme of signatures", found["scheme"], own["scheme"]))
        sides.append(("the version of the rule", found["decisions"], own["decisions"]))
        differ = [
            f"{what} is {there!r:.60} in the index, {here!r} here" for what, there, here in sides if there != here
        ]
        if differ:
            raise ConfigError(
                f"{self.path} was made with another configuration: {'; '.join(differ)}. Give it the same one, or use "
                "another index"
            )

    def _decoded(self, payload: bytes) -> Filed:
        try:
            return decode(payload, self._columns)
        except NONSENSE as error:
            raise self._corrupt(f"a block makes no sense ({error})") from error

    def _corrupt(self, what: str) -> IndexCorrupt:
        return IndexCorrupt(f"{self.path}: {what}; put back a copy, or build the index again")


def _check_version(path: str | os.PathLike[str], found: dict[str, Any]) -> None:
    """Raise ConfigError for an index whose kept texts can be decided again by the present rule."""
    if found.get("decisions") == DECISION_VERSION - 1:
        raise ConfigError(
            f"{path} was made by version {DECISION_VERSION - 1} of the rule, here it is {DECISION_VERSION}: "
            f"`dedup upgrade {path}` decides again what it keeps"
        )


def open_index(index: str | os.PathLike[str] | IndexStore, config: Config) -> IndexStore:
    """Open the file at a path; take anything that is a store already as it is.

    Raises ConfigError for neither, for a store that was made with another configuration, and what `open_file` raises.
    """
    if isinstance(index, (str, os.PathLike)):
        return open_file(index, config)
    if not isinstance(index, IndexStore):
        raise ConfigError(
            f"index is {index!r}; expected the path of a file, or a store (dedup.index.protocol.IndexStore)"
        )
    _check_scope(config)
    if index.fingerprint != config.fingerprint():
        raise ConfigError(
            f"the store {index!r:.60} was made with another configuration: its fingerprint is {index.fingerprint}, that of "
            f"{config} is {config.fingerprint()}. Give it the same one, or use another store"
        )
    return index


def open_file(path: str | os.PathLike[str], config: Config) -> IndexFile:
    """Open the file at a path for writing. Raises ConfigError if there can be none, and what `IndexFile` raises."""
    try:
        usable = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise ConfigError(f"index is {path!r}; expected a path that the system can have")
    _check_scope(config)
    return IndexFile(path, config)


def _check_scope(config: Config) -> None:
    if config.scope == "document":
        raise ConfigError('scope is "document", which compares within each document only; an index has no use')
