"""The public calls on one document, two paragraphs, and lists of texts."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import engine
from .config import Config
from .deduplicator import BATCH_TEXTS, Deduplicator, checked
from .differences import in_words
from .errors import InputError
from .minhash import shingle, sign
from .paragraphs import split_lines, split_paragraphs
from .relation import DISTINCT, Comparison, compare_folded
from .results import CleanResult, Match, Removal
from .rule import LARGEST_DOCUMENT, Batch, Verdicts, read_batch
from .tokens import check_texts, fold


def clean(text: str, **options: Any) -> CleanResult:
    """One document without the paragraphs that repeat others of it.

    Raises InputError for anything but str, ConfigError for an option outside its range, DocumentTooLarge.
    """
    return Deduplicator(**{"scope": "document", **options}).clean(text)


def clean_lines(deduplicator: Deduplicator, text: str, id: Hashable = None) -> CleanResult:
    """A text each of whose lines is a document of its own, remembered by `deduplicator`.

    The id of line n (from 0) is (id, n). A removed line takes its line end; nothing else changes.
    """
    spans = split_lines(checked(text, "text"))
    kept, removed, pieces = [], [], []
    done = 0
    for begin in range(0, len(spans), BATCH_TEXTS):
        chunk = spans[begin : begin + BATCH_TEXTS]
        texts = [text[span.start : span.end] for span in chunk]
        deduplicator._characters += sum(map(len, texts))
        ids = [(id, begin + place) for place in range(len(chunk))]
        batch, verdicts = deduplicator._decide_alone(texts, ids, engine.wanted(deduplicator._characters))
        for p, span in enumerate(chunk):
            if verdicts.relations[p] == DISTINCT:
                kept.append(span)
                continue
            decision = deduplicator._decision(batch, verdicts, p)
            removed.append(Removal(span.start, span.end, begin + p, decision))
            pieces.append(text[done : span.start])
            done = span.end
            for line_end in ("\r\n", "\n", "\r"):
                if text.startswith(line_end, done):
                    done += len(line_end)
                    break
    return CleanResult(id, "".join(pieces) + text[done:], kept, removed)


def check_size(text: str, config: Config) -> None:
    """Raise DocumentTooLarge for a document that `Deduplicator` would refuse."""
    if len(text) < 2 * LARGEST_DOCUMENT:  # a paragraph takes a character, and one that parts it from the next
        return
    spans = split_paragraphs(text)
    if len(spans) > LARGEST_DOCUMENT:
        texts = [text[span.start : span.end] for span in spans]
        read_batch(
            texts, np.array([len(texts)]), replace(config, scope="document"), alone=False, fast=engine.wanted(len(text))
        )


def compare(a: str, b: str, **options: Any) -> Comparison:
    """What two paragraphs are to each other, and why: which rule decided, which words differ. `min_tokens` plays no part.

    Raises InputError for anything but str, and ConfigError.
    """
    config = Config.of(None, options)
    tokens = fold([checked(a, "a"), checked(b, "b")])
    text_a, text_b = tokens.text(0), tokens.text(1)
    found = compare_folded(text_a, tokens.mark(0), text_b, tokens.mark(1), config)
    if text_a == text_b:
        return found
    return replace(found, reason=f"{found.reason}; {in_words(text_a, text_b)}")


def duplicated(texts: Iterable[str | None], **options: Any) -> NDArray[np.bool_]:
    """bool[n]: True where a text repeats an earlier one that is kept, as pandas has it.

    Each text is one paragraph, a document of its own. None and NaN never repeat. Raises InputError for other values,
    and ConfigError.
    """
    flags = [verdicts.relations != DISTINCT for *_, verdicts in _decided(_list(texts), _for_lists(options))]
    return np.concatenate(flags) if flags else np.zeros(0, dtype=np.bool_)


def unique(texts: Iterable[str], **options: Any) -> Iterator[str]:
    """The texts that repeat no earlier one, in order, lazily. Raises as `duplicated` does."""
    decided = _decided(_iterable(texts), _for_lists(options))
    return (
        text
        for chunk, _, verdicts in decided
        for text, relation in zip(chunk, verdicts.relations.tolist(), strict=True)
        if relation == DISTINCT
    )


def find_duplicates(texts: Iterable[str | None], **options: Any) -> Iterator[Match]:
    """A Match for every text that repeats an earlier one that is kept, in order, lazily. Raises as `duplicated` does."""
    deduplicator = _for_lists(options)
    return _matches(deduplicator, _decided(_iterable(texts), deduplicator))


def _matches(deduplicator: Deduplicator, decided: Iterator[tuple[list[Any], Batch, Verdicts]]) -> Iterator[Match]:
    begin = 0
    for chunk, batch, verdicts in decided:
        for p in np.flatnonzero(verdicts.relations).tolist():
            found = deduplicator._decision(batch, verdicts, p)
            assert found.duplicate_of is not None and found.relation != "boilerplate"
            original = found.duplicate_of[0]
            assert isinstance(original, int)
            yield Match(begin + p, original, found.relation, found.jaccard, found.containment, found.reason)
        begin += len(chunk)


def signatures(texts: Iterable[str], num_perm: int = 128, seed: int = 1) -> NDArray[np.uint32]:
    """MinHash signatures of the texts' word 3-shingles, uint32[n, num_perm].

    Bit for bit those of `datasketch.MinHash(num_perm, seed, hashfunc=xxhash.xxh32_intdigest, scheme="affine32")`; a text
    without words has the empty MinHash. Raises InputError for anything but str, and ConfigError.
    """
    config = Config(num_perm=num_perm, seed=seed)
    items = _list(texts)
    fast = engine.wanted(_length(items))
    result = np.empty((len(items), num_perm), dtype=np.uint32)
    with engine.announced():
        for begin in range(0, len(items), BATCH_TEXTS):
            chunk = items[begin : begin + BATCH_TEXTS]
            if not _all_texts(chunk):
                check_texts(chunk, begin)
            shingles = shingle(fold(chunk, fast), config.shingle_size, fast)
            result[begin : begin + BATCH_TEXTS] = sign(shingles, num_perm, seed, fast)
    return result


def _for_lists(options: dict[str, Any]) -> Deduplicator:
    return Deduplicator(Config.of(None, options, refused=("scope",)))


def _decided(texts: Iterable[Any], deduplicator: Deduplicator) -> Iterator[tuple[list[Any], Batch, Verdicts]]:
    """Chunks of the texts with what was decided on them: at once full ones of a list, growing ones of an iterator."""
    begin, characters, most = 0, 0, 1
    if isinstance(texts, list):
        characters, most = _length(texts), BATCH_TEXTS
    remaining = iter(texts)
    while chunk := list(islice(remaining, most)):
        most = min(2 * most, BATCH_TEXTS)
        strings = chunk
        if not _all_texts(chunk):
            strings = ["" if _is_missing(text) else text for text in chunk]
            check_texts(strings, begin)
        if not isinstance(texts, list):
            characters += _length(strings)
        yield chunk, *deduplicator._decide_alone(strings, [None] * len(chunk), engine.wanted(characters))
        begin += len(chunk)


def _all_texts(chunk: list[Any]) -> bool:
    """Whether all are plainly str; where not, a closer look is worth its while."""
    return set(map(type, chunk)) <= {str}


def _length(texts: list[Any]) -> int:
    """About how many characters a list holds, judging by its first thousand texts: what to do the work with."""
    first = [len(text) for text in texts[:1000] if isinstance(text, str)]
    return sum(first) * len(texts) // max(1, len(first))


def _is_missing(value: object) -> bool:
    """None, NaN and pandas' NA: what a column of texts holds where there is none."""
    return (
        value is None or (isinstance(value, float) and value != value) or type(value).__name__ in ("NAType", "NaTType")
    )


def _iterable(texts: Iterable[Any]) -> Iterable[Any]:
    if isinstance(texts, (str, bytes)):
        raise InputError(f"texts is a single {type(texts).__name__}; expected an iterable of texts")
    if not isinstance(texts, Iterable):
        raise InputError(f"texts is {texts!r:.60}, a {type(texts).__name__}; expected an iterable of texts")
    return texts


def _list(texts: Iterable[Any]) -> list[Any]:
    return texts if isinstance(texts, list) else list(_iterable(texts))
