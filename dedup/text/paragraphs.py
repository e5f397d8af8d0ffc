"""Splitting a document into paragraphs, and removing some of them.

A document in which two line ends have nothing but white space between them is a *blank-line document*: such gaps separate
its paragraphs. Any other is a *line document*: every line is a paragraph, as trafilatura writes text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from ..errors import InputError
from ..results import Paragraph, Span
from ._paragraphs_numba import Places, split_kernel
from .given import spans_of
from .utf8 import Utf8

# CR, LF and CRLF end lines; U+2028 and U+2029 do so in a line document only.
_BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*[\r\n]")  # atomic: a CRLF is one line end, not two
_GAP = re.compile(_BLANK_LINE.pattern + r"\s*")
# The same where there is no CR: a pattern that begins with one literal character is found many times faster.
_BLANK_LINE_LF = re.compile(r"\n[^\S\n]*\n")
_GAP_LF = re.compile(_BLANK_LINE_LF.pattern + r"\s*")
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")
_BOM = "\ufeff"
_INDENT = " \t\u00a0\u3000"


def checked(text: Any, name: str) -> str:
    """Return the text, which messages call `name`. Raises InputError for anything but str."""
    if not isinstance(text, str):
        raise InputError(f"{name} is {type(text).__name__} ({text!r:.60}); expected str")
    return text


def is_blank_line_document(text: str) -> bool:
    """Return whether CR, LF or CRLF make a blank line anywhere in `text`."""
    return (_BLANK_LINE if "\r" in text else _BLANK_LINE_LF).search(text) is not None


def split_paragraphs(text: str) -> list[Span]:
    """Return the paragraphs of a document in order; a piece of white space alone, or a lone byte order mark, is none.

    Raises InputError for anything but str.
    """
    separator = _LINE_END
    if is_blank_line_document(checked(text, "text")):
        separator = _GAP if "\r" in text else _GAP_LF
    spans = []
    start = len(_BOM) if text.startswith(_BOM) else 0
    ends = [(match.start(), match.end()) for match in separator.finditer(text, start)]
    for end, following in [*ends, (len(text), len(text))]:
        piece = text[start:end]
        body = piece.strip()
        if body:
            first = start if not piece[0].isspace() else start + len(piece) - len(piece.lstrip())
            spans.append(Span(first, first + len(body)))
        start = following
    return spans


def spans_in(text: str, paragraphs: Sequence[Paragraph] | None) -> list[Span]:
    """Return where the paragraphs of a text stand: those of which it was joined or, if it was not, what it splits into."""
    return split_paragraphs(text) if paragraphs is None else spans_of([one.text for one in paragraphs])


def split_lines(text: str) -> list[Span]:
    """Return the lines of a text that hold more than white space, blank-line document or not."""
    spans = []
    start = 0
    for match in re.finditer("\r\n|[\r\n]|$", text):
        if text[start : match.start()].strip():
            spans.append(Span(start, match.start()))
        start = match.end()
    return spans


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """The paragraphs of a batch of documents, n in all.

    texts:        the n paragraphs
    counts:       int64[documents], how many each document has
    begins, ends: int64[n], where they stand, in characters of their document
    """

    texts: list[str] | Utf8
    counts: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def split(documents: list[str], fast: bool) -> Paragraphs:
    """Split documents as `split_paragraphs` does; `fast` takes the compiled kernel."""
    return _split_compiled(documents) if fast else _taken_apart(documents, list(map(split_paragraphs, documents)))


def split_given(documents: list[str], given: Sequence[Sequence[str] | None]) -> Paragraphs:
    """Split documents as `split_paragraphs` does, but those whose paragraphs are given, of which they were joined."""
    found = zip(documents, given, strict=True)
    return _taken_apart(documents, [split_paragraphs(text) if one is None else spans_of(one) for text, one in found])


def _taken_apart(documents: list[str], spans: list[list[Span]]) -> Paragraphs:
    pieces = [text[span.start : span.end] for text, found in zip(documents, spans, strict=True) for span in found]
    counts = np.array([len(found) for found in spans], dtype=np.int64)
    places = np.array([(span.start, span.end) for found in spans for span in found], dtype=np.int64).reshape(-1, 2)
    return Paragraphs(pieces, counts, places[:, 0], places[:, 1])


def _split_compiled(documents: list[str]) -> Paragraphs:
    """Split documents by the kernel."""
    texts = Utf8.of(documents)
    most = len(texts.raw) // 2 + len(texts)  # a paragraph takes a byte, its line end another
    # Four arrays, as the C library keeps the memory of one batch for the next only where no piece is very large.
    places = Places(*(np.empty(most, dtype=np.int64) for _ in range(4)))
    counts = np.empty(len(texts), dtype=np.int64)
    n = backend.compiled(split_kernel)(texts.spans, places, counts)
    begins, ends, first_characters, last_characters = (of[:n] for of in places)
    return Paragraphs(Utf8(texts.raw, begins, ends, texts.used), counts, first_characters, last_characters)


def cuts(text: str, begins: Sequence[int], ends: Sequence[int], removed: Sequence[int]) -> list[Span]:
    """Return what to cut from a text, one span for each of its paragraphs that is removed.

    begins, ends: where all its paragraphs stand; removed: the numbers of those to remove, which ascend

    A removed paragraph takes its indent and the separator after it, but not the indent of the next; if none stays after it,
    the separator before. White space at both ends but that indent, and a byte order mark, stay. If the rest would no
    longer be a blank-line document although `text` is one, the last paragraph that stays keeps its separator, if it has
    one behind it. If none stays, everything goes.
    """
    if len(removed) == len(begins):
        return _between([0, *begins[1:], len(text)]) if removed else []
    last = len(begins) - 1  # that stays
    inner = len(removed)
    while inner and removed[inner - 1] == last:
        last, inner = last - 1, inner - 1
    places = [Span(_line_begin(text, begins[place]), _line_begin(text, begins[place + 1])) for place in removed[:inner]]
    if inner < len(removed):
        places += _between([ends[last], *begins[last + 2 :], ends[-1]])
    # Two that stay would still have a blank line between them; an empty one has nothing to stand before.
    only_one = len(begins) - len(removed) == 1 and text[begins[last] : ends[last]].strip() != ""
    if only_one and is_blank_line_document(text) and not is_blank_line_document(without(text, places)):
        if inner < len(removed):
            places[inner] = Span(begins[last + 1], places[inner].end)
    if removed:
        _take_empty(text, begins, ends, removed[:inner], places, last)
    return places


def _take_empty(
    text: str, begins: Sequence[int], ends: Sequence[int], removed: Sequence[int], places: list[Span], last: int
) -> None:
    """Have what goes from the front take the empty paragraphs behind it along, with whose separators a text would begin."""

    def filled(place: int) -> int:
        """Return the first paragraph from there on that is not empty."""
        while place < last and not text[begins[place] : ends[place]].strip():
            place += 1
        return place

    following = filled(0)
    for place, position in enumerate(removed):
        if position != following:
            return
        following = filled(position + 1)
        places[place] = Span(places[place].start, _line_begin(text, begins[following]))


def line_cuts(text: str, lines: Sequence[Span], removed: Sequence[int]) -> list[Span]:
    """Return what to cut from a text for each of its lines to remove: the line and its line end.

    lines: those with more than white space; removed: the numbers of those to remove. What goes from the front takes the
    blank lines behind it along, with which the text would begin.
    """
    places = [Span(lines[k].start, lines[k].end + _line_end(text, lines[k].end)) for k in removed]
    for place, position in enumerate(removed):
        if position != place:
            break
        places[place] = Span(
            lines[position].start, lines[position + 1].start if position + 1 < len(lines) else len(text)
        )
    return places


def without(text: str, places: Sequence[Span]) -> str:
    """Return a text without the places, which are in order."""
    pieces, done = [], 0
    for place in places:
        pieces.append(text[done : place.start])
        done = place.end
    return "".join(pieces) + text[done:]


def _between(edges: Sequence[int]) -> list[Span]:
    """Return the spans from each edge to the next."""
    return [Span(start, end) for start, end in pairwise(edges)]


def _line_begin(text: str, at: int) -> int:
    """Return where the indent before a place begins: that place, if there is none."""
    while at and text[at - 1] in _INDENT:
        at -= 1
    return at


def _line_end(text: str, at: int) -> int:
    """Return how many characters the line end at a place has; 0 if there is none."""
    return next((len(end) for end in ("\r\n", "\n", "\r") if text.startswith(end, at)), 0)
