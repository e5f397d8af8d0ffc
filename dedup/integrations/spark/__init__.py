"""Deduplicate a DataFrame of documents on a Spark cluster, with the decisions of one machine, bit for bit.

    from dedup.integrations import spark as dedup_spark

    spark.sparkContext.setCheckpointDir("hdfs:///tmp/checkpoints")
    documents, removed = dedup_spark.clean(spark.read.parquet("articles"), id="url", text="text")

Needs PySpark 4, which needs Java 17: pip install 'dedup-paragraphs[spark]'
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema

from ...config import Config
from ...errors import ConfigError, InputError
from ._decide import decide
from ._name import removals
from ._read import read_paragraphs
from ._store import Store
from ._write import cleaned, with_reasons

_POSITIONS = "dedup positions"


class Cleaned(NamedTuple):
    """What `clean` returns.

    documents: every column of the documents, the text without what is removed
    removed: a row for every paragraph that is: document, position, relation, original (document, position), reason
    """

    documents: DataFrame
    removed: DataFrame


def clean(documents: DataFrame, id: str = "id", text: str = "text", **options: Any) -> Cleaned:
    """Remove the paragraphs of documents that an earlier one says, in the ascending order of their ids.

    The decisions are those of `Deduplicator.stream` on the documents in that order. `text` names a column of texts, or
    of lists of paragraphs, which are texts or structs of a text and a kind. `options` are the fields of `Config`. All is
    decided when it returns; the documents are read twice, and must be the same both times.

    Raises ConfigError for an unknown option or column, and a session without a checkpoint folder; InputError for an id
    that is missing or comes twice.
    """
    config = Config.of(None, options)
    _check_columns(documents, id, text)
    store = Store(documents.sparkSession)
    paragraphs = store.keep("paragraphs", _paragraphs(documents, id, text, config))
    decided = decide(paragraphs, config, store)
    id_type = documents.schema[id].dataType
    found = removals(paragraphs, decided, config)
    schema = _removed_schema(id_type)
    removed = found.mapInArrow(partial(_with_reasons, config=config, schema=to_arrow_schema(schema)), schema)
    removed = store.keep("removed", removed)
    return Cleaned(_without(documents, removed, id, text), removed)


def _paragraphs(documents: DataFrame, id: str, text: str, config: Config) -> DataFrame:
    """Read the documents in the order of their ids."""
    given = documents.select(F.col(id).alias("id"), F.col(text).alias("text")).sort("id")
    schema = T.StructType(
        [
            T.StructField("at", T.LongType()),
            T.StructField("id", documents.schema[id].dataType),
            *T._parse_datatype_string(_PARAGRAPH).fields,
        ]
    )
    return given.mapInArrow(partial(_read, config=config), schema).withColumn("given", F.lit(False))


_PARAGRAPH = (
    "position int, twin int, words int, local boolean, simple boolean, say binary, keys array<long>, text binary, "
    "flags binary, within array<struct<grade: byte, at: long, relation: byte, jaccard: float, certain: boolean>>"
)


def _read(batches: Iterator[pa.RecordBatch], config: Config) -> Iterator[pa.RecordBatch]:
    context = TaskContext.get()
    assert context is not None
    return read_paragraphs(batches, context.partitionId(), config)


def _with_reasons(batches: Iterator[pa.RecordBatch], config: Config, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    return with_reasons(batches, schema, config)


def _without(documents: DataFrame, removed: DataFrame, id: str, text: str) -> DataFrame:
    """Return the documents without what is removed."""
    positions = removed.groupBy(F.col("document").alias(id)).agg(F.collect_list("position").alias(_POSITIONS))
    joined = documents.join(positions, id, "left").select(*documents.columns, _POSITIONS)
    return joined.mapInArrow(partial(cleaned, text=text, positions=_POSITIONS), documents.schema)


def _removed_schema(id_type: T.DataType) -> T.StructType:
    original = T.StructType([T.StructField("document", id_type), T.StructField("position", T.IntegerType())])
    return T.StructType(
        [
            T.StructField("document", id_type),
            T.StructField("position", T.IntegerType()),
            T.StructField("relation", T.StringType()),
            T.StructField("original", original),
            T.StructField("reason", T.StringType()),
        ]
    )


def _check_columns(documents: DataFrame, id: str, text: str) -> None:
    for name in (id, text):
        if name not in documents.columns:
            raise ConfigError(f"there is no column {name!r}; expected one of {', '.join(documents.columns)}")
    kind = documents.schema[text].dataType
    one = kind.elementType if isinstance(kind, T.ArrayType) else kind
    if isinstance(one, T.StructType) and isinstance(kind, T.ArrayType):
        if {"text", "kind"} <= set(one.names):
            return
    elif isinstance(one, T.StringType):
        return
    raise InputError(
        f"column {text!r} is {kind.simpleString()}; expected string, array<string> or array<struct<text,kind>>"
    )
