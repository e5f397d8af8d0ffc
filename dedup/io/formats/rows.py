"""What the formats share: how each is declared, the open file that its reader gets, and the rows that it gives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

from ...results import Paragraph, Span

NOTE = "dedup"  # the member or column that annotations go to


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files, as its module declares it.

    name: what `--format` calls it; title: what people call it
    suffixes: how the names of its files end
    read_as: what of a file is a document, for the reference of the command
    open: gives the reader of an open file; raises OSError, and ValueError for what cannot be read
    unit: what a document is, the whole file or each of its rows
    stdin: whether it can be read from standard input, in which one cannot go back
    annotations: whether there is a place in it for notes on what would be removed
    compressible: whether its files may be compressed as a whole
    members: whether each row is a member of its own where its files are .gz, and `open` reads them as they are
    encoded: whether it is text, which comes in an encoding
    check: reads a file once before anything of it is decided; raises as `open` does
    extra: the extra of this package that installs the library that `open` imports
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    read_as: str
    open: Callable[["Source"], "Reader"]
    unit: Literal["file", "rows"] = "rows"
    stdin: bool = True
    annotations: bool = False
    compressible: bool = True
    members: bool = False
    encoded: bool = True
    check: Callable[["Source"], None] | None = None
    extra: str | None = None


class Source(NamedTuple):
    """An open file, which its reader closes.

    content: what is to be read, decompressed and, if it is text, in UTF-8
    fields: the members or columns that hold the text, in their order
    limit: whether to refuse what is too large for one document
    file: the file on the disk, which is `content` unless it is compressed; None for standard input, which stays open
    encoding: that of the file, in which what is written goes out
    delimiter: what stands between the cells of a table, if that was said
    """

    content: BinaryIO
    fields: tuple[str, ...] = ("text",)
    limit: bool = False
    file: BinaryIO | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None

    def position(self) -> int:
        """Return about how many bytes of the file have been read; 0 where that cannot be known, as of a pipe."""
        return 0 if self.file is None or self.file.closed or not self.file.seekable() else self.file.tell()

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.content.close()
            self.file.close()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file as it was read.

    number: which row of its file, from 1; 0 where the file is one document
    text: its document; None where it has none
    paragraphs: those of which the text is joined, where the row has them one by one
    raw: what the reader's methods and the writer need to know of it
    problem: why it has no text, in words, where it should have one
    size: bytes that it holds
    id: what its document is called, if the file says so
    """

    number: int
    text: str | None
    raw: Any = None
    problem: str | None = None
    size: int = 0
    paragraphs: Sequence[Paragraph] | None = None
    id: str | None = None


class Writer(Protocol):
    """A file being written, row by row."""

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        """Write a row as it was read or, where `spelling` is given, with that in place of its own; add `note` to it."""

    def close(self) -> None:
        """Write what is left. The target stays open."""


class Reader(Protocol):
    """A file being read. As a rule it spells a text as it is.

    source: the file
    whole: the text of a file that is one document; None of others
    members: whether each of its rows is a member of its own of a .gz file
    """

    source: Source
    whole: str | None = None
    members: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield all rows, once, in order. Raises OSError, and ValueError for what cannot be read."""

    def spelling(self, row: Row) -> str:
        """Return how the file spells what can be cut in a row with a text: that text, or the line in which it stands."""
        assert row.text is not None
        return row.text

    def spellings(self, row: Row) -> Sequence[str]:
        """Return how the file may have spelled a row from which something had been cut: as it does, if it had a text."""
        return [] if row.text is None else [self.spelling(row)]

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        """Return what to cut from a row's spelling to remove paragraphs.

        spans, removed: the parts of its text to go and the numbers of their paragraphs, in order
        """
        return list(spans)

    def writer(self, target: BinaryIO, *, notes: bool) -> Writer:
        """Return a writer of the rows of this file, with `notes` or without."""
