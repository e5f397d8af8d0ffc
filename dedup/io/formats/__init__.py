"""The formats that documents come in. A file's name tells which, unless the caller does.

Each is declared in a module of its own; what the command offers, and its reference says, follows from `FORMATS`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os.path import splitext
from typing import BinaryIO

from .compression import compressed, decompressed, lacking, suffix
from .jsonl import JSON_LINES
from .parquet import PARQUET
from .rows import NOTE, Format, Reader, Row, Source, Writer
from .text import TEXT

__all__ = ["DEFAULT", "DEFAULT_WITH_FIELD", "FORMATS", "NOTE", "STANDARD_INPUT", "Format", "Formats", "Reader", "Row",
           "Source", "Writer", "by_name", "open_reader", "writing"]  # fmt: skip

STANDARD_INPUT = "-"

FORMATS = (TEXT, JSON_LINES, PARQUET)
DEFAULT = TEXT  # of what no name tells
DEFAULT_WITH_FIELD = JSON_LINES  # of standard input, if a field of it is asked for


@dataclass(frozen=True, slots=True)
class Formats:
    """How files are read.

    format: of all files, whatever their names; None if the names tell
    field: the member or column that holds the text; None is "text"
    """

    format: Format | None = None
    field: str | None = None

    def of(self, source: str) -> Format:
        """The format of a file."""
        if self.format is not None:
            return self.format
        if source == STANDARD_INPUT and self.field is not None:
            return DEFAULT_WITH_FIELD
        return by_name(source) or DEFAULT


def by_name(name: str) -> Format | None:
    """The format that a name tells, if it tells one."""
    ending = splitext(name[: len(name) - len(suffix(name))])[1].lower()
    return next((format for format in FORMATS if ending in format.suffixes), None)


def open_reader(source: str, formats: Formats, *, limit: bool) -> Reader:
    """Return the reader of a file ("-" is standard input). `limit`: refuse what is too large for one document.

    Compressed rows are read through before: what fails later fails after rows of it were decided. Raises OSError, and
    ValueError for what cannot be read.
    """
    format, packing = formats.of(source), suffix(source)
    field = "text" if formats.field is None else formats.field
    if source == STANDARD_INPUT:
        if not format.stdin:
            raise ValueError(f"{format.title} is not read from standard input, in which one cannot go back")
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        return format.open(Source(sys.stdin.buffer, field, limit))
    if packing and not format.compressible:
        raise ValueError(
            f"{format.title} within {packing}; expected {format.title}, which compresses what it holds itself"
        )
    if packing and format.unit == "rows":
        with open(source, "rb") as packed, decompressed(packed, packing) as content:
            while content.read(1 << 20):
                pass
    file = open(source, "rb")  # noqa: SIM115  the reader closes it
    try:
        return format.open(Source(decompressed(file, packing), field, limit, file))
    except BaseException as error:
        file.close()
        if isinstance(error, ImportError) and format.extra is not None:
            raise lacking(format.title, format.extra) from error
        raise


@contextmanager
def writing(reader: Reader, target: BinaryIO, name: str, *, notes: bool = False) -> Iterator[Writer]:
    """A writer of a reader's rows, with `notes` on them or without, into a file that is to be called `name`, compressed as
    that tells."""
    packing = suffix(name)
    packed = compressed(target, packing) if packing else target
    writer = reader.writer(packed, notes=notes)
    try:
        yield writer
        writer.close()
    finally:
        if packing:
            packed.close()
