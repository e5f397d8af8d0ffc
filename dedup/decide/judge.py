"""Judge: the relation of candidate pairs, each a pure function of two texts; in any order, and in several threads."""

from collections import deque
from concurrent.futures import Executor

import numpy as np

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import prefetch, trailing_zeros, within_64
from ..config import Config
from ..index.tables import Index
from ..match import lexicon
from ..match.decision import Text, says_kernel, text_of
from ..match.likeness import alike, hash_shingles_kernel, jaccard_kernel, shingles_of
from ..match.tables import DISTINCT, NEAR
from .candidates import Pairs
from .verdicts import Ints

_SHARE = 64  # pairs that a thread takes at a time
_AHEAD = 2  # pairs whose texts are fetched before they are needed
_SCRATCH = 12  # numbers to work with, for each token of the longest text

Read = dict[int, object]  # texts that the numpy backend has read, by entry: tokens, or shingles where likeness decides


def judge(due: Ints, pairs: Pairs, index: Index, config: Config, read: Read | None, pool: Executor | None) -> None:
    """Fill in the relation of the pairs whose places are `due`.

    Their texts are those of entries of the index. read: what the calls on one slice read; None for the compiled kernels
    """
    if not len(due):
        return
    if read is not None:
        _judge_plainly(due, pairs, index, config, read)
        return
    words, threshold = lexicon.table(), 0.0 if config.threshold is None else config.threshold
    parts = deque(np.array_split(due, len(due) // _SHARE + 1) if pool else [due])

    def work() -> None:
        scratch = np.empty(_SCRATCH * (index.longest + 1), np.int64)
        while True:
            try:
                part = parts.popleft()
            except IndexError:
                return
            backend.compiled(judge_pairs_kernel)(
                part, pairs, index.arrays, words, threshold, config.shingle_size, scratch
            )

    helping = pool.submit(work) if pool and len(parts) > 1 else None
    work()
    if helping and not helping.cancel():  # it may not have begun, if other work came first
        helping.result()


def _judge_plainly(due: Ints, pairs: Pairs, index: Index, config: Config, read: Read) -> None:
    threshold = 0.0 if config.threshold is None else config.threshold
    for k, one, other in zip(due.tolist(), pairs.later[due].tolist(), pairs.original[due].tolist(), strict=True):
        for entry in (one, other):
            if entry not in read:
                text, flags = index.read(entry)
                read[entry] = (
                    text_of(text, flags) if config.threshold is None else shingles_of(text, config.shingle_size)
                )
        this, that = read[one], read[other]
        if isinstance(this, Text) and isinstance(that, Text):
            pairs.relation[k] = says_kernel(that, this, lexicon.words())[0]
        elif isinstance(this, frozenset) and isinstance(that, frozenset):
            pairs.relation[k] = NEAR if alike(this, that)[0] >= threshold else DISTINCT


@kernel
def judge_pairs_kernel(due, pairs, texts, words, threshold, size, scratch):
    """Judge the pairs whose places are `due`, which ascend: a member is read once for all that it is paired with.

    threshold: the least Jaccard similarity of shingles of `size` words, where likeness decides; else 0
    scratch: int64[...], _SCRATCH for each token of the longest text
    """
    room = len(scratch) // _SCRATCH
    spare = scratch[2 * room :].view(np.uint64)
    one, count = np.int64(-1), 0
    this = read_kernel(texts, pairs.later[due[0]], scratch[:room])
    for at in range(len(due)):
        if at + _AHEAD < len(due):
            fetch_kernel(pairs, texts, due[at + _AHEAD])
        k = due[at]
        if pairs.later[k] != one:
            one = pairs.later[k]
            this = read_kernel(texts, one, scratch[:room])
            if threshold > 0:
                count = hash_shingles_kernel(this, size, spare[:room])
        that = read_kernel(texts, pairs.original[k], scratch[room : 2 * room])
        if threshold > 0:
            other = spare[room : 2 * room]
            other = other[: hash_shingles_kernel(that, size, other)]
            alike = jaccard_kernel(spare[:count], other, spare[2 * room :]) >= threshold
            pairs.relation[k] = NEAR if alike else DISTINCT
        else:
            pairs.relation[k], _, _ = says_kernel(that, this, words)


@kernel
def read_kernel(texts, entry, starts):
    """Return the text of an entry. starts: int64[tokens + 1], filled with the places of its tokens"""
    begin = texts.text_at[entry]
    flags = texts.flags[texts.flags_at[entry] : texts.flags_at[entry + 1]]
    text = texts.text[begin:]
    starts[0] = 0
    k, i = 0, 0
    while k < len(flags):  # 64 bytes at a time: the one behind every space
        spaces = within_64(text, i, 32, 32)
        while spaces != 0 and k < len(flags):
            k += 1
            starts[k] = i + np.int64(trailing_zeros(spaces)) + 1
            spaces &= spaces - np.uint64(1)
        i += 64
    return Text(text, starts, flags)


@kernel
def fetch_kernel(pairs, texts, k):
    """Have the processor fetch the text of an original, and its flags."""
    other = pairs.original[k]
    prefetch(texts.flags, texts.flags_at[other])
    for line in range(0, texts.text_at[other + 1] - texts.text_at[other], 64):
        prefetch(texts.text, texts.text_at[other] + line)
