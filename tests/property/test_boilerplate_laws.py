"""The rule decides on the rest as if boilerplate were not there."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow import fast_tokens, weight
from strategies import articles

import dedup
from dedup.io.inputs import plan
from dedup.match.tables import BRIEF
from dedup.runs.run import find_boilerplate, run


@given(articles(most=5), st.integers(2, 3), st.integers(1, 2))
def test_the_rest_is_decided_as_if_furniture_were_not_there(backend, texts, least, jobs):
    def paragraphs(text):
        return [text[span.start : span.end] for span in dedup.split_paragraphs(text)]

    def has_word(tokens):
        kinds = ({category(character)[0] for character in token} for token in tokens)
        return any("N" not in kind and "L" in kind for kind in kinds)

    counts = Counter(
        tokens for text in texts for tokens in {tuple(fast_tokens(p)) for p in paragraphs(text)} if has_word(tokens)
    )
    boilerplate = {tokens for tokens, count in counts.items() if count >= least}
    stripped = [[p for p in paragraphs(text) if tuple(fast_tokens(p)) not in boilerplate] for text in texts]
    with TemporaryDirectory() as folder, dedup.Deduplicator() as seen, dedup.Deduplicator() as other:
        for number, text in enumerate(texts):
            Path(folder, f"{number}.txt").write_bytes(text.encode())
        documents = plan([folder], None)
        found = find_boilerplate(documents, least)
        assert {tuple(fast_tokens(text)) for text, _ in found.listed()} == boilerplate
        results = [
            outcome.result()
            for _, rows in run(documents, seen._pipeline, jobs=jobs, boilerplate=found, report=pytest.fail)
            for _, outcome in rows
        ]
        for text, rest, result in zip(texts, stripped, results, strict=True):
            expected = other.clean("\n\n".join(rest) + "\n\n\n", result.id)
            kept = [text[span.start : span.end] for span in result.kept]
            assert kept == paragraphs(expected.text) == paragraphs(result.text)
            spans = dedup.split_paragraphs(text)
            every = sorted((span.start, span.end) for span in [*result.kept, *result.removed])
            assert every == [(span.start, span.end) for span in spans]
            assert all(spans[r.position].start == r.start for r in result.removed)
            for removal in result.removed:
                tokens = tuple(fast_tokens(text[removal.start : removal.end]))
                assert (removal.decision.relation == "boilerplate") == (tokens in boilerplate)
                if removal.decision.duplicate_of:
                    id, position = removal.decision.duplicate_of
                    original = paragraphs(texts[int(id.removesuffix(".txt"))])[position]
                    relation = dedup.compare(text[removal.start : removal.end], original).relation
                    assert relation == removal.decision.relation
        # A second time, there is nothing to do, but for brief paragraphs, which are judged by their neighbours.
        for result in results:
            Path(folder, result.id).write_bytes(result.text.encode())
        again = find_boilerplate(documents, least)
        assert not again.listed()
        with dedup.Deduplicator() as once_more:
            rows = run(documents, once_more._pipeline, boilerplate=again, report=pytest.fail)
            for result in [outcome.result() for _, found in rows for _, outcome in found]:
                text = Path(folder, result.id).read_bytes().decode()
                assert all(weight(text[removal.start : removal.end]) < BRIEF for removal in result.removed)
