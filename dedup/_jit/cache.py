"""Whether the compiled kernels are on the disk; where they are not, a process of its own makes them beside the work.

numba keeps what it compiled beside the modules, or where its own settings say. A mark in that place tells that all kernels
of this version are there, so that nobody asks numba, whose import takes a while, and nobody waits for a compiler.
"""

import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from xxhash import xxh3_64_hexdigest

_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("_jit", "text", "sketch", "match", "index", "decide")  # that hold kernels, or what kernels read
_AGAIN = 0.1  # seconds after which the mark is looked for again
_MAKE = "import sys; sys.path.insert(0, {root!r}); from {package}.warming import make_kernels; make_kernels()"

logger = logging.getLogger("dedup")


@cache
def kernels_version() -> str:
    """Return another one whenever a module that kernels are made of changed, or what compiles them."""
    texts = [path.read_bytes() for room in _ROOMS for path in sorted((_PACKAGE / room).glob("*.py"))]
    compilers = [sys.implementation.cache_tag]
    for name in ("numba", "numpy"):
        with suppress(PackageNotFoundError):
            compilers.append(version(name))
    return xxh3_64_hexdigest(b"\0".join(texts) + repr(compilers).encode())


@cache
def mark() -> Path:
    """Return the file that is there once all kernels of this version are cached, those for Spark where that is."""
    own = Path(__file__).with_name("__pycache__")
    home = os.environ.get("NUMBA_CACHE_DIR")
    if home:
        place = Path(home)
    elif os.access(own if own.is_dir() else own.parent, os.W_OK):
        place = own
    else:
        place = Path(os.path.expanduser("~")) / ".cache" / "numba"
    return place / f"dedup-{kernels_version()}{'-spark' if with_spark() else ''}.ready"


@cache
def with_spark() -> bool:
    """Tell whether kernels for Spark are made, too, which nothing else needs."""
    return find_spec("pyspark") is not None


def set_mark() -> None:
    """Say that all kernels of this version are cached. Where nothing can be written, nothing is said."""
    with suppress(OSError):
        mark().parent.mkdir(parents=True, exist_ok=True)
        mark().touch()


def making_code() -> str:
    """Return the program of the process that makes the kernels."""
    return _MAKE.format(root=str(_PACKAGE.parent), package=_PACKAGE.name)


class KernelCache:
    """What this process knows of the kernels on the disk."""

    def __init__(self) -> None:
        self._ready = False
        self._look_at = 0.0
        self._maker: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._characters = 0

    def counted(self, characters: int) -> int:
        """Count characters in, and return how many there were in this process; 0 where none are counted in."""
        self._characters += characters
        return self._characters if characters else 0

    def ready(self) -> bool:
        """Tell whether the kernels are cached; looks at the disk now and then."""
        if not self._ready and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _AGAIN
            self._ready = mark().exists()
            if self._ready and self._maker is not None:
                logger.info(
                    "The compiled kernels are ready after %.0f s, and take over", time.monotonic() - self._began
                )
        return self._ready

    def have_made(self) -> None:
        """Begin to make the kernels in another process, at low priority, unless one of ours did so already."""
        if self._maker is not None or find_spec("numba") is None:
            return
        self._began = time.monotonic()
        logger.info("The compiled kernels are made beside the work, once; it goes on without them")
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with suppress(OSError):
            # A group of its own, which Ctrl-C does not reach; but no session of its own: Linux gives each session its share of
            # the cores, whatever the priorities in it.
            self._maker = subprocess.Popen([sys.executable, "-c", making_code()], process_group=0, **quiet)  # type: ignore[call-overload]
