"""The report of a run, to look at in a browser: how much went and why, and every removal beside what is kept for it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .config import Config
from .corpus import Document, Totals, check_names, write
from .differences import plain, shortened, word_diffs
from .kept import KeptTexts
from .listing import with_kept
from .page import lengths, page
from .results import CleanResult
from .sample import Drawn

MOST_LISTED = 200_000  # removals that a browser takes easily; all are counted
_BATCH = 1_000  # diffs made together


@dataclass(frozen=True, slots=True)
class Run:
    """What the report says of a run as a whole; done: whether the removals were carried out, or only found."""

    sources: Sequence[str]
    config: Config
    totals: Totals
    done: bool
    lines: bool


def reported(
    found: Iterable[tuple[Document, str, CleanResult]], documents: Sequence[Document], path: str, run: Run
) -> Iterator[tuple[Document, str, CleanResult]]:
    """What is found, passed on; once all of it has passed and stands in the run's totals, the report is written.

    Raises CorpusError; for two documents of one name before anything is passed on.
    """
    check_names(documents)
    columns = Columns()
    with closing(KeptTexts()) as kept:
        for one in found:
            for removal in with_kept([one], kept):
                columns.add(removal)
            yield one
    write(Path(path), as_page(columns, run))


def as_page(columns: "Columns", run: Run) -> str:
    """The report as a page."""
    facts = asdict(run) | {"sources": [plain(source) for source in run.sources], "removed": run.totals.removed}
    return page("report", facts | columns.data())


class _Numbers(dict[Hashable, int]):
    """Values numbered from 0 in the order in which they come."""

    def __missing__(self, value: Hashable) -> int:
        self[value] = number = len(self)
        return number


class Columns:
    """Removals as the page reads them: columns of numbers and texts, in which what repeats stands once.

    A *cluster* is a kept paragraph, or a piece of page furniture, with all that went for it. A *variant* is one text
    that went for it for one reason, however often and wherever that stood.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names = _Numbers()
        self._clusters = _Numbers()  # (name, paragraph, text)
        self._variants = _Numbers()  # (cluster, relation, similarity, reason, text)
        self._removals: list[tuple[int, int, int]] = []  # (variant, name, paragraph)

    def add(self, removal: Drawn) -> None:
        """Count a removal, and list it unless there are too many."""
        record = removal.record
        self._counts[record["relation"]] += 1
        if len(self._removals) == MOST_LISTED:
            return
        cluster = (-1, -1, record["text"])  # nothing stands for page furniture, whose pieces differ by their text
        if stand_in := record["duplicate_of"]:
            cluster = (self._names[stand_in["document"]], stand_in["paragraph"], removal.kept)
        why = record["relation"], record["jaccard"], record["reason"]
        variant = self._variants[self._clusters[cluster], *why, record["text"]]
        self._removals.append((variant, self._names[record["document"]], record["paragraph"]))

    def data(self) -> dict[str, Any]:
        """The columns, by table and name. A variant's text is null where it is the kept one to the letter, its diff
        where no word differs or the kept text is not known."""
        kept = [text for _, _, text in self._clusters]
        shown = [None if text is None else plain(text) for text in kept]
        texts: list[str | None] = []
        changed = []
        for number, (cluster, relation, _, _, text) in enumerate(self._variants):
            if kept[cluster] is not None and relation not in ("exact", "boilerplate"):
                changed.append((number, (text, kept[cluster])))
            texts.append(None if plain(text) == shown[cluster] else plain(text))
        diffs: list[list[int | str] | None] = [None] * len(texts)
        for begin in range(0, len(changed), _BATCH):
            numbers, pairs = zip(*changed[begin : begin + _BATCH], strict=True)
            for number, diff in zip(numbers, word_diffs(pairs), strict=True):
                texts[number], diffs[number] = lengths(shortened(diff, side="b"))
        clusters = _columns(self._clusters, ("name", "paragraph"))
        variants = _columns(self._variants, ("cluster", "relation", "similarity", "reason"))
        return {
            "counts": self._counts,
            "names": list(map(plain, self._names)),
            "clusters": clusters | {"text": shown},
            "variants": variants | {"reason": list(map(plain, variants["reason"])), "text": texts, "diff": diffs},
            "removals": _columns(self._removals, ("variant", "name", "paragraph")),
        }


def _columns(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> dict[str, list[Any]]:
    """The first columns of a table, by name."""
    rows = list(rows)
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
