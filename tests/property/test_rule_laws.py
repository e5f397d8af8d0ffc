"""One rule, one answer: against the slow model, in any batch, with any number of threads, and its guarantees."""

from itertools import pairwise

import numpy as np
import pytest
from helpers import stays
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow import read, slow_clean, slow_places, stands_for, weight
from strategies import articles, edited, pages, said, sentence

import dedup
from dedup.decide.batch import Sizes, read_batch
from dedup.decide.places import ANYWHERE, APART, BESIDE, PINNED, SPAN
from dedup.match.tables import BRIEF, CLOSED
from dedup.text.paragraphs import split_paragraphs

OPTIONS = [
    {},
    {"scope": "document"},
    {"threshold": 0.5},
    {"threshold": 0.8, "scope": "document"},
    {"min_tokens": 1, "shingle_size": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@given(documents=articles() | st.lists(pages().map("\n\n".join), min_size=1, max_size=3))
@settings(max_examples=60)
def test_model(backend, options, documents):
    config = dedup.Config(**options)
    assume(
        not any(two_small_words(text[span.start : span.end]) for text in documents for span in split_paragraphs(text))
    )
    assert stays(documents, config)[0] == slow_clean(documents, config)


def two_small_words(text):
    """Whether two small words stand in a row in a text: which of them another lacks is a matter of taste."""
    small = [bits & CLOSED > 0 for bits in read(text).alone]
    return any(one and other for one, other in pairwise(small))


@given(texts=pages(), kinds=st.none() | st.lists(st.integers(0, 4), min_size=54, max_size=54))
@settings(max_examples=300)
def test_places(backend, texts, kinds):
    """What is said of places is said of each paragraph by itself, too."""
    kinds = None if kinds is None else kinds[: len(texts)]
    fast = backend == "numba"
    held = read_batch(
        texts,
        np.array([len(texts)]),
        dedup.Config(min_tokens=1000),
        alone=False,
        fast=fast,
        kinds=None if kinds is None else np.array(kinds, np.uint8),
    )
    stands, twins = slow_places(texts, kinds)
    assert held.twins.tolist() == [-1 if twin is None else twin for twin in twins]
    for p, text in enumerate(texts):
        if weight(text):
            assert [may(held.held[p], p, q) for q in (None, *range(len(texts)))] == [
                stands[p](q) for q in (None, *range(len(texts)))
            ], p


def may(held, p, q):
    """Whether an original of paragraph p, held so, may stand at q, or, for None, in another document."""
    distance = None if q is None else abs(p - q)
    return {
        ANYWHERE: True,
        APART: distance is None or distance < 3 or distance > SPAN,
        BESIDE: distance is not None and distance < 3,
        PINNED: False,
    }[held]


@given(said() | st.tuples(edited(sentence), edited(sentence)))
@settings(max_examples=400)
def test_two_paragraphs_of_a_document_are_decided_as_they_compare(backend, pair):
    assume(all(weight(text) >= BRIEF and not two_small_words(text) and "#" not in text for text in pair))
    found, result = dedup.compare(*pair), dedup.clean("\n\n".join(pair))
    assert len(result.removed) == found.is_duplicate
    for removal in result.removed:
        assert removal.decision.relation == found.relation
        if read(pair[0]).rank() != read(pair[1]).rank():  # else the first stays, and to `compare` none is the first
            assert found.inner in (None, "ab"[removal.position])


@given(documents=articles(most=6), size=st.integers(1, 9), jobs=st.integers(1, 3))
@settings(max_examples=60)
def test_batches_jobs_and_clean_change_nothing(backend, documents, size, jobs):
    config = dedup.Config()
    expected = stays(documents, config)[1]
    assert stays(documents, config, jobs, Sizes(texts=size))[1] == expected
    with dedup.Deduplicator(config) as seen:
        assert [seen.clean(document) for document in documents] == expected


@pytest.mark.parametrize("threshold", [None, 0.5])
@given(documents=articles(most=5))
@settings(max_examples=80)
def test_laws(backend, documents, threshold):
    config = dedup.Config(threshold=threshold)
    _, results = stays(documents, config)
    paragraphs = [[text[span.start : span.end] for span in dedup.split_paragraphs(text)] for text in documents]
    kept = {(number, p) for number, texts in enumerate(paragraphs) for p in range(len(texts))}
    kept -= {(number, removal.position) for number, result in enumerate(results) for removal in result.removed}
    for number, (text, result) in enumerate(zip(documents, results, strict=True)):
        characters = iter(text)
        assert all(character in characters for character in result.text)
        for removal in result.removed:
            # The guarantee: its original is kept, and `compare` confirms the relation.
            original = removal.decision.duplicate_of
            assert original in kept and removal.decision.is_duplicate
            found = dedup.compare(
                text[removal.start : removal.end], paragraphs[original[0]][original[1]], threshold=threshold
            )
            assert found.relation == removal.decision.relation
            assert (found.jaccard, found.containment) == (removal.decision.jaccard, removal.decision.containment)
            # Of two that say the same `compare` names the one that comes later in the order of one document.
            removed, kept_text = text[removal.start : removal.end], paragraphs[original[0]][original[1]]
            if original[0] == number and read(removed).rank() != read(kept_text).rank():
                assert found.inner == ("a" if found.relation == "contained" else None)
                assert found.reason == removal.decision.reason
            assert stands_for(kept_text, removed, config) == removal.decision.relation
        assert [text[span.start : span.end] for span in result.kept] == [
            texts for p, texts in enumerate(paragraphs[number]) if (number, p) in kept
        ]
    # Cleaning again removes nothing but brief paragraphs, which are judged by their neighbours.
    again = stays([result.text for result in results], config)[1]
    for once, twice in zip(results, again, strict=True):
        gone = [once.text[removal.start : removal.end] for removal in twice.removed]
        assert all(weight(paragraph) < BRIEF for paragraph in gone)
