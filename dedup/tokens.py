"""Folding: texts become tokens, as spans of one UTF-8 buffer.

A word is a run of letters, digits and marks. A number keeps what it leans on: sign, decimal mark, currency, percent and
degree sign, even one space away. Characters of unspaced scripts, symbols and superscripts are tokens of their own.
Case, quotes, dashes, spaces, widths, accents' composition and all other punctuation leave no trace but the marks.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import engine
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
    UNSETTLED,
    UNSPACED,
    UPPERCASE,
    character_table,
)
from .errors import InputError

# What folding saw of a token, as bits of its mark.
HAS_NUMBER = 1  # a digit, a superscript, a fraction
HAS_CAPITAL = 2  # an upper-case letter
ALL_SYMBOL = 4  # a symbol by itself
IS_UNSPACED = 8  # a character of a script without spaces
HAS_LETTER = 16
AFTER_STOP = 32  # first of its sentence, clause or bracket: a stop stands before it, or nothing
HAS_CAPITALS = 64  # more than one upper-case letter


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of n texts, T in all.

    buffer: uint8[...], the folded text, every token followed by one space
    starts: int64[T + 1], so that token i is `buffer[starts[i] : starts[i + 1] - 1]`
    first:  int64[n + 1], so that the tokens of text p are first[p] ... first[p + 1] - 1
    marks:  uint8[T], what folding saw of each
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    marks: NDArray[np.uint8]

    def text(self, p: int) -> bytes:
        """The folded text p, its tokens joined by one space."""
        begin, end = int(self.starts[self.first[p]]), int(self.starts[self.first[p + 1]])
        return self.buffer[begin : max(begin, end - 1)].tobytes()

    def mark(self, p: int) -> bytes:
        """The marks of text p's tokens."""
        return self.marks[self.first[p] : self.first[p + 1]].tobytes()


def fold(texts: Sequence[str], fast: bool = False) -> Tokens:
    """The tokens of `texts`; `fast` takes the compiled kernel. Raises InputError for anything but str."""
    if not set(map(type, texts)) <= {str}:
        check_texts(texts)
    return _fold_compiled(texts) if fast else _fold_reference(texts)


def check_texts(texts: Sequence[object]) -> None:
    """Raise InputError unless every one of `texts` is a str."""
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"text {position} is {type(text).__name__} ({text!r:.60}); expected str")


_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HALF_WIDTH_KANA = re.compile("[\uff66-\uff9f]+")


def settle(text: str) -> str:
    """`text` with left-over HTML entities decoded (twice: `&amp;nbsp;` is common) and in Unicode's NFC."""
    if "&" in text:
        for _ in range(2):
            text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = _HALF_WIDTH_KANA.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text)


def _settled(texts: Sequence[str], places: Iterable[int]) -> list[str]:
    result = list(texts)
    for p in places:
        result[p] = settle(result[p])
    return result


# --- The reference rung: whole batches as arrays of characters, no loop over them ------------------------------------

# What a character does, once its neighbours are known.
_PARTS, _JOINS, _ALONE, _SYMBOLIC, _PREFIX, _SWALLOWED = range(6)
_PLAIN_ROLES = {LETTER: _JOINS, MARK: _JOINS, DIGIT: _JOINS, UNSPACED: _ALONE, NUMERAL: _ALONE, SYMBOL: _SYMBOLIC}
_ROLES = bytes(_PLAIN_ROLES.get(kind, _PARTS) for kind in range(256))
_SEEN = {LETTER: HAS_LETTER, MARK: HAS_LETTER, DIGIT: HAS_NUMBER, NUMERAL: HAS_NUMBER, UNSPACED: HAS_LETTER | IS_UNSPACED}
_BITS = bytes(_SEEN.get(kind, 0) for kind in range(256))


@dataclass(frozen=True, slots=True)
class _Characters:
    """A batch as characters, a NUL (punctuation, as good as an end) after each text.

    classes: uint8[...], with flags; folds: uint32[...], the folded character, or EXPANDS + row
    """

    classes: NDArray[np.uint8]
    folds: NDArray[np.uint32]


def _characters(texts: Sequence[str]) -> _Characters:
    joined = "\0".join(texts) + "\0"
    ascii_classes, ascii_folds = _ascii_tables()
    try:
        narrow = joined.encode("latin-1", "replace")
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    except UnicodeEncodeError:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    classes = np.frombuffer(bytearray(narrow.translate(ascii_classes.tobytes())), dtype=np.uint8)
    folds = np.frombuffer(narrow.translate(ascii_folds.tobytes()), dtype=np.uint8).astype(np.uint32)
    wide = np.flatnonzero(codes > 127)
    if len(wide):
        table, code = character_table(), codes[wide].astype(np.int64)
        entries = table.index[code // BLOCK].astype(np.int64) * BLOCK + code % BLOCK
        classes[wide] = table.classes[entries]
        folds[wide] = np.where(table.folds[entries] < EXPANDS, code, 0) + table.folds[entries]
    return _Characters(classes, folds)


def _fold_reference(texts: Sequence[str]) -> Tokens:
    if not texts:
        return Tokens(np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(0, np.uint8))
    characters = _characters(texts)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)  # after each text's NUL
    flagged = np.flatnonzero(characters.classes & UNSETTLED)
    flagged = np.searchsorted(ends, flagged, side="right")
    again = {*flagged.tolist(), *(p for p, text in enumerate(texts) if "&" in text)}
    if again:
        texts = _settled(texts, sorted(again))
        characters = _characters(texts)
        ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    classes, folds = characters.classes, characters.folds
    kinds = classes & CLASS_BITS
    roles = np.frombuffer(bytearray(kinds.tobytes().translate(_ROLES)), dtype=np.uint8)

    ignored = kinds == IGNORED
    if ignored.any():
        ends -= np.cumsum(ignored)[ends - 1]
        classes, folds, kinds, roles = (array[~ignored] for array in (classes, folds, kinds, roles))
    stops = _decide_roles(kinds, roles)
    swallowed = roles == _SWALLOWED
    if swallowed.any():
        past = np.cumsum(swallowed)
        ends, stops = ends - past[ends - 1], stops - past[stops]
        classes, folds, kinds, roles = (array[~swallowed] for array in (classes, folds, kinds, roles))

    emits = roles != _PARTS
    begins = _beginnings(kinds, roles, emits)
    # Of the separators after a token the first becomes its space; where two tokens touch, one is put in.
    spaces = ~emits
    spaces[1:] &= emits[:-1]
    spaces[0] = False
    lead = np.flatnonzero(begins)  # at the characters of the source
    touching = lead[1:][emits[lead[1:] - 1]] if len(lead) else lead
    folds[spaces] = ord(" ")
    kept = np.flatnonzero(emits | spaces)
    spelled = folds[kept]
    if len(touching):
        spelled = np.insert(spelled, np.searchsorted(kept, touching), ord(" "))
    buffer, starts = _encode(spelled)

    marks = np.zeros(len(lead), dtype=np.uint8)
    if len(lead):
        seen = np.frombuffer(kinds.tobytes().translate(_BITS), dtype=np.uint8)
        marks |= np.bitwise_or.reduceat(seen, lead)
        capitals = np.append(0, np.cumsum(classes & UPPERCASE != 0))
        capitals = capitals[np.append(lead[1:], len(classes))] - capitals[lead]
        marks |= np.where(capitals > 0, HAS_CAPITAL, 0).astype(np.uint8)
        marks |= np.where(capitals > 1, HAS_CAPITALS, 0).astype(np.uint8)
        marks |= np.where(roles[lead] == _SYMBOLIC, ALL_SYMBOL, 0).astype(np.uint8)
        first_ones = np.searchsorted(lead, np.append(0, ends[:-1]))
        after = np.concatenate([np.searchsorted(lead, stops), first_ones])
        marks[after[after < len(lead)]] |= AFTER_STOP
    first = np.append(0, np.searchsorted(lead, ends))
    return Tokens(buffer, starts, first, marks)


def _decide_roles(kinds: NDArray[np.uint8], roles: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Settle the role of every character that depends on its neighbours, in place; where the stops are."""
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
    free = np.isin(last, (SPACE, PUNCTUATION, STOP, POINT, COMMA))

    decimal = np.isin(kind, (POINT, COMMA)) & (last == DIGIT) & digit_next
    percent, currency = kind == PERCENT, kind == CURRENCY
    signed = (kind == HYPHEN) & free & (digit_next | money_next)
    signed |= np.isin(kind, (PLUS, MINUS)) & free & (digit_near | money_near)
    prefix = signed | (currency & (digit_next | (digit_near & ~digit_before)))
    suffix = (percent & digit_before) | (currency & ~digit_next & digit_before)
    suffix |= (kind == PLUS) & ~signed & (last == DIGIT) & ~np.isin(following, (DIGIT, LETTER))
    symbolic = np.isin(kind, (PLUS, CURRENCY, PERCENT)) & ~prefix & ~suffix

    roles[at[decimal | suffix]] = _JOINS
    roles[at[prefix]] = _PREFIX
    roles[at[symbolic]] = _SYMBOLIC
    # The one space between a number and what leans on it.
    roles[at[prefix & (following == SPACE)] + 1] = _SWALLOWED
    roles[at[suffix & (last == SPACE)] - 1] = _SWALLOWED

    stop = ((kind == POINT) & ~decimal) | ((kind == MINUS) & ~signed) | ((kind == HYPHEN) & ~signed & (last == SPACE))
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
    begins[prefix] |= roles[prefix - 1] != _PREFIX
    return begins


def _encode(spelled: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """UTF-8 of the folded characters, and where each token starts: at 0 and after every space."""
    expands = np.flatnonzero(spelled >= EXPANDS)
    if len(expands):
        rows = character_table().expansions[spelled[expands].astype(np.int64) - EXPANDS]
        lengths = np.ones(len(spelled), dtype=np.int64)
        lengths[expands] = (rows > 0).sum(axis=1)
        places = np.cumsum(lengths) - lengths
        spelled = np.repeat(spelled, lengths)
        for column in range(rows.shape[1]):
            present = rows[:, column] > 0
            spelled[places[expands[present]] + column] = rows[present, column]
    after = np.flatnonzero(spelled == ord(" ")) + 1
    buffer = np.frombuffer(spelled.astype("<u4").tobytes().decode("utf-32-le").encode(), dtype=np.uint8)
    if len(buffer) != len(spelled):
        after = np.flatnonzero(buffer == ord(" ")) + 1  # a byte below 128 is always a character of its own in UTF-8
    return buffer, np.append(0, after)


# --- The compiled rung -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _ascii_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Class (255 where not ASCII) and folded byte of every byte."""
    table = character_table()
    classes, folds = np.full(256, 255, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
    entries = table.index[0].astype(np.int64) * BLOCK + np.arange(128)
    classes[:128] = table.classes[entries]
    folds[:128] = np.arange(128) + table.folds[entries]
    return classes, folds


def _fold_compiled(texts: Sequence[str]) -> Tokens:
    table = character_table()
    raw, offsets = _encoded(texts)
    unsettled = engine.compiled(unsettled_kernel)(raw, raw.view(np.uint64), offsets, table.index, table.classes)
    unsettled[np.searchsorted(offsets, np.flatnonzero(raw == ord("&")), side="right") - 1] = True
    if unsettled.any():
        raw, offsets = _encoded(_settled(texts, np.flatnonzero(unsettled)))
    arrays = (*_ascii_tables(), table.index, table.classes, table.folds, table.expansions)
    buffer, starts, first, marks, size, count = engine.compiled(fold_kernel)(raw, offsets, *arrays)
    return Tokens(buffer[:size], starts[: count + 1], first, marks[:count])


def _encoded(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """UTF-8 of all texts in one buffer, filled up to whole words, and where each begins.

    A lone surrogate is encoded as if it were a character.
    """
    try:
        pieces = [text.encode() for text in texts]
    except UnicodeEncodeError:
        pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)), out=offsets[1:])
    pieces.append(bytes(8 + -int(offsets[-1]) % 8))
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), offsets


def decode_kernel(raw, i):  # type: ignore[no-untyped-def]
    """The code point at byte i and its length in bytes."""
    byte = np.int64(raw[i])
    if byte < 0x80:
        return byte, 1
    if byte < 0xE0:
        return (byte & 0x1F) << 6 | np.int64(raw[i + 1]) & 0x3F, 2
    if byte < 0xF0:
        return (byte & 0x0F) << 12 | (np.int64(raw[i + 1]) & 0x3F) << 6 | np.int64(raw[i + 2]) & 0x3F, 3
    high = (byte & 0x07) << 18 | (np.int64(raw[i + 1]) & 0x3F) << 12
    return high | (np.int64(raw[i + 2]) & 0x3F) << 6 | np.int64(raw[i + 3]) & 0x3F, 4


def peek_kernel(raw, i, end, index, classes):  # type: ignore[no-untyped-def]
    """The class of the next character at or after byte i that is not ignored, and the byte after it."""
    while i < end:
        code, size = decode_kernel(raw, i)
        i += size
        kind = classes[np.int64(index[code >> 7]) * BLOCK + (code & 127)] & CLASS_BITS
        if kind != IGNORED:
            return np.int64(kind), i
    return PUNCTUATION, end


def number_follows_kernel(raw, i, end, index, classes, spaces, money):  # type: ignore[no-untyped-def]
    """Whether a digit follows (after at most `spaces` spaces), or with `money` a currency sign and then a digit."""
    kind, i = peek_kernel(raw, i, end, index, classes)
    if kind == SPACE and spaces > 0:
        kind, i = peek_kernel(raw, i, end, index, classes)
    if kind == DIGIT:
        return True
    if money and kind == CURRENCY:
        kind, i = peek_kernel(raw, i, end, index, classes)
        if kind == SPACE:
            kind, i = peek_kernel(raw, i, end, index, classes)
        return kind == DIGIT
    return False


def unsettled_kernel(raw, words, offsets, index, classes):  # type: ignore[no-untyped-def]
    """bool[n]: which texts hold a character that is unsettled in NFC; `words` is `raw`, eight bytes at a time."""
    found = np.zeros(len(offsets) - 1, dtype=np.bool_)
    p = 0
    for word in range(len(words)):
        if words[word] & np.uint64(0x8080808080808080) == 0:
            continue
        for i in range(8 * word, 8 * word + 8):
            if raw[i] < 0xC0:  # ASCII, or within a character
                continue
            code, _ = decode_kernel(raw, i)
            if classes[np.int64(index[code >> 7]) * BLOCK + (code & 127)] & UNSETTLED:
                while offsets[p + 1] <= i:
                    p += 1
                found[p] = True
    return found


def put_kernel(out, size, code):  # type: ignore[no-untyped-def]
    """Append one code point as UTF-8; the new size."""
    if code < 0x80:
        out[size] = code
        return size + 1
    if code < 0x800:
        out[size] = 0xC0 | code >> 6
        out[size + 1] = 0x80 | code & 0x3F
        return size + 2
    if code < 0x10000:
        out[size] = 0xE0 | code >> 12
        out[size + 1] = 0x80 | code >> 6 & 0x3F
        out[size + 2] = 0x80 | code & 0x3F
        return size + 3
    out[size] = 0xF0 | code >> 18
    out[size + 1] = 0x80 | code >> 12 & 0x3F
    out[size + 2] = 0x80 | code >> 6 & 0x3F
    out[size + 3] = 0x80 | code & 0x3F
    return size + 4


# What the last token is open to.
_CLOSED, _WORD, _MARKS_ONLY, _NUMBER = range(4)


def fold_kernel(raw, offsets, ascii_classes, ascii_folds, index, classes, folds, expansions):  # type: ignore[no-untyped-def]
    """Folded buffer, token starts, first tokens, marks, and how much of buffer and starts is in use."""
    n = len(offsets) - 1
    out = np.empty(3 * len(raw) + n + 8, dtype=np.uint8)
    starts = np.empty(len(raw) + n + 1, dtype=np.int64)
    marks = np.empty(len(raw) + n + 1, dtype=np.uint8)
    first = np.empty(n + 1, dtype=np.int64)
    size = count = 0
    for p in range(n):
        first[p] = count
        i, end = offsets[p], offsets[p + 1]
        state = _CLOSED
        stopped = True
        last = before_last = np.int64(PUNCTUATION)
        mark = capitals = 0
        while i < end:
            code = np.int64(raw[i])
            kind = np.int64(ascii_classes[code])
            if state == _WORD:  # most of all text: the rest of an ASCII word
                while kind & ~UPPERCASE == LETTER:
                    out[size] = ascii_folds[code]
                    size += 1
                    i += 1
                    capitals += kind >> 5
                    last = np.int64(LETTER)
                    if i == end:
                        break
                    code = np.int64(raw[i])
                    kind = np.int64(ascii_classes[code])
                if last == LETTER:
                    mark |= HAS_LETTER
                if i == end:
                    break
            if kind == 255:
                code, length = decode_kernel(raw, i)
                entry = np.int64(index[code >> 7]) * BLOCK + (code & 127)
                kind = np.int64(classes[entry])
                fold = np.int64(folds[entry])
                i += length
            else:
                fold = np.int64(ascii_folds[code]) - code
                i += 1
            upper = (kind & UPPERCASE) != 0
            kind &= CLASS_BITS
            if kind == IGNORED:
                continue
            starting = False  # this character begins a token
            joining = False  # this character belongs to the open one
            bits = 0
            if kind == LETTER or kind == DIGIT or kind == MARK:
                joining = state == _WORD or state == _NUMBER or (kind == MARK and state != _CLOSED)
                starting = not joining
                if not (kind == MARK and joining):
                    state = _WORD
                bits = HAS_NUMBER if kind == DIGIT else HAS_LETTER
            elif kind == SPACE:
                if state != _NUMBER:
                    state = _CLOSED
            elif kind == PUNCTUATION:
                state = _CLOSED
            elif kind == STOP:
                state = _CLOSED
                stopped = True
            elif kind == POINT or kind == COMMA:
                if last == DIGIT and peek_kernel(raw, i, end, index, classes)[0] == DIGIT:
                    joining = True
                else:
                    state = _CLOSED
                    stopped |= kind == POINT
            elif kind == UNSPACED:
                starting = True
                state = _MARKS_ONLY
                bits = IS_UNSPACED | HAS_LETTER
            elif kind == NUMERAL:
                starting = True
                state = _MARKS_ONLY
                bits = HAS_NUMBER
            elif kind == SYMBOL:
                starting = True
                state = _MARKS_ONLY
                bits = ALL_SYMBOL
            else:
                free = last == SPACE or last == PUNCTUATION or last == STOP or last == POINT or last == COMMA
                close = last == DIGIT or (last == SPACE and before_last == DIGIT)
                prefix = suffix = separator = False
                if kind == HYPHEN:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 0, True)
                    separator = not prefix
                    stopped |= separator and last == SPACE
                elif kind == PLUS:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 1, True)
                    if last == DIGIT and not prefix:
                        following = peek_kernel(raw, i, end, index, classes)[0]
                        suffix = following != DIGIT and following != LETTER
                elif kind == MINUS:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 1, True)
                    separator = not prefix
                    stopped |= separator
                elif kind == CURRENCY:
                    touching = number_follows_kernel(raw, i, end, index, classes, 0, False)
                    suffix = close and not touching
                    prefix = touching or (not close and number_follows_kernel(raw, i, end, index, classes, 1, False))
                elif kind == PERCENT:
                    suffix = close
                if separator:
                    state = _CLOSED
                elif suffix:
                    joining = True
                    state = _WORD
                elif prefix:
                    joining = state == _NUMBER
                    starting = not joining
                    state = _NUMBER
                else:
                    starting = True
                    state = _MARKS_ONLY
                    bits = ALL_SYMBOL
            before_last = last
            last = kind
            if starting:
                if count > first[p]:
                    out[size] = 32
                    size += 1
                    marks[count - 1] = mark | (HAS_CAPITAL if capitals > 0 else 0) | (HAS_CAPITALS if capitals > 1 else 0)
                starts[count] = size
                count += 1
                mark = AFTER_STOP if stopped else 0
                capitals = 0
                stopped = False
            elif not joining:
                continue
            mark |= bits
            if upper:
                capitals += 1
            if fold < EXPANDS:
                size = put_kernel(out, size, code + fold)
            else:
                for column in range(4):
                    part = np.int64(expansions[fold - EXPANDS, column])
                    if part:
                        size = put_kernel(out, size, part)
        if count > first[p]:
            out[size] = 32
            size += 1
            marks[count - 1] = mark | (HAS_CAPITAL if capitals > 0 else 0) | (HAS_CAPITALS if capitals > 1 else 0)
    first[n] = count
    starts[count] = size
    return out, starts, first, marks, size, count
