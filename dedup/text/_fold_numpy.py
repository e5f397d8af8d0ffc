"""Folding in numpy: a whole batch as arrays of characters, without a loop over them. `_fold_numba` holds its twin."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .characters import (
    CLASS_BITS,
    COMMA,
    CURRENCY,
    DIGIT,
    ELLIPSIS,
    EXPANDS,
    HYPHEN,
    IGNORED,
    LETTER,
    MARK,
    MINUS,
    NUMERAL,
    PERCENT,
    PLUS,
    POINT,
    PUNCTUATION,
    SPACE,
    STOP,
    SYMBOL,
    UNSPACED,
    UNSTABLE,
    UPPERCASE,
    ascii_classes,
    character_table,
    entry_kernel,
)
from .flags import (
    AFTER_STOP,
    ALL_SYMBOL,
    BEFORE_ELLIPSIS,
    HAS_CAPITAL,
    HAS_LOWER,
    HAS_NUMBER,
    IS_ADDRESS,
    IS_UNSPACED,
    PADDING,
)
from .normalize import may_change, normalized

# What a character does, once its neighbours are known.
_PARTS = 0  # ends the token
_JOINS = 1  # belongs to a word or number
_ALONE = 2  # is a token of its own
_SYMBOLIC = 3  # the same, as a symbol
_PREFIX = 4  # begins the number that it announces
_SWALLOWED = 5  # vanishes: the one space between a number and its sign, the comma before its thousands

_PLAIN_ROLES = {LETTER: _JOINS, MARK: _JOINS, DIGIT: _JOINS, UNSPACED: _ALONE, NUMERAL: _ALONE, SYMBOL: _SYMBOLIC}
_ROLES = bytes(_PLAIN_ROLES.get(kind, _PARTS) for kind in range(256))
_SEEN = {LETTER: HAS_LOWER, DIGIT: HAS_NUMBER, NUMERAL: HAS_NUMBER, UNSPACED: IS_UNSPACED}
_BITS = bytes(_SEEN.get(kind, 0) for kind in range(256))
_IS_FREE = np.isin(np.arange(256), (SPACE, PUNCTUATION, STOP, POINT, COMMA))  # before a sign, or behind a grade's minus
_IS_SEPARATOR = np.isin(np.arange(256), (SPACE, PUNCTUATION, STOP))  # whatever its neighbours are
_ADDRESS = re.compile(r"\s*(?:[^\s\-_./]*[\-_./]){2}\S*\s*", re.ASCII)


class _Characters(NamedTuple):
    """A batch as characters, a NUL (punctuation, as good as an end) after each text; C in all.

    kinds:     uint8[C], their classes
    capitals:  bool[C]
    ellipses:  bool[C], the character … alone
    folds:     uint32[C], what each becomes: a character, EXPANDS + row, or the space of a separator
    ends:      int64[n], where each text ends, after its NUL
    addresses: int64[...], the texts that are addresses if their tokens allow it, in ascending order
    """

    kinds: NDArray[np.uint8]
    capitals: NDArray[np.bool_]
    ellipses: NDArray[np.bool_]
    folds: NDArray[np.uint32]
    ends: NDArray[np.int64]
    addresses: NDArray[np.int64]


def fold_numpy(
    texts: Sequence[str],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Fold texts; return buffer, starts, first and padded flags, as `Tokens` has them."""
    if not texts:
        nothing = np.zeros(PADDING, dtype=np.uint8)
        return nothing, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), nothing
    characters = _read(texts)
    kinds, folds, ends = characters.kinds, characters.folds, characters.ends
    roles = np.frombuffer(bytearray(kinds.tobytes().translate(_ROLES)), dtype=np.uint8)
    stops, ellipses = _decide_roles(characters, roles)
    swallowed = np.flatnonzero(roles == _SWALLOWED)

    emits = roles != _PARTS  # a swallowed space holds its token together
    begins = _find_beginnings(kinds, roles, emits)
    emits[swallowed] = False
    # Of the separators after a token the first becomes its space; where two tokens touch, one is inserted.
    spaces = ~emits
    spaces[1:] &= emits[:-1]
    spaces[0] = False
    spaces[swallowed] = False
    lead = np.flatnonzero(begins)  # the first character of every token
    touching = lead[1:][emits[lead[1:] - 1]] if len(lead) else lead
    kept = np.flatnonzero(emits | spaces)
    buffer, starts = _encode(folds[kept], np.searchsorted(kept, touching))

    flags = np.zeros(len(lead) + PADDING, dtype=np.uint8)
    if len(lead):
        _fill_flags(flags[: len(lead)], characters, roles, lead)
        _fill_flags_beside(flags[: len(lead)], characters, lead, stops, ellipses)
    return buffer, starts, np.append(0, np.searchsorted(lead, ends)), flags


def _read(texts: Sequence[str]) -> _Characters:
    """Return the characters of the texts, once these are normalized, without those that are ignored."""
    changing = [p for p, text in enumerate(texts) if may_change(text)]
    texts = normalized(texts, changing)
    classes, folds, ends = _look_up(texts)
    flagged = np.searchsorted(ends, np.flatnonzero(classes & UNSTABLE != 0), side="right")
    others = np.setdiff1d(flagged, changing).tolist()
    if others:
        texts = normalized(texts, others)
        classes, folds, ends = _look_up(texts)
    addresses = np.array([p for p, text in enumerate(texts) if _ADDRESS.fullmatch(text)], dtype=np.int64)
    kinds = classes & np.uint8(CLASS_BITS)
    ignored = kinds == IGNORED
    if ignored.any():
        ends -= np.cumsum(ignored)[ends - 1]
        classes, folds, kinds = (array[~ignored] for array in (classes, folds, kinds))
    return _Characters(kinds, classes & UPPERCASE != 0, classes & ELLIPSIS != 0, folds, ends, addresses)


def _look_up(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.int64]]:
    """Return `folds` and `ends` of _Characters, and before them the classes with their flags."""
    joined = "\0".join(texts) + "\0"
    try:
        narrow = joined.encode("latin-1", "replace")
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    except UnicodeEncodeError:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    of_bytes, folds_of_bytes = _byte_tables()
    classes = np.frombuffer(bytearray(narrow.translate(of_bytes)), dtype=np.uint8)
    folds = np.frombuffer(narrow.translate(folds_of_bytes), dtype=np.uint8).astype(np.uint32)
    wide = np.flatnonzero(codes > 127)
    if len(wide):
        table, code = character_table(), codes[wide].astype(np.int64)
        entries = entry_kernel(table, code)
        kinds = table.classes[entries]
        classes[wide] = kinds
        folded = np.where(table.folds[entries] < EXPANDS, code, 0) + table.folds[entries]
        folds[wide] = np.where(_IS_SEPARATOR[kinds & CLASS_BITS], ord(" "), folded)
    return classes, folds, np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)


@lru_cache(maxsize=1)
def _byte_tables() -> tuple[bytes, bytes]:
    """Return class, with flags, and folded form of every byte, for `bytes.translate`; ASCII only."""
    table, code = character_table(), np.arange(128)
    classes, folds = ascii_classes(), np.zeros(256, dtype=np.uint8)
    folds[:128] = code + table.folds[entry_kernel(table, code)]
    folds[_IS_SEPARATOR[classes & CLASS_BITS]] = ord(" ")
    return classes.tobytes(), folds.tobytes()


def _decide_roles(characters: _Characters, roles: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Decide, in place, on every character that depends on its neighbours; return where stops and ellipses are."""
    kinds, capitals, folds = characters.kinds, characters.capitals, characters.folds
    at = np.flatnonzero(kinds >= HYPHEN)
    kind = kinds[at]
    last, before_last, following, second, third, fourth = (_beside(kinds, at + by) for by in (-1, -2, 1, 2, 3, 4))
    digit_next = following == DIGIT
    digit_near = digit_next | ((following == SPACE) & (second == DIGIT))
    digit_before = (last == DIGIT) | ((last == SPACE) & (before_last == DIGIT))
    money_next = (following == CURRENCY) & ((second == DIGIT) | ((second == SPACE) & (third == DIGIT)))
    money_after_space = (second == CURRENCY) & ((third == DIGIT) | ((third == SPACE) & (fourth == DIGIT)))
    money_near = money_next | ((following == SPACE) & money_after_space)
    free = _IS_FREE[last]

    decimal = ((kind == POINT) | (kind == COMMA)) & (last == DIGIT) & digit_next
    thousands = (kind == COMMA) & decimal & (second == DIGIT) & (third == DIGIT) & (fourth != DIGIT)
    leading = (kind == POINT) & _IS_SEPARATOR[last] & digit_next  # .5
    percent, currency = kind == PERCENT, kind == CURRENCY
    signed = (kind == HYPHEN) & free & (digit_next | money_next)
    signed |= ((kind == PLUS) | (kind == MINUS)) & free & (digit_near | money_near)
    prefix = signed | leading | (currency & (digit_next | (digit_near & ~digit_before)))
    suffix = (percent & digit_before) | (currency & ~digit_next & digit_before)
    suffix |= (kind == PLUS) & ~signed & (last == DIGIT) & (following != DIGIT) & (following != LETTER)
    shouted = capitals[at - 1] & (capitals[at - 2] | ~np.isin(before_last, (LETTER, DIGIT, MARK))) & (at > 0)
    suffix |= ((kind == HYPHEN) | (kind == MINUS)) & ~signed & shouted & _IS_FREE[following]  # AA-
    symbolic = ((kind == PLUS) | currency | percent) & ~prefix & ~suffix

    roles[at[decimal | suffix]] = _JOINS
    roles[at[thousands]] = _SWALLOWED
    roles[at[prefix]] = _PREFIX
    roles[at[symbolic]] = _SYMBOLIC
    folds[at[roles[at] == _PARTS]] = ord(" ")
    roles[at[prefix & (following == SPACE)] + 1] = _SWALLOWED
    roles[at[suffix & (last == SPACE)] - 1] = _SWALLOWED

    stop = (
        ((kind == POINT) & ~decimal & ~leading)
        | ((kind == MINUS) & ~signed & ~suffix)
        | ((kind == HYPHEN) & ~signed & (last == SPACE))
    )
    dots = (kind == POINT) & (following == POINT)  # none of which can be decimal
    return (
        np.sort(np.concatenate([np.flatnonzero(kinds == STOP), at[stop]])),
        np.sort(np.concatenate([np.flatnonzero(characters.ellipses), at[dots]])),
    )


def _beside(kinds: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the classes at places, some of which may lie outside: those count as punctuation."""
    inside = (places >= 0) & (places < len(kinds))
    return np.where(inside, kinds[np.where(inside, places, 0)], PUNCTUATION).astype(np.uint8)


def _find_beginnings(kinds: NDArray[np.uint8], roles: NDArray[np.uint8], emits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which characters begin a token. A mark goes with whatever it follows."""
    begins = emits.copy()
    begins[1:] &= ~emits[:-1]
    alone = np.flatnonzero((roles == _ALONE) | (roles == _SYMBOLIC))
    if len(alone):
        begins[alone] = True
        following = alone + 1  # never past the end: the last character is a NUL
        while (marks := kinds[following] == MARK).any():
            following = following + marks
        begins[following] = emits[following]
    prefix = np.flatnonzero(roles == _PREFIX)
    before = prefix - 1 - (roles[prefix - 1] == _SWALLOWED)
    begins[prefix] |= roles[before] != _PREFIX
    return begins


def _fill_flags(
    flags: NDArray[np.uint8],
    characters: _Characters,
    roles: NDArray[np.uint8],
    lead: NDArray[np.int64],
) -> None:
    """Add what characters tell to the flags of their tokens, of which there must be some. lead: where each begins."""
    kinds, capitals = characters.kinds, characters.capitals
    # Most tokens are words, whose first two characters tell that; digits and capitals are looked for, and all of what
    # begins otherwise.
    is_lower = (kinds == LETTER) & ~capitals
    flags[is_lower[lead] | (capitals[lead] & is_lower[lead + 1])] = HAS_LOWER  # letters side by side are of one word
    flags[np.searchsorted(lead, np.flatnonzero(kinds == DIGIT), side="right") - 1] |= HAS_NUMBER
    flags[np.searchsorted(lead, np.flatnonzero(capitals), side="right") - 1] |= HAS_CAPITAL
    others = np.flatnonzero(flags & HAS_LOWER == 0)
    if len(others):
        seen = np.frombuffer(bytearray(kinds.tobytes().translate(_BITS)), dtype=np.uint8)
        seen[capitals] = HAS_CAPITAL
        bounds = np.stack([lead[others], np.append(lead, len(seen) - 1)[others + 1]], axis=1).ravel()
        flags[others] |= np.bitwise_or.reduceat(seen, bounds)[::2]
    flags |= np.where(roles[lead] == _SYMBOLIC, ALL_SYMBOL, 0).astype(np.uint8)


def _fill_flags_beside(
    flags: NDArray[np.uint8],
    characters: _Characters,
    lead: NDArray[np.int64],
    stops: NDArray[np.int64],
    ellipses: NDArray[np.int64],
) -> None:
    """Add to the flags of the tokens, whose own characters have told all they can, what stands around those."""
    first = np.append(0, np.searchsorted(lead, characters.ends))  # token of every text
    after = np.concatenate([np.searchsorted(lead, stops), first[:-1]])
    flags[after[after < len(lead)]] |= AFTER_STOP
    before = np.searchsorted(lead, ellipses, side="right") - 1
    texts = np.searchsorted(characters.ends, ellipses, side="right")
    flags[before[before >= first[texts]]] |= BEFORE_ELLIPSIS
    for p in characters.addresses:
        if first[p + 1] >= first[p] + 2 and not (flags[first[p] : first[p + 1]] & IS_UNSPACED).any():
            flags[first[p]] |= IS_ADDRESS


def _encode(spelled: NDArray[np.uint32], touching: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the folded characters as UTF-8, with spaces inserted before `touching`, and where each token starts."""
    expands = np.flatnonzero(spelled >= EXPANDS)
    if len(expands):
        rows = character_table().expansions[spelled[expands].astype(np.int64) - EXPANDS]
        lengths = np.ones(len(spelled), dtype=np.int64)
        lengths[expands] = (rows > 0).sum(axis=1)
        places = np.cumsum(lengths) - lengths
        spelled, touching = np.repeat(spelled, lengths), places[touching]
        for column in range(rows.shape[1]):
            present = rows[:, column] > 0
            spelled[places[expands[present]] + column] = rows[present, column]
    buffer = spelled.astype(np.uint8)
    wide = np.flatnonzero(spelled > 0x7F)
    code = spelled[wide]
    further = 1 + (code > 0x7FF) + (code > 0xFFFF)  # bytes after the first one
    buffer[wide] = np.array([0, 0xC0, 0xE0, 0xF0])[further] | code >> 6 * further
    more = []
    for byte in range(3):
        there = further > byte
        more.append((wide[there] + 1, 0x80 | code[there] >> 6 * (further[there] - 1 - byte) & 0x3F))
    # What comes to one place stands there in this order: the bytes of a character, then a space.
    places, octets = map(np.concatenate, zip(*more, (touching, np.full(len(touching), ord(" "))), strict=True))
    buffer = np.insert(buffer, places, octets.astype(np.uint8))
    after = np.flatnonzero(buffer == ord(" ")) + 1  # a byte below 128 is always a character of its own in UTF-8
    return np.append(buffer, np.zeros(PADDING, dtype=np.uint8)), np.append(0, after)
