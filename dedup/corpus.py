"""Runs over files and folders: what is read, in which order, where it goes, and what cannot be read."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .boilerplate import Furniture, Stripping, survey
from .deduplicator import Deduplicator
from .errors import CorpusError
from .functions import check_size, clean_lines
from .results import CleanResult

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Document:
    """A file to read: its path ("-" is standard input), its id in the run, and where its output goes, if anywhere."""

    source: str
    id: str
    output: Path | None


@dataclass(slots=True)
class Totals:
    """What a run came to; passed, changed: documents that an earlier run had done; and that it had, before they
    changed."""

    documents: int = 0
    paragraphs: int = 0
    removed_within: int = 0
    removed_across: int = 0
    furniture: int = 0
    skipped: int = 0
    passed: int = 0
    changed: int = 0

    @property
    def removed(self) -> int:
        return self.removed_within + self.removed_across + self.furniture

    def count(self, result: CleanResult) -> None:
        """Add one document's result."""
        originals = [removal.decision.duplicate_of for removal in result.removed]
        within = sum(original is not None and original[0] == result.id for original in originals)
        furniture = originals.count(None)
        self.documents += 1
        self.paragraphs += len(result.kept) + len(result.removed)
        self.removed_within += within
        self.removed_across += len(result.removed) - within - furniture
        self.furniture += furniture


def plan(sources: Sequence[str], output: str | None, *, in_place: bool = False, named: bool = False) -> list[Document]:
    """The documents of a run in order, with their outputs, checked before anything is written.

    A folder's files (not hidden ones) come in the order of their relative POSIX paths by code point. The contents of
    one folder go straight under `output`; of several sources each goes under its own name. One file or standard input
    goes to the file `output`, or into it where it is a folder. With `named` the ids begin with the name of the source
    even where it is one folder, so that those of several runs differ. Raises CorpusError.
    """
    documents = _planned(sources, output, in_place)
    if named and len(sources) == 1 and os.path.isdir(sources[0]):
        name = Path(sources[0]).resolve().name
        documents = [Document(d.source, f"{name}/{d.id}", d.output) for d in documents]
    again = {id for id, count in Counter(document.id for document in documents).items() if count > 1}
    # Two files of one name are two documents.
    return [Document(d.source, d.source, d.output) if d.id in again else d for d in documents]


def _planned(sources: Sequence[str], output: str | None, in_place: bool) -> list[Document]:
    if not sources:
        raise CorpusError("no source; expected files, folders or - for standard input")
    documents = [document for source in sources for document in _documents(source, len(sources) > 1)]
    if in_place:
        if output is not None or STANDARD_INPUT in sources:
            raise CorpusError("--in-place writes over the files it reads; it goes with neither -o nor standard input")
        return [Document(document.source, document.id, Path(document.source)) for document in documents]
    if output is None:
        return documents
    target = Path(output)
    single = len(sources) == 1 and not os.path.isdir(sources[0])
    if single and not target.is_dir() and not output.endswith(("/", os.sep)):
        documents = [Document(documents[0].source, documents[0].id, target)]
    else:
        names = ["stdin.txt" if document.source == STANDARD_INPUT else document.id for document in documents]
        documents = [Document(d.source, d.id, target / name) for d, name in zip(documents, names, strict=True)]
    _check_outputs(documents, sources, target)
    return documents


def _documents(source: str, several: bool) -> Iterator[Document]:
    if source == STANDARD_INPUT:
        yield Document(source, source, None)
    elif os.path.isdir(source):
        root = Path(source)
        prefix = f"{root.resolve().name}/" if several else ""
        for name in sorted(_files(root)):
            yield Document(str(root / name), prefix + name, None)
    elif os.path.lexists(source):
        yield Document(source, Path(source).name, None)
    else:
        raise CorpusError(f"{source}: no such file or folder")


def _files(root: Path) -> Iterator[str]:
    """Relative POSIX paths of all files; folders behind links are not entered, so that no loop is."""

    def fail(error: OSError) -> None:
        raise CorpusError(f"{error.filename}: {error.strerror}") from error

    for folder, inner, names in os.walk(root, onerror=fail):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _check_outputs(documents: Iterable[Document], sources: Sequence[str], target: Path) -> None:
    taken: dict[str, str] = {}
    inputs = {os.path.realpath(document.source) for document in documents}
    for source in sources:
        if os.path.isdir(source) and target.resolve().is_relative_to(Path(source).resolve()):
            raise CorpusError(f"{target} lies in the source {source}; expected a destination that is not read as well")
    for document in documents:
        path = os.path.realpath(document.output or "")
        if path in inputs:
            raise CorpusError(f"{document.output} is read in this run; --in-place writes over what is read")
        if path in taken:
            raise CorpusError(f"{taken[path]} and {document.source} would both be written to {document.output}")
        taken[path] = document.source
    for path in taken:
        if os.path.isdir(path):
            raise CorpusError(f"{path} is a folder; expected a place for the file of {taken[path]}")
        if any(str(parent) in taken for parent in Path(path).parents):
            raise CorpusError(f"{path} would lie in a file that is written as well")


def run(
    documents: Sequence[Document],
    deduplicator: Deduplicator,
    *,
    jobs: int = 1,
    lines: bool = False,
    furniture: Furniture | None = None,
    report: Callable[[str], None],
) -> Iterator[tuple[Document, str, CleanResult]]:
    """Each document that can be read, its text and its result, in order.

    One that is not text, cannot be read or is too large goes to `report` in a sentence that names it. With `lines`
    every line is a document of its own. All occurrences of `furniture` are removed, and the rule decides on the rest.
    """
    waiting: list[tuple[Document, str, dict[int, int]]] = []
    stripping = Stripping(furniture) if furniture else None

    def texts() -> Iterator[tuple[str, str]]:
        for document in documents:
            try:
                text = whole = read(document)
                taken: dict[int, int] = {}
                if stripping:
                    text, taken = stripping.strip(document.id, whole)
                if not lines:
                    check_size(text, deduplicator.config)
            except (OSError, ValueError) as error:
                report(f"{document.source}: {explained(error)}; skipped")
                continue
            waiting.append((document, whole, taken))
            yield document.id, text

    results: Iterable[CleanResult]
    if lines:
        results = (clean_lines(deduplicator, text, id) for id, text in texts())
    else:
        results = deduplicator.stream(texts(), jobs=jobs)
    for result in results:
        document, whole, taken = waiting.pop(0)
        yield document, whole, stripping.restore(whole, taken, result) if stripping else result


def find_furniture(documents: Sequence[Document], least: int) -> Furniture:
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
                yield read(document)

    return survey(texts(), least)


def read(document: Document) -> str:
    """A document's text. Raises OSError, and ValueError for what is not text."""
    return _decoded(_bytes(document.source))


def check_names(documents: Iterable[Document]) -> None:
    """Raise CorpusError for two documents with the same id, whose paragraphs could not be told apart."""
    named: dict[str, str] = {}
    for document in documents:
        if document.id in named:
            raise CorpusError(f"{named[document.id]} and {document.source} would both be called {document.id}")
        named[document.id] = document.source


def _bytes(source: str) -> bytes:
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    return Path(source).read_bytes()


def _decoded(raw: bytes) -> str:
    if b"\0" in raw:
        raise ValueError("not text: it holds NUL bytes")
    return raw.decode("utf-8")


def explained(error: Exception) -> str:
    """Why something cannot be read, in words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def write(path: Path, text: str) -> None:
    """Write a file at once or not at all. Raises CorpusError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(prefix=unfinished_prefix(path), suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; it and what follows is not written") from error


def unfinished_prefix(path: Path) -> str:
    """How the name of a file begins that is to become `path` once it is whole; it ends in .part."""
    return f".{path.name[:50]}."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
