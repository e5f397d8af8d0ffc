"""Where paragraphs stand, and what a document looks like without some of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup import split_paragraphs
from dedup.paragraphs import is_blank_line_document, without


def paragraphs(text):
    return [text[span.start : span.end] for span in split_paragraphs(text)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        (" \n\n \ufeff", ["\ufeff"]),
        ("one", ["one"]),
        ("one\ntwo\n", ["one", "two"]),
        ("one\r\ntwo\r\nthree", ["one", "two", "three"]),
        ("one\rtwo", ["one", "two"]),
        ("one\u2028two\u2029three", ["one", "two", "three"]),
        ("one\ntwo\n\nthree", ["one\ntwo", "three"]),
        ("one\r\n\r\ntwo\r\nhalf", ["one", "two\r\nhalf"]),
        ("one\r\rtwo", ["one", "two"]),
        ("one\n \t \ntwo", ["one", "two"]),
        ("one\n\n\n\n  two  \n\n", ["one", "two"]),
        ("one\u2028half\n\ntwo", ["one\u2028half", "two"]),
        ("\ufeffone\n\ntwo", ["one", "two"]),
        ("\ufeff\n\none\n\ntwo", ["one", "two"]),
        ("\none\ntwo", ["one", "two"]),
        ("a\x0bb\x85c\nd", ["a\x0bb\x85c", "d"]),
    ],
)
def test_split(text, expected):
    assert paragraphs(text) == expected


@pytest.mark.parametrize(
    "text, removed, expected",
    [
        ("a\n\nb\n\nc\n", [0, 0, 0], "a\n\nb\n\nc\n"),
        ("a\n\nb\n \nc\n", [0, 1, 0], "a\n\nc\n"),
        ("a\n\nb\n \nc\n", [1, 0, 0], "b\n \nc\n"),
        ("a\n\nb\n \nc\n", [0, 0, 1], "a\n\nb\n"),
        ("\ufeff a\n\nb\n\nc", [1, 0, 0], "\ufeff b\n\nc"),
        ("a\nb\nc\n", [0, 1, 1], "a\n"),
        ("a\r\nb\r\nc", [0, 0, 1], "a\r\nb"),
        ("a\n\nb", [1, 1], ""),
        (" a \n", [1], ""),
        # One paragraph of a blank-line document stays: it must not become a line document.
        ("a1\na2\n\nb", [0, 1], "a1\na2\n\n"),
        ("b\n\na1\na2", [1, 0], "\n\na1\na2"),
        ("b\n\na1\na2\n\n", [1, 0], "a1\na2\n\n"),
    ],
)
def test_without(text, removed, expected):
    assert without(text, split_paragraphs(text), [bool(flag) for flag in removed]) == expected


lines = st.lists(
    st.sampled_from(["a", "bb c", " ", "\n", "\r\n", "\r", "\n\n", "\u2028", "\t", "\ufeff", "d"]), max_size=14
)


@given(lines.map("".join), st.integers(0))
@example("a\r\n\n\nb", 2)
def test_what_stays_is_what_was(text, choice):
    spans = split_paragraphs(text)
    removed = [bool(choice >> place & 1) for place in range(len(spans))]
    result = without(text, spans, removed)
    staying = [text[span.start : span.end] for span, gone in zip(spans, removed, strict=True) if not gone]
    assert paragraphs(result) == staying
    assert not staying or is_blank_line_document(result) == is_blank_line_document(text)
    characters = iter(text)
    assert all(character in characters for character in result)  # a subsequence


def test_time_is_linear_in_white_space():
    text = "a" + " " * 1_000_000 + "b\n" + "\n " * 300_000 + "c"
    assert len(split_paragraphs(text)) == 2
