"""Paragraphs with their kinds: a cell never goes alone, a caption goes anywhere, and a document may be a sequence of them."""

from pathlib import Path

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


GIVEN = [LINE, None, {"text": LINE, "kind": "cell"}, {"text": LINE, "kind": None}, dedup.Paragraph(LINE, "caption")]


def test_what_stays_comes_back_as_it_was_given():
    result = dedup.clean(GIVEN)
    assert result.positions == [0, 1, 2] and result.paragraphs == GIVEN[:3] and result.paragraphs[2] is GIVEN[2]
    assert dedup.clean(tuple(GIVEN)).paragraphs == GIVEN[:3]
    assert dedup.clean(LINE).paragraphs is None and dedup.clean(f"{LINE}\n\n{LINE}").positions == [0]
    with dedup.Deduplicator() as seen:
        found = list(seen.stream([("a", GIVEN), ("b", LINE), GIVEN, []]))
    assert [result.positions for result in found] == [[0, 1, 2], [], [1, 2], []]
    assert [result.paragraphs for result in found] == [GIVEN[:3], None, GIVEN[1:3], []]


def test_columns_of_lists_are_documents():
    np, pa = pytest.importorskip("numpy"), pytest.importorskip("pyarrow")
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    rows = [{"text": LINE, "kind": "text"}, {"text": LINE, "kind": "cell"}, {"text": LINE, "kind": "caption"}]
    for document in (np.array([LINE, LINE], object), pandas.Series([LINE, LINE]), polars.Series([LINE, LINE])):
        assert dedup.clean(document).paragraphs == [LINE]
    for column in (pa.array([rows]), pa.chunked_array([[rows]]), polars.Series([rows]), pandas.Series([rows])):
        with dedup.Deduplicator() as seen:
            (result,) = seen.stream(column)
        assert result.paragraphs == rows[:2]
    for wrong in (np.float64("nan"), np.array(3), pa.scalar(LINE), {"text": LINE}):
        with pytest.raises(dedup.InputError):
            dedup.clean(wrong)


@pytest.mark.parametrize(
    "document, message",
    [
        ([LINE, 7], "paragraph 1 of a document is 7, an int; expected a str, a dedup.Paragraph, or an object"),
        ([dedup.Paragraph(LINE, "table")], "is of kind 'table'; expected one of text, heading, caption, cell, code"),
        (7, "a document is 7, an int; expected a str, or a list of paragraphs$"),
        ({"text": LINE}, "a document is {.*, a dict; expected .* Put a single paragraph into a list"),
        (dedup.Paragraph(LINE), "a document is Paragraph.*; expected .* Put a single paragraph into a list"),
        ((text for text in [LINE]), "a generator; expected .* Make a list of it"),
        (Path("page.txt"), "a PosixPath; expected .* Read its text first"),
        (b"page", "a bytes; expected .* Decode it first"),
    ],
)
def test_what_is_no_document_is_refused(document, message):
    with pytest.raises(dedup.InputError, match=message):
        dedup.clean(document)


@needs_numba
@given(texts=st.lists(st.text("`a\n", max_size=12), max_size=6))
def test_fences_are_counted_alike(texts):
    assert counted(Utf8.of(texts), "`", 3) == counted(texts, "`", 3)
