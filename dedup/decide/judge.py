"""Judge: the relation of candidate pairs, each a pure function of two texts; in any order, and in several threads."""

from collections import deque
from concurrent.futures import Executor

import numpy as np

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import prefetch
from ..config import Config
from ..index.tables import Index
from ..match.features import Features, read_pair, read_text
from ..match.judgement import CONTAINED, DISTINCT
from ..match.reading import NO_LEXICON, SCRATCH, Folded, lexicon_table, read_kernel
from ..match.relation import Limits, judge_kernel, limits, weigh_kernel
from .candidates import Pairs
from .verdicts import Ints

_SHARE = 64  # pairs that a thread takes at a time
_AHEAD = 2  # pairs whose texts are fetched before they are needed


Read = dict[int, Features]  # texts that the numpy backend has read, by entry


def judge(due: Ints, pairs: Pairs, index: Index, config: Config, read: Read | None, pool: Executor | None) -> None:
    """Fill in relation, Jaccard similarity and containment of the pairs whose places are `due`.

    Their texts are those of entries of the index. read: what the calls on one slice read; None for the compiled kernels
    """
    if not len(due):
        return
    if read is not None:
        _judge_plainly(due, pairs, index, config, read)
        return
    lexicon = lexicon_table() if config.guard else NO_LEXICON
    parts = deque(np.array_split(due, len(due) // _SHARE + 1) if pool else [due])

    def work() -> None:
        scratch = np.empty(2 * SCRATCH * index.longest, np.int64)
        while True:
            try:
                part = parts.popleft()
            except IndexError:
                return
            backend.compiled(judge_pairs_kernel)(part, pairs, index.arrays, limits(config), lexicon, scratch)

    helping = pool.submit(work) if pool and len(parts) > 1 else None
    work()
    if helping and not helping.cancel():  # it may not have begun, if other work came first
        helping.result()


def _judge_plainly(due: Ints, pairs: Pairs, index: Index, config: Config, read: Read) -> None:
    for k, one, other in zip(due.tolist(), pairs.later[due].tolist(), pairs.original[due].tolist(), strict=True):
        for entry in (one, other):
            if entry not in read:
                read[entry] = read_text(*index.read(entry), config.shingle_size)
        pairs.relation[k], pairs.jaccard[k], pairs.containment[k] = _weigh(read[one], read[other], limits(config))


def _weigh(one: Features, other: Features, limits: Limits) -> tuple[int, float, float]:
    """Return by which relation the other of two different texts stands for the first, Jaccard similarity, and containment.

    `weigh_kernel` is its compiled twin.
    """
    longer = len(one.tokens) > len(other.tokens)
    if longer and len(other.shingles) / len(one.shingles) < limits.threshold:  # neither contained nor near
        return DISTINCT, 0.0, 0.0
    is_inner = (len(one.tokens), one.text) < (len(other.tokens), other.text)
    a, b, overlap = read_pair(one, other) if is_inner else read_pair(other, one)
    relation, jaccard, inside, *_ = judge_kernel(a, b, overlap, limits, [-1] * len(a.ids), False)
    return DISTINCT if longer and relation == CONTAINED else relation, jaccard, inside


@kernel
def judge_pairs_kernel(due, pairs, texts, limits, lexicon, scratch):
    """Judge the pairs whose places are `due`, which ascend: a member is read once for all that it is paired with.

    scratch: int64[...], SCRATCH for each token of a member and of an original
    """
    begin = 0
    while begin < len(due):
        one = pairs.later[due[begin]]
        longest, end = np.int64(0), begin
        while end < len(due) and pairs.later[due[end]] == one:
            other = pairs.original[due[end]]
            longest = max(longest, texts.flags_at[other + 1] - texts.flags_at[other])
            end += 1
        this = folded_kernel(texts, one)
        reading = read_kernel(this, longest, limits, lexicon, scratch)
        for at in range(begin, end):
            if at + _AHEAD < len(due):
                fetch_kernel(pairs, texts, due[at + _AHEAD])
            k = due[at]
            other = folded_kernel(texts, pairs.original[k])
            pairs.relation[k], pairs.jaccard[k], pairs.containment[k] = weigh_kernel(
                this, reading, other, limits, lexicon, scratch
            )
        begin = end


@kernel
def folded_kernel(texts, entry):
    """Return the folded text of an entry."""
    begin, end = texts.text_at[entry], texts.text_at[entry + 1]
    return Folded(texts.text[begin:], end - begin, texts.flags[texts.flags_at[entry] : texts.flags_at[entry + 1]])


@kernel
def fetch_kernel(pairs, texts, k):
    """Have the processor fetch the text of an original, and its flags."""
    other = pairs.original[k]
    prefetch(texts.flags, texts.flags_at[other])
    for line in range(0, texts.text_at[other + 1] - texts.text_at[other], 64):
        prefetch(texts.text, texts.text_at[other] + line)
