"""Where the paragraphs of a document stand, and the document without some of them.

A document in which two line ends have nothing but white space between them is a *blank-line document*: its paragraphs
are separated by such gaps. Any other is a *line document*: every line is a paragraph, as trafilatura writes text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import InputError

# CR, LF and CRLF end lines; U+2028 and U+2029 do so in a line document only.
_BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*[\r\n]")  # atomic: a CRLF is one line end, not two
_GAP = re.compile(_BLANK_LINE.pattern + r"\s*")
# The same where there is no CR: a pattern that begins with a letter of its own is searched for many times faster.
_BLANK_LINE_LF = re.compile(r"\n[^\S\n]*\n")
_GAP_LF = re.compile(_BLANK_LINE_LF.pattern + r"\s*")
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Span:
    """A paragraph's place in its document: `text[span.start:span.end]`, in characters, without surrounding white space."""

    start: int
    end: int


def is_blank_line_document(text: str) -> bool:
    """Whether CR, LF or CRLF give a blank line anywhere in `text`."""
    return (_BLANK_LINE if "\r" in text else _BLANK_LINE_LF).search(text) is not None


def split_paragraphs(text: str) -> list[Span]:
    """The paragraphs of a document in order; pieces of white space alone (or a lone byte order mark) are none.

    Raises InputError for anything but str.
    """
    if not isinstance(text, str):
        raise InputError(f"text is {type(text).__name__} ({text!r:.60}); expected str")
    separator = _LINE_END
    if is_blank_line_document(text):
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


def split_lines(text: str) -> list[Span]:
    """The lines of a text that hold more than white space, whatever the document's mode."""
    spans = []
    start = 0
    for match in re.finditer("\r\n|[\r\n]|$", text):
        if text[start : match.start()].strip():
            spans.append(Span(start, match.start()))
        start = match.end()
    return spans


def without(text: str, spans: Sequence[Span], removed: Sequence[bool]) -> str:
    """`text` minus the paragraphs whose flag is set, byte for byte.

    A removed paragraph takes the separator after it; if none stays after it, the one before. White space at both ends
    and a byte order mark stay. If what stays would no longer be a blank-line document although `text` is one, the last
    staying paragraph keeps its separator. If none stays, the result is "".
    """
    staying = [position for position, gone in enumerate(removed) if not gone]
    if len(staying) == len(spans):
        return text
    if not staying:
        return ""
    pieces = [text[: spans[0].start]]
    for position in staying:
        follows = position != staying[-1]
        pieces.append(text[spans[position].start : spans[position + 1].start if follows else spans[position].end])
    tail = text[spans[-1].end :]
    result = "".join(pieces) + tail
    if is_blank_line_document(text) and not is_blank_line_document(result):
        last = staying[-1]  # the only one: two would still have a blank line between them
        if last + 1 < len(spans):
            pieces.append(text[spans[last].end : spans[last + 1].start])
        else:
            pieces.insert(1, text[spans[last - 1].end : spans[last].start])
        result = "".join(pieces) + tail
    return result
