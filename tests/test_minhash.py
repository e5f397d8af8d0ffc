"""Signatures are datasketch's, bit for bit; the kernels equal their obvious twins."""

import numpy as np
import pytest
from datasketch import MinHash
from helpers import needs_numba
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import fast_tokens
from strategies import any_text
from xxhash import xxh32_intdigest

import dedup
from dedup._jit import backend as jit
from dedup.sketch.keys import choose_bands, make_keys
from dedup.sketch.minhash import permutations, shingle, sign, xxh32_kernel
from dedup.sketch.prefixes import find_prefixes
from dedup.text.tokens import fold

TEXTS = [
    "",
    " .,; ",
    "word",
    "two words",
    "three words here",
    "The quick brown fox — “jumps” — over the lazy dog, 15.9 % faster",
    "東京タワーは高い",
    "Приве́т мир ещё раз",
    "नमस्ते दुनिया फिर से",
    " ".join(f"word{i % 977} Über{i}" for i in range(5000)),
    "x " * 10_000,
]


def datasketch_signature(text, num_perm=128, seed=1, size=3):
    tokens = fast_tokens(text)
    sketch = MinHash(num_perm, seed, hashfunc=xxh32_intdigest, scheme="affine32")
    if tokens:
        sketch.update_batch([" ".join(tokens[i : i + size]).encode() for i in range(max(1, len(tokens) - size + 1))])
    return sketch.hashvalues


@pytest.mark.parametrize("num_perm, seed", [(128, 1), (60, 7), (1024, 2**32 - 1)])
def test_signatures_are_datasketchs(backend, num_perm, seed):
    signatures = dedup.signatures(TEXTS, num_perm, seed)
    assert signatures.dtype == np.uint32 and signatures.shape == (len(TEXTS), num_perm)
    for text, signature in zip(TEXTS, signatures, strict=True):
        assert np.array_equal(signature, datasketch_signature(text, num_perm, seed))


@given(texts=st.lists(any_text, max_size=5))
@settings(max_examples=60)
def test_signatures_of_any_text(backend, texts):
    signatures = dedup.signatures(texts)
    for text, signature in zip(texts, signatures, strict=True):
        assert np.array_equal(signature, datasketch_signature(text))


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
def test_own_permutations_are_datasketchs(seed):
    theirs = MinHash(256, seed, scheme="affine32").permutations
    assert np.array_equal(permutations(256, seed), theirs)


@needs_numba
@given(st.binary(max_size=100), st.integers(0, 40))
@settings(max_examples=300)
def test_xxh32_kernel(data, begin):
    begin = min(begin, len(data))
    buffer = np.frombuffer(data + b"\xff" * 32, dtype=np.uint8)
    assert jit.compiled(xxh32_kernel)(buffer, begin, len(data)) == xxh32_intdigest(data[begin:])


@needs_numba
@given(texts=st.lists(any_text, max_size=8), size=st.integers(1, 5))
@settings(max_examples=100)
def test_rungs_agree_at_every_stage(texts, size):
    made = []
    for fast in (False, True):
        tokens = fold(texts, fast)
        shingles = shingle(tokens, size, fast)
        signatures, prefixes = sign(shingles, 20, 3, fast), find_prefixes(tokens, shingles, size, fast)
        keys = make_keys(shingles, signatures, prefixes, 5, 4, fast)
        made.append((shingles.hashes, shingles.first, signatures, prefixes, keys))
    for reference, compiled in zip(*made, strict=True):
        assert np.array_equal(reference, compiled)


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("recall", [0.9, 0.98, 0.999])
def test_bands_reach_the_recall(threshold, recall):
    config = dedup.Config(threshold=threshold, recall=recall)
    bands, rows = choose_bands(config)
    assert bands * rows <= config.num_perm
    assert 1 - (1 - threshold**rows) ** bands >= recall
