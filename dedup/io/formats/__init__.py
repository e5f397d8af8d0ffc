"""The formats that documents come in. The name of a file tells which or, if it does not, how it begins, unless the caller does.

Each is declared in a module of its own; what the command offers, and its reference says, follows from `FORMATS`.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from os.path import splitext
from typing import Any, BinaryIO, cast

from .compression import Members, compressed, decompressed, lacking, suffix
from .encodings import UTF8, check_name, decoded_from, encoded_to, resolved
from .fields import DEFAULT_FIELDS, check_fields
from .json_file import JSON
from .jsonl import JSON_LINES
from .markdown import MARKDOWN
from .parquet import PARQUET
from .rows import NOTE, Format, Reader, Row, Source, Writer
from .sniff import BEGINNING, Refused, refused_by_name, told_by_content
from .tables import CSV, TSV, check_delimiter
from .text import TEXT
from .warc import WARC

__all__ = ["DEFAULT", "DEFAULT_WITH_FIELD", "FORMATS", "NOTE", "STANDARD_INPUT", "Format", "Formats", "Reader", "Row",
           "Source", "Writer", "by_name", "check_packing", "open_reader", "writing"]  # fmt: skip

STANDARD_INPUT = "-"

FORMATS = (TEXT, MARKDOWN, JSON_LINES, JSON, CSV, TSV, PARQUET, WARC)
DEFAULT = TEXT  # of what neither a name nor its beginning tells
DEFAULT_WITH_FIELD = JSON_LINES  # of standard input, if a field of it is asked for


@dataclass(frozen=True, slots=True)
class Formats:
    """How files are read.

    format: of all files, whatever their names and content; None if these tell
    fields: the members or columns that hold the text, in their order; none are "text"
    encoding: that of all files that are text; None is UTF-8
    delimiter: what stands between the cells of tables; None if their headers tell

    Raises ConfigError for fields and delimiters that are none, and an encoding that Python does not know.
    """

    format: Format | None = None
    fields: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None

    def __post_init__(self) -> None:
        check_fields(self.fields)
        check_name(self.encoding)
        check_delimiter(self.delimiter)

    def of(self, source: str) -> Format:
        """Return the format of a file: as its name says, or if that says nothing, as it begins."""
        if self.format is not None:
            return self.format
        if source != STANDARD_INPUT and (by_name(source) or _refused(source)):
            return by_name(source) or DEFAULT
        told = told_by_content(_beginning(source))
        found = next((format for format in FORMATS if format.name == told), None)
        return found or (DEFAULT_WITH_FIELD if source == STANDARD_INPUT and self.fields else DEFAULT)

    def names(self, source: str) -> tuple[Format, ...]:
        """Return the formats by which an output of a file may be called: JSON of an object in each line is JSON Lines, too."""
        format = self.of(source)
        lines = format is JSON and told_by_content(_beginning(source)) == JSON_LINES.name
        return (format, JSON_LINES) if lines else (format,)


def by_name(name: str) -> Format | None:
    """Return the format that a name tells, if it tells one."""
    ending = splitext(_unpacked(name))[1].lower()
    return next((format for format in FORMATS if ending in format.suffixes), None)


def check_packing(format: Format, name: str) -> None:
    """Raise ValueError for the name of a compressed file of a format whose files are not compressed as a whole."""
    if (packing := suffix(name)) and not format.compressible:
        raise ValueError(
            f"{format.title} within {packing}; expected {format.title}, which compresses what it holds itself"
        )


def open_reader(source: str, formats: Formats, *, limit: bool, own: bool = False) -> Reader:
    """Return the reader of a file ("-" is standard input).

    limit: refuse what is too large for one document
    own: it is what a run wrote: what is called a text is one, however it begins now

    Compressed rows are read through before: what fails later fails after rows of it were decided. Raises OSError, and
    ValueError for what cannot be read.
    """
    if formats.format is None and (refused := _refused(source)):
        raise ValueError(str(refused))
    if own and by_name(source) is TEXT:
        formats = replace(formats, format=TEXT)
    format, packing = formats.of(source), suffix(source)
    fields = formats.fields or DEFAULT_FIELDS
    if source == STANDARD_INPUT:
        if not format.stdin:
            raise ValueError(f"{format.title} is not read from standard input, in which one cannot go back")
        return _opened(format, formats, Source(standard_input(), fields, limit))
    check_packing(format, source)
    file: BinaryIO | None = None
    try:
        _read_through(format, formats, source)
        file = open(source, "rb")  # noqa: SIM115  the reader closes it
        content = decompressed(file, "" if format.members and packing == ".gz" else packing)
        return _opened(format, formats, Source(content, fields, limit, file))
    except BaseException as error:
        if file is not None:
            file.close()
        if isinstance(error, ImportError) and format.extra is not None:
            raise lacking(format.title, format.extra) from error
        raise


def _read_through(format: Format, formats: Formats, source: str) -> None:
    """Read all of a file of rows once, if that can go wrong. Raises as `open_reader` does."""
    packing = suffix(source)
    if format.unit != "rows" or not os.path.isfile(source):
        return
    if packing or (format.encoded and check_name(formats.encoding) != UTF8):
        with open(source, "rb") as packed, decompressed(packed, packing) as content:
            whole = _in_utf8(format, formats, Source(content)).content
            while whole.read(1 << 20):
                pass
    if format.check is not None:
        with open(source, "rb") as packed:
            content = decompressed(packed, "" if format.members and packing == ".gz" else packing)
            format.check(_in_utf8(format, formats, Source(content, formats.fields or DEFAULT_FIELDS)))


def _opened(format: Format, formats: Formats, source: Source) -> Reader:
    """Return the reader of an open file. Raises ValueError for what begins as no plain text does, unless one insists."""
    source = _in_utf8(format, formats, source)._replace(delimiter=formats.delimiter)
    if format is TEXT and formats.format is None:
        told = told_by_content(cast(io.BufferedReader, source.content).peek(BEGINNING))
        if isinstance(told, Refused):
            raise ValueError(f"it begins as {told}")
        if told is not None:
            raise ValueError(f"it begins as {told} does; --format {told} reads it as that, --format txt as plain text")
    return format.open(source)


def _in_utf8(format: Format, formats: Formats, source: Source) -> Source:
    """Return a source whose content is in UTF-8, if it is text at all."""
    encoding = check_name(formats.encoding)
    if encoding == UTF8 or not format.encoded:
        return source
    encoding = resolved(encoding, source.content)
    return source._replace(content=decoded_from(encoding, source.content), encoding=encoding)


def _unpacked(name: str) -> str:
    """Return a name without its compression."""
    return name[: len(name) - len(suffix(name))]


def _refused(name: str) -> Refused | None:
    return refused_by_name(_unpacked(name).lower())


def _beginning(source: str) -> bytes:
    """Return how a file begins; nothing of one that cannot be read twice."""
    with suppress(OSError, ValueError):  # reading it will say why
        if source == STANDARD_INPUT:
            return standard_input().peek(BEGINNING)
        if os.path.isfile(source):
            with open(source, "rb") as packed, decompressed(packed, suffix(source)) as content:
                return content.read(BEGINNING)
    return b""


def standard_input() -> io.BufferedReader:
    """Return standard input, of which one can look at the beginning. Raises ValueError."""
    if sys.stdin is None:
        raise ValueError("standard input is closed")
    return _buffered(sys.stdin.buffer)


@lru_cache(maxsize=1)
def _buffered(file: BinaryIO) -> io.BufferedReader:
    return cast(io.BufferedReader, file if hasattr(file, "peek") else io.BufferedReader(cast(io.RawIOBase, file)))


@contextmanager
def writing(reader: Reader, target: BinaryIO, name: str, *, notes: bool = False) -> Iterator[Writer]:
    """Return a writer of a reader's rows, with `notes` on them or without, into a file that is to be called `name`, compressed as
    that tells."""
    packing = suffix(name)
    packed: Any = target
    if packing:
        packed = Members(target) if reader.members and packing == ".gz" else compressed(target, packing)
    encoding = reader.source.encoding
    encoded: Any = packed if encoding == UTF8 else encoded_to(encoding, packed)
    writer = reader.writer(encoded, notes=notes)
    try:
        yield writer
        writer.close()
        if encoded is not packed:
            encoded.close()
    finally:
        if packing:
            packed.close()
