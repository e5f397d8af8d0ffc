"""Paragraphs with their kinds: a cell never goes alone, a caption goes anywhere, and a document may be a sequence of them."""

import pytest
from helpers import needs_numba
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.text.utf8 import Utf8, counted

LINE = "The ferry to Ballon leaves the north pier at half past nine every morning."


def kinds(*paragraphs, **options):
    """Which paragraphs, given as (text, kind), are removed."""
    result = dedup.clean([dedup.Paragraph(text, kind) for text, kind in paragraphs], **options)
    return [removal.position for removal in result.removed]


def test_a_cell_never_goes_alone(backend):
    assert kinds((LINE, "cell"), ("One sentence of its own between the two.", "text"), (LINE, "cell")) == []
    assert kinds((LINE, "text"), ("One sentence of its own between the two.", "text"), (LINE, "text")) == [2]
    assert kinds((LINE, "text"), (LINE, "cell")) == []  # nor for what stands beside it
    assert kinds((LINE, "cell"), (LINE, "text")) == [1]  # what is no cell goes for it


def test_a_run_of_cells_goes_with_all_its_cells(backend):
    row = [(LINE, "cell"), ("Adults pay three crowns and children nothing at all on weekdays", "cell")]
    row += [("Dogs must be kept on a lead while they are on deck", "cell"), ("Yes", "cell")]
    assert kinds(*row, ("What stands between them says something else.", "text"), *row) == [5, 6, 7, 8]


def test_code_goes_as_cells_do(backend):
    assert kinds(("greet(name) prints the name of the harbour and its wall", "code"), *[(LINE, "text")] * 1) == []
    assert kinds((LINE, "code"), ("Call it twice, says the manual of the ferry.", "text"), (LINE, "code")) == []


def test_a_caption_goes_wherever_it_stands(backend):
    between = [(f"Paragraph {n} says that the number is {n * 7}", "text") for n in range(4)]
    caption = ("Harbour wall", "caption")
    assert kinds(caption, *between, caption, *between[:1], caption) == [5, 6, 7]
    assert kinds(("Harbour wall", "text"), *between, ("Harbour wall", "text")) == []


def test_of_two_that_say_as_much_the_caption_goes(backend):
    assert kinds(("Harbour wall wins the vote", "caption"), ("Harbour wall wins the vote", "heading")) == [0]


def test_a_sequence_is_joined_by_blank_lines_and_its_positions_count_from_0(backend):
    given = ["Two lines\n\nin one paragraph, as an extractor may have it.", "", LINE, LINE]
    result = dedup.clean(given)
    assert [removal.position for removal in result.removed] == [3]
    assert result.text == "\n\n".join(given[:3])
    assert [span.start for span in result.kept] == [0, 59, 61]
    with dedup.Deduplicator() as seen:
        assert [len(found.removed) for found in seen.stream([("a", given), ("b", LINE), given[:1]])] == [1, 1, 1]


@pytest.mark.parametrize(
    "document, message",
    [
        ([LINE, 7], "paragraph 1 of a document is 7; expected a str, a dedup.Paragraph, or an object"),
        ([dedup.Paragraph(LINE, "table")], "is of kind 'table'; expected one of text, heading, caption, cell, code"),
        (7, "a document is int"),
    ],
)
def test_what_is_no_document_is_refused(document, message):
    with pytest.raises(dedup.InputError, match=message):
        dedup.clean(document)


@needs_numba
@given(texts=st.lists(st.text("`a\n", max_size=12), max_size=6))
def test_fences_are_counted_alike(texts):
    assert counted(Utf8.of(texts), "`", 3) == counted(texts, "`", 3)
