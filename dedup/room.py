"""Large arrays straight from the system: they grow without standing there twice, and it is told in time when memory ends."""

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .errors import OutOfMemory

_LARGE = 1 << 22  # bytes from which an array has pages of its own
_HUGE_PAGE = 1 << 21  # bytes
_STEP = 1 << 25  # bytes that are moved before those they came from are given back
_REMEDY = (
    "What was handed out stands and can be committed; go on from there on a machine with more memory. A higher threshold "
    'needs fewer keys, and scope "document" remembers nothing'
)


def zeros(shape: int | tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
    """An array of zeros, which is memory only where it is written. Large ones begin at a huge page, where there are any.

    Raises OutOfMemory if the system refuses.
    """
    size = np.dtype(kind).itemsize * (prod(shape) if isinstance(shape, tuple) else shape)
    with refused(size):
        if sys.platform != "linux" or size < _LARGE:
            return np.zeros(shape, kind)
        try:
            pages = mmap.mmap(-1, size + _HUGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except OSError as error:
            raise MemoryError(error.strerror) from None
        with suppress(OSError):  # a kernel without huge pages
            pages.madvise(mmap.MADV_HUGEPAGE)
        raw = np.frombuffer(pages, dtype=np.uint8)
        begin = -raw.ctypes.data % _HUGE_PAGE
        return raw[begin : begin + size].view(kind).reshape(shape)


def longer(array: NDArray[Any], length: int) -> NDArray[Any]:
    """The same with zeros behind. What was copied is given back at once: the array given is not to be read any more."""
    larger = zeros(length, array.dtype)
    step = _STEP // array.itemsize
    for begin in range(0, len(array), step):
        part = array[begin : begin + step]
        larger[begin : begin + len(part)] = part
        give_back(part)
    return larger


def give_back(part: NDArray[Any]) -> None:
    """Let the system have the memory of a part of an array of `zeros`, which is not to be read any more."""
    owner: Any = part
    while isinstance(owner, np.ndarray):
        owner = owner.base
    pages = owner.obj if isinstance(owner, memoryview) else owner
    if sys.platform == "linux" and isinstance(pages, mmap.mmap):
        begin = part.ctypes.data - np.frombuffer(pages, dtype=np.uint8).ctypes.data
        end = (begin + part.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
        begin = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
        if begin < end:
            pages.madvise(mmap.MADV_DONTNEED, begin, end - begin)


def check(size: int) -> None:
    """Raise OutOfMemory unless so many bytes are to be had."""
    there = available()
    if there is not None and there < size:
        raise OutOfMemory(
            f"{size >> 20:,} MB more memory are needed, {max(0, there) >> 20:,} MB are to be had. {_REMEDY}"
        )


@contextmanager
def refused(size: int = 0) -> Iterator[None]:
    """Say clearly what happened where memory, of so many bytes, is asked for and not given."""
    try:
        yield
    except OutOfMemory:
        raise
    except MemoryError as error:
        asked = f"{size >> 20:,} MB of memory" if size >= 1 << 20 else "more memory"
        raise OutOfMemory(f"the system refuses {asked} ({str(error) or 'MemoryError'}). {_REMEDY}") from error


def available() -> int | None:
    """Bytes that this process may still use before the system kills it; None where that cannot be known."""
    found = []
    with suppress(OSError, ValueError, KeyError):
        found.append(1024 * _table("/proc/meminfo")["MemAvailable:"])
    with suppress(OSError, ValueError):
        groups = Path("/proc/self/cgroup").read_text().splitlines()
        group = Path("/sys/fs/cgroup", *(line[3:].strip("/") for line in groups if line.startswith("0::")))
        for folder in (group, *group.parents[: max(0, len(group.parts) - 4)]):
            with suppress(OSError, ValueError, KeyError):  # the outermost group has no limit, others "max"
                limit, used = (int((folder / f"memory.{name}").read_text()) for name in ("max", "current"))
                cached = _table(str(folder / "memory.stat"))
                found.append(limit - used + cached["active_file"] + cached["inactive_file"])
    return min(found, default=None)


def _table(path: str) -> dict[str, int]:
    """A file of names and numbers."""
    return {words[0]: int(words[1]) for line in Path(path).read_text().splitlines() if len(words := line.split()) > 1}
