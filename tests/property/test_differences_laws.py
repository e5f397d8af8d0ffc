"""A diff leaves no word out."""

import re

from hypothesis import given
from strategies import any_text, edited, sentence

from dedup.report.diff import marked, word_diff
from dedup.text.tokens import fold


@given(any_text, any_text)
def test_a_diff_has_every_word_of_the_first_as_written(a, b):
    diff = word_diff(a, b)
    assert "".join(stretch.text for stretch in diff if stretch.side != "b").split() == a.split()
    assert not re.search("[\x00-\x1f\x7f-\x9f]", marked(diff))


@given(sentence, edited(sentence))
def test_a_diff_has_every_word_of_the_second(a, b):
    words = "".join(stretch.text for stretch in word_diff(a, b) if stretch.side != "a")
    assert fold([words]).text(0) == fold([b]).text(0)


@given(sentence, edited(sentence))
def test_equal_texts_do_not_differ_and_others_do(a, b):
    tokens = fold([a, b])
    equal = tokens.text(0) == tokens.text(1)
    assert all(stretch.side == "both" for stretch in word_diff(a, b)) == equal
