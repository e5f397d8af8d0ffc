"""Plain text: a file is one document."""

import os
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import Any, BinaryIO

from .rows import Reader, Row, Writer

LARGEST = 1 << 28  # bytes of one document


class TextReader(Reader):
    """A file that is one document; `raw` is what it holds."""

    def __init__(self, raw: bytes) -> None:
        """Raises ValueError for what is not UTF-8 text."""
        self.raw = raw
        self.text = decoded(raw)

    @classmethod
    def of(cls, file: BinaryIO, *, limit: bool) -> "TextReader":
        """What is left of a file. Raises OSError, and ValueError, also, with `limit`, for more than one document holds."""
        return cls(_checked(file.read(LARGEST + 1 if limit else -1), limit))

    @classmethod
    def at(cls, path: str, *, limit: bool) -> "TextReader":
        """The file at a path, in as few calls of the system as there can be."""
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(handle).st_size
            raw = os.read(handle, min(size, LARGEST) + 1)
            if len(raw) == size <= LARGEST:
                return cls(raw)
            _checked(raw, limit)
            with os.fdopen(os.dup(handle), "rb") as file:  # no file of the disk, a large one, or it changes
                return cls(_checked(raw + file.read(LARGEST + 1 if limit else -1), limit))
        finally:
            os.close(handle)

    def rows(self) -> Iterator[Row]:
        yield Row(0, self.text, self.raw)

    def position(self) -> int:
        return len(self.raw)

    def writer(self, target: BinaryIO, *, notes: bool) -> "TextWriter":
        return TextWriter(target)


def _checked(raw: bytes, limit: bool) -> bytes:
    if limit and len(raw) > LARGEST:
        raise ValueError(f"larger than {LARGEST:,} bytes, the most for one document")
    return raw


class TextWriter(Writer):
    """Writes a document."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        self._target.write(row.raw if spelling is None else spelling.encode())

    def close(self) -> None:
        pass


def decoded(raw: bytes) -> str:
    """Bytes as text. Raises ValueError for what is not UTF-8 text."""
    check_encoding(raw)
    if b"\0" in raw:
        raise ValueError("not text: it holds NUL bytes")
    return raw.decode("utf-8")


def check_encoding(beginning: bytes) -> None:
    """Raise ValueError for a file that says of itself that it is UTF-16."""
    if beginning.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError("UTF-16 text; expected UTF-8, into which iconv -f UTF-16 -t UTF-8 turns it")
