"""How right the removals are, and how many repeats are found: `python benchmarks/quality.py [PAIRS]`.

Judged pairs of paragraphs (docs/quality.md says how a file of them looks) are compared by `dedup` and by similarity
alone. With --texts, paragraphs of a folder of texts are changed a little and compared with themselves; with --judged,
the folder is cleaned, and what became of judged paragraphs is counted. Last, collections whose repeats are known: how
many of these go. All intervals are of 95 %: Wilson's for shares, the bootstrap's (fixed seed) for F1.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from judged import judged_table
from numpy.typing import NDArray
from perturb import perturbation_table
from recall import LIKENESS, collections, recall_rows
from tables import Table, as_markdown, as_text, spelled

import dedup
from dedup.report.sample import wilson
from dedup.sketch.keys import choose_bands
from dedup.text.tokens import fold

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "quality.md"
MARKERS = "<!-- generated: python benchmarks/quality.py --markdown -->", "<!-- end of what is generated -->"
THRESHOLDS = (0.5, 0.6, 0.7, 0.8)
PERMUTATIONS = 128
RESAMPLES = 2_000
FEWEST = 20  # judged pairs from which a language gets a row of its own
BANDS = ((0, 8, "under 8 words"), (8, 16, "8 to 15 words"), (16, 1 << 30, "16 words or more"))
WORDS = re.compile(r"\w+").findall

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paragraphs and a person's judgement: "duplicate", "contained" (then `inner` is "a" or "b") or "not"."""

    id: str
    a: str
    b: str
    label: str
    inner: str | None
    scope: str
    language: str
    weight: float
    borderline: bool
    words: int  # of the shorter one


# --- Judged pairs ----------------------------------------------------------------------------------------------------


def read_pairs(path: Path) -> list[Pair]:
    """The judged pairs of a JSON Lines file."""
    pairs = []
    for number, line in enumerate(path.open(encoding="utf-8"), 1):
        read = json.loads(line)
        missing = {"text_a", "text_b", "label"} - set(read)
        if missing or read["label"] not in ("duplicate", "contained", "not"):
            sys.exit(f"{path}:{number}: expected text_a, text_b, and label: duplicate, contained or not")
        tokens = fold([read["text_a"], read["text_b"]])
        pairs.append(
            Pair(
                str(read.get("id", number)), read["text_a"], read["text_b"], read["label"], read.get("inner"),
                read.get("scope", "not given"), read.get("lang_a", "not given"), float(read.get("weight", 1)),
                bool(read.get("borderline", False)), int(np.diff(tokens.first).min()),
            )
        )  # fmt: skip
    return pairs


def f1(said: Flags, true: Flags, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of each row of resampled pairs."""
    hits = (weights * (said & true)).sum(axis=-1)
    return 2 * hits / np.maximum(((weights * said) + (weights * true)).sum(axis=-1), 1e-12)


def scores(said: Flags, true: Flags, weights: NDArray[np.float64]) -> list[str]:
    """Precision, recall and F1 with their intervals. Weighted shares count as many pairs as their weights are worth."""
    cells = []
    for among in (said, true):
        held = weights[among]
        worth = held.sum() ** 2 / (held**2).sum() if len(held) else 0.0  # after L. Kish
        share = weights[said & true].sum() / held.sum() if len(held) else float("nan")
        cells.append(spelled(share, *wilson(share * worth, worth)) if len(held) else "–")
    drawn = np.random.default_rng(1).integers(0, len(said), (RESAMPLES, len(said)))
    low, high = np.quantile(f1(said[drawn], true[drawn], weights[drawn]), [0.025, 0.975])
    return [*cells, spelled(float(f1(said, true, weights)), low, high) if len(held) else "–"]


HEAD = ["pairs", "true", "precision", "recall", "F1", "weighted precision", "weighted recall", "weighted F1"]


def row(name: str, said: Iterable[bool], true: Iterable[bool], pairs: list[Pair]) -> list[str]:
    """A row of a table: the scores of a set of pairs, unweighted and weighted."""
    said, true = np.fromiter(said, np.bool_), np.fromiter(true, np.bool_)
    weights = np.array([pair.weight for pair in pairs])
    counts = [str(len(pairs)), str(true.sum())]
    return [name, *counts, *scores(said, true, np.ones(len(pairs))), *scores(said, true, weights)]


def chosen(name: str, found: list[dedup.Comparison], pairs: list[Pair], keep: Callable[[Pair], bool]) -> list[str]:
    """A row of the pairs that `keep` names: collapsed against not."""
    held = [(comparison, pair) for comparison, pair in zip(found, pairs, strict=True) if keep(pair)]
    said, true = [c.is_duplicate for c, _ in held], [p.label != "not" for _, p in held]
    return row(name, said, true, [pair for _, pair in held])


def right(comparison: dedup.Comparison, pair: Pair) -> bool:
    """Whether the relation is the judged one, and of the judged side."""
    if pair.label == "contained":
        return comparison.relation == "contained" and comparison.inner == pair.inner
    return comparison.relation in ("exact", "near")


def relation_table(found: list[dedup.Comparison], pairs: list[Pair]) -> Table:
    """The relation at its defaults: over all, by relation, scope, language and length."""
    rows = [
        chosen("all", found, pairs, lambda pair: True),
        chosen("without borderline ones", found, pairs, lambda pair: not pair.borderline),
    ]
    for label, relations in {"duplicate": ("exact", "near"), "contained": ("contained",)}.items():
        said, true = [c.relation in relations for c in found], [p.label == label for p in pairs]
        rows.append(row(f"{label}, named so", said, true, pairs))
    for scope in sorted({pair.scope for pair in pairs}):
        rows.append(chosen(f"scope: {scope}", found, pairs, lambda pair, scope=scope: pair.scope == scope))
    counts = Counter(pair.language for pair in pairs)
    groups = {language: language if count >= FEWEST else "others" for language, count in counts.items()}
    for group in dict.fromkeys(groups[language] for language, _ in counts.most_common()):
        rows.append(
            chosen(f"language: {group}", found, pairs, lambda pair, group=group: groups[pair.language] == group)
        )
    for least, below, name in BANDS:
        held = partial(lambda least, below, pair: least <= pair.words < below, least, below)
        if any(map(held, pairs)):
            rows.append(chosen(f"shorter one: {name}", found, pairs, held))
    collapsed = [right(c, p) for c, p in zip(found, pairs, strict=True) if c.is_duplicate and p.label != "not"]
    share = spelled(sum(collapsed) / max(1, len(collapsed)), *wilson(sum(collapsed), len(collapsed)))
    title = f"At the defaults. Of those rightly collapsed, {share} have the right relation."
    return Table(title, HEAD, rows)


def grams(sequence: Any, size: int) -> set[Any]:
    """All runs of `size` members; of a shorter sequence the whole."""
    return {tuple(sequence[i : i + size]) for i in range(max(1, len(sequence) - size + 1))}


def jaccard(a: set[Any], b: set[Any]) -> float:
    """Size of what is common over size of all."""
    return len(a & b) / max(1, len(a | b))


def similarities() -> Iterator[tuple[str, Callable[[str], Any], Callable[[Any, Any], float]]]:
    """What others compare: name, sketch of a text, similarity of two sketches."""
    for size in (3, 5):
        yield f"Jaccard, word {size}-shingles", partial(lambda k, text: grams(WORDS(text.lower()), k), size), jaccard
    yield "Jaccard, character 5-grams", lambda text: grams(" ".join(text.lower().split()), 5), jaccard

    def estimate(a: Any, b: Any) -> float:
        return float(a.jaccard(b))

    def parts(text: str) -> list[str]:
        return sorted(map(" ".join, grams(WORDS(text.lower()), 5)))

    def by_datasketch(module: Any, text: str) -> Any:
        made = module.MinHash(num_perm=PERMUTATIONS)
        made.update_batch([part.encode() for part in parts(text)])
        return made

    def by_rensa(module: Any, text: str) -> Any:
        made = module.RMinHash(num_perm=PERMUTATIONS, seed=1)
        made.update(parts(text))
        return made

    for name, sketch in (("datasketch", by_datasketch), ("rensa", by_rensa)):
        try:
            module = import_module(name)
        except ImportError as error:
            print(f"{name} is left out, it cannot be imported: {error}")
            continue
        yield f"{name}, word 5-shingles", partial(sketch, module), estimate


def similarity_table(pairs: list[Pair]) -> Table:
    """Similarity from a threshold on, for all that a pair is judged by."""
    true = [pair.label != "not" for pair in pairs]
    rows = []
    for name, sketch, similarity in similarities():
        values = [similarity(sketch(pair.a), sketch(pair.b)) for pair in pairs]
        for threshold in THRESHOLDS:
            rows.append(row(f"{name}, {threshold}", [value >= threshold for value in values], true, pairs))
    return Table("Similarity alone, from a threshold on, on the same pairs.", HEAD, rows)


def threshold_table(pairs: list[Pair]) -> Table:
    """Likeness from a threshold on, as --threshold decides."""
    true = [pair.label != "not" for pair in pairs]
    rows = []
    for threshold in THRESHOLDS:
        found = [dedup.compare(pair.a, pair.b, threshold=threshold) for pair in pairs]
        rows.append(row(f"threshold {threshold}", [comparison.is_duplicate for comparison in found], true, pairs))
    return Table("By likeness instead, at several thresholds.", HEAD, rows)


def print_misses(found: list[dedup.Comparison], pairs: list[Pair]) -> None:
    """Every pair on which the relation and the judge differ, with the reason."""
    for comparison, pair in zip(found, pairs, strict=True):
        if comparison.is_duplicate != (pair.label != "not"):
            side = f" ({pair.inner})" if pair.inner else ""
            doubt = ", borderline" if pair.borderline else ""
            print(f"\n{pair.id}: judged {pair.label}{side}{doubt}, found {comparison.relation}: {comparison.reason}")
            print(f"  a: {pair.a}\n  b: {pair.b}")


# --- Output ----------------------------------------------------------------------------------------------------------


def write_page(tables: list[Table], about: str) -> None:
    """Put the tables between the markers of the page."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(MARKERS[0])
    _, end, after = rest.partition(MARKERS[1])
    if not end:
        sys.exit(f"{PAGE} has no place for tables: expected {MARKERS[0]} and {MARKERS[1]}")
    body = "\n\n".join([about, *map(as_markdown, tables)])
    PAGE.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="?", type=Path, default=DATA / "dev" / "gold_pairs.jsonl", help="judged pairs")
    parser.add_argument("--misses", action="store_true", help="print every pair judged otherwise, with the reason")
    parser.add_argument(
        "--texts", type=Path, metavar="FOLDER", help="texts whose paragraphs are changed, or were judged"
    )
    parser.add_argument("--changed", type=int, default=2_500, metavar="N", help="paragraphs that are changed (2,500)")
    parser.add_argument("--judged", type=Path, metavar="FILE", help="judged paragraphs of these texts")
    parser.add_argument("--kinds", type=Path, metavar="FILE", help="the elements of their paragraphs")
    parser.add_argument("--labelled", type=Path, default=DATA / "labelled", metavar="FOLDER", help="known collections")
    parser.add_argument("--generated", type=int, default=100_000, metavar="N", help="made-up paragraphs (100,000)")
    parser.add_argument("--pairs-only", action="store_true", help="leave the collections out")
    parser.add_argument("--markdown", action="store_true", help=f"put the tables into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    tables: list[Table] = []
    about = f"dedup {dedup.__version__}"

    def show(table: Table) -> None:
        tables.append(table)
        print(f"\n{as_text(table)}", flush=True)

    if options.pairs.exists():
        pairs = read_pairs(options.pairs)
        about += f"; {len(pairs)} judged pairs, {sum(pair.borderline for pair in pairs)} of them borderline"
        print(about)
        found = [dedup.compare(pair.a, pair.b) for pair in pairs]
        show(relation_table(found, pairs))
        show(threshold_table(pairs))
        show(similarity_table(pairs))
        if options.misses:
            print_misses(found, pairs)
    else:
        print(f"{options.pairs} does not exist: expected a file of judged pairs, see docs/quality.md")
    if options.texts:
        show(perturbation_table(options.texts, options.changed, options.misses))
    if options.judged and options.texts:
        show(judged_table(options.judged, options.texts, options.kinds))
    elif options.judged:
        parser.error("--judged needs the folder of the texts, --texts")
    if not options.pairs_only:
        bands, size = choose_bands(LIKENESS)
        known = collections(options.labelled, options.generated)
        rows = list(chain.from_iterable(map(recall_rows, known)))
        title = f"Found across documents (by likeness {LIKENESS.threshold}: {bands} bands of {size} rows)."
        show(Table(title, ["should be found", "missed", "recall"], rows))
    if options.markdown:
        write_page(tables, f"{about}. Intervals of 95 % in brackets.")


if __name__ == "__main__":
    main()
