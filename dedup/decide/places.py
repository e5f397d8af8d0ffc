"""Places: whether a paragraph says something by where it stands, so that it stays although its words repeat.

A brief text (fewer than BRIEF words) may be a cell of a table, a line of a record, an answer; a cell is one at any length.
Each may go only where its place tells nothing more:

1. in a run of paragraphs that is repeated as a whole: three or more, of 24 words or more besides numbers;
2. or, unless it is a cell, within two paragraphs of its original: as alt text, title and caption of one figure, of which
   there are no more than three (two, if it has one or two words);
3. or, if it also has three words, no number, and stands twice at most in its document, more than 24 paragraphs away from its
   original: as a heading and its line in a table of contents, a menu and its second form for phones;
4. or, if it has three words and stands three times at most, amid paragraphs of BRIEF words and more.

A caption goes anywhere.

What may have no original in another document is the original of nothing in another one either. So what stands in every
document, as `6 hours ago` may, is no entry that each of them would be compared with.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..match.tables import BRIEF, LONG, SHORT
from ..text.flags import HAS_NUMBER
from ..text.given import KINDS
from ..text.tokens import Tokens
from ..text.utf8 import Utf8, counted

# What an original may be: any; one within two paragraphs, far away or in another document; one within two paragraphs; none.
# From LOCAL on a paragraph is compared within its own document only.
ANYWHERE, APART, BESIDE, PINNED = range(4)
LOCAL = BESIDE
SPAN = 2 * LONG  # paragraphs between two places that are far apart
TEXT, HEADING, CAPTION, CELL, CODE = range(len(KINDS))
_FENCE = "`", 3

_Ints = NDArray[np.int64]


def places(
    tokens: Tokens,
    halves: _Ints,
    documents: _Ints,
    texts: NDArray[np.uint32],
    cores: _Ints,
    kinds: NDArray[np.uint8] | None,
) -> tuple[NDArray[np.uint8], _Ints]:
    """Return uint8[n], where the originals of each paragraph may stand, and int64[n], its twin if it goes with that, or -1.

    halves: lengths in half words; documents: ascending; texts: what is equal where two texts are; cores: the tokens that say
    what each says, whose numbers count; kinds: of each, if known
    """
    n = len(halves)
    held, twins = np.zeros(n, np.uint8), np.full(n, -1)
    cells = np.zeros(n, np.bool_) if kinds is None else (kinds == CELL) | (kinds == CODE)
    captions = np.zeros(n, np.bool_) if kinds is None else kinds == CAPTION
    brief = (halves > 0) & (halves < 2 * BRIEF) | cells
    those = np.flatnonzero(brief)
    if not len(those):
        return held, twins
    amid = np.zeros(n, np.bool_)
    amid[those] = _amid(those, halves, documents) & (halves[those] >= 2 * SHORT) & ~cells[those] | captions[those]
    numbers = np.append(0, np.cumsum(tokens.flags & HAS_NUMBER != 0))
    first = tokens.first[:-1]
    inside = numbers[first + cores[:, 1]] - numbers[first + cores[:, 0]]  # of what each says
    apart = (halves[those] >= 2 * SHORT) & (inside[those] == 0)
    held[those] = np.where(cells[those], PINNED, np.where(amid[those], ANYWHERE, np.where(apart, APART, BESIDE)))
    _, which, counts = np.unique(documents[those] << 32 | texts[those], return_inverse=True, return_counts=True)
    several = np.flatnonzero(counts[which] > 1)
    several = several[np.argsort(which[several], kind="stable")]
    bounds = np.append(np.flatnonzero(np.diff(which[several], prepend=-1)), len(several)).tolist()
    if not len(several):
        return held, twins
    plain = halves - 2 * (numbers[tokens.first[1:]] - numbers[first])
    lists = _Lists(halves, plain, inside, documents.astype(np.int64) << 32 | texts)
    marks = amid.tolist(), cells.tolist(), captions.tolist()
    for begin, end in pairwise(bounds):
        _group(those[several[begin:end]].tolist(), lists, marks, held, twins)
    return held, twins


def with_code(
    texts: Sequence[str] | Utf8, documents: _Ints, kinds: NDArray[np.uint8] | None
) -> NDArray[np.uint8] | None:
    """Return the kinds of paragraphs, where what stands in a fenced block of several is code.

    If one of them went alone, the block would begin or end somewhere else.
    """
    opened = -1
    for p, count in counted(texts, *_FENCE).items():
        if count % 2 == 0:
            continue
        if opened < 0 or documents[opened] != documents[p]:
            opened = p
            continue
        kinds = np.zeros(len(documents), np.uint8) if kinds is None else kinds
        kinds[opened : p + 1] = CODE
        opened = -1
    return kinds


def _amid(those: _Ints, halves: _Ints, documents: _Ints) -> NDArray[np.bool_]:
    """Tell of each paragraph whether the upper median of the SHORT before it and behind it has BRIEF words or more."""
    around = np.concatenate([those[:, None] + by for by in (*range(-SHORT, 0), *range(1, SHORT + 1))], axis=1)
    inside = (around >= 0) & (around < len(halves))
    around = np.where(inside, around, 0)
    inside &= documents[around] == documents[those][:, None]
    lengths = np.sort(np.where(inside, halves[around], np.iinfo(np.int64).max), axis=1)
    number = inside.sum(axis=1)
    median = lengths[np.arange(len(those)), np.minimum(number // 2, 2 * SHORT - 1)]
    return np.asarray((number > 0) & (median >= 2 * BRIEF))


class _Lists:
    """What `_group` reads one by one: lengths, lengths without numbers, numbers in what is said, and what is equal."""

    def __init__(self, halves: _Ints, plain: _Ints, inside: _Ints, same: _Ints) -> None:
        self.halves, self.plain, self.held = halves.tolist(), plain.tolist(), inside.tolist()
        self.same = [*same.tolist(), -1]  # behind the last one, and so before the first, stands none
        # A run holds the paragraph and one beside it; where no such two stand twice, there is none.
        pairs = same[:-1] * 0x9E3779B97F4A7C1 ^ same[1:]
        _, which, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        twice = counts[which] > 1
        self.may_run = (np.append(twice, False) | np.append(False, twice)).tolist()

    def run(self, one: int, other: int) -> bool:
        """Tell whether a run of paragraphs that is long enough stands around one paragraph and, the same, around another."""
        k, i = (one, other) if one < other else (other, one)
        low = high = 0
        size = self.plain[i]
        while low + high + 1 < i - k and low < k and self.same[k - low - 1] == self.same[i - low - 1]:
            low += 1
            size += self.plain[i - low]
            if low + high + 1 >= SHORT and size >= 4 * LONG:
                return True
        while (
            low + high + 1 < i - k
            and i + high + 2 < len(self.same)
            and self.same[k + high + 1] == self.same[i + high + 1]
        ):
            high += 1
            size += self.plain[i + high]
            if low + high + 1 >= SHORT and size >= 4 * LONG:
                return True
        return False


def _group(
    members: list[int],
    lists: _Lists,
    marks: tuple[list[bool], list[bool], list[bool]],
    held: NDArray[np.uint8],
    twins: _Ints,
) -> None:
    """Decide on equal paragraphs of one document, in their order, captions last: each goes with a twin that stays, or stays."""
    amid, cells, captions = marks
    few, numbered = len(members) <= SHORT, bool(lists.held[members[0]])
    words = lists.halves[members[0]] >= 2 * SHORT
    apart = words and not numbered and len(members) < SHORT
    together, side_by_side = _together(members), members[-1] - members[0] < len(members) <= SHORT
    staying: list[int] = []
    for i, size in sorted(zip(members, together, strict=True), key=lambda one: captions[one[0]]):
        near = size <= SHORT if words else not numbered and (size < SHORT or side_by_side)
        anywhere = (few and amid[i]) or captions[i]
        by_run = lists.may_run[i]
        looked = staying[-LONG:] if anywhere or near or apart or by_run else []
        for k in reversed(looked):
            by_place = not cells[i] and (anywhere or (near and abs(i - k) < SHORT) or (apart and abs(i - k) > SPAN))
            if by_place or (by_run and lists.run(i, k)):
                held[i], twins[i] = ANYWHERE, k
                break
        else:
            if (staying or not few) and not captions[i]:
                held[i] = PINNED
            staying.append(i)


def _together(members: list[int]) -> list[int]:
    """Return for each of equal paragraphs how many stand together with it, each within two paragraphs of the next."""
    sizes: list[int] = []
    begin = 0
    for end in range(1, len(members) + 1):
        if end == len(members) or members[end] - members[end - 1] >= SHORT:
            sizes += [end - begin] * (end - begin)
            begin = end
    return sizes
