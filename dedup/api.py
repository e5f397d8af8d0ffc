"""The public calls on one document, two paragraphs, and lists of texts."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._jit import backend
from .config import Config
from .decide.batch import USUAL
from .decide.outcomes import decision
from .decide.pipeline import decide_alone, known_length
from .decide.state import Decided, State
from .deduplicator import Deduplicator, Document
from .errors import InputError, described
from .match.compare import compare_folded
from .results import CleanResult, Comparison, Match
from .sketch.minhash import shingle, sign
from .text.columns import TextColumn, is_column, read_column
from .text.paragraphs import checked
from .text.tokens import check_texts, fold
from .text.utf8 import Utf8

_Chunk = list[Any] | TextColumn


def clean(document: Document, **options: Any) -> CleanResult:
    """Return one document, a text or a sequence of paragraphs, without the paragraphs that repeat others of it.

    Raises InputError for anything else, ConfigError for an option outside its range, DocumentTooLarge.
    """
    return Deduplicator(**{"scope": "document", **options}).clean(document)


def compare(a: str, b: str, **options: Any) -> Comparison:
    """What two paragraphs are to each other, and why: which rule decided, which words differ. `min_tokens` plays no part.

    Raises InputError for anything but str, and ConfigError.
    """
    config = Config.of(None, options)
    tokens = fold([checked(a, "a"), checked(b, "b")])
    sides = tokens.text(0), tokens.flags_of(0), tokens.text(1), tokens.flags_of(1)
    return compare_folded(*sides, config)


def duplicated(texts: Iterable[str | None], **options: Any) -> NDArray[np.bool_]:
    """bool[n]: True where a text repeats an earlier one that is kept, as pandas has it.

    Each text is one paragraph, a document of its own. None and NaN never repeat. A column of pandas, polars, pyarrow or
    whatever else speaks Arrow is read where it is. Raises InputError for other values, and ConfigError.
    """
    flags = [decided.verdicts.removed for _, decided in _decisions(_listed(texts), _for_lists(options))]
    return np.concatenate(flags) if flags else np.zeros(0, dtype=np.bool_)


def unique(texts: Iterable[str], **options: Any) -> Iterator[str]:
    """The texts that repeat no earlier one, in order, lazily. Raises as `duplicated` does."""
    given = _iterable(texts)  # from a list as from an iterator: what comes out is what was given, not its equal
    decisions = _decisions(iter(given) if isinstance(given, list) else given, _for_lists(options))
    return (chunk[p] for chunk, decided in decisions for p in np.flatnonzero(~decided.verdicts.removed).tolist())


def find_duplicates(texts: Iterable[str | None], **options: Any) -> Iterator[Match]:
    """A Match for every text that repeats an earlier one that is kept, in order, lazily. Raises as `duplicated` does."""
    state = _for_lists(options)
    return _matches(state, _decisions(_iterable(texts), state))


def _matches(state: State, decisions: Iterator[tuple[_Chunk, Decided]]) -> Iterator[Match]:
    begin = 0
    for chunk, decided in decisions:
        for p in np.flatnonzero(decided.verdicts.removed).tolist():
            found = decision(decided, p, state)
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
    begin, found = 0, [np.empty((0, num_perm), dtype=np.uint32)]
    for chunk, strings, fast in _chunks(_listed(texts)):
        if not _all_texts(chunk):
            check_texts([*chunk], begin)
        shingles = shingle(fold(strings, fast), config.shingle_size, fast)
        found.append(sign(shingles, num_perm, seed, fast))
        begin += len(chunk)
    return np.concatenate(found)


def _for_lists(options: dict[str, Any]) -> State:
    return State(Config.of(None, options, refused=("scope",)), None)


def _decisions(texts: Iterable[Any], state: State) -> Iterator[tuple[_Chunk, Decided]]:
    """Chunks of the texts with what was decided on them."""
    state.expect(known_length(texts))
    for chunk, strings, fast in _chunks(texts):
        yield chunk, decide_alone(state, strings, [None] * len(chunk), fast)


def _chunks(texts: Iterable[Any]) -> Iterator[tuple[_Chunk, list[str] | Utf8, bool]]:
    """The texts in chunks, at once full ones of a list or column, growing ones of an iterator: as they are; with "" where
    there is none; and whether the compiled kernels are to do the work."""
    if is_column(texts):
        for rows, size in read_column(texts, USUAL.texts):
            yield rows, rows.texts, backend.wanted(size)
    elif isinstance(texts, list):
        yield from _windows(texts, backend.wanted(_length(texts)))
    else:
        remaining = iter(texts)
        begin, characters, most = 0, 0, 1
        while chunk := list(islice(remaining, most)):
            strings = _strings(chunk, begin)
            characters += _length(strings)
            yield chunk, strings, backend.wanted(characters)
            begin, most = begin + len(chunk), min(2 * most, USUAL.texts)


def _windows(texts: list[Any], fast: bool) -> Iterator[tuple[_Chunk, list[str] | Utf8, bool]]:
    """Chunks of a list; the compiled kernels read its texts where they are."""
    begin = 0
    while begin < len(texts):
        end = min(begin + USUAL.texts, len(texts))
        found = Utf8.window(texts, begin, end) if fast else None
        if found is not None:
            yield TextColumn(found, np.zeros(end - begin, dtype=np.bool_)), found, fast
        else:
            chunk = texts[begin:end]
            yield chunk, _strings(chunk, begin), fast
        begin = end


def _strings(chunk: list[Any], begin: int) -> list[str]:
    """A chunk, which comes after `begin` others, with "" where there is no text. Raises InputError."""
    if _all_texts(chunk):
        return chunk
    strings = ["" if _is_missing(text) else text for text in chunk]
    check_texts(strings, begin)
    return strings


def _all_texts(chunk: _Chunk) -> bool:
    """Whether all are plainly str; where not, a closer look is worth its while."""
    return not chunk.missing.any() if isinstance(chunk, TextColumn) else set(map(type, chunk)) <= {str}


def _length(texts: list[Any]) -> int:
    """About how many characters a list holds, judging by its first hundred texts: what to do the work with."""
    first = [len(text) for text in texts[:100] if isinstance(text, str)]
    return sum(first) * len(texts) // max(1, len(first))


def _is_missing(value: object) -> bool:
    """None, NaN and pandas' NA: what a column of texts holds where there is none."""
    return (
        value is None
        or (isinstance(value, (float, np.floating)) and value != value)
        or type(value).__name__ in ("NAType", "NaTType")
    )


def _iterable(texts: Iterable[Any]) -> Iterable[Any]:
    if isinstance(texts, (str, bytes)):
        raise InputError(f"texts is a single {type(texts).__name__}; expected an iterable of texts")
    if not isinstance(texts, Iterable) and not is_column(texts):
        lazy = "; collect() it first" if hasattr(texts, "collect") else ""
        raise InputError(f"texts is {described(texts)}; expected an iterable of texts{lazy}")
    return texts


def _listed(texts: Iterable[Any]) -> Any:
    """A list, or a column as it is."""
    return texts if isinstance(texts, list) or is_column(texts) else list(_iterable(texts))
