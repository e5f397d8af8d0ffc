"""Paragraphs that were judged where they stand: what becomes of them in a run over their pages."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tables import Table, spelled

import dedup
from dedup.report.sample import wilson

# Verdicts, and what they ask for; on others, and where two readings differ, nothing is counted.
VERDICTS = {
    "ok": "goes",
    "missed": "goes",
    "furniture": "either",
    "field": "stays",
    "right": "stays",
    "loss": "stays",
}
MEMBERS = "page", "paragraph", "text", "other_page", "other_paragraph", "verdicts"
ELEMENTS: dict[str, tuple[str, ...]] = {
    "cell": ("td", "th", "dt", "dd"),
    "caption": ("caption", "figcaption", "alt", "title", "datacap"),
    "heading": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "code": ("pre", "code"),
}
KINDS: dict[str, Any] = {element: kind for kind, elements in ELEMENTS.items() for element in elements}
SHOWN = 1_500  # characters of a judged text; longer ones may have been cut
Places = set[tuple[str, int | str]]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file, which may be compressed by zstd."""
    if path.suffix == ".zst":
        if not shutil.which("zstd"):
            sys.exit(f"{path} cannot be read: the program zstd is not installed")
        text = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()
    else:
        text = path.read_text(encoding="utf-8")
    for line in text.split("\n"):
        if line:
            yield json.loads(line)


def pages(folder: Path) -> dict[str, str]:
    """Return the texts of a folder by their names, in order."""
    return {path.name: path.read_bytes().decode("utf-8") for path in sorted(folder.glob("*.txt"))}


def with_kinds(texts: dict[str, str], path: Path) -> dict[str, list[dedup.Paragraph]]:
    """Return the paragraphs of texts with their kinds, by a file that names the element of each.

    path: JSON Lines with "id", the page's name without its ending, and "kinds", the elements of its paragraphs
    """
    elements = {f"{row['id']}.txt": row["kinds"] for row in read_lines(path)}
    found = {}
    for name, text in texts.items():
        cut = [text[span.start : span.end] for span in dedup.split_paragraphs(text)]
        named = elements.get(name, [])
        if len(named) != len(cut):
            named = ["p"] * len(cut)
        found[name] = [
            dedup.Paragraph(one, KINDS.get(element, "text")) for one, element in zip(cut, named, strict=True)
        ]
    return found


def gone(documents: dict[str, Any], texts: dict[str, str]) -> tuple[Places, int]:
    """Return what goes, by page and number and by page and beginning; and how many paragraphs that are."""
    places: Places = set()
    count = 0
    with dedup.Deduplicator() as deduplicator:
        for result in deduplicator.stream(documents.items()):
            text = texts[result.id]
            if not isinstance(documents[result.id], str):
                text = "\n\n".join(paragraph.text for paragraph in documents[result.id])
            for removal in result.removed:
                places |= {(result.id, removal.position), (result.id, text[removal.start : removal.end][:SHOWN])}
            count += len(result.removed)
    return places, count


def judged_table(path: Path, folder: Path, kinds: Path | None) -> Table:
    """Return how many of the paragraphs of each verdict go, without kinds and with them."""
    rows = list(read_lines(path))
    for number, row in enumerate(rows, 1):
        if missing := [member for member in MEMBERS if member not in row]:
            sys.exit(f"{path}:{number}: expected {', '.join(missing)}")
    texts = pages(folder)
    modes: dict[str, Any] = {"plain": texts}
    if kinds is not None:
        modes["with kinds"] = with_kinds(texts, kinds)
    found = {mode: gone(documents, texts) for mode, documents in modes.items()}
    agreed = [row for row in rows if len(set(row["verdicts"])) == 1]
    table = []
    for verdict, should in VERDICTS.items():
        held = [row for row in agreed if row["verdicts"][0] == verdict]
        cells = []
        for places, _ in found.values():
            going = sum(_goes(row, places, should) for row in held)
            cells.append(f"{going} = {spelled(going / len(held), *wilson(going, len(held)))}" if held else "–")
        table.append([f"{verdict} ({should})", str(len(held)), *cells])
    removed = ", ".join(f"{mode} {count:,}" for mode, (_, count) in found.items())
    return Table(f"Judged paragraphs that go (of all paragraphs: {removed}).", ["judged", *modes], table)


def _goes(row: dict[str, Any], places: Places, should: str) -> bool:
    """Tell whether a judged paragraph goes; where one of two should, whether either does."""
    itself = (row["page"], row["paragraph"]) in places and (row["page"], row["text"][:SHOWN]) in places
    return itself or (should == "goes" and (row["other_page"], row["other_paragraph"]) in places)
