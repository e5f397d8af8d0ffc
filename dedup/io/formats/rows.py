"""What every format reads and writes: rows, each of which holds one document at most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from ...results import Span


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file as it was read.

    number: which row of its file, from 1; 0 where the file is one document
    text: its document; None where it has none
    raw: what the reader's methods and the writer need to know of it
    problem: why it has no text, in words, where it should have one
    size: bytes that it holds
    """

    number: int
    text: str | None
    raw: Any = None
    problem: str | None = None
    size: int = 0


class Writer(Protocol):
    """A file being written, row by row."""

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        """Write a row as it was read or, where `spelling` is given, with that in place of its own; add `note` to it."""

    def close(self) -> None:
        """Write what is left. The target stays open."""


class Reader(Protocol):
    """A file being read. As a rule it spells a text as it is."""

    def rows(self) -> Iterator[Row]:
        """All rows, once, in order. Raises OSError, and ValueError for what cannot be read."""

    def position(self) -> int:
        """About how many bytes of the file have been read."""

    def spelling(self, row: Row) -> str:
        """How the file spells what can be cut in a row with a text: that text, or the line in which it stands."""
        assert row.text is not None
        return row.text

    def places(self, row: Row, spans: Sequence[Span]) -> list[Span]:
        """Where spans of a row's text, in order, stand in its spelling."""
        return list(spans)

    def writer(self, target: BinaryIO, *, notes: bool) -> Writer:
        """A writer of the rows of this file, with `notes` or without."""
