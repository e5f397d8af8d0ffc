"""JSON Lines: every line is an object, a string or list of strings of which is a document."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from ...results import Span
from .encodings import check_encoding, not_utf8
from .fields import NoText
from .json_text import BOM, SPACE, document_in, noted, parsed, places_in
from .rows import Format, Reader, Row, Source
from .text import TextWriter

LONGEST_LINE = 1 << 26  # bytes


class JsonLinesReader(Reader):
    """A file of JSON Lines, read line by line. One without the text is carried through, one too long in pieces."""

    def __init__(self, source: Source) -> None:
        """Read the first line. Raises OSError, and ValueError for UTF-16."""
        self.source = source
        self._beginning = source.content.readline(LONGEST_LINE)
        check_encoding(self._beginning)

    def rows(self) -> Iterator[Row]:
        number = 0
        piece, begins = self._beginning, True
        with closing(self.source):
            while piece:
                ends = piece.endswith(b"\n") or len(piece) < LONGEST_LINE
                number += begins
                if begins and ends:
                    yield row_of(number, piece, self.source.fields)
                else:
                    problem = f"longer than {LONGEST_LINE:,} bytes" if begins else None
                    yield Row(number, None, piece, problem, len(piece))
                piece, begins = self.source.content.readline(LONGEST_LINE), ends

    def spelling(self, row: Row) -> str:
        line: bytes = row.raw
        return line.decode()

    def spellings(self, row: Row) -> list[str]:
        return [self.spelling(row)]  # in which it does not matter where the text is

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        return places_in(self.spelling(row), self.source.fields, spans, removed)

    def writer(self, target: BinaryIO, *, notes: bool) -> "JsonLinesWriter":
        return JsonLinesWriter(target)


class JsonLinesWriter(TextWriter):
    """Writes lines."""

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        if note is not None:
            spelling = noted(row.raw.decode() if spelling is None else spelling, note)
        super().write(row, spelling)


def row_of(number: int, line: bytes, fields: Sequence[str]) -> Row:
    """Return a line as a row."""
    try:
        spelled = line.decode().removeprefix(BOM)
        if not spelled.strip(SPACE):
            return Row(number, None, line, None, len(line))
        text, paragraphs = document_in(parsed(spelled), fields)
    except UnicodeDecodeError as error:
        return Row(number, None, line, not_utf8(error), len(line))
    except NoText as error:
        return Row(number, None, line, str(error), len(line))
    return Row(number, text, line, None, len(line), paragraphs)


JSON_LINES = Format(
    "jsonl",
    "JSON Lines",
    (".jsonl", ".ndjson"),
    "each line is an object, whose member `text` (`--field`), a string or a list of paragraphs, is a document",
    JsonLinesReader,
    annotations=True,
)
