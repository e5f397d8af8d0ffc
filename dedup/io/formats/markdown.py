"""Markdown: a file is one document, whose paragraphs are its blocks.

A fenced or indented block is one paragraph, of the kind "code", whatever it holds; so is front matter. A heading is one,
without its marks, whether a blank line follows or not. Blocks are not joined by what goes between them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...results import Kind, Paragraph, Span
from ...text.given import joined
from ...text.paragraphs import cuts, is_blank_line_document
from .rows import Format, Row, Source
from .text import TextReader

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(?:(`{3,})[^`]*$|(~{3,}))")
_HEADING = re.compile(r" {0,3}#{1,6}(?![^ \t])")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_INDENT = re.compile(r" {0,3}\t| {4}")  # of code
# Of YAML or, between plus signs, of TOML.
_FRONT = re.compile(
    r"\ufeff?(?:(---)|\+{3})[ \t]*(?:\r\n|\r|\n)(?:[^\r\n]*(?:\r\n|\r(?!\n)|\n))*?"
    r"(?(1)(?:---|\.\.\.)|\+{3})[ \t]*(?=[\r\n]|\Z)"
)


class MarkdownReader(TextReader):
    """A file of Markdown."""

    def __init__(self, source: Source) -> None:
        """Read and close the file. Raises OSError, and ValueError for what is too large or not UTF-8 text."""
        super().__init__(source)
        self._text = self.whole or ""
        self._blocks = list(blocks(self._text))

    def rows(self) -> Iterator[Row]:
        paragraphs = [paragraph for _, paragraph in self._blocks]
        yield Row(0, joined(paragraphs), self.raw, paragraphs=paragraphs)

    def spelling(self, row: Row) -> str:
        return self._text

    def places(self, row: Row, spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
        begins, ends = [span.start for span, _ in self._blocks], [span.end for span, _ in self._blocks]
        places = cuts(self._text, begins, ends, removed)
        for k in _joining(self._text, self._blocks, removed):
            end = places[k].end  # where a line begins
            places[k] = Span(places[k].start, end - (2 if self._text.endswith("\r\n", 0, end) else 1))
        return places


def blocks(text: str) -> Iterator[tuple[Span, Paragraph]]:
    """Yield the blocks of a text: where each stands, and what it says."""
    at = len(text) - len(text.removeprefix("\ufeff"))
    front = _FRONT.match(text)
    if front:
        yield _block(text, at, front.end(), "code")
        at = front.end()
    begin = end = -1  # of the block to which lines are added
    fence, indented = "", False
    while at < len(text):
        start, at = at, _line_end(text, at)
        line = text[start:at].rstrip("\r\n")
        opens = _FENCE.match(line)
        if fence:
            end = start + len(line)
            if _closes(line, fence):
                yield _block(text, begin, end, "code")
                begin, fence = -1, ""
            continue
        if indented and not opens and (_INDENT.match(line) or not line.strip()):
            end = start + len(line)
            continue
        if indented:
            yield _block(text, begin, end, "code")
            begin, indented = -1, False
        heading = _HEADING.match(line)
        underlined = begin >= 0 and _UNDERLINE.match(line) is not None
        if begin >= 0 and not underlined and (opens or heading or not line.strip()):
            yield _block(text, begin, end, "text")
            begin = -1
        if underlined:
            yield Span(begin, start + len(line)), Paragraph(text[begin:end], "heading")
            begin = -1
        elif heading:
            yield _trimmed(text, start, start + len(line)), Paragraph(_without_marks(line[heading.end() :]), "heading")
        elif opens:
            fence = opens[1] or opens[2]
            begin, end = start, start + len(line)
        elif line.strip():
            if begin < 0:
                begin, indented = start, _INDENT.match(line) is not None
            end = start + len(line)
    if begin >= 0:
        yield _block(text, begin, end, "code" if fence or indented else "text")


def _joining(text: str, found: Sequence[tuple[Span, Paragraph]], removed: Sequence[int]) -> Iterator[int]:
    """Yield which of the removed blocks have to leave a line end, as the blocks around them would become others without it."""
    first = 0  # of those that go one behind the other
    for k, position in enumerate(removed):
        if k and removed[k - 1] != position - 1:
            first = k
        if removed[first] == 0 or position + 1 == len(found) or removed[k + 1 : k + 2] == [position + 1]:
            continue
        (before, one), (after, other) = found[removed[first] - 1], found[position + 1]
        gap = text[before.end : found[removed[first]][0].start]
        together = text[before.start : before.end] + gap + text[after.start : after.end]
        if not is_blank_line_document(gap) and [paragraph for _, paragraph in blocks(together)] != [one, other]:
            yield k


def _without_marks(heading: str) -> str:
    """Return a heading without the marks that may close it."""
    said = heading.strip()
    body = said.rstrip("#")
    return body.rstrip() if body != said and (not body or body[-1] in " \t") else said


def _line_end(text: str, at: int) -> int:
    line: Any = _LINE.match(text, at)
    end: int = line.end()
    return end


def _closes(line: str, fence: str) -> bool:
    bare = line.strip("\t >")
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _block(text: str, begin: int, end: int, kind: Kind) -> tuple[Span, Paragraph]:
    span = _trimmed(text, begin, end)
    return span, Paragraph(text[span.start : span.end].lstrip(" \t"), kind)


def _trimmed(text: str, begin: int, end: int) -> Span:
    """Return where a block stands, with the indent of its first line, which goes and stays with it."""
    return Span(begin, begin + len(text[begin:end].rstrip()))


MARKDOWN = Format(
    "md",
    "Markdown",
    (".md", ".markdown", ".mdown"),
    "the file is a document; a fenced or indented block is one paragraph, and the marks of a heading are no words",
    MarkdownReader,
    unit="file",
)
