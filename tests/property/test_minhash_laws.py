"""Signatures and hashes are those of datasketch and xxhash, whatever the text."""

import numpy as np
from helpers import needs_numba
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import datasketch_signature
from strategies import any_text
from xxhash import xxh32_intdigest

import dedup
from dedup._jit import backend as jit
from dedup.sketch.minhash import xxh32_kernel


@given(texts=st.lists(any_text, max_size=5))
@settings(max_examples=60)
def test_signatures_of_any_text(backend, texts):
    signatures = dedup.signatures(texts)
    for text, signature in zip(texts, signatures, strict=True):
        assert np.array_equal(signature, datasketch_signature(text))


@needs_numba
@given(st.binary(max_size=100), st.integers(0, 40))
@settings(max_examples=300)
def test_xxh32_kernel(data, begin):
    begin = min(begin, len(data))
    buffer = np.frombuffer(data + b"\xff" * 32, dtype=np.uint8)
    assert jit.compiled(xxh32_kernel)(buffer, begin, len(data)) == xxh32_intdigest(data[begin:])
