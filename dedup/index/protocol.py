"""What makes an index outlive the process, as those who use it see it.

All tables are in memory, whatever the store: it replaces durability, not lookup. It is read once, from beginning to end,
when a `Deduplicator` opens it, and appended to from then on.
"""

import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from .tables import Entries


class Block(NamedTuple):
    """Documents one after the other: their ids, None where one has none, and what was kept of them."""

    ids: Sequence[Hashable]
    entries: Entries


class Size(NamedTuple):
    """How much there is: documents, entries, bytes of folded text, tokens; and bytes as they are stored."""

    documents: int = 0
    entries: int = 0
    text: int = 0
    tokens: int = 0
    stored: int = 0

    def plus(self, block: Block) -> "Size":
        """Count a block in, apart from the bytes that it takes where it is stored."""
        ids, entries = block
        return Size(
            self.documents + len(ids),
            self.entries + len(entries.documents),
            self.text + len(entries.texts),
            self.tokens + len(entries.flags),
            self.stored,
        )


@runtime_checkable
class IndexStore(Protocol):
    """Keeps what is decided: ids of documents and the entries made of them, in order, as of the last commit.

    It need not understand what it keeps. What `append` was given comes back from `blocks` after a commit, value for value
    and in order, cut into blocks at any place between two documents or not at all; a store that cannot be sure of that
    checks it, since the tables trust it. What no commit covers is gone once the store is closed or the process ends.
    One thread at a time calls it.
    """

    @property
    def fingerprint(self) -> str:
        """Return the `Config.fingerprint` under which its entries were made; others do not fit into the same tables."""

    @property
    def size(self) -> Size:
        """Return how much is committed, which `blocks` gives. Room is made for it at once; zeros cost time, and nothing else."""

    def blocks(self) -> Iterator[Block]:
        """Yield all that is committed, in order. Raises IndexCorrupt."""

    def check_id(self, id: Hashable) -> None:
        """Raise InputError for an id that it cannot keep, or that cannot be hashed."""

    def append(self, ids: Sequence[Hashable], entries: Entries) -> None:
        """Take documents that follow all others; their entries name them by number, from 0 on in the whole index."""

    def commit(self) -> None:
        """Make all that was appended durable, as one step, whatever happens from now on. Raises CorpusError."""

    def close(self) -> None:
        """Close it, and forget what was not committed. A second time it does nothing."""


class Note(NamedTuple):
    """What a run over files remembers of one: bytes, time of the last change in nanoseconds, checksum."""

    size: int
    time: int
    checksum: str


class RunNotes(Protocol):
    """Remembers which files a run has done, together with what was decided on them: one commit covers both.

    lines: whether the runs took every line as a document; None before the first
    """

    lines: bool | None

    @property
    def path(self) -> str | os.PathLike[str]:
        """Return where the notes are kept, for messages."""

    @property
    def writable(self) -> bool:
        """Return whether anything can be noted."""

    @property
    def notes(self) -> Mapping[str, Note]:
        """Return the notes on files by id, complete once the index is loaded."""

    def note(self, name: str, value: Note) -> None:
        """Remember a file from the next commit on."""
