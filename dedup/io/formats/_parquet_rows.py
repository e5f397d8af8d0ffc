"""Parquet as rows, for which pyarrow must be installed. One row group at a time is in memory, on either side."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .rows import NOTE, Reader, Row, Source, Writer

_AT_ONCE = 1_000  # values that become Python strings together

_ANNOTATION = pa.list_(
    pa.struct(
        [
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
    """A Parquet file. Rows whose text is null are carried through."""

    def __init__(self, source: Source) -> None:
        """Read all of the file once. Raises OSError, and ValueError for one that is damaged or lacks the column."""
        self.source = source
        self._field = field = source.field
        try:
            self._file = pq.ParquetFile(source.content)
        except pa.ArrowException as error:
            raise ValueError(f"not a whole Parquet file ({error})") from error
        schema = self._file.schema_arrow
        if schema.get_field_index(field) < 0:
            raise ValueError(f"no column {field!r}; it has {', '.join(map(repr, schema.names))}")
        kind = schema.field(field).type
        values = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (pa.types.is_string(values) or pa.types.is_large_string(values)):
            raise ValueError(f"column {field!r} is of type {kind}; expected strings")
        self._check()

    def _check(self) -> None:
        try:
            for group in range(self._file.num_row_groups):
                self._file.read_row_group(group).column(self._field).validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"damaged ({error})") from error

    def rows(self) -> Iterator[Row]:
        number = 0
        with closing(self.source):
            for group in range(self._file.num_row_groups):
                table = self._file.read_row_group(group)
                for begin in range(0, table.num_rows, _AT_ONCE):
                    texts = table.column(self._field).slice(begin, _AT_ONCE).to_pylist()
                    for place, text in enumerate(texts, begin):
                        number += 1
                        yield Row(number, text, (table, place))

    def writer(self, target: BinaryIO, *, notes: bool) -> "ParquetWriter":
        return ParquetWriter(target, self._file, self._field, notes=notes)


class ParquetWriter(Writer):
    """Writes row groups as they were read, with other texts, and with `notes` a column of them."""

    def __init__(self, target: BinaryIO, source: pq.ParquetFile, field: str, *, notes: bool) -> None:
        self._target = target
        self._field = field
        self._schema = source.schema_arrow
        # Each column as it was compressed; of a file without rows nobody knows.
        group = source.metadata.row_group(0) if source.num_row_groups else None
        columns = [group.column(c) for c in range(group.num_columns)] if group else []
        self._compression = {column.path_in_schema: column.compression.lower() for column in columns}
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
            column = table.schema.get_field_index(self._field)
            changed = _replaced(table.column(column), self._texts)
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
    """A column of strings with other texts in some places."""
    kind = column.type
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    places = sorted(texts)
    mask = [False] * len(column)
    for place in places:
        mask[place] = True
    new = pa.array([texts[place] for place in places], values)
    changed = pc.replace_with_mask(column.cast(values), pa.array(mask), new)
    return changed.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else changed
