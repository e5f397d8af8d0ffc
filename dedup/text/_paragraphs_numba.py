"""Splitting documents of UTF-8 into paragraphs, compiled. `paragraphs` holds its twin, in regular expressions."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel
from .._jit.intrinsics import load_64, trailing_zeros, within_64

_CR, _LF = 13, 10
_ONE_A_BYTE, _CONTINUES = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)


class Places(NamedTuple):
    """Where paragraphs stand, int64[n] each.

    begins, ends: in bytes of the buffer
    first_characters, last_characters: the same in characters of the document
    """

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    first_characters: NDArray[np.int64]
    last_characters: NDArray[np.int64]


@kernel
def split_kernel(documents, places, counts):
    """Find the paragraphs of documents, whose buffer may be read 64 bytes past the last; return how many there are.

    counts: int64[documents], how many each has
    """
    raw, begins, ends = documents.raw, places.begins, places.ends
    n = 0
    for d in range(len(counts)):
        before, at, end = n, documents.begins[d], documents.ends[d]
        n = lines_kernel(raw, at, end, begins, ends, n)
        if n < 0:
            n = blocks_kernel(raw, at, end, begins, ends, before)
        counts[d] = n - before
        character = 0
        for p in range(before, n):
            character += count_kernel(raw, at, begins[p])
            places.first_characters[p] = character
            character += count_kernel(raw, begins[p], ends[p])
            places.last_characters[p] = character
            at = ends[p]
    return n


@kernel
def lines_kernel(raw, i, end, begins, ends, n):
    """Enter the lines of a document that hold more than white space, from place n on.

    Returns the place behind the last; -1 for a blank-line document.
    """
    i = start = past_mark_kernel(raw, i, end)
    while True:
        i, following, is_soft = line_end_kernel(raw, i, end)
        n = add_kernel(raw, start, i, begins, ends, n)
        if i == end:
            return n
        if not is_soft and is_blank_kernel(raw, following, end):
            return -1
        i = start = following


@kernel
def blocks_kernel(raw, i, end, begins, ends, n):
    """Enter the paragraphs of a blank-line document, from place n on; return the place behind the last."""
    i = start = past_mark_kernel(raw, i, end)
    while True:
        i, following, is_soft = line_end_kernel(raw, i, end)
        if i == end:
            return add_kernel(raw, start, i, begins, ends, n)
        if not is_soft and is_blank_kernel(raw, following, end):
            n = add_kernel(raw, start, i, begins, ends, n)
            i = start = past_space_kernel(raw, following, end)
        else:
            i = following


@kernel
def past_mark_kernel(raw, i, end):
    """Return byte i, or the one behind the byte order mark that begins there."""
    return i + 3 if i + 3 <= end and raw[i] == 0xEF and raw[i + 1] == 0xBB and raw[i + 2] == 0xBF else i


@kernel
def line_end_kernel(raw, i, end):
    """Return the next line end, the byte behind it, and whether it is soft.

    U+2028 and U+2029 are: they end lines only in documents without blank lines.
    """
    while i < end:
        found = within_64(raw, i, _LF, _CR) | within_64(raw, i, 0xE2, 0xE2)
        while found != 0:
            at = i + np.int64(trailing_zeros(found))
            if at >= end:
                return end, end, False
            byte = raw[at]
            if byte == _LF:
                return at, at + 1, False
            if byte == _CR:
                return at, at + 2 if at + 1 < end and raw[at + 1] == _LF else at + 1, False
            if byte == 0xE2 and raw[at + 1] == 0x80 and (raw[at + 2] == 0xA8 or raw[at + 2] == 0xA9):
                return at, at + 3, True
            found &= found - np.uint64(1)
        i += 64
    return end, end, False


@kernel
def is_blank_kernel(raw, i, end):
    """Return whether nothing but white space stands between byte i and a CR or LF."""
    while i < end:
        if raw[i] == _LF or raw[i] == _CR:
            return True
        size = space_kernel(raw, i)
        if size == 0:
            return False
        i += size
    return False


@kernel
def past_space_kernel(raw, i, end):
    """Return the first byte from i on that is no white space."""
    while i < end:
        size = space_kernel(raw, i)
        if size == 0:
            return i
        i += size
    return end


@kernel
def add_kernel(raw, start, end, begins, ends, n):
    """Enter a piece without the white space around it, if anything stays; return how many paragraphs there are then."""
    start = past_space_kernel(raw, start, end)
    while end > start:
        size = 1
        while raw[end - size] & 0xC0 == 0x80:
            size += 1
        if space_kernel(raw, end - size) == 0:
            begins[n], ends[n] = start, end
            return n + 1
        end -= size
    return n


@kernel
def space_kernel(raw, i):
    """Return the length of the character at byte i if `str.isspace` calls it white space, else 0."""
    byte = raw[i]
    if byte < 0x80:
        return 1 if byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31 else 0
    if byte == 0xC2:
        return 2 if raw[i + 1] == 0x85 or raw[i + 1] == 0xA0 else 0
    if byte < 0xE1 or byte > 0xE3:
        return 0
    code = np.int64(byte) << 16 | np.int64(raw[i + 1]) << 8 | np.int64(raw[i + 2])
    is_space = 0xE28080 <= code <= 0xE2808A or code == 0xE280A8 or code == 0xE280A9 or code == 0xE280AF
    return 3 if is_space or code == 0xE2819F or code == 0xE38080 or code == 0xE19A80 else 0


@kernel
def count_kernel(raw, i, end):
    """Count the characters in bytes i ... end - 1."""
    count = end - i
    while i + 8 <= end:
        word = load_64(raw, i)
        continuing = word & ~(word << np.uint64(1)) & _CONTINUES
        count -= np.int64((continuing >> np.uint64(7)) * _ONE_A_BYTE >> np.uint64(56))
        i += 8
    while i < end:
        if raw[i] & 0xC0 == 0x80:
            count -= 1
        i += 1
    return count
