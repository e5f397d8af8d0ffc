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
from .engine import kernel, load_64
from .errors import InputError

# What folding saw of a token, as bits of its mark.
HAS_NUMBER = 1  # a digit, a superscript, a fraction
HAS_CAPITAL = 2  # an upper-case letter
ALL_SYMBOL = 4  # a symbol by itself
IS_UNSPACED = 8  # a character of a script without spaces
HAS_LETTER = 16
AFTER_STOP = 32  # first of its sentence, clause or bracket: a stop stands before it, or nothing
HAS_CAPITALS = 64  # more than one upper-case letter

PADDING = 32  # bytes that kernels may read behind the last token


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of n texts, T in all.

    buffer: uint8[...], the folded text, every token followed by one space, and 32 bytes of no meaning
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
_SEEN = {
    LETTER: HAS_LETTER,
    MARK: HAS_LETTER,
    DIGIT: HAS_NUMBER,
    NUMERAL: HAS_NUMBER,
    UNSPACED: HAS_LETTER | IS_UNSPACED,
}
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
    ascii_classes, ascii_folds, *_ = _ascii_tables()
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
        return Tokens(np.zeros(PADDING, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(0, np.uint8))
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
    kinds = classes & np.uint8(CLASS_BITS)
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
    return np.append(buffer, np.zeros(PADDING, dtype=np.uint8)), np.append(0, after)


# --- The compiled rung -----------------------------------------------------------------------------------------------


def _fold_compiled(texts: Sequence[str]) -> Tokens:
    table = character_table()
    pieces = _encode_all(texts)
    raw, offsets = _joined(pieces)
    unsettled = engine.compiled(unsettled_kernel)(raw, raw.view(np.uint64), offsets, table.index, table.classes)
    unsettled[np.searchsorted(offsets, np.flatnonzero(raw == ord("&")), side="right") - 1] = True
    if unsettled.any():
        for p in np.flatnonzero(unsettled).tolist():
            pieces[p] = settle(texts[p]).encode("utf-8", "surrogatepass")
        raw, offsets = _joined(pieces)
    ascii_classes, _, quick_folds, traits = _ascii_tables()
    arrays = (ascii_classes, quick_folds, traits, table.index, table.classes, table.folds, table.expansions)
    buffer, starts, first, marks, size, count = engine.compiled(fold_kernel)(raw, offsets, *arrays)
    return Tokens(buffer[: size + PADDING], starts[: count + 1], first, marks)


def _encode_all(texts: Sequence[str]) -> list[bytes]:
    """UTF-8 of all texts; a lone surrogate is encoded as if it were a character."""
    try:
        return [text.encode() for text in texts]
    except UnicodeEncodeError:
        return [text.encode("utf-8", "surrogatepass") for text in texts]


def _joined(pieces: list[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All pieces in one buffer, filled up to whole words of eight bytes, and where each begins."""
    offsets = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)), out=offsets[1:])
    padding = bytes(PADDING + -int(offsets[-1]) % 8)
    return np.frombuffer(b"".join([*pieces, padding]), dtype=np.uint8), offsets


@kernel
def decode_kernel(raw, i):
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


@kernel
def peek_kernel(raw, i, end, index, classes):
    """The class of the next character at or after byte i that is not ignored, and the byte after it."""
    while i < end:
        code, size = decode_kernel(raw, i)
        i += size
        kind = classes[np.int64(index[code >> 7]) * BLOCK + (code & 127)] & CLASS_BITS
        if kind != IGNORED:
            return np.int64(kind), i
    return PUNCTUATION, end


@kernel
def number_follows_kernel(raw, i, end, index, classes, spaces, money):
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


@kernel
def unsettled_kernel(raw, words, offsets, index, classes):
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


@kernel
def put_kernel(out, size, code):
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


# What the last token is open to: nothing, more of its word, marks alone, the number that its sign announced.
_CLOSED, _WORD, _MARKS_ONLY, _NUMBER = range(4)

# What the quick loop of `fold_kernel` reads of an ASCII character, beside bits of the mark.
_SEEN_BITS = HAS_NUMBER | HAS_CAPITAL | HAS_LETTER
_IN_WORD, _IS_STOP, _IS_DECIMAL, _IS_CONTEXT = 4, 8, 32, 64


@lru_cache(maxsize=1)
def _ascii_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Class and flags (255 where not ASCII), folded byte, the same with a space where it parts, and traits of every byte."""
    table = character_table()
    classes, folds = np.full(256, 255, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
    entries = table.index[0].astype(np.int64) * BLOCK + np.arange(128)
    classes[:128] = table.classes[entries]
    kinds = np.where(classes < 255, classes & CLASS_BITS, IGNORED)
    folds[:128] = np.arange(128) + table.folds[entries]
    traits = np.zeros(256, dtype=np.uint8)
    traits[kinds == LETTER] = _IN_WORD | HAS_LETTER
    traits[kinds == DIGIT] = _IN_WORD | HAS_NUMBER
    traits[(classes < 255) & (classes & UPPERCASE != 0)] |= HAS_CAPITAL
    traits[kinds == STOP] = _IS_STOP
    traits[kinds == POINT] = _IS_STOP | _IS_DECIMAL
    traits[kinds == COMMA] = _IS_DECIMAL
    traits[~np.isin(kinds, (LETTER, DIGIT, SPACE, PUNCTUATION, STOP, POINT, COMMA))] = _IS_CONTEXT
    return classes, folds, np.where(traits & _IN_WORD, folds, np.uint8(ord(" "))), traits


@kernel
def fold_kernel(
    raw, offsets, ascii_classes, ascii_folds, ascii_traits, index, classes, folds, expansions
):  # fmt: skip
    """Folded buffer, token starts, first tokens, marks, and how much of buffer and starts is in use.

    `raw` ends with some bytes that belong to no text, so that the buffer has room for its padding.

    What was seen of a character stands beside its first folded byte and becomes the token's mark at the end. A token's
    space is written when it ends; a percent sign may open it again.
    """
    n = len(offsets) - 1
    out = np.empty(3 * len(raw) + n + 8, dtype=np.uint8)
    seen = np.empty(len(out), dtype=np.uint8)
    starts = np.empty(len(raw) + n + 1, dtype=np.int64)
    first = np.empty(n + 1, dtype=np.int64)
    size = count = 0
    for p in range(n):
        first[p] = count
        i, end = offsets[p], offsets[p + 1]
        state = _CLOSED
        stopped = 1
        last = before_last = np.int64(PUNCTUATION)
        while i < end:
            # Quick loop without branches, over ASCII characters whose neighbours do not matter: most of all text.
            if raw[i] < 0x80 and state != _NUMBER:
                if state == _MARKS_ONLY:
                    out[size] = 32
                    seen[size] = 0
                    size += 1
                    state = _CLOSED
                begin = i
                i, size, count, word, stopped = quick_kernel(
                    raw, i, end, ascii_folds, ascii_traits, out, seen, starts, size, count,
                    1 if state == _WORD else 0, stopped, _IS_DECIMAL if last == DIGIT else 0,
                )  # fmt: skip
                state = _WORD if word else _CLOSED
                if i > begin:
                    before_last = last
                    if i > begin + 1:
                        before_last = np.int64(ascii_classes[raw[i - 2]] & CLASS_BITS)
                    last = np.int64(ascii_classes[raw[i - 1]] & CLASS_BITS)
                if i == end:
                    break
            code, length = decode_kernel(raw, i)
            entry = np.int64(index[code >> 7]) * BLOCK + (code & 127)
            flags = np.int64(classes[entry])
            kind = flags & CLASS_BITS
            i += length
            if kind == IGNORED:
                continue
            starting = False  # this character begins a token
            joining = False  # this character belongs to the open one
            bits = 0
            following = _CLOSED  # what the token is open to after this character
            if kind == LETTER or kind == DIGIT or kind == MARK:
                joining = state == _WORD or state == _NUMBER or (kind == MARK and state != _CLOSED)
                starting = not joining
                following = state if kind == MARK and joining else _WORD
                bits = HAS_NUMBER if kind == DIGIT else HAS_LETTER
            elif kind == SPACE:
                if state == _NUMBER:
                    following = _NUMBER
            elif kind == STOP:
                stopped = 1
            elif kind == POINT or kind == COMMA:
                if last == DIGIT and peek_kernel(raw, i, end, index, classes)[0] == DIGIT:
                    joining = True
                    following = _WORD
                elif kind == POINT:
                    stopped = 1
            elif kind == UNSPACED:
                starting = True
                following = _MARKS_ONLY
                bits = IS_UNSPACED | HAS_LETTER
            elif kind == NUMERAL:
                starting = True
                following = _MARKS_ONLY
                bits = HAS_NUMBER
            elif kind == SYMBOL:
                starting = True
                following = _MARKS_ONLY
                bits = ALL_SYMBOL
            elif kind != PUNCTUATION:
                free = last == SPACE or last == PUNCTUATION or last == STOP or last == POINT or last == COMMA
                close = last == DIGIT or (last == SPACE and before_last == DIGIT)
                prefix = suffix = separator = False
                if kind == HYPHEN:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 0, True)
                    separator = not prefix
                    if separator and last == SPACE:
                        stopped = 1
                elif kind == PLUS:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 1, True)
                    if last == DIGIT:
                        beyond = peek_kernel(raw, i, end, index, classes)[0]
                        suffix = beyond != DIGIT and beyond != LETTER
                elif kind == MINUS:
                    prefix = free and number_follows_kernel(raw, i, end, index, classes, 1, True)
                    separator = not prefix
                    if separator:
                        stopped = 1
                elif kind == CURRENCY:
                    touching = number_follows_kernel(raw, i, end, index, classes, 0, False)
                    suffix = close and not touching
                    prefix = touching or (not close and number_follows_kernel(raw, i, end, index, classes, 1, False))
                else:  # PERCENT
                    suffix = close
                if suffix:
                    joining = True
                    following = _WORD
                    if state == _CLOSED:
                        size -= 1  # open the token again: its space was the one between number and sign
                elif prefix:
                    joining = state == _NUMBER
                    starting = not joining
                    following = _NUMBER
                elif not separator:
                    starting = True
                    following = _MARKS_ONLY
                    bits = ALL_SYMBOL
            before_last = last
            last = kind
            if state != _CLOSED and (starting or following == _CLOSED):
                out[size] = 32
                seen[size] = 0
                size += 1
            state = following
            if starting:
                starts[count] = size
                count += 1
                bits |= stopped << 5
                stopped = 0
            elif not joining:
                continue
            if flags & UPPERCASE:
                bits |= HAS_CAPITAL
            begin = size
            fold = np.int64(folds[entry])
            if fold < EXPANDS:
                size = put_kernel(out, size, code + fold)
            else:
                for column in range(4):
                    part = np.int64(expansions[fold - EXPANDS, column])
                    if part:
                        size = put_kernel(out, size, part)
            seen[begin] = bits
            for rest in range(begin + 1, size):
                seen[rest] = 0
        if state != _CLOSED:
            out[size] = 32
            seen[size] = 0
            size += 1
    first[n] = count
    starts[count] = size
    return out, starts, first, marks_kernel(seen, starts, count), size, count


@kernel
def quick_kernel(
    raw, i, end, ascii_folds, ascii_traits, out, seen, starts, size, count, word, stopped, digit
):  # fmt: skip
    """Fold ASCII characters from byte i on until one whose neighbours matter, without a branch on what they are.

    Unsigned, so that no index is checked for counting from the end.
    """
    one = np.uint64(1)
    i, end, size, count = np.uint64(i), np.uint64(end), np.uint64(size), np.uint64(count)
    word, stopped, digit = np.uint64(word), np.uint64(stopped), np.uint64(digit)
    while i < end:
        byte = raw[i]
        trait = np.uint64(ascii_traits[byte])
        if trait & (np.uint64(_IS_CONTEXT) | digit):
            break
        inside = (trait >> np.uint64(2)) & one
        starting = inside & ~word
        starts[count] = size
        count += starting
        out[size] = ascii_folds[byte]
        seen[size] = trait & np.uint64(_SEEN_BITS) | (stopped & starting) << np.uint64(5)
        size += inside | word
        stopped = (stopped & ~starting) | (trait >> np.uint64(3)) & one
        digit = (trait & np.uint64(HAS_NUMBER)) << np.uint64(5)
        word = inside
        i += one
    return np.int64(i), np.int64(size), np.int64(count), np.int64(word), np.int64(stopped)


@kernel
def marks_kernel(seen, starts, count):
    """uint8[count], the mark of every token from what was seen of its characters."""
    marks = np.empty(count, dtype=np.uint8)
    eight_capitals = np.uint64(HAS_CAPITAL * 0x0101010101010101)
    for token in range(count):
        begin, length = starts[token], starts[token + 1] - 1 - starts[token]
        if length < 8:  # most words: all their bytes at once
            bits = load_64(seen, begin) & ((np.uint64(1) << np.uint64(8 * length)) - np.uint64(1))
            capitals = bits & eight_capitals
            bits |= bits >> np.uint64(32)
            bits |= bits >> np.uint64(16)
            bits |= bits >> np.uint64(8)
            several = capitals & (capitals - np.uint64(1)) != 0
            marks[token] = np.int64(bits & np.uint64(255)) | several << 6
        else:
            mark = 0
            for i in range(begin, begin + length):
                seen_here = np.int64(seen[i])
                mark |= seen_here | (mark & seen_here & HAS_CAPITAL) << 5
            marks[token] = mark
    return marks
