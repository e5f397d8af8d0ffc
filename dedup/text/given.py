"""Paragraphs that are given one by one: what may be one, and the document that they are together."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, get_args

from ..errors import InputError, described
from ..results import Kind, Paragraph, Span

KINDS: tuple[Kind, ...] = get_args(Kind)
SEPARATOR = "\n\n"  # between paragraphs that are given one by one


def paragraph_of(value: Any) -> Paragraph:
    """Return what a list holds as a paragraph: a str, a Paragraph, or a mapping with `text` and `kind`; None is empty.

    Raises ValueError, which says what is wrong and what was expected.
    """
    if isinstance(value, str):
        return Paragraph(value)
    if value is None:
        return Paragraph("")
    if isinstance(value, Mapping):
        if "text" not in value:
            raise ValueError(f"{value!r:.60}, without `text`; expected a str, or an object with `text` and `kind`")
        value = Paragraph("" if value["text"] is None else value["text"], value.get("kind") or "text")
    if not isinstance(value, Paragraph) or not isinstance(value.text, str):
        raise ValueError(f"{described(value)}; expected a str, a dedup.Paragraph, or an object with `text` and `kind`")
    if value.kind not in KINDS:
        raise ValueError(f"of kind {value.kind!r}; expected one of {', '.join(KINDS)}")
    return value


def paragraphs_of(values: Iterable[Any], name: str) -> list[Paragraph]:
    """Return what a list holds as paragraphs. Raises InputError, which names the place, and the document by `name`."""
    paragraphs = []
    for position, value in enumerate(values):
        try:
            paragraphs.append(paragraph_of(value))
        except ValueError as error:
            raise InputError(f"paragraph {position} of {name} is {error}") from None
    return paragraphs


def as_list(value: Any) -> list[Any] | None:
    """Return what a list column of a data frame holds (an array, a Series, a scalar of Arrow) as a list; None for others."""
    for name in ("as_py", "to_list", "tolist"):
        if (convert := getattr(value, name, None)) is not None:
            listed = convert()
            return listed if isinstance(listed, list) else None
    return None


def joined(paragraphs: Iterable[Paragraph]) -> str:
    """Return the text of a document whose paragraphs are given."""
    return SEPARATOR.join(paragraph.text for paragraph in paragraphs)


def spans_of(texts: Sequence[str]) -> list[Span]:
    """Return where paragraphs that are given stand in the text that they are together."""
    ends = accumulate(len(text) + len(SEPARATOR) for text in texts)
    return [Span(end - len(SEPARATOR) - len(text), end - len(SEPARATOR)) for text, end in zip(texts, ends, strict=True)]
