"""Options that commands share, and what commands do alike."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, BinaryIO, TextIO

import click

from ..config import Config
from ..errors import CorpusError, DedupError
from ..io.formats import DEFAULT, DEFAULT_WITH_FIELD, FORMATS, Formats

DEFAULTS = Config()
_FORMATS = {format.name: format for format in FORMATS}
_SUFFIXES = ", ".join(suffix for format in FORMATS for suffix in format.suffixes)


def decides(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that change what is removed; the command gets them as `config` and `lines`."""

    @wraps(command)
    def wrapped(scope: Any, threshold: float | None, lines: bool, **options: Any) -> Any:
        if lines and scope == "document":
            raise click.UsageError("--lines takes every line as a document: --scope document would compare nothing.")
        return command(config=Config(threshold, scope), lines=lines, **options)

    return _with(
        wrapped,
        click.option(
            "--scope",
            type=click.Choice(["corpus", "document"]),
            default=DEFAULTS.scope,
            show_default=True,
            help="Compare across documents, or only within each.",
        ),
        click.option(
            "--threshold",
            type=float,
            metavar="JACCARD",
            help="Remove by likeness instead: what is as alike as that is removed, whatever it says.",
        ),
        click.option("--lines", is_flag=True, help="Take every line as a document of its own."),
    )


def reads(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how files are read; the command gets them as `formats`."""

    @wraps(command)
    def wrapped(
        format: str | None, field: tuple[str, ...], encoding: str | None, delimiter: str | None, **options: Any
    ) -> Any:
        given = _FORMATS[format] if format else None
        delimiter = "\t" if delimiter == "\\t" else delimiter
        return command(formats=Formats(given, field, encoding, delimiter), **options)

    return _with(
        wrapped,
        click.option(
            "--format",
            type=click.Choice(list(_FORMATS)),
            help="Format of all files, whatever their names and content.  "
            f"[default: as the name says ({_SUFFIXES}), or the first bytes, otherwise {DEFAULT.name}]",
        ),
        click.option(
            "--field",
            multiple=True,
            metavar="NAME",
            help="Member or column that holds the text or a list of paragraphs, as text or article.body; several are one "
            f"document, in their order. Standard input is then {DEFAULT_WITH_FIELD.title}.  [default: text]",
        ),
        click.option(
            "--encoding",
            metavar="NAME",
            help="Encoding of all files, as Python calls it (latin-1, cp1252, utf-16), and of what is written.  "
            "[default: utf-8]",
        ),
        click.option(
            "--delimiter",
            metavar="CHARACTER",
            help="Between the cells of CSV and TSV, as ; or \\t.  [default: as the header tells]",
        ),
    )


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


jobs = click.option("--jobs", type=click.IntRange(min=1), help="Threads.  [default: the machine's cores]")

report_to = click.option("--report", metavar="FILE", help="Write a page that shows every removal beside what is kept.")

boilerplate = click.option(
    "--boilerplate",
    type=click.IntRange(min=2),
    metavar="N",
    help="Boilerplate: remove all occurrences of paragraphs that stand in N documents or more.",
)


def fails_cleanly(command: Callable[..., None]) -> Callable[..., None]:
    """End in one line and exit code 2 on errors, with 130 when interrupted, in silence when the reader of a pipe has gone."""

    @wraps(command)
    def wrapped(**options: Any) -> None:
        try:
            command(**options)
        except DedupError as error:
            warn(str(error))
            sys.exit(2)
        except KeyboardInterrupt:
            how = "the same command goes on from there" if options.get("index") else "nothing else was changed"
            warn(f"interrupted; every file written is whole, {how}")
            sys.exit(130)
        except OSError as error:  # of standard output: those of files have become errors of dedup, with their names
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write goes there
            if isinstance(error, BrokenPipeError) and not options.get("report"):
                sys.exit(1 if options.get("check") else 0)  # what it had read by then was a repeat
            warn(f"{error.filename or 'standard output'}: {error.strerror or error}")
            sys.exit(2)

    return wrapped


def cores() -> int:
    """Return how many threads can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def at_terminal(stream: TextIO | None) -> bool:
    """Return whether a person reads or writes a standard stream, which is None where whoever started this closed it."""
    return stream is not None and stream.isatty()


def standard_output() -> BinaryIO:
    """Return where a document is written that goes to no file. Raises CorpusError."""
    if sys.stdout is None:
        raise CorpusError("standard output is closed; expected a file or program behind it, or -o DST")
    return sys.stdout.buffer


def say(line: str) -> None:
    """Write a line on standard error; that nobody reads it, or can, ends no run."""
    with suppress(OSError):
        click.echo(line, err=True)


def warn(problem: str) -> None:
    """Say what is wrong."""
    say(f"dedup: {problem}")
