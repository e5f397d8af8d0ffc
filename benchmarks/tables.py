"""Tables of figures, for a terminal and for a page."""

from dataclasses import dataclass


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
