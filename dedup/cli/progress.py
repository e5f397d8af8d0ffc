"""How far a run is, on a terminal: nothing where standard error is none."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from ..io.inputs import InputFile, size_of
from ..runs.run import Totals

_EVERY = 0.1  # seconds
_SMOOTHING = 0.05  # of the rate: what was read in the last two seconds or so counts
_RUNNING = "{percentage:3.0f}% |{bar:10}| {rate_noinv_fmt}, {remaining} left{postfix}"  # what matters most stands first
_ENDED = "{percentage:3.0f}% |{bar:10}| {rate_noinv_fmt}, {elapsed} in all{postfix}"
_TAKEN = 45  # columns that come before the postfix, where it takes hours


class Bar:
    """A bar of the bytes read, with what came of them, and the time left; of the whole time at the end."""

    def __init__(self, files: Sequence[InputFile], totals: Totals, *, wanted: bool) -> None:
        self._totals = totals
        self._sizes: dict[str, int] = {}
        self._finished = 0  # bytes of files that are done
        self._last = time.monotonic()
        self._bar: Any = None
        if wanted and sys.stderr is not None and sys.stderr.isatty():
            self._sizes = {file.source: size_of(file.source) for file in files}
        if length := sum(self._sizes.values()):
            self._bar = _bar(length / 1e6)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is None:
            return
        if kind is None:
            self._bar.bar_format = _ENDED
            self._show(self._bar.total)
        self._bar.close()

    def reading(self, position: Callable[[], int]) -> None:
        """Note that the present file is being read; `position` tells how many bytes of it are, when that is wanted."""
        if self._bar is not None and time.monotonic() - self._last > _EVERY:
            self._last = time.monotonic()
            self._show((self._finished + position()) / 1e6)

    def finished(self, source: str) -> None:
        """Note that a file is done."""
        self._finished += self._sizes.get(source, 0)
        self.reading(lambda: 0)

    def clear(self) -> None:
        """Make room for a message on a line of its own."""
        if self._bar is not None:
            self._bar.clear()

    def _show(self, megabytes: float) -> None:
        bar = self._bar
        bar.set_postfix_str(_fitting(self._came_of_it(), (bar.format_dict["ncols"] or 160) - _TAKEN), refresh=False)
        if not bar.update(max(0, min(megabytes, bar.total) - bar.n)):  # it refreshes by itself if something was read
            bar.refresh()

    def _came_of_it(self) -> list[str]:
        totals = self._totals
        share = [f"{totals.removed / totals.paragraphs:.1%} repeats"] if totals.paragraphs else []
        return [f"{totals.files:,} files", f"{totals.paragraphs:,} paragraphs", *share]


def _fitting(parts: list[str], width: int) -> str:
    """Return as many of the parts as fit, of which the last one is worth most."""
    while parts and len(", ".join(parts)) > width:
        parts = parts[1:]
    return ", ".join(parts)


def _bar(megabytes: float) -> Any:
    from tqdm import tqdm  # for a terminal alone

    tqdm.monitor_interval = 0  # no thread that looks whether it is late
    tqdm.set_lock(threading.RLock())  # nor a lock for several processes
    return tqdm(
        total=megabytes, unit=" MB", file=sys.stderr, dynamic_ncols=True, mininterval=_EVERY, miniters=0,
        smoothing=_SMOOTHING, bar_format=_RUNNING,
    )  # fmt: skip
