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

LIKENESS = dedup.Config(threshold=0.7)
LABELLED = "reuters21578", "bbc_news"


@dataclass(frozen=True, slots=True)
class Collection:
    """n texts, and m pairs of them (the earlier one first) that are known to be similar.

    pairs: int64[m, 2]; jaccards: float64[m], as whoever compared them measured, or empty
    """

    name: str
    texts: list[str]
    pairs: NDArray[np.int64]
    jaccards: NDArray[np.float64]


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
        yield Collection(f"{n:,} made-up", [paragraph.text for paragraph in written], pairs, np.empty(0))


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
    return Collection(name, texts, pairs, np.array([float(row[2]) for row in cells]))


def similarities(shingles: Shingles, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the Jaccard similarity of every pair, from its sets of shingles."""
    found = np.empty(len(pairs))
    for place, pair in enumerate(pairs.tolist()):
        a, b = (set(shingles.hashes[shingles.first[p] : shingles.first[p + 1]].tolist()) for p in pair)
        found[place] = len(a & b) / max(1, len(a | b))
    return found


def recall_rows(collection: Collection) -> Iterator[list[str]]:
    """What becomes of the known pairs, each text a document of its own.

    By definition a text should go that an earlier kept one says, by likeness one that has an earlier kept one so alike. A
    pair whose earlier text went itself asks for nothing: what it says is kept elsewhere, and that other text is the one
    to be compared with. By likeness a pair is proposed if the two share a band (or the whole text).
    """
    texts, pairs = collection.texts, collection.pairs
    compared = [dedup.compare(texts[a], texts[b]) for a, b in pairs.tolist()]
    said = np.array([one.is_duplicate and one.inner != "a" for one in compared], dtype=np.bool_)
    yield from gone_row(f"{collection.name}: texts gone that an earlier kept one says", pairs[said], texts)

    bands, rows = choose_bands(LIKENESS)
    fast = backend.numba_works()
    shingles = shingle(fold(texts, fast), LIKENESS.shingle_size, fast)
    keys = band_keys(sign(shingles, LIKENESS.num_perm, LIKENESS.seed, fast), bands, rows)
    proposed = (keys[pairs[:, 0]] == keys[pairs[:, 1]]).any(axis=1)
    own = similarities(shingles, pairs)
    # The published similarities where there are any: they know nothing of how words are cut here.
    jaccards = collection.jaccards if len(collection.jaccards) else own
    least = LIKENESS.threshold
    yield share_row(f"{collection.name}: pairs of J ≥ {least} proposed", proposed[jaccards >= least])
    name = f"{collection.name}: texts gone that have an earlier kept one of J ≥ {least}"
    yield from gone_row(name, pairs[own >= least], texts, threshold=least)


def gone_row(name: str, pairs: NDArray[np.int64], texts: list[str], **options: float | None) -> Iterator[list[str]]:
    """Tell how many of the later ones go, of pairs whose earlier one is kept."""
    gone = dedup.duplicated(texts, **options)
    asking = np.unique(pairs[~gone[pairs[:, 0]], 1])
    if len(asking):
        yield share_row(name, gone[asking])


def share_row(name: str, held: NDArray[np.bool_]) -> list[str]:
    """How many of those that should be found are."""
    found, count = int(held.sum()), len(held)
    return [name, f"{count:,}", f"{count - found:,}", spelled(found / max(1, count), *wilson(found, count), 4)]
