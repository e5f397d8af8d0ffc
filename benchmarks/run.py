"""The hot loop, stage by stage, beside libraries that do the same: `python benchmarks/run.py`.

CPU time per paragraph on one core: the median of several rounds after a warm-up, the sides of a stage taking turns. The
first side of each stage is its baseline. Ratios carry over from one machine to another, times do not.
"""

import argparse
import gc
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from itertools import chain, starmap
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

# Before anything starts threads of its own, or looks for compiled kernels.
FOLDER = TemporaryDirectory(prefix="dedup-benchmark-")
os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("MKL", "NUMBA", "OMP", "OPENBLAS", "RAYON")})
os.environ.update(NUMBA_CACHE_DIR=str(Path(FOLDER.name, "kernels")), DAFT_PROGRESS_BAR="0", DO_NOT_TRACK="1")
os.environ.pop("DEDUP_ENGINE", None)

import numpy as np  # noqa: E402
from datasketch import MinHash, MinHashLSH  # noqa: E402
from machine import machine  # noqa: E402
from tables import put_between  # noqa: E402
from texts import Paragraph, paragraphs  # noqa: E402
from xxhash import xxh32_intdigest  # noqa: E402

import dedup  # noqa: E402
from dedup._jit.backend import numba_works  # noqa: E402
from dedup.decide.batch import read_batch  # noqa: E402
from dedup.decide.rule import decide  # noqa: E402
from dedup.index.tables import Index  # noqa: E402
from dedup.match.compare import compare_folded  # noqa: E402
from dedup.sketch.keys import choose_bands, count_keys, make_keys  # noqa: E402
from dedup.sketch.minhash import shingle, sign  # noqa: E402
from dedup.sketch.prefixes import find_prefixes  # noqa: E402
from dedup.text.tokens import fold  # noqa: E402

CONFIG = dedup.Config()
BANDS, ROWS = choose_bands(CONFIG)
KEYS = count_keys(CONFIG)
PERMUTATIONS, SIZE = CONFIG.num_perm, CONFIG.shingle_size
THRESHOLD = 0.7  # of likeness, for those that decide by it
BATCH = 4_000  # paragraphs worked on at once, as in the library
WORDS = re.compile(r"\w+").findall
ROOT = Path(__file__).parent.parent
MARKERS = "<!-- benchmark table: python benchmarks/run.py --readme -->", "<!-- end of benchmark table -->"
STAGES = "sketch", "end to end"  # that the tables show
LIKE_THEM = "dedup, numba, likeness 0.7"  # the side that does what the other libraries do, no more
IN_README = {"datasketch": "datasketch", "rensa": "rensa", "dedup, numba": "`dedup`, extra `fast`"}


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do a stage: `job` is measured; what it takes, `given` makes anew for each round, unmeasured."""

    name: str
    job: Callable[[Any], Any]
    given: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Row:
    """The median cost of a side in CPU time, and the spread: the slowest round less the fastest, over the median.

    ratio: the baseline's cost over this one's; removed: how many paragraphs were taken for repeats, or -1
    """

    stage: str
    side: str
    cost: float
    unit: str
    spread: float
    ratio: float
    removed: int

    @classmethod
    def of(cls, stage: str, side: str, unit: str, costs: list[float], base: list[float], removed: int = -1) -> "Row":
        """The row of one that cost so much in each round, and its baseline so much."""
        cost = median(costs)
        return cls(stage, side, cost, unit, (max(costs) - min(costs)) / cost, median(base) / cost, removed)

    def __str__(self) -> str:
        end = "" if self.removed < 0 else f"   removed {self.removed:,}"
        return f"{self.stage:14} {self.side:31} {self.cost:9.2f} {self.unit} {self.spread:6.0%} {self.ratio:9.3g}{end}"


def word_shingles(text: str) -> list[str]:
    """The word shingles of a text, as users of the other libraries make them."""
    words = WORDS(text.lower())
    return [" ".join(words[i : i + SIZE]) for i in range(max(1, len(words) - SIZE + 1))]


def minhashes(texts: Iterable[str]) -> Iterator[MinHash]:
    """datasketch's signatures, made the way it recommends for many texts."""
    encoded = ([part.encode() for part in word_shingles(text)] for text in texts)
    yield from MinHash.generator(encoded, num_perm=PERMUTATIONS, hashfunc=xxh32_intdigest)


def datasketch_flags(made: Iterable[MinHash]) -> list[bool]:
    """Whether each text resembles an earlier one that is kept, as datasketch estimates it."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    kept: dict[int, MinHash] = {}
    flags: list[bool] = []
    for place, minhash in enumerate(made):
        flags.append(any(minhash.jaccard(kept[found]) >= THRESHOLD for found in index.query(minhash)))
        if not flags[-1]:
            index.insert(place, minhash, check_duplication=False)
            kept[place] = minhash
    return flags


def rensa_flags(rensa: Any, texts: list[str]) -> list[bool]:
    """The same by rensa."""
    seen = rensa.RMinHashDeduplicator(THRESHOLD, PERMUTATIONS, use_lsh=True, num_bands=16)
    return [not new for new in seen.add_pairs([(str(i), word_shingles(text)) for i, text in enumerate(texts)])]


def rensa_signs(rensa: Any, texts: list[str]) -> object:
    """rensa's signatures."""
    shingles = [word_shingles(text) for text in texts]
    return rensa.RMinHash.digest_matrix_from_token_sets(shingles, num_perm=PERMUTATIONS, seed=1)


def daft_signs(daft: Any, texts: list[str]) -> object:
    """Daft's signatures; what to do with them it leaves to others."""
    functions, frame = import_module("daft.functions"), daft.from_pydict({"text": texts})
    folded = functions.normalize(frame["text"], remove_punct=True, lowercase=True, white_space=True)
    signed = functions.minhash(folded, num_hashes=PERMUTATIONS, ngram_size=SIZE, hash_function="xxhash3_64")
    return frame.select(signed).to_arrow()


def decide_all(batches: list[Any], index: Any, documents: int = 0) -> Any:
    """The index, of so many documents, with what is kept of the batches."""
    for batch in batches:
        numbers = np.arange(documents, documents + len(batch.order))
        decide(batch, index, numbers, np.zeros(len(numbers), dtype=bool), CONFIG)
        documents += len(batch.order)
    return index


def stages(written: list[Paragraph], modules: dict[str, Any]) -> Iterator[tuple[str, int, list[Side]]]:
    """Every stage: its name, of how many paragraphs, and its sides, the baseline first."""
    texts = [paragraph.text for paragraph in written]
    n = len(texts)
    backends = {"numpy": False, "numba": True} if "numba" in modules else {"numpy": False}

    def ours(job: Callable[[bool, Any], object], given: Callable[[bool], object] = bool) -> list[Side]:
        return [
            Side(f"dedup, {backend}", partial(job, fast), partial(given, fast)) for backend, fast in backends.items()
        ]

    def public(suffix: str, call: Callable[..., object], **options: Any) -> list[Side]:
        def job(backend: str, _: object) -> object:
            os.environ["DEDUP_ENGINE"] = backend
            return call(texts, **options)

        return [Side(f"dedup, {backend}{suffix}", partial(job, backend)) for backend in backends]

    def peers(**jobs: Callable[[Any, list[str]], object]) -> list[Side]:
        return [Side(name, partial(jobs[name], modules[name]), lambda: texts) for name in jobs if name in modules]

    def cut(whole: list[Paragraph]) -> list[list[str]]:
        return [[paragraph.text for paragraph in whole[i : i + BATCH]] for i in range(0, len(whole), BATCH)]

    pieces = cut(written)
    baseline = Side(r"\w+ of lower()", lambda _: [WORDS(text.lower()) for text in texts])
    yield "fold", n, [baseline, *ours(lambda fast, _: [fold(piece, fast) for piece in pieces])]

    folded = [fold(piece) for piece in pieces]
    encoded = [part.encode() for text in texts for part in word_shingles(text)]
    baseline = Side("xxhash of shingles made", lambda _: [xxh32_intdigest(part) for part in encoded])
    yield "shingle", n, [baseline, *ours(lambda fast, _: [shingle(tokens, SIZE, fast) for tokens in folded])]

    shingled = [shingle(tokens, SIZE) for tokens in folded]
    hashed = [part.tolist() for piece in shingled for part in np.split(piece.hashes, piece.first[1:-1])]
    generator = partial(MinHash.generator, hashed, num_perm=PERMUTATIONS, hashfunc=int)
    signers = ours(lambda fast, _: [sign(piece, PERMUTATIONS, CONFIG.seed, fast) for piece in shingled])
    yield "sign", n, [Side("datasketch of hashes", lambda _: list(generator())), *signers]

    signed = [sign(piece, BANDS * ROWS, CONFIG.seed) for piece in shingled]
    rows = [row.reshape(BANDS, ROWS) for piece in signed for row in piece]
    baseline = Side("tobytes of each band", lambda _: [[band.tobytes() for band in row] for row in rows])
    prefixes = [find_prefixes(*pair, SIZE) for pair in zip(folded, shingled, strict=True)]
    pieces = list(zip(shingled, signed, prefixes, strict=True))
    keys = ours(lambda fast, _: [make_keys(*piece, BANDS, ROWS, fast) for piece in pieces])
    yield "band, open", n, [baseline, *keys]

    def read(whole: list[Paragraph], fast: bool) -> list[Any]:
        return [read_batch(piece, [1] * len(piece), CONFIG, alone=True, fast=fast) for piece in cut(whole)]

    def empty(fast: bool) -> Any:
        return Index.empty(sum(KEYS), KEYS[0])

    new = [paragraph for paragraph in written if paragraph.kind == "new"]
    new_read = {fast: read(new, fast) for fast in backends.values()}
    new_made = list(minhashes(paragraph.text for paragraph in new))
    baseline = Side("datasketch, with bands", lambda _: datasketch_flags(new_made))
    yield "probe, insert", len(new), [baseline, *ours(lambda fast, index: decide_all(new_read[fast], index), empty)]

    near = [paragraph for paragraph in written if paragraph.kind in ("words", "sentence")]
    near_read = {fast: read(near, fast) for fast in backends.values()}
    near_made = list(minhashes(paragraph.text for paragraph in near))
    known = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for place, made in enumerate(new_made):
        known.insert(place, made)
    baseline = Side("datasketch", lambda _: [[m.jaccard(new_made[i]) for i in known.query(m)] for m in near_made])
    verifiers = ours(
        lambda fast, index: decide_all(near_read[fast], index, len(new)),
        lambda fast: decide_all(new_read[fast], empty(fast)),
    )
    both = [fold([paragraph.text, texts[paragraph.source]]) for paragraph in near]
    given = [(pair.text(0), pair.flags_of(0), pair.text(1), pair.flags_of(1), CONFIG) for pair in both]
    explainer = Side("dedup, compare_folded", lambda _: [compare_folded(*pair) for pair in given])
    yield "probe, verify", len(near), [baseline, *verifiers, explainer]

    baseline = Side("datasketch", lambda _: list(minhashes(texts)))
    yield "sketch", n, [baseline, *peers(rensa=rensa_signs, daft=daft_signs), *public("", dedup.signatures)]

    baseline = Side("datasketch", lambda _: datasketch_flags(minhashes(texts)))
    likeness = public(f", likeness {THRESHOLD}", dedup.duplicated, threshold=THRESHOLD)
    yield "end to end", n, [baseline, *peers(rensa=rensa_flags), *likeness, *public("", dedup.duplicated)]


def measured(side: Side) -> tuple[float, Any]:
    """Microseconds of CPU time of one round, and its result."""
    given = side.given()
    gc.collect()
    gc.freeze()  # looking through what other sides hold is not this one's work
    begin = process_time()
    result = side.job(given)
    spent = process_time() - begin
    gc.unfreeze()
    return spent * 1e6, result


def take_turns(rounds: int, stage: str, count: int, sides: list[Side]) -> Iterator[Row]:
    """The rows of a stage: a warm-up, then the sides in turn, back and forth."""
    results = [measured(side)[1] for side in sides]
    costs: list[list[float]] = [[] for _ in sides]
    for turn in range(rounds):
        for i in list(range(len(sides)))[:: (-1) ** turn]:
            costs[i].append(measured(sides[i])[0] / count)
    for side, cost, result in zip(sides, costs, results, strict=True):
        yield Row.of(stage, side.name, "µs", cost, costs[0], int(np.sum(result)) if stage == "end to end" else -1)


IMPORT = "import time, {}; print(time.process_time())"
CALL = """import json, sys, time, dedup
texts = json.load(open(sys.argv[1], encoding="utf-8"))
begin = time.process_time()
{}
print(time.process_time() - begin)"""


def starts(texts: list[str], rounds: int) -> Iterator[Row]:
    """What fresh processes cost: an import together with Python's own start, a first call without either."""
    path = Path(FOLDER.name, "texts.json")
    path.write_text(json.dumps(texts), encoding="utf-8")
    duplicated = CALL.format("dedup.duplicated(texts)")
    baseline: list[float] = []
    for name, code, kernels in (
        ("import numpy", IMPORT.format("numpy"), "none"),
        ("import dedup", IMPORT.format("dedup"), "none"),
        ("clean of 40 paragraphs", CALL.format(r"dedup.clean('\n\n'.join(texts[:40]))"), "none"),
        (f"duplicated of {len(texts):,}, no kernels", duplicated, "none"),
        (f"duplicated of {len(texts):,}, kernels", duplicated, "kernels"),
    ):
        if kernels == "kernels":
            if not numba_works():
                continue
            dedup.warm_up()
        costs = []
        for _ in range(rounds):
            environment = os.environ | {"NUMBA_CACHE_DIR": str(Path(FOLDER.name, kernels))}
            command = [sys.executable, "-c", code, str(path)]
            printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
            costs.append(float(printed) * 1e3)
            rmtree(Path(FOLDER.name, "none"), ignore_errors=True)
        baseline = baseline or costs
        yield Row.of("fresh process", name, "ms", costs, baseline)


def write_tables(rows: list[Row], about: str, versions: str) -> None:
    """Put three rows between the markers of the README and all of them between those of docs/cost.md."""
    about += "; ×: how many times less than datasketch"
    sides = dict.fromkeys(row.side for row in rows if row.stage in STAGES)
    put_between(
        ROOT / "docs" / "cost.md", MARKERS, as_table(rows, {side: side for side in sides}, f"{about}. {versions}.")
    )
    alike = next((row for row in rows if row.stage == STAGES[-1] and row.side == LIKE_THEM), None)
    if alike:
        about += (
            f"; end to end the others remove by similarity, `dedup` by its rules: by similarity {alike.cost:.1f} µs"
        )
        about += f" (×{alike.ratio:.1f})"
    put_between(ROOT / "README.md", MARKERS, as_table(rows, IN_README, f"{about}."))


def as_table(rows: list[Row], sides: dict[str, str], about: str) -> str:
    """Return the costs of some sides, each under its name here; one that was not measured is left out."""
    cells = {(row.side, row.stage): f"{row.cost:.1f} µs (×{row.ratio:.1f})" for row in rows}
    lines = ["| CPU time per paragraph | signatures | end to end |", "|---|--:|--:|"]
    for side, name in sides.items():
        found = [cells.get((side, stage), "–") for stage in STAGES]
        lines += [f"| {name} | {' | '.join(found)} |"] * (set(found) != {"–"})
    return "\n".join([*lines, "", about])


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000, help="paragraphs (10,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (5)")
    parser.add_argument("--readme", action="store_true", help="put tables into README.md and docs/cost.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    modules: dict[str, Any] = {}
    for name in ("numba", "rensa", "daft"):
        try:
            modules[name] = import_module(name)
        except Exception as error:
            print(f"{name} is left out, it cannot be imported: {error}")
    written = paragraphs(options.n)
    texts = [paragraph.text for paragraph in written]
    words = sum(len(text.split()) for text in texts) / len(texts)
    about = f"{len(texts):,} made-up paragraphs of {words:.0f} words, one core, median of {options.rounds} rounds"
    versions = machine(["numpy", "xxhash", "datasketch", *modules])
    print(f"{versions}\n{about}\nratio: how many times less than the first of the stage\n")
    print(f"{'stage':14} {'side':31} {'cost':>12} {'spread':>6} {'ratio':>9}")
    compared = starmap(partial(take_turns, options.rounds), stages(written, modules))
    rows: list[Row] = []
    for row in chain(starts(texts, options.rounds), chain.from_iterable(compared)):
        print("\n" * bool(rows and rows[-1].stage != row.stage) + str(row), flush=True)
        rows.append(row)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    if options.readme:
        write_tables(rows, about, versions)


if __name__ == "__main__":
    main()
