"""An explanation never contradicts what was done."""

from hypothesis import given, settings
from strategies import articles

import dedup


@given(documents=articles(most=4))
@settings(max_examples=40)
def test_it_never_contradicts_what_was_done(backend, documents):
    paragraphs = [[text[span.start : span.end] for span in dedup.split_paragraphs(text)] for text in documents]
    with dedup.Deduplicator() as seen:
        for number, document in enumerate(documents):
            removed = {removal.position: removal.decision for removal in seen.clean(document, number).removed}
            for p, text in enumerate(paragraphs[number]):
                found = seen.explain(number, p)
                assert (found.cause == "removed") == (p in removed)
                assert found.decision.is_duplicate == (p in removed)
                if p in removed:
                    assert found.decision == removed[p] and found.nearest == removed[p].duplicate_of
                elif found.nearest is not None:
                    other, position = found.nearest
                    pair = dedup.compare(text, paragraphs[other][position])
                    may_go = pair.is_duplicate and pair.inner != "b"
                    assert found.cause == ("place" if may_go else "nearest")
