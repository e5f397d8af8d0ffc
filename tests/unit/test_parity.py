"""One library, two backends: at every stage, and in what is decided, the compiled one gives what numpy gives."""

import numpy as np
import pytest
from helpers import needs_numba
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import articles, documents, paragraphs

import dedup
from dedup._jit import memory
from dedup.config import Config
from dedup.decide import _candidates_numba, _candidates_numpy
from dedup.decide.batch import EMPTY, EXACT_ONLY, USUAL, Sizes, entries, read_batch
from dedup.decide.candidates import UNJUDGED, Pairs, only_open
from dedup.decide.judge import judge
from dedup.decide.rule import decide
from dedup.decide.verdicts import Verdicts
from dedup.index.tables import Index
from dedup.match.tables import EXACT
from dedup.sketch.keys import choose_bands, count_keys, make_keys
from dedup.sketch.minhash import shingle, sign
from dedup.sketch.prefixes import find_prefixes
from dedup.text.paragraphs import split
from dedup.text.tokens import fold

pytestmark = needs_numba
OPTIONS = [
    {},
    {"scope": "document"},
    {"threshold": 0.5},
    {"threshold": 0.8, "shingle_size": 1},
    {"min_tokens": 1, "shingle_size": 2, "num_perm": 64, "seed": 7},
    {"max_candidates": 1},
    {"max_candidates": 2, "threshold": 0.6, "min_tokens": 1},
]
both = pytest.mark.parametrize("options", OPTIONS, ids=str)


# --- What is done before any decision: the arrays of a stage that begins with texts


def splitted(texts, config, fast):
    found = split(texts, fast)
    pieces = list(map(found.texts.text, range(len(found.begins)))) if fast else found.texts
    return found.counts, found.begins, found.ends, pieces


def folded(texts, config, fast):
    tokens = fold(texts, fast)
    return tokens.buffer[: tokens.starts[-1]], tokens.starts, tokens.first, tokens.flags


def shingled(texts, config, fast):
    shingles = shingle(fold(texts, fast), config.shingle_size, fast)
    return shingles.hashes, shingles.first


def signed(texts, config, fast):
    return (sign(shingle(fold(texts, fast), config.shingle_size, fast), config.num_perm, config.seed, fast),)


def prefixed(texts, config, fast):
    tokens = fold(texts, fast)
    return (find_prefixes(tokens, shingle(tokens, config.shingle_size, fast), config.shingle_size, fast),)


def keyed(texts, config, fast):
    (signatures,), (prefixes,) = signed(texts, config, fast), prefixed(texts, config, fast)
    shingles = shingle(fold(texts, fast), config.shingle_size, fast)
    return (make_keys(shingles, signatures, prefixes, *choose_bands(config), fast),)


def batched(texts, config, fast):
    batch = read_documents(texts, config, fast)
    return batch.keys, batch.roles, batch.documents, batch.positions, batch.held, batch.twins, batch.cores, batch.order


STAGES = {
    "split": splitted,
    "fold": folded,
    "shingle": shingled,
    "sign": signed,
    "prefixes": prefixed,
    "keys": keyed,
    "batch": batched,
}
stages = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


def check_same(reference, compiled):
    assert len(reference) == len(compiled)
    for one, other in zip(reference, compiled, strict=True):
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert np.array_equal(one, other)


@stages
@given(texts=st.lists(paragraphs, max_size=10), size=st.integers(1, 5))
@settings(max_examples=100)
def test_stages(stage, texts, size):
    config = Config(shingle_size=size, num_perm=20, threshold=0.8, seed=3)
    check_same(stage(texts, config, False), stage(texts, config, True))


@stages
@pytest.mark.parametrize("text", ["★", "ŉ", "+ ", "İ★", "a ", "東"])
def test_stages_of_what_takes_more_room_folded(stage, text):
    config, texts = Config(num_perm=8), ["Plain words come first.", text * 4_000, "And again.", text * 9_000]
    check_same(stage(texts, config, False), stage(texts, config, True))


def test_every_character_is_folded_alike():
    texts = [f"a{chr(code)}1 {chr(code)}" for code in range(0x110000)]
    check_same(folded(texts, None, False), folded(texts, None, True))


# --- Candidates and relations


def read_documents(texts, config, fast):
    found = split(texts, fast)
    return read_batch(found.texts, found.counts, config, alone=False, fast=fast)


def candidates(before, given, again, config, fast):
    """The first slice of documents behind others, judged; and what is decided by then.

    again: whether it is the first of the former documents that comes once more
    """
    single, several = count_keys(config)
    index = Index.empty(single + several, single)
    first = np.arange(len(before))
    decide(read_documents(before, config, fast), index, first, np.zeros(len(before), np.bool_), config)
    batch = read_documents(given, config, fast)
    numbers = np.zeros(1, np.int64) if again else len(before) + np.arange(len(given))
    verdicts = Verdicts.of(batch.roles >= EXACT_ONLY, index.count)
    index.reserve(len(batch.roles), len(batch.tokens.buffer), len(batch.tokens.flags), fast)
    index.longest = max(index.longest, int(np.diff(batch.tokens.first).max(initial=0)))
    slices = (_candidates_numba if fast else _candidates_numpy).slices
    for pairs, crowd in slices(batch, batch.order, numbers[batch.documents], index, verdicts, again, config):
        owner = np.repeat(pairs.members, np.diff(crowd.first))
        pairs = only_open(pairs, verdicts)  # numpy has those that are removed already among the members, numba has not
        judge_all(pairs, index, config, fast)
        there = np.isin(owner, pairs.members)
        buckets = owner[there], crowd.column[there]
        return *pairs._replace(key=pairs.key >= 0), *buckets, crowd.filled, *verdicts[:7]
    return ()


def judge_all(pairs, index, config, fast):
    """Judge what is unjudged."""
    judge(np.flatnonzero(pairs.relation == UNJUDGED), pairs, index, config, None if fast else {}, None)


@both
@given(before=documents(), given=documents(), again=st.booleans())
@settings(max_examples=60)
def test_candidates(options, before, given, again):
    config = Config(**options)
    given = given[:1] if again else given
    check_same(*(candidates(before, given, again, config, fast) for fast in (False, True)))


@both
@given(texts=st.lists(paragraphs, min_size=1, max_size=3))
@settings(max_examples=60)
def test_relations(options, texts):
    """Every two different texts, both ways round, those with their words backwards among them."""
    config = Config(**options)
    texts = sorted({*texts, *(" ".join(text.split()[::-1]) for text in texts)})
    single, several = count_keys(config)
    made = []
    for fast in (False, True):
        batch = read_batch(texts, np.ones(len(texts), np.int64), config, alone=True, fast=fast)
        index = Index.empty(single + several, single)
        told = np.flatnonzero(batch.roles != EMPTY)  # what says nothing becomes no entry
        index.append(entries(batch, told, np.arange(len(texts))), fast)
        numbers = range(index.count)
        different = [(i, k) for i in numbers for k in numbers if index.folded(i) != index.folded(k)]
        later, original = np.array(different, np.int64).reshape(-1, 2).T.copy()
        n, none = len(later), np.empty(0, np.int64)
        pairs = Pairs(none, none, none, later, original, none, np.full(n, UNJUDGED, np.uint8))
        judge_all(pairs, index, config, fast)
        made.append((pairs.relation,))
    check_same(*made)
    assert (made[0][0] < EXACT).all()


# --- Whole decisions


def one_by_one(given, options, switch):
    """What is decided on (id, text) pairs, by numba from number `switch` on; and how many lookups were capped."""
    with pytest.MonkeyPatch.context() as patch, dedup.Deduplicator(**options) as seen:
        results = []
        for number, (id, text) in enumerate(given):
            patch.setenv("DEDUP_ENGINE", "numba" if number >= switch else "numpy")
            results.append(seen.clean(text, id))
        return results, seen.capped_lookups


def streamed(given, options, backend, sizes=USUAL):
    """The same for a stream, on one backend."""
    with pytest.MonkeyPatch.context() as patch, dedup.Deduplicator(**options, _sizes=sizes) as seen:
        patch.setenv("DEDUP_ENGINE", backend)
        return list(seen.stream(given)), seen.capped_lookups


@both
@given(
    texts=articles(most=6) | documents(most=6),
    ids=st.just([None] * 6) | st.lists(st.integers(0, 3), min_size=6, max_size=6),
    place=st.integers(1, 5),
)
@settings(max_examples=40)
def test_decisions(options, texts, ids, place):
    given = list(zip(ids, texts, strict=False))
    expected = streamed(given, options, "numpy")
    assert streamed(given, options, "numba") == expected
    reference = one_by_one(given, options, len(given))
    assert reference[0] == expected[0]
    for switch in (0, place):  # from the beginning, or in between
        assert one_by_one(given, options, switch) == reference


@given(texts=articles(most=6))
@settings(max_examples=60)
def test_decisions_while_tables_grow_all_the_time(texts):
    given = list(enumerate(texts))
    expected = streamed(given, {}, "numpy")
    with pytest.MonkeyPatch.context() as patch:
        for large in (1, 1 << 22):  # pages of their own from the beginning, and only later
            patch.setattr(memory, "_LARGE", large)
            assert streamed(given, {}, "numba", Sizes(room=0)) == expected


@pytest.mark.parametrize("options", [{"max_candidates": 1}, {"max_candidates": 3, "threshold": 0.6}], ids=str)
def test_decisions_among_full_buckets(options):
    words = "the winner of yearly photo prize is standing on great stage in Leeds York today again".split()
    given = []
    for n in range(300):
        text = f"The winner of the yearly photo prize number {n % 20} is standing on the great stage in town".split()
        text[n * 7 % len(text)] = words[n * 5 % len(words)]
        given.append((None, " ".join(text)))
    results, capped = reference = one_by_one(given, options, len(given))
    assert capped > 0 and any(result.removed for result in results)
    assert one_by_one(given, options, 0) == reference and one_by_one(given, options, 150) == reference
    assert streamed(given, options, "numpy")[0] == streamed(given, options, "numba")[0] == results
