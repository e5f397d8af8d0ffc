"""The public calls: one document, a stream of them, or lists of texts, decided by one rule."""

import os
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

import numpy as np

from . import engine, room
from .config import Config
from .errors import ConfigError, InputError
from .memory import Decided, Memory
from .outcomes import Outcome, decision, outcomes
from .paragraphs import Paragraphs, checked, split
from .results import CleanResult, Decision
from .rule import LARGEST_DOCUMENT, Batch, read_batch
from .utf8 import Utf8

if TYPE_CHECKING:
    from datasketch import MinHash

    from .store import Store

BATCH_TEXTS = 4_000  # what one batch holds about; most of its arrays stay in the processor's cache
BATCH_CHARACTERS = 1 << 19
_BATCH_BYTES = 1 << 22  # of what waits with the texts


class Given(NamedTuple):
    """A document of a stream.

    text: None for what only keeps its place in the order
    mark: what whoever gave it knows it by, and gets back; held: bytes of that
    """

    id: Hashable
    text: str | None
    mark: Any = None
    held: int = 0


class Unread(NamedTuple):
    """Documents of a stream that are still to be read, in any thread.

    characters: about how many that will be
    read: gives them, and raises nothing
    """

    id: Hashable
    characters: int
    read: Callable[[], list[Given]]


@dataclass(frozen=True, slots=True)
class _Documents:
    """Documents of a batch, those that have a text taken apart and read."""

    given: list[Given]
    ids: list[Hashable]
    texts: list[str]
    paragraphs: Paragraphs
    batch: Batch


class Deduplicator:
    """Decides on paragraphs and documents as they come, remembering every paragraph that is kept.

    `options` are the fields of `Config` and win over `config`. `index` is the path of a file, made if there is none, in
    which what is kept outlives the process: the decisions are those of one uninterrupted run. It takes one writer at a
    time. Without it the index is in memory.

    A document that is given again under its id replaces its earlier delivery: what was kept of that stands for nothing
    in it, and what stayed stays, so a repeated delivery changes nothing. A document without an id is new each time,
    and its paragraphs repeat themselves if it is given twice.

    As a context manager it commits when it is left, but not when it is left by an exception. Several threads may use it:
    one document is decided after the other, in the order in which they ask. It cannot be pickled, and an index is used
    by the process that opened it alone.

    Raises ConfigError for an unknown option, a value outside its range, and an index made with other options;
    IndexLocked, IndexCorrupt, CorpusError. Where memory ends, its methods raise OutOfMemory, which is also a MemoryError:
    what was handed out can be committed, nothing more is decided.
    """

    def __init__(
        self, config: Config | None = None, *, index: "str | os.PathLike[str] | Store | None" = None, **options: Any
    ) -> None:
        self.config = Config.of(config, options)
        self._characters = 0
        self._lock = threading.RLock()  # whoever holds it decides, and takes what was decided
        self._memory = Memory(self.config, None if index is None else self._opened(index))

    @property
    def store(self) -> "Store | None":
        """The file of its index, if it has one."""
        return self._memory.store

    @property
    def capped_lookups(self) -> int:
        """Lookups that met a full LSH bucket and compared with its first `max_candidates` entries only."""
        return self._memory.capped

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

    def add(self, paragraph: str, id: Hashable = None) -> Decision:
        """Decide on one paragraph, a document of its own, and remember it if it is kept.

        Without an id it gets the number of documents before it. A short one is judged for "exact" only, against other
        texts given this way. Raises InputError for anything but str.
        """
        self._memory.check_id(id)
        self._characters += len(checked(paragraph, "paragraph"))
        with self._lock:
            decided = self._decide_alone([paragraph], [id], engine.wanted(self._characters))
            return decision(decided, 0, self._memory)

    def clean(self, text: str, id: Hashable = None) -> CleanResult:
        """Decide on one document, remember what is kept of it, and return it without its repeats.

        Without an id it gets the number of documents before it. Raises InputError for anything but str, and
        DocumentTooLarge.
        """
        self._memory.check_id(id)
        _checked_text(id, text)
        self._characters += len(text)
        documents = self._read([Given(id, text)], engine.wanted(self._characters))
        with self._lock:
            decided, (outcome,) = self._decide_documents(documents)
            decided.handed = 1
            return outcome.result()

    def stream(self, documents: Iterable[str | tuple[Hashable, str]], *, jobs: int = 1) -> Iterator[CleanResult]:
        """Clean documents, texts or (id, text) pairs, one result for each, in order.

        Lazy: at first it reads one document ahead, later up to 4,000 or half a million characters, and with
        `jobs` threads as much for each. The batches and `jobs` change no decision. Raises InputError and
        DocumentTooLarge when it comes to the document; what was yielded before stands.
        """
        if not isinstance(jobs, int) or jobs < 1:
            raise ConfigError(f"jobs is {jobs!r}; expected a whole number from 1 up")
        if isinstance(documents, (str, bytes)):
            raise InputError("documents is a single text; expected an iterable of texts or (id, text) pairs")
        if not isinstance(documents, Iterable):
            raise InputError(
                f"documents is {documents!r:.60}, a {type(documents).__name__}; expected an iterable of texts or (id, text) "
                "pairs"
            )
        return self._results(map(_named, documents), jobs, known_length(documents))

    def lookup(self, sketch: "MinHash") -> list[tuple[tuple[Hashable, int], float]]:
        """What was kept that may resemble a text of which there is only a sketch, made by datasketch.

        Pairs of document id and paragraph position with the estimated Jaccard similarity, the most alike first; all
        that share a band with it. An estimate is no decision, and nothing is remembered. Raises InputError for a sketch
        of another scheme ("affine32" is expected), hashfunc (xxhash.xxh32_intdigest), num_perm or seed.
        """
        with self._lock:
            return self._memory.lookup(sketch)

    def commit(self) -> None:
        """Make durable, whatever happens from now on, exactly what was handed out until now.

        What a stream has read ahead is not part of it. Nothing to do for an index in memory. Raises CorpusError if the
        system refuses; what was committed before stays, and the index is to be opened again.
        """
        with self._lock:
            self._memory.commit()

    def close(self) -> None:
        """Forget everything that was kept, and what was not committed. A deduplicator with an index ends here."""
        with self._lock:
            self._memory.close()

    def __reduce__(self) -> NoReturn:
        raise ConfigError(
            "a Deduplicator cannot be pickled: a copy in another process would remember on its own. Expected one that is "
            "made where it is used; what runs in parallel should call the functions on lists, or come before it"
        )

    # A batch is read (pure, in any thread), then decided in order.

    def _results(self, documents: Iterable[Given], jobs: int, expected: int) -> Iterator[CleanResult]:
        for _, result in self._outcomes(documents, jobs, expected, 0, lambda outcome: outcome.result()):
            yield result

    def _outcomes(
        self,
        documents: Iterable[Given | Unread],
        jobs: int,
        expected: int,
        expected_characters: int,
        told: Callable[[Outcome], Any],
    ) -> Iterator[tuple[Any, Any]]:
        """The mark of each document with what is `told` of what was decided, before another thread decides anything.

        expected, expected_characters: how many documents and characters are to come; 0 where nobody knows. It changes no
        decision. A document without a text has None.
        """
        from concurrent.futures import ThreadPoolExecutor  # costs as much as the rest of the import, and few need it

        self._memory.expect(expected)
        in_all = self._characters + expected_characters
        batches = self._batches(documents)
        pool = ThreadPoolExecutor(jobs - 1) if jobs > 1 else None  # beside this thread, which decides
        waiting: deque[Callable[[], _Documents]] = deque()
        ahead = jobs
        failure: Exception | None = None
        try:
            while True:
                while ahead and len(waiting) < ahead:
                    try:
                        batch, characters = next(batches)
                        self._characters += characters
                    except StopIteration:
                        ahead = 0
                    except Exception as error:  # what came before it is still handed out
                        ahead, failure = 0, error
                    else:
                        reading = partial(self._read, batch, engine.wanted(max(self._characters, in_all)))
                        waiting.append(pool.submit(reading).result if pool else reading)
                if not waiting:
                    break
                yield from self._in_turn(waiting.popleft()(), told)
        finally:
            if pool:  # which may be left in one of its own threads, where garbage is collected
                pool.shutdown(wait=False, cancel_futures=True)
        if failure is not None:
            raise failure

    def _in_turn(self, documents: _Documents, told: Callable[[Outcome], Any]) -> Iterator[tuple[Any, Any]]:
        """A batch as `_outcomes` gives it, decided when the first of it is asked for.

        If something else is decided meanwhile, what is left comes after that: few at first, as it may happen again.
        """
        left, most = documents.given, len(documents.given)
        found: Iterator[Outcome] = iter(())
        while left:
            decided, done = None, 0
            for given in left[:most]:
                said = None
                if given.text is not None:
                    with self._lock:
                        if decided is None:
                            decided, found = self._decide_documents(documents)
                        elif self._memory.decided is not decided:
                            most = 0
                            break
                        said = told(next(found))
                        decided.handed += 1
                done += 1
                yield given.mark, said
            left, most = left[done:], max(1, 2 * most)
            if left:
                documents = self._read(left[:most], documents.batch.fast)

    def _batches(self, documents: Iterable[Given | Unread]) -> Iterator[tuple[list[Given | Unread], int]]:
        """Whole documents, and how many characters: at first one, then twice as many each time until a batch is full.

        If the next document cannot be had, those before it are handed out first. One that may be too large to be
        decided goes alone, so that its refusal takes no other with it.
        """
        batch: list[Given | Unread] = []
        characters, held, most = 0, 0, 1
        failure: Exception | None = None
        coming = iter(documents)
        while True:
            try:
                given = next(coming)
                self._memory.check_id(given.id)
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            alone = isinstance(given, Given) and given.text is not None and _may_be_too_large(given.text)
            if batch and alone:
                yield batch, characters
                batch, characters, held = [], 0, 0
            batch.append(given)
            if isinstance(given, Given):
                characters += len(given.text or "")
                held += given.held
            else:
                characters += given.characters
            if len(batch) >= most or characters >= BATCH_CHARACTERS or held >= _BATCH_BYTES or alone:
                yield batch, characters
                batch, characters, held, most = [], 0, 0, min(2 * most, BATCH_TEXTS)
        if batch:
            yield batch, characters
        if failure is not None:
            raise failure

    def _read(self, coming: Sequence[Given | Unread], fast: bool) -> _Documents:
        given = list(all_read(coming))
        ids = [id for id, text, *_ in given if text is not None]
        texts = [text for _, text, *_ in given if text is not None]
        with room.refused(), engine.announced():
            paragraphs = split(texts, fast)
            batch = read_batch(paragraphs.texts, paragraphs.counts, self.config, alone=False, fast=fast)
        return _Documents(given, ids, texts, paragraphs, batch)

    def _opened(self, index: "str | os.PathLike[str] | Store") -> "Store":
        from .store import Store  # not needed without an index

        if isinstance(index, Store):
            return index
        if not isinstance(index, (str, os.PathLike)):
            raise ConfigError(f"index is {index!r}; expected the path of a file")
        try:
            usable = b"\0" not in os.fsencode(index)
        except UnicodeEncodeError:
            usable = False
        if not usable:
            raise ConfigError(f"index is {index!r}; expected a path that the system can have")
        if self.config.scope == "document":
            raise ConfigError('scope is "document", which compares within each document only; an index has no use')
        return Store(index, self.config)

    def _decide_documents(self, documents: _Documents) -> tuple[Decided, Iterator[Outcome]]:
        """Decide the documents of a batch; nothing is handed out yet."""
        decided = self._memory.decide(documents.batch, documents.ids)
        return decided, outcomes(documents.texts, documents.paragraphs, decided, self._memory)

    def _decide_alone(self, texts: Sequence[str] | Utf8, ids: Sequence[Hashable], fast: bool) -> Decided:
        """Decide on texts, known to be str, each of which is a document of its own, and hand them out."""
        with room.refused(), engine.announced():
            given = Utf8.of(texts) if fast and not isinstance(texts, Utf8) else texts
            batch = read_batch(given, np.ones(len(texts), dtype=np.int64), self.config, alone=True, fast=fast)
        decided = self._memory.decide(batch, ids)
        decided.handed = len(texts)
        return decided


def all_read(documents: Iterable[Given | Unread]) -> Iterator[Given]:
    """The documents of a stream, all of them read."""
    for one in documents:
        if isinstance(one, Given):
            yield one
        else:
            yield from one.read()


def known_length(items: Any) -> int:
    """How many items there are; 0 where asking may cost something, or fail, as with what a query finds."""
    known = isinstance(items, (list, tuple)) or (hasattr(items, "__arrow_c_array__") and hasattr(items, "__len__"))
    return len(items) if known else 0


def _named(document: Any) -> Given:
    """A document of a stream: an (id, text) pair, or a text without an id. Raises InputError."""
    id, text = document if isinstance(document, tuple) and len(document) == 2 else (None, document)
    return Given(id, _checked_text(id, text))


def _checked_text(id: Hashable, text: Any) -> str:
    return checked(text, "a document" if id is None else f"document {id!r}")


def _may_be_too_large(text: str) -> bool:
    return len(text) >= 2 * LARGEST_DOCUMENT and sum(map(text.count, "\n\r\u2028\u2029")) >= LARGEST_DOCUMENT
