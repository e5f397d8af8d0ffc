"""The rule: down one total order, a paragraph is removed if and only if a kept one before it stands for it.

The order is document, then number of tokens descending, then position. Candidates come from three sources: an equal
text, kept paragraphs of the same document that share a shingle, kept paragraphs of earlier documents that share a band or an
opening.

A document may come again under its id, changed or not. What was kept of it before stands for nothing in it now, and a
paragraph that equals such a one stays, unless its own document now says it elsewhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from ..config import Config
from ..errors import DocumentTooLarge
from ..index.tables import Entries, Index
from ..match.features import Features, Overlap, read_pair, read_text
from ..match.judgement import CONTAINED, DISTINCT, EXACT
from ..match.reading import NO_LEXICON, lexicon_table
from ..match.records import FIELD_WORDS, are_fields
from ..match.relation import Limits, judge_kernel, limits, promising_kernel
from ..sketch.keys import choose_bands, count_keys, make_keys
from ..sketch.minhash import LANES, Shingles, shingle, sign
from ..sketch.prefixes import find_prefixes
from ..text.flags import HAS_LETTER
from ..text.tokens import Tokens, fold, half_words
from ..text.utf8 import Utf8
from ._rule_numba import EXACT_ONLY, FIELD, JUDGED, PASSED, decide_kernel, largest_kernel, make_work

# Paragraphs of one document that are compared with each other, at most: each may share shingles with all others.
LARGEST_DOCUMENT = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """n paragraphs of whole documents, read and sketched: all that can be done before any decision.

    tokens, shingles: of the n paragraphs; keys: of each, as `make_keys` makes them
    roles: uint8[n]; documents: int64[n], the document's place in the batch; positions: int64[n], paragraph in document
    order: int64[n], the paragraphs in the order of the rule
    fast: whether the compiled backend read it
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

    relations: uint8[n], DISTINCT where kept or passed over
    stand_ins: int64[n], the entry that stands for it; of a kept one the entry that it is already, or -1
    originals: int64[n, 2], document number and position of what stands for it; of one that is kept without meaning
    jaccards, containments: float64[n]; capped: lookups that met a bucket with `max_candidates` entries
    """

    relations: NDArray[np.uint8]
    stand_ins: NDArray[np.int64]
    originals: NDArray[np.int64]
    jaccards: NDArray[np.float64]
    containments: NDArray[np.float64]
    capped: int

    @property
    def repeats(self) -> NDArray[np.bool_]:
        """bool[n]: which paragraphs another one stands for."""
        return np.not_equal(self.relations, DISTINCT)


def read_batch(
    texts: Sequence[str] | Utf8, counts: NDArray[np.int64], config: Config, *, alone: bool, fast: bool
) -> Batch:
    """Fold, shingle and sketch the paragraphs of whole documents, `counts` paragraphs each; no state is touched.

    alone: each text was given as a document of its own, so a short one is looked up for an equal text.
    Raises DocumentTooLarge.
    """
    tokens = fold(texts, fast)
    shingles = shingle(tokens, config.shingle_size, fast)
    keys = _keys(tokens, shingles, config, fast)
    documents, positions = np.arange(len(texts)), np.zeros(len(texts), dtype=np.int64)
    if not alone:
        documents = np.repeat(np.arange(len(counts)), counts)
        positions = np.arange(len(texts)) - (np.cumsum(counts) - counts)[documents]
    lengths, halves = np.diff(tokens.first), half_words(tokens)
    roles = np.full(len(texts), JUDGED, dtype=np.uint8)
    roles[halves < 2 * config.min_tokens] = EXACT_ONLY if alone else PASSED
    roles[lengths == 0] = PASSED
    if not alone:
        brief = np.flatnonzero((roles == JUDGED) & (halves < 2 * FIELD_WORDS))
        roles[brief[are_fields(tokens, brief, documents, keys[:, 0])]] = FIELD
    order = np.arange(len(texts)) if alone else np.lexsort((positions, -lengths, documents))
    _check_sizes(roles, documents, keys[:, 0])
    return Batch(tokens, shingles, keys, roles, documents, positions, order, fast)


def _keys(tokens: Tokens, shingles: Shingles, config: Config, fast: bool) -> NDArray[np.uint32]:
    single, several = count_keys(config)
    bands, rows = choose_bands(config)
    signatures = prefixes = np.empty((len(tokens.first) - 1, 0), dtype=np.uint32)
    if single > 1:
        used = min(config.num_perm, -(-bands * rows // LANES) * LANES) if fast else bands * rows
        signatures = sign(shingles, config.num_perm, config.seed, fast, used)
    if several:
        prefixes = find_prefixes(tokens, shingles, config.shingle_size, fast)
    return make_keys(shingles, signatures, prefixes, single - 1, rows, fast)


def _check_sizes(roles: NDArray[np.uint8], documents: NDArray[np.int64], hashes: NDArray[np.uint32]) -> None:
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


def decide(
    batch: Batch, index: Index, numbers: NDArray[np.int64], again: NDArray[np.bool_], config: Config
) -> Verdicts:
    """Decide the documents of a batch in order, and enter what is kept in `index`.

    numbers: int64[documents], by which the index knows each; again: bool[documents], whether it knows it already
    """
    n = len(batch.roles)
    relations, stand_ins = np.zeros(n, dtype=np.uint8), np.full(n, -1, dtype=np.int64)
    jaccards, containments = np.zeros(n), np.zeros(n)
    originals = np.empty((n, 2), dtype=np.int64)
    capped = 0
    decide_run = _decide_compiled if batch.fast else _decide_reference
    for begin, end in _runs(again):
        part = batch.order
        if end - begin < len(again):
            part = part[slice(*np.searchsorted(batch.documents, (begin, end)).tolist())]
        before = index.count
        known = bool(again[begin])
        verdicts = relations, stand_ins, jaccards, containments
        capped += decide_run(batch, part, index, numbers, known, config, verdicts)
        removed = part[relations[part] != DISTINCT]
        originals[removed, 0] = index.documents[stand_ins[removed]]
        originals[removed, 1] = index.positions[stand_ins[removed]]
        if known:
            entered = part[(relations[part] == DISTINCT) & (batch.roles[part] >= EXACT_ONLY)]
            assert index.count == before + len(entered)
            index.cut(batch.keys[entered].T, batch.fast)
            index.extend(entries(batch, entered[stand_ins[entered] < 0], numbers), config.max_candidates, batch.fast)
    return Verdicts(relations, stand_ins, originals, jaccards, containments, capped)


def _runs(again: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The documents that are decided in one go: each known one alone, those in between together."""
    known = np.flatnonzero(again).tolist()  # few or none
    return list(pairwise(sorted({0, len(again), *known, *(place + 1 for place in known)})))


def entered(batch: Batch, verdicts: Verdicts) -> NDArray[np.int64]:
    """The paragraphs of a batch that became entries, in the order of the rule."""
    new = ~verdicts.repeats & (verdicts.stand_ins < 0) & (batch.roles >= EXACT_ONLY)
    return np.asarray(batch.order[new[batch.order]])


def entries(batch: Batch, paragraphs: NDArray[np.int64], numbers: NDArray[np.int64]) -> Entries:
    """Paragraphs of a batch as entries of an index that knows its documents by `numbers`."""
    tokens = batch.tokens
    first, last = tokens.first[paragraphs], tokens.first[paragraphs + 1]
    begins, ends = tokens.starts[first], tokens.starts[last]
    return Entries(
        _gathered(tokens.buffer, begins, ends), _gathered(tokens.flags, first, last), ends - begins, last - first,
        numbers[batch.documents[paragraphs]], batch.positions[paragraphs],
        np.ascontiguousarray(batch.keys[paragraphs].T), batch.roles[paragraphs] == JUDGED,
    )  # fmt: skip


def _gathered(buffer: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint8]:
    apart = begins[1:] != ends[:-1]  # most stand one behind the other, and are taken together
    begins, ends = begins[np.append(True, apart)[: len(begins)]], ends[np.append(apart, True)[: len(ends)]]
    return np.concatenate([buffer[:0], *(buffer[i:k] for i, k in zip(begins.tolist(), ends.tolist(), strict=True))])


def equal_shorts(batch: Batch, verdicts: Verdicts) -> NDArray[np.int64]:
    """int64[n]: -1 for paragraphs that stay or were removed by the rule; else the staying short paragraph just before
    this short one, which is its equal. Last of all, on the sequence that stays."""
    equal_to = np.full(len(batch.roles), -1, dtype=np.int64)
    short = (batch.roles == PASSED) & (np.diff(batch.tokens.first) > 0)
    staying = np.flatnonzero(~verdicts.repeats)
    same = batch.keys[staying[1:], 0] == batch.keys[staying[:-1], 0]
    same &= short[staying[1:]] & short[staying[:-1]]
    same &= batch.documents[staying[1:]] == batch.documents[staying[:-1]]
    for place in np.flatnonzero(same).tolist():
        before, p = int(staying[place]), int(staying[place + 1])
        begin, end = batch.tokens.first[p], batch.tokens.first[p + 1]
        lettered = (batch.tokens.flags[begin:end] & HAS_LETTER).any()
        if lettered and batch.tokens.text(p) == batch.tokens.text(before):
            equal_to[p] = before if equal_to[before] < 0 else equal_to[before]
    return equal_to


# --- The reference backend ----------------------------------------------------------------------------------------------


def _decide_reference(
    batch: Batch,
    order: NDArray[np.int64],
    index: Index,
    numbers: NDArray[np.int64],
    again: bool,
    config: Config,
    verdicts: tuple[NDArray[Any], ...],
) -> int:
    relations, stand_ins, jaccards, containments = verdicts
    tokens, shingles = batch.tokens, batch.shingles
    capped = 0
    order = order[batch.roles[order] >= EXACT_ONLY]
    if config.scope == "corpus" and not again:  # most repeats are of what was kept before this batch
        places, equal = index.find(batch.keys[order, 0].astype(np.int64))
        for p, entry in zip(order[places].tolist(), equal.tolist(), strict=True):
            if stand_ins[p] < 0 and index.folded(entry) == tokens.text(p):
                stand_ins[p] = entry
        places = order[stand_ins[order] >= 0]
        relations[places], jaccards[places], containments[places] = EXACT, 1.0, 1.0
        order = order[relations[order] == DISTINCT]
    judged, documents = batch.roles[order] == JUDGED, numbers[batch.documents[order]]
    codes, owners = index.codes(batch.keys[order])
    rows = np.searchsorted(owners, np.arange(len(order) + 1)).tolist()
    buckets, shared = _buckets(index, codes)
    full = np.zeros(len(codes), dtype=np.bool_)
    within = np.bincount(batch.documents[order[judged]], minlength=len(numbers))[batch.documents[order]] > 1
    meets = within.copy()
    meets[owners[shared]] = True
    # Most paragraphs of a large batch meet no other, and are kept without a closer look: so many before each.
    alone: list[int] = np.cumsum(~meets).tolist()
    before = index.count
    kept: dict[int, int] = {}  # places in `order` of the others that are kept, by their number as entries
    document = -1
    postings: dict[int, list[int]] = {}  # kept paragraphs of this document by shingle
    distinct: dict[int, int] = {}  # and how many different shingles each has

    measures = limits(config)

    def read(entry: int) -> tuple[bytes, bytes, int]:
        """Text, flags and document of an entry."""
        if entry < before:
            return *index.read(entry), int(index.documents[entry])
        p = order[kept[entry]]
        return tokens.text(p), tokens.flags_of(p), int(numbers[batch.documents[p]])

    for i, p in zip(np.flatnonzero(meets).tolist(), order[meets].tolist(), strict=True):
        if documents[i] != document:
            document, postings, distinct = int(documents[i]), {}, {}
        text, flags, row = tokens.text(p), tokens.flags_of(p), codes[rows[i] : rows[i + 1]].tolist()
        found = DISTINCT
        for entry in buckets.get(row[0], ()):
            its_text, _, its_document = read(entry)
            if its_text == text and (config.scope == "corpus" or its_document == document):
                if again and entry < before and its_document == document:
                    stand_ins[p] = entry  # kept before, as this entry
                    continue
                found, stand_ins[p], jaccards[p], containments[p] = EXACT, entry, 1.0, 1.0
                break
        first, last = shingles.first[p : p + 2] if within[i] else (0, 0)
        mine = set(shingles.hashes[first:last].tolist())
        if found == DISTINCT and judged[i]:
            met = [buckets[code] for code in row[1:] if buckets.get(code)] if stand_ins[p] < 0 else []
            capped += sum(len(bucket) >= config.max_candidates for bucket in met)
            candidates = {entry: read(entry) for entry in sorted(set().union(*met))}
            candidates = {entry: other for entry, other in candidates.items() if other[2] != document}
            shared_with = Counter(chain.from_iterable(filter(None, map(postings.get, mine)))) if postings else {}
            for entry, count in sorted(shared_with.items()):
                other = read(entry)
                overlap = Overlap(count, len(mine), distinct[entry])
                if promising_kernel(overlap, len(flags), len(other[1]), measures):
                    candidates[entry] = other
            this = None
            for entry, other in candidates.items():
                this = this or read_text(text, flags, config.shingle_size)
                relation, jaccard, inside = _weigh(this, read_text(*other[:2], config.shingle_size), measures)
                if relation > found:
                    found, stand_ins[p], jaccards[p], containments[p] = relation, entry, jaccard, inside
                    if found == CONTAINED:
                        break
        relations[p] = found
        if found == DISTINCT:
            entry = before + alone[i] + len(kept)
            kept[entry] = i
            banded = judged[i] and stand_ins[p] < 0  # what is an entry already is found by its bands as that one
            for place, code in enumerate(row if banded else row[:1], rows[i]):
                if code in buckets:
                    if len(buckets[code]) < config.max_candidates or place == rows[i]:
                        buckets[code].append(entry)
                    else:
                        full[place] = True
            if judged[i]:
                distinct[entry] = len(mine)
                for value in mine:
                    postings.setdefault(value, []).append(entry)
    entering = np.sort(np.append(np.flatnonzero(~meets), list(kept.values())).astype(np.int64))
    index.append(entries(batch, order[entering], numbers), fast=False)
    entry_of = np.full(len(order), -1)
    entry_of[entering] = np.arange(before, index.count)
    all_keys = judged & (stand_ins[order] < 0)
    entered = (entry_of[owners] >= 0) & ~full & (all_keys[owners] | (codes >> 32 == 0))
    index.fill(codes[entered], entry_of[owners[entered]])
    return capped


def _buckets(index: Index, codes: NDArray[np.int64]) -> tuple[dict[int, list[int]], NDArray[np.bool_]]:
    """The entries of every code that has some or stands here several times; bool[codes]: which do."""
    values, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
    places, entries = index.find(values)
    shared = counts > 1
    shared[places] = True
    buckets: dict[int, list[int]] = {code: [] for code in values[shared].tolist()}
    for code, entry in zip(values[places].tolist(), entries.tolist(), strict=True):
        buckets[code].append(entry)
    return buckets, shared[which]


def _weigh(one: Features, other: Features, measures: Limits) -> tuple[int, float, float]:
    """By which relation the other of two different texts stands for the first, Jaccard similarity, and containment.

    `weigh_kernel` is its compiled twin.
    """
    longer = len(one.tokens) > len(other.tokens)
    if longer and len(other.shingles) / len(one.shingles) < measures.threshold:  # neither contained nor near
        return DISTINCT, 0.0, 0.0
    is_inner = (len(one.tokens), one.text) < (len(other.tokens), other.text)
    a, b, overlap = read_pair(one, other) if is_inner else read_pair(other, one)
    mates = backend.numbers(len(a.ids), -1)
    relation, jaccard, inside, *_ = judge_kernel(a, b, overlap, measures, mates, False)
    return DISTINCT if longer and relation == CONTAINED else relation, jaccard, inside


# --- The compiled backend -----------------------------------------------------------------------------------------------


def _decide_compiled(
    batch: Batch,
    order: NDArray[np.int64],
    index: Index,
    numbers: NDArray[np.int64],
    again: bool,
    config: Config,
    verdicts: tuple[NDArray[Any], ...],
) -> int:
    tokens, shingles, documents = batch.tokens, batch.shingles, numbers[batch.documents]
    n, columns = batch.keys.shape
    most = config.max_candidates
    index.reserve(n, len(tokens.buffer), len(tokens.flags), fast=True)
    lengths = tokens.first, shingles.first
    longest, largest, judged = backend.compiled(largest_kernel)(documents, batch.roles, order, *lengths)
    index.longest = max(index.longest, longest)
    candidates = (columns - 1) * min(most, index.count + n) + judged  # no bucket has more than `most`
    work = make_work(columns, candidates, longest + index.longest, largest, judged)
    index.count, capped = backend.compiled(decide_kernel)(
        (tokens.buffer, tokens.starts, tokens.first, tokens.flags, shingles.hashes, shingles.first,
         batch.keys, batch.roles, order, documents, batch.positions),
        (index.text, index.flags, index.text_at, index.flags_at, index.documents, index.positions, index.slots, index.single),
        index.count, lexicon_table() if config.guard else NO_LEXICON, limits(config), most,
        config.scope == "corpus", again, work, verdicts,
    )  # fmt: skip
    return int(capped)
