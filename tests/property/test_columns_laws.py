"""A column read in pieces is the list of its texts."""

import pytest
from columns import KINDS
from hypothesis import given
from hypothesis import strategies as st

from dedup.text.columns import read_column

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")


@given(st.lists(st.none() | st.text(max_size=20)), st.integers(1, 5), st.integers(0, 3), st.data())
def test_rows_are_those_of_the_column(texts, most, ahead, data):
    texts = [None if text is None else text.encode(errors="ignore").decode() for text in texts]
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    column = KINDS[kind](texts)
    found = [list(rows) for rows, _ in read_column(column, most)]
    assert [row for rows in found for row in rows] == texts
    assert all(len(rows) <= most for rows in found)
