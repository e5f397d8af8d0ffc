"""What two paragraphs share and where they differ, word by word, for people to read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, groupby
from typing import Literal

import numpy as np

from ..text.tokens import fold

Side = Literal["both", "a", "b"]

_LONG_STRETCH = 16  # words
_MANY = 2_000  # words, from which on the frequent ones are not aligned, as that would take the square of the time
_LONG_WORD = 12  # characters; an unspaced script has far longer ones
_CUTS = r"\w+\W*|\W+", r"(?s)."  # a piece without white space into words; into characters of an unspaced script
# They would move a terminal's cursor or text; surrogates, as in names of files that are no UTF-8, cannot be written.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in a row that both paragraphs have (spelled as in a), or only one of them has."""

    side: Side
    text: str


def word_diff(a: str, b: str) -> list[Stretch]:
    """Return the words of two paragraphs as written, in order; where they differ, a's before b's."""
    return word_diffs([(a, b)])[0]


def word_diffs(pairs: Sequence[tuple[str, str]]) -> list[list[Stretch]]:
    """Return the diffs of many pairs, whose words are folded together: many times faster than one by one."""
    words = _words([text for pair in pairs for text in pair])
    return list(map(_diff, words[::2], words[1::2]))


def marked(diff: Sequence[Stretch], style: Callable[[str, Side], str] = lambda text, side: text) -> str:
    """Write a diff in one line, `[-only in a-]` and `{+only in b+}`; `style` may add what a terminal can show."""
    parts = []
    for stretch in diff:
        text = plain(stretch.text)
        body = text.rstrip(" ")
        begin, end = {"both": ("", ""), "a": ("[-", "-]"), "b": ("{+", "+}")}[stretch.side]
        parts.append(style(f"{begin}{body}{end}", stretch.side) + text[len(body) :])
    return "".join(parts).rstrip(" ")


def plain(text: str) -> str:
    """Return a text as it can be printed in one line of a terminal, without what would move its cursor or turn its letters."""
    return _CONTROLS.sub("�", re.sub(r"\s+", " ", text))


def shortened(diff: Sequence[Stretch], side: Side = "both") -> list[Stretch]:
    """Cut the stretches of a diff that are on one side down to their ends, where they are long."""
    result = []
    half = _LONG_STRETCH // 2
    for stretch in diff:
        words = stretch.text.split(" ")
        if stretch.side == side and (len(words) > _LONG_STRETCH or len(stretch.text) > _LONG_STRETCH * _LONG_WORD):
            ends = " ".join(words[:half])[: half * _LONG_WORD], " ".join(words[-half:])[-half * _LONG_WORD :]
            stretch = Stretch(side, " … ".join(ends))
        result.append(stretch)
    return result


def _diff(words_a: Sequence[tuple[bytes, str]], words_b: Sequence[tuple[bytes, str]]) -> list[Stretch]:
    keys_a, keys_b = ([key for key, _ in words] for words in (words_a, words_b))
    pieces: list[tuple[Side, str]] = []
    i = j = 0
    for x, y in [*_pairs(keys_a, keys_b), (len(keys_a), len(keys_b))]:
        pieces += [("a", text) for _, text in words_a[i:x]] + [("b", text) for _, text in words_b[j:y]]
        for _, text in words_a[x : x + 1]:
            pieces.append(("both", text + " " * (x + 1 == len(words_a) and y + 1 < len(words_b))))
        i, j = x + 1, y + 1
    return [Stretch(side, "".join(text for _, text in run)) for side, run in groupby(pieces, lambda piece: piece[0])]


def _words(texts: Sequence[str]) -> list[list[tuple[bytes, str]]]:
    """Return the words of each text, each folded, and as written with a space behind it if any white space follows.

    What folds to nothing goes with the word before it.
    """
    found = [(number, piece) for number, text in enumerate(texts) for piece in re.findall(r"\S+\s*", text)]
    pieces = [piece.rstrip() + " " * piece[-1].isspace() for _, piece in found]
    owners = [number for number, _ in found]
    for pattern in _CUTS:
        cuts = _cut(pieces, pattern)
        owners = [owner for owner, parts in zip(owners, cuts, strict=True) for _ in parts]
        pieces = list(chain.from_iterable(cuts))
    folded = fold(pieces)
    result: list[list[tuple[bytes, str]]] = [[] for _ in texts]
    for place, (owner, piece) in enumerate(zip(owners, pieces, strict=True)):
        key, words = folded.text(place), result[owner]
        if key or not words:
            words.append((key, piece))
        else:
            words[-1] = words[-1][0], words[-1][1] + piece
    return result


def _cut(pieces: Sequence[str], pattern: str) -> list[list[str]]:
    """Cut each piece of several words into parts, where these fold to the same words."""
    whole = fold(pieces)
    counts = np.diff(whole.first).tolist()
    cuts = [re.findall(pattern, piece) if count > 1 else [piece] for piece, count in zip(pieces, counts, strict=True)]
    folded = fold(list(chain.from_iterable(cuts)))
    end = 0
    for place, parts in enumerate(cuts):
        begin, end = end, end + len(parts)
        if len(parts) > 1 and b" ".join(filter(None, map(folded.text, range(begin, end)))) != whole.text(place):
            cuts[place] = [pieces[place]]
    return cuts


def _pairs(a: Sequence[bytes], b: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return the places of words that stand for each other, in order."""
    blocks = SequenceMatcher(None, a, b, autojunk=len(b) > _MANY).get_matching_blocks()
    return [(block.a + k, block.b + k) for block in blocks for k in range(block.size)]
