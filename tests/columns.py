"""Every kind of Arrow column that holds a list of texts."""

import pytest

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

KINDS = {
    "string": lambda texts: pa.array(texts, pa.string()),
    "large_string": lambda texts: pa.array(texts, pa.large_string()),
    "string_view": lambda texts: pa.array(texts, pa.string_view()),
    "dictionary": lambda texts: pa.array(texts, pa.string()).dictionary_encode(),
    "small dictionary": lambda texts: pa.array(texts, pa.string()).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.large_string())),
    "chunked": lambda texts: pa.chunked_array([texts[:3], [], texts[3:]], pa.string()),
    "slice": lambda texts: pa.array(["ahead", None, *texts, "behind"], pa.string()).slice(2, len(texts)),
    "slice of views": lambda texts: pa.array(["a" * 50, None, *texts, "behind"], pa.string_view()).slice(2, len(texts)),
    "slice of a dictionary": lambda texts: pa.array([None, "ahead", *texts]).dictionary_encode().slice(2),
    "slices": lambda texts: pa.chunked_array([pa.array([None, *texts[:7]], pa.string())[1:], pa.array(texts[7:], pa.string())]),
}  # fmt: skip
