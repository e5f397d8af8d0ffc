"""Folding, compiled: UTF-8 in, folded UTF-8 with token starts and flags out. `_fold_numpy` holds its twin.

`_fold_ascii_numba` folds what is plain ASCII, most of all text; the functions here fold character by character.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import trailing_zeros, within_64
from ._fold_ascii_numba import Output, Pending, ascii_table, fold_ascii_kernel
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
    UPPERCASE,
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
from .normalize import normalized_utf8
from .utf8 import Utf8, decode_kernel, put_kernel

_SPARE = 1 << 10  # room with which a few short texts are folded at the first attempt

# What the last token is open to: nothing, more of its word, marks alone, the number that its sign announced.
_CLOSED, _WORD, _MARKS_ONLY, _NUMBER = range(4)

# What a character does, once its neighbours are known; from _JOINS on it leaves something of itself in the token.
_PARTS = 0  # ends the token
_STOPS = 1  # ends the token, and a sentence or clause
_TRAILS = 2  # the same, as an ellipsis or its beginning
_VANISHES = 3  # does nothing, between digits
_JOINS = 4  # continues a word or number, or begins a word
_MARKS = 5  # continues whatever it follows
_SUFFIX = 6  # continues the number or word before it, even one space away
_PREFIX = 7  # announces a number, even one space away
_ALONE = 8  # is a token of its own
_SYMBOLIC = 9  # the same, as a symbol

# What begins behind a character: no number, digits, digits behind a space, or the same behind a currency sign.
_NO_NUMBER, _DIGIT_NEXT, _DIGIT_NEAR, _MONEY_NEXT, _MONEY_NEAR = range(5)


class _Lookup(NamedTuple):
    """The part of the character table that gives classes: functions that are called often take no more."""

    blocks: NDArray[np.uint16]
    classes: NDArray[np.uint8]


class _Behind(NamedTuple):
    """The classes of the two characters before the present one, and whether they are capitals."""

    last: np.int64
    before_last: np.int64
    capital: bool
    before_capital: bool


def fold_numba(texts: Utf8) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Fold texts; return buffer, starts, first and padded flags, as `Tokens` has them."""
    table = character_table()
    texts = normalized_utf8(texts, table)
    fold_texts = backend.compiled(fold_kernel)
    n, width = len(texts), len(texts.raw)
    # Room for what most texts take: little of the worst case is ever needed, and memory that is used again is faster.
    buffer = np.empty(width + width // 8 + _SPARE, dtype=np.uint8)
    starts = np.empty(width // 4 + n + _SPARE, dtype=np.int64)
    flags = np.empty(len(starts), dtype=np.uint8)
    first = np.empty(n + 1, dtype=np.int64)
    p = size = count = 0
    while True:
        output = Output(buffer, starts, flags)
        p, size, count = fold_texts(texts.spans, table, ascii_table(), output, first, p, size, count)
        if p == n:
            return buffer[: size + PADDING], starts[: count + 1], first, flags[: count + PADDING]
        worst = int(texts.ends[p] - texts.begins[p]) + PADDING  # each byte may become three, and a token
        buffer = np.concatenate([buffer, np.empty(max(len(buffer), 3 * worst), dtype=np.uint8)])
        more = np.empty(max(len(starts), worst), dtype=np.int64)
        starts, flags = np.concatenate([starts, more]), np.concatenate([flags, more.astype(np.uint8)])


@kernel
def fold_kernel(texts, table, ascii, output, first, begin, size, count):
    """Fold texts from `begin` on, as long as there is room for the worst that the next may take.

    Fills the output, and the first token of each text. size, count: bytes and tokens written before.
    Returns the text that is next, and the bytes and tokens written by then.

    A token's space is written when the token ends; a percent sign may open it again.
    """
    raw, lookup = texts.raw, _Lookup(table.blocks, table.classes)
    for p in range(begin, len(texts.begins)):
        first[p] = count
        i, end = texts.begins[p], texts.ends[p]
        if size + 3 * (end - i) + PADDING > len(output.buffer) or count + end - i + PADDING > len(output.starts):
            return p, size, count
        state, stopped = _CLOSED, np.int64(1)
        behind = _Behind(np.int64(PUNCTUATION), np.int64(PUNCTUATION), False, False)
        while i < end:  # inline: a call for every text would take a twentieth of the time
            if raw[i] < 0x80 and state != _NUMBER:
                if state == _MARKS_ONLY:
                    size, state = close_kernel(output.buffer, size, state), _CLOSED
                start = i
                pending = Pending(np.int64(state == _WORD), stopped, np.int64(behind.last == DIGIT))
                i, size, count, word, stopped = fold_ascii_kernel(
                    raw, i, end, ascii.traits, output, size, count, pending
                )
                state = _WORD if word else _CLOSED
                behind = look_back_kernel(raw, start, i, ascii.classes, behind)
                if i == end:
                    break
            code, length = decode_kernel(raw, i)
            i += length
            entry = entry_kernel(table, code)
            traits = np.int64(table.classes[entry])
            kind = traits & CLASS_BITS
            if kind == IGNORED:
                continue
            if kind < HYPHEN:
                role = _TRAILS if traits & ELLIPSIS else plain_role_kernel(kind)
            else:
                role = leaning_role_kernel(kind, behind, *look_ahead_kernel(raw, i, end, lookup))
                if role == _SUFFIX and kind == COMMA and precedes_thousands_kernel(raw, i, end, lookup):
                    role = _VANISHES
            behind = _Behind(kind, behind.last, traits & UPPERCASE != 0, behind.capital)
            if role == _VANISHES:
                continue
            if role < _JOINS:
                stopped |= role != _PARTS
                if role == _TRAILS and count > first[p]:
                    output.flags[count - 1] |= BEFORE_ELLIPSIS
                if state != _NUMBER or kind != SPACE:  # a space may stand between a sign and its number
                    size, state = close_kernel(output.buffer, size, state), _CLOSED
                continue
            if not joins_kernel(role, state):
                size = close_kernel(output.buffer, size, state)
                output.starts[count], output.flags[count] = size, stopped * AFTER_STOP
                count += 1
                stopped = np.int64(0)
            elif state == _CLOSED:
                size -= 1  # the space between a number and its sign
            state = following_kernel(role, state)
            output.flags[count - 1] = add_flags_kernel(np.int64(output.flags[count - 1]), traits, role)
            fold = np.int64(table.folds[entry])
            if fold < EXPANDS:
                size = put_kernel(output.buffer, size, code + fold)
            else:
                size = put_several_kernel(output.buffer, size, table.expansions[fold - EXPANDS])
        size = close_kernel(output.buffer, size, state)
        if not has_space_kernel(raw, texts.begins[p], end):  # asked first: a call for every text would take long
            if is_address_kernel(raw, texts.begins[p], end, output.flags, first[p], count):
                output.flags[first[p]] |= IS_ADDRESS
    first[len(texts.begins)] = count
    output.starts[count] = size
    return len(texts.begins), size, count


@kernel
def has_space_kernel(raw, begin, end):
    """Return whether the first 64 bytes of a text tell that it has a space inside; most do."""
    if begin == end or raw[begin] <= 32 or raw[end - 1] <= 32:
        return False
    at = trailing_zeros(within_64(raw, begin, 32, 32))
    return np.int64(at) < min(np.int64(64), end - begin)


@kernel
def is_address_kernel(raw, begin, end, flags, first, last):
    """Return whether a text is a slug, a file name or an address, as IS_ADDRESS says.

    raw[begin:end]: the text; flags[first:last]: those of its tokens
    """
    if last < first + 2 or flags[first] & IS_UNSPACED:
        return False
    while is_white_kernel(raw[begin]):  # not to the end: there are tokens
        begin += 1
    links = 0
    while begin < end and not is_white_kernel(raw[begin]):
        links += raw[begin] == 45 or raw[begin] == 46 or raw[begin] == 47 or raw[begin] == 95  # - . / _
        begin += 1
    while begin < end and is_white_kernel(raw[begin]):
        begin += 1
    if begin < end or links < 2:
        return False
    for i in range(first, last):
        if flags[i] & IS_UNSPACED:
            return False
    return True


@kernel
def is_white_kernel(byte):
    """Return whether a byte is white space of ASCII."""
    return byte == 32 or 9 <= byte <= 13


@kernel
def close_kernel(buffer, size, state):
    """Write the space behind the last token if that is still open; return the new size."""
    if state == _CLOSED:
        return size
    buffer[size] = 32
    return size + 1


@kernel
def look_back_kernel(raw, begin, i, classes, behind):
    """Return what stands before byte i, if bytes begin ... i - 1 are ASCII and `behind` stands before those."""
    if i == begin:
        return behind
    last, before_last, capital = raw[i - 1], behind.last, behind.capital
    if i > begin + 1:
        before_last, capital = np.int64(classes[raw[i - 2]] & CLASS_BITS), 65 <= raw[i - 2] <= 90
    return _Behind(np.int64(classes[last] & CLASS_BITS), before_last, 65 <= last <= 90, capital)


@kernel
def joins_kernel(role, state):
    """Return whether a character continues the last token."""
    if role == _JOINS:
        return state == _WORD or state == _NUMBER
    if role == _PREFIX:
        return state == _NUMBER
    return role == _SUFFIX or (role == _MARKS and state != _CLOSED)


@kernel
def following_kernel(role, state):
    """Return what the last token is open to after a character."""
    if role == _MARKS and state != _CLOSED:
        return state
    if role == _PREFIX:
        return _NUMBER
    return _MARKS_ONLY if role == _ALONE or role == _SYMBOLIC else _WORD


@kernel
def add_flags_kernel(flags, traits, role):
    """Return the flags of a token to which a character is added."""
    kind = traits & CLASS_BITS
    if role == _SYMBOLIC:
        flags |= ALL_SYMBOL
    elif kind == LETTER:
        flags |= HAS_CAPITAL if traits & UPPERCASE else HAS_LOWER
    elif kind == DIGIT or kind == NUMERAL:
        flags |= HAS_NUMBER
    elif kind == UNSPACED:
        flags |= IS_UNSPACED
    return flags


@kernel
def put_several_kernel(buffer, size, codes):
    """Append the code points of a row of `expansions`, which ends in zeros; return the new size."""
    for code in codes:
        if code:
            size = put_kernel(buffer, size, np.int64(code))
    return size


@kernel
def plain_role_kernel(kind):
    """Return what a character does that means the same everywhere."""
    if kind == LETTER or kind == DIGIT:
        return _JOINS
    if kind == MARK:
        return _MARKS
    if kind == UNSPACED or kind == NUMERAL:
        return _ALONE
    if kind == SYMBOL:
        return _SYMBOLIC
    return _STOPS if kind == STOP else _PARTS


@kernel
def leaning_role_kernel(kind, behind, following, number):
    """Return what a character does that leans on its neighbours: a decimal mark or a sign.

    following, number: as `look_ahead_kernel` returns them
    """
    if kind == POINT or kind == COMMA:
        return decimal_role_kernel(kind, behind.last, following)
    free = is_free_kernel(behind.last)
    if kind == HYPHEN:
        if free and (number == _DIGIT_NEXT or number == _MONEY_NEXT):
            return _PREFIX
        return hyphen_role_kernel(behind, following)
    if kind == MINUS:
        if free and number != _NO_NUMBER:
            return _PREFIX
        return _SUFFIX if hyphen_role_kernel(behind, following) == _SUFFIX else _STOPS
    if kind == PLUS:
        if free and number != _NO_NUMBER:
            return _PREFIX
        return _SUFFIX if behind.last == DIGIT and following != DIGIT and following != LETTER else _SYMBOLIC
    close = behind.last == DIGIT or (behind.last == SPACE and behind.before_last == DIGIT)
    if kind == CURRENCY and (number == _DIGIT_NEXT or (number == _DIGIT_NEAR and not close)):
        return _PREFIX
    assert kind == CURRENCY or kind == PERCENT  # no other class is left
    return _SUFFIX if close else _SYMBOLIC


@kernel
def decimal_role_kernel(kind, last, following):
    """Return what a point or comma does."""
    if last == DIGIT and following == DIGIT:
        return _SUFFIX
    if kind == COMMA:
        return _PARTS
    if following == POINT:
        return _TRAILS
    leading = last == SPACE or last == PUNCTUATION or last == STOP
    return _PREFIX if leading and following == DIGIT else _STOPS  # .5


@kernel
def hyphen_role_kernel(behind, following):
    """Return what a hyphen does that is no sign of a number: it may be a grade's (AA-), or a dash between spaces."""
    spelt = behind.before_last == LETTER or behind.before_last == DIGIT or behind.before_last == MARK
    if behind.capital and (behind.before_capital or not spelt) and is_free_kernel(following):
        return _SUFFIX
    return _STOPS if behind.last == SPACE else _PARTS


@kernel
def is_free_kernel(kind):
    """Return whether a sign may stand behind such a character, or a grade's minus before it."""
    return kind == SPACE or kind == PUNCTUATION or kind == STOP or kind == POINT or kind == COMMA


@kernel
def look_ahead_kernel(raw, i, end, lookup):
    """Return the class of the character at byte i, and what number begins there."""
    following, i = peek_kernel(raw, i, end, lookup)
    kind = following
    near = kind == SPACE
    if near:
        kind, i = peek_kernel(raw, i, end, lookup)
    if kind == DIGIT:
        return following, _DIGIT_NEAR if near else _DIGIT_NEXT
    if kind != CURRENCY:
        return following, _NO_NUMBER
    kind, i = peek_kernel(raw, i, end, lookup)
    if kind == SPACE:
        kind, i = peek_kernel(raw, i, end, lookup)
    if kind != DIGIT:
        return following, _NO_NUMBER
    return following, _MONEY_NEAR if near else _MONEY_NEXT


@kernel
def precedes_thousands_kernel(raw, i, end, lookup):
    """Return whether exactly three digits begin at byte i."""
    for _ in range(3):
        kind, i = peek_kernel(raw, i, end, lookup)
        if kind != DIGIT:
            return False
    kind, _ = peek_kernel(raw, i, end, lookup)
    return kind != DIGIT


@kernel
def peek_kernel(raw, i, end, lookup):
    """Return the class of the next character from byte i on that is not ignored, and the byte behind it."""
    while i < end:
        code, size = decode_kernel(raw, i)
        i += size
        kind = np.int64(lookup.classes[entry_kernel(lookup, code)] & CLASS_BITS)
        if kind != IGNORED:
            return kind, i
    return np.int64(PUNCTUATION), end
