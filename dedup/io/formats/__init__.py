"""The formats that documents come in. A file's name tells which, unless the caller does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os.path import splitext
from typing import BinaryIO, Literal

from .compression import compressed, decompressed, suffix
from .jsonl import JsonLinesReader
from .rows import Reader, Row, Writer
from .text import TextReader

__all__ = ["STANDARD_INPUT", "Format", "Formats", "Reader", "Row", "TextReader", "Writer", "open_reader", "writing"]

STANDARD_INPUT = "-"

Format = Literal["txt", "jsonl", "parquet"]
_BY_NAME: dict[str, Format] = {".txt": "txt", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


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
        if source == STANDARD_INPUT:
            return "txt" if self.field is None else "jsonl"
        return by_name(source) or "txt"


def by_name(name: str) -> Format | None:
    """The format that a name tells, if it tells one."""
    return _BY_NAME.get(splitext(name[: len(name) - len(suffix(name))])[1].lower())


def open_reader(source: str, formats: Formats, *, limit: bool) -> Reader:
    """A reader of a file ("-" is standard input), which has been found to be whole if it is compressed or Parquet.

    What fails later fails after rows of it were decided. `limit`: refuse what is too large for one document. Raises
    OSError, and ValueError for what cannot be read.
    """
    format = formats.of(source)
    field = "text" if formats.field is None else formats.field
    if source == STANDARD_INPUT:
        if format == "parquet":
            raise ValueError("Parquet is not read from standard input, in which one cannot go back")
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        given = sys.stdin.buffer
        return TextReader.of(given, limit=limit) if format == "txt" else JsonLinesReader(given, field)
    packing = suffix(source)
    if format == "txt" and not packing:
        return TextReader.at(source, limit=limit)
    if format == "txt":
        with open(source, "rb") as text:
            return TextReader.of(decompressed(text, packing), limit=limit)
    if packing and format == "parquet":
        raise ValueError(f"Parquet within {packing}; expected Parquet, which compresses its columns itself")
    if packing:
        with open(source, "rb") as packed, decompressed(packed, packing) as content:
            while content.read(1 << 20):
                pass
    file = open(source, "rb")  # noqa: SIM115  the reader closes it
    try:
        return (
            _parquet(file, field) if format == "parquet" else JsonLinesReader(decompressed(file, packing), field, file)
        )
    except BaseException:
        file.close()
        raise


def _parquet(file: BinaryIO, field: str) -> Reader:
    try:
        from .parquet import ParquetReader
    except ImportError as error:
        raise ValueError("Parquet needs the extra parquet: pip install 'dedup-paragraphs[parquet]'") from error
    reader = ParquetReader(file, field)
    reader.check()
    return reader


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
