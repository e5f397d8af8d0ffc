"""Folding of plain ASCII, compiled: 64 bytes at a time.

Most text is ASCII whose characters mean the same whatever stands beside them. `_fold_numba` folds the rest one by one.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel
from .._jit.intrinsics import copy_small_64, ones, trailing_zeros, within_64
from .characters import (
    CLASS_BITS,
    COMMA,
    DIGIT,
    HYPHEN,
    LETTER,
    POINT,
    PUNCTUATION,
    SPACE,
    STOP,
    ascii_classes,
)
from .flags import HAS_CAPITAL, HAS_LOWER, HAS_NUMBER

# Traits of a byte that is neither letter, digit nor space. Without any, it only separates words.
_IS_STOP = 1  # ends a sentence or clause
_IS_DECIMAL = 2  # belongs to a number if it stands between digits, or may; a point is a stop, too
_IS_HYPHEN = 4  # separates words, but may be a sign where no word stands before it
_IS_CONTEXT = 8  # depends on its neighbours in other ways

# What such a byte does between its neighbours.
_SEPARATES, _CONTINUES, _UNKNOWN = range(3)


class AsciiTable(NamedTuple):
    """The class and the traits of every byte, uint8[256] each; all bytes beyond ASCII are treated alike."""

    classes: NDArray[np.uint8]
    traits: NDArray[np.uint8]


class Output(NamedTuple):
    """The arrays that folding fills, as `Tokens` describes them."""

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    flags: NDArray[np.uint8]


class Pending(NamedTuple):
    """What earlier characters leave to the next one: 0 or 1 each.

    word:    a token is open
    stopped: a stop has come since the last token began
    digit:   the last character is a digit
    """

    word: np.int64
    stopped: np.int64
    digit: np.int64


class _Masks(NamedTuple):
    """The kinds of up to 64 characters, one a bit. Bits beyond the last are 0, except in `letters` and `uppers`.

    words:  letters and digits
    others: all but those and spaces
    """

    letters: np.uint64
    uppers: np.uint64
    digits: np.uint64
    words: np.uint64
    others: np.uint64


class _Beside(NamedTuple):
    """What stands beside each of up to 64 characters, one a bit.

    word, digit: it follows a character of a token, a digit
    upper:       it follows a capital, or perhaps does: what precedes the first one is not looked up
    number:      it precedes a digit, or perhaps something else that a number begins with
    """

    word: np.uint64
    digit: np.uint64
    upper: np.uint64
    number: np.uint64


class _Layout(NamedTuple):
    """What becomes of `length` characters, one a bit.

    words:   belongs to a token
    before:  stands behind a character that does
    dropped: separates tokens that are separated already
    breaks:  is dropped, or becomes a space without being one
    stops:   ends a sentence or clause
    """

    words: np.uint64
    before: np.uint64
    dropped: np.uint64
    breaks: np.uint64
    stops: np.uint64
    length: np.uint64


@lru_cache(maxsize=1)
def ascii_table() -> AsciiTable:
    """Return the table, made once a process."""
    classes = ascii_classes()
    kinds = classes & np.uint8(CLASS_BITS)
    traits = np.zeros(256, dtype=np.uint8)
    traits[kinds == STOP] = _IS_STOP
    traits[kinds == POINT] = _IS_STOP | _IS_DECIMAL
    traits[kinds == COMMA] = _IS_DECIMAL
    traits[kinds == HYPHEN] = _IS_HYPHEN
    traits[~np.isin(kinds, (LETTER, DIGIT, SPACE, PUNCTUATION, STOP, POINT, COMMA, HYPHEN))] = _IS_CONTEXT
    traits[128:] = _IS_CONTEXT
    return AsciiTable(classes, traits)


@kernel
def fold_ascii_kernel(raw, i, end, traits, output, size, count, pending):
    """Fold from byte i on, up to the first character that only `fold_kernel` can place.

    Returns that byte, the bytes and tokens written by then, and `word` and `stopped` of what is pending.
    All numbers are unsigned, so that no index is checked for counting from the end.
    """
    zero, one, whole = np.uint64(0), np.uint64(1), np.uint64(64)
    i, end, size, count = np.uint64(i), np.uint64(end), np.uint64(size), np.uint64(count)
    word, stopped, digit = np.uint64(pending.word), np.uint64(pending.stopped), np.uint64(pending.digit)
    while i < end:
        length = min(end - i, whole)
        masks = read_64_kernel(raw, i, length)
        words, stops, rest = masks.words, zero, masks.others
        while rest != zero:  # inline: the compiler would not do it by itself, and a call takes a tenth of the time
            at = trailing_zeros(rest)
            trait = traits[raw[i + at]]
            if trait > _IS_STOP:
                following = raw[i + at + one] if i + at + one < end else 32
                beside = _Beside(
                    masks.words << one | word,
                    masks.digits << one | digit,
                    masks.uppers << one | one,
                    (masks.digits | masks.others) >> one | one << np.uint64(63),
                )
                role = decide_role_kernel(trait, at, beside, following)
                if role == _UNKNOWN or (role == _CONTINUES and at + one == length):
                    length = at
                    break
                if role == _CONTINUES:
                    words |= one << at
                    trait = 0
            stops |= np.uint64(trait & _IS_STOP) << at
            rest &= rest - one
        layout = lay_out_kernel(masks.others, words, word, stops, length)
        if word & layout.words != zero:  # the open token continues
            run = ~zero >> (whole - trailing_zeros(~layout.words))
            output.flags[count - one] = add_flags_kernel(np.uint64(output.flags[count - one]), masks, run)
        count, stopped = enter_tokens_kernel(output, size, count, masks, layout, stopped)
        size = copy_words_kernel(output.buffer, size, raw, i, layout)
        if length == zero:
            break
        word, digit = layout.words >> (length - one) & one, masks.digits >> (length - one) & one
        i += length
        if length < whole:
            break
    return np.int64(i), np.int64(size), np.int64(count), np.int64(word), np.int64(stopped)


@kernel
def read_64_kernel(raw, i, length):
    """Return the kinds of `length` bytes from i on, at most 64."""
    valid = ~np.uint64(0) >> (np.uint64(64) - length)
    uppers, digits, spaces = within_64(raw, i, 65, 90), within_64(raw, i, 48, 57), within_64(raw, i, 32, 32)
    letters = within_64(raw, i, 97, 122) | uppers
    words = letters | digits
    return _Masks(letters, uppers, digits & valid, words & valid, ~(words | spaces) & valid)


@kernel
def decide_role_kernel(trait, at, beside, following):
    """Return what character `at` does by its traits, what stands beside it, and the byte following it."""
    zero, one = np.uint64(0), np.uint64(1)
    is_digit = 48 <= following <= 57
    if trait & _IS_CONTEXT:
        return _UNKNOWN
    follows_word = beside.word >> at & one != zero
    if trait & _IS_HYPHEN:
        is_grade = beside.upper >> at & one != zero and not (is_digit or 97 <= following | 32 <= 122)  # AA-
        return _SEPARATES if follows_word and not is_grade else _UNKNOWN
    if following == 32:  # so it is most often
        return _SEPARATES
    is_point = trait & _IS_STOP != 0
    if is_point and (following == 46 or following >= 0x80):  # perhaps an ellipsis
        return _UNKNOWN
    if beside.digit >> at & one != zero:
        if is_digit:
            return _CONTINUES if is_point else _UNKNOWN  # a comma may vanish
        return _UNKNOWN if following >= 0x80 else _SEPARATES
    may_lead = not follows_word and beside.number >> at & one != zero and is_point  # .5
    return _UNKNOWN if may_lead else _SEPARATES


@kernel
def lay_out_kernel(others, words, word, stops, length):
    """Return what becomes of the first `length` characters, of which those of `words` belong to tokens."""
    zero, one = np.uint64(0), np.uint64(1)
    valid = (one << length) - one if length < np.uint64(64) else ~zero
    words &= valid
    separating = ~words & valid
    before = words << one | word
    dropped = separating & ~before
    return _Layout(words, before, dropped, separating & others | dropped, stops, length)


@kernel
def enter_tokens_kernel(output, size, count, masks, layout, stopped):
    """Enter start and flags of every token that begins here; return how many there are then, and `stopped`."""
    zero, one, whole = np.uint64(0), np.uint64(1), np.uint64(64)
    starting, stops = layout.words & ~layout.before, layout.stops
    while starting != zero:
        at = trailing_zeros(starting)
        word = ~zero >> (whole - trailing_zeros(~(layout.words >> at))) << at
        begin = starting & (~starting + one)
        stopped |= np.uint64(stops & (begin - one) != zero)
        stops &= ~(begin - one)
        output.starts[count] = size + at - ones(layout.dropped & (begin - one))
        output.flags[count] = add_flags_kernel(stopped << np.uint64(5), masks, word)
        stopped = zero
        count += one
        starting ^= begin
    return count, stopped | np.uint64(stops != zero)


@kernel
def add_flags_kernel(flags, masks, word):
    """Return the flags of a token to which the characters of `word`, one a bit, are added."""
    flags |= np.uint64(masks.digits & word != 0) * np.uint64(HAS_NUMBER)
    flags |= np.uint64(masks.uppers & word != 0) * np.uint64(HAS_CAPITAL)
    return flags | np.uint64(masks.letters & ~masks.uppers & word != 0) * np.uint64(HAS_LOWER)


@kernel
def copy_words_kernel(buffer, size, raw, i, layout):
    """Append the tokens, folded, each with one space behind it; return the new size.

    What has one space, and nothing else, between its words is copied in one go.
    """
    at = np.uint64(0)
    while at < layout.length:
        copy_small_64(buffer, size, raw, i + at)
        run = min(trailing_zeros(layout.breaks >> at), layout.length - at)
        size += run
        at += run
        if at < layout.length:
            buffer[size] = 32
            size += layout.before >> at & np.uint64(1)
            at += trailing_zeros(layout.words >> at)
    return size
