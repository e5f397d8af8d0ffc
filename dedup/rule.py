"""The rule: down one total order, a paragraph is removed if and only if a kept one before it stands for it.

The order is document, then number of tokens descending, then position. Candidates come from three sources: an equal
text, kept paragraphs of the same document that share a shingle, kept paragraphs of earlier documents that share a band.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import engine
from .config import Config
from .engine import kernel, prefetch
from .errors import DocumentTooLarge
from .lsh import Dictionaries, Tables, choose_bands, home_kernel, insert_kernel, make_keys
from .minhash import Shingles, shingle, sign
from .relation import (
    CONTAINED,
    DISTINCT,
    EXACT,
    judge_kernel,
    lexicon_table,
    limits,
    promising_kernel,
    read_pair,
    weigh_kernel,
)
from .tokens import HAS_LETTER, IS_UNSPACED, Tokens, fold

# Paragraphs of one document that are compared with each other, at most: each may share shingles with all others.
LARGEST_DOCUMENT = 20_000

# What becomes of a paragraph: it is passed over, looked up for an equal text only, or judged in full.
PASSED, EXACT_ONLY, JUDGED = range(3)

_AHEAD = 4  # paragraphs whose slots are fetched before they are needed


@dataclass(frozen=True, slots=True)
class Batch:
    """n paragraphs of whole documents, read and sketched: all that can be done before any decision.

    tokens, shingles: of the n paragraphs; keys: uint32[n, 1 + bands], text hash and band keys
    roles: uint8[n]; documents: int64[n], the document's place in the batch; positions: int64[n], paragraph in document
    order: int64[n], the paragraphs in the order of the rule
    fast: whether the compiled rung read it
    """

    tokens: Tokens
    shingles: Shingles
    keys: NDArray[np.uint32]
    roles: NDArray[np.uint8]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    order: NDArray[np.int64]
    fast: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided on the n paragraphs of a batch.

    relations: uint8[n], DISTINCT where kept or passed over; stand_ins: int64[n], the entry that stands for it
    jaccards, containments: float64[n]; capped: lookups that met a bucket with `max_candidates` entries
    """

    relations: NDArray[np.uint8]
    stand_ins: NDArray[np.int64]
    jaccards: NDArray[np.float64]
    containments: NDArray[np.float64]
    capped: int


def read_batch(texts: Sequence[str], counts: Sequence[int], config: Config, *, alone: bool, fast: bool) -> Batch:
    """Fold, shingle and sketch the paragraphs of whole documents, `counts` paragraphs each; no state is touched.

    alone: each text was given as a document of its own, so a short one is looked up for an equal text.
    Raises DocumentTooLarge.
    """
    tokens = fold(texts, fast)
    shingles = shingle(tokens, config.shingle_size, fast)
    bands, rows = choose_bands(config)
    signatures = sign(shingles, bands * rows, config.seed, fast) if config.scope == "corpus" else None
    keys = make_keys(tokens, signatures, bands, rows, fast)
    documents = np.repeat(np.arange(len(counts)), counts)
    positions = np.arange(len(texts)) - np.repeat(np.cumsum(counts) - counts, counts)
    lengths = np.diff(tokens.first)
    roles = np.full(len(texts), JUDGED, dtype=np.uint8)
    roles[_half_words(tokens, lengths) < 2 * config.min_tokens] = EXACT_ONLY if alone else PASSED
    roles[lengths == 0] = PASSED
    order = np.arange(len(texts)) if alone else np.lexsort((positions, -lengths, documents))
    _check_sizes(tokens, roles, documents, keys[:, 0])
    return Batch(tokens, shingles, keys, roles, documents, positions, order, fast)


def _half_words(tokens: Tokens, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The length of every text in half words: two a token, one a character of an unspaced script."""
    unspaced = np.flatnonzero(tokens.marks & IS_UNSPACED)
    if not len(unspaced):
        return 2 * lengths
    owners = np.searchsorted(tokens.first, unspaced, side="right") - 1
    return 2 * lengths - np.bincount(owners, minlength=len(lengths))


def _check_sizes(
    tokens: Tokens, roles: NDArray[np.uint8], documents: NDArray[np.int64], hashes: NDArray[np.uint32]
) -> None:
    if len(roles) <= LARGEST_DOCUMENT:
        return
    judged = roles == JUDGED
    different = np.unique(documents[judged] << 32 | hashes[judged].astype(np.int64)) >> 32
    for size in np.bincount(different).tolist():
        if size > LARGEST_DOCUMENT:
            raise DocumentTooLarge(
                f"a document has {size:,} different paragraphs; expected at most {LARGEST_DOCUMENT:,}, which are all "
                "compared with each other. If its lines are records, take each as a document (--lines; "
                "dedup.duplicated(text.splitlines()))"
            )


def decide(batch: Batch, index: Dictionaries | Tables, first_document: int, config: Config) -> Verdicts:
    """Decide a batch in order and enter what is kept in `index`; its documents are numbered from `first_document`."""
    if isinstance(index, Tables):
        return _decide_compiled(batch, index, first_document, config)
    return _decide_reference(batch, index, first_document, config)


def equal_shorts(batch: Batch, verdicts: Verdicts) -> NDArray[np.int64]:
    """int64[n]: -1 for paragraphs that stay or were removed by the rule; else the staying short paragraph just before
    this short one, which is its equal. Last of all, on the sequence that stays."""
    equal_to = np.full(len(batch.roles), -1, dtype=np.int64)
    short = (batch.roles == PASSED) & (np.diff(batch.tokens.first) > 0)
    staying = np.flatnonzero(verdicts.relations == DISTINCT)
    same = batch.keys[staying[1:], 0] == batch.keys[staying[:-1], 0]
    same &= short[staying[1:]] & short[staying[:-1]]
    same &= batch.documents[staying[1:]] == batch.documents[staying[:-1]]
    for place in np.flatnonzero(same).tolist():
        before, p = int(staying[place]), int(staying[place + 1])
        begin, end = batch.tokens.first[p], batch.tokens.first[p + 1]
        lettered = (batch.tokens.marks[begin:end] & HAS_LETTER).any()
        if lettered and batch.tokens.text(p) == batch.tokens.text(before):
            equal_to[p] = before if equal_to[before] < 0 else equal_to[before]
    return equal_to


# --- The reference rung ----------------------------------------------------------------------------------------------


def _decide_reference(batch: Batch, index: Dictionaries, first_document: int, config: Config) -> Verdicts:
    n = len(batch.roles)
    relations, stand_ins = np.zeros(n, dtype=np.uint8), np.full(n, -1, dtype=np.int64)
    jaccards, containments = np.zeros(n), np.zeros(n)
    capped = 0
    keys, roles, documents = batch.keys.tolist(), batch.roles.tolist(), (batch.documents + first_document).tolist()
    first, hashes = batch.shingles.first.tolist(), batch.shingles.hashes.tolist()
    several = (
        np.bincount(batch.documents[batch.roles == JUDGED], minlength=int(batch.documents[-1]) + 1 if n else 0) > 1
    )
    document, within = -1, False
    postings: dict[int, list[int]] = {}  # kept paragraphs of this document by shingle
    distinct: dict[int, int] = {}  # and how many different shingles each has
    for p in batch.order.tolist():
        if roles[p] == PASSED:
            continue
        if documents[p] != document:
            document, postings, distinct = documents[p], {}, {}
            within = bool(several[batch.documents[p]])
        text, mark = batch.tokens.text(p), batch.tokens.mark(p)
        found = DISTINCT
        for entry in index.buckets[0].get(keys[p][0], ()):
            if index.texts[entry] == text and (config.scope == "corpus" or index.documents[entry] == document):
                found, stand_ins[p], jaccards[p], containments[p] = EXACT, entry, 1.0, 1.0
                break
        mine = set(hashes[first[p] : first[p + 1]]) if within else set()
        if found == DISTINCT and roles[p] == JUDGED:
            met = [bucket for bucket in map(dict.get, index.buckets[1:], keys[p][1:]) if bucket]
            capped += sum(len(bucket) >= config.max_candidates for bucket in met)
            across = [entry for entry in set().union(*met) if index.documents[entry] != document]
            shared = Counter(entry for value in mine if value in postings for entry in postings[value])
            promising = [
                entry
                for entry, count in shared.items()
                if promising_kernel(
                    count, len(mine), distinct[entry], len(mark), len(index.marks[entry]), config.shingle_size,
                    *limits(config)[:2],
                )
            ]  # fmt: skip
            for entry in [*sorted(across), *sorted(promising)]:
                relation, jaccard, inside, is_inner = _weigh(text, mark, index, entry, config)
                if relation > found and (relation != CONTAINED or is_inner):
                    found, stand_ins[p], jaccards[p], containments[p] = relation, entry, jaccard, inside
                    if found == CONTAINED:
                        break
        relations[p] = found
        if found == DISTINCT:
            _keep(batch, p, text, mark, index, keys[p] if roles[p] == JUDGED else keys[p][:1], document, config)
            if roles[p] == JUDGED:
                distinct[len(index.texts) - 1] = len(mine)
                for value in mine:
                    postings.setdefault(value, []).append(len(index.texts) - 1)
    return Verdicts(relations, stand_ins, jaccards, containments, capped)


def _weigh(text: bytes, mark: bytes, index: Dictionaries, entry: int, config: Config) -> tuple[int, float, float, bool]:
    """Relation to an entry of another text, Jaccard similarity, containment, and whether this one is the inner."""
    other, other_mark = index.texts[entry], index.marks[entry]
    if (len(other_mark), other) < (len(mark), text):
        pair = read_pair(other, other_mark, text, mark, config.shingle_size)
        is_inner = False
    else:
        pair = read_pair(text, mark, other, other_mark, config.shingle_size)
        is_inner = True
    relation, jaccard, inside, *_ = judge_kernel(*pair, *limits(config), False)
    return relation, jaccard, inside, is_inner


def _keep(
    batch: Batch, p: int, text: bytes, mark: bytes, index: Dictionaries, keys: list[int], document: int, config: Config
) -> None:
    entry = len(index.texts)
    index.texts.append(text)
    index.marks.append(mark)
    index.documents.append(document)
    index.positions.append(int(batch.positions[p]))
    for column, key in enumerate(keys):
        bucket = index.buckets[column].get(key, ())
        if column == 0 or len(bucket) < config.max_candidates:
            index.buckets[column][key] = (*bucket, entry)  # most have one member, and a tuple is smaller than a list


# --- The compiled rung -----------------------------------------------------------------------------------------------


def _decide_compiled(batch: Batch, index: Tables, first_document: int, config: Config) -> Verdicts:
    tokens, shingles = batch.tokens, batch.shingles
    n = len(batch.roles)
    index.reserve(n, len(tokens.buffer), len(tokens.marks))
    verdicts = np.zeros(n, dtype=np.uint8), np.full(n, -1, dtype=np.int64), np.zeros(n), np.zeros(n)
    index.count, capped = engine.compiled(decide_kernel)(
        tokens.buffer, tokens.starts, tokens.first, tokens.marks, shingles.hashes, shingles.first,
        batch.keys, batch.roles, batch.order, batch.documents + first_document, batch.positions,
        index.count, index.text, index.mark, index.text_at, index.mark_at, index.documents, index.positions, index.slots,
        *lexicon_table(), config.shingle_size, *limits(config), config.max_candidates, config.scope == "corpus",
        *verdicts,
    )  # fmt: skip
    return Verdicts(*verdicts, capped)


@kernel
def decide_kernel(
    buffer, starts, first, marks, hashes, first_shingle, keys, roles, order, documents, positions,
    count, text, mark, text_at, mark_at, entry_documents, entry_positions, slots,
    lexicon_hashes, lexicon_bits, shingle_size, threshold, containment, guard, most, across,
    relations, stand_ins, jaccards, containments,
):  # fmt: skip
    """Decide every paragraph in order, fill the verdicts, enter what is kept; new number of entries, capped lookups."""
    capped = 0
    n = len(order)
    columns = slots.shape[0]
    candidates = np.empty(64, dtype=np.int64)
    # Kept paragraphs of the document at hand by shingle: chains of postings, the newest first. As long as the largest
    # document needs.
    largest, most_judged = largest_kernel(documents, roles, order, first_shingle)
    places = 2
    while places < 2 * largest:
        places *= 2
    shingle_at = np.empty(places, dtype=np.uint32)
    newest = np.empty(places, dtype=np.int64)
    seen_by = np.empty(places, dtype=np.int64)  # the last paragraph that looked the shingle up
    posted, older = np.empty(largest, dtype=np.int64), np.empty(largest, dtype=np.int64)
    # By entry of this document: shingles shared with the paragraph at hand, and different ones of its own.
    shared, distinct = np.zeros(most_judged, dtype=np.int64), np.zeros(most_judged, dtype=np.int64)
    turn = 0
    while turn < n:
        # One document: order[turn] ... order[until - 1].
        document = documents[order[turn]]
        until = turn
        judged = 0
        size = 0
        while until < n and documents[order[until]] == document:
            p = order[until]
            if roles[p] == JUDGED:
                judged += 1
                size += first_shingle[p + 1] - first_shingle[p]
            until += 1
        if judged < 2:
            size = 0
        places = 2
        while places < 2 * size:
            places *= 2
        if size > 0:
            newest[:places] = -1
            seen_by[:places] = -1
            distinct[:judged] = 0
        postings = 0
        first_entry = count
        for at in range(turn, until):
            if at + _AHEAD < n:
                soon = order[at + _AHEAD]
                for column in range(columns):
                    prefetch(slots[column], home_kernel(keys[soon, column], slots.shape[1]))
            p = order[at]
            if roles[p] == PASSED:
                continue
            begin, end = starts[first[p]], starts[first[p + 1]]
            folded, folded_mark = buffer[begin:end], marks[first[p] : first[p + 1]]
            found = np.int64(DISTINCT)
            slot = home_kernel(keys[p, 0], slots.shape[1])
            while slots[0, slot] != 0:
                entry = np.int64(slots[0, slot] & np.uint64(0xFFFFFFFF)) - 1
                if slots[0, slot] >> np.uint64(32) == keys[p, 0] and (across or entry_documents[entry] == document):
                    if same_kernel(folded, text, text_at[entry], text_at[entry + 1]):
                        found = np.int64(EXACT)
                        stand_ins[p], jaccards[p], containments[p] = entry, 1.0, 1.0
                        break
                slot = (slot + 1) & (slots.shape[1] - 1)
            if found == DISTINCT and roles[p] == JUDGED:
                # Candidates: entries of earlier documents by band, then of this one by shingle.
                number = 0
                for column in range(1, columns):
                    slot = home_kernel(keys[p, column], slots.shape[1])
                    members = 0
                    while slots[column, slot] != 0:
                        if slots[column, slot] >> np.uint64(32) == keys[p, column]:
                            members += 1
                            entry = np.int64(slots[column, slot] & np.uint64(0xFFFFFFFF)) - 1
                            if entry_documents[entry] != document:
                                if number == len(candidates):
                                    candidates = grown_kernel(candidates)
                                candidates[number] = entry
                                number += 1
                        slot = (slot + 1) & (slots.shape[1] - 1)
                    if members >= most:
                        capped += 1
                if size > 0:
                    across_number = number
                    mine = 0
                    for s in range(first_shingle[p], first_shingle[p + 1]):
                        slot = home_kernel(hashes[s], places)
                        while seen_by[slot] >= 0 and shingle_at[slot] != hashes[s]:
                            slot = (slot + 1) & (places - 1)
                        if seen_by[slot] == p:
                            continue
                        shingle_at[slot], seen_by[slot] = hashes[s], p
                        mine += 1
                        posting = newest[slot]
                        while posting >= 0:
                            entry = posted[posting]
                            if shared[entry - first_entry] == 0:
                                if number == len(candidates):
                                    candidates = grown_kernel(candidates)
                                candidates[number] = entry
                                number += 1
                            shared[entry - first_entry] += 1
                            posting = older[posting]
                    promising = across_number
                    for c in range(across_number, number):
                        entry = candidates[c]
                        if promising_kernel(
                            shared[entry - first_entry], mine, distinct[entry - first_entry], len(folded_mark),
                            mark_at[entry + 1] - mark_at[entry], shingle_size, threshold, containment,
                        ):  # fmt: skip
                            candidates[promising] = entry
                            promising += 1
                        shared[entry - first_entry] = 0
                    number = promising
                if number > 1:
                    candidates[:number].sort()
                for c in range(number):
                    entry = candidates[c]
                    if c > 0 and candidates[c - 1] == entry:
                        continue
                    relation, jaccard, inside, is_inner = weigh_kernel(
                        buffer[begin:], end - begin, folded_mark, text[text_at[entry] :],
                        text_at[entry + 1] - text_at[entry], mark[mark_at[entry] : mark_at[entry + 1]],
                        shingle_size, threshold, containment, guard, lexicon_hashes, lexicon_bits,
                    )  # fmt: skip
                    if relation > found and (relation != CONTAINED or is_inner):
                        found = np.int64(relation)
                        stand_ins[p], jaccards[p], containments[p] = entry, jaccard, inside
                        if found == CONTAINED:
                            break
            relations[p] = found
            if found != DISTINCT:
                continue
            # Kept: a new entry.
            copy_kernel(text, text_at[count], folded)
            copy_kernel(mark, mark_at[count], folded_mark)
            text_at[count + 1] = text_at[count] + len(folded)
            mark_at[count + 1] = mark_at[count] + len(folded_mark)
            entry_documents[count] = document
            entry_positions[count] = positions[p]
            for column in range(columns if roles[p] == JUDGED else 1):
                insert_kernel(slots[column], keys[p, column], count, -1 if column == 0 else most)
            if size > 0 and roles[p] == JUDGED:
                for s in range(first_shingle[p], first_shingle[p + 1]):
                    slot = home_kernel(hashes[s], places)
                    while shingle_at[slot] != hashes[s]:  # it is there since it was looked up
                        slot = (slot + 1) & (places - 1)
                    if newest[slot] >= 0 and posted[newest[slot]] == count:
                        continue  # a shingle that this paragraph repeats
                    posted[postings], older[postings] = count, newest[slot]
                    newest[slot] = postings
                    postings += 1
                    distinct[count - first_entry] += 1
            count += 1
        turn = until
    return count, capped


@kernel
def largest_kernel(documents, roles, order, first_shingle):
    """Shingles and paragraphs, of those to be judged, of the largest documents that have more than one."""
    largest = most_judged = 0
    judged = size = 0
    for at in range(len(order)):
        p = order[at]
        if at > 0 and documents[p] != documents[order[at - 1]]:
            judged = size = 0
        if roles[p] == JUDGED:
            judged += 1
            size += first_shingle[p + 1] - first_shingle[p]
        if judged > 1:
            largest, most_judged = max(largest, size), max(most_judged, judged)
    return largest, most_judged


@kernel
def same_kernel(folded, text, begin, end):
    """Whether text[begin:end] holds the same bytes."""
    if end - begin != len(folded):
        return False
    for i in range(len(folded)):
        if folded[i] != text[begin + i]:
            return False
    return True


@kernel
def copy_kernel(target, at, source):
    for i in range(len(source)):
        target[at + i] = source[i]


@kernel
def grown_kernel(array):
    larger = np.empty(2 * len(array), dtype=array.dtype)
    larger[: len(array)] = array
    return larger
