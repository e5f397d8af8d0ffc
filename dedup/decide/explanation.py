"""Why a paragraph was removed, or kept: the decision, and for a kept one the nearest earlier paragraph, judged again."""

from collections.abc import Hashable, Iterator

import numpy as np

from ..config import Config
from ..errors import InputError
from ..match.compare import compare_folded
from ..match.likeness import shingles_of
from ..results import Cause, Comparison, Decision, Explanation
from ..sketch.minhash import Shingles, shingle
from ..text.flags import PADDING
from ..text.tokens import Tokens, half_words
from .batch import EMPTY, SHORT, keys_of
from .outcomes import last_decision
from .places import PINNED
from .state import Decided, State


def explain(state: State, id: Hashable, position: int) -> Explanation:
    """Say why a paragraph of a document was removed, or kept, by what was decided until now.

    What was removed, or never compared, is known as long as its document is among those decided last; what was kept, for
    good. Raises InputError for anything else.
    """
    number = state.number_of(id)
    decided = state.decided
    if decided is not None and number is not None and number >= decided.number:
        place = number - decided.number
        here = np.flatnonzero((decided.batch.documents == place) & (decided.batch.positions == position))
        if len(here):
            return _of_decided(state, decided, int(here[0]))
        number = int(decided.numbers[place])
    entry = None if number is None else state.index.entry_of(number, position)
    if entry is None:
        raise InputError(
            f"paragraph {position!r} of document {id!r} is not known; expected one that was kept, or that belongs to a document "
            "decided last. Clean the document again, and ask before anything else is decided"
        )
    return _of_kept(state, entry)


def _of_decided(state: State, decided: Decided, p: int) -> Explanation:
    batch, verdicts = decided.batch, decided.verdicts
    found = last_decision(decided, p, state)
    if found.is_duplicate:
        return Explanation("removed", found, found.duplicate_of, 0, found.reason)
    causes: dict[int, Cause] = {EMPTY: "no words", SHORT: "short"}
    cause = causes.get(int(batch.roles[p]), "delivered before" if verdicts.own[p] >= 0 else None)
    if batch.held[p] == PINNED and batch.roles[p] != EMPTY:
        cause = "place"
    if cause is not None:
        return Explanation(cause, found, None, 0, kept_reason(cause, state.config))
    return _of_kept(state, int(verdicts.entry[p]))


def _of_kept(state: State, entry: int) -> Explanation:
    """Explain why an entry was kept: by the most similar of the entries that it was compared with."""
    index, config = state.index, state.config
    text, flags = index.read(entry)
    tokens = _tokens(text, flags)
    shingles = shingle(tokens, config.shingle_size)
    kept = Decision("distinct", None, 0.0, 0.0, "it is a duplicate of no kept paragraph")
    if half_words(tokens)[0] < 2 * config.min_tokens:
        return Explanation("short", kept, None, 0, kept_reason("short", config))
    across, full = _across(state, entry, tokens, shingles)
    candidates = sorted({*across, *_within(state, entry, text)})
    compared = [(compare_folded(text, flags, *index.read(other), config), other) for other in candidates]
    if not compared:
        return Explanation("nothing alike", kept, None, full, kept_reason("nothing alike", config, full))
    found, other = max(compared, key=lambda pair: (pair[0].jaccard, pair[0].containment, -pair[1]))
    nearest = state.id_of(int(index.documents[other])), int(index.positions[other])
    if found.is_duplicate and found.inner != "b":
        return Explanation("place", kept, nearest, full, kept_reason("place", config, full))
    return Explanation("nearest", kept, nearest, full, kept_reason("nearest", config, full, found))


def _tokens(text: bytes, flags: bytes) -> Tokens:
    """Return the tokens of a folded text."""
    buffer = np.frombuffer(text + bytes([32]) + bytes(PADDING), np.uint8)
    starts = np.append(0, np.flatnonzero(buffer[: len(text) + 1] == 32) + 1)
    return Tokens(buffer, starts, np.array([0, len(flags)]), np.frombuffer(flags + bytes(PADDING), np.uint8))


def _across(state: State, entry: int, tokens: Tokens, shingles: Shingles) -> tuple[list[int], int]:
    """Return the earlier entries of other documents that share a key with an entry, and how many buckets were full."""
    index, config, full = state.index, state.config, 0
    found: list[int] = []
    (keys,) = keys_of(tokens, shingles, config, fast=False)
    for column, key in enumerate(keys.tolist()):
        if column == 0 or (key == 0 and column >= index.single):
            continue
        before = [other for other in index.bucket(min(column, index.single), key) if other < entry]
        full += len(before) >= config.max_candidates
        found += [other for other in before if index.documents[other] != index.documents[entry]]
    return found, full


def _within(state: State, entry: int, text: bytes) -> Iterator[int]:
    """Yield the earlier entries of the same document that share a shingle with an entry."""
    index, size = state.index, state.config.shingle_size
    mine = shingles_of(text, size)
    for other in np.flatnonzero(index.documents[:entry] == index.documents[entry]).tolist():
        if not mine.isdisjoint(shingles_of(index.folded(other), size)):
            yield other


_KEPT: dict[Cause, str] = {
    "no words": "kept: a text without words repeats nothing",
    "short": "kept: shorter than min_tokens, {min_tokens} words; such a text is only compared with its equals in the document",
    "place": "kept: its place is part of what it says, as of a cell of a table or a line of a record",
    "delivered before": "kept: it was kept when its document came before",
    "nothing alike": "kept: no earlier paragraph that is kept is like it",
    "nearest": "kept: the nearest earlier paragraph is another one, as {reason}",
}


def kept_reason(cause: Cause, config: Config, full: int = 0, nearest: Comparison | None = None) -> str:
    """Say why a paragraph was kept; full: buckets of its keys of which only the first entries were looked at."""
    reason = nearest.reason if nearest else ""
    if nearest and nearest.is_duplicate:
        reason = "this one contains it and says more"
    said = _KEPT[cause].format(min_tokens=config.min_tokens, reason=reason)
    more = f"; {full} of its key buckets were full, of which {config.max_candidates:,} entries each were compared"
    return said + more * (full > 0)
