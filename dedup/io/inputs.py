"""What a run reads, in which order, and where its outputs go."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ..errors import CorpusError
from .formats import STANDARD_INPUT, Formats, by_name, check_packing


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read.

    source: its path; "-" is standard input
    id: what its documents are called in the run
    output: the path that its output goes to, if it goes to a file
    name: what the file is called in the record of removals: its path within the folders that are read
    """

    source: str
    id: str
    output: str | None
    name: str


def plan(
    sources: Sequence[str],
    output: str | None,
    formats: Formats = Formats(),
    *,
    in_place: bool = False,
    named: bool = False,
) -> list[InputFile]:
    """Return the files of a run in order, with their outputs, checked before anything is written.

    A folder's files (not hidden ones) come in the order of their relative POSIX paths by code point. The contents of
    one folder go straight under `output`; of several sources each goes under its own name. One file or standard input
    goes to the file `output`, or into it where it is a folder. With `named` the ids begin with the name of the source
    even where it is one folder, so that those of several runs differ. Raises CorpusError.
    """
    files = _planned(sources, output, formats, in_place)
    if named and len(sources) == 1 and os.path.isdir(sources[0]):
        prefix = _own_name(sources[0])
        files = [replace(file, id=prefix + file.id) for file in files]
    again = {id for id, count in Counter(file.id for file in files).items() if count > 1}
    if again:  # two files of one name are two documents
        files = [replace(file, id=file.source, name=file.source) if file.id in again else file for file in files]
    return files


def check_names(files: Iterable[InputFile]) -> None:
    """Raise CorpusError for two files with the same id, whose paragraphs could not be told apart."""
    named: dict[str, str] = {}
    for file in files:
        if file.id in named:
            raise CorpusError(f"{named[file.id]} and {file.source} would both be called {file.id}")
        named[file.id] = file.source


def check_places(sources: Sequence[str], output: str | None, files: Mapping[str, str | None]) -> None:
    """Raise CorpusError for a file of a run that lies where documents are read or written, or is to be two things.

    files: by what each is to be
    """
    taken: dict[Path, str] = {}
    for what, file in files.items():
        if file is None:
            continue
        if not file:
            raise CorpusError(f"{what} has an empty name; expected a file")
        if file == STANDARD_INPUT:
            raise CorpusError(
                f"{what} cannot go to standard output; expected the name of a file, ./- for one called so"
            )
        path = Path(file).resolve()
        for folder in (*sources, *([output] if output is not None else [])):
            if folder != STANDARD_INPUT and path.is_relative_to(Path(folder).resolve()):
                raise CorpusError(
                    f"{file} lies in {folder}, which holds documents; expected a place for {what} elsewhere"
                )
        if path in taken:
            raise CorpusError(f"{file} cannot be both {taken[path]} and {what}; expected a file for each")
        taken[path] = what


def _planned(sources: Sequence[str], output: str | None, formats: Formats, in_place: bool) -> list[InputFile]:
    if not sources:
        raise CorpusError("no source; expected files, folders or - for standard input")
    if output == "":
        raise CorpusError("the destination has an empty name; expected a folder or file")
    files = [file for source in sources for file in _files(source, len(sources) > 1)]
    if in_place:
        if output is not None or STANDARD_INPUT in sources:
            raise CorpusError("--in-place writes over the files it reads; it goes with neither -o nor standard input")
        _check_apart((replace(file, output=written_over(file.source)) for file in files), _places())
        return [replace(file, output=file.source) for file in files]
    if output is None:
        return files
    single = len(sources) == 1 and not os.path.isdir(sources[0])
    if single and not os.path.isdir(output) and not output.endswith(("/", os.sep)):
        _check_format(files[0].source, output, formats)
        files = [replace(files[0], output=output)]
    else:
        folder = os.path.join(output, "")
        files = [replace(file, output=folder + _name_of(file, formats)) for file in files]
    _check_outputs(files, sources, output)
    return files


def _name_of(file: InputFile, formats: Formats) -> str:
    """Return what an output is called in its folder. Standard input is only looked at if it is read: it may be a terminal."""
    return f"stdin{formats.of(STANDARD_INPUT).suffixes[0]}" if file.source == STANDARD_INPUT else file.id


def _check_format(source: str, output: str, formats: Formats) -> None:
    told, read = by_name(output), formats.of(source)
    try:
        check_packing(read, output)
    except ValueError as error:
        raise CorpusError(f"{output}: {error}") from None
    if told and told not in formats.names(source):
        name = "standard input" if source == STANDARD_INPUT else source
        raise CorpusError(
            f"{output}: {name} is read as {read.name}, and no format becomes another; --format says what it is"
        )


def _files(source: str, several: bool) -> Iterator[InputFile]:
    if source == STANDARD_INPUT:
        yield InputFile(source, source, None, source)
    elif os.path.isdir(source):
        folder, prefix = os.path.join(source, ""), _own_name(source) if several else ""
        for name in sorted(_names(source)):
            yield InputFile(folder + name, prefix + name, None, prefix + name)
    elif os.path.lexists(source):
        name = os.path.basename(source)
        yield InputFile(source, name, None, name)
    else:
        raise CorpusError(f"{source}: no such file or folder")


def _own_name(folder: str) -> str:
    return f"{Path(folder).resolve().name}/"


def _names(root: str, inner: str = "") -> Iterator[str]:
    """Yield the relative POSIX paths of all files; a pipe in a folder, on which reading would wait for ever, is none.

    Folders behind links are not entered, so that no loop is. They are listed, as are folders that cannot be read: so each is
    named when its turn comes, and skipped.
    """
    try:
        with os.scandir(os.path.join(root, inner)) as entries:
            found = [
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in entries
                if entry.is_symlink() or entry.is_dir() or entry.is_file()
            ]
    except OSError as error:
        if inner:
            yield inner.removesuffix("/")
            return
        raise CorpusError(f"{error.filename}: {error.strerror}") from error
    for name, is_folder in found:
        if name.startswith("."):
            continue
        if is_folder:
            yield from _names(root, f"{inner}{name}/")
        else:
            yield inner + name


def _check_outputs(files: Sequence[InputFile], sources: Sequence[str], target: str) -> None:
    resolved = Path(target).resolve()
    for source in sources:
        if os.path.isdir(source) and resolved.is_relative_to(Path(source).resolve()):
            raise CorpusError(f"{target} lies in the source {source}; expected a destination that is not read as well")
    placed = _places()
    inputs = {placed(file.source) for file in files}
    inputs |= {os.path.realpath(file.source) for file in files if os.path.islink(file.source)}
    taken = _check_apart(files, placed)
    if not inputs.isdisjoint(taken):
        output = next(file.output for file in files if file.output is not None and placed(file.output) in inputs)
        raise CorpusError(f"{output} is read in this run; --in-place writes over what is read")
    for path in sorted({os.path.dirname(path) for path in taken}):
        if not taken.keys().isdisjoint([path, *map(str, Path(path).parents)]):
            raise CorpusError(f"{path} would lie in a file that is written as well")
    if os.path.isdir(target):
        for path, source in taken.items():
            if os.path.isdir(path):
                raise CorpusError(f"{path} is a folder; expected a place for the file of {source}")
            if not path.startswith(os.path.join(resolved, "")):
                raise CorpusError(f"a link in {target} leads to {path}, out of it; expected one without, for {source}")


def _places() -> Callable[[str], str]:
    """Gives paths without links on the way to them; folders are looked up once."""

    @cache
    def real(folder: str) -> str:
        return os.path.join(os.path.realpath(folder), "")

    def placed(path: str) -> str:
        folder, name = os.path.split(path)
        return real(folder) + name

    return placed


def _check_apart(files: Iterable[InputFile], placed: Callable[[str], str]) -> dict[str, str]:
    """Return the source of each output by its place. Raises CorpusError for two in one place."""
    taken: dict[str, str] = {}
    for file in files:
        assert file.output is not None
        path = placed(file.output)
        if path in taken:
            raise CorpusError(f"{taken[path]} and {file.source} would both be written to {file.output}")
        taken[path] = file.source
    return taken


def written_over(path: str) -> str:
    """Return the file that is written where a path is written over: behind a link the one that it names."""
    return os.path.realpath(path) if os.path.islink(path) and os.path.isfile(path) else path


def why_no_file(folder: str) -> str:
    """Say why a folder stands among the files of a run."""
    if os.path.islink(folder):
        return "Is a directory behind a link, which is not followed; name it as a source of its own"
    try:
        os.scandir(folder).close()
    except OSError as error:
        return f"{error.strerror}, so none of its files is read"
    return "Is a directory"


def size_of(source: str) -> int:
    """Return the bytes of a file; 0 where that cannot be known."""
    try:
        return 0 if source == STANDARD_INPUT else os.stat(source).st_size
    except OSError:
        return 0
