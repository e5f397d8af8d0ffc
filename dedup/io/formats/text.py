"""Plain text: a file is one document."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any, BinaryIO

from .encodings import check_encoding, without_mark
from .rows import Format, Reader, Row, Source, Writer

LARGEST = 1 << 28  # bytes of one document


class TextReader(Reader):
    """A file that is one document; `raw` is what it holds."""

    def __init__(self, source: Source) -> None:
        """Read and close the file. Raises OSError, and ValueError for what is too large or not UTF-8 text."""
        self.source = source
        with closing(source):
            self.raw = _content(source)
        self.whole = decoded(self.raw)

    def rows(self) -> Iterator[Row]:
        yield Row(0, self.whole, self.raw)

    def writer(self, target: BinaryIO, *, notes: bool) -> "TextWriter":
        return TextWriter(target)


class TextWriter(Writer):
    """Writes a document."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        self._target.write(row.raw if spelling is None else spelling.encode())

    def close(self) -> None:
        pass


def _content(source: Source) -> bytes:
    """Return all that a file holds, asking for little more: memory is set aside for what is asked for."""
    known = os.fstat(source.content.fileno()).st_size if source.content is source.file else 0
    raw = source.content.read(min(known, LARGEST) + 1)
    if len(raw) > min(known, LARGEST):  # it is compressed or no file of the disk, it is large, or it grows
        raw += source.content.read(LARGEST + 1 - len(raw) if source.limit else -1)
    if source.limit and len(raw) > LARGEST:
        raise ValueError(f"larger than {LARGEST:,} bytes, the most for one document")
    return raw


def decoded(raw: bytes) -> str:
    """Return bytes as text. Raises ValueError for what is not UTF-8 text."""
    check_encoding(raw)
    if b"\0" in raw:
        raise ValueError(without_mark(raw) or "not text: it holds NUL bytes")
    return raw.decode("utf-8")


TEXT = Format("txt", "plain text", (".txt",), "the file is a document", TextReader, unit="file")
