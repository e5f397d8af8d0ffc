"""What the figures were measured on."""

import platform
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import dedup


def machine(libraries: Iterable[str]) -> str:
    """The processor and the versions of Python and the libraries."""
    try:
        named = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        named = None
    processor = named[1] if named else platform.processor() or platform.machine()
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    return f"{processor}, Python {platform.python_version()}, dedup {dedup.__version__}, {versions}"
