"""Clean a folder of articles as a scraper would, one by one, and say why each paragraph went.

python examples/scrape.py [FOLDER]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from dedup import Deduplicator


def articles(folder: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of every article, in order; a scraper would yield (address, text) as pages come in."""
    for path in sorted(folder.glob("*.txt")):
        yield path.name, path.read_bytes().decode("utf-8")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "corpus"
    texts = dict(articles(folder))
    if not texts:
        sys.exit(f"{folder}: no .txt files")
    with Deduplicator() as deduplicator:
        for result in deduplicator.stream(texts.items()):
            print(f"{result.id}: {len(result.kept)} paragraphs stay, {len(result.removed)} go")
            for removal in result.removed:
                beginning = " ".join(removal.text.split())[:60]
                assert removal.duplicate_of  # only boilerplate repeats nothing in particular
                document, position = removal.duplicate_of
                print(f"  {removal.position:>2}  {beginning}")
                print(f"      {removal.relation}: {removal.reason}; see {document}, paragraph {position}")


if __name__ == "__main__":
    main()
