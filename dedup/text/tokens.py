"""Folding texts to tokens, which are spans of one UTF-8 buffer.

A word is a run of letters, digits and marks. A number keeps what it leans on: sign, decimal mark, currency, percent and
degree sign, even one space away; the commas before its thousands go (1,500 is 1500), and the digits of all scripts become
ASCII. Characters of unspaced scripts, symbols and superscripts are tokens of their own.

Case, quotes, dashes, spaces, widths, the composition of accents and all other punctuation leave no trace but the flags.
Symbols that only point or stand before an item are punctuation (→ ■ ~). What a writer may leave out vanishes: Arabic and
Hebrew vowel marks, tatweel, stress marks on Cyrillic letters, ® and ™, the hyphen that layout put at a line's end. Letters
that a reader takes for one another become one, such as ş and ș.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._jit import memory
from ..errors import InputError
from ._fold_numba import fold_numba
from ._fold_numpy import fold_numpy
from .flags import IS_UNSPACED
from .utf8 import Utf8


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of n texts, T in all.

    buffer: uint8[...], the folded text, one space behind every token, then PADDING bytes of no meaning
    starts: int64[T + 1], so that token i is `buffer[starts[i] : starts[i + 1] - 1]`
    first:  int64[n + 1], so that the tokens of text p are first[p] ... first[p + 1] - 1
    padded_flags: uint8[T + PADDING], what folding saw of each token, then bytes of no meaning
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    padded_flags: NDArray[np.uint8]

    @property
    def flags(self) -> NDArray[np.uint8]:
        """Return what folding saw of each token, uint8[T]."""
        return self.padded_flags[: len(self.starts) - 1]

    def text(self, p: int) -> bytes:
        """Return text p folded, its tokens joined by one space."""
        begin, end = int(self.starts[self.first[p]]), int(self.starts[self.first[p + 1]])
        return self.buffer[begin : max(begin, end - 1)].tobytes()

    def flags_of(self, p: int) -> bytes:
        """Return the flags of the tokens of text p."""
        return self.flags[self.first[p] : self.first[p + 1]].tobytes()


def fold(texts: Sequence[str] | Utf8, fast: bool = False) -> Tokens:
    """Fold texts to tokens; `fast` takes the compiled kernel. Raises InputError for anything but str."""
    memory.keep_freed()
    if isinstance(texts, Utf8):
        return Tokens(*(fold_numba(texts) if fast else fold_numpy([texts.text(p) for p in range(len(texts))])))
    try:
        return Tokens(*(fold_numba(_encoded(texts)) if fast else fold_numpy(texts)))
    except (AttributeError, TypeError):
        check_texts(texts)  # the likely cause, which costs too much to look for beforehand
        raise


def _encoded(texts: Sequence[str]) -> Utf8:
    """Encode texts. Raises InputError for anything but str."""
    if not all(issubclass(kind, str) for kind in set(map(type, texts))):
        check_texts(texts)
    return Utf8.of(texts)


def check_texts(texts: Sequence[object], begin: int = 0) -> None:
    """Raise InputError unless every one of `texts`, counted from `begin` on, is a str."""
    for position, text in enumerate(texts, begin):
        if not isinstance(text, str):
            raise InputError(f"text {position} is {type(text).__name__} ({text!r:.60}); expected str")


def is_missing(value: object) -> bool:
    """Return whether a value is None, NaN or pandas' NA: what a column of texts holds where there is none."""
    return (
        value is None
        or (isinstance(value, (float, np.floating)) and value != value)
        or type(value).__name__ in ("NAType", "NaTType")
    )


def half_words(tokens: Tokens) -> NDArray[np.int64]:
    """Return the length of every text in half words, int64[n]: two a token, one a character of an unspaced script."""
    lengths = np.diff(tokens.first)
    if not np.bitwise_or.reduce(tokens.flags) & IS_UNSPACED:
        return 2 * lengths
    unspaced = np.flatnonzero(tokens.flags & IS_UNSPACED != 0)
    owners = np.searchsorted(tokens.first, unspaced, side="right") - 1
    return 2 * lengths - np.bincount(owners, minlength=len(lengths))
