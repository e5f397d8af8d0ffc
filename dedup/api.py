"""The public calls on one document, two paragraphs, and lists of texts."""

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import FrameType
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from ._jit import backend
from .config import Config, ListOptions, Options
from .decide.batch import USUAL, keys_of
from .decide.outcomes import decision
from .decide.pipeline import decide_alone, known_length
from .decide.state import Decided, State
from .deduplicator import Deduplicator, Document
from .errors import ConfigError, InputError, described
from .match.compare import compare_folded
from .results import CleanResult, Comparison, Match
from .sketch.keys import count_keys
from .sketch.minhash import shingle, sign
from .text.columns import TextColumn, is_column, read_column
from .text.paragraphs import checked
from .text.tokens import check_texts, fold, is_missing
from .text.utf8 import Utf8

_Chunk = list[Any] | TextColumn


def clean(document: Document, **options: Unpack[Options]) -> CleanResult:
    """Return one document, a text or a sequence of paragraphs, without the paragraphs that repeat others of it.

    Raises InputError for anything else, ConfigError for an option outside its range, DocumentTooLarge.
    """
    given: Options = {"scope": "document", **options}
    return Deduplicator(**given).clean(document)


def compare(a: str, b: str, **options: Unpack[Options]) -> Comparison:
    """Say what two paragraphs are to each other, and why. `min_tokens` plays no part.

    Raises InputError for anything but str, and ConfigError.
    """
    return compare_pairs([checked(a, "a")], [checked(b, "b")], **options)[0]


def compare_pairs(a: Iterable[str], b: Iterable[str], **options: Unpack[Options]) -> list[Comparison]:
    """Compare each text of `a` with the one in its place in `b`, as `compare` does.

    Columns are read as `duplicated` reads them. Raises InputError for anything but str and for lists of two lengths, and
    ConfigError.
    """
    config, these, those = Config.of(None, options), _texts_of(a, "a"), _texts_of(b, "b")
    if len(these) != len(those):
        raise InputError(f"a has {len(these):,} texts, b {len(those):,}; expected as many, to be compared side by side")
    ours, theirs = fold(these), fold(those)
    return [
        compare_folded(ours.text(p), ours.flags_of(p), theirs.text(p), theirs.flags_of(p), config)
        for p in range(len(these))
    ]


def _texts_of(texts: Iterable[Any], name: str) -> list[str]:
    """Return the texts of an iterable or a column. Raises InputError, which names it, for anything but str."""
    try:
        found = [text for chunk, *_ in _chunks(_listed(texts)) for text in chunk]
        check_texts(found)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    return found


def duplicated(
    texts: Iterable[str | None], *, keep: Literal["first", "last", False] = "first", **options: Unpack[ListOptions]
) -> NDArray[np.bool_]:
    """Return bool[n], True where a text is a duplicate of one that is kept, as pandas has it.

    keep: "first" compares each text with those before it, "last" with those behind it; False marks all texts that are
        duplicates of each other, so that none of them is kept.

    Each text is one paragraph, a document of its own. None and NaN are no duplicates. A column of pandas, polars, pyarrow
    or whatever else speaks Arrow is read where it is. Raises InputError for other values, and ConfigError.
    """
    state = _for_lists(options)
    if keep == "first":
        flags = [decided.verdicts.removed for _, decided in _decisions(_listed(texts), state)]
        return np.concatenate(flags) if flags else np.zeros(0, dtype=np.bool_)
    if keep == "last":
        backward = [text for chunk, *_ in _chunks(_listed(texts)) for text in chunk][::-1]
        return duplicated(backward, **options)[::-1]
    if keep is not False:
        raise ConfigError(f'keep is {keep!r}; expected "first", "last" or False')
    given = _listed(texts)
    matches = list(_matches(state, _decisions(given, state)))
    marked = np.zeros(len(state.ids), dtype=np.bool_)
    marked[[match.index for match in matches] + [match.duplicate_of for match in matches]] = True
    return marked


def clusters(texts: Iterable[str | None], **options: Unpack[ListOptions]) -> list[list[int]]:
    """Return the groups of texts that are duplicates of one text, which is kept: its index first, then theirs in order.

    The groups come in the order of the kept texts; a text without duplicates is in none. Raises as `duplicated` does.
    """
    groups: dict[int, list[int]] = {}
    for match in find_duplicates(texts, **options):
        groups.setdefault(match.duplicate_of, [match.duplicate_of]).append(match.index)
    return [groups[kept] for kept in sorted(groups)]


def unique(texts: Iterable[str], **options: Unpack[ListOptions]) -> Iterator[str]:
    """Return the texts that are no duplicates of earlier ones, in order, lazily. Raises as `duplicated` does."""
    given = _iterable(texts)  # from a list as from an iterator: what comes out is what was given, not its equal
    decisions = _decisions(iter(given) if isinstance(given, list) else given, _for_lists(options))
    return (chunk[p] for chunk, decided in decisions for p in np.flatnonzero(~decided.verdicts.removed).tolist())


def find_duplicates(texts: Iterable[str | None], **options: Unpack[ListOptions]) -> Iterator[Match]:
    """Return a Match for every text that is a duplicate of an earlier one, which is kept; in order, lazily.

    Raises as `duplicated` does.
    """
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
    """Return the MinHash signatures of the texts' word 3-shingles, uint32[n, num_perm].

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


def keys(texts: Iterable[str], **options: Unpack[ListOptions]) -> NDArray[np.uint32]:
    """Return the keys by which texts are looked up, uint32[n, k]: of the whole text, of each band, of prefixes of sentences.

    Texts that share a band or a prefix are candidates, which `compare` judges; a prefix of 0 is none. The number of columns
    follows from the options. Raises InputError for anything but str, and ConfigError.
    """
    config = Config.of(None, options, refused=("scope",))
    found = []
    for chunk, strings, fast in _chunks(_listed(texts)):
        if not _all_texts(chunk):
            check_texts([*chunk])
        tokens = fold(strings, fast)
        found.append(keys_of(tokens, shingle(tokens, config.shingle_size, fast), config, fast))
    return np.concatenate(found) if found else np.empty((0, sum(count_keys(config))), np.uint32)


def _for_lists(options: Mapping[str, Any]) -> State:
    return State(Config.of(None, options, refused=("scope",)), None)


def _decisions(texts: Iterable[Any], state: State) -> Iterator[tuple[_Chunk, Decided]]:
    """Yield chunks of the texts with what was decided on them."""
    state.expect(known_length(texts))
    for chunk, strings, fast in _chunks(texts):
        if not state.ids:
            _warn_of_documents(strings)
        yield chunk, decide_alone(state, strings, [None] * len(chunk), fast)


def _chunks(texts: Iterable[Any]) -> Iterator[tuple[_Chunk, list[str] | Utf8, bool]]:
    """Yield chunks of the texts: as they are; with "" for missing ones; and whether the compiled kernels are to do the work.

    The chunks of a list or column are full, those of an iterator grow.
    """
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
    """Yield chunks of a list; the compiled kernels read its texts where they are."""
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
    """Return a chunk with "" where there is no text; `begin` texts come before it. Raises InputError."""
    if _all_texts(chunk):
        return chunk
    strings = ["" if is_missing(text) else text for text in chunk]
    check_texts(strings, begin)
    return strings


def _all_texts(chunk: _Chunk) -> bool:
    """Return whether all are exactly str."""
    return not chunk.missing.any() if isinstance(chunk, TextColumn) else set(map(type, chunk)) <= {str}


def _length(texts: list[Any]) -> int:
    """Estimate how many characters a list holds by its first hundred texts."""
    first = [len(text) for text in texts[:100] if isinstance(text, str)]
    return sum(first) * len(texts) // max(1, len(first))


def _warn_of_documents(texts: list[str] | Utf8) -> None:
    """Warn where texts look like whole documents: as one paragraph each they are hardly ever duplicates."""
    first = [texts.text(p) for p in range(min(100, len(texts)))] if isinstance(texts, Utf8) else texts[:100]
    several = sum("\n\n" in text.strip() for text in first)
    if several > len(first) // 2 and len(first) > 1:
        warnings.warn(
            f"{several} of the first {len(first)} texts have blank lines, as documents do; each is compared as one paragraph. "
            "dedup.Deduplicator().stream(texts) compares the paragraphs of documents",
            stacklevel=_frames_here(),
        )


def _frames_here() -> int:
    """Return the level, as its caller counts them, of the first frame outside this package.

    How many are inside depends on the call, and on the version of Python: before 3.12 a comprehension has a frame.
    """
    frame: FrameType | None = sys._getframe(1)
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame, level = frame.f_back, level + 1
    return level


def _iterable(texts: Iterable[Any]) -> Iterable[Any]:
    if isinstance(texts, (str, bytes)):
        raise InputError(f"texts is a single {type(texts).__name__}; expected an iterable of texts")
    if not isinstance(texts, Iterable) and not is_column(texts):
        lazy = "; collect() it first" if hasattr(texts, "collect") else ""
        raise InputError(f"texts is {described(texts)}; expected an iterable of texts{lazy}")
    return texts


def _listed(texts: Iterable[Any]) -> Any:
    """Return a list of the texts, or a column as it is."""
    return texts if isinstance(texts, list) or is_column(texts) else list(_iterable(texts))
