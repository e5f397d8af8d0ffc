"""Where paragraphs stand, and what a document looks like without some of them."""

import pytest
from helpers import LONG, OTHER, THIRD, both_backends, call, left, paragraphs
from hypothesis import given
from hypothesis import strategies as st

from dedup import Span, split_paragraphs
from dedup.text.paragraphs import split


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
        ("\ufeff a\n\nb\n\nc", [1, 0, 0], "\ufeffb\n\nc"),
        # Each paragraph has its own indent, which goes and stays with it.
        ("  a\n\n  b\n\n        c\n          d", [0, 1, 0], "  a\n\n        c\n          d"),
        ("  a\n\n  b\n\n\tc\n\td", [1, 1, 0], "\tc\n\td"),
        ("a\n  b\nc\n \t\u3000d\n", [0, 1, 1, 0], "a\n \t\u3000d\n"),
        ("a\n  b\nc", [0, 1, 0], "a\nc"),
        ("a\nb\nc\n", [0, 1, 1], "a\n"),
        ("a\r\nb\r\nc", [0, 0, 1], "a\r\nb"),
        ("a\n\nb", [1, 1], ""),
        (" a \n", [1], ""),
        # One paragraph of a blank-line document stays: it keeps the separator behind it, and none comes before it.
        ("a1\na2\n\nb", [0, 1], "a1\na2\n\n"),
        ("b\n\na1\na2", [1, 0], "a1\na2"),
        ("b\n\na1\na2\n\n", [1, 0], "a1\na2\n\n"),
    ],
)
def test_without(text, removed, expected):
    assert left(text, [place for place, gone in enumerate(removed) if gone]) == expected


spaces = st.text(
    st.sampled_from(
        "\n\n\r\t\x0b\x0c\x1c \x85\xa0\u1680\u180e\u2003\u200b\u2028\u2029\u202f\u205f\u3000\ufeffab,é中😀\ud800"
    )
)


@both_backends
@given(st.lists(st.lists(spaces | st.sampled_from(["\r\n", "x" * 70]), max_size=9).map("".join), max_size=4))
def test_a_batch_is_taken_apart_as_each_document_is(fast, documents):
    found = split(documents, fast)
    spans = [split_paragraphs(text) for text in documents]
    assert found.counts.tolist() == [len(places) for places in spans]
    assert list(map(Span, found.begins.tolist(), found.ends.tolist())) == [span for places in spans for span in places]
    texts = [text[span.start : span.end] for text, places in zip(documents, spans, strict=True) for span in places]
    assert [found.texts.text(p) for p in range(len(texts))] == texts if fast else found.texts == texts


def test_time_is_linear_in_white_space():
    text = "a" + " " * 1_000_000 + "b\n" + "\n " * 300_000 + "c"
    assert len(split_paragraphs(text)) == 2


@pytest.mark.parametrize(
    "text, how, staying",
    [
        (f"{LONG}\n\n{OTHER} twice", ["--lines"], f"{OTHER} twice"),
        (f"{LONG}\n\n\n{OTHER}\n\n{THIRD}\n", ["--lines"], f"{THIRD}\n"),
        (f"{LONG}\n\n{OTHER}\n\n{THIRD}\n", [], f"{THIRD}\n"),
        (f"{LONG}\n\n{OTHER}", ["--lines"], ""),
        (f"\n{LONG}\n\n{THIRD}", ["--lines"], f"\n{THIRD}"),
    ],
)
def test_what_stays_does_not_begin_with_line_ends(tmp_path, text, how, staying):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"{LONG}\n{OTHER}")
    (tmp_path / "in" / "b.txt").write_text(text)
    assert call("clean", tmp_path / "in", "-o", tmp_path / "out", *how).exit_code == 0
    assert (tmp_path / "out" / "b.txt").read_text() == staying
