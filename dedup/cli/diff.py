"""What a run would remove, as a unified diff whose lines are paragraphs, each removal with its reason below it."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from ..report.diff import plain
from ..results import CleanResult, Removal, Span
from ..runs.audit import as_record

_CONTEXT = 1  # paragraphs before and behind a removed one
_SHOWN = 76  # characters of a paragraph that only stands beside
_BEFORE_ORIGINAL = {"exact": " copy of", "near": " copy of", "contained": " in"}
_COLOURS = {"-": "red", "@": "cyan", "\\": "bright_black"}


def as_diff(name: str, text: str, result: CleanResult) -> Iterator[str]:
    """Yield the lines of the diff of a document, which is called `name`; none where nothing is removed.

    Its lines are paragraphs, white space made one space. Lines that begin with a backslash belong to neither side.
    """
    if not result.removed:
        return
    yield f"--- {plain(name)}"
    yield f"+++ {plain(name)}"
    paragraphs = sorted([*result.kept, *result.removed], key=lambda span: span.start)
    originals = _originals(result)
    before = 0  # removals before the hunk
    for hunk in _hunks(result, len(paragraphs), originals):
        staying = sum(not isinstance(paragraphs[position], Removal) for position in hunk)
        yield f"@@ -{_range(hunk[0], len(hunk))} +{_range(hunk[0] - before, staying)} @@"
        before += len(hunk) - staying
        for position in hunk:
            yield from _lines(str(result.id), text, paragraphs[position], whole=position in originals)


def echo_diff(lines: Iterator[str]) -> None:
    """Print a diff; in colour where the output is a terminal."""
    for line in lines:
        if "NO_COLOR" not in os.environ:
            line = _coloured(line)
        click.echo(line)


def _coloured(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    return click.style(line, fg=_COLOURS[line[0]]) if line[0] in _COLOURS else line


def _originals(result: CleanResult) -> set[int]:
    """Return the positions of the originals that stand in the document itself."""
    places = [removal.duplicate_of for removal in result.removed]
    return {place[1] for place in places if place is not None and place[0] == result.id}


def _hunks(result: CleanResult, count: int, originals: set[int]) -> Iterator[Sequence[int]]:
    """Yield the paragraphs to show in runs without a gap: removed ones, those around them, and their originals."""
    shown = set(originals)
    for removal in result.removed:
        shown.update(range(max(0, removal.position - _CONTEXT), min(count, removal.position + _CONTEXT + 1)))
    for _, run in groupby(enumerate(sorted(shown)), key=lambda numbered: numbered[1] - numbered[0]):
        yield [position for _, position in run]


def _lines(id: str, text: str, paragraph: Span, *, whole: bool) -> Iterator[str]:
    said = plain(text[paragraph.start : paragraph.end])
    if isinstance(paragraph, Removal):
        original = as_record(id, text, paragraph)["duplicate_of"]
        where = (
            f"{_BEFORE_ORIGINAL[paragraph.relation]} {original['document']}:{original['paragraph']}" if original else ""
        )
        yield f"-{said}"
        yield plain(f"\\ {paragraph.relation}{where}: {paragraph.reason}")
    elif whole or len(said) <= _SHOWN:
        yield f" {said}"
    else:
        yield f" {said[: _SHOWN - 1]}…"


def _range(begin: int, length: int) -> str:
    """Return a range of lines as `diff -u` writes it: from 1, the length left out where it is 1."""
    if length == 1:
        return f"{begin + 1}"
    return f"{begin + (length > 0)},{length}"
