"""What two paragraphs are to each other: against the slow twin, and the laws of the decision."""

import pytest
from helpers import both_backends, says
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow import read, slow_says
from strategies import any_text, edited, said, sentence

import dedup
from dedup.decide.batch import rank
from dedup.match.tables import CLOSED
from dedup.text.tokens import fold


def ends_in_small_words(text):
    """Whether a text, or what it says, ends in two small words: which of them the other lacks is a matter of taste."""
    reading = read(text)
    small = [bits & CLOSED > 0 for bits in reading.alone]
    return any(all(small[end - 2 : end]) and end > 1 for end in (len(small), reading.core()[1]))


@both_backends
@given(pair=said() | st.tuples(edited(sentence), edited(sentence)) | st.tuples(any_text, any_text))
@settings(max_examples=1500)
def test_kernel_and_twin_agree(fast, pair):
    a, b = pair
    assume(not ends_in_small_words(a) and not ends_in_small_words(b))
    assert says(b, a, fast) == slow_says(b, a)
    assert says(a, b, fast) == slow_says(a, b)


@both_backends
@given(texts=said() | st.lists(any_text, min_size=1, max_size=3))
@settings(max_examples=500)
def test_kernel_and_twin_rank_alike(fast, texts):
    ranks = rank(fold(texts), fast).tolist()
    for text, (count, worse, begin, end) in zip(texts, ranks, strict=True):
        reading = read(text)
        minus, address, less = reading.rank()
        assert (-count, worse) == (minus, address << 8 | less)
        if reading.tokens:
            assert (begin, end) == reading.core()


@given(said() | st.tuples(edited(sentence), edited(sentence)), st.none() | st.floats(0.1, 1))
@settings(max_examples=300)
def test_symmetric(pair, threshold):
    a, b = pair
    one, other = dedup.compare(a, b, threshold=threshold), dedup.compare(b, a, threshold=threshold)
    swapped = {"a": "b", "b": "a", None: None}
    assert (one.relation, one.inner, one.jaccard, one.containment) == (
        other.relation,
        swapped[other.inner],
        other.jaccard,
        other.containment,
    )
    assert 0 <= one.jaccard <= one.containment <= 1
    assert (one.inner is None) == (one.relation != "contained")
    assert one.reason and (one.relation == "distinct" or one.reason == other.reason)


@given(any_text)
def test_exact_to_itself(text):
    assert dedup.compare(text, text).relation == ("exact" if fold([text]).text(0) else "distinct")


@given(st.tuples(edited(sentence), edited(sentence)), st.floats(0.1, 1))
def test_likeness_is_the_jaccard_similarity_alone(pair, threshold):
    found = dedup.compare(*pair, threshold=threshold)
    exact = fold(list(pair)).text(0) == fold(list(pair)).text(1)
    assert found.relation == ("exact" if exact else "near" if found.jaccard >= threshold else "distinct")


CONTENT = (
    "mayor council bridge tunnel opened closed harbour village ferry prize garden station letter winter river".split()
)


@given(st.lists(st.sampled_from(CONTENT), min_size=2, max_size=30, unique=True), st.data())
@settings(max_examples=200)
def test_a_word_of_no_class_put_within_keeps_both(words, data):
    """However long the text, whatever the word: no rule knows it to be harmless."""
    place = data.draw(st.integers(1, len(words) - 1))
    more = [*words[:place], data.draw(st.sampled_from(["zebra", "7", "not", "東", "C++"])), *words[place:]]
    swapped = [*words[: place - 1], words[place], words[place - 1], *words[place + 1 :]]
    for other in (more, swapped):
        assert not dedup.compare(" ".join(words), " ".join(other)).is_duplicate


@pytest.mark.parametrize("sign", ["+", "#", "%", "€", "²", "½", "& Sons"])
@given(words=st.lists(st.sampled_from(CONTENT), min_size=3, max_size=30, unique=True))
def test_a_sign_behind_the_words_keeps_both(sign, words):
    text = " ".join(words)
    assert not dedup.compare(text, f"{text} {sign}").is_duplicate
    assert not dedup.compare(f"{text} 5", f"{text} 5 {CONTENT[0]}").is_duplicate


@pytest.mark.parametrize("front", ["3-1: ", "100: ", "1.5: ", "6-4 6-4: ", "zebra: ", "5 zebras: "])
@given(words=st.lists(st.sampled_from(CONTENT), min_size=3, max_size=30, unique=True))
def test_what_is_no_list_number_and_no_label_stays_before_the_words(front, words):
    text = " ".join(words)
    assert dedup.compare(front + text, text).inner != "a"


@pytest.mark.parametrize("stop", [". ", " – ", "\n", ": "])
@given(words=st.lists(st.sampled_from(CONTENT), min_size=3, max_size=12, unique=True))
def test_a_denial_beside_the_words_keeps_both(stop, words):
    text = " ".join(words)
    for other in (f"{text}{stop}That is not true", f"Hoax{stop}{text}", f"{text}{stop}Fake"):
        assert not dedup.compare(text, other).is_duplicate
