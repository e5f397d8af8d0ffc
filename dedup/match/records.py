"""Fields of records: a cell, a date, a score, what stands under every comment.

The place of such a paragraph says what it belongs to, so it stays each time. It is brief, and either stands more often in
its document than captions repeat, or says nothing but a measure.
"""

import numpy as np
from numpy.typing import NDArray

from ..text.flags import HAS_NUMBER
from ..text.tokens import Tokens
from .lexicon import DATE, UNIT, words_with

FIELD_WORDS = 5  # a field has fewer
_TIMES = 4


def are_fields(
    tokens: Tokens, brief: NDArray[np.int64], documents: NDArray[np.int64], hashes: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """bool[brief]: which of these paragraphs of fewer than FIELD_WORDS are fields: all that stand `_TIMES` times or more in
    their document, and those with a number that are mostly numbers, units and names of months and days.

    documents, hashes: of all paragraphs, in which document each stands, and what is equal where its words are
    """
    _, which, counts = np.unique(documents[brief] << 32 | hashes[brief], return_inverse=True, return_counts=True)
    fields: NDArray[np.bool_] = counts[which] >= _TIMES
    numbers = np.append(0, np.cumsum(tokens.flags & HAS_NUMBER != 0))
    first, last = tokens.first[brief], tokens.first[brief + 1]
    held = numbers[last] - numbers[first]
    is_measure = words_with(UNIT | DATE).__contains__
    for i in np.flatnonzero(held).tolist():
        held[i] += sum(map(is_measure, tokens.text(int(brief[i])).split()))
    fields |= 2 * held > last - first
    return fields
