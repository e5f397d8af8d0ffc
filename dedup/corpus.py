"""Runs over files: every document in them is decided, in order, and what cannot be read is named."""

import os
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from .boilerplate import Furniture, Stripping, survey
from .deduplicator import Deduplicator
from .errors import CorpusError, DedupError
from .formats import STANDARD_INPUT, Formats, Reader, Row, TextReader, open_reader
from .functions import check_size, clean_lines
from .outcomes import Outcome
from .results import CleanResult
from .sources import Document, check_names

# A stream reads ahead by the amount of text. What rows hold besides waits with them; so many bytes of it end a stream.
_MOST_WAITING = 1 << 24
_ROW_BYTES = 500  # about what a row takes in memory besides what it holds

_BY_NAME = Formats()


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
    furniture: int = 0
    carried: int = 0
    skipped: int = 0
    passed: int = 0
    changed: int = 0

    @property
    def removed(self) -> int:
        return self.removed_within + self.removed_across + self.furniture

    def count(self, outcome: Outcome) -> None:
        """Add one document."""
        self.documents += 1
        self.paragraphs += outcome.paragraphs
        self.removed_within += outcome.within
        self.removed_across += outcome.across
        self.furniture += outcome.furniture


@dataclass(frozen=True, slots=True)
class File:
    """A file that is being read."""

    document: Document
    reader: Reader


Rows = Iterator[tuple[Row, Outcome | None]]


def run(
    documents: Sequence[Document],
    deduplicator: Deduplicator,
    formats: Formats = _BY_NAME,
    *,
    jobs: int = 1,
    lines: bool = False,
    furniture: Furniture | None = None,
    report: Callable[[str], None],
) -> Iterator[tuple[File, Rows]]:
    """Each file that can be read and, to be taken before the next file, its rows in order with what was decided.

    A row that has no text has no result. What is not text, cannot be read or is too large goes to `report` in a sentence
    that names it: a file is skipped, a row carried through. With `lines` every line of a text is a document of its own.
    All occurrences of `furniture` are removed, and the rule decides on the rest. Raises CorpusError for a file that
    fails after rows of it were decided.
    """
    passage = _Passage(documents, deduplicator, formats, lines, furniture, report)
    events = passage.events(jobs)
    for file in events:
        rows = _until_none(events)
        yield file, rows
        deque(rows, maxlen=0)  # what the caller left


def _until_none(events: Iterator[Any]) -> Iterator[Any]:
    for event in events:
        if event is None:
            return
        yield event


class _Passage:
    """A run as one sequence of events: a file, its rows with their results, None, and the next file."""

    def __init__(
        self,
        documents: Sequence[Document],
        deduplicator: Deduplicator,
        formats: Formats,
        lines: bool,
        furniture: Furniture | None,
        report: Callable[[str], None],
    ) -> None:
        self._documents = documents
        self._deduplicator = deduplicator
        self._formats = formats
        self._lines = lines
        self._stripping = Stripping(furniture) if furniture else None
        self._report = report
        # Events that have not happened yet, and of a row whose result is to come the furniture that was taken from it.
        self._waiting: deque[tuple[Any, dict[int, int] | None]] = deque()
        self._ended = False

    def events(self, jobs: int) -> Iterator[Any]:
        texts = self._texts()
        while not self._ended:
            outcomes: Iterable[Outcome]
            if self._lines:
                outcomes = (Outcome.of(clean_lines(self._deduplicator, text, id)) for id, text in self._some(texts))
            else:
                outcomes = self._deduplicator._outcomes(self._some(texts), jobs)
            for outcome in outcomes:
                yield from self._due()
                row, taken = self._waiting.popleft()
                if self._stripping and taken is not None:
                    outcome = Outcome.of(self._stripping.restore(row.text, taken, outcome.result()))
                yield row, outcome
                yield from self._due()
            yield from self._due()

    def _due(self) -> Iterator[Any]:
        """What needs to wait for no result any more."""
        while self._waiting and self._waiting[0][1] is None:
            yield self._waiting.popleft()[0]

    def _some(self, texts: Iterator[tuple[Hashable, str] | None]) -> Iterator[tuple[Hashable, str]]:
        """Texts until too much waits with them."""
        for text in texts:
            if text is None:
                return
            yield text
        self._ended = True

    def _texts(self) -> Iterator[tuple[Hashable, str] | None]:
        """All texts with their ids; None where too much waits."""
        for document in self._documents:
            try:
                file = File(document, open_reader(document.source, self._formats, limit=not self._lines))
                if isinstance(file.reader, TextReader) and not self._lines:
                    check_size(file.reader.text, self._deduplicator.config)
            except (OSError, ValueError) as error:
                self._report(f"{document.source}: {explained(error)}; skipped")
                continue
            self._waiting.append((file, None))
            try:
                yield from self._texts_of(file)
            except (OSError, ValueError) as error:
                if isinstance(error, DedupError):
                    raise
                raise CorpusError(
                    f"{document.source}: {explained(error)}; it and what follows is not written, as rows of it were decided"
                ) from error

    def _texts_of(self, file: File) -> Iterator[tuple[Hashable, str] | None]:
        held = 0
        last = False
        for row, last in _with_last(self._rows(file.reader)):
            id, text = row_id(file.document, row), row.text
            if text is None or not text or text.isspace():  # nothing to decide on
                outcome = None if text is None else Outcome.of(CleanResult(id, text, [], []))
                self._waiting.append(((row, outcome), None))
                text = None
            else:
                taken: dict[int, int] = {}
                if self._stripping:
                    text, taken = self._stripping.strip(id, text)
                self._waiting.append((row, taken))
            if last:
                self._waiting.append((None, None))
            if text is not None:
                yield id, text
            held += _ROW_BYTES + max(0, row.size - len(text or ""))
            if held > _MOST_WAITING:
                held = 0
                yield None
        if not last:  # there was no row
            self._waiting.append((None, None))

    def _rows(self, reader: Reader) -> Iterator[Row]:
        for row in reader.rows():
            if row.text is not None and row.number and not self._lines:
                try:
                    check_size(row.text, self._deduplicator.config)
                except ValueError as error:
                    row = replace(row, text=None, problem=str(error))
            yield row


def _with_last(rows: Iterator[Row]) -> Iterator[tuple[Row, bool]]:
    """Each row, and whether it is the last."""
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        yield row, following is None
        row = following


def row_id(document: Document, row: Row) -> str:
    """What a row's document is called: as its file or, of several, with the number of its row."""
    return f"{document.id}:{row.number}" if row.number else document.id


def rows_read(document: Document, formats: Formats) -> Iterator[tuple[str, str]]:
    """The id and text of every document in a file. Raises OSError, and ValueError for what cannot be read."""
    for row in open_reader(document.source, formats, limit=False).rows():
        if row.text is not None:
            yield row_id(document, row), row.text


def find_furniture(documents: Sequence[Document], least: int, formats: Formats = _BY_NAME) -> Furniture:
    """The paragraphs that stand in at least so many documents: a pass of its own over all that can be read.

    Raises CorpusError for what cannot be read twice, and for two documents of one id, whose positions would be mixed up.
    """
    check_names(documents)
    for source in (document.source for document in documents):
        if source == STANDARD_INPUT or (os.path.exists(source) and not os.path.isfile(source)):
            raise CorpusError(
                f"{source} can be read only once, page furniture takes two passes; expected files or folders"
            )

    def texts() -> Iterator[str]:
        for document in documents:
            with suppress(OSError, ValueError):  # named in the second pass
                for _, text in rows_read(document, formats):
                    yield text

    return survey(texts(), least)


def explained(error: Exception) -> str:
    """Why something cannot be read, in words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
