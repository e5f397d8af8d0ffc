"""Removals drawn at random, to be judged by a person: what precision a run has on the user's own corpus."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from random import Random
from typing import Any, TypeVar

from .corpus import rows_read
from .differences import Side, marked, plain, word_diff
from .formats import STANDARD_INPUT, Formats
from .paragraphs import split_lines, split_paragraphs
from .sources import Document

T = TypeVar("T")

SEED = 1
RIGHT, WRONG, OPEN, QUIT = "y", "n", "?", "q"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A removal as `find` lists it, and the text of the kept paragraph that stands for it, if it can be read."""

    record: dict[str, Any]
    kept: str | None

    @property
    def places(self) -> tuple[str, str]:
        """Where the removed and the kept one stand, as document and paragraph."""
        original = self.record["duplicate_of"]
        return (
            f"{plain(self.record['document'])}, paragraph {self.record['paragraph']}",
            f"{plain(original['document'])}, paragraph {original['paragraph']}",
        )


def draw(records: Iterable[T], size: int) -> list[T]:
    """So many of the records, each as likely as any other, in an order of chance; the same every time.

    The reservoir of A. Waterman: one pass, and no more is held than is drawn.
    """
    random = Random(SEED)
    drawn: list[T] = []
    for place, record in enumerate(records):
        if place < size:
            drawn.append(record)
        elif (slot := random.randrange(place + 1)) < size:
            drawn[slot] = record
    random.shuffle(drawn)  # so that who stops early has judged a sample too
    return drawn


def with_kept(records: Sequence[dict[str, Any]], kept: Mapping[tuple[str, int], str]) -> list[Drawn]:
    """The records with the texts of the kept paragraphs, where there are any."""
    stand_ins = (record["duplicate_of"] for record in records)
    texts = [kept.get((stand_in["document"], stand_in["paragraph"])) for stand_in in stand_ins]
    return list(map(Drawn, records, texts))


def kept_texts(
    records: Iterable[dict[str, Any]],
    documents: Iterable[Document],
    formats: Formats,
    given: dict[str, str],
    *,
    lines: bool,
) -> dict[tuple[str, int], str]:
    """What stands for the removals, by document and paragraph: read again, but for documents `given`, which cannot be."""
    places: dict[str, set[int]] = {}
    for record in records:
        places.setdefault(record["duplicate_of"]["document"], set()).add(record["duplicate_of"]["paragraph"])
    kept: dict[tuple[str, int], str] = {}
    for id, text in chain(given.items(), _read_again(documents, formats, places)):
        if id in places:
            spans = split_lines(text) if lines else split_paragraphs(text)
            kept |= {(id, p): text[spans[p].start : spans[p].end] for p in places[id] if p < len(spans)}
    return kept


def _read_again(documents: Iterable[Document], formats: Formats, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Ids and texts of all documents in the files that hold one of those that are wanted."""
    holding = {*wanted, *(id.rpartition(":")[0] for id in wanted)}
    for document in documents:
        if document.id in holding and document.source != STANDARD_INPUT:
            with suppress(OSError, ValueError):  # a file that is gone by now has no text to be shown
                yield from rows_read(document, formats)


def judge(drawn: Sequence[Drawn], ask: Callable[[str], str], style: Callable[[str, Side], str]) -> Counter[str]:
    """Show each removal by `ask`, which returns the key pressed, until all are judged or a person has had enough."""
    verdicts: Counter[str] = Counter()
    for number, removal in enumerate(drawn, 1):
        removed, kept = removal.places
        lines = [f"[{number} of {len(drawn)}]  {removal.record['relation']}: {removal.record['reason']}"]
        lines += [f"removed   {plain(removal.record['text'])}   ({removed})"]
        if removal.kept is None:
            lines += [f"kept      in {kept}, which this run does not read"]
        else:
            lines += [f"kept      {plain(removal.kept)}   ({kept})"]
            lines += [f"change    {marked(word_diff(removal.record['text'], removal.kept), style)}"]
        key = ask("\n".join(lines))
        if key == QUIT:
            break
        verdicts[key] += 1
    return verdicts


def precision(verdicts: Counter[str]) -> str:
    """What the verdicts come to, in a sentence."""
    right, judged = verdicts[RIGHT], verdicts[RIGHT] + verdicts[WRONG]
    undecided = f"; {verdicts[OPEN]} left open" if verdicts[OPEN] else ""
    if not judged:
        return f"nothing judged{undecided}"
    low, high = wilson(right, judged)
    return f"precision {right / judged:.1%} (95% interval {low:.1%} to {high:.1%}): {right} of {judged} removals right{undecided}"


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927), which holds for few trials and for shares of 0 and 1 too.

    Without trials anything is possible: (0, 1).
    """
    if trials <= 0:
        return 0.0, 1.0
    z = 1.959964
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
