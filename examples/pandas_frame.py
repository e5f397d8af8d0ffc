"""A column of articles cleaned in place, with what was removed beside it; then a column of paragraphs.

python examples/pandas_frame.py
"""

from pathlib import Path

import pandas as pd

import dedup

paths = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
articles = pd.DataFrame({"name": [p.name for p in paths], "text": [p.read_text(encoding="utf-8") for p in paths]})

with dedup.Deduplicator() as deduplicator:
    results = list(deduplicator.stream(zip(articles["name"], articles["text"], strict=True)))
articles["removed"] = [[removal.text for removal in result.removed] for result in results]
articles["text"] = [result.text for result in results]
print(articles.assign(removed=articles["removed"].map(len))[["name", "removed"]].to_string(index=False))

paragraphs = pd.DataFrame(
    [text[span.start : span.end] for text in articles["text"] for span in dedup.split_paragraphs(text)],
    columns=["text"],
)
again = paragraphs[~dedup.duplicated(paragraphs["text"])]
print(f"{len(paragraphs)} paragraphs stay; as rows on their own {len(again)} are different")
