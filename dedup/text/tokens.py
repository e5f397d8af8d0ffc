"""Folding: texts become tokens, as spans of one UTF-8 buffer.

A word is a run of letters, digits and marks. A number keeps what it leans on: sign, decimal mark, currency, percent and
degree sign, even one space away. Characters of unspaced scripts, symbols and superscripts are tokens of their own.
Case, quotes, dashes, spaces, widths, accents' composition and all other punctuation leave no trace but the flags.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .._jit import backend, memory
from ..errors import InputError
from ._fold_numba import ascii_tables, fold_kernel
from .characters import (
    BLOCK,
    CLASS_BITS,
    COMMA,
    CURRENCY,
    DIGIT,
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
    character_table,
)
from .flags import AFTER_STOP, ALL_SYMBOL, HAS_CAPITAL, HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED, PADDING
from .normalize import normalize, normalized, to_normalize_kernel
from .utf8 import Utf8


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of n texts, T in all.

    buffer: uint8[...], the folded text, every token followed by one space, and some bytes of no meaning
    starts: int64[T + 1], so that token i is `buffer[starts[i] : starts[i + 1] - 1]`
    first:  int64[n + 1], so that the tokens of text p are first[p] ... first[p + 1] - 1
    flags:  uint8[T], what folding saw of each; behind them, too, the memory may be read a little further
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    flags: NDArray[np.uint8]

    def text(self, p: int) -> bytes:
        """The folded text p, its tokens joined by one space."""
        begin, end = int(self.starts[self.first[p]]), int(self.starts[self.first[p + 1]])
        return self.buffer[begin : max(begin, end - 1)].tobytes()

    def flags_of(self, p: int) -> bytes:
        """The flags of text p's tokens."""
        return self.flags[self.first[p] : self.first[p + 1]].tobytes()


def fold(texts: Sequence[str] | Utf8, fast: bool = False) -> Tokens:
    """The tokens of `texts`; `fast` takes the compiled kernel. Raises InputError for anything but str."""
    memory.keep_freed()
    if isinstance(texts, Utf8):
        return _fold_compiled(texts) if fast else _fold_reference([texts.text(p) for p in range(len(texts))])
    try:
        return _fold_compiled(_checked(texts)) if fast else _fold_reference(texts)
    except (AttributeError, TypeError):
        check_texts(texts)  # the likely cause, which costs too much to look for beforehand
        raise


def check_texts(texts: Sequence[object], begin: int = 0) -> None:
    """Raise InputError unless every one of `texts`, counted from `begin` on, is a str."""
    for position, text in enumerate(texts, begin):
        if not isinstance(text, str):
            raise InputError(f"text {position} is {type(text).__name__} ({text!r:.60}); expected str")


def half_words(tokens: Tokens) -> NDArray[np.int64]:
    """int64[n], the length of every text in half words: two a token, one a character of an unspaced script."""
    lengths = np.diff(tokens.first)
    if not np.bitwise_or.reduce(tokens.flags) & IS_UNSPACED:
        return 2 * lengths
    unspaced = np.flatnonzero(tokens.flags & IS_UNSPACED != 0)
    owners = np.searchsorted(tokens.first, unspaced, side="right") - 1
    return 2 * lengths - np.bincount(owners, minlength=len(lengths))


# --- The reference backend: whole batches as arrays of characters, no loop over them ------------------------------------

# What a character does, once its neighbours are known.
_PARTS, _JOINS, _ALONE, _SYMBOLIC, _PREFIX, _SWALLOWED = range(6)
_PLAIN_ROLES = {LETTER: _JOINS, MARK: _JOINS, DIGIT: _JOINS, UNSPACED: _ALONE, NUMERAL: _ALONE, SYMBOL: _SYMBOLIC}
_ROLES = bytes(_PLAIN_ROLES.get(kind, _PARTS) for kind in range(256))
_SEEN = {
    LETTER: HAS_LETTER,
    MARK: HAS_LETTER,
    DIGIT: HAS_NUMBER,
    NUMERAL: HAS_NUMBER,
    UNSPACED: HAS_LETTER | IS_UNSPACED,
}
_BITS = bytes(_SEEN.get(kind, 0) for kind in range(256))
_IS_FREE = np.isin(np.arange(256), (SPACE, PUNCTUATION, STOP, POINT, COMMA))  # before a sign, or behind a grade's minus
_IS_SEPARATOR = np.isin(np.arange(256), (SPACE, PUNCTUATION, STOP))  # whatever its neighbours are


def _characters(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.int64]]:
    """A batch as characters, a NUL (punctuation, as good as an end) after each text.

    Their classes, with flags; each one folded: a character, EXPANDS + row, or the space of a separator; and where each
    text ends, after its NUL.
    """
    joined = "\0".join(texts) + "\0"
    try:
        narrow = joined.encode("latin-1", "replace")
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    except UnicodeEncodeError:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    ascii_classes, ascii_folds = _ascii_bytes()
    classes = np.frombuffer(bytearray(narrow.translate(ascii_classes)), dtype=np.uint8)
    folds = np.frombuffer(narrow.translate(ascii_folds), dtype=np.uint8).astype(np.uint32)
    wide = np.flatnonzero(codes > 127)
    if len(wide):
        table, code = character_table(), codes[wide].astype(np.int64)
        entries = table.index[code // BLOCK].astype(np.int64) * BLOCK + code % BLOCK
        kinds = table.classes[entries]
        classes[wide] = kinds
        folded = np.where(table.folds[entries] < EXPANDS, code, 0) + table.folds[entries]
        folds[wide] = np.where(_IS_SEPARATOR[kinds & CLASS_BITS], ord(" "), folded)
    return classes, folds, np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)


@lru_cache(maxsize=1)
def _ascii_bytes() -> tuple[bytes, bytes]:
    classes, folds, _ = ascii_tables()
    return classes.tobytes(), np.where(_IS_SEPARATOR[classes & CLASS_BITS], ord(" "), folds).astype(np.uint8).tobytes()


def _fold_reference(texts: Sequence[str]) -> Tokens:
    if not texts:
        return Tokens(
            np.zeros(PADDING, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(PADDING, np.uint8)[:0]
        )
    texts = normalized(texts, [p for p, text in enumerate(texts) if "&" in text])
    classes, folds, ends = _characters(texts)
    flagged = np.flatnonzero(classes & UNSTABLE != 0)
    if len(flagged):
        texts = normalized(texts, np.unique(np.searchsorted(ends, flagged, side="right")).tolist())
        classes, folds, ends = _characters(texts)
    kinds = classes & np.uint8(CLASS_BITS)
    roles = np.frombuffer(bytearray(kinds.tobytes().translate(_ROLES)), dtype=np.uint8)

    ignored = kinds == IGNORED
    if ignored.any():
        ends -= np.cumsum(ignored)[ends - 1]
        classes, folds, kinds, roles = (array[~ignored] for array in (classes, folds, kinds, roles))
    stops = _decide_roles(kinds, roles, folds, classes & UPPERCASE != 0)
    swallowed = np.flatnonzero(roles == _SWALLOWED)

    emits = roles != _PARTS  # a swallowed space holds its token together
    begins = _beginnings(kinds, roles, emits)
    emits[swallowed] = False
    # Of the separators after a token the first becomes its space; where two tokens touch, one is put in.
    spaces = ~emits
    spaces[1:] &= emits[:-1]
    spaces[0] = False
    spaces[swallowed] = False
    lead = np.flatnonzero(begins)  # at the characters of the source
    touching = lead[1:][emits[lead[1:] - 1]] if len(lead) else lead
    kept = np.flatnonzero(emits | spaces)
    buffer, starts = _encode(folds[kept], np.searchsorted(kept, touching))

    flags = np.zeros(len(lead) + PADDING, dtype=np.uint8)[: len(lead)]
    if len(lead):
        # Most tokens are words, whose first character tells that; digits are looked for, and what begins otherwise.
        flags[kinds[lead] == LETTER] = HAS_LETTER
        flags[np.searchsorted(lead, np.flatnonzero(kinds == DIGIT), side="right") - 1] |= HAS_NUMBER
        others = np.flatnonzero(flags & HAS_LETTER == 0)
        if len(others):
            seen = np.frombuffer(kinds.tobytes().translate(_BITS), dtype=np.uint8)
            bounds = np.stack([lead[others], np.append(lead, len(seen) - 1)[others + 1]], axis=1).ravel()
            flags[others] |= np.bitwise_or.reduceat(seen, bounds)[::2]
        capitals = np.flatnonzero(classes & UPPERCASE != 0)
        owners = np.searchsorted(lead, capitals, side="right") - 1
        flags[owners] |= HAS_CAPITAL
        flags[owners[1:][owners[1:] == owners[:-1]]] |= HAS_CAPITALS
        flags |= np.where(roles[lead] == _SYMBOLIC, ALL_SYMBOL, 0).astype(np.uint8)
        first_ones = np.searchsorted(lead, np.append(0, ends[:-1]))
        after = np.concatenate([np.searchsorted(lead, stops), first_ones])
        flags[after[after < len(lead)]] |= AFTER_STOP
    first = np.append(0, np.searchsorted(lead, ends))
    return Tokens(buffer, starts, first, flags)


def _decide_roles(
    kinds: NDArray[np.uint8], roles: NDArray[np.uint8], folds: NDArray[np.uint32], capitals: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Settle what every character does that depends on its neighbours, in place; where the stops are."""
    at = np.flatnonzero(kinds >= HYPHEN)
    kind = kinds[at]

    def beside(by: int) -> NDArray[np.uint8]:
        there = at + by
        inside = (there >= 0) & (there < len(kinds))
        return np.where(inside, kinds[np.where(inside, there, 0)], PUNCTUATION).astype(np.uint8)

    last, before_last, following, second, third, fourth = map(beside, (-1, -2, 1, 2, 3, 4))
    digit_next = following == DIGIT
    digit_near = digit_next | ((following == SPACE) & (second == DIGIT))
    digit_before = (last == DIGIT) | ((last == SPACE) & (before_last == DIGIT))
    money_next = (following == CURRENCY) & ((second == DIGIT) | ((second == SPACE) & (third == DIGIT)))
    money_after_space = (second == CURRENCY) & ((third == DIGIT) | ((third == SPACE) & (fourth == DIGIT)))
    money_near = money_next | ((following == SPACE) & money_after_space)
    free = _IS_FREE[last]

    decimal = ((kind == POINT) | (kind == COMMA)) & (last == DIGIT) & digit_next
    leading = (kind == POINT) & _IS_SEPARATOR[last] & digit_next  # .5
    percent, currency = kind == PERCENT, kind == CURRENCY
    signed = (kind == HYPHEN) & free & (digit_next | money_next)
    signed |= ((kind == PLUS) | (kind == MINUS)) & free & (digit_near | money_near)
    prefix = signed | leading | (currency & (digit_next | (digit_near & ~digit_before)))
    suffix = (percent & digit_before) | (currency & ~digit_next & digit_before)
    suffix |= (kind == PLUS) & ~signed & (last == DIGIT) & (following != DIGIT) & (following != LETTER)
    shouted = capitals[at - 1] & (capitals[at - 2] | ~np.isin(before_last, (LETTER, DIGIT, MARK))) & (at > 0)
    suffix |= (kind == HYPHEN) & ~signed & shouted & _IS_FREE[following]  # AA-
    symbolic = ((kind == PLUS) | currency | percent) & ~prefix & ~suffix

    roles[at[decimal | suffix]] = _JOINS
    roles[at[prefix]] = _PREFIX
    roles[at[symbolic]] = _SYMBOLIC
    folds[at[roles[at] == _PARTS]] = ord(" ")
    # The one space between a number and what leans on it.
    roles[at[prefix & (following == SPACE)] + 1] = _SWALLOWED
    roles[at[suffix & (last == SPACE)] - 1] = _SWALLOWED

    stop = (
        ((kind == POINT) & ~decimal & ~leading)
        | ((kind == MINUS) & ~signed)
        | ((kind == HYPHEN) & ~signed & (last == SPACE))
    )
    return np.sort(np.concatenate([np.flatnonzero(kinds == STOP), at[stop]]))


def _beginnings(kinds: NDArray[np.uint8], roles: NDArray[np.uint8], emits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which characters begin a token. A mark goes with whatever it follows."""
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


def _encode(spelled: NDArray[np.uint32], touching: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """UTF-8 of the folded characters, with spaces put in before `touching`, and where each token starts."""
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


# --- The compiled backend -----------------------------------------------------------------------------------------------


def _checked(texts: Sequence[str]) -> Utf8:
    if not all(issubclass(kind, str) for kind in set(map(type, texts))):
        check_texts(texts)
    return Utf8.of(texts)


def _fold_compiled(texts: Utf8) -> Tokens:
    table = character_table()
    found = np.empty(len(texts), dtype=np.int64)
    count = backend.compiled(to_normalize_kernel)(
        texts.raw, texts.begins, texts.ends, table.index, table.classes, found
    )
    given = ((p, texts.text(p)) for p in found[:count].tolist())
    changed = [(p, normal) for p, text in given if (normal := normalize(text)) != text]
    if changed:
        texts = texts.with_texts(changed)
    ascii_classes, _, traits = ascii_tables()
    tables = (ascii_classes, traits, table.index, table.classes, table.folds, table.expansions)
    fold_texts = backend.compiled(fold_kernel)
    # Room for what most texts take: little of the worst case is ever needed, and memory that is used again is faster.
    n, width = len(texts), len(texts.raw)
    buffer = np.empty(width + width // 8 + PADDING, dtype=np.uint8)
    starts = np.empty(width // 4 + n + PADDING, dtype=np.int64)
    flags = np.empty(len(starts), dtype=np.uint8)
    first = np.empty(n + 1, dtype=np.int64)
    p = size = count = 0
    while True:
        arrays = buffer, starts, flags, first
        p, size, count = fold_texts(texts.raw, texts.begins, texts.ends, *tables, p, size, count, *arrays)
        if p == n:
            return Tokens(buffer[: size + PADDING], starts[: count + 1], first, flags[:count])
        worst = int(texts.ends[p] - texts.begins[p]) + PADDING  # each byte may become three, and a token
        buffer = np.concatenate([buffer, np.empty(max(len(buffer), 3 * worst), dtype=np.uint8)])
        more = np.empty(max(len(starts), worst), dtype=np.int64)
        starts, flags = np.concatenate([starts, more]), np.concatenate([flags, more.astype(np.uint8)])
