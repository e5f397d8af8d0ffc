"""Folding, compiled: UTF-8 in, folded UTF-8 with token starts and flags out. `tokens` holds its twin in numpy."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel
from .._jit.intrinsics import copy_small_64, ones, trailing_zeros, within_64
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
    PLUS,
    POINT,
    PUNCTUATION,
    SPACE,
    STOP,
    SYMBOL,
    UNSPACED,
    UPPERCASE,
    character_table,
)
from .flags import ALL_SYMBOL, HAS_CAPITAL, HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED, PADDING
from .utf8 import decode_kernel, put_kernel


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


# What the last token is open to: nothing, more of its word, flags alone, the number that its sign announced.
_CLOSED, _WORD, _MARKS_ONLY, _NUMBER = range(4)

# What `quick_kernel` reads of a byte that is no ASCII letter or digit: that it ends a sentence or clause; that it may be
# a decimal mark; that only what stands before it tells what it is, and after a word it only parts; that more must be known.
_IS_STOP, _IS_DECIMAL, _IS_HYPHEN, _IS_CONTEXT = 1, 2, 4, 8


@lru_cache(maxsize=1)
def ascii_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Class and flags, folded byte, and `quick_kernel`'s traits of every byte; all bytes beyond ASCII are as one."""
    table = character_table()
    classes, folds = np.full(256, PUNCTUATION, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
    entries = table.index[0].astype(np.int64) * BLOCK + np.arange(128)
    classes[:128] = table.classes[entries]
    kinds = classes & np.uint8(CLASS_BITS)
    folds[:128] = np.arange(128) + table.folds[entries]
    traits = np.zeros(256, dtype=np.uint8)
    traits[kinds == STOP] = _IS_STOP
    traits[kinds == POINT] = _IS_STOP | _IS_DECIMAL
    traits[kinds == COMMA] = _IS_DECIMAL
    traits[kinds == HYPHEN] = _IS_HYPHEN
    traits[~np.isin(kinds, (LETTER, DIGIT, SPACE, PUNCTUATION, STOP, POINT, COMMA, HYPHEN))] = _IS_CONTEXT
    traits[128:] = _IS_CONTEXT
    return classes, folds, traits


@kernel
def fold_kernel(
    raw, begins, ends, ascii_classes, ascii_traits, index, classes, folds, expansions,
    text, size, count, out, starts, flags, first,
):  # fmt: skip
    """Fold texts from `text` on, as long as there is room for the worst that the next may take.

    Fills the folded buffer, token starts, flags, and first tokens. size, count: bytes and tokens there are already.
    Returns which text is next, and how many bytes and tokens there are then.

    A token's space is written when it ends; a percent sign may open it again.
    """
    for p in range(text, len(begins)):
        first[p] = count
        i, end = begins[p], ends[p]
        if size + 3 * (end - i) + PADDING > len(out) or count + end - i + PADDING > len(starts):
            return p, size, count
        state = _CLOSED
        stopped = np.int64(1)
        last = before_last = np.int64(PUNCTUATION)
        capital = before_capital = False  # whether `last` and `before_last` are capitals
        while i < end:
            # ASCII whose neighbours do not matter is most of all text.
            if raw[i] < 0x80 and state != _NUMBER:
                if state == _MARKS_ONLY:
                    out[size] = 32
                    size += 1
                    state = _CLOSED
                begin = i
                i, size, count, word, stopped = quick_kernel(
                    raw, i, end, ascii_traits, out, starts, flags, size, count,
                    1 if state == _WORD else 0, stopped, 1 if last == DIGIT else 0,
                )  # fmt: skip
                state = _WORD if word else _CLOSED
                if i > begin:
                    if i > begin + 1:
                        capital = 65 <= raw[i - 2] <= 90
                        last = np.int64(ascii_classes[raw[i - 2]] & CLASS_BITS)
                    before_capital = capital
                    capital = 65 <= raw[i - 1] <= 90
                    before_last = last
                    last = np.int64(ascii_classes[raw[i - 1]] & CLASS_BITS)
                if i == end:
                    break
            code, length = decode_kernel(raw, i)
            entry = np.int64(index[code >> 7]) * BLOCK + (code & 127)
            traits = np.int64(classes[entry])
            kind = traits & CLASS_BITS
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
                    leading = last == SPACE or last == PUNCTUATION or last == STOP
                    if leading and peek_kernel(raw, i, end, index, classes)[0] == DIGIT:  # .5
                        joining = state == _NUMBER
                        starting = not joining
                        following = _NUMBER
                    else:
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
                    spelt = before_last == LETTER or before_last == DIGIT or before_last == MARK
                    if capital and (before_capital or not spelt) and not prefix:
                        beyond = peek_kernel(raw, i, end, index, classes)[0]
                        suffix = (
                            beyond == SPACE
                            or beyond == PUNCTUATION
                            or beyond == STOP
                            or beyond == POINT
                            or beyond == COMMA
                        )
                    separator = not prefix and not suffix
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
            before_capital = capital
            capital = traits & UPPERCASE != 0
            before_last = last
            last = kind
            if state != _CLOSED and (starting or following == _CLOSED):
                out[size] = 32
                size += 1
            state = following
            if starting:
                starts[count] = size
                count += 1
                flags[count - 1] = stopped << 5
                stopped = 0
            elif not joining:
                continue
            if traits & UPPERCASE:
                bits |= HAS_CAPITALS | HAS_CAPITAL if flags[count - 1] & HAS_CAPITAL else HAS_CAPITAL
            flags[count - 1] |= bits
            fold = np.int64(folds[entry])
            if fold < EXPANDS:
                size = put_kernel(out, size, code + fold)
            else:
                for column in range(4):
                    part = np.int64(expansions[fold - EXPANDS, column])
                    if part:
                        size = put_kernel(out, size, part)
        if state != _CLOSED:
            out[size] = 32
            size += 1
    first[len(begins)] = count
    starts[count] = size
    return len(begins), size, count


@kernel
def quick_kernel(raw, i, end, ascii_traits, out, starts, flags, size, count, word, stopped, digit):
    """Fold ASCII words, and what parts them, from byte i on until a neighbour matters.

    word, stopped, digit: whether a token is open, a stop has come since the last one, the last character is a digit.
    Works on the bits of 64 bytes at a time, and copies in one go what has one space, and nothing else, between its words.
    All is unsigned, so that no index is checked for counting from the end.
    """
    zero, one, whole = np.uint64(0), np.uint64(1), np.uint64(64)
    i, end, size, count = np.uint64(i), np.uint64(end), np.uint64(size), np.uint64(count)
    word, stopped, digit = np.uint64(word), np.uint64(stopped), np.uint64(digit)
    while i < end:
        room = min(end - i, whole)
        valid = ~zero >> (whole - room)
        uppers, digits, spaces = within_64(raw, i, 65, 90), within_64(raw, i, 48, 57), within_64(raw, i, 32, 32)
        letters = within_64(raw, i, 97, 122) | uppers
        words = (letters | digits) & valid
        others = ~(words | spaces) & valid
        # Where behind no word, and before a digit or what may be one, a point would begin a number: “.5”.
        leading = ~(words << one | word) & (((digits | others) & valid) >> one | one << np.uint64(63))
        stops, rest = zero, others
        while rest != zero:
            at = trailing_zeros(rest)
            trait = ascii_traits[raw[i + at]]
            if trait > _IS_STOP:
                unknown = trait & _IS_CONTEXT != 0
                if trait & _IS_HYPHEN:
                    unknown = (words << one | word) >> at & one == zero
                    if at == zero or uppers >> (at - one) & one != zero:  # AA-
                        following = raw[i + at + one] | 32
                        unknown |= i + at + one == end or not (97 <= following <= 122 or 48 <= raw[i + at + one] <= 57)
                elif trait & _IS_DECIMAL and (digits << one | digit) >> at & one != zero and i + at + one < end:
                    following = raw[i + at + one]
                    if 48 <= following <= 57 and at + one < room:
                        words |= one << at  # it belongs to the number
                        trait = 0
                    else:
                        unknown = following >= 0x80 or 48 <= following <= 57
                elif leading >> at & one != zero:
                    unknown |= trait & _IS_STOP != 0
                if unknown:
                    room = at
                    valid = (one << at) - one
                    break
            stops |= np.uint64(trait & _IS_STOP) << at
            rest &= rest - one
        words &= valid
        parting = ~words & valid
        before = words << one | word  # the characters behind one of a word
        dropped = parting & ~before  # a parting character that is not the first of its kind
        breaks = parting & others | dropped
        starting = words & ~before
        if word & words != zero:  # the open token goes on
            this = ~zero >> (whole - trailing_zeros(~words))
            flags[count - one] = flag_kernel(
                np.uint64(flags[count - one]), letters & this, digits & this, uppers & this
            )
        while starting != zero:
            at = trailing_zeros(starting)
            this = ~zero >> (whole - trailing_zeros(~(words >> at))) << at
            behind = starting & (~starting + one)
            stopped |= np.uint64(stops & (behind - one) != zero)
            stops &= ~(behind - one)
            starts[count] = size + at - ones(dropped & (behind - one))
            flags[count] = flag_kernel(stopped << np.uint64(5), letters & this, digits & this, uppers & this)
            stopped = zero
            count += one
            starting ^= behind
        at = zero
        while at < room:
            copy_small_64(out, size, raw, i + at)
            length = min(trailing_zeros(breaks >> at), room - at)
            size += length
            at += length
            if at < room:
                out[size] = 32
                size += before >> at & one
                at += trailing_zeros(words >> at)
        if room == zero:
            break
        stopped |= np.uint64(stops != zero)
        word, digit = words >> (room - one) & one, digits >> (room - one) & one
        i += room
        if room < whole:
            break
    return np.int64(i), np.int64(size), np.int64(count), np.int64(word), np.int64(stopped)


@kernel
def flag_kernel(flags, letters, digits, capitals):
    """A token's flags, added to: its letters, digits and capitals as bits."""
    once = np.uint64(flags & np.uint64(HAS_CAPITAL) == 0)
    flags |= np.uint64(digits != 0) * np.uint64(HAS_NUMBER)
    flags |= np.uint64(letters != 0) * np.uint64(HAS_LETTER)
    flags |= np.uint64(capitals != 0) * np.uint64(HAS_CAPITAL)
    return flags | np.uint64(capitals & (capitals - once) != 0) * np.uint64(HAS_CAPITALS)
