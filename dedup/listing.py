"""Removals as they are listed, and a sample of them as it is judged."""

import os
import sys
from collections.abc import Iterable

import click

from .corpus import File, Rows
from .differences import Side, marked, word_diff
from .files import write
from .formats.jsonl import as_json
from .page import as_page
from .sample import OPEN, QUIT, RIGHT, WRONG, draw, judge, precision, with_kept
from .session import Session, removals
from .sources import check_names


def judge_sample(session: Session, found: Iterable[tuple[File, Rows]], size: int, page: str | None) -> None:
    """Draw a sample of what was found and have it judged: on a page, at the terminal, or by whoever reads JSON Lines.

    Page furniture is not drawn: it is removed although nothing stands for it. Raises CorpusError.
    """
    check_names(session.documents)
    given: dict[str, str] = {}
    records = (record for record in removals(found, given) if record["relation"] != "boilerplate")
    drawn = with_kept(draw(records, size), session.documents, session.formats, given, lines=session.lines)
    if page:
        write(page, as_page(drawn).encode(errors="backslashreplace"))
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
