"""What remembers: paragraphs, documents and streams of them, decided by one rule, in memory or with an index."""

import os
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, Unpack, cast

from ._jit import backend
from .config import Config, Options
from .decide.batch import USUAL, Sizes
from .decide.explanation import explain
from .decide.outcomes import Outcome
from .decide.pipeline import Given, Pipeline, known_length
from .decide.state import State
from .errors import ConfigError, InputError, described
from .results import CleanResult, Decision, Explanation, Paragraph
from .text.given import as_list, joined, paragraphs_of
from .text.paragraphs import checked
from .text.tokens import is_missing

if TYPE_CHECKING:
    from datasketch import MinHash

    from .index.protocol import IndexStore


Document = str | Sequence[str | Paragraph | Mapping[str, Any] | None]


class Deduplicator:
    """Decides on paragraphs and documents as they come, remembering every paragraph that is kept.

    `options` are the fields of `Config` and win over `config`. `index` is the path of a file, made if there is none, in
    which what is kept outlives the process: the decisions are those of one uninterrupted run. It takes one writer at a
    time. Instead of a path it may be an `IndexStore` (`dedup.index.protocol`), which keeps it elsewhere and is closed
    with the deduplicator. Without it the index is in memory.

    A document that is given again under its id replaces its earlier delivery: what was kept of that is the original of
    nothing in it, and what was kept is kept again, so a repeated delivery changes nothing. A document without an id is new
    each time, and its paragraphs repeat themselves if it is given twice.

    As a context manager it commits when it is left, but not when it is left by an exception. Several threads may use it:
    one document is decided after the other, in the order in which they ask. It cannot be pickled, and is used by the
    process that made it alone: in a forked child it raises ConfigError.

    Raises ConfigError for an unknown option, a value outside its range, and an index made with other options;
    IndexLocked, IndexCorrupt, CorpusError. Where memory ends, its methods raise OutOfMemory, which is also a MemoryError,
    and after an interrupt (Ctrl-C) within a decision CorpusError: what was yielded can be committed, nothing more is decided.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        index: "str | os.PathLike[str] | IndexStore | None" = None,
        _sizes: Sizes = USUAL,
        **options: Unpack[Options],
    ) -> None:
        self.config = Config.of(config, options)
        store = None
        if index is not None:
            from .index.file import open_index  # not needed without an index

            store = open_index(index, self.config)
        self._state = State(self.config, store, _sizes.room)
        self._pipeline = Pipeline(self._state, _sizes)

    @property
    def store(self) -> "IndexStore | None":
        """Return what makes its index outlive the process, if anything does; its `size` says how much is committed."""
        return self._state.store

    @property
    def capped_lookups(self) -> int:
        """Return how many lookups met a full LSH bucket, of which only the first `max_candidates` entries are compared with."""
        return self._state.capped

    def __len__(self) -> int:
        """Return how many kept paragraphs later documents are compared with."""
        return self._state.kept

    def __bool__(self) -> bool:
        """Return True: a deduplicator that has kept nothing yet is still one."""
        return True

    def __repr__(self) -> str:
        return f"<dedup.Deduplicator: {self._state.yielded:,} documents, {len(self):,} kept paragraphs>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._state.closed:
                self.commit()
        finally:
            self.close()

    def add(self, paragraph: str, id: Hashable = None) -> Decision:
        """Decide on one paragraph, a document of its own, and remember it if it is kept.

        Without an id it gets the number of documents before it, which an int given as an id may equal: give ids to all or to
        none. A short one is judged for "exact" only, against other texts given this way. Raises InputError for anything but
        str.
        """
        self._state.check_id(id)
        return self._pipeline.add(checked(paragraph, "paragraph"), id)

    def clean(self, document: Document, id: Hashable = None) -> CleanResult:
        """Decide on one document, remember what is kept of it, and return it without its repeats.

        Without an id it gets the number of documents before it, which an int given as an id may equal: give ids to all or to
        none. A document is a text, or a sequence of paragraphs, texts or `Paragraph` with their kinds (or mappings with
        `text` and `kind`; None is an empty one): a list, tuple, or what a list column of a data frame holds. The result's
        text is joined by blank lines, and its `paragraphs` are those that stay, as they were given. Raises InputError for
        anything else, and DocumentTooLarge.
        """
        self._state.check_id(id)
        return self._pipeline.clean(given_as(id, document), _result)

    def stream(
        self, documents: Iterable[Document | tuple[Hashable, Document | None] | None], *, jobs: int = 1
    ) -> Iterator[CleanResult]:
        """Clean documents, alone or in pairs (id, document), one result for each, in order.

        A tuple of two is always such a pair: give a document of several paragraphs as a list. Ids are as in `clean`.
        A missing document (None, NaN) stays missing: its result has no paragraph, and None for a text.

        Lazy: at first it reads one document ahead, later up to 4,000 or half a million characters, and with
        `jobs` threads as much for each. The batches and `jobs` change no decision. Raises InputError and
        DocumentTooLarge when it comes to the document; what was yielded before stands.
        """
        if not isinstance(jobs, int) or jobs < 1:
            raise ConfigError(f"jobs is {jobs!r}; expected a whole number from 1 up")
        if isinstance(documents, (str, bytes)):
            raise InputError("documents is a single text; expected an iterable of texts or (id, text) pairs")
        if not isinstance(documents, Iterable):
            raise InputError(f"documents is {described(documents)}; expected an iterable of texts or (id, text) pairs")
        given, expected = map(_named, documents), known_length(documents)
        return self._pipeline.stream(given, jobs, expected, 0, _result)

    def explain(self, id: Hashable, position: int) -> Explanation:
        """Say why a paragraph of a document was removed, or kept, by what was decided until now.

        What was removed or never compared is known while its document is the last one, or was decided together with it;
        what was kept, for good. Raises InputError for a paragraph that is not known.
        """
        self._state.check_process()
        with self._pipeline.lock:
            self._state.check_usable()
            return explain(self._state, id, position)

    def lookup(self, sketch: "MinHash") -> list[tuple[tuple[Hashable, int], float]]:
        """Look up what was kept that may resemble a text of which there is only a sketch, made by datasketch.

        Returns pairs of document id and paragraph position with the estimated Jaccard similarity, the most alike first: all
        that share a band with it. An estimate is no decision, and nothing is remembered. Raises InputError for a sketch
        of another scheme ("affine32" is expected), hashfunc (xxhash.xxh32_intdigest), num_perm or seed.
        """
        self._state.check_process()
        with self._pipeline.lock:
            return self._state.lookup(sketch)

    def commit(self) -> None:
        """Make durable, whatever happens from now on, exactly what was yielded until now.

        What a stream has read ahead, or an interrupt kept from its caller, is not part of it. Nothing to do for an index in
        memory. Raises CorpusError if the system refuses, or an interrupt (Ctrl-C) came while the index took something: what
        was committed before stays, and the index is to be opened again. Raises ConfigError after `close`.
        """
        if self.store is not None:
            self._state.check_process()
        with self._pipeline.lock:
            self._state.commit()

    def close(self) -> None:
        """Forget everything that was kept, and what was not committed. A deduplicator with an index ends here."""
        with self._pipeline.lock:
            self._state.close()

    def __reduce__(self) -> NoReturn:
        raise ConfigError(
            "a Deduplicator cannot be pickled: a copy in another process would remember on its own. Expected one that is "
            "made where it is used; what runs in parallel should call the functions on lists, or come before it"
        )


def take_kernels(deduplicator: Deduplicator) -> None:
    """Have the compiled kernels do all its work from now on, where they are on the disk, however little that may be."""
    deduplicator._pipeline.characters = max(deduplicator._pipeline.characters, backend.LOAD_FROM)


def _result(given: Given, outcome: Outcome | None) -> CleanResult:
    """Return what was decided on a document of a stream; of a missing one there is none."""
    if outcome is None:
        return CleanResult(given.id, cast(str, None), [], [])
    return _with_paragraphs(outcome.result(), given.tag)


def _named(document: Any) -> Given:
    """Return a document of a stream: an (id, document) pair, or a document without an id. Raises InputError."""
    id, document = document if isinstance(document, tuple) and len(document) == 2 else (None, document)
    return Given(id, None) if is_missing(document) else given_as(id, document)


def given_as(id: Hashable, document: Any) -> Given:
    """Return a text or a sequence of paragraphs as a document of a stream; its tag is the list that was given, if one was.

    Raises InputError for anything else.
    """
    name = "a document" if id is None else f"document {id!r}"
    listed = document if isinstance(document, (str, list, tuple)) else as_list(document)
    if isinstance(listed, str):
        return Given(id, listed)
    if not isinstance(listed, (list, tuple)):
        raise InputError(f"{name} is {described(document)}; expected a str, or a list of paragraphs{_remedy(document)}")
    paragraphs = paragraphs_of(listed, name)
    return Given(id, joined(paragraphs), listed, paragraphs=paragraphs)


def _remedy(document: object) -> str:
    """Return how what was given in the place of a document becomes one, if that is known."""
    if isinstance(document, (Paragraph, Mapping)):
        return ". Put a single paragraph into a list"
    if isinstance(document, bytes):
        return ". Decode it first"
    if isinstance(document, os.PathLike):
        return ". Read its text first"
    return ". Make a list of it" if isinstance(document, Iterator) else ""


def _with_paragraphs(result: CleanResult, given: Sequence[Any] | None) -> CleanResult:
    """Return a result with what stays of the paragraphs that were given one by one."""
    return result if given is None else replace(result, paragraphs=[given[position] for position in result.positions])
