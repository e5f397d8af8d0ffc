"""CSV and TSV: the first record names the columns, and in each other one a cell is a document.

Python's `csv` tells what a record says. Where its cells stand is found by a scanner of one expression; a record of which
the two do not say the same is left as it is. Of any other only what is cut from a cell changes: quotes, line ends and all
other cells stay.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache, partial
from io import TextIOWrapper
from itertools import groupby
from typing import Any, BinaryIO, NamedTuple

from ...errors import ConfigError
from ...results import Span
from .encodings import check_encoding, undecoded
from .fields import OTHER_FIELD, Piece, cuts_of, document_of
from .json_text import BOM, as_json, unescaped
from .rows import NOTE, Format, Reader, Row, Source, Writer

LONGEST_RECORD = 1 << 26  # characters
_DELIMITERS = ",;\t|"
_LINE_ENDS_WITHIN = re.compile("[\u2028\u2029]")


def check_delimiter(delimiter: str | None) -> None:
    """Raise ConfigError for what cannot stand between cells."""
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ConfigError(f"--delimiter is {delimiter!r}; expected one character, and neither a quote nor a line end")


class _Cell(NamedTuple):
    """Where the text of a cell stands in its record, within the quotes if it has any."""

    start: int
    end: int
    quoted: bool


class _Endless(Exception):
    """A record is longer than any that is read, as one whose quote is never closed."""


class TableReader(Reader):
    """A table, read record by record. One that is no whole record is carried through."""

    def __init__(self, source: Source, delimiters: str) -> None:
        """Read the names of the columns. Raises OSError, and ValueError for one without the column, and for UTF-16."""
        self.source = source
        check_encoding(source.content.peek(1))  # type: ignore[attr-defined]
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_RECORD))
        self._lines = _Lines(TextIOWrapper(source.content, "utf-8", "surrogateescape", newline=""))
        first = self._lines.first()
        self.delimiter = max(
            source.delimiter or delimiters, key=lambda one: _fitness(_parsed(first, one), source.fields)
        )
        self._records = csv.reader(self._lines, delimiter=self.delimiter)
        self.header = next(self._records, [])
        self._beginning = self._lines.mark + self._lines.taken()
        for field in source.fields:
            if self.header and field not in self.header:
                raise ValueError(f"no column {field!r}; it has {', '.join(map(repr, self.header)):.300}; {OTHER_FIELD}")
        self._columns = [self.header.index(field) for field in source.fields if self.header]  # of an empty file none

    def rows(self) -> Iterator[Row]:
        with closing(self.source):
            yield Row(0, None, self._beginning)
            number = 0
            while True:
                try:
                    cells, problem = next(self._records), None
                except StopIteration:
                    return
                except csv.Error as error:
                    cells, problem = [""], str(error)
                except _Endless:
                    raw, problem = (
                        self._lines.taken(),
                        f"longer than {LONGEST_RECORD:,} characters, perhaps of a quote ",
                    )
                    problem += "without its end; nothing behind it is read"
                    yield Row(number + 1, None, raw, problem, len(raw))
                    yield from (Row(0, None, line, None, len(line)) for line in self._lines.file)
                    return
                raw = self._lines.taken()
                number += bool(cells)
                yield self._row(number, raw, cells, problem) if cells else Row(0, None, raw)

    def _row(self, number: int, raw: str, cells: list[str], error: str | None) -> Row:
        problem = error or self._problem(raw, cells)
        if problem is not None:
            return Row(number, None, raw, problem, len(raw))
        text, paragraphs = document_of([Piece((column,), cells[column]) for column in self._columns])
        return Row(number, text, raw, None, len(raw), paragraphs)

    def _problem(self, raw: str, cells: list[str]) -> str | None:
        """Return why a record has no text, in words, if it has none."""
        if len(cells) != len(self.header):
            return f"{len(cells)} cells; expected {len(self.header)}, as many as the columns have names"
        spans = cells_of(raw, self.delimiter)
        if spans is None or [_said(raw, span) for span in spans] != cells:
            return "quotes within a cell that are not doubled; it cannot be told where its cells end"
        if any(_may_open(raw, spans[column]) for column in self._columns):
            return "a quote within a cell that has none around it; it could come to open the cell"
        return None if raw.isascii() else undecoded(raw)

    def spelling(self, row: Row) -> str:
        raw: str = row.raw
        return raw

    def spellings(self, row: Row) -> list[str]:
        raw = self.spelling(row)
        bare = raw.removeprefix('""')  # without the quotes that kept it from becoming a blank line
        return [raw] if len(self.header) > 1 or bare.strip("\r\n") else [raw, bare]

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        raw: str = row.raw
        cells = cells_of(raw, self.delimiter)
        assert cells is not None
        if len(self._columns) == 1:
            return _places(raw, cells[self._columns[0]], spans)
        pieces = [Piece((column,), _said(raw, cells[column])) for column in self._columns]
        found: list[Span] = []
        for (column, *_), cuts in groupby(cuts_of(pieces, removed), key=lambda cut: cut.address):
            found += _places(raw, cells[int(column)], [cut.span for cut in cuts if cut.span is not None])
        return found

    def writer(self, target: BinaryIO, *, notes: bool) -> "TableWriter":
        return TableWriter(target, self, notes=notes)


class TableWriter(Writer):
    """Writes records, with `notes` in a column of them."""

    def __init__(self, target: BinaryIO, reader: TableReader, *, notes: bool) -> None:
        self._target = target
        self._delimiter, self._header = reader.delimiter, reader.header
        self._notes, self._begun = notes, False

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        raw: str = row.raw if spelling is None else spelling
        if spelling is not None and not raw.strip(
            "\r\n"
        ):  # the only cell of a record, which must not become a blank line
            raw = '""' + raw
        if self._notes and (row.number or not self._begun):  # neither blank lines nor what cannot be read has a cell
            raw = self._noted(raw, NOTE if not self._begun else "" if note is None else as_json(note))
        self._begun = True
        self._target.write(raw.encode("utf-8", "surrogateescape"))

    def _noted(self, raw: str, note: str) -> str:
        cells = cells_of(raw.removeprefix(BOM), self._delimiter)
        if cells is None or len(cells) != len(self._header):
            return raw
        mark = BOM if raw.startswith(BOM) else ""
        raw = raw.removeprefix(BOM)
        if note not in ("", NOTE):
            note = '"' + note.replace('"', '""') + '"'
        if NOTE in self._header:
            cell = cells[self._header.index(NOTE)]
            return mark + raw[: cell.start - cell.quoted] + note + raw[cell.end + cell.quoted :]
        end = cells[-1].end + cells[-1].quoted
        return f"{mark}{raw[:end]}{self._delimiter}{note}{raw[end:]}"

    def close(self) -> None:
        pass


class _Lines:
    """The lines of a file for `csv`, which says nothing of where its records end: those it took are kept."""

    def __init__(self, file: TextIOWrapper) -> None:
        self.file = file
        self.mark = ""
        self._taken: list[str] = []
        self._size = 0
        self._again: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self.file)
        self._taken.append(line)
        self._size += len(line)
        if self._size > LONGEST_RECORD:
            raise _Endless
        return line

    def first(self) -> str:
        """Return the first line, which comes again, without a byte order mark, which is in `mark`."""
        line = next(self.file, "")
        self.mark = BOM if line.startswith(BOM) else ""
        self._again = [line.removeprefix(BOM)] if line else []
        return line.removeprefix(BOM)

    def taken(self) -> str:
        """Return what was taken since this was asked for the last time."""
        taken, self._taken, self._size = "".join(self._taken), [], 0
        return taken


def _parsed(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _fitness(names: list[str], fields: Sequence[str]) -> tuple[bool, int]:
    """Return how well a delimiter fits that makes these names of columns: those that are asked for are among them, or many."""
    return set(fields) <= set(names), len(names)


@cache
def _pattern(delimiter: str) -> re.Pattern[str]:
    """Return a cell and what ends it."""
    d = re.escape(delimiter)
    return re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|((?:[^"{d}\r\n][^{d}\r\n]*)?))({d}|\r\n|\r|\n|\Z)')


def cells_of(raw: str, delimiter: str) -> list[_Cell] | None:
    """Return where the cells of a record stand; None where that cannot be told."""
    found = []
    at, match = 0, _pattern(delimiter).match
    while (cell := match(raw, at)) is not None:
        quoted = cell.start(1) >= 0
        found.append(_Cell(*cell.span(1 if quoted else 2), quoted))
        at = cell.end()
        if cell[3] != delimiter:
            return found if at == len(raw) else None
    return None


def _said(raw: str, cell: _Cell) -> str:
    text = raw[cell.start : cell.end]
    return text.replace('""', '"') if cell.quoted else text


def _may_open(raw: str, cell: _Cell) -> bool:
    """Tell whether a cell without quotes may come to begin with one that stands in it, if a line of it goes."""
    text = raw[cell.start : cell.end]
    return not cell.quoted and '"' in text and _LINE_ENDS_WITHIN.search(text) is not None


def _places(raw: str, cell: _Cell, spans: Sequence[Span]) -> list[Span]:
    doubled = re.compile('""').finditer(raw, cell.start, cell.end) if cell.quoted else ()
    return unescaped(cell.start, [quote.span() for quote in doubled], spans)


def _format(name: str, title: str, suffixes: tuple[str, ...], delimiters: str, between: str) -> Format:
    return Format(
        name,
        title,
        suffixes,
        f"the first record names the columns, {between}; in each other one the cell of column `text` (`--field`) is a "
        "document",
        partial(TableReader, delimiters=delimiters),
        annotations=True,
    )


CSV = _format("csv", "CSV", (".csv", ".psv"), _DELIMITERS, "between commas, semicolons, tabs or bars")
TSV = _format("tsv", "TSV", (".tsv", ".tab"), "\t", "between tabs")
