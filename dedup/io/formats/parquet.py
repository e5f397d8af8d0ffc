"""Parquet: a column of strings holds the documents."""

from .rows import Format, Reader, Source


def _open(source: Source) -> Reader:
    from ._parquet_rows import ParquetReader  # with pyarrow, which takes longer to import than all else

    return ParquetReader(source)


PARQUET = Format(
    "parquet",
    "Parquet",
    (".parquet",),
    "each row has a document in column `text` (`--field`), of type string, large_string or a dictionary of them",
    _open,
    stdin=False,
    annotations=True,
    compressible=False,
    extra="parquet",
)
