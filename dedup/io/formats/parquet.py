"""Parquet: columns of strings, or of lists of them, hold the documents."""

from .rows import Format, Reader, Source


def _open(source: Source) -> Reader:
    from ._parquet_rows import ParquetReader  # with pyarrow, which takes longer to import than all else

    return ParquetReader(source)


PARQUET = Format(
    "parquet",
    "Parquet",
    (".parquet",),
    "each row has a document in column `text` (`--field`), of strings of any type or a dictionary of them, or of lists of "
    "strings or of structs with `text` and `kind`, which are paragraphs",
    _open,
    stdin=False,
    annotations=True,
    compressible=False,
    encoded=False,
    extra="parquet",
)
