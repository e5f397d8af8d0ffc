"""The report of a run, to look at in a browser: how much went and why, and every removal beside what is kept for it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from .. import __version__
from ..config import Config
from ..io.atomic import Replacement
from ..io.inputs import InputFile, check_names
from ..runs.run import OpenFile, Rows, Totals, row_id
from .diff import plain, shortened, word_diffs
from .html import lengths, page
from .kept_texts import KeptTexts, Shown, with_kept

T = TypeVar("T")

_MOST_AROUND = 3  # places of a variant whose neighbours are shown
MOST_LISTED = 200_000  # removals that a browser takes easily; all are counted
_BATCH = 1_000  # diffs made together


@dataclass(frozen=True, slots=True)
class Run:
    """What the report says of a run as a whole.

    done: whether the removals were carried out, or only found; command: as it was called, if by the command
    """

    sources: Sequence[str]
    config: Config
    totals: Totals
    done: bool
    lines: bool
    command: str = ""


def reported(
    found: Iterable[tuple[OpenFile, Rows]], files: Sequence[InputFile], path: str, run: Run
) -> Iterator[tuple[OpenFile, Rows]]:
    """Pass on what is found; write the report once all of it has passed and stands in the run's totals.

    Raises CorpusError; for two files of one name before anything is passed on.
    """
    check_names(files)
    columns = Columns()

    def looked_at(file: OpenFile, rows: Rows) -> Rows:
        for row, outcome in rows:
            if outcome is not None and row.text is not None:
                for removal in with_kept([(row_id(file.input, row), row.text, outcome.result())], kept):
                    columns.add(removal)
            yield row, outcome

    with closing(KeptTexts()) as kept:
        for file, rows in found:
            yield file, looked_at(file, rows)
    Replacement(path).write(as_page(columns, run).encode(errors="backslashreplace"))


def as_page(columns: "Columns", run: Run) -> str:
    """Return the report as a page."""
    facts = asdict(run) | {"sources": [plain(source) for source in run.sources], "removed": run.totals.removed}
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts["made"] = {
        "dedup": __version__,
        "date": made,
        "command": plain(run.command),
        "sources": ", ".join(facts["sources"]),
    }
    return page("report", facts | columns.data())


class _Cluster(NamedTuple):
    """A kept paragraph; or boilerplate, for which none stands (name and paragraph -1), and its own text."""

    name: int
    paragraph: int
    text: str | None  # None: the run did not read it


class _Variant(NamedTuple):
    """A text that went for a cluster's for one reason, however often and wherever it stood."""

    cluster: int
    relation: str
    similarity: float
    reason: str
    text: str


class _Place(NamedTuple):
    """Where a variant stood."""

    variant: int
    name: int
    paragraph: int


class _Around(NamedTuple):
    """What stood before and after a removed paragraph."""

    removal: int
    before: str | None
    after: str | None


class _Numbers(dict[T, int]):
    """Values numbered from 0 in the order in which they come."""

    def __missing__(self, value: T) -> int:
        self[value] = number = len(self)
        return number


class Columns:
    """Removals as the page reads them: four tables as columns, in which what repeats stands once."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names: _Numbers[str] = _Numbers()
        self._clusters: _Numbers[_Cluster] = _Numbers()
        self._variants: _Numbers[_Variant] = _Numbers()
        self._removals: list[_Place] = []
        self._around: list[_Around] = []
        self._shown_around: Counter[int] = Counter()  # by variant

    def add(self, removal: Shown) -> None:
        """Count a removal, and list it unless there are too many."""
        record = removal.record
        relation, original, text = record["relation"], record["duplicate_of"], record["text"]
        self._counts[relation] += 1
        if len(self._removals) == MOST_LISTED:
            return
        cluster = _Cluster(-1, -1, text)
        if original:
            cluster = _Cluster(self._names[original["document"]], original["paragraph"], removal.kept)
        variant = _Variant(self._clusters[cluster], relation, record["jaccard"], record["reason"], text)
        number = self._variants[variant]
        if self._shown_around[number] < _MOST_AROUND and (removal.before or removal.after):
            self._shown_around[number] += 1
            before, after = (text and plain(text) for text in (removal.before, removal.after))
            self._around.append(_Around(len(self._removals), before, after))
        self._removals.append(_Place(number, self._names[record["document"]], record["paragraph"]))

    def data(self) -> dict[str, Any]:
        """Return the tables, by name and column. A variant's text is null where it is the kept one to the letter, its diff
        where no word differs or the kept text is not known."""
        clusters, variants = _columns(_Cluster, self._clusters), _columns(_Variant, self._variants)
        kept, gone = clusters["text"], variants["text"]
        clusters["text"] = [None if text is None else plain(text) for text in kept]
        originals = [clusters["text"][cluster] for cluster in variants["cluster"]]
        variants["text"] = [
            None if plain(text) == original else plain(text) for text, original in zip(gone, originals, strict=True)
        ]
        variants["reason"] = list(map(plain, variants["reason"]))
        variants["diff"] = [None] * len(gone)
        changed = [
            (number, (variant.text, kept[variant.cluster]))
            for number, variant in enumerate(self._variants)
            if variant.relation in ("contained", "near") and kept[variant.cluster] is not None
        ]
        for begin in range(0, len(changed), _BATCH):
            numbers, pairs = zip(*changed[begin : begin + _BATCH], strict=True)
            for number, diff in zip(numbers, word_diffs(pairs), strict=True):
                variants["text"][number], variants["diff"][number] = lengths(shortened(diff, side="b"))
        return {
            "counts": self._counts,
            "names": list(map(plain, self._names)),
            "clusters": clusters,
            "variants": variants,
            "removals": _columns(_Place, self._removals),
            "around": _columns(_Around, self._around),
        }


def _columns(kind: type[NamedTuple], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Return a table by the names of its columns."""
    rows = list(rows)
    return {name: [row[place] for row in rows] for place, name in enumerate(kind._fields)}
