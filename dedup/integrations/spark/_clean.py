"""What users call: DataFrames in, DataFrames out."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

import pyarrow as pa
from pyspark import SparkFiles, TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema, to_arrow_type

from ...config import Config
from ...errors import ConfigError, InputError
from ...index.file import IndexFile, open_file
from ._decide import decide
from ._index import append_blocks, blocks_of, entries_as_paragraphs, ids_of
from ._name import removals
from ._read import read_paragraphs
from ._store import Store
from ._write import cleaned, with_reasons

_POSITIONS = "dedup positions"
_PARAGRAPH = (
    "position int, twin int, words int, local boolean, simple boolean, say binary, keys array<long>, text binary, "
    "flags binary, within array<struct<grade: byte, at: long, relation: byte, jaccard: float, certain: boolean>>"
)


class Cleaned(NamedTuple):
    """What `clean` returns.

    documents: every column of the documents, the text without what is removed
    removed: a row for every paragraph that is: document, position, relation, original (document, position), reason
    """

    documents: DataFrame
    removed: DataFrame


def clean(
    documents: DataFrame,
    id: str = "id",
    text: str = "text",
    *,
    index: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Cleaned:
    """Remove the paragraphs of documents that an earlier one says, in the ascending order of their ids.

    The decisions are those of `Deduplicator.stream` on the documents in that order. `text` names a column of texts, or
    of lists of paragraphs, which are texts or structs of a text and a kind. `index` is a file of this machine that
    holds what was kept before, of other documents; it is only read. `options` are the fields of `Config`. All is decided
    when it returns; the documents are read twice, and must be the same both times.

    Raises ConfigError for an unknown option or column, and a session without a checkpoint folder; InputError for a
    column of another type, and an id that the index has; what the executors refuse, as an id that is missing or comes
    twice, is a PythonException of Spark with our message.
    """
    config = Config.of(None, options)
    _check_columns(documents, id, text)
    store = Store(documents.sparkSession)
    paragraphs = _paragraphs(documents, id, text, config)
    with TemporaryDirectory() as folder:
        if index is not None:
            paragraphs = paragraphs.union(_kept_before(documents, id, index, Path(folder), config))
        paragraphs = store.keep("paragraphs", paragraphs)
    decided = decide(paragraphs, config, store)
    schema = _removed_schema(documents.schema[id].dataType)
    reasons = partial(with_reasons, schema=to_arrow_schema(schema), config=config)
    removed = removals(paragraphs, decided).mapInArrow(reasons, schema).sort("document", "position")
    removed = store.keep("removed", removed)
    return Cleaned(_without(documents, removed, id, text), removed)


def to_index(
    documents: DataFrame,
    removed: DataFrame,
    index: str | os.PathLike[str],
    id: str = "id",
    text: str = "text",
    **options: Any,
) -> None:
    """Write what was kept of documents into an index file of this machine, as `Deduplicator` writes it.

    documents, removed: those given to `clean`, and what it removed of them; options: as there. A file that there is
    already is continued: it has to be the one that `clean` was given. It is committed once, at the end.
    """
    config = Config.of(None, options)
    _check_columns(documents, id, text)
    positions = _positions(removed, id)
    joined = documents.select(id, text).join(positions, id, "left").select(id, text, _POSITIONS).sort(id)
    blocks = joined.mapInArrow(partial(blocks_of, config=config), "block binary")
    store = open_file(index, config)
    try:
        for _ in store.blocks():  # checks it
            pass
        append_blocks(store, (bytes(row.block) for row in blocks.toLocalIterator()), config)
    finally:
        store.close()


def _paragraphs(documents: DataFrame, id: str, text: str, config: Config) -> DataFrame:
    """Read the documents in the order of their ids."""
    given = documents.select(F.col(id).alias("id"), F.col(text).alias("text")).sort("id")
    schema = _paragraph_schema(documents.schema[id].dataType)
    return given.mapInArrow(partial(_read, config=config), schema).withColumn("given", F.lit(False))


def _read(batches: Iterator[pa.RecordBatch], config: Config) -> Iterator[pa.RecordBatch]:
    context = TaskContext.get()
    assert context is not None
    return read_paragraphs(batches, context.partitionId(), config)


def _kept_before(
    documents: DataFrame, id: str, index: str | os.PathLike[str], folder: Path, config: Config
) -> DataFrame:
    """Read an index file of this machine, which is sent to the executors from a folder until it is read.

    Raises InputError for an id that it has, and what `IndexFile` raises.
    """
    IndexFile(index, config, write=False).close()  # says here what is wrong with it
    spark, path = documents.sparkSession, folder / f"{uuid4().hex}.index"  # Spark knows a file by its name for good
    shutil.copyfile(index, path)
    spark.sparkContext.addFile(str(path))
    id_type = to_arrow_type(documents.schema[id].dataType)
    one = spark.range(0, 1, 1, 1)

    def ids(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield from ids_of(SparkFiles.get(path.name), id_type, config)

    def entries(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield from entries_as_paragraphs(SparkFiles.get(path.name), id_type, config)

    known = one.mapInArrow(ids, T.StructType([T.StructField("id", documents.schema[id].dataType)]))
    again = documents.select(F.col(id).alias("id")).join(known, "id", "left_semi").head(1)
    if again:
        raise InputError(f"document {again[0].id!r} is in {index} already; expected documents that it does not have")
    schema = _paragraph_schema(documents.schema[id].dataType)
    return one.mapInArrow(entries, schema).withColumn("given", F.lit(True))


def _without(documents: DataFrame, removed: DataFrame, id: str, text: str) -> DataFrame:
    """Return the documents without what is removed, in the order of their ids within each partition."""
    joined = documents.join(_positions(removed, id), id, "left").select(*documents.columns, _POSITIONS)
    without = partial(cleaned, text=text, positions=_POSITIONS)
    return joined.sortWithinPartitions(id).mapInArrow(without, documents.schema)


def _positions(removed: DataFrame, id: str) -> DataFrame:
    return removed.groupBy(F.col("document").alias(id)).agg(F.collect_list("position").alias(_POSITIONS))


def _paragraph_schema(id_type: T.DataType) -> T.StructType:
    others = T.StructType.fromDDL(_PARAGRAPH).fields
    return T.StructType([T.StructField("at", T.LongType()), T.StructField("id", id_type), *others])


def _removed_schema(id_type: T.DataType) -> T.StructType:
    original = T.StructType([T.StructField("document", id_type), T.StructField("position", T.IntegerType())])
    return (
        T.StructType()
        .add("document", id_type)
        .add("position", T.IntegerType())
        .add("relation", T.StringType())
        .add("original", original)
        .add("reason", T.StringType())
    )


def _check_columns(documents: DataFrame, id: str, text: str) -> None:
    for name in (id, text):
        if name not in documents.columns:
            raise ConfigError(f"there is no column {name!r}; expected one of {', '.join(documents.columns)}")
    kind = documents.schema[text].dataType
    if not _is_document(kind):
        raise InputError(
            f"column {text!r} is {kind.simpleString()}; expected string, array<string> or array<struct<text,kind>>"
        )


def _is_document(kind: T.DataType) -> bool:
    if isinstance(kind, T.ArrayType):
        one = kind.elementType
        return isinstance(one, T.StringType) or (isinstance(one, T.StructType) and {"text", "kind"} <= set(one.names))
    return isinstance(kind, T.StringType)
