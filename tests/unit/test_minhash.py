"""Signatures are datasketch's, bit for bit; the kernels equal their obvious twins."""

import numpy as np
import pytest
from datasketch import MinHash
from helpers import needs_numba
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import datasketch_signature
from strategies import any_text

import dedup
from dedup.sketch.keys import choose_bands, make_keys
from dedup.sketch.minhash import permutations, shingle, sign
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


@pytest.mark.parametrize("num_perm, seed", [(128, 1), (60, 7), (1024, 2**32 - 1)])
def test_signatures_are_datasketchs(backend, num_perm, seed):
    signatures = dedup.signatures(TEXTS, num_perm, seed)
    assert signatures.dtype == np.uint32 and signatures.shape == (len(TEXTS), num_perm)
    for text, signature in zip(TEXTS, signatures, strict=True):
        assert np.array_equal(signature, datasketch_signature(text, num_perm, seed))


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
def test_own_permutations_are_datasketchs(seed):
    theirs = MinHash(256, seed, scheme="affine32").permutations
    assert np.array_equal(permutations(256, seed), theirs)


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
