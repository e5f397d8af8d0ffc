"""Making the compiled kernels ahead of their use: what a Dockerfile calls, and what runs beside the first large run."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from ._jit import backend
from ._jit.cache import making_code, mark, set_mark, with_spark
from .api import duplicated, signatures
from .config import Config
from .decide.batch import read_batch
from .decide.datasketch import to_datasketch
from .decide.within import pairs_within
from .deduplicator import Deduplicator
from .errors import ConfigError

_LOW = 19  # the lowest priority
_DOCUMENTS = [
    "The council approved the harbour wall on Tuesday.\n\nThe ferry sails at nine. Photo: Ann Lee\n\nThe ferry sails at nine.",
    "The ferry sails at nine, the harbour office said on Monday.\n\nÜber die Brücke fährt am Abend kein Bus mehr.",
]
_TEXTS = [text for document in _DOCUMENTS for text in document.split("\n\n")]


def warm_up() -> None:
    """Make the compiled kernels now, and keep them on the disk for all later processes; up to a minute the first time.

    Without it they are made beside the first large run. Raises ConfigError where numba cannot compile.
    """
    if not backend.numba_works():
        raise ConfigError(
            "numba cannot compile here; expected pip install 'dedup-paragraphs[fast]', and no NUMBA_DISABLE_JIT"
        )
    subprocess.run(
        [sys.executable, "-c", making_code()], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def make_kernels() -> None:
    """Have every kernel compiled in this process, whose priority is lowered; one process at a time does so."""
    with suppress(OSError):
        os.nice(_LOW)
    lock = mark().with_suffix(".lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = open(lock, "wb")  # noqa: SIM115, it is held until the process ends
    except OSError:
        return  # there is no place to keep them
    with suppress(ImportError):  # a system without these locks, where two processes may do the same work
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
    if mark().exists():  # another process made them meanwhile
        return
    os.environ["DEDUP_ENGINE"] = "numba"
    _use_all()
    set_mark()


def _use_all() -> None:
    """Go every way that kernels go."""
    for config in (Config(), Config(threshold=0.7)):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):  # an index is made, and opened again
                with Deduplicator(config, index=Path(folder) / "index") as seen:
                    list(seen.stream(_DOCUMENTS, jobs=2))
                    seen.add(_DOCUMENTS[0])
                    seen.lookup(to_datasketch(signatures(_DOCUMENTS[:1]))[0])
        if with_spark():
            pairs_within(read_batch(_TEXTS, np.array([len(_TEXTS)]), config, alone=False, fast=True), config)
    duplicated(_TEXTS)
    signatures(_TEXTS)
    with suppress(ImportError):
        import pyarrow as pa

        for column in (pa.array(_TEXTS), pa.chunked_array([_TEXTS]), pa.array(_TEXTS, pa.large_string())):
            duplicated(column)
        with suppress(NotImplementedError, AttributeError):
            duplicated(pa.array(_TEXTS, pa.string_view()))
