"""Columns: the same decisions as on a list of the same texts, from every kind of buffer, and clear refusals."""

import gc

import numpy as np
import pytest
from columns import KINDS
from news_site import sentence

import dedup
from dedup.text.columns import is_column

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

A = "The ferry to the island sailed at nine with forty passengers."
TEXTS = [
    A,
    None,
    "cat",
    A.upper(),
    "cat",
    "",
    "“Ünïcode”, 漢字 and a smile 😀",
    "",
    "&amp; an entity",
    A + "é",
    "dog",
    "漢字 and",
]
TEXTS = TEXTS * 2 + ["Ünïcode, 漢字 and a smile 😀"]


@pytest.mark.parametrize("kind", KINDS)
def test_as_on_a_list(backend, kind):
    column = KINDS[kind](TEXTS)
    flags = dedup.duplicated(column)
    assert flags.dtype == np.bool_ and flags.tolist() == dedup.duplicated(TEXTS).tolist()
    assert any(flags) and not all(flags)
    assert list(dedup.unique(column)) == list(dedup.unique(TEXTS))
    assert list(dedup.find_duplicates(column)) == list(dedup.find_duplicates(TEXTS))
    texts = [text for text in TEXTS if text is not None]
    assert np.array_equal(dedup.signatures(KINDS[kind](texts)), dedup.signatures(texts))
    assert dedup.compare_pairs(KINDS[kind](texts[:3]), texts[1:4]) == dedup.compare_pairs(texts[:3], texts[1:4])
    with pytest.raises(dedup.InputError, match="b: text 1 is NoneType"):
        dedup.compare_pairs(texts, column)
    with pytest.raises(dedup.InputError, match="text 1 is NoneType"):
        dedup.signatures(column)


def test_more_than_one_batch_and_several_buffers(backend):
    texts = [sentence(str(n % 1900)) if n % 7 else f"no {n}" for n in range(2500)]
    texts[5] = texts[2222] = None
    expected = dedup.duplicated(texts).tolist()
    views = pa.concat_arrays([pa.array(texts[n : n + 300], pa.string_view()) for n in range(0, 2500, 300)])
    assert len(views.buffers()) > 4
    for column in (pa.array(texts), views, pa.chunked_array([texts[:1300], texts[1300:]])):
        assert dedup.duplicated(column).tolist() == expected


def test_nothing_at_all():
    for column in (pa.array([], pa.string()), pa.array([], pa.string_view()), pa.chunked_array([], pa.string())):
        assert dedup.duplicated(column).tolist() == [] and list(dedup.unique(column)) == []
    assert dedup.duplicated(pa.nulls(3)).tolist() == [False] * 3
    nothing = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int32()), pa.array([], pa.string()))
    assert dedup.duplicated(nothing).tolist() == [False] * 2
    for kind in (pa.float64(), pa.int8(), pa.list_(pa.string()), pa.dictionary(pa.int8(), pa.float64())):
        assert dedup.duplicated(pa.array([None, None], kind)).tolist() == [False] * 2  # a column that was read as empty
        with pytest.raises(dedup.InputError, match="expected a column of texts"):
            dedup.duplicated(pa.array([None, ["a"] if kind == pa.list_(pa.string()) else 1], kind))
    with pytest.raises(dedup.InputError, match="texts is a table"):
        dedup.duplicated(pa.table({"text": pa.nulls(2)}))


def buffers(offsets, data, valid=None):
    offsets = pa.py_buffer(np.array(offsets, dtype=np.int32).tobytes())
    valid = None if valid is None else pa.py_buffer(bytes([valid]))
    return pa.Array.from_buffers(pa.string(), len(offsets) // 4 - 1, [valid, offsets, pa.py_buffer(data)])


def test_what_is_no_utf8(backend):
    for column, place in (
        (buffers([0, 1, 2], b"a\xff"), 1),
        (buffers([0, 1, 2], "é".encode()), 0),  # a character cut in two
        (buffers([0, 1, 2, 3], "éa".encode(), valid=0b101), 0),  # the second half where a row is missing
        (buffers([0, 1, 4], b"a\xed\xa0\x80"), 1),  # a surrogate
        (pa.chunked_array([pa.array(["a", "b"]), buffers([0, 1], b"\xc3")]), 2),
    ):
        with pytest.raises(dedup.InputError, match=f"text {place} is no UTF-8 .* expected a column of valid text"):
            dedup.duplicated(column)
    # What stands where a row is missing, or behind the last, is of no meaning.
    column = buffers([0, 1, 3, 4], b"a\xff\xffa\xff", valid=0b101)
    assert dedup.duplicated(column).tolist() == [False, False, True]


def test_what_is_no_column_of_texts():
    for wrong in (pa.array([1, 2]), pa.array([b"a"]), pa.table({"text": ["a"]}), pa.array([["a"]])):
        with pytest.raises(dedup.InputError, match="expected a column of texts"):
            dedup.duplicated(wrong)
    with pytest.raises(dedup.InputError, match="do not ascend"):
        dedup.duplicated(buffers([0, 2, 1], b"ab"))
    wrong = pa.DictionaryArray.from_arrays(pa.array([0, 7], pa.int32()), pa.array(["a"]), safe=False)
    with pytest.raises(dedup.InputError, match="outside its 1 values"):
        dedup.duplicated(wrong)


def test_a_stream_that_fails():
    class Broken:
        def __arrow_c_stream__(self, requested_schema=None):
            def parts():
                raise OSError("the disk is gone")
                yield

            return pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), parts()).__arrow_c_stream__()

    with pytest.raises(dedup.InputError, match=r"the column cannot be read: .*the disk is gone"):
        dedup.duplicated(Broken())


def test_what_was_borrowed_is_given_back():
    gc.collect()
    before = pa.total_allocated_bytes()
    for kind in KINDS:
        column = KINDS[kind](TEXTS * 100)
        dedup.duplicated(column)
        next(dedup.find_duplicates(column))  # left in the middle
        del column
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_pandas():
    pd = pytest.importorskip("pandas")
    for dtype in ("str", "object", "string", pd.ArrowDtype(pa.string()), "category"):
        frame = pd.DataFrame({"text": pd.Series(TEXTS, dtype=dtype), "n": range(len(TEXTS))})
        frame.index += 100
        kept = frame[~dedup.duplicated(frame["text"])]
        assert kept["n"].tolist() == np.flatnonzero(~dedup.duplicated(TEXTS)).tolist()
        assert is_column(frame["text"]) == (dtype != "object")
    with pytest.raises(dedup.InputError, match="text 1 is int"):
        dedup.duplicated(pd.Series([A, 7], dtype=object))


def test_pandas_without_pyarrow(monkeypatch):
    pd = pytest.importorskip("pandas")
    monkeypatch.setattr("dedup.text.columns.find_spec", lambda name: None)
    series = pd.Series(TEXTS)
    assert not is_column(series)
    assert dedup.duplicated(series).tolist() == dedup.duplicated(TEXTS).tolist()


def test_polars(backend):
    pl = pytest.importorskip("polars")
    for dtype in (pl.String, pl.Categorical, pl.Enum(sorted({text for text in TEXTS if text is not None}))):
        frame = pl.DataFrame({"text": pl.Series(TEXTS, dtype=dtype), "n": range(len(TEXTS))})
        kept = frame.filter(~dedup.duplicated(frame["text"]))
        assert kept["n"].to_list() == np.flatnonzero(~dedup.duplicated(TEXTS)).tolist()
    several = pl.concat([pl.Series(TEXTS), pl.Series(TEXTS)], rechunk=False)
    assert dedup.duplicated(several[3:]).tolist() == dedup.duplicated((TEXTS * 2)[3:]).tolist()
    with pytest.raises(dedup.InputError, match="a table"):
        dedup.duplicated(pl.DataFrame({"text": [A]}))


def test_hugging_face():
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(len(TEXTS)))}).select(range(2, len(TEXTS)))
    column = data.with_format("arrow")["text"][:]
    assert is_column(column)
    kept = data.select(np.flatnonzero(~dedup.duplicated(column)))
    assert [n - 2 for n in kept["n"]] == np.flatnonzero(~dedup.duplicated(TEXTS[2:])).tolist()
    assert dedup.duplicated(data["text"]).tolist() == dedup.duplicated(column).tolist()


def test_columns_that_tell_no_length():
    class Array:
        def __arrow_c_array__(self, requested_schema=None):
            return pa.array([A, "cat", A]).__arrow_c_array__(requested_schema)

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.chunked_array([[A, "cat"], [A]]).__arrow_c_stream__(requested_schema)

    for column in (Array(), Stream()):
        assert dedup.duplicated(column).tolist() == [False, False, True]
        assert (dedup.signatures(column) == dedup.signatures([A, "cat", A])).all()
        assert [match.index for match in dedup.find_duplicates(column)] == [2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dedup.duplicated(7), r"texts is 7, an int; expected an iterable of texts$"),
        (lambda: dedup.Deduplicator().stream(7), r"documents is 7, an int; expected an iterable"),
        (lambda: dedup.Deduplicator().add("a", []), r"an id is \[\], a list; expected one that can be hashed"),
    ],
)
def test_a_message_names_the_type(call, words):
    with pytest.raises(dedup.InputError, match=words):
        call()


def test_a_frame_in_the_place_of_a_column():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"text": [A], "n": [1.5]})
    with pytest.raises(dedup.InputError, match=r"a LazyFrame; expected an iterable of texts; collect\(\) it first"):
        dedup.duplicated(frame.lazy())
    with pytest.raises(
        dedup.InputError, match=r"texts is a table; .*: name one of its columns, as table\['text'\] does"
    ):
        dedup.duplicated(frame)
    with pytest.raises(dedup.InputError, match="texts is a column of floats; expected a column of texts"):
        dedup.duplicated(frame["n"])
