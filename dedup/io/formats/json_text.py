r"""JSON as it is spelled: where its values stand, and what to cut from it.

Of a row nothing but what is cut changes: the order and spelling of everything, `1.00`, keys that come twice, `é` and
`\u00e9`, stay as they are.
"""

import json
import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ...results import Paragraph, Span
from .fields import Address, Cut, NoText, Piece, cuts_of, document_of, pieces_of
from .rows import NOTE

BOM = "\ufeff"
SPACE = " \t\r\n"
_TO_VALUE = re.compile(f"[{BOM}{SPACE}]*")
_TO_NEXT = re.compile(f"[{SPACE},]*")
_COLON = re.compile(f"[{SPACE}:]*")
# A character of a string by another name; of halves that make one, both.
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.")
# Values other than the text are passed over: numbers, however long, need not become numbers.
DECODER = json.JSONDecoder(parse_float=len, parse_int=len)


def as_json(value: Any) -> str:
    """Return a value as JSON in one line, which can be encoded whatever its strings hold."""
    spelled = json.dumps(value, ensure_ascii=False)
    try:
        spelled.encode()
    except UnicodeEncodeError:  # half a character, or a file's name that is no UTF-8
        return json.dumps(value)
    return spelled


def parsed(spelled: str) -> Any:
    """Return what JSON says. Raises NoText for what is none."""
    try:
        return DECODER.decode(spelled)
    except json.JSONDecodeError as error:
        raise NoText(f"no JSON object ({error.msg} at character {error.pos + 1})") from None
    except RecursionError as error:
        raise NoText(f"no JSON object ({error})") from None


def document_in(held: Any, fields: Sequence[str]) -> tuple[str | None, list[Paragraph] | None]:
    """Return the text and paragraphs of the document in a value, as `document_of` gives them. Raises NoText."""
    if not isinstance(held, dict):
        raise NoText("no JSON object")
    if len(fields) == 1:  # most rows, which need no more
        value = held.get(fields[0])
        if isinstance(value, str) or (value is None and fields[0] in held):
            return value, None
    return document_of(pieces_of(held, fields))


def places_in(spelled: str, fields: Sequence[str], spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
    """Return what to cut from the spelling of an object so that paragraphs of its document go.

    spans, removed: the parts of its text to go and the numbers of their paragraphs, in order
    """
    if len(fields) == 1:  # most rows, which need no more
        named = [span for key, span in members(spelled, _past(_TO_VALUE, spelled, 0)) if key == fields[0]]
        if named and spelled.startswith('"', named[-1].start):
            return within_string(spelled, named[-1], spans)
    pieces = pieces_of(DECODER.decode(spelled.removeprefix(BOM)), fields)
    if len(pieces) == 1 and pieces[0].paragraph is None:
        return within_string(spelled, value_at(spelled, pieces[0].address), spans)
    return _places(spelled, pieces, removed)


def _places(spelled: str, pieces: Sequence[Piece], removed: Sequence[int]) -> list[Span]:
    find = partial(value_at, spelled, known={})
    found = cuts_of(pieces, removed)
    by_text: dict[Address, list[Cut]] = {}
    by_list: dict[Address, list[int]] = {}
    for cut in found:
        if cut.span is None:
            by_list.setdefault(cut.address[:-1], []).append(int(cut.address[-1]))
        else:
            by_text.setdefault(cut.address, []).append(cut)
    spans: dict[Address, list[Span]] = {
        address: within_string(spelled, find(address), [cut.span for cut in cuts if cut.span is not None])
        for address, cuts in by_text.items()
    }
    for address, gone in by_list.items():
        spans[address] = without_elements(elements(spelled, find(address).start), gone)
    waiting = {address: iter(places) for address, places in spans.items()}
    return [next(waiting[cut.address if cut.span is not None else cut.address[:-1]]) for cut in found]


def without_elements(spans: Sequence[Span], removed: Sequence[int]) -> list[Span]:
    """Return what to cut from a list for each element that goes: it and the comma after it; if none stays after it, that before."""
    last = len(spans) - 1  # that stays
    inner = len(removed)
    while inner and removed[inner - 1] == last:
        last, inner = last - 1, inner - 1
    places = [Span(spans[place].start, spans[place + 1].start) for place in removed[:inner]]
    edges = [span.end for span in spans[last:]] if last >= 0 else [spans[0].start, *(span.end for span in spans)]
    return places + [Span(*edge) for edge in pairwise(edges)] if inner < len(removed) else places


def within_string(spelled: str, literal: Span, spans: Sequence[Span]) -> list[Span]:
    """Return where spans of what a string says, in order, stand in its spelling."""
    first, last = literal.start + 1, literal.end - 1  # within the quotes
    return unescaped(first, [escape.span() for escape in _ESCAPE.finditer(spelled, first, last)], spans)


def unescaped(first: int, escapes: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[Span]:
    """Return where spans of a text stand in a spelling that begins at `first`, in which each escape is one character."""
    begins, ends = np.array(escapes, np.int64).reshape(-1, 2).T
    longer = np.append(0, np.cumsum(ends - begins - 1))  # by how much the spelling is, behind each
    escaped = begins - first - longer[:-1]  # the characters of the text that are
    edges = np.array([(span.start, span.end) for span in spans])
    return [Span(*place) for place in (first + edges + longer[np.searchsorted(escaped, edges)]).tolist()]


def value_at(spelled: str, address: Address, known: dict[int, Any] | None = None) -> Span:
    """Return where the value at an address stands; of members that are called alike the last, as for every reader of JSON.

    known: by where they begin, the objects and lists that were looked into before
    """
    known = {} if known is None else known
    at = _past(_TO_VALUE, spelled, 0)
    span = Span(at, len(spelled))
    for step in address:
        if span.start not in known:
            known[span.start] = (dict(members(spelled, span.start)) if isinstance(step, str)
                                 else elements(spelled, span.start))  # fmt: skip
        span = known[span.start][step]
    return span


def members(spelled: str, at: int) -> list[tuple[str, Span]]:
    """Return the members of the object that begins at a place: each key, and where its value stands."""
    found = []
    at = _past(_TO_NEXT, spelled, at + 1)
    while spelled.startswith('"', at):
        key, at = DECODER.raw_decode(spelled, at)
        start = _past(_COLON, spelled, at)
        _, end = DECODER.raw_decode(spelled, start)
        found.append((key, Span(start, end)))
        at = _past(_TO_NEXT, spelled, end)
    return found


def elements(spelled: str, at: int) -> list[Span]:
    """Return where the elements of the list that begins at a place stand."""
    found = []
    at = _past(_TO_NEXT, spelled, at + 1)
    while not spelled.startswith("]", at):
        _, end = DECODER.raw_decode(spelled, at)
        found.append(Span(at, end))
        at = _past(_TO_NEXT, spelled, end)
    return found


def noted(spelled: str, note: list[dict[str, Any]]) -> str:
    """Return the spelling of an object with the note as its last member, or in place of an earlier note."""
    at = _past(_TO_VALUE, spelled, 0)
    found = members(spelled, at)
    earlier = [span for key, span in found if key == NOTE]
    if earlier:
        return spelled[: earlier[-1].start] + as_json(note) + spelled[earlier[-1].end :]
    end = found[-1][1].end  # there is one at least, the text
    first = _past(_TO_NEXT, spelled, at + 1)
    space = spelled[at + 1 : first] if "\n" in spelled[at:first] else " "  # each member on a line of its own, or not
    return f"{spelled[:end]},{space}{as_json(NOTE)}: {as_json(note)}{spelled[end:]}"


def _past(signs: re.Pattern[str], spelled: str, at: int) -> int:
    found = signs.match(spelled, at)
    assert found
    return found.end()
