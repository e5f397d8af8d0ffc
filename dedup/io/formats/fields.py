"""Where in a row its document is: members by their names, texts and lists of paragraphs, in the order asked for.

A document is made of *pieces*, each a string at an address in the row, such as ("article", "body", 3). A text is split into
paragraphs; an element of a list is a paragraph as it stands, and goes with its comma.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...errors import ConfigError
from ...results import Paragraph, Span
from ...text.given import joined, paragraph_of
from ...text.paragraphs import cuts, split_paragraphs

DEFAULT_FIELDS = ("text",)
OTHER_FIELD = "--field NAME says where the text is"

Address = tuple[str | int, ...]


class Piece(NamedTuple):
    """A string of a document.

    address: the keys and positions that lead to it in its row; for an element of a list, to that element
    paragraph: what it says, if it is a paragraph as it stands; else None, and it is split
    """

    address: Address
    text: str
    paragraph: Paragraph | None = None

    def spans(self) -> list[Span]:
        """Return where in the text its paragraphs stand."""
        return [Span(0, len(self.text))] if self.paragraph is not None else split_paragraphs(self.text)


class Cut(NamedTuple):
    """What goes of a piece with one removed paragraph: this part of its text or, without `span`, the element itself."""

    address: Address
    span: Span | None


class NoText(ValueError):
    """A row that has no document where one is expected; the message says why."""


def check_fields(fields: Sequence[str]) -> None:
    """Raise ConfigError for names of fields that are empty, come twice, or lie within each other."""
    for place, field in enumerate(fields):
        if not field:
            raise ConfigError("--field has an empty name; expected the name of a member or column")
        for other in fields[:place]:
            if field == other or field.startswith(f"{other}.") or other.startswith(f"{field}."):
                raise ConfigError(f"--field {other} and --field {field} name the same text; expected each text once")


def pieces_of(row: Mapping[str, Any], fields: Sequence[str]) -> list[Piece]:
    """Return the pieces of a row's document in order; none where every field is null.

    A field that is missing is none, if there is another. Raises NoText.
    """
    found: list[Piece] = []
    missing = 0
    for field in fields:
        values = list(_values(row, field, ()))
        missing += not values
        for address, value in values:
            found += _pieces(field, address, value)
    if missing == len(fields):
        names = [f"{name!r:.40}" for name in row]
        there = ", ".join(names if len(names) <= 10 else [*names[:9], f"{len(names) - 9:,} more"])
        named = " or ".join(map(repr, fields))
        raise NoText(f"no field {named}; it has {there}; {OTHER_FIELD}" if there else f"no field {named}")
    return found


def document_of(pieces: Sequence[Piece]) -> tuple[str | None, list[Paragraph] | None]:
    """Return the document that pieces are together: its text and, unless it is one text, its paragraphs."""
    if not pieces:
        return None, None
    if len(pieces) == 1 and pieces[0].paragraph is None:
        return pieces[0].text, None
    paragraphs: list[Paragraph] = []
    for piece in pieces:
        if piece.paragraph is not None:
            paragraphs.append(piece.paragraph)
        else:
            paragraphs += [Paragraph(piece.text[span.start : span.end]) for span in piece.spans()]
    return joined(paragraphs), paragraphs


def cuts_of(pieces: Sequence[Piece], removed: Sequence[int]) -> list[Cut]:
    """Return what goes with each removed paragraph of a document, given by their numbers, which ascend."""
    found: list[Cut] = []
    first, at = 0, 0
    for piece in pieces:
        spans = piece.spans()
        here = at
        while at < len(removed) and removed[at] < first + len(spans):
            at += 1
        if here < at and piece.paragraph is not None:
            found.append(Cut(piece.address, None))
        elif here < at:
            begins, ends = [span.start for span in spans], [span.end for span in spans]
            found += [
                Cut(piece.address, span)
                for span in cuts(piece.text, begins, ends, [position - first for position in removed[here:at]])
            ]
        first += len(spans)
    return found


def _values(value: Any, field: str, address: Address) -> Iterator[tuple[Address, Any]]:
    """Yield what a field names within a value; a name with dots leads into objects, and into all elements of a list.

    Where nothing is on the way, null or a list without elements, nothing is what it names.
    """
    if value is None or value == []:
        yield address, None
    elif isinstance(value, list):
        for place, element in enumerate(value):
            yield from _values(element, field, (*address, place))
    elif isinstance(value, Mapping):
        if field in value:
            yield (*address, field), value[field]
            return
        parts = field.split(".")
        for k in range(1, len(parts)):
            if (head := ".".join(parts[:k])) in value:
                yield from _values(value[head], ".".join(parts[k:]), (*address, head))
                return


def _pieces(field: str, address: Address, value: Any) -> Iterator[Piece]:
    if isinstance(value, str):
        yield Piece(address, value)
    elif isinstance(value, list):
        yield from _elements(field, address, value) if value else [Piece(address, "")]
    elif isinstance(value, Mapping):
        within = ", ".join(repr(f"{field}.{name}") for name in value)
        raise NoText(f"field {field!r} is an object; expected a text or a list of paragraphs, as perhaps {within:.100}")
    elif value is not None:
        raise NoText(f"field {field!r} is no string, and no list of paragraphs")


def _elements(field: str, address: Address, values: list[Any]) -> Iterator[Piece]:
    for place, element in enumerate(values):
        if isinstance(element, list):
            yield from _elements(field, (*address, place), element)
            continue
        try:
            paragraph = paragraph_of(element)
        except ValueError as error:
            raise NoText(f"place {place} of field {field!r} is {error}") from None
        yield Piece((*address, place), paragraph.text, paragraph)
