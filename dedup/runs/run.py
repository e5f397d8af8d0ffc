"""Runs over files: every document in them is decided, in order, and what cannot be read is named."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import NamedTuple

from ..decide.outcomes import Outcome
from ..decide.pipeline import Given, Pipeline, Unread, all_read
from ..errors import CorpusError, DedupError
from ..io.formats import STANDARD_INPUT, Formats, Reader, Row, open_reader
from ..io.formats.encodings import not_utf8
from ..io.inputs import InputFile, check_names, size_of, why_no_file
from ..results import Paragraph
from .boilerplate import Boilerplate, Stripping, survey

_ROW_BYTES = 500  # about what a row takes in memory besides what it holds


@dataclass(slots=True)
class Totals:
    """What a run came to.

    carried: rows without a text; passed, changed: files that an earlier run had done; and that it had, before they
    changed
    """

    files: int = 0
    documents: int = 0
    paragraphs: int = 0
    removed_within: int = 0
    removed_across: int = 0
    boilerplate: int = 0
    carried: int = 0
    skipped: int = 0
    passed: int = 0
    changed: int = 0

    @property
    def removed(self) -> int:
        return self.removed_within + self.removed_across + self.boilerplate

    def count(self, outcome: Outcome) -> None:
        """Add one document."""
        self.documents += 1
        self.paragraphs += outcome.paragraphs
        self.removed_within += outcome.within
        self.removed_across += outcome.across
        self.boilerplate += outcome.boilerplate


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """A file that is being read."""

    input: InputFile
    reader: Reader


Rows = Iterator[tuple[Row, Outcome | None]]


class _Place(NamedTuple):
    """Where in a run a document stands.

    file: None where it cannot be read, for which there is a `problem` in words
    row: None at the end of the file; taken: the boilerplate that was taken from it
    """

    file: OpenFile | None
    row: Row | None = None
    taken: dict[int, int] | None = None
    problem: str = ""


def run(
    files: Sequence[InputFile],
    pipeline: Pipeline,
    formats: Formats = Formats(),
    *,
    jobs: int = 1,
    lines: bool = False,
    boilerplate: Boilerplate | None = None,
    report: Callable[[str], None],
) -> Iterator[tuple[OpenFile, Rows]]:
    """Yield each file that can be read and, to be taken before the next file, its rows in order with what was decided.

    A row that has no text has no result. What is not text, cannot be read or is too large goes to `report` in a sentence
    that names it: a file is skipped, a row carried through. With `lines` every line of a text is a document of its own.
    All occurrences of `boilerplate` are removed, and the rule decides on the rest. Raises CorpusError for a file that
    fails after rows of it were decided.
    """
    reading = _Reading(pipeline, formats, lines, Stripping(boilerplate) if boilerplate else None)
    sizes = [size_of(file.source) for file in files]
    given = reading.given(zip(files, sizes, strict=True))
    coming = len(files), sum(sizes)
    decided = _by_line(given, pipeline) if lines else pipeline.stream(given, jobs, *coming, _placed)
    for place, outcome in decided:
        if place.file is None:
            report(place.problem)
            continue
        rows = _decided_rows(chain([(place, outcome)], decided), reading.stripping)
        yield place.file, rows
        deque(rows, maxlen=0)  # what nobody took


def _placed(given: Given, outcome: Outcome | None) -> tuple[_Place, Outcome | None]:
    return given.tag, outcome


def _decided_rows(found: Iterator[tuple[_Place, Outcome | None]], stripping: Stripping | None) -> Rows:
    """Yield the rows of a file; of the next one nothing is taken, so no commit after this file covers any of it."""
    for (_, row, taken, _), outcome in found:
        if row is None:
            return
        if stripping and outcome is not None:
            assert row.text is not None and taken is not None
            outcome = Outcome.of(row.text, stripping.restore(row.text, taken, outcome.result(), row.paragraphs))
        yield row, outcome


def _by_line(given: Iterable[Given | Unread], pipeline: Pipeline) -> Iterator[tuple[_Place, Outcome | None]]:
    for id, text, place, *_ in all_read(given):
        yield place, None if text is None else pipeline.by_line(text, id)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the files of a run become the documents of a stream: every row one, and the end of each file one without a text."""

    pipeline: Pipeline
    formats: Formats
    lines: bool
    stripping: Stripping | None

    def given(self, files: Iterable[tuple[InputFile, int]]) -> Iterator[Given | Unread]:
        """Yield files, each with its size. Those of one text are left to be read by whoever has the time."""
        for file, size in files:
            if file.source != STANDARD_INPUT and self.formats.of(file.source).unit == "file":
                yield Unread(file.id, size, partial(self._read, file))
            else:
                yield from self._rows(file)

    def _read(self, file: InputFile) -> list[Given]:
        return list(self._rows(file))

    def _rows(self, file: InputFile) -> Iterator[Given]:
        try:
            opened = OpenFile(file, open_reader(file.source, self.formats, limit=not self.lines))
            if opened.reader.whole is not None and not self.lines:
                self.pipeline.check_size(opened.reader.whole)
        except (OSError, ValueError) as error:
            yield Given(None, None, _Place(None, problem=f"{file.source}: {explained(error)}; skipped"))
            return
        try:
            for row in opened.reader.rows():
                if row.text is not None and (opened.reader.whole is None or row.paragraphs is not None):
                    row = _by_line_only(row) if self.lines else _checked(row, self.pipeline)
                id, text, paragraphs = row_id(file, row), row.text, row.paragraphs
                taken: dict[int, int] = {}
                if self.stripping and text is not None:
                    id = row_id(file, replace(row, id=None))  # of which no two are alike
                    text, paragraphs, taken = self.stripping.strip(id, text, paragraphs)
                yield Given(id, text, _Place(opened, row, taken), _ROW_BYTES + row.size, paragraphs)
            yield Given(None, None, _Place(opened))
        except (OSError, ValueError) as error:
            if isinstance(error, DedupError):
                raise
            raise CorpusError(
                f"{file.source}: {explained(error)}; it and what follows is not written, as rows of it were decided"
            ) from error


def _checked(row: Row, pipeline: Pipeline) -> Row:
    """Return the row, without its text if that is too large for one document."""
    assert row.text is not None
    try:
        pipeline.check_size(row.text, row.paragraphs)
    except ValueError as error:
        return replace(row, text=None, paragraphs=None, problem=str(error))
    return row


def _by_line_only(row: Row) -> Row:
    """Return the row, without its text if that is not one text, whose lines could be documents."""
    if row.paragraphs is None:
        return row
    problem = "--lines takes the lines of one text for documents, and here are a list of paragraphs or several texts"
    return replace(row, text=None, paragraphs=None, problem=problem)


def row_id(file: InputFile, row: Row) -> str:
    """Return what a row's document is called: as it says or, if it does not, as its file, of several with the number of its row."""
    if row.id is not None:
        return row.id
    return f"{file.id}:{row.number}" if row.number else file.id


def rows_read(file: InputFile, formats: Formats) -> Iterator[Row]:
    """Yield the rows of a file that are documents. Raises OSError, and ValueError for what cannot be read."""
    return (row for row in open_reader(file.source, formats, limit=False).rows() if row.text is not None)


def find_boilerplate(files: Sequence[InputFile], least: int, formats: Formats = Formats()) -> Boilerplate:
    """Find the paragraphs that stand in at least so many documents: a pass of its own over all that can be read.

    Raises CorpusError for what cannot be read twice, and for two files of one id, whose positions would be mixed up.
    """
    check_names(files)
    for source in (file.source for file in files):
        if source == STANDARD_INPUT or (
            os.path.exists(source) and not (os.path.isfile(source) or os.path.isdir(source))
        ):
            raise CorpusError(
                f"{source} can be read only once, boilerplate takes two passes; expected files or folders"
            )

    def documents() -> Iterator[tuple[str, Sequence[Paragraph] | None]]:
        for file in files:
            with suppress(OSError, ValueError):  # named in the second pass
                for row in rows_read(file, formats):
                    yield row.text or "", row.paragraphs

    return survey(documents(), least)


def explained(error: Exception) -> str:
    """Say why something cannot be read, in words."""
    if isinstance(error, UnicodeDecodeError):
        return not_utf8(error)
    if isinstance(error, OSError) and isinstance(error.filename, str) and os.path.isdir(error.filename):
        return why_no_file(error.filename)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
