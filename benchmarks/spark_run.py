"""Clean JSON Lines on Spark and on one machine: the decisions compared, CPU seconds, and bytes shuffled.

    python benchmarks/spark_run.py corpus.jsonl --documents 20 --partitions 4
    python benchmarks/spark_run.py --skew 40000 --most 50

`--documents N` makes a document of N lines. `--skew N` makes N paragraphs of which a quarter are variants of one caption,
and a tenth copies of one. `--shuffle SEED` gives the rows in another order.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pyspark.sql import SparkSession

import dedup
from dedup.integrations import spark as dedup_spark
from dedup.integrations.spark import _decide


def lines_of(path: str, count: int) -> list[tuple[int, str]]:
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    return [(at // count, "\n\n".join(texts[at : at + count])) for at in range(0, len(texts), count)]


def skewed(n: int) -> Iterator[tuple[int, str]]:
    draw = random.Random(7)
    words = ["".join(draw.choices("bcdfglmnprst", k=3)) + draw.choice("aeiou") for _ in range(4000)]
    for number in range(n):
        kind = draw.random()
        if kind < 0.25:
            yield (
                number,
                f"The harbour at dawn, seen from the wall of the old town, picture {number} of the series by Ann Lee",
            )
        elif kind < 0.35:
            yield number, "All rights reserved by the harbour office, whose pictures may not be shown without its name."
        else:
            yield number, " ".join(draw.choices(words, k=draw.randint(12, 60))).capitalize() + "."


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and those that it started."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            stats[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    ours = {pid}
    while more := {one for one, (parent, _) in stats.items() if parent in ours} - ours:
        ours |= more
    return sum(stats[one][1] for one in ours if one in stats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?")
    parser.add_argument("--documents", type=int, default=1)
    parser.add_argument("--skew", type=int)
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--shuffle", type=int)
    parser.add_argument("--few", type=int, default=_decide._FEW, help="undecided paragraphs that one task decides")
    parser.add_argument("--master", default="local[2]")
    options = parser.parse_args()
    _decide._FEW = options.few
    documents = list(skewed(options.skew)) if options.skew else lines_of(options.source, options.documents)
    paragraphs = sum(len(dedup.split_paragraphs(text)) for _, text in documents)
    began, before = time.perf_counter(), time.process_time()
    with dedup.Deduplicator(max_candidates=options.most) as seen:
        wanted = {
            (result.id, one.position): (one.decision.relation, one.decision.duplicate_of, one.decision.reason)
            for result in seen.stream(documents)
            for one in result.removed
        }
        capped = seen.capped_lookups
    print(
        f"one machine: {time.perf_counter() - began:.1f} s, {time.process_time() - before:.1f} CPU s, "
        f"{paragraphs:,} paragraphs, {len(wanted):,} removed, {capped:,} lookups capped", flush=True
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        given = list(documents)
        if options.shuffle is not None:
            random.Random(options.shuffle).shuffle(given)
        source = Path(folder, "in.jsonl")
        source.write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id, text in given), encoding="utf-8")
        os.environ["PYSPARK_PYTHON"] = sys.executable
        settings = {
            "spark.driver.memory": "2g", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": options.partitions, "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false", "spark.eventLog.dir": f"file://{folder}",
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        }  # fmt: skip
        builder = SparkSession.builder.master(options.master)
        for name, value in settings.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        spark.sparkContext.setCheckpointDir(f"{folder}/checkpoints")
        frame = spark.read.schema("id long, text string").json(str(source)).repartition(options.partitions)
        began = time.perf_counter()
        result = dedup_spark.clean(frame, max_candidates=options.most)
        result.documents.write.parquet(f"{folder}/out")
        took = time.perf_counter() - began
        found = {
            (row.document, row.position): (row.relation, tuple(row.original), row.reason)
            for row in result.removed.collect()
        }
        size = sum(path.stat().st_size for path in Path(folder, "checkpoints").rglob("*.parquet"))
        process = cpu_of(spark.sparkContext._gateway.proc.pid)
        spark.stop()
        written = read = seconds = 0
        for log in Path(folder).glob("app-*" if "spark:" in options.master else "local-*"):
            for line in log.read_text("utf-8").splitlines():
                event = json.loads(line)
                metrics = event.get("Task Metrics") if event["Event"] == "SparkListenerTaskEnd" else None
                if metrics:
                    written += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                    read += metrics["Input Metrics"]["Bytes Read"]
                    seconds += metrics["Executor Run Time"] / 1000
    print(
        f"Spark: {took:.1f} s, {process:.1f} CPU s of all processes, {seconds:.1f} s of tasks, "
        f"{written / paragraphs:.0f} B shuffled, {read / paragraphs:.0f} B read and {size / paragraphs:.0f} B kept a paragraph; "
        f"decisions {'identical' if found == wanted else 'DIFFERENT'}"
    )  # fmt: skip
    if found != wanted:
        differ = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
        sys.exit(f"{len(differ):,} differ: {[(key, found.get(key), wanted.get(key)) for key in sorted(differ)[:5]]}")


if __name__ == "__main__":
    main()
