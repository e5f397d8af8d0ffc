"""The pairs of a corpus closest to each boundary of the rule, so that a person sets the options by looking.

Two paragraphs are a pair here if they share a shingle within a document, or a band across documents.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, combinations, groupby
from random import Random

from .._jit import backend
from ..api import compare
from ..config import Config
from ..io.formats import Formats
from ..io.inputs import InputFile
from ..match.compare import compare_folded
from ..results import Comparison
from ..runs.run import explained, row_id, rows_read
from ..sketch.keys import band_keys, choose_bands
from ..sketch.minhash import shingle, sign
from ..text.paragraphs import spans_in, split_lines
from ..text.tokens import Tokens, fold, half_words
from .diff import Side, marked, shortened, word_diff
from .sample import SEED, draw

MOST_PARAGRAPHS = 20_000  # that are looked at
MOST_COMPARED = 3_000
_MOST_TOGETHER = 40  # paragraphs that share a shingle or band: of more, the first ones
_USUAL = 0.7  # the threshold that is looked at where none is set
_BELOW = 0.2  # how far below the boundaries a pair is still looked at

Folded = tuple[bytes, bytes]  # a paragraph's text and flags

# The boundaries, in the order in which they are shown.
NEAR, NOT_NEAR = range(2)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the corpus: its document's id, its position in it, its text."""

    document: str
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two paragraphs near a boundary, and what they are to each other."""

    a: Paragraph
    b: Paragraph
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Survey:
    """What was looked at (complete: every document; else a sample), and the pairs of each boundary, the closest first."""

    complete: bool
    documents: int
    paragraphs: int
    candidates: int
    compared: int
    pairs: dict[int, list[Neighbours]]


def documents_at_random(
    files: Sequence[InputFile], formats: Formats, *, lines: bool, report: Callable[[str], None]
) -> Iterator[list[Paragraph]]:
    """Yield the paragraphs of document after document, in an order of chance that is always the same.

    Files are taken by chance, and of each its documents. With `lines` every line is a document. What cannot be read
    goes to `report` in a sentence.
    """
    random = Random(SEED)
    for file in random.sample(files, len(files)):
        try:
            documents = draw(rows_read(file, formats), MOST_PARAGRAPHS)
        except (OSError, ValueError) as error:
            report(f"{file.source}: {explained(error)}; skipped")
            continue
        for row in documents:
            id, text = row_id(file, row), row.text or ""
            spans = split_lines(text) if lines else spans_in(text, row.paragraphs)
            found = [Paragraph(id, p, text[span.start : span.end]) for p, span in enumerate(spans)]
            if lines:
                yield from ([line] for line in random.sample(found, len(found)))
            else:
                yield found


def survey(documents: Iterable[Sequence[Paragraph]], config: Config) -> Survey:
    """Return the pairs at every boundary, the closest first; documents are read until there are enough paragraphs."""
    paragraphs: list[Paragraph] = []
    owners: list[int] = []
    count = 0
    complete = True
    for document in documents:
        if len(paragraphs) >= MOST_PARAGRAPHS:
            complete = False
            break
        paragraphs += document
        owners += [count] * len(document)
        count += 1
    texts = [paragraph.text for paragraph in paragraphs]
    tokens = fold(texts, backend.wanted(sum(map(len, texts))))
    candidates = list(_candidates(tokens, owners, config))
    compared = candidates
    if len(candidates) > MOST_COMPARED:
        compared = sorted(Random(SEED).sample(candidates, MOST_COMPARED))
    found: dict[int, list[tuple[float, Neighbours]]] = {boundary: [] for boundary in range(2)}
    for i, j in compared:
        placed = _boundary((tokens.text(i), tokens.flags_of(i)), (tokens.text(j), tokens.flags_of(j)), config)
        if placed:
            boundary, distance, comparison = placed
            found[boundary].append((distance, Neighbours(paragraphs[i], paragraphs[j], comparison)))
    pairs = {boundary: _varied(members) for boundary, members in found.items()}
    return Survey(complete, count, len(paragraphs), len(candidates), len(compared), pairs)


def _boundary(a: Folded, b: Folded, config: Config) -> tuple[int, float, Comparison] | None:
    """Return the boundary close to which a pair lies, how far from it, and the comparison; None if the two are equal."""
    found = compare_folded(*a, *b, config)
    if found.relation == "exact":
        return None
    distance = found.jaccard - _threshold(config)
    return (NEAR, distance, found) if distance >= 0 else (NOT_NEAR, -distance, found)


def _threshold(config: Config) -> float:
    return _USUAL if config.threshold is None else config.threshold


def _varied(members: list[tuple[float, Neighbours]]) -> list[Neighbours]:
    """Return the closest first, but every document's closest before any document's second."""
    times: dict[str, int] = defaultdict(int)
    turns = []
    for place, (_, pair) in enumerate(sorted(members, key=lambda member: member[0])):
        turns.append((times[pair.a.document], place, pair))
        times[pair.a.document] += 1
    return [pair for *_, pair in sorted(turns, key=lambda turn: turn[:2])]


def _candidates(tokens: Tokens, owners: list[int], config: Config) -> Iterator[tuple[int, int]]:
    """Yield pairs of different paragraphs that are similar enough to be near a boundary."""
    fast = backend.wanted(len(tokens.buffer))
    shingles = shingle(tokens, config.shingle_size, fast)

    def members(p: int) -> set[int]:
        return set(shingles.hashes[shingles.first[p] : shingles.first[p + 1]].tolist())

    short = (half_words(tokens) < 2 * config.min_tokens).tolist()
    pairs: set[tuple[int, int]] = set()
    judged: list[int] = []  # of equal paragraphs of a document one is enough
    for _, document in groupby(range(len(owners)), key=owners.__getitem__):
        different: dict[bytes, int] = {}
        for p in document:
            if not short[p]:
                different.setdefault(tokens.text(p), p)
        together: dict[int, list[int]] = defaultdict(list)
        for p in different.values():
            judged.append(p)
            for value in members(p):
                together[value].append(p)
        pairs.update(_combined(together.values()))
    if config.scope == "corpus":
        bands, rows = choose_bands(replace(config, threshold=max(_threshold(config) - _BELOW, 0.1)))
        keys = band_keys(sign(shingles, config.num_perm, config.seed, fast), bands, rows)
        for column in keys[judged].T:
            alike: dict[int, list[int]] = defaultdict(list)
            for p, key in zip(judged, column.tolist(), strict=True):
                alike[key].append(p)
            pairs.update(_combined(alike.values()))
    sets = {p: members(p) for p in set(chain.from_iterable(pairs))}
    for i, j in sorted(pairs):
        shared = len(sets[i] & sets[j])
        near = shared / (len(sets[i]) + len(sets[j]) - shared) >= _threshold(config) - _BELOW
        if near and tokens.text(i) != tokens.text(j):
            yield i, j


def _combined(groups: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    return chain.from_iterable(combinations(group[:_MOST_TOGETHER], 2) for group in groups)


def described(survey: Survey, config: Config, most: int, style: Callable[[str, Side], str]) -> Iterator[str]:
    """Yield the first pairs of every boundary with their differences, line by line."""
    threshold = _threshold(config)
    titles = {
        NEAR: f"Just above --threshold {threshold:g}: with it one of the two is removed",
        NOT_NEAR: f"Just below --threshold {threshold:g}: both stay",
    }
    for boundary, title in titles.items():
        pairs = survey.pairs[boundary]
        yield f"{title} ({len(pairs):,} such pairs)"
        for pair in pairs[:most]:
            a, b, found = pair.a, pair.b, pair.comparison
            reason = compare(a.text, b.text, **asdict(config)).reason
            yield ""
            yield f"  {a.document} {a.position} / {b.document} {b.position}"
            yield f"  jaccard {found.jaccard:.3f}, containment {found.containment:.3f}: {reason}"
            yield f"  {marked(shortened(word_diff(a.text, b.text)), style)}"
        yield ""


def looked_at(survey: Survey) -> str:
    """Say how much of the corpus was looked at, in a sentence."""
    some = (
        f"all documents ({survey.documents:,})"
        if survey.complete
        else f"{survey.documents:,} documents drawn at random"
    )
    words = f"looked at {some}, {survey.paragraphs:,} paragraphs"
    if survey.compared < survey.candidates:
        return f"{words}; of {survey.candidates:,} similar pairs {survey.compared:,}, drawn at random, were compared"
    return f"{words}; all similar pairs ({survey.candidates:,}) were compared"
