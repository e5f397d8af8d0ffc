"""What is decided on the paragraphs of a batch, as arrays that every stage fills in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OPEN, KEPT, REMOVED, PASSED = range(4)  # states of a paragraph

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


class Verdicts(NamedTuple):
    """What is decided on the n paragraphs of a batch; every stage fills in what it knows.

    state: uint8[n], OPEN, KEPT, REMOVED, or PASSED for what takes no part
    relation: uint8[n], DISTINCT unless removed
    original: int64[n], the entry that a removed paragraph is a duplicate of, or -1
    entry: int64[n], the entry that was made of the paragraph, or -1; own: int64[n], the entry that it is already, by an
        earlier delivery of its document, or -1
    base: int64[1], the first entry that was made of this batch; paragraph: int64[n], of which one, for each of them
    """

    state: Bytes
    relation: Bytes
    original: Ints
    entry: Ints
    own: Ints
    base: Ints
    paragraph: Ints

    @property
    def removed(self) -> NDArray[np.bool_]:
        """Return bool[n], which paragraphs are duplicates."""
        return np.equal(self.state, REMOVED)

    @classmethod
    def of(cls, takes_part: NDArray[np.bool_], base: int) -> "Verdicts":
        """Open verdicts on the paragraphs that take part."""
        n = len(takes_part)
        state = np.where(takes_part, OPEN, PASSED).astype(np.uint8)
        original, entry, own = np.full((3, n), -1)
        return cls(state, np.zeros(n, np.uint8), original, entry, own, np.array([base]), np.empty(n, np.int64))
