"""Removals with their reasons, and documents without what is removed. Pure functions over Arrow batches, without Spark."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from ...config import Config
from ...match.compare import removal_reason
from ...match.tables import RELATIONS
from ...text.paragraphs import cuts, split_paragraphs, without


def with_reasons(batches: Iterable[pa.RecordBatch], schema: pa.Schema, config: Config) -> Iterator[pa.RecordBatch]:
    """Say relations in words, and why each paragraph is removed.

    Columns are id, position, relation, original, words and jaccard; those of the result are as `schema` says.
    """
    for batch in batches:
        relations, words, jaccards = (batch.column(name).to_pylist() for name in ("relation", "words", "jaccard"))
        reasons = [
            removal_reason(relation, count, config.threshold, jaccard)
            for relation, count, jaccard in zip(relations, words, jaccards, strict=True)
        ]
        named = [RELATIONS[relation] for relation in relations]
        values = [batch.column("id"), batch.column("position"), named, batch.column("original"), reasons]
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(v, f.type) if isinstance(v, list) else v.cast(f.type)
                for v, f in zip(values, schema, strict=True)
            ],
            schema=schema,
        )


def cleaned(batches: Iterable[pa.RecordBatch], text: str, positions: str) -> Iterator[pa.RecordBatch]:
    """Cut from the column `text` the paragraphs whose numbers stand in the column `positions`, which goes."""
    for batch in batches:
        removed = batch.column(positions).to_pylist()
        column, place = batch.column(text), batch.schema.get_field_index(text)
        changed = [k for k, gone in enumerate(removed) if gone]
        if changed:
            values = column.to_pylist()
            for k in changed:
                values[k] = _without(values[k], sorted(removed[k]))
            batch = batch.set_column(place, batch.schema.field(text), pa.array(values, column.type))
        yield batch.drop_columns([positions])


def _without(document: Any, removed: list[int]) -> Any:
    if isinstance(document, list):
        return [one for position, one in enumerate(document) if position not in set(removed)]
    spans = split_paragraphs(document)
    return without(document, cuts(document, [s.start for s in spans], [s.end for s in spans], removed))
