"""Reading a column of texts from pandas, polars, pyarrow or whatever else speaks Arrow, as spans of the column's buffers.

No row becomes an object, and no package is needed: this reads the structures of Arrow's C data interface, which a column
hands over in a capsule (https://arrow.apache.org/docs/format/CDataInterface.html).
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import compiled_as, kernel
from ..errors import InputError
from .flags import PADDING
from .utf8 import Utf8

_INDEX_TYPES = {b"c": "i1", b"C": "u1", b"s": "i2", b"S": "u2", b"i": "i4", b"I": "u4", b"l": "i8", b"L": "u8"}
_TYPE_NAMES = {
    b"b": "booleans", b"e": "floats", b"f": "floats", b"g": "floats", b"z": "bytes", b"Z": "bytes", b"vz": "bytes",
    b"tdD": "dates", b"tdm": "dates", **dict.fromkeys(_INDEX_TYPES, "whole numbers"), b"+l": "lists", b"+L": "lists",
}  # fmt: skip
_OFFSET_TYPES = {b"u": np.int32, b"U": np.int64}
_VIEW = np.dtype([("length", "i4"), ("prefix", "S4"), ("buffer", "i4"), ("offset", "i4")])
_INLINE = 12  # the longest text, in bytes, that stands in its view


class _Schema(ctypes.Structure):
    """The type of a column."""


class _Array(ctypes.Structure):
    """The buffers of a column, or of a part of it."""


class _Stream(ctypes.Structure):
    """A column part by part."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """n consecutive rows of a column of texts; valid until the next ones are read.

    texts:   the rows, an empty text where one is missing
    missing: bool[n]
    """

    texts: Utf8
    missing: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, p: int) -> Any:
        """Return row p as an object: a str or None."""
        return None if self.missing[p] else self.texts.text(p)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))


@dataclass(frozen=True, slots=True)
class _Spans:
    """Where the texts of an array stand: text p is `sources[source[p]][begins[p] : ends[p]]`.

    in_order: they stand in the first source, one after the other, so that it can be used as it is
    """

    sources: list[NDArray[np.uint8]]
    source: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    missing: NDArray[np.bool_]
    in_order: bool


def is_column(texts: object) -> bool:
    """Return whether `texts` hands over Arrow's structures; False for a column of Python objects, which is read as a list."""
    if not hasattr(texts, "__arrow_c_stream__") and not hasattr(texts, "__arrow_c_array__"):
        return False
    if type(texts).__module__.partition(".")[0] == "pandas":
        return find_spec("pyarrow") is not None and getattr(texts, "dtype", None) != np.dtype(object)
    return True


def read_column(column: Any, most: int) -> Iterator[tuple[TextColumn, int]]:
    """Read the rows of a column in chunks of at most `most`, each with the bytes of text known so far.

    A chunk uses the column's own buffer where the texts stand in one, else a copy. Raises InputError for a column of
    anything but texts, and for bytes that are no UTF-8.
    """
    first = size = 0
    for schema, array in _arrays(column):
        values = _spans(schema, array)
        size += int((values.ends - values.begins).sum())
        for begin in range(0, array.length, most):
            yield _rows(values, begin, min(begin + most, array.length), first, backend.wanted(size)), size
            first += min(most, array.length - begin)


def _arrays(column: Any) -> Iterator[tuple[_Schema, _Array]]:
    """Yield the arrays of which a column consists; each is released when the next is asked for."""
    if not hasattr(column, "__arrow_c_stream__"):
        schema_capsule, array_capsule = column.__arrow_c_array__()  # the capsule releases what it holds
        yield (
            _Schema.from_address(_pointer(schema_capsule, b"arrow_schema")),
            _Array.from_address(_pointer(array_capsule, b"arrow_array")),
        )
        return
    capsule = column.__arrow_c_stream__()
    stream = _Stream.from_address(_pointer(capsule, b"arrow_array_stream"))
    schema = _Schema()
    _ask(stream, stream.get_schema(stream, schema))
    try:
        while True:
            array = _Array()
            _ask(stream, stream.get_next(stream, array))
            if not array.release:
                return
            try:
                yield schema, array
            finally:
                array.release(array)
    finally:
        schema.release(schema)


def _pointer(capsule: object, name: bytes) -> int:
    """Return the address that a capsule holds."""
    get = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    address: int = get(("PyCapsule_GetPointer", ctypes.pythonapi))(capsule, name)
    return address


def _ask(stream: _Stream, refused: int) -> None:
    """Raise InputError if the stream answered a question with an error code."""
    if refused:
        said = stream.get_last_error(stream) or b"it does not say why"
        raise InputError(f"the column cannot be read: {said.decode(errors='replace')}; expected a column of texts")


def _spans(schema: _Schema, array: _Array) -> _Spans:
    """Find the texts of a whole array, or of the values of a dictionary, in the order of its rows."""
    missing = _missing(array)
    if schema.format == b"n" or (missing.all() and schema.format != b"+s"):  # no value, whatever the type
        nothing, missing = np.zeros(array.length, dtype=np.int64), np.ones(array.length, dtype=np.bool_)
        return _Spans([np.zeros(0, dtype=np.uint8)], nothing, nothing, nothing, missing, True)
    if schema.dictionary:
        return _looked_up(schema, array, missing)
    if schema.format in _OFFSET_TYPES:
        offsets = _part(array, 1, np.dtype(_OFFSET_TYPES[schema.format]), 1).astype(np.int64)
        begins, ends = offsets[:-1], offsets[1:]
        if (ends < begins).any() or (offsets[:1] < 0).any():
            raise InputError("the offsets of a column do not ascend; expected those of texts one after the other")
        data = _view(array, 2, np.dtype("u1"), int(offsets[-1]) if len(offsets) else 0)
        if missing.any():
            ends = np.where(missing, begins, ends)
        return _Spans([data], np.zeros(len(begins), dtype=np.int64), begins, ends, missing, True)
    if schema.format == b"vu":
        return _viewed(array, missing)
    expected = "expected a column of texts (string, large_string, string_view or dictionary)"
    if schema.format == b"+s":
        raise InputError(f"texts is a table; {expected}: name one of its columns, as table['text'] does")
    raise InputError(f"texts is a column of {_type_name(schema.format)}; {expected}")


def _type_name(format: bytes) -> str:
    """Return what people call a type of Arrow."""
    return _TYPE_NAMES.get(format, f"Arrow's type {format.decode()!r}")


def _looked_up(schema: _Schema, array: _Array, missing: NDArray[np.bool_]) -> _Spans:
    """Find the texts of an array of indices into a dictionary."""
    if schema.format not in _INDEX_TYPES:
        raise InputError(f"a dictionary has indices of Arrow's type {schema.format!r}; expected whole numbers")
    values = _spans(schema.dictionary.contents, array.dictionary.contents)
    count = len(values.begins)
    places = _part(array, 1, np.dtype(_INDEX_TYPES[schema.format])).astype(np.int64)
    if ((places < 0) | (places >= count))[~missing].any():
        raise InputError(f"an index of a dictionary is outside its {count} values")
    places[missing] = count  # an entry of its own: missing, and empty
    source, begins, ends = (np.append(of, 0)[places] for of in (values.source, values.begins, values.ends))
    return _Spans(values.sources, source, begins, ends, np.append(values.missing, True)[places], False)


def _viewed(array: _Array, missing: NDArray[np.bool_]) -> _Spans:
    """Find the texts of an array of views: short ones stand in the views, others in any of several buffers."""
    views = _part(array, 1, _VIEW)
    count = array.n_buffers - 3
    sizes = _view(array, array.n_buffers - 1, np.dtype(np.int64), count)
    own = _view(array, 1, np.dtype("u1"), _VIEW.itemsize * (array.offset + array.length))
    sources = [own, *(_view(array, 2 + k, np.dtype("u1"), int(size)) for k, size in enumerate(sizes))]
    lengths = np.where(missing, 0, views["length"]).astype(np.int64)
    inline = lengths <= _INLINE
    inside = _VIEW.itemsize * (array.offset + np.arange(array.length)) + 4
    source = np.where(inline, 0, views["buffer"].astype(np.int64) + 1)
    begins = np.where(inline, inside, views["offset"])
    bad = (lengths < 0) | (source < 0) | (source > count)
    if bad.any() or (begins + lengths > np.array([len(own), *sizes])[source]).any() or (begins < 0).any():
        raise InputError("a view of a column points outside its buffers")
    return _Spans(sources, source, begins, begins + lengths, missing, False)


def _rows(values: _Spans, begin: int, end: int, first: int, fast: bool) -> TextColumn:
    """Return rows begin ... end - 1 of an array whose row `begin` is row `first` of the column."""
    begins, ends, missing = values.begins[begin:end], values.ends[begin:end], values.missing[begin:end]
    if values.in_order:
        low, high = int(begins[0]), int(ends.max())
        raw = values.sources[0][low : high + PADDING]
        if len(raw) < high + PADDING - low:  # the last texts: kernels must not read behind the buffer
            raw = np.concatenate([raw, np.zeros(high + PADDING - low - len(raw), dtype=np.uint8)])
        begins, ends = begins - low, ends - low
    else:
        offsets = np.append(0, np.cumsum(ends - begins))
        raw = np.zeros(int(offsets[-1]) + PADDING, dtype=np.uint8)
        gather = backend.compiled(gather_kernel) if fast else gather_kernel
        source = values.source[begin:end]
        for k in np.unique(source).tolist():
            of = np.flatnonzero(source == k)
            gather(values.sources[k], begins[of], ends[of], raw, offsets[of])
        begins, ends = offsets[:-1], offsets[1:]
    _check_utf8(raw, begins, ends, first)
    return TextColumn(Utf8(raw, begins, ends), missing)


@kernel
def _gather_bytes_kernel(source, begins, ends, raw, places):
    for p in range(len(begins)):
        for i in range(ends[p] - begins[p]):
            raw[places[p] + i] = source[begins[p] + i]


@kernel
@compiled_as(_gather_bytes_kernel)
def gather_kernel(source, begins, ends, raw, places):
    """Copy source[begins[p] : ends[p]] to places[p] of `raw`, for every p."""
    for p in range(len(begins)):
        raw[places[p] : places[p] + ends[p] - begins[p]] = source[begins[p] : ends[p]]


def _check_utf8(raw: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64], first: int) -> None:
    """Raise InputError for a text that is no UTF-8: kernels trust that it is."""
    try:
        str(raw[: len(raw) - PADDING].data, "utf-8")
        texts = ends > begins
        if not ((raw[np.append(begins[texts], ends[texts])] & 0xC0) == 0x80).any():  # no character is cut in two
            return
    except UnicodeDecodeError:
        pass  # perhaps only in bytes that belong to no text
    for p, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        try:
            str(raw[begin:end].data, "utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"text {first + p} is no UTF-8 ({error.reason} at byte {error.start}); expected a column of valid text"
            ) from None


def _missing(array: _Array) -> NDArray[np.bool_]:
    """Return which rows of an array are missing."""
    if array.n_buffers == 0 or array.null_count == 0 or not array.buffers[0]:
        return np.zeros(array.length, dtype=np.bool_)
    octets = _view(array, 0, np.dtype("u1"), (array.offset + array.length + 7) // 8)
    bits = np.unpackbits(octets, bitorder="little")[array.offset : array.offset + array.length]
    return np.equal(bits, 0)


def _part(array: _Array, buffer: int, dtype: np.dtype[Any], more: int = 0) -> NDArray[Any]:
    """Return the items of a buffer that belong to the rows of an array, which may be a slice of a longer one."""
    return _view(array, buffer, dtype, array.offset + array.length + more)[array.offset :]


def _view(array: _Array, buffer: int, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
    """Return the first `count` items of a buffer, without copying them."""
    address = array.buffers[buffer]
    if not count or not address:
        return np.zeros(0, dtype=dtype)
    there = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(address)
    return np.ndarray(count, dtype, memoryview(there).cast("B"))
