"""Compressed files, read and written in pieces, told by how their names end."""

import gzip
import io
import zlib
from contextlib import suppress
from importlib import import_module
from lzma import LZMAError
from os.path import splitext
from typing import Any, BinaryIO, cast

from .opened import Through

_MODULES = {".gz": ("gzip",), ".bz2": ("bz2",), ".xz": ("lzma",), ".zst": ("compression.zstd", "backports.zstd")}
SUFFIXES = tuple(_MODULES)
_BUFFER = 1 << 18

# Text shrinks to a third, at its most repetitive to a fiftieth; what was made to fill a disk, to a thousandth.
_MOST_EXPANSION = 200
_UNSUSPICIOUS = 1 << 28  # bytes


def suffix(name: str) -> str:
    """Return how a name says that its file is compressed; "" if it does not."""
    if not name.lower().endswith(SUFFIXES):
        return ""
    return splitext(name)[1].lower()


def decompressed(file: BinaryIO, suffix: str) -> BinaryIO:
    """Return the content of a compressed file; reading raises ValueError for one that is damaged, cut short or a bomb."""
    if not suffix:
        return file
    return cast(BinaryIO, io.BufferedReader(_Unpacked(file, _module(suffix).open(file, "rb")), _BUFFER))


def compressed(file: BinaryIO, suffix: str) -> BinaryIO:
    """Return a file that compresses what is written into `file`, which stays open when it is closed."""
    module = _module(suffix)
    if suffix == ".gz":  # without the time, so that equal runs have equal results
        packing = module.GzipFile("", "wb", 6, file, mtime=0)
    else:
        packing = module.open(file, "wb")
    packing.write(b"")  # so that even of nothing there is a frame
    return cast(BinaryIO, io.BufferedWriter(packing, _BUFFER))


class Members:
    """A .gz file in which each piece that is written is a member of its own."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, piece: bytes) -> int:
        self._target.write(gzip.compress(piece, 6, mtime=0))
        return len(piece)

    def copy(self, member: bytes) -> None:
        """Write a member as it was read."""
        self._target.write(member)

    def close(self) -> None:
        """The target stays open."""


class _Unpacked(Through):
    """What a compressed file holds."""

    def __init__(self, packed: BinaryIO, content: Any) -> None:
        super().__init__(content, packed)
        self._packed = packed
        self._content = content
        self._size = 0

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self._content.readinto(buffer)
        except Exception as error:
            damaged = isinstance(error, (EOFError, OSError, zlib.error, LZMAError))
            if not damaged and type(error).__name__ != "ZstdError":  # whose module may not be there
                raise
            raise ValueError(f"damaged or cut short ({error})") from error
        self._size += count
        if self._size > max(_UNSUSPICIOUS, _MOST_EXPANSION * self._packed.tell()):
            raise ValueError(
                f"a decompression bomb: it expands to more than {_MOST_EXPANSION} times its size, which text does not"
            )
        return count


def _module(suffix: str) -> Any:
    for name in _MODULES[suffix]:
        with suppress(ImportError):
            return import_module(name)
    raise lacking(suffix, "zstd")


def lacking(what: str, extra: str) -> ValueError:
    """Say that something cannot be read without a library that is not installed."""
    return ValueError(f"{what} needs the extra {extra}: pip install 'dedup-paragraphs[{extra}]'")
