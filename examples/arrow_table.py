"""A Parquet file in, a Parquet file without repeated rows out; the texts never become Python objects.

python examples/arrow_table.py [IN.parquet OUT.parquet]
"""

import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import dedup


def example() -> Path:
    """The paragraphs of the example corpus as a Parquet file."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "corpus").glob("*.txt"))]
    table = pa.table({"text": [text[s.start : s.end] for text in texts for s in dedup.split_paragraphs(text)]})
    path = Path(tempfile.mkdtemp()) / "paragraphs.parquet"
    pq.write_table(table, path)
    return path


source = Path(sys.argv[1]) if len(sys.argv) > 1 else example()
target = Path(sys.argv[2]) if len(sys.argv) > 2 else source.with_name("unique.parquet")
table = pq.read_table(source)
kept = table.filter(~dedup.duplicated(table["text"]))
pq.write_table(kept, target)
print(f"{table.num_rows} rows, {kept.num_rows} stay, written to {target}")
