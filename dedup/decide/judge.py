"""Judge: the relation of candidate pairs, each a pure function of two texts; in any order, and in several threads."""

from collections import deque
from concurrent.futures import Executor

import numpy as np

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import prefetch
from ..config import Config
from ..index.tables import Index
from ..match.features import NO_LEXICON, Reading, lexicon_table, read_pair, read_text
from ..match.relation import CONTAINED, DISTINCT, ROOM, judge_kernel, limits, read_kernel, weigh_kernel
from .candidates import Pairs
from .verdicts import Ints

_SHARE = 64  # pairs that a thread takes at a time
_AHEAD = 2  # pairs whose texts are fetched before they are needed


def judge(due: Ints, pairs: Pairs, index: Index, config: Config, fast: bool, pool: Executor | None) -> None:
    """Fill in relation, Jaccard similarity and containment of the pairs whose places are `due`.

    Their texts are those of entries of the index.
    """
    if not len(due):
        return
    if not fast:
        _judge_plainly(due, pairs, index, config)
        return
    lexicon = lexicon_table() if config.guard else NO_LEXICON
    measures = (config.shingle_size, *limits(config))
    parts = deque(np.array_split(due, len(due) // _SHARE + 1) if pool else [due])

    def work() -> None:
        scratch = np.empty(2 * ROOM * index.longest, np.int64)
        while True:
            try:
                part = parts.popleft()
            except IndexError:
                return
            backend.compiled(judge_pairs_kernel)(part, pairs, index.arrays, measures, lexicon, scratch)

    helping = pool.submit(work) if pool and len(parts) > 1 else None
    work()
    if helping and not helping.cancel():  # it may not have begun, if other work came first
        helping.result()


def _judge_plainly(due: Ints, pairs: Pairs, index: Index, config: Config) -> None:
    size, measures = config.shingle_size, (config.shingle_size, *limits(config))
    before, this = -1, None
    for k, one, other in zip(due.tolist(), pairs.later[due].tolist(), pairs.original[due].tolist(), strict=True):
        if this is None or one != before:
            before, this = one, read_text(*index.read(one), size)
        pairs.relation[k], pairs.jaccard[k], pairs.containment[k] = _weigh(
            this, read_text(*index.read(other), size), measures
        )


def _weigh(one: Reading, other: Reading, measures: tuple[int, float, float, bool]) -> tuple[int, float, float]:
    """Return by which relation the other of two different texts stands for the first, Jaccard similarity, and containment.

    `weigh_kernel` is its compiled twin. measures: shingle size and `limits`
    """
    longer = len(one.tokens) > len(other.tokens)
    if longer and len(other.shingles) / len(one.shingles) < measures[1]:  # neither contained nor near
        return DISTINCT, 0.0, 0.0
    is_inner = (len(one.tokens), one.text) < (len(other.tokens), other.text)
    pair = read_pair(one, other) if is_inner else read_pair(other, one)
    relation, jaccard, inside, *_ = judge_kernel(*pair, *measures, False)
    return DISTINCT if longer and relation == CONTAINED else relation, jaccard, inside


@kernel
def judge_pairs_kernel(due, pairs, texts, measures, lexicon, scratch):
    """Judge the pairs whose places are `due`, which ascend: a member is read once for all that it is paired with.

    scratch: int64[...], ROOM for each token of a member and of an original
    """
    begin = 0
    while begin < len(due):
        one = pairs.later[due[begin]]
        longest, end = np.int64(0), begin
        while end < len(due) and pairs.later[due[end]] == one:
            other = pairs.original[due[end]]
            longest = max(longest, texts.flags_at[other + 1] - texts.flags_at[other])
            end += 1
        text, length = texts.text[texts.text_at[one] :], texts.text_at[one + 1] - texts.text_at[one]
        flags = texts.flags[texts.flags_at[one] : texts.flags_at[one + 1]]
        known, shingles, capitals = read_kernel(text, flags, longest, measures[0], lexicon, scratch)
        for at in range(begin, end):
            if at + _AHEAD < len(due):
                fetch_kernel(pairs, texts, due[at + _AHEAD])
            other = pairs.original[due[at]]
            pairs.relation[due[at]], pairs.jaccard[due[at]], pairs.containment[due[at]] = weigh_kernel(
                text, length, flags, longest, known, shingles, capitals,
                texts.text[texts.text_at[other] :], texts.text_at[other + 1] - texts.text_at[other],
                texts.flags[texts.flags_at[other] : texts.flags_at[other + 1]], measures, lexicon, scratch,
            )  # fmt: skip
        begin = end


@kernel
def fetch_kernel(pairs, texts, k):
    """Have the processor fetch the text of an original, and its flags."""
    other = pairs.original[k]
    prefetch(texts.flags, texts.flags_at[other])
    for line in range(0, texts.text_at[other + 1] - texts.text_at[other], 64):
        prefetch(texts.text, texts.text_at[other] + line)
