"""From saved pages to text without repeats: trafilatura finds the article in a page, dedup what it says twice.

python examples/extract.py [FOLDER]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import trafilatura

from dedup import Deduplicator


def articles(folder: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of every page in which there is an article."""
    for path in sorted(folder.glob("*.html")):
        text = trafilatura.extract(path.read_text(encoding="utf-8"), include_images=False, include_comments=False)
        if text:
            yield path.name, text


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pages"
    with Deduplicator() as seen:
        for result in seen.stream(articles(folder)):
            print(f"== {result.id}\n{result.text}")
            for removal in result.removed:
                decision = removal.decision
                assert decision.duplicate_of  # only boilerplate repeats nothing in particular
                print(f"-- {decision.relation}, stands in {decision.duplicate_of[0]}: {decision.reason}")
            print()


if __name__ == "__main__":
    main()
