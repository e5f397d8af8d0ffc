"""Whatever is taken out of a document, the rest stays as it was."""

from helpers import left, paragraphs
from hypothesis import example, given
from hypothesis import strategies as st

from dedup import split_paragraphs
from dedup.text.paragraphs import is_blank_line_document

lines = st.lists(
    st.sampled_from(["a", "bb c", " ", "\n", "\r\n", "\r", "\n\n", "\u2028", "\t", "\ufeff", "d"]), max_size=14
)


@given(lines.map("".join), st.integers(0))
@example("a\r\n\n\nb", 2)
def test_what_stays_is_what_was(text, choice):
    spans = split_paragraphs(text)
    removed = [place for place in range(len(spans)) if choice >> place & 1]
    result = left(text, removed)
    staying = [text[span.start : span.end] for place, span in enumerate(spans) if place not in removed]
    assert paragraphs(result) == staying
    assert not staying or is_blank_line_document(result) == is_blank_line_document(text)
    characters = iter(text)
    assert all(character in characters for character in result)  # a subsequence
