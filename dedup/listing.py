"""Removals as they are listed, and a sample of them as it is judged."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from .corpus import Document, check_names, write
from .differences import Side, marked, word_diff
from .kept import KeptTexts
from .results import CleanResult, Removal
from .sample import OPEN, QUIT, RIGHT, WRONG, Drawn, as_page, draw, judge, precision


def as_record(document: Document, text: str, removal: Removal) -> dict[str, Any]:
    """A removal from a document's text, as one line of a listing."""
    decision = removal.decision
    stand_in = None
    if decision.duplicate_of is not None:
        original, position = decision.duplicate_of
        if isinstance(original, tuple):  # a line: (document, line)
            original, position = original
        stand_in = {"document": str(original), "paragraph": position}
    return {
        "document": document.id,
        "paragraph": removal.position,
        "start": removal.start,
        "end": removal.end,
        "text": text[removal.start : removal.end],
        "relation": decision.relation,
        "duplicate_of": stand_in,
        "jaccard": round(decision.jaccard, 4),
        "containment": round(decision.containment, 4),
        "reason": decision.reason,
    }


def as_json(record: dict[str, Any]) -> str:
    """A record as JSON in one line."""
    return json.dumps(record, ensure_ascii=False)


def with_kept(found: Iterable[tuple[Document, str, CleanResult]], kept: KeptTexts) -> Iterator[Drawn]:
    """Each removal with the text that stands for it; `kept` learns what passes."""
    for document, text, result in found:
        kept.add(document.id, text, result)
        for removal in result.removed:
            record = as_record(document, text, removal)
            stand_in = record["duplicate_of"]
            yield Drawn(record, stand_in and kept.text(stand_in["document"], stand_in["paragraph"]))


def judge_sample(
    documents: list[Document],
    found: Iterable[tuple[Document, str, CleanResult]],
    size: int,
    page: str | None,
) -> None:
    """Draw a sample of what was found and have it judged: on a page, at the terminal, or by whoever reads JSON Lines.

    Page furniture is not drawn: it is removed although nothing stands for it. Raises CorpusError.
    """
    check_names(documents)
    with closing(KeptTexts()) as kept:
        drawn = draw((r for r in with_kept(found, kept) if r.record["relation"] != "boilerplate"), size)
    if page:
        write(Path(page), as_page(drawn))
        click.echo(f"{page}: a sample of {len(drawn):,}, to be judged in a browser", err=True)
    elif _at_a_terminal():
        click.echo(f"\n{precision(judge(drawn, _ask, coloured))}")
    else:
        for removal in drawn:
            change = None if removal.kept is None else marked(word_diff(removal.record["text"], removal.kept))
            click.echo(as_json({**removal.record, "kept_text": removal.kept, "change": change}))


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(shown: str) -> str:
    """Show a removal, and wait for one of the keys of a verdict."""
    click.echo(f"\n{shown}\nright? y/n/?/q ", nl=False)
    while (key := click.getchar().lower()) not in (RIGHT, WRONG, OPEN, QUIT):
        pass
    click.echo(key)
    return key


def coloured(text: str, side: Side) -> str:
    """A piece of a diff for a terminal; where the output is none, click leaves the colours out."""
    if "NO_COLOR" in os.environ or side == "both":
        return text
    return click.style(text, fg="red" if side == "a" else "green")
