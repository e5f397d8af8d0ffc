"""Folding does to any text what one regular expression says."""

from hypothesis import given, settings
from slow import fast_tokens, slow_tokens
from strategies import any_text


@given(any_text)
@settings(max_examples=600)
def test_reference_equals_slow_twin(text):
    assert fast_tokens(text) == slow_tokens(text)
