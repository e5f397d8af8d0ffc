"""The cost curve: time, memory, disk and work per paragraph, from 10,000 to --n: `python benchmarks/scaling.py`.

Each paragraph is a document of its own and comes from an iterator, so the corpus is never in memory; each curve has a
process of its own. Time is CPU time on one core, less the making of the paragraphs. State is what the system counts as
resident at most, less what the process held before and less the text that is kept. With TEXTS (JSON Lines with "text")
the paragraphs come from files. --page writes the tables into docs/cost.md and the plot into docs/cost.svg.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("DEDUP_ENGINE", "numba")

from machine import machine
from plot import Panel, as_svg
from tables import Table, as_markdown, as_text, put_between
from texts import paragraphs

import dedup
from dedup import api

LIKENESS, DEFINITION, FILE = "likeness 0.7", "definition", "definition, index in a file"
CURVES: dict[str, dict[str, Any]] = {LIKENESS: {"threshold": 0.7}, DEFINITION: {}, FILE: {}}
CHUNK = 10_000  # paragraphs made or read at a time
DOCUMENT = 25  # paragraphs, where documents are cleaned
DOCS = Path(__file__).parent.parent / "docs"
MARKERS = "<!-- tables: python benchmarks/scaling.py --page -->", "<!-- end of tables -->"


def source(paths: list[Path]) -> Iterator[str]:
    """Paragraphs of files, or made-up ones without end."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield from (json.loads(line)["text"] for line in file)
    for seed in count(1) if not paths else ():
        yield from (paragraph.text for paragraph in paragraphs(CHUNK, seed))


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def candidates(index: Any, keys: Any) -> float:
    """How many entries share a band or an opening with a paragraph, but for itself, on average."""
    met = 0
    for row in keys.tolist():
        found: set[int] = set()
        for column, key in enumerate(row[1:], 1):
            if column < index.single or key:
                found.update(index.bucket(min(column, index.single), key))
        met += len(found - set(index.bucket(0, row[0])))
    return met / len(keys)


class Curve:
    """Decides on paragraphs as they are asked for, and measures whenever a size is reached: `points`."""

    def __init__(self, texts: Iterator[str], sizes: list[int], index: str | None, options: dict[str, Any]) -> None:
        self.texts, self.sizes, self.points = texts, sizes, list[dict[str, float]]()
        for _ in dedup.unique((f"paragraph {i} loads the kernels" for i in range(5_000)), **options):
            pass
        self.before, self.apart = resident(), 0.0
        self.done = self.kept = self.text = 0
        with dedup.Deduplicator(index=index, **options) as self.seen:
            self.begin = process_time()
            for chunk, decided in api._decisions(self._given(), self.seen._state):
                self.batch = decided.batch
                stay = [text for text, gone in zip(chunk, decided.verdicts.removed.tolist(), strict=True) if not gone]
                self.done, self.kept = self.done + len(chunk), self.kept + len(stay)
                self.text += sum(len(text.encode()) for text in stay)

    def _given(self) -> Iterator[str]:
        for n in range(CHUNK, max(self.sizes) + 1, CHUNK):
            at = process_time()
            chunk = list(islice(self.texts, CHUNK))
            self.apart += process_time() - at
            yield from chunk
            if n in self.sizes:
                self.seen.commit()
                at = process_time()
                self._measure(at - self.begin - self.apart)
                self.apart += process_time() - at

    def _measure(self, spent: float) -> None:
        index, store = self.seen._state._index, self.seen.store
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.points.append(
            {
                "n": round(self.done, -4),
                "time": spent / self.done * 1e6,
                "memory": (peak - self.before - self.text) / self.kept,
                "text": self.text / self.kept,
                "kept": self.kept / self.done,
                "disk": store.size.stored / self.kept if store else 0,
                "candidates": candidates(index, self.batch.keys),
            }
        )


def curve(name: str, texts: Iterator[str], sizes: list[int]) -> list[dict[str, float]]:
    """The points of one curve; of an index in a file also what it takes to open, in the last one."""
    if name != FILE:
        return Curve(texts, sizes, None, CURVES[name]).points
    with TemporaryDirectory(prefix="dedup-benchmark-") as folder:
        path = str(Path(folder, "kept.index"))
        points = Curve(texts, sizes, path, CURVES[name]).points
        begin = perf_counter()
        dedup.Deduplicator(index=path).close()
        points[-1]["open"] = (perf_counter() - begin) / (points[-1]["kept"] * points[-1]["n"]) * 1e6
    return points


def cores(texts: Iterator[str], n: int) -> list[dict[str, float]]:
    """Documents in memory, cleaned by one thread and by as many as there are cores: time by the clock."""
    written = list(islice(texts, n))
    documents = ["\n\n".join(written[i : i + DOCUMENT]) for i in range(0, n, DOCUMENT)]
    walls: dict[int, list[float]] = {1: [], os.cpu_count() or 1: []}
    for _ in range(4):  # the first one is not counted
        for jobs, wall in walls.items():
            begin = perf_counter()
            with dedup.Deduplicator() as seen:
                for _ in seen.stream(documents, jobs=jobs):
                    pass
            wall.append(perf_counter() - begin)
    return [{"n": n, "jobs": jobs, "wall": median(wall[1:]) / n * 1e6} for jobs, wall in walls.items()]


def short(n: float) -> str:
    """A power of ten as it is written in tables."""
    return f"10{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digit)] for digit in str(len(str(round(n))) - 1))}"


def tables(curves: dict[str, list[dict[str, float]]]) -> list[Table]:
    """What was measured."""
    heads = [short(point["n"]) for point in curves[DEFINITION]]

    def row(name: str, figure: Callable[[dict[str, float]], str], *, on: str = DEFINITION) -> list[str]:
        return [name, *(figure(point) for point in curves[on])]

    rows = [row(f"time, {name}, µs", lambda point: f"{point['time']:.1f}", on=name) for name in CURVES]
    rows += [
        row(f"memory beyond the text, {name}, bytes", lambda point: f"{point['memory']:.0f}", on=name)
        for name in (LIKENESS, DEFINITION)
    ]
    rows += [
        row("text, bytes", lambda point: f"{point['text']:.0f}"),
        row("index file, bytes", lambda point: f"{point['disk']:.0f}", on=FILE),
        *(
            row(f"candidates from LSH, {name}", lambda point: f"{point['candidates']:.2f}", on=name)
            for name in (LIKENESS, DEFINITION)
        ),
    ]
    title = "Cost by number of paragraphs; time and candidates for each given, bytes for each kept"
    return [Table(title, heads, rows)]


def panels(curves: dict[str, list[dict[str, float]]]) -> list[Panel]:
    """The plot: time, memory and disk."""

    def line(name: str, what: str) -> list[tuple[float, float]]:
        return [(point["n"], point[what]) for point in curves[name]]

    return [
        Panel("CPU time, µs a paragraph", {name: line(name, "time") for name in CURVES}),
        Panel(
            "bytes a kept paragraph, beyond its text",
            {
                **{f"memory, {name}": line(name, "memory") for name in (LIKENESS, DEFINITION)},
                "index file, all of it": line(FILE, "disk"),
            },
        ),
    ]


def remarks(measured: dict[str, Any]) -> list[str]:
    """What the table does not hold: opening a file, the machine."""
    last = measured["curves"][FILE][-1]
    opened = f"An index in a file of {last['n'] * last['kept']:,.0f} entries opens in {last['open']:.1f} µs an entry."
    return [opened, measured["about"] + "."]


def by_cores(points: list[dict[str, float]]) -> str:
    """Time by the clock, which means something only where nobody else uses the machine."""
    one, several = points[0], points[-1]
    return (
        f"{one['n']:,} paragraphs in documents of {DOCUMENT}, by the clock: {one['wall']:.1f} µs a paragraph with one "
        f"thread, {several['wall']:.1f} with jobs={several['jobs']} (×{one['wall'] / several['wall']:.2f})"
    )


def write_page(measured: dict[str, Any]) -> None:
    """Put table, remarks and plot into the folder of documents."""
    parts = [*map(as_markdown, tables(measured["curves"])), *remarks(measured)]
    put_between(DOCS / "cost.md", MARKERS, "\n\n".join(parts))
    (DOCS / "cost.svg").write_text(as_svg(panels(measured["curves"])), encoding="utf-8")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, nargs="*", help="JSON Lines with the paragraphs")
    parser.add_argument("--n", type=int, default=1_000_000, help="the most paragraphs, a power of ten (1,000,000)")
    parser.add_argument("--page", action="store_true", help="put the tables and the plot into docs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the points")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [10**k for k in range(4, 10) if 10**k <= options.n]
    if options.alone:
        texts = source(options.texts)
        made = cores(texts, min(options.n, 200_000)) if options.alone == "cores" else curve(options.alone, texts, sizes)
        print(json.dumps(made))
        return

    def alone(name: str) -> list[dict[str, float]]:
        command = [sys.executable, __file__, *map(str, options.texts), "--n", str(options.n), "--alone", name]
        found: list[dict[str, float]] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        return found

    about = machine(["numpy", "numba"])
    print(about, flush=True)
    threads = alone("cores")
    print(by_cores(threads), flush=True)
    curves = {name: alone(name) for name in CURVES}
    measured = {"about": about, "cores": threads, "curves": curves}
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1), encoding="utf-8")
    print("\n\n".join([*map(as_text, tables(curves)), *remarks(measured)]))
    if options.page:
        write_page(measured)


if __name__ == "__main__":
    main()
