"""What is known of each text of a pair: numbered tokens with traits, what capitals tell, how many shingles both share.

Here by dictionaries and sets, for a few pairs; `reading` is the compiled twin, which reads buffers.
"""

from collections.abc import Sequence
from itertools import accumulate, count, repeat
from operator import add, or_
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel
from ..text.flags import HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED
from .lexicon import GERMAN, lexicon, words_with

LEXICON_BITS = ~255  # those of a token's traits that are no flags
NAMES, NOUNS, SHOUTED = range(3)  # what the capitals of a text tell
_WORD, _SHOUT = 1, 2  # a token's part in that
_PARTS = bytes(
    0 if not flags & HAS_LETTER or flags & (HAS_NUMBER | IS_UNSPACED) else _SHOUT if flags & HAS_CAPITALS else _WORD
    for flags in range(256)
)

_Integers: TypeAlias = Sequence[int] | NDArray[np.int64]  # lists where interpreted, arrays where compiled


class Side(NamedTuple):
    """One text of a pair, as kernels see it."""

    ids: _Integers  # numbers of the tokens, the same for equal ones of both sides
    traits: _Integers  # of each token its flags, and what the lexicon knows of it
    text: bytes | NDArray[np.uint8]  # a space after each token
    starts: _Integers  # where each token begins, and where the next one would
    capitals: int  # what they tell


class Overlap(NamedTuple):
    """How many different shingles two texts share, and how many each of them has."""

    shared: int
    distinct_a: int
    distinct_b: int


class Features(NamedTuple):
    """A text as `read_pair` takes it: but for numbers all that a `Side` holds, with the tokens and shingles themselves."""

    text: bytes
    tokens: list[bytes]
    traits: list[int]
    starts: list[int]
    capitals: int
    shingles: set[tuple[Any, ...]]


def read_text(text: bytes, flags: bytes, shingle_size: int) -> Features:
    """Read a folded text, tokens joined by one space, with their flags."""
    tokens = text.split()
    traits = list(map(or_, flags, map(lexicon().get, tokens, repeat(0))))
    starts = list(map(add, accumulate(map(len, tokens), initial=0), count()))
    parts = flags.translate(_PARTS)
    german = sum(map(words_with(GERMAN).__contains__, tokens))
    capitals = capitals_kernel(parts.count(_WORD) + parts.count(_SHOUT), parts.count(_SHOUT), german)
    size = min(shingle_size, len(tokens))
    shingles = set(zip(*[tokens[k:] for k in range(size)], strict=False)) if tokens else {()}
    return Features(text + b" ", tokens, traits, starts, capitals, shingles)


def read_pair(a: Features, b: Features) -> tuple[Side, Side, Overlap]:
    """Number the tokens of a pair and count its shingles. Those of b's tokens that a has not share one number."""
    places = dict(zip(a.tokens, count()))
    ids_a = list(map(places.__getitem__, a.tokens))
    ids_b = list(map(places.get, b.tokens, repeat(len(ids_a))))
    return (
        Side(ids_a, a.traits, a.text, a.starts, a.capitals),
        Side(ids_b, b.traits, b.text, b.starts, b.capitals),
        Overlap(len(a.shingles & b.shingles), len(a.shingles), len(b.shingles)),
    )


@kernel
def capitals_kernel(words, shouted, german):
    """Return what the capitals of a text tell: names; in German any noun, so that only several in a word tell a name; where
    most words are all capitals, an article is still an article."""
    if 2 * shouted > words:
        return SHOUTED
    return NOUNS if 8 * german > words else NAMES


@kernel
def read_capitals_kernel(flags, traits):
    """Return what the capitals of a text tell, by its tokens' flags and traits."""
    words = shouted = german = np.int64(0)
    for i in range(len(flags)):
        word = np.int64(flags[i]) & (HAS_LETTER | HAS_NUMBER | IS_UNSPACED) == HAS_LETTER
        words += word
        shouted += word and flags[i] & HAS_CAPITALS != 0
        german += traits[i] & GERMAN != 0
    return capitals_kernel(words, shouted, german)
