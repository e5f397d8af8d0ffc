r"""JSON Lines: every line is an object, one string of which is a document.

Of a line nothing but what is cut from that string changes: the order and spelling of everything, `1.00`, keys that come
twice, `é` and `\u00e9`, stay as they are.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

import numpy as np

from ...results import Span
from .rows import NOTE, Format, Reader, Row, Source
from .text import TextWriter, check_encoding

LONGEST_LINE = 1 << 26  # bytes

_BOM = "\ufeff"
_SPACE = " \t\r\n"
_TO_KEY = re.compile(f"[{_BOM}{_SPACE}{{,]*")
_TO_VALUE = re.compile(f"[{_SPACE}:]*")
# A character of a string by another name; of halves that make one, both.
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.")
# Values other than the text are passed over: numbers, however long, need not become numbers.
_DECODER = json.JSONDecoder(parse_float=len, parse_int=len)


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
                    yield _row(number, piece, self.source.field)
                else:
                    problem = f"longer than {LONGEST_LINE:,} bytes" if begins else None
                    yield Row(number, None, piece, problem, len(piece))
                piece, begins = self.source.content.readline(LONGEST_LINE), ends

    def spelling(self, row: Row) -> str:
        line: bytes = row.raw
        return line.decode()

    def places(self, row: Row, spans: Sequence[Span]) -> list[Span]:
        spelling = self.spelling(row)
        literal = [span for key, span in _members(spelling) if key == self.source.field][-1]
        first, last = literal.start + 1, literal.end - 1  # within the quotes
        escapes = [escape.span() for escape in _ESCAPE.finditer(spelling, first, last)]
        begins, ends = np.array(escapes, np.int64).reshape(-1, 2).T
        longer = np.append(0, np.cumsum(ends - begins - 1))  # by how much the literal is, behind each
        escaped = begins - first - longer[:-1]  # the characters of the text that are
        edges = np.array([(span.start, span.end) for span in spans])
        return [Span(*place) for place in (first + edges + longer[np.searchsorted(escaped, edges)]).tolist()]

    def writer(self, target: BinaryIO, *, notes: bool) -> "JsonLinesWriter":
        return JsonLinesWriter(target)


class JsonLinesWriter(TextWriter):
    """Writes lines."""

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        if note is not None:
            spelling = _noted(row.raw.decode() if spelling is None else spelling, note)
        super().write(row, spelling)


def as_json(value: Any) -> str:
    """A value as JSON in one line, which can be encoded whatever its strings hold."""
    spelled = json.dumps(value, ensure_ascii=False)
    try:
        spelled.encode()
    except UnicodeEncodeError:  # half a character, or a file's name that is no UTF-8
        return json.dumps(value)
    return spelled


def _row(number: int, line: bytes, field: str) -> Row:
    text, problem = None, None
    try:
        spelled = line.decode().removeprefix(_BOM)
        held = _DECODER.decode(spelled) if spelled.strip(_SPACE) else {field: None}
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte {error.start})"
    except json.JSONDecodeError as error:
        problem = f"no JSON object ({error.msg} at character {error.pos + 1})"
    except RecursionError as error:
        problem = f"no JSON object ({error})"
    else:
        if not isinstance(held, dict):
            problem = "no JSON object"
        elif field not in held:
            problem = f"no field {field!r}{_fields(held)}"
        else:  # where several are called that, the last one, as for every reader of JSON
            text = held[field]
            if text is not None and not isinstance(text, str):
                text, problem = None, f"field {field!r} is no string"
    return Row(number, text, line, problem, len(line))


def _fields(held: dict[str, Any]) -> str:
    """Return what fields an object has, for a message; of many the first."""
    names = [f"{name!r:.40}" for name in held]
    more = [f"{len(names) - 9:,} more"] if len(names) > 10 else []
    return f"; it has {', '.join(names[: 9 if more else 10] + more)}" if names else ""


def _members(line: str) -> Iterator[tuple[str, Span]]:
    """The members of the object that a line holds: each key, and where its value stands."""

    def past(signs: re.Pattern[str], at: int) -> int:
        found = signs.match(line, at)
        assert found
        return found.end()

    at = past(_TO_KEY, 0)
    while line.startswith('"', at):
        key, at = _DECODER.raw_decode(line, at)
        start = past(_TO_VALUE, at)
        _, end = _DECODER.raw_decode(line, start)
        yield key, Span(start, end)
        at = past(_TO_KEY, end)


def _noted(line: str, note: list[dict[str, Any]]) -> str:
    """The line with the note as its last member, or in place of an earlier note."""
    members = list(_members(line))
    earlier = [span for key, span in members if key == NOTE]
    if earlier:
        return line[: earlier[-1].start] + as_json(note) + line[earlier[-1].end :]
    end = members[-1][1].end  # there is one at least, the text
    return f"{line[:end]}, {as_json(NOTE)}: {as_json(note)}{line[end:]}"


JSON_LINES = Format(
    "jsonl",
    "JSON Lines",
    (".jsonl", ".ndjson"),
    "each line is an object, whose member `text` (`--field`) is a document",
    JsonLinesReader,
    annotations=True,
)
