"""Texts and documents on their way to a decision: in batches, each read in any thread, then decided in its turn."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from .._jit import backend, memory
from ..config import Config
from ..results import CleanResult, Decision, Paragraph, Removal
from ..text.given import KINDS
from ..text.paragraphs import Paragraphs, line_cuts, split, split_given, split_lines, split_paragraphs, without
from ..text.utf8 import Utf8
from .batch import USUAL, Batch, Sizes, read_batch
from .outcomes import Outcome, decision, outcomes
from .state import Decided, State, UnderWay

if TYPE_CHECKING:
    from concurrent.futures import Executor

T = TypeVar("T")


class Given(NamedTuple):
    """A document of a stream.

    text: None for what only keeps its place in the order
    paragraphs: those of which the text was joined, if they were given one by one
    tag: what whoever gave it knows it by, and gets back; held: bytes of that
    """

    id: Hashable
    text: str | None
    tag: Any = None
    held: int = 0
    paragraphs: Sequence[Paragraph] | None = None


class Unread(NamedTuple):
    """Documents of a stream that are still to be read, in any thread.

    characters: about how many that will be
    read: gives them, and raises nothing
    """

    id: Hashable
    characters: int
    read: Callable[[], list[Given]]


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents of a batch, those that have a text taken apart and read."""

    given: list[Given]
    ids: list[Hashable]
    texts: list[str]
    paragraphs: Paragraphs
    batch: Batch


class Results(map):  # type: ignore[type-arg]
    """Results on their way out of a stream, each of which stops being `under_way` in the step that gives it to the caller.

    An interrupt comes between two instructions of Python. Between that step and the caller there is none: `map`, `zip` and
    `clear` are written in C.
    """

    def __new__(cls, results: Generator[Any, None, None], under_way: list[UnderWay]) -> Self:
        return super().__new__(cls, itemgetter(0), zip(results, iter(under_way.clear, True), strict=False))

    def __init__(self, results: Generator[Any, None, None], under_way: list[UnderWay]) -> None:
        self._results = results

    def close(self) -> None:
        """Give up what has not been asked for."""
        self._results.close()


class Pipeline:
    """Decides on texts and documents in the order in which they are asked for, whichever threads ask.

    state: what was decided so far; lock: whoever holds it decides, and takes what was decided
    characters: of all texts until now, or to come: by them is chosen what does the work
    """

    def __init__(self, state: State, sizes: Sizes = USUAL) -> None:
        self.state, self._sizes = state, sizes
        self.lock = threading.RLock()
        self.characters = 0

    def add(self, text: str, id: Hashable) -> Decision:
        """Decide on a text that is a document of its own."""
        self.characters += len(text)
        fast = backend.wanted(self.characters, len(text))

        def decide() -> tuple[Decided, Decision]:
            decided = _decided_alone(self.state, [text], [id], fast)
            return decided, decision(decided, 0, self.state)

        return self._returned(decide)

    def clean(self, given: Given, told: Callable[[Given, Outcome | None], T]) -> T:
        """Decide on a document; return what is `told` of it and its outcome."""
        size = len(given.text or "")
        self.characters += size
        documents = self._read([given], backend.wanted(self.characters, size))

        def decide() -> tuple[Decided, T]:
            decided, (outcome,) = self._decide_documents(documents)
            return decided, told(given, outcome)

        return self._returned(decide)

    def _returned(self, decide: Callable[[], tuple[Decided, T]]) -> T:
        """Return what is decided on one document, which counts as yielded unless an interrupt comes in between."""
        self.state.check_process()  # before the lock, which another thread may have held when this process was forked
        decided = None
        try:
            with self.lock:
                decided, result = decide()
                decided.handed = 1
            return result
        except BaseException:
            if decided is not None:
                decided.handed = decided.stored
            raise

    def by_line(self, text: str, id: Hashable) -> Outcome:
        """Decide on a text each of whose lines is a document of its own.

        The id of line n (from 0) is (id, n). A removed line takes its line end; those that go from the front take the
        blank lines behind them, too.
        """
        spans = split_lines(text)
        kept, removed = [], []
        for begin in range(0, len(spans), self._sizes.texts):
            chunk = spans[begin : begin + self._sizes.texts]
            texts = [text[span.start : span.end] for span in chunk]
            self.characters += sum(map(len, texts))
            ids = [(id, begin + place) for place in range(len(chunk))]
            with self.lock:
                decided = decide_alone(self.state, texts, ids, backend.wanted(self.characters))
                repeats = np.flatnonzero(decided.verdicts.removed).tolist()
                decisions = {p: decision(decided, p, self.state) for p in repeats}
            for p, span in enumerate(chunk):
                if p in decisions:
                    removed.append(Removal(span.start, span.end, begin + p, decisions[p], texts[p]))
                else:
                    kept.append(span)
        positions = [removal.position for removal in removed]
        places = line_cuts(text, spans, positions)
        result = CleanResult(id, without(text, places), kept, removed)
        return Outcome(id, len(spans), 0, len(removed), 0, lambda: positions, lambda: places, lambda: result)

    def stream(
        self,
        documents: Iterable[Given | Unread],
        jobs: int,
        expected: int,
        expected_characters: int,
        told: Callable[[Given, Outcome | None], T],
    ) -> Iterator[T]:
        """Yield what is `told` of each document and its outcome, before another thread decides anything.

        expected, expected_characters: how many documents and characters are to come; 0 where nobody knows. It changes no
        decision. A document without a text has no outcome. What the caller was given counts as yielded, and nothing else.
        """
        under_way: list[UnderWay] = []
        return Results(self._stream(documents, jobs, expected, expected_characters, told, under_way), under_way)

    def _stream(
        self,
        documents: Iterable[Given | Unread],
        jobs: int,
        expected: int,
        expected_characters: int,
        told: Callable[[Given, Outcome | None], T],
        under_way: list[UnderWay],
    ) -> Generator[T, None, None]:
        """Yield what `stream` gives, before it counts as yielded."""
        from concurrent.futures import ThreadPoolExecutor  # costs as much as the rest of the import, and few need it

        self.state.expect(expected)
        in_all = self.characters + expected_characters
        batches = self._batches(documents)
        pool = ThreadPoolExecutor(jobs - 1) if jobs > 1 else None  # beside this thread, which decides
        waiting: deque[Callable[[], Documents]] = deque()
        ahead = jobs
        failure: Exception | None = None
        try:
            while True:
                while ahead and len(waiting) < ahead:
                    try:
                        batch, characters = next(batches)
                        self.characters += characters
                    except StopIteration:
                        ahead = 0
                    except Exception as error:  # what came before it is still yielded
                        ahead, failure = 0, error
                    else:
                        reading = partial(self._read, batch, backend.wanted(max(self.characters, in_all)))
                        waiting.append(pool.submit(reading).result if pool else reading)
                if not waiting:
                    break
                yield from self._in_turn(waiting.popleft()(), told, under_way, pool)
        finally:
            if pool:  # which may be left in one of its own threads, where garbage is collected
                pool.shutdown(wait=False, cancel_futures=True)
        if failure is not None:
            raise failure

    def check_size(self, text: str, paragraphs: Sequence[Paragraph] | None = None) -> None:
        """Raise DocumentTooLarge for a document that would be refused; `paragraphs`, if they are given one by one."""
        most = self._sizes.document
        if len(text) < 2 * most:  # a paragraph takes a character, and one that parts it from the next
            return
        texts = [one.text for one in paragraphs or ()]
        if paragraphs is None:
            texts = [text[span.start : span.end] for span in split_paragraphs(text)]
        if len(texts) > most:
            config = replace(self.state.config, scope="document")
            fast = backend.wanted(len(text))
            read_batch(texts, np.array([len(texts)]), config, alone=False, fast=fast, largest=most)

    def _in_turn(
        self,
        documents: Documents,
        told: Callable[[Given, Outcome | None], T],
        under_way: list[UnderWay],
        pool: "Executor | None",
    ) -> Iterator[T]:
        """Yield a batch as `stream` gives it, decided when the first of it is asked for.

        If something else is decided meanwhile, what is left comes after that: few at first, as it may happen again.
        """
        left, most = documents.given, len(documents.given)
        found: Iterator[Outcome] = iter(())
        while left:
            decided, done = None, 0
            for given in left[:most]:
                if given.text is None:
                    said = told(given, None)
                else:
                    self.state.check_process()
                    with self.lock:
                        if decided is None:
                            decided, found = self._decide_documents(documents, pool)
                            decided.under_way = under_way
                        elif self.state.decided is not decided:
                            most = 0
                            break
                        said = told(given, next(found))
                        under_way.append(UnderWay(decided.handed, threading.get_ident()))
                        decided.handed += 1
                done += 1
                yield said
            left, most = left[done:], max(1, 2 * most)
            if left:
                documents = self._read(left[:most], documents.batch.fast)

    def _batches(self, documents: Iterable[Given | Unread]) -> Iterator[tuple[list[Given | Unread], int]]:
        """Yield whole documents, and how many characters: at first one, then twice as many each time until a batch is full.

        If the next document cannot be had, those before it are yielded first. One that may be too large to be
        decided goes alone, so that its refusal takes no other with it.
        """
        batch: list[Given | Unread] = []
        characters, held, most, sizes = 0, 0, 1, self._sizes
        failure: Exception | None = None
        coming = iter(documents)
        while True:
            try:
                given = next(coming)
                self.state.check_id(given.id)
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            alone = (
                isinstance(given, Given) and given.text is not None and _may_be_too_large(given.text, sizes.document)
            )
            if batch and alone:
                yield batch, characters
                batch, characters, held = [], 0, 0
            batch.append(given)
            if isinstance(given, Given):
                characters += len(given.text or "")
                held += given.held
            else:
                characters += given.characters
            if len(batch) >= most or characters >= sizes.characters or held >= sizes.held or alone:
                yield batch, characters
                batch, characters, held, most = [], 0, 0, min(2 * most, sizes.texts)
        if batch:
            yield batch, characters
        if failure is not None:
            raise failure

    def _read(self, coming: Sequence[Given | Unread], fast: bool) -> Documents:
        return read_documents(all_read(coming), self.state.config, self._sizes.document, fast)

    def _decide_documents(
        self, documents: Documents, pool: "Executor | None" = None
    ) -> tuple[Decided, Iterator[Outcome]]:
        """Decide the documents of a batch; nothing is yielded yet."""
        decided = self.state.decide(documents.batch, documents.ids, pool)
        return decided, outcomes(documents.texts, documents.paragraphs, decided, self.state)


def read_documents(documents: Iterable[Given], config: Config, largest: int, fast: bool) -> Documents:
    """Take documents apart and read their paragraphs, of which a document may have `largest` different ones."""
    given = list(documents)
    ids = [id for id, text, *_ in given if text is not None]
    texts = [text for _, text, *_ in given if text is not None]
    taken_apart = [one.paragraphs for one in given if one.text is not None]
    kinds = None
    with memory.refused():
        if any(pieces is not None for pieces in taken_apart):
            paragraphs = split_given(
                texts, [None if given is None else [one.text for one in given] for given in taken_apart]
            )
            kinds = _kinds(taken_apart, paragraphs.counts.tolist())
        else:
            paragraphs = split(texts, fast)
        batch = read_batch(
            paragraphs.texts, paragraphs.counts, config, alone=False, fast=fast, largest=largest, kinds=kinds
        )
    return Documents(given, ids, texts, paragraphs, batch)


def _kinds(documents: Sequence[Sequence[Paragraph] | None], counts: list[int]) -> NDArray[np.uint8]:
    """Return the kind of each paragraph, by its number; 0, plain text, where it is not known."""
    numbers = {kind: number for number, kind in enumerate(KINDS)}
    found: list[int] = []
    for paragraphs, count in zip(documents, counts, strict=True):
        found += [0] * count if paragraphs is None else [numbers[paragraph.kind] for paragraph in paragraphs]
    return np.array(found, np.uint8)


def decide_alone(state: State, texts: Sequence[str] | Utf8, ids: Sequence[Hashable], fast: bool) -> Decided:
    """Decide on texts, known to be str, each of which is a document of its own, and hand them out."""
    decided = _decided_alone(state, texts, ids, fast)
    decided.handed = len(texts)
    return decided


def _decided_alone(state: State, texts: Sequence[str] | Utf8, ids: Sequence[Hashable], fast: bool) -> Decided:
    with memory.refused():
        given = Utf8.of(texts) if fast and not isinstance(texts, Utf8) else texts
        batch = read_batch(given, np.ones(len(texts), dtype=np.int64), state.config, alone=True, fast=fast)
    return state.decide(batch, ids)


def all_read(documents: Iterable[Given | Unread]) -> Iterator[Given]:
    """Yield the documents of a stream, all of them read."""
    for one in documents:
        if isinstance(one, Given):
            yield one
        else:
            yield from one.read()


def known_length(items: Any) -> int:
    """Return how many items there are; 0 where asking may cost something, or fail, as with what a query finds."""
    known = isinstance(items, (list, tuple)) or (hasattr(items, "__arrow_c_array__") and hasattr(items, "__len__"))
    return len(items) if known else 0


def _may_be_too_large(text: str, largest: int) -> bool:
    return len(text) >= 2 * largest and sum(map(text.count, "\n\r\u2028\u2029")) >= largest
