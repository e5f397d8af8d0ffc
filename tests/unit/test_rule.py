"""One rule, one answer: against the slow model, in any batch, with any number of threads, on both backends."""

import numpy as np
import pytest
from helpers import needs_numba
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup._jit import backend as jit
from dedup.config import Config
from dedup.decide import _candidates_numba
from dedup.decide.batch import Sizes, read_batch


def test_order_within_a_document(backend):
    short, long = (
        "Five new bridges are planned for the valley",
        "Five new bridges are planned for the valley, the mayor said",
    )
    result = dedup.clean(f"{short}\n\n{long}\n\n{short.upper()}")
    assert result.text == f"{long}\n\n"
    assert [removal.decision.duplicate_of for removal in result.removed] == [(0, 1), (0, 1)]


def test_only_an_earlier_document_holds_an_original(backend):
    short, long = "Five new bridges are planned for the valley", "Five new bridges are planned for the valley by 2030"
    with dedup.Deduplicator() as seen:
        assert seen.clean(short, "a").text == short
        assert seen.clean(long, "b").text == long


def test_short_paragraphs(backend):
    assert dedup.clean("Yes.\n\nYes!\n\n68\n\n68\n\n…\n\n…").text == "Yes.\n\n68\n\n68\n\n…\n\n…"


def test_short_paragraphs_are_compared_before_they_go(backend):
    """Two words may have the same key, and capitals may part two texts of the same words."""
    prose = "A long line of prose about the harbour stands here alone, and says little."
    alike = read_batch(["wnpwi", "wczjx"], np.array([2]), Config(), alone=False, fast=False)
    assert alike.keys[0, 0] == alike.keys[1, 0]
    for texts, gone, options in (
        (["wnpwi", "wczjx", prose], [], {}),
        (["wnpwi", "wnpwi", prose], [1], {}),
        (["Today the US can help", "Today the us can help", prose], [], {"min_tokens": 8}),
        (["Today the US can help", "Today the us can help", prose], [1], {"min_tokens": 8, "threshold": 0.7}),
        (["Today the town can help", "today the Town can help", prose], [1], {"min_tokens": 8}),
    ):
        assert [removal.position for removal in dedup.clean("\n\n".join(texts), **options).removed] == gone


def test_many_copies_are_one_entry(backend):
    with dedup.Deduplicator() as seen:
        results = list(seen.stream(["The same caption under every picture"] * 5000))
        assert sum(len(result.kept) for result in results) == 1
        assert {removal.decision.duplicate_of for result in results for removal in result.removed} == {(0, 0)}


def test_full_buckets_are_counted_and_cost_no_removal_without_an_original(backend):
    texts = [f"The winner of the yearly photo prize number {n} is standing on the great stage" for n in range(40)]
    with dedup.Deduplicator(max_candidates=3) as seen:
        for text in texts:
            assert not seen.add(text).is_duplicate
        assert seen.capped_lookups > 0
        assert seen.add(texts[30]).relation == "exact"  # equal texts are found outside the cap


def test_matches_of_a_list_are_confirmed(backend):
    words = "five new bridges are planned for the valley the mayor said on a rainy evening in the old town hall".split()
    texts = [
        " ".join(words[n % 4 : len(words) - n % 3]) + " x" * (n % 5 == 0) for n in range(120)
    ]  # the same again from 60 on
    matches = list(dedup.find_duplicates(texts))
    gone = {match.index for match in matches}
    assert {match.relation for match in matches} >= {"exact", "contained"}
    for match in matches:
        assert match.duplicate_of not in gone and match.duplicate_of < match.index
        found = dedup.compare(texts[match.index], texts[match.duplicate_of])
        assert (found.relation, found.jaccard, found.reason) == (match.relation, match.jaccard, match.reason)
        assert found.inner == ("a" if found.relation == "contained" else None)


def test_a_page_of_ten_thousand_paragraphs(backend):
    common = "is the name of a village in the northern valley"
    text = "\n\n".join(
        f"Name{n} Street{n * 7} {common if n % 40 == 0 else f'plain{n} words{n} only{n}'}" for n in range(10_000)
    )
    result = dedup.clean(text)
    assert len(result.kept) == 10_000


def test_too_large_a_document_is_refused(backend):
    seen = dedup.Deduplicator(scope="document", _sizes=Sizes(document=50))
    large = "\n\n".join(f"paragraph number {n} of many" for n in range(51))
    with pytest.raises(dedup.DocumentTooLarge, match=r"51 different paragraphs.*--lines"):
        seen.clean(large)
    assert seen.clean("\n\n".join(["the same seven words each and every time"] * 500)).text.count("same") == 1


def test_very_many_one_word_paragraphs(backend):
    text = "\n".join(["word"] * 200_000)
    assert dedup.clean(text).text == text


def test_one_huge_paragraph(backend):
    text = "A paragraph of many words with 15.9% and more. " * 100_000
    result = dedup.clean(f"{text}\n\n{text}")
    assert len(result.removed) == 1


SENTENCES = [
    "The council of Tarnsby voted on Tuesday evening to close the swing bridge to lorries from next spring.",
    "Drivers will have to take the longer way round by Quillhaven, which adds some twenty minutes to the trip.",
    "Hauliers called the decision a disaster, and announced that they would take the matter to the county court.",
    "The bridge was built for carts and carriages in 1874, and its engineers say that it has had enough.",
]


@pytest.mark.parametrize("teaser", SENTENCES)
def test_a_sentence_of_an_earlier_paragraph_is_found(backend, teaser):
    whole = " ".join(SENTENCES)
    assert dedup.compare(whole, teaser).jaccard < 0.4
    (match,) = dedup.find_duplicates([whole, teaser])
    assert (match.index, match.duplicate_of, match.relation) == (1, 0, "contained")
    assert list(dedup.find_duplicates([whole, teaser], threshold=0.4)) == []


@needs_numba
@given(st.lists(st.integers(0, 30) | st.integers(0, (1 << 32) - 2), max_size=40))
def test_candidates_stand_there_once(values):
    array, table = np.array([*values, 7], dtype=np.int64), np.empty(16 + 4 * len(values), dtype=np.uint32)
    left = jit.compiled(_candidates_numba.distinct_kernel)(array, len(values), table)
    assert array[:left].tolist() == list(dict.fromkeys(values))
    assert array[-1] == 7
