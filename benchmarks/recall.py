"""Collections whose repeats are known, and how many of these are found across documents."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tables import spelled
from texts import paragraphs

import dedup
from dedup._jit import backend
from dedup.report.sample import wilson
from dedup.sketch.keys import band_keys, choose_bands
from dedup.sketch.minhash import Shingles, shingle, sign
from dedup.text.tokens import fold

DEFAULT = dedup.Config()
LABELLED = "reuters21578", "bbc_news"


@dataclass(frozen=True, slots=True)
class Collection:
    """n texts, and m pairs of them (the earlier one first) that are known to be similar.

    pairs: int64[m, 2]; jaccards, containments: float64[m], as whoever compared them measured, or empty
    """

    name: str
    texts: list[str]
    pairs: NDArray[np.int64]
    jaccards: NDArray[np.float64]
    containments: NDArray[np.float64]


def collections(folder: Path, n: int) -> Iterator[Collection]:
    """Those of `folder` that can be read, then n made-up paragraphs."""
    for name in LABELLED:
        if not (folder / f"{name}.jsonl.zst").exists():
            print(f"{name} is left out: {folder / name}.jsonl.zst does not exist (--labelled FOLDER)")
        elif not shutil.which("zstd"):
            print(f"{name} is left out: the program zstd is not installed")
        else:
            yield labelled(folder, name)
    if n:
        written = paragraphs(n)
        pairs = np.array([(p.source, place) for place, p in enumerate(written) if p.source >= 0], dtype=np.int64)
        nothing = np.empty(0)
        yield Collection(f"{n:,} made-up", [paragraph.text for paragraph in written], pairs, nothing, nothing)


def labelled(folder: Path, name: str) -> Collection:
    """A labelled collection; its pairs were found by comparing all with all."""
    printed = subprocess.run(["zstd", "-dcq", folder / f"{name}.jsonl.zst"], capture_output=True, check=True).stdout
    places: dict[str, int] = {}
    texts: list[str] = []
    for line in printed.decode().rstrip("\n").split("\n"):
        article = json.loads(line)
        for number, text in enumerate(article["paragraphs"]):
            places[f"{article['id']}#{number}"] = len(texts)
            texts.append(text)
    lines = (folder / f"{name}.para_pairs_exact.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines]
    pairs = np.array([sorted((places[a], places[b])) for a, b, *_ in cells], dtype=np.int64)
    jaccards, containments = np.array([[float(cell) for cell in row[2:]] for row in cells]).T
    return Collection(name, texts, pairs, jaccards, containments)


def similarities(shingles: Shingles, pairs: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Jaccard similarity and containment of every pair, from its sets of shingles."""
    found = np.empty((len(pairs), 2))
    for place, pair in enumerate(pairs.tolist()):
        a, b = (set(shingles.hashes[shingles.first[p] : shingles.first[p + 1]].tolist()) for p in pair)
        found[place] = len(a & b) / max(1, len(a | b)), len(a & b) / max(1, min(len(a), len(b)))
    return found[:, 0], found[:, 1]


def recall_rows(collection: Collection) -> Iterator[list[str]]:
    """What becomes of the known pairs, each text a document of its own.

    A pair is proposed if the two share a band (or the whole text). A text goes if `dedup` finds, guard off, that an
    earlier kept one stands for it. A pair whose earlier text went itself asks for nothing: what it says is kept
    elsewhere, and that other text is the one to be compared with.
    """
    threshold = DEFAULT.threshold
    bands, rows = choose_bands(DEFAULT)
    fast = backend.numba_works()
    tokens = fold(collection.texts, fast)
    shingles = shingle(tokens, DEFAULT.shingle_size, fast)
    keys = band_keys(sign(shingles, DEFAULT.num_perm, DEFAULT.seed, fast), bands, rows)
    first, second = collection.pairs.T
    proposed = (keys[first] == keys[second]).any(axis=1)
    own, own_containment = similarities(shingles, collection.pairs)
    # The published similarities where there are any: they know nothing of how words are cut here.
    jaccards = collection.jaccards if len(collection.jaccards) else own
    containments = collection.containments if len(collection.containments) else own_containment
    for least in (threshold, 0.8):
        yield share_row(f"{collection.name}: pairs of J ≥ {least} proposed", proposed[jaccards >= least])
    lengths = np.diff(tokens.first)
    inside = (jaccards < threshold) & (own < threshold) & (containments >= 0.95) & (lengths[second] < lengths[first])
    for name, containment, wanted in (
        (f"of J ≥ {threshold}", None, own >= threshold),
        (f"of J < {threshold} that contains it", DEFAULT.containment, inside),
    ):
        gone = dedup.duplicated(collection.texts, guard=False, containment=containment)
        asking = np.unique(second[wanted & ~gone[first]])
        if len(asking):
            yield share_row(f"{collection.name}: texts gone that have an earlier kept one {name}", gone[asking])


def share_row(name: str, held: NDArray[np.bool_]) -> list[str]:
    """How many of those that should be found are."""
    found, count = int(held.sum()), len(held)
    return [name, f"{count:,}", f"{count - found:,}", spelled(found / max(1, count), *wilson(found, count), 4)]
