"""A column of paragraphs without its repeats, and why each of them went.

python examples/polars_frame.py
"""

from pathlib import Path

import polars as pl

import dedup

rows = []
for path in sorted((Path(__file__).parent / "corpus").glob("*.txt")):
    text = path.read_text(encoding="utf-8")
    rows += [{"name": path.name, "paragraph": text[s.start : s.end]} for s in dedup.split_paragraphs(text)]
frame = pl.DataFrame(rows)
kept = frame.filter(~dedup.duplicated(frame["paragraph"]))
print(f"{frame.height} paragraphs, {kept.height} stay")

matches = pl.DataFrame(dedup.find_duplicates(frame["paragraph"]))
reasons = frame.with_row_index("index").join(matches.with_columns(pl.col("index").cast(pl.UInt32)), on="index")
for name, index, original, reason in reasons.select("name", "index", "duplicate_of", "reason").iter_rows():
    print(f"{name}: row {index} repeats row {original}: {reason}")
