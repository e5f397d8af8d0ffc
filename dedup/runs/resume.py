"""A run over files that can be interrupted at any point and started again: what an index knows of its files."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from xxhash import xxh3_128

from ..decide.state import State
from ..errors import ConfigError, CorpusError
from ..index.protocol import Note, RunNotes
from ..io.atomic import sync, unfinished_prefix
from ..io.formats import STANDARD_INPUT
from ..io.inputs import Document

# A commit costs a few writes that the disk confirms; this much work is done again at most.
_COMMIT_FILES = 1_000
_COMMIT_BYTES = 1 << 24

_NEW, _DONE, _CHANGED, _MOVED = "new", "done", "changed", "moved"


class Remaining(NamedTuple):
    """What is left of a run: its documents, those of them that were done before they changed; and, not among them, those
    that were done under another id."""

    documents: list[Document]
    changed: list[Document]
    moved: list[Document]


@dataclass(slots=True)
class Progress:
    """Which files a run need not do again, and the commits on its way.

    Of each file that was written size, time of change and checksum are noted. It is done if it is unchanged and its
    output is there. `_elsewhere` holds, by size, the checksums of those that are not in this run. A commit comes between
    two files, so a run that was stopped within one does all of it again.
    """

    state: State
    files: RunNotes
    _elsewhere: dict[int, set[str]] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)
    _outputs: list[str] = field(default_factory=list)
    _folders: set[str] = field(default_factory=set)
    _bytes: int = 0

    @classmethod
    def of(cls, state: State, notes: RunNotes | None, *, lines: bool) -> "Progress | None":
        """Return the progress of a run if there is anything to note it in; what `state` commits must cover the notes.

        Raises ConfigError if `lines` is not as in runs before.
        """
        if notes is None or not notes.writable:
            return None
        if notes.lines not in (None, lines):
            was, now = ("without", "with") if lines else ("with", "without")
            raise ConfigError(
                f"{notes.path} was made {was} --lines, and this run is {now} it: what was done would be taken for repeats "
                "of itself. Run as before, or use another index"
            )
        notes.lines = lines
        return cls(state, notes)

    def remaining(self, documents: Sequence[Document]) -> Remaining:
        """Return what is left to be done of the documents.

        A file that is byte for byte one that was done, which is not in this run, may be that one under another name: its
        paragraphs would be taken for repeats of themselves. If it has an output already, that stays.
        """
        _sweep(documents)
        here = {document.id for document in documents}
        for id, note in self.files.notes.items():
            if note.size and id not in here:
                self._elsewhere.setdefault(note.size, set()).add(note.checksum)
        states = [(document, self._state(document)) for document in documents]
        return Remaining(
            [document for document, state in states if state in (_NEW, _CHANGED)],
            [document for document, state in states if state == _CHANGED],
            [document for document, state in states if state == _MOVED],
        )

    def _state(self, document: Document) -> str:
        if not _lasting(document.source):
            return _NEW
        try:
            found = os.stat(document.source)
            self._times[document.id] = found.st_mtime_ns
            written = document.output is not None and os.path.isfile(document.output)
            if document.id not in self.files.notes:
                alike = self._elsewhere.get(found.st_size, ()) if written else ()
                return _MOVED if alike and _checksum(document.source) in alike else _NEW
            size, time, checksum = self.files.notes[document.id]
            if (found.st_size, found.st_mtime_ns) != (size, time) and _checksum(document.source) != checksum:
                return _CHANGED
        except OSError:
            return _NEW  # reading it will say why
        return _DONE if written else _NEW

    def finished(self, document: Document) -> None:
        """Note a file whose output is in its place; commit when it is time."""
        in_place = document.output == document.source
        if _lasting(document.source):
            with suppress(OSError):  # it is gone, and a new one if it comes back
                self._note(document, in_place)
        if document.output is not None:
            if not in_place:  # there the disk had to confirm it before it took its place
                self._outputs.append(document.output)
            folder = os.path.dirname(os.path.abspath(document.output))
            if folder not in self._folders:
                self._folders |= {folder, *map(str, Path(folder).parents)}  # any of them may be new
        if len(self._outputs) >= _COMMIT_FILES or self._bytes >= _COMMIT_BYTES:
            self.commit()

    def _note(self, document: Document, in_place: bool) -> None:
        checksum = _checksum(document.source)
        found = os.stat(document.source)
        time = 0 if in_place else self._times.get(document.id, 0)
        if not in_place and found.st_mtime_ns != time:
            checksum = ""  # it changed meanwhile: nobody knows what was read
        self.files.note(document.id, Note(found.st_size, time, checksum))
        self._bytes += found.st_size

    def commit(self) -> None:
        """Commit what is written, once the disk has confirmed files and their names. Raises CorpusError."""
        folders = (folder for folder in self._folders if os.access(folder, os.R_OK))  # others were there before
        for path in [*self._outputs, *folders]:
            try:
                sync(path)
            except OSError as error:
                raise CorpusError(
                    f"{path}: {error.strerror}; nothing that follows the last commit is in the index"
                ) from error
        self.state.commit()
        self._outputs.clear()
        self._folders.clear()
        self._bytes = 0


def _lasting(source: str) -> bool:
    """Tell whether it can be read more than once, as a pipe cannot."""
    return source != STANDARD_INPUT and os.path.isfile(source)


def _checksum(path: str) -> str:
    state = xxh3_128()
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(1 << 20):
            state.update(piece)
    return state.hexdigest()


def _sweep(documents: Sequence[Document]) -> None:
    """Remove the unfinished files that a killed run left where its outputs go; the index lets one run do so at a time."""
    unfinished: dict[str, set[str]] = {}
    for document in documents:
        if document.output is not None:
            folder, name = os.path.split(document.output)
            unfinished.setdefault(folder, set()).add(unfinished_prefix(name))
    for folder, prefixes in unfinished.items():
        with suppress(FileNotFoundError, NotADirectoryError):
            for name in os.listdir(folder or "."):
                if name.endswith(".part") and name.rpartition(".")[0].rpartition(".")[0] + "." in prefixes:
                    os.unlink(os.path.join(folder, name))
