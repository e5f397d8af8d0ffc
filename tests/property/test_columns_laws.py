"""A column read in pieces is the list of its texts."""

import numpy as np
import pytest
from columns import KINDS
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.text.columns import read_column

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pc = pytest.importorskip("pyarrow.compute", reason="pyarrow is not installed")


@given(st.lists(st.none() | st.text(max_size=20)), st.integers(1, 5), st.integers(0, 3), st.data())
def test_rows_are_those_of_the_column(texts, most, ahead, data):
    texts = [None if text is None else text.encode(errors="ignore").decode() for text in texts]
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    column = KINDS[kind](texts)
    found = [list(rows) for rows, _ in read_column(column, most)]
    assert [row for rows in found for row in rows] == texts
    assert all(len(rows) <= most for rows in found)


_GARBAGE = [
    b"\xff" * 20,
    b"cafe\xcc",
    b"\xf0\x9f",
    b"\xcc\x81\xcc\x81",
    b"&amp",
    b"\xed\xa0\x80",
    b"\xc3" * 17,
    b"x" * 70 + b"\xf0",
]
_SAID = [
    "The ferry sails at nine with forty passengers.",
    "cat",
    "“Ünïcode”, 漢字 😀",
    "&amp; an entity é",
    "cafe\u0301",
    "",
]
_slots = st.lists(
    st.tuples(st.sampled_from(_GARBAGE), st.just(False))
    | st.tuples(st.sampled_from(_SAID).map(str.encode), st.just(True))
)


def _column(slots, kind, behind):
    """Return a column of texts, and of bytes of any kind where one is missing, as Arrow allows it."""
    octets, valid = [octets for octets, _ in slots], [there for _, there in slots]
    if kind == "if_else":  # how pyarrow makes such columns by itself
        chosen = pc.if_else(pa.array(valid, pa.bool_()), pa.array(octets, pa.binary()), pa.scalar(None, pa.binary()))
        return chosen.cast(pa.string())
    ends = np.cumsum([0, *map(len, octets)])
    bits, data = np.packbits(np.array(valid, np.bool_), bitorder="little").tobytes(), b"".join(octets) + behind
    if kind == "string_view":
        views = b"".join(
            np.int32(len(o)).tobytes() + (o.ljust(12, b"\0") if len(o) <= 12 else o[:4] + np.array([0, begin], np.int32).tobytes())
            if there else b"\xff" * 16
            for (o, there), begin in zip(slots, ends.tolist(), strict=False)
        )  # fmt: skip
        return pa.Array.from_buffers(pa.string_view(), len(slots), list(map(pa.py_buffer, (bits, views, data))))
    wide = kind == "large_string"
    buffers = map(pa.py_buffer, (bits, ends.astype(np.int64 if wide else np.int32).tobytes(), data))
    texts = pa.Array.from_buffers(pa.large_string() if wide else pa.string(), len(slots), list(buffers))
    if kind == "dictionary":
        return pa.DictionaryArray.from_arrays(pa.array(range(len(slots)), pa.int32()), texts, safe=False)
    return texts


@given(
    _slots,
    st.sampled_from(["string", "large_string", "if_else", "string_view", "dictionary"]),
    st.sampled_from([b"", b"\xff\xff", b"\xcc"]),
    st.integers(0, 3),
)
def test_bytes_where_a_text_is_missing_reach_no_kernel(slots, kind, behind, first):
    column, texts = (
        _column(slots, kind, behind)[first:],
        [octets.decode() if there else None for octets, there in slots[first:]],
    )
    expected = dedup.duplicated(texts).tolist()
    for engine in ("numpy", "interpreted"):  # interpreted, an access out of bounds fails
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DEDUP_ENGINE", engine)
            assert dedup.duplicated(column).tolist() == expected
            assert list(dedup.unique(column)) == list(dedup.unique(texts))
