"""One rule, one answer: against the slow model, in any batch, with any number of threads, and its guarantees."""

import pytest
from helpers import stays
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import slow_clean
from strategies import articles

import dedup
from dedup.decide.batch import Sizes

OPTIONS = [
    {},
    {"scope": "document"},
    {"guard": False, "threshold": 0.5},
    {"containment": None},
    {"min_tokens": 1, "shingle_size": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@given(documents=articles())
@settings(max_examples=40)
def test_model(backend, options, documents):
    config = dedup.Config(**options)
    assert stays(documents, config)[0] == slow_clean(documents, config)


@given(documents=articles(most=6), size=st.integers(1, 9), jobs=st.integers(1, 3))
@settings(max_examples=60)
def test_batches_jobs_and_clean_change_nothing(backend, documents, size, jobs):
    config = dedup.Config()
    expected = stays(documents, config)[1]
    assert stays(documents, config, jobs, Sizes(texts=size))[1] == expected
    with dedup.Deduplicator(config) as seen:
        assert [seen.clean(document) for document in documents] == expected


@given(documents=articles(most=5))
@settings(max_examples=80)
def test_laws(backend, documents):
    config = dedup.Config()
    _, results = stays(documents, config)
    paragraphs = [[text[span.start : span.end] for span in dedup.split_paragraphs(text)] for text in documents]
    kept = {(number, p) for number, texts in enumerate(paragraphs) for p in range(len(texts))}
    kept -= {(number, removal.position) for number, result in enumerate(results) for removal in result.removed}
    for number, (text, result) in enumerate(zip(documents, results, strict=True)):
        characters = iter(text)
        assert all(character in characters for character in result.text)
        for removal in result.removed:
            # The guarantee: what stands for it is kept, and `compare` confirms the relation.
            original = removal.decision.duplicate_of
            assert original in kept and removal.decision.is_duplicate
            found = dedup.compare(text[removal.start : removal.end], paragraphs[original[0]][original[1]])
            assert found.relation == removal.decision.relation
            assert found.inner == ("a" if found.relation == "contained" else None)
            assert found.jaccard == removal.decision.jaccard
            assert found.reason == removal.decision.reason
        assert [text[span.start : span.end] for span in result.kept] == [
            texts for p, texts in enumerate(paragraphs[number]) if (number, p) in kept
        ]
    # Cleaning again removes nothing.
    again = stays([result.text for result in results], config)[1]
    assert [result.text for result in again] == [result.text for result in results]
    assert not any(result.removed for result in again)
