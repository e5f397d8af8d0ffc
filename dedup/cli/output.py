"""Removals as they are listed: in tables, in clusters, and a sample of them as it is judged."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from operator import attrgetter
from typing import Any, NamedTuple

import click

from ..io.atomic import Replacement
from ..io.formats.json_text import as_json
from ..io.inputs import check_names
from ..report.diff import Side, marked, plain, word_diff
from ..report.kept_texts import KeptTexts, with_kept
from ..report.sample import NAMES, QUIT, as_page, draw, judge, precision
from ..runs.run import OpenFile, Rows
from .options import at_terminal, say
from .session import Session, decided


def clusters(session: Session, found: Iterable[tuple[OpenFile, Rows]]) -> list[dict[str, Any]]:
    """Return every kept paragraph that has duplicates, with these: the largest cluster first. Boilerplate is in none."""
    check_names(session.files)
    together: dict[tuple[str, int], dict[str, Any]] = {}
    with closing(KeptTexts()) as texts:
        for record, kept in map(attrgetter("record", "kept"), with_kept(decided(found), texts)):
            if original := record.pop("duplicate_of"):
                place = original["document"], original["paragraph"]
                cluster = together.setdefault(place, {**original, "text": kept, "size": 1, "removed": []})
                cluster["size"] += 1
                cluster["removed"].append(record)
    return sorted(together.values(), key=lambda cluster: -cluster["size"])


def as_table(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield removals, a line for each, as wide as the terminal."""
    place = min(30, _width() // 4)
    yield _fitted(f"{'relation':<11}  jaccard  {'removed':<{place}}  {'original':<{place}}  text")
    for record in records:
        first = f"{record['relation']:<11}  {record['jaccard']:>7.2f}"
        original = _place(record["duplicate_of"], place) if record["duplicate_of"] else ""
        yield _fitted(f"{first}  {_place(record, place):<{place}}  {original:<{place}}  {_beginning(record['text'])}")


def as_tables(clusters: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield clusters: how often and where it stands and what is kept, and below it a line for each removal."""
    for cluster in clusters:
        text = _beginning(cluster["text"] or "in a document that this run does not read")
        yield _fitted(f"{cluster['size']:,} times  {_place(cluster, 40)}  {text}")
        for record in cluster["removed"]:
            yield _fitted(f"  {record['relation']:<9}  {_place(record, 40)}  {_beginning(record['text'])}")


def as_boilerplate(piece: str, documents: int) -> str:
    """Return a piece of boilerplate, and in how many documents it stands."""
    return _fitted(f"{documents:,} documents  {_beginning(piece)}")


def _place(where: dict[str, Any], width: int) -> str:
    """Return document and paragraph, in so many characters; of a long name the end says more."""
    shown = f"{plain(where['document'])} {where['paragraph']}"
    return shown if len(shown) <= width else "…" + shown[1 - width :]


def _beginning(text: str) -> str:
    return plain(text[:1_000])


def _fitted(line: str) -> str:
    return line if len(line) <= _width() else line[: _width() - 1] + "…"


def _width() -> int:
    return shutil.get_terminal_size((160, 24)).columns


class Sample(NamedTuple):
    """What is drawn of the removals, and where it goes.

    size: how many; relation: of which one, None for all; page, verdicts: the files for a page, and for what is judged
    """

    size: int
    relation: str | None
    page: str | None
    verdicts: str | None


def judge_sample(session: Session, found: Iterable[tuple[OpenFile, Rows]], sample: Sample) -> None:
    """Draw a sample of what was found and have it judged: on a page, at the terminal, or by whoever reads JSON Lines.

    Boilerplate is not drawn: it is a duplicate of nothing in particular. Raises CorpusError.
    """
    check_names(session.files)
    relations = [sample.relation] if sample.relation else ["exact", "near", "contained"]
    with closing(KeptTexts()) as kept:
        removals = with_kept(decided(found), kept)
        drawn = draw((removal for removal in removals if removal.record["relation"] in relations), sample.size)
    page = sample.page
    if page:
        Replacement(page).write(as_page(drawn).encode(errors="backslashreplace"))
        say(f"{page}: a sample of {len(drawn):,}, to be judged in a browser")
    elif _at_a_terminal():
        verdicts = judge(drawn, _ask, coloured)
        click.echo(f"\n{precision(Counter(verdicts))}")
        if sample.verdicts:
            judged = (
                {**removal.record, "kept_text": removal.kept, "verdict": NAMES[key]}
                for removal, key in zip(drawn, verdicts, strict=False)
            )
            Replacement(sample.verdicts).write("".join(f"{as_json(one)}\n" for one in judged).encode())
    else:
        for removal in drawn:
            change = None if removal.kept is None else marked(word_diff(removal.record["text"], removal.kept))
            click.echo(as_json({**removal.record, "kept_text": removal.kept, "change": change}))


def _at_a_terminal() -> bool:
    return at_terminal(sys.stdin) and at_terminal(sys.stdout)


def _ask(shown: str) -> str:
    """Show a removal, and wait for one of the keys of a verdict."""
    click.echo(f"\n{shown}\ny right, n loses something, ? cannot be told, q ends: ", nl=False)
    while (key := click.getchar().lower()) not in (*NAMES, QUIT):
        pass
    click.echo(key)
    return key


def coloured(text: str, side: Side) -> str:
    """Return a piece of a diff for a terminal; where the output is none, click leaves the colours out."""
    if "NO_COLOR" in os.environ or side == "both":
        return text
    return click.style(text, fg="red" if side == "a" else "green")
