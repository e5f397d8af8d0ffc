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
from ..io.inputs import InputFile

# A commit costs a few writes that the disk confirms; this much work is done again at most.
_COMMIT_FILES = 1_000
_COMMIT_BYTES = 1 << 24

_NEW, _DONE, _CHANGED, _MOVED = "new", "done", "changed", "moved"


class Moved(NamedTuple):
    """A file that may be one that was done under another id, `before`; written: whether it has an output."""

    file: InputFile
    before: str
    written: bool


class Remaining(NamedTuple):
    """What is left of a run: its files, those of them that were done before they changed; and, not among them, those
    that were done under another id."""

    files: list[InputFile]
    changed: list[InputFile]
    moved: list[Moved]


@dataclass(slots=True)
class Progress:
    """Which files a run need not do again, and the commits on its way.

    Of each file that was written size, time of change and checksum are noted. It is done if it is unchanged and its
    output is there. `_elsewhere` holds, by size and checksum, the ids of those that are not in this run. A commit comes between
    two files, so a run that was stopped within one does all of it again.
    """

    state: State
    record: RunNotes
    _elsewhere: dict[int, dict[str, list[str]]] = field(default_factory=dict)
    _moved: list[Moved] = field(default_factory=list)
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

    def remaining(self, files: Sequence[InputFile]) -> Remaining:
        """Return what is left to be done of the files.

        A file that is byte for byte one that was done, which is not in this run, may be that one under another name: its
        paragraphs would be taken for repeats of themselves. If it has an output already, that stays; if the other one was in
        the same folder, from which it has gone, it gets none.
        """
        _sweep(files)
        here = {file.id for file in files}
        for id, note in self.record.notes.items():
            if note.size and id not in here:
                self._elsewhere.setdefault(note.size, {}).setdefault(note.checksum, []).append(id)
        states = [(file, self._state(file)) for file in files]
        return Remaining(
            [file for file, state in states if state in (_NEW, _CHANGED)],
            [file for file, state in states if state == _CHANGED],
            self._moved,
        )

    def _state(self, file: InputFile) -> str:
        if not _lasting(file.source):
            return _NEW
        try:
            found = os.stat(file.source)
            self._times[file.id] = found.st_mtime_ns
            written = file.output is not None and os.path.isfile(file.output)
            if file.id not in self.record.notes:
                before = self._before(file, found.st_size, written)
                if before is None:
                    return _NEW
                self._moved.append(Moved(file, before, written))
                return _MOVED
            size, time, checksum = self.record.notes[file.id]
            if (found.st_size, found.st_mtime_ns) != (size, time) and _checksum(file.source) != checksum:
                return _CHANGED
        except OSError:
            return _NEW  # reading it will say why
        return _DONE if written else _NEW

    def _before(self, file: InputFile, size: int, written: bool) -> str | None:
        """Return the id under which a file may have been done before, None if there is none. Raises OSError."""
        alike = self._elsewhere.get(size)
        ids = alike.get(_checksum(file.source), []) if alike else []
        folder, slash, _ = file.id.partition("/")
        renamed = [id for id in ids if slash and id.startswith(f"{folder}/")]
        return next(iter(renamed or (ids if written else [])), None)

    def finished(self, file: InputFile) -> None:
        """Note that a file's output is in its place; commit when it is time."""
        in_place = file.output == file.source
        if _lasting(file.source):
            with suppress(OSError):  # it is gone, and a new one if it comes back
                self._note(file, in_place)
        if file.output is not None:
            if not in_place:  # there the disk had to confirm it before it took its place
                self._outputs.append(file.output)
            folder = os.path.dirname(os.path.abspath(file.output))
            if folder not in self._folders:
                self._folders |= {folder, *map(str, Path(folder).parents)}  # any of them may be new
        if len(self._outputs) >= _COMMIT_FILES or self._bytes >= _COMMIT_BYTES:
            self.commit()

    def _note(self, file: InputFile, in_place: bool) -> None:
        checksum = _checksum(file.source)
        found = os.stat(file.source)
        time = 0 if in_place else self._times.get(file.id, 0)
        if not in_place and found.st_mtime_ns != time:
            checksum = ""  # it changed meanwhile: nobody knows what was read
        self.record.note(file.id, Note(found.st_size, time, checksum))
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


def _sweep(files: Sequence[InputFile]) -> None:
    """Remove the unfinished files that a killed run left where its outputs go; the index lets one run do so at a time."""
    unfinished: dict[str, set[str]] = {}
    for file in files:
        if file.output is not None:
            folder, name = os.path.split(file.output)
            unfinished.setdefault(folder, set()).add(unfinished_prefix(name))
    for folder, prefixes in unfinished.items():
        with suppress(FileNotFoundError, NotADirectoryError):
            for name in os.listdir(folder or "."):
                if name.endswith(".part") and name.rpartition(".")[0].rpartition(".")[0] + "." in prefixes:
                    os.unlink(os.path.join(folder, name))
