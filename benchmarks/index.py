"""An index in a file: what it costs to append, commit, open, look up and hold: `python benchmarks/index.py`.

Entries are made-up paragraphs, each a document with an id. Times are of one process; opening inflates in two threads.
With TEXTS (JSON Lines with "text") the paragraphs come from a file. DEDUP_ENGINE chooses the backend, numba by default.
"""

import argparse
import json
import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

os.environ.setdefault("DEDUP_ENGINE", "numba")

import numpy as np
from texts import paragraphs

import dedup
from dedup.decide.batch import EXACT_ONLY, entries, read_batch
from dedup.index.file import IndexFile

BATCH = 1_000


def measured(name: str, count: int, job: Callable[[], object]) -> object:
    """Run a job and print what it costs for each of `count`."""
    begin, begin_cpu = perf_counter(), process_time()
    result = job()
    wall, cpu = perf_counter() - begin, process_time() - begin_cpu
    print(f"{name:34} {wall / count * 1e6:9.2f} µs {cpu / count * 1e6:9.2f} µs {count / wall:12,.0f}", flush=True)
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, nargs="?", help="JSON Lines with the paragraphs")
    parser.add_argument("--n", type=int, default=200_000, help="paragraphs (200,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often it is opened (3)")
    options = parser.parse_args()
    if options.texts is None:
        texts = [paragraph.text for paragraph in paragraphs(options.n)]
    else:
        with open(options.texts, encoding="utf-8") as file:
            texts = [json.loads(line)["text"] for line in islice(file, options.n)]
    config, n = dedup.Config(), len(texts)
    fast = os.environ["DEDUP_ENGINE"] == "numba"
    ids = [f"https://example.org/{place}" for place in range(n)]
    starts = range(0, n, BATCH)
    words = sum(len(text.split()) for text in texts) / n
    print(f"{n:,} paragraphs of {words:.0f} words, each a document with an id of {len(ids[-1])} characters\n")
    print(f"{'each':34} {'wall':>12} {'CPU':>12} {'a second':>12}")
    with TemporaryDirectory(prefix="dedup-benchmark-") as folder:
        columns = []
        for begin in starts:
            part = texts[begin : begin + BATCH]
            batch = read_batch(part, np.ones(len(part), dtype=np.int64), config, alone=True, fast=fast)
            columns.append(
                entries(batch, np.flatnonzero(batch.roles >= EXACT_ONLY), np.arange(begin, begin + len(part)))
            )
        store = IndexFile(Path(folder, "append.index"), config)

        def append() -> None:
            for i, part in zip(starts, columns, strict=True):
                store.append(ids[i : i + BATCH], part)
                store.commit()

        measured(f"append, a commit every {BATCH:,}", n, append)
        store.close()
        store = IndexFile(Path(folder, "whole.index"), config)

        def append_all() -> None:
            for i, part in zip(starts, columns, strict=True):
                store.append(ids[i : i + BATCH], part)
            store.commit()

        measured("append, one commit", n, append_all)
        size = store.size.stored
        store.close()

        def run(index: Path | None) -> None:
            with dedup.Deduplicator(config, index=index) as seen:
                for _ in seen.stream(zip(ids, texts, strict=True)):
                    pass

        run(None)
        measured("stream, index in memory", n, lambda: run(None))
        kept = Path(folder, "kept.index")
        measured("stream, index in a file", n, lambda: run(kept))
        path = Path(folder, "whole.index")
        for _ in range(options.rounds):
            opened = measured("open", n, lambda: dedup.Deduplicator(config, index=path))
            assert isinstance(opened, dedup.Deduplicator)
            opened.close()
        with dedup.Deduplicator(config, index=kept) as seen:
            few = list(zip([f"again {i}" for i in ids], texts, strict=True))[: n // 4]
            measured("look up what is known, by text", len(few), lambda: list(seen.stream(few)))
            made = dedup.to_datasketch(dedup.signatures(texts[:500]))
            measured("look up a sketch", len(made), lambda: [seen.lookup(one) for one in made])
        print(f"\n{size / n:.0f} bytes an entry")


if __name__ == "__main__":
    main()
