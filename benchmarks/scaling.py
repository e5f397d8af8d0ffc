"""The cost curve: time, memory and disk per paragraph from 10,000 to as many as asked for: `python benchmarks/scaling.py`.

Each paragraph is a document of its own and comes from an iterator, so the corpus is never in memory; each curve has a
process of its own. Time is CPU time but for the making of the paragraphs; memory is what the system counts (resident
set, at the end and at its peak) less what the process held before, and less the text that is kept. With TEXTS (JSON
Lines with "text") the paragraphs come from files. --page writes the tables and the plot into docs/cost.md.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from time import process_time
from typing import Any

os.environ.setdefault("DEDUP_ENGINE", "numba")

from texts import paragraphs

import dedup

CONFIGURATIONS: dict[str, dict[str, Any]] = {"resemblance only": {"containment": None, "guard": False}, "all": {}}
CHUNK = 10_000  # paragraphs made or read at a time, and the least that is measured


class Given:
    """n paragraphs, made a chunk at a time; `made_in` counts the CPU time of that, `seen` is called after each chunk."""

    def __init__(self, paths: list[Path], n: int) -> None:
        self.paths, self.n, self.made_in = paths, n, 0.0
        self.spent: list[float] = []  # CPU time of the library at the end of each chunk
        self.resident: list[int] = []

    def __iter__(self) -> Iterator[str]:
        source, begin = self._source(), process_time()
        for _ in range(0, self.n, CHUNK):
            at = process_time()
            chunk = list(islice(source, CHUNK))
            self.made_in += process_time() - at
            yield from chunk
            self.spent.append(process_time() - begin - self.made_in)
            self.resident.append(resident())

    def _source(self) -> Iterator[str]:
        for path in self.paths:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    yield json.loads(line)["text"]
        for seed in count(1) if not self.paths else ():
            yield from (paragraph.text for paragraph in paragraphs(CHUNK, seed))


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(options: dict[str, Any], paths: list[Path], sizes: list[int], index: Path | None) -> list[dict[str, float]]:
    """A curve: of each size what it cost."""
    sum(1 for _ in dedup.unique((f"the {i} kernels are compiled and loaded" for i in range(5_000)), **options))
    before = resident()
    given = Given(paths, max(sizes))
    kept = text = 0
    points: list[dict[str, float]] = []

    def measure(n: int) -> None:
        chunks = n // CHUNK
        costs = [later - earlier for earlier, later in zip([0.0, *given.spent], given.spent, strict=False)]
        points.append(
            {
                "n": n,
                "kept": kept,
                "text": text / kept,
                "time": given.spent[chunks - 1] / n * 1e6,
                "last": sum(costs[9 * chunks // 10 :]) / (n - n * 9 // 10) * 1e6,
                "pause": max(costs),
                "system": os.times().system,
                "end": (given.resident[chunks - 1] - before - text) / kept,
                "peak": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before - text) / kept,
            }
        )

    for one in dedup.unique(given, **options):
        kept += 1
        text += len(one.encode())
        if len(points) < len(sizes) and len(given.spent) * CHUNK >= sizes[len(points)]:
            measure(sizes[len(points)])
    if len(points) < len(sizes):
        measure(sizes[-1])
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, nargs="*", help="JSON Lines with the paragraphs")
    parser.add_argument("--n", type=int, default=1_000_000, help="the most paragraphs (1,000,000)")
    parser.add_argument("--curve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [10**k for k in range(4, 10) if 10**k <= options.n]
    if options.curve:
        print(json.dumps(run(CONFIGURATIONS[options.curve], options.texts, sizes, None)))
        return
    for name in CONFIGURATIONS:
        command = [sys.executable, __file__, *map(str, options.texts), "--n", str(options.n), "--curve", name]
        print(name)
        for p in json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout):
            print({k: round(v, 3) for k, v in p.items()}, flush=True)


if __name__ == "__main__":
    main()
