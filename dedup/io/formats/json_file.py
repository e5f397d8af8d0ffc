"""JSON: an object is a document, and of an array, or of several objects one behind the other, each.

Objects are found one by one, so that of an array of any length a piece is in memory; all else, indentation and commas, is
written as it was read. A file that holds an object in each line is JSON Lines, whatever its name.
"""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO, NamedTuple

from ...results import Span
from .encodings import check_encoding, undecoded
from .fields import NoText
from .json_text import BOM, DECODER, SPACE, document_in, noted, places_in
from .jsonl import JsonLinesReader
from .opened import with_beginning
from .rows import Format, Reader, Row, Source
from .text import TextWriter

LARGEST_VALUE = 1 << 26  # characters of one object
_AT_ONCE = 1 << 18  # bytes that are read together
_NEAR_END = 16  # characters within which a value that goes on may seem to be wrong
_SPACES = re.compile(f"[{SPACE}]*")
_MARK = re.compile(f"{BOM}?")


class _Spelled(NamedTuple):
    """An object as a file spells it, with what stands before it and, if it is the last one, behind it."""

    before: str
    spelling: str
    after: str


class JsonReader(Reader):
    """A file of JSON; of an array each element that is an object with the field has a text."""

    def __init__(self, source: Source) -> None:
        """Raises ValueError for UTF-16."""
        self.source = source
        check_encoding(_peeked(source.content))

    def rows(self) -> Iterator[Row]:
        with closing(self.source):
            yield from map(self._row, _values(self.source.content))

    def _row(self, value: "_Value") -> Row:
        number, raw, held = value
        size = len(raw.spelling)
        if not raw.spelling.isascii() and (problem := undecoded(raw.spelling)):
            return Row(number, None, raw, problem, size)
        try:
            text, paragraphs = document_in(held, self.source.fields) if raw.spelling else (None, None)
        except NoText as error:
            return Row(number, None, raw, str(error), size)
        return Row(number, text, raw, None, size, paragraphs)

    def spelling(self, row: Row) -> str:
        spelling: str = row.raw.spelling
        return spelling

    def spellings(self, row: Row) -> list[str]:
        return [self.spelling(row)]  # in which it does not matter where the text is

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        return places_in(self.spelling(row), self.source.fields, spans, removed)

    def writer(self, target: BinaryIO, *, notes: bool) -> "JsonWriter":
        return JsonWriter(target)


class JsonWriter(TextWriter):
    """Writes objects with what stood between them."""

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        before, own, after = row.raw
        spelling = own if spelling is None else spelling
        spelling = spelling if note is None else noted(spelling, note)
        self._target.write(f"{before}{spelling}{after}".encode("utf-8", "surrogateescape"))


class _Value(NamedTuple):
    """An object and its number, 0 for the only one of a file that is no array; what it says is `held`."""

    number: int
    raw: _Spelled
    held: Any


class _Text:
    """The characters of a file from some place on, more of which are read when they are needed.

    No value is wrong before all of it is there: what looks so near the end of what was read is read again with more.
    """

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._decode = codecs.getincrementaldecoder("utf-8")(
            "surrogateescape"
        ).decode  # what is wrong belongs to its row
        self._whole = False
        self.text = ""

    def more(self) -> bool:
        """Read on, as much again as there is; tell whether there was more."""
        if self._whole:
            return False
        read = self._content.read(max(_AT_ONCE, len(self.text)))
        self._whole = not read
        self.text += self._decode(read, self._whole)
        return not self._whole

    def past(self, signs: re.Pattern[str], at: int) -> int:
        """Return the first place from `at` on that is none of these signs."""
        while True:
            found = signs.match(self.text, at)
            at = found.end() if found else at
            if at < len(self.text) or not self.more():
                return at

    def value(self, at: int) -> tuple[Any, int]:
        """Return the value that begins at a place, and where it ends. Raises ValueError."""
        while True:
            try:
                held, end = DECODER.raw_decode(self.text, at)
            except json.JSONDecodeError as error:
                within = error.pos < len(self.text) - _NEAR_END and not error.msg.startswith("Unterminated string")
                if within or not self.more():
                    raise ValueError(f"no whole JSON ({error.msg})") from None
            except RecursionError as error:
                raise ValueError(f"no JSON ({error})") from None
            else:
                if end < len(self.text) or not self.more():  # of a number there may be more
                    return held, end
            if len(self.text) - at > LARGEST_VALUE:
                raise ValueError(f"a value is longer than {LARGEST_VALUE:,} characters, or does not end")


def _values(content: BinaryIO) -> Iterator[_Value]:
    """Yield all objects of a file. Raises ValueError where it is no JSON."""
    text = _Text(content)
    begin = text.past(_SPACES, text.past(_MARK, 0))
    if begin == len(text.text):  # no document
        yield _Value(0, _Spelled("", "", text.text), {})
        return
    listed = text.text.startswith("[", begin)
    if listed:
        begin = text.past(_SPACES, begin + 1)
    if listed and text.text.startswith("]", begin):
        yield _Value(0, _Spelled("", "", _to_the_end(text, begin + 1)), {})
        return
    done = number = 0
    while True:
        try:
            held, end = text.value(begin)
        except ValueError as error:
            raise ValueError(f"{error}; value {number + 1} cannot be read") from None
        number += 1
        follows = text.past(_SPACES, end)
        sign = text.text[follows : follows + 1]
        before, spelling = text.text[done:begin], text.text[begin:end]
        if sign == "," if listed else sign == "{":
            yield _Value(number, _Spelled(before, spelling, ""), held)
            done, begin = end, text.past(_SPACES, follows + listed)
            if done > _AT_ONCE:
                text.text, done, begin = text.text[done:], 0, begin - done
        elif sign == "]" if listed else not sign:
            after = _to_the_end(text, follows + listed)[end:]
            yield _Value(number if listed or number > 1 else 0, _Spelled(before, spelling, after), held)
            return
        else:
            raise ValueError(f"no JSON; behind value {number} stands {sign!r}")


def _to_the_end(text: _Text, at: int) -> str:
    """Return all of a text, in which nothing may stand behind a place. Raises ValueError."""
    if text.past(_SPACES, at) < len(text.text):
        raise ValueError("no JSON; more stands behind its end")
    return text.text


def open_json(source: Source) -> Reader:
    """Return the reader of a file of JSON: of JSON Lines, if each line is an object. Raises OSError, ValueError."""
    source, lines = _told(source)
    return JsonLinesReader(source) if lines else JsonReader(source)


def check_json(source: Source) -> None:
    """Read a file of JSON once. Raises ValueError where it is none."""
    source, lines = _told(source)
    check_encoding(_peeked(source.content))
    if lines:
        while source.content.read(1 << 20):
            pass
    else:
        for _ in _values(source.content):
            pass


def _told(source: Source) -> tuple[Source, bool]:
    """Return a source, and whether it is JSON Lines: its first line is a whole object, and more follows."""
    if not _peeked(source.content).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return source, False
    first, second = source.content.readline(LARGEST_VALUE), b""
    while not second.strip() and (line := source.content.readline(LARGEST_VALUE)):
        second += line
    lines = bool(second.strip()) and _is_object(first)
    return source._replace(content=with_beginning(first + second, source.content)), lines


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(DECODER.decode(line.decode().removeprefix(BOM)), dict)
    except (ValueError, RecursionError):
        return False


def _peeked(content: Any) -> bytes:
    beginning: bytes = content.peek(1)
    return beginning


JSON = Format(
    "json",
    "JSON",
    (".json",),
    "an object, or each object of an array, has a document in its member `text` (`--field`), a string or a list of "
    "paragraphs; a file of an object in each line is JSON Lines",
    open_json,
    annotations=True,
    check=check_json,
)
