"""From saved pages to text without repeats: trafilatura finds the article in a page, and knows what each paragraph was.

python examples/extract.py [FOLDER]

A cell of a table stays where its row needs it, code is never broken, a caption goes wherever its text stands again: that is
known only as long as the page is there, so the paragraphs are given with their kinds instead of as one text.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import trafilatura

from dedup import Deduplicator, Paragraph
from dedup.results import Kind

KINDS: dict[str, Kind] = {"head": "heading", "cell": "cell", "code": "code", "graphic": "caption"}
BLOCKS = {*KINDS, "p", "quote", "list", "item", "table", "row"}


def paragraphs(element: Any, kind: Kind = "text") -> Iterator[Paragraph]:
    """The paragraphs of an element of trafilatura's tree, each with its kind; within a cell everything is one."""
    kind = KINDS.get(element.tag, kind)
    if element.get("rend", "").startswith(("dt", "dd")):  # a list of terms is read as a table is
        kind = "cell"
    if element.tag == "graphic":
        yield Paragraph(element.get("alt") or element.get("title") or "", kind)
    text = element.text or ""
    for child in element:
        if child.tag in BLOCKS and (child.tag != "code" or element.tag == "body"):  # elsewhere code is amid words
            yield Paragraph(text, kind)
            yield from paragraphs(child, kind)
            text = child.tail or ""
        else:
            text += "".join(child.itertext()) + (child.tail or "")
    yield Paragraph(text, kind)


def article(page: str) -> list[Paragraph]:
    """The paragraphs of the article in a page; none where there is none."""
    found: Any = trafilatura.bare_extraction(page, include_images=True, include_comments=False)
    if found is None:
        return []
    return [
        paragraph if paragraph.kind == "code" else Paragraph(" ".join(paragraph.text.split()), paragraph.kind)
        for paragraph in paragraphs(found.body)
        if paragraph.text.strip()
    ]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pages"
    pages = ((path.name, article(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.html")))
    with Deduplicator() as seen:
        for result in seen.stream(pages):
            print(f"== {result.id}\n{result.text}")
            for removal in result.removed:
                decision = removal.decision
                assert decision.duplicate_of  # only boilerplate repeats nothing in particular
                print(f"-- {decision.relation}, stands in {decision.duplicate_of[0]}: {decision.reason}")
            print()


if __name__ == "__main__":
    main()
