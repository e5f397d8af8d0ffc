"""How far a run is, on a terminal: nothing where standard error is none."""

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import click

from ..io.inputs import InputFile, size_of
from ..runs.run import Totals

_EVERY = 0.1  # seconds


class Bar:
    """A bar of the bytes read, with what came of them, and the time left."""

    def __init__(self, files: Sequence[InputFile], totals: Totals, *, wanted: bool) -> None:
        self._totals = totals
        self._sizes: dict[str, int] = {}
        self._finished = 0  # bytes of files that are done
        self._begin = self._last = time.monotonic()
        self._bar: Any = None
        if wanted and sys.stderr is not None and sys.stderr.isatty():
            self._sizes = {file.source: size_of(file.source) for file in files}
        if length := sum(self._sizes.values()):
            self._bar = click.progressbar(length=length, file=sys.stderr, width=24, item_show_func=self._came_of_it)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)

    def reading(self, position: Callable[[], int]) -> None:
        """The present file is being read; `position` tells how many bytes of it are, when that is wanted."""
        if self._bar is not None and time.monotonic() - self._last > _EVERY:
            self._last = time.monotonic()
            read = min(self._finished + position(), self._bar.length)
            self._bar.update(max(0, read - self._bar.pos))

    def finished(self, source: str) -> None:
        """A file is done."""
        self._finished += self._sizes.get(source, 0)
        self.reading(lambda: 0)

    def clear(self) -> None:
        """Make room for a message."""
        if self._bar is not None:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _came_of_it(self, _: object) -> str:
        totals, seconds = self._totals, max(time.monotonic() - self._begin, 0.001)
        share = f"{totals.removed / totals.paragraphs:.1%} repeats, " if totals.paragraphs else ""
        speed = self._bar.pos / 1e6 / seconds
        return f"{totals.files:,} files, {totals.paragraphs:,} paragraphs, {share}{speed:.1f} MB/s"
