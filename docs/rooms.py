"""The picture of the rooms, from the layers that pyproject.toml declares: python docs/rooms.py > docs/rooms.svg"""

import sys
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT, GAP = 720, 40, 8
SAYS = {
    "__main__": "python -m dedup",
    "cli": "the command",
    "integrations": "Scrapy",
    "report": "removals: pages and samples for people",
    "runs": "files of a corpus: audit log, resumed runs, upgrades",
    "warming": "compiles the kernels ahead",
    "api": "functions on documents, pairs and lists",
    "deduplicator": "documents as they come",
    "decide": "batches: places, candidates, judge, resolve",
    "index": "kept paragraphs, in memory and on disk",
    "match": "two paragraphs: relation and reason",
    "io": "formats, atomic files",
    "sketch": "tokens: shingles, signatures, keys",
    "text": "documents, columns: paragraphs, tokens",
    "_jit": "kernels, compiled by numba or run by Python",
    "results": "values",
    "config": "options",
    "errors": "errors",
}
STYLE = """
.room { fill: #e6f2f0; stroke: #2a7f76; } .name { font: 600 13px sans-serif; fill: #173f3b; }
.says { font: 12px sans-serif; fill: #3c4a48; } .side { font: 12px sans-serif; fill: #6b7573; }
.arrow { stroke: #6b7573; fill: none; }
@media (prefers-color-scheme: dark) {
.room { fill: #17302d; stroke: #5bb5aa; } .name { fill: #d7efec; } .says { fill: #b9c7c5; } .side { fill: #9aa5a3; }
.arrow { stroke: #9aa5a3; } }
"""


def layers() -> list[list[str]]:
    """Return the rooms of each layer, without the name of the package, from the top."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = declared["contracts"]
    return [[name.removeprefix("dedup.") for name in layer.split(" | ")] for layer in contract["layers"]]


def picture() -> str:
    """Return the picture: a row for each layer, a box for each room."""
    rows = layers()
    height = len(rows) * (HEIGHT + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 60} {height}" role="img">',
        "<title>The rooms of dedup: each imports only from those below it</title>",
        f"<style>{STYLE}</style>",
        f'<path class="arrow" d="M {WIDTH + 30} {2 * GAP} V {height - 2 * GAP} m -5 -8 l 5 8 l 5 -8"/>',
        f'<text class="side" transform="translate({WIDTH + 48} {height // 2}) rotate(90)" text-anchor="middle">imports</text>',
    ]
    for number, rooms in enumerate(rows):
        top, width = GAP + number * (HEIGHT + GAP), (WIDTH - GAP) / len(rooms) - GAP
        for place, room in enumerate(rooms):
            left = GAP + place * (width + GAP)
            parts += [
                f'<rect class="room" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}" rx="5"/>',
                f'<text class="name" x="{left + 10:.1f}" y="{top + 17}">{escape(room)}</text>',
                f'<text class="says" x="{left + 10:.1f}" y="{top + 33}">{escape(SAYS[room])}</text>',
            ]
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(picture())
