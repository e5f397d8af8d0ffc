"""A data frame of paragraphs without its repeats, and a plot of why they went.

python examples/frame.py [PLOT]
"""

import sys
from pathlib import Path

import matplotlib
import pandas as pd

import dedup

matplotlib.use("Agg")  # no window is needed for a file


def paragraphs(folder: Path) -> pd.DataFrame:
    """One row for each paragraph of the articles in a folder."""
    rows = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        rows += [(path.name, text[span.start : span.end]) for span in dedup.split_paragraphs(text)]
    return pd.DataFrame(rows, columns=["file", "text"])


def main() -> None:
    plot = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("repeats.png")
    frame = paragraphs(Path(__file__).parent / "corpus")
    unique = frame[~dedup.duplicated(frame["text"])]
    print(f"{len(frame)} paragraphs, {len(unique)} without repeats")

    matches = pd.DataFrame(dedup.find_duplicates(frame["text"])).set_index("index")
    matches["file"] = frame["file"]
    counts = matches.groupby(["file", "relation"]).size().unstack(fill_value=0)
    print(counts)
    axes = counts.plot.barh(stacked=True, xlabel="paragraphs that repeat another", ylabel="", figsize=(8, 3))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    axes.figure.savefig(plot, bbox_inches="tight")


if __name__ == "__main__":
    main()
