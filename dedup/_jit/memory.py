"""Large arrays straight from the system: they grow without standing there twice, and it is told in time when memory ends."""

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import OutOfMemory

_LARGE = 1 << 22  # bytes from which an array has pages of its own
_HUGE_PAGE = 1 << 21  # bytes
_KEPT = 31 << 20  # bytes; glibc takes no note of more than 32 MB
_REMEDY = (
    "What was yielded stands and can be committed; go on from there on a machine with more memory. A higher threshold "
    'needs fewer keys, and scope "document" remembers nothing'
)


@lru_cache(maxsize=1)
def keep_freed() -> None:
    """Have the C library keep the memory of one batch's arrays for the next one's.

    glibc gives large arrays back to the system as they are freed, and the next ones are made of new pages, which takes a
    tenth of the time that the work on them takes. It keeps what is smaller than the largest array that it ever saw freed.
    """
    np.empty(_KEPT, np.uint8)


def zeros(length: int, kind: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros, which is memory only where it is written; of huge pages where it is large and there are any.

    Raises OutOfMemory if the system refuses.
    """
    size = np.dtype(kind).itemsize * length
    with refused(size):
        if sys.platform != "linux" or size < _LARGE:
            return np.zeros(length, kind)
        try:
            pages = mmap.mmap(-1, _whole(size), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except OSError as error:
            raise MemoryError(error.strerror) from None
        with suppress(OSError):  # a kernel without huge pages
            pages.madvise(mmap.MADV_HUGEPAGE)
        return np.frombuffer(pages, kind, length)


def lengthen(holder: object, name: str, length: int) -> None:
    """Put zeros behind an array that is an attribute of `holder`.

    Large ones are not copied if nobody else holds them: the system gives their pages a longer range of addresses. Raises
    OutOfMemory, with the array as it was.
    """
    array: NDArray[Any] = getattr(holder, name)
    kind, before, pages = array.dtype, len(array), _pages(array)
    if pages is not None:
        setattr(holder, name, None)
        del array
        with refused(kind.itemsize * length):
            try:
                pages.resize(_whole(kind.itemsize * length))
                before = length
            except BufferError:  # somebody does: what numba compiles with stays until the garbage is collected
                pass
            except OSError as error:
                raise MemoryError(error.strerror) from None
            finally:
                array = np.frombuffer(pages, kind, before)
                setattr(holder, name, array)
    if before < length:
        larger = zeros(length, kind)
        larger[:before] = array
        setattr(holder, name, larger)


def _whole(size: int) -> int:
    """Return as many bytes in whole huge pages: such ranges are moved by their page tables alone."""
    return -(-size // _HUGE_PAGE) * _HUGE_PAGE


def _pages(array: NDArray[Any]) -> mmap.mmap | None:
    """Return the pages that an array of `zeros` has of its own, if it is large."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, memoryview):
        owner = owner.obj
    return owner if isinstance(owner, mmap.mmap) else None


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


def available(root: Path = Path("/")) -> int | None:
    """Return the bytes that this process may still use before the system kills it; None where that cannot be known.

    What the machine has left, or a control group that the process is in; pages of files are given up where need be.
    """
    found = []
    with suppress(OSError, ValueError, KeyError):
        found.append(1024 * _table(root / "proc/meminfo")["MemAvailable:"])
    with suppress(OSError, ValueError, StopIteration):
        lines = (root / "proc/self/cgroup").read_text().splitlines()
        name = next(line[3:] for line in lines if line.startswith("0::"))
        groups = root / "sys/fs/cgroup"
        inner = groups / name.strip("/")
        for group in (inner, *inner.parents):
            if group.is_relative_to(groups):
                with suppress(OSError, ValueError, KeyError):  # the outermost has no limit, others may say "max"
                    limit, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
                    pages = _table(group / "memory.stat")
                    found.append(limit - used + pages["active_file"] + pages["inactive_file"])
    return min(found, default=None)


def _table(path: Path) -> dict[str, int]:
    """Read a file of names and numbers."""
    return {words[0]: int(words[1]) for line in path.read_text().splitlines() if len(words := line.split()) > 1}
