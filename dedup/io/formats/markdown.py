"""Markdown: a file is one document, whose paragraphs are its blocks.

A fenced block is one paragraph, of the kind "code", whatever it holds; so is front matter. A heading is one, without its
marks, whether a blank line follows or not.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...results import Kind, Paragraph, Span
from ...text.given import joined
from ...text.paragraphs import cuts
from .rows import Format, Row, Source
from .text import TextReader

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(?:(`{3,})[^`]*$|(~{3,}))")
_HEADING = re.compile(r" {0,3}#{1,6}(?![^ \t])")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_FRONT = re.compile(
    r"\ufeff?---[ \t]*(?:\r\n|\r|\n)(?:[^\r\n]*(?:\r\n|\r(?!\n)|\n))*?(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)"
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
        return cuts(self._text, begins, ends, removed)


def blocks(text: str) -> Iterator[tuple[Span, Paragraph]]:
    """Yield the blocks of a text: where each stands, and what it says."""
    front = _FRONT.match(text)
    at = 0
    if front:
        at = front.end()
        yield _block(text, len(text) - len(text.lstrip("\ufeff")), at, "code")
    begin = end = -1  # of the block to which lines are added
    fence = ""
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
            begin, end = (start if begin < 0 else begin), start + len(line)
    if begin >= 0:
        yield _block(text, begin, end, "code" if fence else "text")


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
    return span, Paragraph(text[span.start : span.end], kind)


def _trimmed(text: str, begin: int, end: int) -> Span:
    piece = text[begin:end]
    begin += len(piece) - len(piece.lstrip("\ufeff \t"))
    return Span(begin, max(begin, begin + len(text[begin:end].rstrip())))


MARKDOWN = Format(
    "md",
    "Markdown",
    (".md", ".markdown", ".mdown"),
    "the file is a document; a fenced block is one paragraph, and the marks of a heading are no words",
    MarkdownReader,
    unit="file",
)
