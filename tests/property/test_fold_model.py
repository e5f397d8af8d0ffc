"""Folding does to any text what one regular expression says, on both backends."""

from helpers import both_backends, needs_numba, same
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import fast_tokens, slow_fold, slow_tokens
from strategies import any_text

from dedup.text.tokens import fold

# What leaves little or no trace, what composes with it, and what only counts beside it.
PIECES = [
    *" \t\n.,-/_&+$%5aBzéеёЁсç®™~→★東ش…．‐ــıİiIsStT",
    *"\u0300\u0301\u0308\u0327\u0326\u0307\u0323\u064b\u064e\u0651\u0653\u0654\u0670\u05b0\u05bc\u05c1\u034f\u00ad\u02bc",
    *[
        "шин",
        "ש",
        "ي",
        "ك",
        "ا",
        "ﷺ",
        "ﹽ",
        "٣",
        "９",
        "५",
        "½",
        "₂",
        "..",
        "...",
        "1,500",
        "2,34",
        "-\n",
        "- \r\n ",
        "&amp;",
    ],
]
pieces = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(any_text | pieces)
@settings(max_examples=600)
def test_reference_equals_slow_twin(text):
    tokens = fold([text])
    assert (fast_tokens(text), list(tokens.flags_of(0))) == slow_fold(text)


@needs_numba
@given(st.lists(pieces | any_text, max_size=6))
@settings(max_examples=600)
def test_backends_agree(texts):
    same(fold(texts), fold(texts, True))


@both_backends
@given(text=pieces)
@settings(max_examples=200)
def test_blocks_may_end_anywhere(fast, text):
    """The compiled kernel reads 64 bytes at a time: what a text does must not depend on where its blocks end."""
    for length in (60, 61, 62, 63, 64):
        assert fast_tokens("x" * length + " " + text, fast)[1:] == slow_tokens("y " + text)[1:]
