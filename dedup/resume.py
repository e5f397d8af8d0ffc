"""A run over files that can be interrupted at any point and started again: what an index knows of its files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xxhash import xxh3_128_hexdigest

from .corpus import STANDARD_INPUT, Document, unfinished_prefix
from .deduplicator import Deduplicator
from .errors import CorpusError
from .log import sync_folder
from .results import CleanResult
from .store import Note, Store

# A commit costs a few writes that the disk confirms; this much work is done again at most.
_COMMIT_DOCUMENTS = 1_000
_COMMIT_CHARACTERS = 1 << 24

_NEW, _DONE, _CHANGED = "new", "done", "changed"


def check_place(file: str, sources: Sequence[str], output: str | None, *, what: str = "the index") -> None:
    """Raise CorpusError for a file of a run that lies where documents are read or written."""
    path = Path(file).resolve()
    for folder in (*sources, *([output] if output is not None else [])):
        if folder != STANDARD_INPUT and path.is_relative_to(Path(folder).resolve()):
            raise CorpusError(f"{file} lies in {folder}, which holds documents; expected a place for {what} elsewhere")


@dataclass(slots=True)
class Progress:
    """Which documents a run need not do again, and the commits on its way.

    Of each document that was written the store notes size, time of change and checksum of its file. It is done if that
    file is unchanged and its output is there.
    """

    deduplicator: Deduplicator
    store: Store
    _times: dict[str, int] = field(default_factory=dict)
    _folders: set[Path] = field(default_factory=set)
    _documents: int = 0
    _characters: int = 0

    @classmethod
    def of(cls, deduplicator: Deduplicator) -> "Progress | None":
        """The progress of a run, if it has an index to write."""
        store = deduplicator.store
        return None if store is None or not store.write else cls(deduplicator, store)

    def remaining(self, documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
        """The documents that are to be done, and those of them that were done before they changed."""
        _sweep(documents)
        states = [(document, self._state(document)) for document in documents]
        return (
            [document for document, state in states if state != _DONE],
            [document for document, state in states if state == _CHANGED],
        )

    def _state(self, document: Document) -> str:
        if document.source == STANDARD_INPUT:
            return _NEW
        try:
            found = os.stat(document.source)
            self._times[document.id] = found.st_mtime_ns
            if document.id not in self.store.notes:
                return _NEW
            size, time, checksum = self.store.notes[document.id]
            if (found.st_size, found.st_mtime_ns) != (size, time):
                if xxh3_128_hexdigest(Path(document.source).read_bytes()) != checksum:
                    return _CHANGED
        except OSError:
            return _NEW  # reading it will say why
        return _DONE if document.output is not None and document.output.is_file() else _NEW

    def finished(self, document: Document, text: str, result: CleanResult) -> None:
        """A document's output is written; commit when it is time."""
        if document.source != STANDARD_INPUT:
            in_place = document.output is not None and document.output == Path(document.source)
            said = (result.text if in_place else text).encode()
            time = 0 if in_place else self._times.get(document.id, 0)
            self.store.note(document.id, Note(len(said), time, xxh3_128_hexdigest(said)))
        if document.output is not None:
            self._folders.update(document.output.absolute().parents)  # any of them may be new
        self._documents += 1
        self._characters += len(text)
        if self._documents >= _COMMIT_DOCUMENTS or self._characters >= _COMMIT_CHARACTERS:
            self.commit()

    def commit(self) -> None:
        """Commit what is written, once the disk has confirmed the names of all files. Raises CorpusError."""
        for folder in self._folders:
            try:
                sync_folder(folder)
            except PermissionError:
                pass  # it cannot even be listed, so it was there before
            except OSError as error:
                raise CorpusError(
                    f"{folder}: {error.strerror}; nothing that follows the last commit is in the index"
                ) from error
        self.deduplicator.commit()
        self._folders.clear()
        self._documents = self._characters = 0


def _sweep(documents: Sequence[Document]) -> None:
    """Remove the unfinished files that a killed run left where its outputs go; the index lets one run do so at a time."""
    unfinished: dict[Path, set[str]] = {}
    for document in documents:
        if document.output is not None:
            unfinished.setdefault(document.output.parent, set()).add(unfinished_prefix(document.output))
    for folder, prefixes in unfinished.items():
        for path in folder.glob(".*.part"):
            if path.name.rpartition(".")[0].rpartition(".")[0] + "." in prefixes:
                path.unlink(missing_ok=True)
