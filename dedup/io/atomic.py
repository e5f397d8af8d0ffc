"""Files that are there whole or not at all."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NoReturn

from ..errors import CorpusError

_numbers = count()


class Replacement:
    """A file that takes its place when it is whole: it is written under another name beside it.

    durable: have the disk confirm it first, as is needed where it replaces the only copy of something
    wanted: set it to False if after all everything is to stay as it is
    """

    def __init__(self, path: str, *, durable: bool = False) -> None:
        """Open the file that is written. Raises CorpusError."""
        self.path = path
        self.wanted = True
        self._durable = durable
        self._file: BinaryIO | None = None
        self._rights = _rights(path)
        folder, name = os.path.split(path)
        mode = 0o666 if self._rights is None else 0o666 & self._rights  # not even meanwhile may others read it
        while True:
            self._temporary = os.path.join(folder, f"{unfinished_prefix(name)}{os.getpid()}-{next(_numbers)}.part")
            try:
                self._handle = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
                return
            except FileExistsError:  # of a process that was killed
                continue
            except FileNotFoundError:
                try:
                    os.makedirs(folder or ".")
                except FileExistsError:
                    continue  # someone else made it, or it cannot be entered, which is said next time
                except OSError as error:
                    raise self._failure(error) from error
            except OSError as error:
                raise self._failure(error) from error
            except KeyboardInterrupt:  # as a rule the file is there by then
                with suppress(OSError):
                    os.unlink(self._temporary)
                raise

    def write(self, content: bytes | memoryview) -> None:
        """Write the whole file and put it in its place. Raises CorpusError."""
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(self._handle, left) :]
        except BaseException as error:
            self._give_up(error)
        self._finish()

    def __enter__(self) -> BinaryIO:
        self._file = os.fdopen(self._handle, "wb")
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.wanted:
            return self._finish()
        self._discard()
        if isinstance(error, OSError) and not isinstance(error, CorpusError):
            raise self._failure(error) from error

    def _finish(self) -> None:
        """Put the file in its place, with the rights of the one that was there. Raises CorpusError."""
        try:
            if self._file:
                self._file.flush()
            if self._durable:
                os.fsync(self._handle)
            if self._rights is not None:
                os.fchmod(self._handle, self._rights)
            self._close()
            os.replace(self._temporary, self.path)
        except BaseException as error:  # an interrupt, too, leaves nothing behind
            self._give_up(error)

    def _discard(self) -> None:
        """Leave everything as it was."""
        with suppress(OSError):  # what could not be written is not wanted
            self._close()
        with suppress(FileNotFoundError):
            os.unlink(self._temporary)

    def _close(self) -> None:
        if self._file:
            self._file.close()
        elif self._handle >= 0:
            handle, self._handle = self._handle, -1
            os.close(handle)

    def _give_up(self, error: BaseException) -> NoReturn:
        self._discard()
        if isinstance(error, OSError):
            raise self._failure(error) from error
        raise error

    def _failure(self, error: OSError) -> CorpusError:
        return CorpusError(f"{self.path}: {error.strerror or error}; it is not written, and the run ends")


def _rights(path: str) -> int | None:
    """Return the rights of the file whose place is to be taken; None if there is none. Raises CorpusError for what is no file."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder is refused by the system
        raise CorpusError(f"{path} is a pipe or device, whose place no file may take; expected a file, or a new name")
    return stat.S_IMODE(mode)


def discard_unfinished(folder: str) -> None:
    """Remove what this process began to write into a folder and did not finish, as an interruption at any point may."""
    for path in Path(folder or ".").glob(f".*.{os.getpid()}-*.part"):
        path.unlink(missing_ok=True)


@contextmanager
def failures_named(path: str) -> Iterator[None]:
    """Raise CorpusError for what the system refuses to do with a file."""
    try:
        yield
    except OSError as error:
        if isinstance(error, CorpusError):
            raise
        raise CorpusError(f"{path}: {error.strerror or error}") from error


def unfinished_prefix(name: str) -> str:
    """Return how the name of a file begins that is to be called `name` once it is whole; it ends in .part."""
    return f".{name[:50]}."


def sync(path: str | os.PathLike[str]) -> None:
    """Have the disk confirm a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
