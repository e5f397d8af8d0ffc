"""JSON Lines on a cluster: every line keeps its bytes but for the text. Pure functions over Arrow batches, without Spark."""

import io
import json
from collections.abc import Iterable, Iterator

import pyarrow as pa

from ...errors import InputError
from ...io.formats.jsonl import JsonLinesReader
from ...io.formats.rows import Row, Source
from ...text.paragraphs import cuts, split_paragraphs, without


def parse_lines(batches: Iterable[pa.RecordBatch], id: str, text: str) -> Iterator[pa.RecordBatch]:
    """Return the lines with their ids, as numbers and as strings, and their texts. Raises InputError."""
    for batch in batches:
        lines = [line for line in batch.column(0).to_pylist() if line.strip()]
        ids, texts = [], []
        for line in lines:
            row = _row(line, text)
            one_text = row.text is not None and row.paragraphs is None
            found = json.loads(line).get(id) if one_text else None
            if not isinstance(found, (str, int)) or isinstance(found, bool):
                problem = row.problem or f"field {id!r} is {found!r}, no string or whole number"
                if row.paragraphs is not None:
                    problem = f"field {text!r} is a list, which Parquet can hold here, not JSON Lines"
                raise InputError(
                    f"the line {line[:80]!r} cannot be read: {problem}; expected {id!r} and {text!r} in each"
                )
            ids.append(found)
            texts.append(row.text)
        numbers = [one if isinstance(one, int) else None for one in ids]
        values = [pa.array(numbers, pa.int64()), [str(one) for one in ids], texts, lines]
        yield pa.RecordBatch.from_arrays(
            [value if isinstance(value, pa.Array) else pa.array(value, pa.string()) for value in values],
            names=["number", "name", "text", "line"],
        )


def cleaned_lines(batches: Iterable[pa.RecordBatch], text: str) -> Iterator[pa.RecordBatch]:
    """Cut paragraphs from lines: columns `line` and `positions`, of what goes of its text."""
    for batch in batches:
        lines, removed = (batch.column(name).to_pylist() for name in ("line", "positions"))
        for k, positions in enumerate(removed):
            if positions:
                lines[k] = _cut(lines[k], sorted(positions), text)
        yield pa.RecordBatch.from_arrays([pa.array(lines, pa.string())], names=["value"])


def _cut(line: str, removed: list[int], text: str) -> str:
    reader = JsonLinesReader(Source(io.BytesIO(line.encode()), (text,)))
    (row,) = reader.rows()
    assert row.text is not None
    spans = split_paragraphs(row.text)
    places = cuts(row.text, [one.start for one in spans], [one.end for one in spans], removed)
    return without(reader.spelling(row), reader.places(row, places, removed))


def _row(line: str, text: str) -> Row:
    (row,) = JsonLinesReader(Source(io.BytesIO(line.encode()), (text,))).rows()
    return row
