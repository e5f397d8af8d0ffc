"""Why a paragraph of a file is kept or removed: the files before it are decided as a run would, then it is asked."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from ..config import Config
from ..deduplicator import Deduplicator
from ..errors import InputError
from ..index.protocol import IndexStore
from ..io.formats import Formats, Row
from ..io.inputs import InputFile
from ..results import Explanation
from ..runs.run import row_id, rows_read
from ..text.paragraphs import spans_in
from .diff import Side, marked, plain, word_diff


def place(named: str) -> tuple[str, int, int]:
    """Return file, row (0: the only one) and paragraph of `FILE:PARAGRAPH` or `FILE:ROW:PARAGRAPH`. Raises InputError."""
    path, *numbers = named.rsplit(":", 2)
    if len(numbers) == 2 and os.path.exists(f"{path}:{numbers[0]}"):
        path, numbers = f"{path}:{numbers[0]}", numbers[1:]
    if not numbers or not all(number.isdecimal() for number in numbers) or not os.path.isfile(path):
        raise InputError(
            f"{named!r} names no paragraph; expected FILE:PARAGRAPH, counted from 0, or FILE:ROW:PARAGRAPH"
        )
    return path, int(numbers[0]) if len(numbers) == 2 else 0, int(numbers[-1])


def is_named(text: str) -> bool:
    """Tell whether a text is the name of a file or of a paragraph in one."""
    with suppress(InputError, ValueError):
        return os.path.isfile(text) or os.path.isfile(place(text)[0])
    return False


def why(
    named: str,
    files: Sequence[InputFile],
    formats: Formats,
    config: Config,
    index: IndexStore | None,
    style: Callable[[str, Side], str],
) -> Iterator[str]:
    """Say line by line why a paragraph is removed or kept when `files` are cleaned in their order. Raises InputError."""
    path, row, position = place(named)
    mine = next((file for file in files if os.path.exists(file.source) and os.path.samefile(file.source, path)), None)
    if mine is None:
        raise InputError(f"{path} is none of the files that are read; expected one of them")
    files = files[: files.index(mine) + 1]
    wanted = _id(mine, row, formats)
    found = _explanation(wanted, position, _documents(files, formats), config, index)
    text = _paragraph(wanted, position, files, formats)
    yield f"paragraph    {plain(text or '')}"
    yield f"decision     {found.decision.relation if found.cause == 'removed' else 'kept'}"
    yield f"reason       {found.reason}"
    if found.nearest is not None:
        document, place_there = found.nearest
        other = _paragraph(str(document), place_there, files, formats)
        yield f"{'duplicate of' if found.cause == 'removed' else 'nearest':<12} {document}, paragraph {place_there}"
        if text is not None and other is not None and text != other:
            yield f"difference   {marked(word_diff(text, other), style)}"


def _explanation(
    id: str, position: int, documents: Iterator[tuple[str, Row]], config: Config, index: IndexStore | None
) -> Explanation:
    given = ((name, row.text if row.paragraphs is None else row.paragraphs) for name, row in documents)
    with Deduplicator(config, index=index) as seen:
        for result in seen.stream((name, document) for name, document in given if document is not None):
            if result.id == id:
                count = len(result.kept) + len(result.removed)
                if position >= count:
                    there = f"0 to {count - 1}" if count else "another file or row"
                    raise InputError(
                        f"{id} has {count:,} paragraphs, counted from 0, and no {position}; expected {there}"
                    )
                return seen.explain(id, position)
    raise InputError(f"{id} is no document; expected FILE:PARAGRAPH or, of a file with rows, FILE:ROW:PARAGRAPH")


def _id(file: InputFile, number: int, formats: Formats) -> str:
    """Return what the document of a row is called."""
    with suppress(OSError, ValueError):
        for row in rows_read(file, formats):
            if row.number == number:
                return row_id(file, row)
    return f"{file.id}:{number}" if number else file.id


def _documents(files: Sequence[InputFile], formats: Formats) -> Iterator[tuple[str, Row]]:
    """Yield the documents of the files that can be read, each with its id."""
    for file in files:
        with suppress(OSError, ValueError):
            for row in rows_read(file, formats):
                yield row_id(file, row), row


def _paragraph(id: str, position: int, files: Sequence[InputFile], formats: Formats) -> str | None:
    """Return a paragraph of a document of these files, if it is one."""
    for name, row in _documents(files, formats):
        if name == id:
            text = row.text or ""
            spans = spans_in(text, row.paragraphs)
            if position < len(spans):
                return text[spans[position].start : spans[position].end]
    return None
