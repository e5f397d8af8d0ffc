"""Tables of figures, for a terminal and for a page."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Table:
    """title: what it shows; head: names of all columns but the first; rows: a name, then a cell for each column."""

    title: str
    head: list[str]
    rows: list[list[str]]


def spelled(value: float, low: float, high: float, digits: int = 2) -> str:
    """A figure with its interval."""
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def as_text(table: Table) -> str:
    """The table for a terminal."""
    lines = [["", *table.head], *table.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    body = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([table.title, *body])


def as_markdown(table: Table) -> str:
    """The table for a page."""
    lines = [["", *table.head], ["---", *["--:"] * len(table.head)], *table.rows]
    return "\n".join([f"**{table.title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def put_between(page: Path, markers: tuple[str, str], text: str) -> None:
    """Put a text between two markers of a page; where there are none, print it."""
    written = page.read_text(encoding="utf-8") if page.exists() else ""
    before, begin, rest = written.partition(markers[0])
    _, end, after = rest.partition(markers[1])
    if end:
        page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
    else:
        print(f"\n{page} has no place for this:\n\n{text}")
