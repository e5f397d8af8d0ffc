"""A run over JSON Lines or Parquet, from files to files."""

import sys
from functools import partial
from uuid import uuid4

import click
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ...errors import CorpusError, DedupError, InputError
from ._clean import clean, to_index
from ._lines import cleaned_lines, parse_lines
from ._store import exists, remove


@click.command()
@click.argument("source")
@click.option("-o", "--output", required=True, metavar="DST", help="Folder to make: documents and removed in it.")
@click.option("--format", type=click.Choice(["jsonl", "parquet"]), help="Format of SRC.  [default: as its name ends]")
@click.option("--id", default="id", show_default=True, metavar="NAME", help="Member or column that orders documents.")
@click.option(
    "--field", default="text", show_default=True, metavar="NAME", help="Member or column that holds the text."
)
@click.option("--threshold", type=float, metavar="JACCARD", help="Remove by likeness instead.")
@click.option("--index", metavar="FILE", help="What was kept before, of other documents: an index of this machine.")
@click.option(
    "--new-index",
    metavar="FILE",
    help="Write what is kept into a new index; with --index, continue that one: same FILE.",
)
@click.option(
    "--checkpoints", metavar="DIR", help="Folder for the steps, which all executors see.  [default: beside DST]"
)
def main(
    source: str,
    output: str,
    format: str | None,
    id: str,
    field: str,
    threshold: float | None,
    index: str | None,
    new_index: str | None,
    checkpoints: str | None,
) -> None:
    """Clean the documents of SRC, files of JSON Lines or Parquet, in the order of their ids."""
    spark = SparkSession.builder.appName("dedup").getOrCreate()
    folder = checkpoints or f"{output.rstrip('/')}-checkpoints-{uuid4().hex[:8]}"
    try:
        if exists(spark, output):
            raise CorpusError(f"{output} is there already; expected the name of a folder to make")
        spark.sparkContext.setCheckpointDir(folder)
        if (format or _format_of(source)) == "jsonl":
            documents, lines = _lines(spark, source, id, field)
            columns = "id", "text"
        else:
            documents, lines = spark.read.parquet(source), None
            columns = id, field
        cleaned, removed = clean(documents, *columns, index=index, threshold=threshold)
        if lines is None:
            cleaned.sort(id).write.parquet(f"{output}/documents")
            removed.write.parquet(f"{output}/removed")
        else:
            _cut_lines(lines, removed, field).write.text(f"{output}/documents")
            removed.write.json(f"{output}/removed")
        if new_index is not None:
            to_index(documents, removed, new_index, *columns, threshold=threshold)
    except (DedupError, PySparkException, Py4JError) as error:
        click.echo(f"dedup: {_said(error)}", err=True)
        sys.exit(2)
    finally:
        steps = spark.sparkContext.getCheckpointDir()
        if steps is not None:
            remove(spark, folder if checkpoints is None else steps)
        spark.stop()


def _format_of(source: str) -> str:
    return "parquet" if source.rstrip("/").endswith(".parquet") else "jsonl"


def _lines(spark: SparkSession, source: str, id: str, field: str) -> tuple[DataFrame, DataFrame]:
    """Return documents, and the lines that they stand in by id: whole numbers if all ids are, else strings."""
    parsed = spark.read.text(source).mapInArrow(
        partial(parse_lines, id=id, text=field), "number long, name string, text string, line string"
    )
    kinds = parsed.agg(F.count("*").alias("all"), F.count("number").alias("numbers")).first()
    assert kinds is not None
    if 0 < kinds["numbers"] < kinds["all"]:
        raise InputError(f"{source} has ids that are strings and ids that are numbers; expected one kind, to order by")
    ids = F.col("number" if kinds["numbers"] else "name").alias("id")
    return parsed.select(ids, "text"), parsed.select(ids, "line")


def _cut_lines(lines: DataFrame, removed: DataFrame, field: str) -> DataFrame:
    positions = removed.groupBy(F.col("document").alias("id")).agg(F.collect_list("position").alias("positions"))
    joined = lines.join(positions, "id", "left").sort("id").select("line", "positions")
    return joined.mapInArrow(partial(cleaned_lines, text=field), "value string")


def _said(error: Exception) -> str:
    """Return the last line of what an executor said, which is our message; else the first."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    ours = [line for line in lines if line.startswith("dedup.errors.")]
    return ours[-1].partition(": ")[2] if ours else lines[0]
