"""What two paragraphs are to each other: the laws of alignment and judgement."""

import itertools

from helpers import judged
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import any_text, edited, sentence

import dedup
from dedup.match.align import align_kernel
from dedup.match.explain import in_words
from dedup.text.tokens import fold


@given(edited(sentence), edited(sentence))
@settings(max_examples=300)
def test_symmetric(a, b):
    one, other = dedup.compare(a, b), dedup.compare(b, a)
    swapped = {"a": "b", "b": "a", None: None}
    assert (one.relation, one.inner, one.jaccard, one.containment) == (
        other.relation,
        swapped[other.inner],
        other.jaccard,
        other.containment,
    )
    assert 0 <= one.jaccard <= 1 and 0 <= one.containment <= 1


@given(any_text)
def test_exact_to_itself(text):
    assert dedup.compare(text, text).is_duplicate == bool(fold([text]).text(0))


@given(st.lists(st.integers(0, 6), max_size=12), st.lists(st.integers(0, 6), max_size=16))
def test_alignment_is_in_order_and_of_equals(a, b):
    if len(a) > len(b):
        a, b = b, a
    mates = [-1] * len(a)
    front = align_kernel(a, b, mates)
    assert mates[:front] == list(range(front))
    pairs = [(i, j) for i, j in enumerate(mates) if j >= 0]
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(first[1] < second[1] for first, second in itertools.pairwise(pairs))
    if a == b:
        assert mates == list(range(len(a)))


@given(edited(sentence) | any_text, edited(sentence), st.booleans())
def test_a_judgement_holds_the_alignment_that_it_rests_on(a, b, guard):
    one, other = judged(a, b, guard=guard), judged(b, a, guard=guard)
    assert one == other._replace(swapped=one.swapped)
    tokens = fold([a, b])
    inner, outer = one.in_order(tokens.text(0), tokens.text(1))
    assert len(inner) <= len(outer) and (one.mates is None) == (one.containment == 0)
    assert all(inner[i] == outer[j] for i, j in enumerate(one.mates or []) if j >= 0)
    assert in_words(tokens.text(0), tokens.text(1), one) == in_words(tokens.text(0), tokens.text(1))
