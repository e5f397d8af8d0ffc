"""Parquet as rows, for which pyarrow must be installed. One row group at a time is in memory, on either side."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...results import Span
from .fields import OTHER_FIELD, NoText, document_of, pieces_of
from .json_text import as_json, places_in
from .rows import NOTE, Reader, Row, Source, Writer

_AT_ONCE = 1_000  # values that become Python strings together

_ANNOTATION = pa.list_(
    pa.struct(
        [
            ("paragraph", pa.int64()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("relation", pa.string()),
            ("duplicate_of", pa.struct([("document", pa.string()), ("paragraph", pa.int64())])),
            ("jaccard", pa.float64()),
            ("containment", pa.float64()),
            ("reason", pa.string()),
        ]
    )
)


class ParquetReader(Reader):
    """A Parquet file. Rows whose text is null are carried through.

    A column of strings is spelled as its texts are. Of everything else, lists of paragraphs, structs, several columns, a row
    is spelled as JSON: an object of the columns in which its document is.
    """

    def __init__(self, source: Source) -> None:
        """Read all of the file once. Raises OSError, and ValueError for one that is damaged or lacks the column."""
        self.source = source
        try:
            self._file = pq.ParquetFile(source.content)
        except pa.ArrowException as error:
            raise ValueError(f"not a whole Parquet file ({error})") from error
        schema = self._file.schema_arrow
        self._columns = list(dict.fromkeys(_column(field, schema) for field in source.fields))
        self._plain = len(source.fields) == 1 and _is_text(schema.field(self._columns[0]).type)
        self._check()

    def _check(self) -> None:
        try:
            for group in range(self._file.num_row_groups):
                table = self._file.read_row_group(group)
                for column in self._columns:
                    table.column(column).validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"damaged ({error})") from error

    def rows(self) -> Iterator[Row]:
        number = 0
        with closing(self.source):
            for group in range(self._file.num_row_groups):
                table = self._file.read_row_group(group)
                for begin in range(0, table.num_rows, _AT_ONCE):
                    for place, held in enumerate(self._held(table, begin, _AT_ONCE), begin):
                        number += 1
                        yield self._row(number, held, (table, place))

    def _held(self, table: pa.Table, begin: int, count: int) -> list[Any]:
        """Return what some rows hold: their texts or, of everything else, objects of columns."""
        if self._plain:
            texts: list[Any] = table.column(self._columns[0]).slice(begin, count).to_pylist()
            return texts
        objects: list[Any] = table.select(self._columns).slice(begin, count).to_pylist()
        return objects

    def _row(self, number: int, held: Any, raw: tuple[pa.Table, int]) -> Row:
        if self._plain:
            return Row(number, held, raw)
        try:
            text, paragraphs = document_of(pieces_of(held, self.source.fields))
        except NoText as error:
            return Row(number, None, raw, str(error))
        return Row(number, text, raw, paragraphs=paragraphs)

    def spelling(self, row: Row) -> str:
        if self._plain:
            return super().spelling(row)
        table, place = row.raw
        return as_json(self._held(table, place, 1)[0])

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        if self._plain:
            return super().places(row, spans, removed)
        return places_in(self.spelling(row), self.source.fields, spans, removed)

    def writer(self, target: BinaryIO, *, notes: bool) -> "ParquetWriter":
        return ParquetWriter(target, self._file, self._columns, plain=self._plain, notes=notes)


def _column(field: str, schema: pa.Schema) -> str:
    """Return the column in which a field is. Raises ValueError if there is none, or none that can hold texts."""
    parts = field.split(".")
    heads = (".".join(parts[:k]) for k in range(len(parts), 0, -1))
    column = next((head for head in heads if schema.get_field_index(head) >= 0), None)
    if column is None:
        raise ValueError(f"no column {field!r}; it has {', '.join(map(repr, schema.names)):.300}; {OTHER_FIELD}")
    kind = schema.field(column).type
    if not (_is_text(kind) or (pa.types.is_nested(kind) and _is_spelled(kind))):
        raise ValueError(f"column {column!r} is of type {kind}; expected strings, or lists or structs of them")
    return column


def _is_text(kind: pa.DataType) -> bool:
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text: bool = pa.types.is_string(values) or pa.types.is_large_string(values) or pa.types.is_string_view(values)
    return is_text


def _is_spelled(kind: pa.DataType) -> bool:
    """Tell whether JSON can say what a column holds."""
    types = pa.types
    if types.is_struct(kind):
        return all(_is_spelled(kind.field(k).type) for k in range(kind.num_fields))
    if types.is_list(kind) or types.is_large_list(kind):
        return _is_spelled(kind.value_type)
    return bool(
        _is_text(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_null(kind)
    )


class ParquetWriter(Writer):
    """Writes row groups as they were read, with other texts, and with `notes` a column of them."""

    def __init__(
        self, target: BinaryIO, source: pq.ParquetFile, columns: Sequence[str], *, plain: bool, notes: bool
    ) -> None:
        self._target = target
        self._columns, self._plain = columns, plain
        self._schema = source.schema_arrow
        # Each column as it was compressed; of a file without rows nobody knows.
        group = source.metadata.row_group(0) if source.num_row_groups else None
        written = [group.column(c) for c in range(group.num_columns)] if group else []
        self._compression = {
            column.path_in_schema: column.compression.lower().replace("uncompressed", "none") for column in written
        }
        self._file: pq.ParquetWriter | None = None
        self._table: pa.Table | None = None
        self._texts: dict[int, str] = {}
        self._notes: dict[int, list[dict[str, Any]]] | None = {} if notes else None

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        table, place = row.raw
        if table is not self._table:
            self._flush()
            self._table = table
        if spelling is not None:
            self._texts[place] = spelling
        if note is not None and self._notes is not None:
            self._notes[place] = note

    def close(self) -> None:
        self._flush()
        if self._file is None:
            self._write(self._schema.empty_table())
        assert self._file
        self._file.close()

    def _flush(self) -> None:
        if self._table is None:
            return
        table = self._table
        if self._texts:
            objects = {} if self._plain else {place: json.loads(text) for place, text in self._texts.items()}
            for name in self._columns:
                column = table.schema.get_field_index(name)
                whole = table.column(column)
                if self._plain:
                    changed = _replaced(whole, self._texts)
                else:
                    changed = _with_values(whole, {place: held[name] for place, held in objects.items()})
                table = table.set_column(column, table.schema.field(column), changed)
        self._write(table)
        self._table, self._texts = None, {}

    def _write(self, table: pa.Table) -> None:
        if self._notes is not None:
            notes = pa.array([self._notes.get(place, []) for place in range(table.num_rows)], _ANNOTATION)
            earlier = table.schema.get_field_index(NOTE)
            field = pa.field(NOTE, _ANNOTATION)
            table = table.append_column(field, notes) if earlier < 0 else table.set_column(earlier, field, notes)
            self._notes = {}
        if self._file is None:
            self._file = pq.ParquetWriter(self._target, table.schema, compression=self._compression or "snappy")
        self._file.write_table(table, row_group_size=max(1, table.num_rows))


def _replaced(column: pa.ChunkedArray, texts: dict[int, str]) -> pa.ChunkedArray:
    """Return a column of strings with other texts in some places."""
    kind = column.type
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    values = pa.large_string() if pa.types.is_string_view(values) else values  # of which pyarrow replaces none
    places = sorted(texts)
    mask = [False] * len(column)
    for place in places:
        mask[place] = True
    new = pa.array([texts[place] for place in places], values)
    changed = pc.replace_with_mask(column.cast(values), pa.array(mask), new)
    return changed.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else changed.cast(kind)


def _with_values(column: pa.ChunkedArray, values: dict[int, Any]) -> pa.ChunkedArray:
    """Return a column with other values in some places."""
    chunks: list[pa.Array] = []
    for begin in range(0, len(column), _AT_ONCE):
        part = column.slice(begin, _AT_ONCE)
        if values.keys().isdisjoint(range(begin, begin + len(part))):
            chunks += part.chunks
        else:
            held = [values.get(place, value) for place, value in enumerate(part.to_pylist(), begin)]
            chunks.append(pa.array(held, column.type))
    return pa.chunked_array(chunks, column.type)
