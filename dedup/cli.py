"""The command: the library over files and folders. Data goes to standard output, everything else to standard error."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from io import TextIOWrapper
from typing import Any

import click

from . import __version__
from .boilerplate import Furniture
from .config import Config
from .corpus import Document, Totals, find_furniture, plan, run, write
from .deduplicator import Deduplicator
from .differences import marked, word_diff
from .errors import DedupError
from .functions import compare
from .inspection import describe
from .listing import as_json, as_record, coloured, judge_sample
from .report import Run, reported
from .results import CleanResult
from .resume import Progress, check_place
from .store import Store
from .tune import described, documents_at_random, looked_at, survey

_DEFAULTS = Config()


def _decides(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that change what is removed."""
    for option in (
        click.option("--lines", is_flag=True, help="Take every line as a document of its own."),
        click.option(
            "--guard/--no-guard", default=True, help="Keep both where a number, name, negation or word differs."
        ),
        click.option(
            "--containment",
            default=str(_DEFAULTS.containment),
            show_default=True,
            metavar="SHARE|none",
            help="Share of a paragraph's words that must stand in another that contains it; none switches this off.",
        ),
        click.option(
            "--threshold",
            default=_DEFAULTS.threshold,
            show_default=True,
            help="Least Jaccard similarity of near repeats.",
        ),
        click.option(
            "--scope",
            type=click.Choice(["corpus", "document"]),
            default=_DEFAULTS.scope,
            show_default=True,
            help="Compare across documents, or only within each.",
        ),
    ):
        command = option(command)
    return command


_boilerplate = click.option(
    "--boilerplate",
    type=click.IntRange(min=2),
    metavar="N",
    help="Page furniture: remove all occurrences of paragraphs that stand in N documents or more.",
)

_report_to = click.option("--report", metavar="FILE", help="Write a page that shows every removal beside what is kept.")


def _fails_cleanly(command: Callable[..., None]) -> Callable[..., None]:
    """Errors in one line and exit code 2; 130 when interrupted; silence when the reader of a pipe has gone."""

    @wraps(command)
    def wrapped(**options: Any) -> None:
        try:
            command(**options)
        except DedupError as error:
            click.echo(f"dedup: {error}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            click.echo("dedup: interrupted; every file written is whole", err=True)
            sys.exit(130)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dedup")
def main() -> None:
    """Remove paragraphs that repeat others. One goes only if what it says stays in one that is kept."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of files may be no UTF-8, and a terminal may lack characters
            stream.reconfigure(errors="backslashreplace")


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("-o", "--output", metavar="DST", help="Folder (or for one file: file) to write to; else standard output.")
@click.option("--in-place", is_flag=True, help="Write over the files that are read.")
@click.option("--jobs", type=click.IntRange(min=1), help="Threads.  [default: the machine's cores]")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("--index", metavar="PATH", help="Remember what is kept in this file, and go on from it; made if missing.")
@_boilerplate
@_report_to
@_decides
@_fails_cleanly
def clean(
    sources: tuple[str, ...],
    output: str | None,
    in_place: bool,
    jobs: int | None,
    quiet: bool,
    index: str | None,
    boilerplate: int | None,
    report: str | None,
    **options: Any,
) -> None:
    """Write documents without their repeats. SRC is a file, a folder, or - for standard input.

    \b
    dedup clean articles -o cleaned
    dedup clean article.txt > cleaned.txt

    With --index a run that was interrupted goes on where it was: what is done is passed over.
    With --boilerplate what is said in removed page furniture is said nowhere any more: look at `dedup find
    --boilerplate N` first. Each occurrence goes to standard error, as a line of JSON.
    """
    documents = plan(sources, output, in_place=in_place, named=index is not None)
    if output is None and not in_place and len(documents) != 1:
        raise click.UsageError("more than one document needs -o DST or --in-place.")
    if index is not None:
        if boilerplate is not None:
            raise click.UsageError("--boilerplate counts within one run: it cannot go with --index.")
        check_place(index, sources, output)
    totals = Totals()
    furniture = _furniture(documents, boilerplate, options)
    found = _results(documents, totals, jobs, furniture, options, index)
    if report:
        check_place(report, sources, output, what="the report")
        found = reported(found, documents, report, Run(sources, _config(options), totals, True, options["lines"]))
    for document, text, result in found:
        for removal in result.removed:
            if removal.decision.relation == "boilerplate":
                click.echo(as_json(as_record(document, text, removal)), err=True)
        if document.output is None:
            sys.stdout.buffer.write(result.text.encode())
            sys.stdout.buffer.flush()
        elif not in_place or result.text != text:
            write(document.output, result.text)
    if not quiet:
        click.echo(_summary(totals, "removed", lines=options["lines"]), err=True)
    sys.exit(2 if totals.skipped or totals.changed else 0)


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("--check", is_flag=True, help="Exit with 1 if there is any repeat.")
@click.option("--jobs", type=click.IntRange(min=1), help="Threads.  [default: the machine's cores]")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("--index", metavar="PATH", help="What this file remembers comes first; it is only read.")
@_boilerplate
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N of the removals at random, to be judged one by one.",
)
@click.option("--page", metavar="FILE", help="Write the sample as a page to judge it in a browser.")
@_report_to
@_decides
@_fails_cleanly
def find(
    sources: tuple[str, ...],
    check: bool,
    jobs: int | None,
    quiet: bool,
    index: str | None,
    boilerplate: int | None,
    sample: int | None,
    page: str | None,
    report: str | None,
    **options: Any,
) -> None:
    """List what `clean` would remove, as JSON Lines, and write nothing else.

    \b
    dedup find articles | head
    dedup find --check article.txt
    dedup find --boilerplate 20 articles | head

    With --boilerplate the page furniture comes first, each piece with the number of documents it stands in.

    \b
    dedup find --sample 200 articles
    dedup find --sample 200 --page sample.html articles

    With --sample a person at a terminal sees every removal drawn beside what is kept, says whether it is right (y),
    loses something (n) or cannot be told (?), and at the end (q ends at once) gets the share that is right, with its
    interval. Without a terminal the sample is printed as JSON Lines. Page furniture is not drawn.
    """
    if page and not sample:
        raise click.UsageError("--page writes a sample: it needs --sample N.")
    if index is not None and boilerplate is not None:
        raise click.UsageError("--boilerplate counts within one run: it cannot go with --index.")
    totals = Totals()
    documents = plan(sources, None, named=index is not None)
    furniture = _furniture(documents, boilerplate, options)
    for piece, count in furniture.listed() if furniture and not sample else []:
        click.echo(as_json({"relation": "boilerplate", "documents": count, "text": piece}))
    known = None if index is None else Store(index, _config(options), write=False)
    found = _results(documents, totals, jobs, furniture, options, known)
    if report:
        check_place(report, sources, None, what="the report")
        found = reported(found, documents, report, Run(sources, _config(options), totals, False, options["lines"]))
    if sample:
        judge_sample(documents, found, sample, page)
    else:
        for document, text, result in found:
            for removal in result.removed:
                click.echo(as_json(as_record(document, text, removal)))
    if not quiet:
        click.echo(_summary(totals, "could go", lines=options["lines"]), err=True)
    sys.exit(2 if totals.skipped else 1 if check and totals.removed else 0)


@main.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--threshold", default=_DEFAULTS.threshold, show_default=True, help="Least Jaccard similarity of near repeats."
)
@click.option("--guard/--no-guard", default=True, help="Keep both where a number, name, negation or word differs.")
@_fails_cleanly
def explain(a: str, b: str, threshold: float, guard: bool) -> None:
    """Say what two paragraphs, A and B, are to each other, and why.

    \b
    dedup explain "Up 15.9% in May." "Down 15.9% in May."
    """
    found = compare(a, b, threshold=threshold, guard=guard)
    click.echo(f"relation     {found.relation}" + (f" ({found.inner.upper()} in the other)" if found.inner else ""))
    click.echo(f"jaccard      {found.jaccard:.3f}")
    click.echo(f"containment  {found.containment:.3f}")
    click.echo(f"reason       {found.reason}")
    click.echo(f"difference   {marked(word_diff(a, b), coloured)}")


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "-n", "--number", type=click.IntRange(min=1), default=5, show_default=True, help="Pairs shown at each boundary."
)
@_decides
@_fails_cleanly
def tune(sources: tuple[str, ...], number: int, **options: Any) -> None:
    """Show the pairs of paragraphs closest to each boundary of the rule, with what differs in them.

    Look at them, then set --threshold, --containment and --no-guard so that the boundaries lie where you want them.

    \b
    dedup tune articles
    dedup tune articles --threshold 0.6 | less
    """
    config = _config(options)
    skipped: list[str] = []
    drawn = documents_at_random(plan(sources, None), lines=options["lines"], report=skipped.append)
    surveyed = survey(drawn, config)
    for line in described(surveyed, config, number, coloured):
        click.echo(line)
    for problem in skipped:
        _report(problem)
    click.echo(looked_at(surveyed), err=True)
    sys.exit(2 if skipped else 0)


def _furniture(documents: list[Document], least: int | None, options: dict[str, Any]) -> Furniture | None:
    if least is not None and options["lines"]:
        raise click.UsageError("--lines takes every line as a document: none of them has page furniture to remove.")
    return None if least is None else find_furniture(documents, least)


@main.command()
@click.argument("index")
@click.option("--check", is_flag=True, help="Read every byte that counts, and verify it.")
@_fails_cleanly
def info(index: str, check: bool) -> None:
    """Say what the file INDEX holds, how it decides, and whether it is whole.

    \b
    dedup info --check kept.index
    """
    for name, value in describe(index, check=check):
        click.echo(f"{name:<15} {value}")


def _results(
    documents: list[Document],
    totals: Totals,
    jobs: int | None,
    furniture: Furniture | None,
    options: dict[str, Any],
    index: str | Store | None = None,
) -> Iterator[tuple[Document, str, CleanResult]]:
    def report(problem: str) -> None:
        totals.skipped += 1
        _report(problem)

    lines = options["lines"]
    with Deduplicator(_config(options), index=index) as deduplicator:
        progress = Progress.of(deduplicator)
        if progress is not None:
            planned = len(documents)
            documents, changed = progress.remaining(documents)
            totals.passed, totals.changed = planned - len(documents), len(changed)
            for document in changed:
                _report(
                    f"{document.source}: changed since it was cleaned into this index, and is cleaned again; what it said "
                    "then may stand for paragraphs of others"
                )
        found = run(documents, deduplicator, jobs=jobs or _cores(), lines=lines, furniture=furniture, report=report)
        for document, text, result in found:
            totals.count(result)
            yield document, text, result
            if progress is not None:
                progress.finished(document, text, result)
        if progress is not None:
            progress.commit()


def _report(problem: str) -> None:
    click.echo(f"dedup: {problem}", err=True)


def _config(options: dict[str, Any]) -> Config:
    """The configuration that the options of a command ask for."""
    if options["lines"] and options["scope"] == "document":
        raise click.UsageError("--lines takes every line as a document: --scope document would compare nothing.")
    containment = options["containment"]
    try:
        share = None if containment.lower() == "none" else float(containment)
    except ValueError:
        raise click.BadParameter(f"{containment!r} is neither a number nor none", param_hint="--containment") from None
    return Config(options["threshold"], share, options["guard"], options["scope"])


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _summary(totals: Totals, verb: str, *, lines: bool) -> str:
    def many(number: int, noun: str) -> str:
        return f"{number:,} {noun}" + "s" * (number != 1)

    share = f" ({totals.removed / totals.paragraphs:.1%})" if totals.paragraphs else ""
    parts = [
        f"{many(totals.documents, 'document')}, {many(totals.paragraphs, 'paragraph')}, {totals.removed:,} {verb}{share}"
    ]
    if totals.furniture:
        parts.append(f"{totals.furniture:,} page furniture")
    if totals.removed > totals.furniture:
        parts.append(f"{totals.removed_within:,} repeat their own document, {totals.removed_across:,} an earlier one")
    if totals.removed_across and not lines:
        parts.append("--scope document compares within each only")
    if totals.passed:
        parts.append(f"{many(totals.passed, 'document')} done before")
    if totals.changed:
        parts.append(f"{totals.changed:,} changed since")
    if totals.skipped:
        parts.append(f"{totals.skipped:,} skipped")
    return "; ".join(parts)
