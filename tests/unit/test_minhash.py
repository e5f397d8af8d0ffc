"""Signatures are datasketch's, bit for bit; the kernels equal their obvious twins."""

import numpy as np
import pytest
from datasketch import MinHash
from slow import datasketch_signature

import dedup
from dedup.sketch.keys import choose_bands
from dedup.sketch.minhash import permutations

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


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("recall", [0.9, 0.98, 0.999])
def test_bands_reach_the_recall(threshold, recall):
    config = dedup.Config(threshold=threshold, recall=recall)
    bands, rows = choose_bands(config)
    assert bands * rows <= config.num_perm
    assert 1 - (1 - threshold**rows) ** bands >= recall
