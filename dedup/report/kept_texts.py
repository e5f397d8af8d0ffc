"""The texts of what a run kept: whoever shows a removal shows its original, too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..errors import CorpusError
from ..results import CleanResult, Span
from ..runs.audit import as_record

_SHOWN_AROUND = 80  # characters of the paragraphs beside a removed one


@dataclass(frozen=True, slots=True)
class Shown:
    """A removal as `find` lists it, the text of its original, if it can be read, and where it stood.

    before, after: how the paragraph before it ends, and the one after it begins; None where there is none
    """

    record: dict[str, Any]
    kept: str | None
    before: str | None = None
    after: str | None = None


def with_kept(found: Iterable[tuple[str, str, CleanResult]], kept: "KeptTexts") -> Iterator[Shown]:
    """Yield each removal from documents (id, text, result) with the text of its original; `kept` learns what passes."""
    for id, text, result in found:
        kept.add(id, text, result)
        spans = sorted([*result.kept, *result.removed], key=lambda span: span.start) if result.removed else []
        for removal in result.removed:
            record, at = as_record(id, text, removal), removal.position
            original = record["duplicate_of"]
            before = _end(text, spans[at - 1]) if at else None
            after = _beginning(text, spans[at + 1]) if at + 1 < len(spans) else None
            yield Shown(record, original and kept.text(original["document"], original["paragraph"]), before, after)


def _end(text: str, span: Span) -> str:
    begin = max(span.start, span.end - _SHOWN_AROUND)
    return "…" * (begin > span.start) + text[begin : span.end]


def _beginning(text: str, span: Span) -> str:
    end = min(span.end, span.start + _SHOWN_AROUND)
    return text[span.start : end] + "…" * (end < span.end)


class KeptTexts:
    """Every kept paragraph that passed, by document and position, in a temporary file that SQLite deletes again.

    So no document is read a second time: it may be standard input or a row of a table, and after a run in place it is
    another.
    """

    def __init__(self) -> None:
        import sqlite3  # for which nothing else here has a use

        self._first: dict[str, int] = {}  # by document: the place of its first paragraph
        self._end = 0
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE kept (place INTEGER PRIMARY KEY, text BLOB)")

    def add(self, document: str, text: str, result: CleanResult) -> None:
        """Remember what was kept of a document."""
        gone = {removal.position for removal in result.removed}
        staying = (position for position in count() if position not in gone)
        first = self._first[document] = self._end
        self._end += len(result.kept) + len(gone)
        rows = (
            (first + position, text[span.start : span.end].encode("utf-8", "surrogatepass"))
            for position, span in zip(staying, result.kept)  # noqa: B905 - positions have no end
        )
        import sqlite3

        try:
            self._rows.execute("BEGIN")
            self._rows.executemany("INSERT INTO kept VALUES (?, ?)", rows)
            self._rows.execute("COMMIT")
        except sqlite3.Error as error:
            raise CorpusError(
                f"the texts of what is kept cannot be put into a temporary file: {error}; TMPDIR names a folder with room"
            ) from error

    def text(self, document: str, position: int) -> str | None:
        """Return a kept paragraph, if its document has passed."""
        if document not in self._first:
            return None
        found = self._rows.execute("SELECT text FROM kept WHERE place = ?", (self._first[document] + position,))
        row = found.fetchone()
        return None if row is None else row[0].decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Delete the file."""
        self._rows.close()
