"""The command: the library over files and folders. Data goes to standard output, everything else to standard error."""

import gc
import os
import shlex
import sys
from collections import deque
from contextlib import ExitStack
from dataclasses import asdict, replace
from io import TextIOWrapper

import click

from .. import __version__
from ..api import compare
from ..config import Config
from ..errors import ConfigError, CorpusError
from ..index.file import IndexFile, open_file
from ..io.atomic import Replacement, failures_named
from ..io.formats import NOTE, Formats, open_reader
from ..io.formats.json_text import as_json
from ..io.inputs import InputFile, check_places, plan, written_over
from ..report.diff import marked, word_diff
from ..report.removals import Run, reported
from ..report.tune import described, documents_at_random, looked_at, survey
from ..report.why import is_named, place, why
from ..runs.audit import AuditLog, AuditReader, as_record
from ..runs.rewrite import replace_cleaned, write_cleaned, write_restored
from ..runs.run import OpenFile, Rows, explained, row_id
from ..runs.upgrade import upgrade
from ..warming import warm_up
from . import output
from .configuration import PREFIX, default_map
from .diff import as_diff, echo_diff
from .info import describe
from .options import (
    at_terminal,
    boilerplate,
    cores,
    decides,
    fails_cleanly,
    jobs,
    reads,
    report_to,
    say,
    standard_output,
    warn,
)
from .output import as_table, as_tables, coloured, judge_sample
from .session import Session, as_numbers, decided, summary


class _Group(click.Group):
    """Keeps what it was called with, for the report."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_CALLED] = shlex.join(["dedup", *args])
        return super().parse_args(ctx, args)


_CALLED = "dedup.called"


def _called() -> str:
    called: str = click.get_current_context().meta[_CALLED]
    return called


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": PREFIX})
@click.version_option(__version__, prog_name="dedup")
@click.pass_context
def main(context: click.Context) -> None:
    """Remove paragraphs that repeat others. One is removed only if what it says stays in one that is kept."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of files may be no UTF-8, and a terminal may lack characters
            stream.reconfigure(errors="backslashreplace")
    try:
        context.default_map = {**default_map(main)}
    except ConfigError as error:
        warn(str(error))
        sys.exit(2)
    gc.set_threshold(10_000)  # rows are no cycles: to look for some every 700 objects took a fifth of the time


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("-o", "--output", metavar="DST", help="Folder (or for one file: file) to write to; else standard output.")
@click.option("--in-place", is_flag=True, help="Write over the files that are read.")
@click.option(
    "--annotate", is_flag=True, help="Remove nothing, but say in each row, as dedup, what would be removed and why."
)
@click.option("--removed", metavar="FILE", help="Put every removal on record, as JSON Lines, for dedup restore.")
@click.option("--index", metavar="PATH", help="Remember what is kept in this file, and go on from it; made if missing.")
@click.option("-n", "--dry-run", is_flag=True, help="Write nothing, but say what it would come to.")
@click.option("--diff", is_flag=True, help="Write nothing, but show each changed document as a diff, with the reasons.")
@click.option("--json", is_flag=True, help="The summary as JSON, on standard output.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@jobs
@boilerplate
@report_to
@fails_cleanly
@reads
@decides
def clean(
    sources: tuple[str, ...],
    output: str | None,
    in_place: bool,
    annotate: bool,
    removed: str | None,
    index: str | None,
    dry_run: bool,
    diff: bool,
    json: bool,
    quiet: bool,
    jobs: int | None,
    boilerplate: int | None,
    report: str | None,
    formats: Formats,
    config: Config,
    lines: bool,
) -> None:
    """Write documents without their repeats. SRC is a file, a folder, or - for standard input.

    \b
    dedup clean articles -o cleaned
    dedup clean article.txt > cleaned.txt
    dedup clean pages.jsonl.zst -o cleaned.jsonl.zst --removed removed.jsonl
    zcat pages.jsonl.gz | dedup clean - --field content | head
    dedup clean --diff articles | less

    Names, or the first bytes, say what files are (see --format); .gz, .bz2, .xz, .zst are decompressed. What cannot be
    read, HTML and PDF, too, is named and left out, a row without the field stays as it is; the exit code is then 2.

    With --index a run that was interrupted goes on where it was: what is done is passed over.
    With --boilerplate what is said in removed boilerplate is said nowhere any more: look at `dedup find
    --boilerplate N` first. Each occurrence goes to the file of --removed, or to standard error, as a
    line of JSON, unless that is a terminal.
    """
    dry_run = dry_run or diff
    files = plan(sources, output, formats, in_place=in_place, named=index is not None)
    to_stdout = output is None and not in_place and not dry_run
    _check_output(files, json=json, document=to_stdout, diff=diff)
    if removed is not None:
        _check_record(removed, index, removes=not (annotate or dry_run), in_place=in_place)
    if annotate:
        _check_place_for_notes(files, formats)
    check_places(sources, output, {"the index": index, "the record": removed, "the report": report})
    if index is not None and boilerplate is not None:
        raise click.UsageError("--boilerplate counts within one run: it cannot go with --index.")
    progress = not (quiet or diff or (to_stdout and at_terminal(sys.stdout)))  # a diff is read while it comes
    session = Session(files, formats, config, lines, progress=progress)
    session.find_boilerplate(boilerplate)
    with ExitStack() as closing:
        found = session.results(jobs or cores(), _opened(index, config, write=not dry_run))
        if report:
            done = not (dry_run or annotate)
            found = reported(found, session.files, report, Run(sources, config, session.totals, done, lines, _called()))
        record = None
        if removed is not None:
            record = closing.enter_context(_audit_log(removed, session, in_place=in_place, indexed=index is not None))
        for file, rows in found:
            if diff:
                rows = _diff_shown(file, rows)
            elif boilerplate is not None and record is None and not at_terminal(sys.stderr):
                rows = _boilerplate_told(file, rows)
            if dry_run:
                deque(rows, maxlen=0)
                continue
            if file.input.output is None:
                target = standard_output()
                write_cleaned(file, rows, target, record=record, annotate=annotate)
                target.flush()
            else:
                replace_cleaned(file, rows, in_place=in_place, record=record, annotate=annotate)
    if json:
        click.echo(as_json(as_numbers(session.totals)))
    elif not quiet:
        say(summary(session.totals, "would be removed" if dry_run else "removed", lines=lines))
        _say_where_boilerplate_is(session, removed)
    sys.exit(2 if session.incomplete else 0)


def _say_where_boilerplate_is(session: Session, removed: str | None) -> None:
    """Say, at a terminal, which is spared the list of it, how to see what went as boilerplate."""
    if session.boilerplate and session.totals.boilerplate and removed is None and at_terminal(sys.stderr):
        least = session.boilerplate.least
        say(f"--removed FILE would put each boilerplate on record; `dedup find --boilerplate {least}` lists it")


def _check_output(files: list[InputFile], *, document: bool, diff: bool, json: bool) -> None:
    """Refuse to send two things to standard output: documents, a diff, a summary."""
    if document and len(files) != 1:
        raise click.UsageError("more than one document needs -o DST or --in-place.")
    if document and json:
        raise click.UsageError("--json goes where the document goes; it needs -o DST, --in-place or --dry-run.")
    if diff and json:
        raise click.UsageError("--json goes where the diff goes; use one of them.")


def _check_record(removed: str, index: str | None, *, removes: bool, in_place: bool) -> None:
    """Refuse a record that would be no way back: of files that are written over it is the only one, and must be whole."""
    if not removes:
        raise click.UsageError(
            "--removed records what is removed, which is nothing with --annotate, --dry-run or --diff."
        )
    if not in_place:
        return
    if index is not None:
        raise click.UsageError("--removed goes with --in-place or --index, not both: killed, it might miss a removal.")
    if os.path.exists(removed):
        raise click.UsageError(
            f"{removed} is there, and may be the only way back from an earlier run; name a new file."
        )


def _check_place_for_notes(files: list[InputFile], formats: Formats) -> None:
    if any(field.split(".")[0] == NOTE for field in formats.fields):
        raise click.UsageError(f"--field {NOTE} is where the notes go: they would take the place of the text.")
    for source in (file.source for file in files):
        if not formats.of(source).annotations:
            raise click.UsageError(
                f"{source}: {formats.of(source).title} has no place for notes; --annotate needs rows."
            )


def _opened(index: str | None, config: Config, *, write: bool) -> IndexFile | None:
    """Return the index, if one was named; for a run that writes nothing only if it is there."""
    if index is None:
        return None
    if write:
        return open_file(index, config)
    return IndexFile(index, config, write=False) if os.path.exists(index) else None


def _boilerplate_told(file: OpenFile, rows: Rows) -> Rows:
    """Yield the rows, while what is removed of them as boilerplate goes to standard error."""
    for row, outcome in rows:
        for removal in outcome.result().removed if outcome and outcome.boilerplate else []:
            if removal.decision.relation == "boilerplate" and row.text is not None:
                with failures_named("standard error"):  # it is the only record
                    click.echo(as_json(as_record(row_id(file.input, row), row.text, removal)), err=True)
        yield row, outcome


def _audit_log(path: str, session: Session, *, in_place: bool, indexed: bool) -> AuditLog:
    if session.done and not os.path.exists(path):
        warn(f"{path} is new: what was removed from files done before is not on it, nor restored from it")
    again = {file.name for file in session.files} if indexed else None
    return AuditLog(path, durable=in_place or indexed, again=again)


def _diff_shown(file: OpenFile, rows: Rows) -> Rows:
    """Yield the rows, while what is removed of each is printed as a diff."""
    for row, outcome in rows:
        if outcome and outcome.removed and row.text is not None:
            name = f"{file.input.source}:{row.number}" if row.number else file.input.source
            echo_diff(as_diff(name, row.text, outcome.result()))
        yield row, outcome


@main.command(short_help="List what clean would remove.")
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("--check", is_flag=True, help="Exit with 1 if there is any repeat.")
@click.option("--clusters", is_flag=True, help="List what is kept, each with its duplicates, largest first.")
@click.option("--table", is_flag=True, help="List them for people, in columns as wide as the terminal.")
@click.option("--index", metavar="PATH", help="What this file remembers comes first; it is only read.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N of the removals at random, to be judged one by one.",
)
@click.option("--relation", type=click.Choice(["exact", "near", "contained"]), help="Draw the sample of these alone.")
@click.option("--page", metavar="FILE", help="Write the sample as a page to judge it in a browser.")
@click.option("--verdicts", metavar="FILE", help="Write what was judged at the terminal, as JSON Lines.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@jobs
@boilerplate
@report_to
@fails_cleanly
@reads
@decides
def find(
    sources: tuple[str, ...],
    check: bool,
    clusters: bool,
    table: bool,
    index: str | None,
    sample: int | None,
    relation: str | None,
    page: str | None,
    verdicts: str | None,
    quiet: bool,
    jobs: int | None,
    boilerplate: int | None,
    report: str | None,
    formats: Formats,
    config: Config,
    lines: bool,
) -> None:
    """List what `clean` would remove, as JSON Lines, and write nothing else.

    \b
    dedup find articles | head
    dedup find --table --clusters articles | less
    dedup find --check article.txt
    dedup find --boilerplate 20 articles | head

    With --boilerplate the boilerplate comes first, each piece with the number of documents it stands in.

    \b
    dedup find --sample 200 articles
    dedup find --sample 200 --page sample.html articles
    dedup find --sample 200 --relation contained --verdicts judged.jsonl articles

    With --sample a person at a terminal sees every removal drawn beside what is kept, says whether it is right (y),
    loses something (n) or cannot be told (?), and at the end (q ends at once) gets the share that is right, with its
    interval. Without a terminal the sample is printed as JSON Lines. Boilerplate is not drawn.
    """
    for name, value in (("--page", page), ("--relation", relation), ("--verdicts", verdicts)):
        if value and not sample:
            raise click.UsageError(f"{name} belongs to a sample: it needs --sample N.")
    if sample and (clusters or table):
        raise click.UsageError("--sample shows removals one by one: it goes with neither --clusters nor --table.")
    if index is not None and boilerplate is not None:
        raise click.UsageError("--boilerplate counts within one run: it cannot go with --index.")
    files = plan(sources, None, named=index is not None)
    check_places(sources, None, {"the index": index, "the report": report, "the page": page, "the verdicts": verdicts})
    session = Session(files, formats, config, lines, progress=not quiet and not at_terminal(sys.stdout))
    session.find_boilerplate(boilerplate)
    for piece, count in session.boilerplate.listed() if session.boilerplate and not sample else []:
        record = {"relation": "boilerplate", "documents": count, "text": piece}
        click.echo(output.as_boilerplate(piece, count) if table else as_json(record))
    known = None if index is None else IndexFile(index, config, write=False)
    found = session.results(jobs or cores(), known)
    if report:
        found = reported(found, session.files, report, Run(sources, config, session.totals, False, lines, _called()))
    if sample:
        judge_sample(session, found, output.Sample(sample, relation, page, verdicts))
    else:
        pairs = (as_record(id, text, removal) for id, text, result in decided(found) for removal in result.removed)
        shown = output.clusters(session, found) if clusters else pairs
        as_lines = map(as_json, shown) if not table else as_tables(shown) if clusters else as_table(shown)
        for line in as_lines:
            click.echo(line)
    if not quiet:
        say(summary(session.totals, "could be removed", lines=lines))
    sys.exit(2 if session.incomplete else 1 if check and session.totals.removed else 0)


@main.command(short_help="Say what two paragraphs are to each other.")
@click.argument("a")
@click.argument("b", required=False)
@click.option("--within", metavar="SRC", help="Decide the files of this folder that come before first, as a run does.")
@click.option("--index", metavar="PATH", help="What this file remembers comes first; it is only read.")
@fails_cleanly
@reads
@decides
def explain(
    a: str, b: str | None, within: str | None, index: str | None, formats: Formats, config: Config, lines: bool
) -> None:
    """Say what two paragraphs, A and B, are to each other, and why; or why paragraph A of a file is removed or kept.

    \b
    dedup explain "Up 15.9% in May." "Down 15.9% in May."
    dedup explain article.txt:3
    dedup explain articles/b.txt:0 --within articles

    Paragraphs are counted from 0, as they are in the list of `find`; in a file with rows it is FILE:ROW:PARAGRAPH.
    """
    if lines:
        raise click.UsageError("--lines takes every line as a document: explain shows paragraphs of a document.")
    if b is None:
        files = plan([within or place(a)[0]], None, named=index is not None)
        known = None if index is None else IndexFile(index, config, write=False)
        for line in why(a, files, formats, config, known, coloured):
            click.echo(line)
        return
    if is_named(a) and is_named(b):
        raise click.UsageError(
            f"{a} and {b} are names of files: explain compares texts. FILE:PARAGRAPH alone asks about a paragraph of a file."
        )
    found = compare(a, b, **{**asdict(config), "scope": "corpus"})
    click.echo(f"relation     {found.relation}" + (f" ({found.inner.upper()} in the other)" if found.inner else ""))
    click.echo(f"jaccard      {found.jaccard:.3f}")
    click.echo(f"containment  {found.containment:.3f}")
    click.echo(f"reason       {found.reason}")
    click.echo(f"difference   {marked(word_diff(a, b), coloured)}")


@main.command(short_help="Show the pairs closest to a threshold.")
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "-n", "--number", type=click.IntRange(min=1), default=5, show_default=True, help="Pairs shown at each boundary."
)
@fails_cleanly
@reads
@decides
def tune(sources: tuple[str, ...], number: int, formats: Formats, config: Config, lines: bool) -> None:
    """Show the pairs of paragraphs closest to a threshold of likeness, with what differs in them.

    Look at them, then set --threshold so that the boundary lies where you want it.

    \b
    dedup tune articles
    dedup tune articles --threshold 0.6 | less
    """
    skipped: list[str] = []
    drawn = documents_at_random(plan(sources, None), formats, lines=lines, report=skipped.append)
    surveyed = survey(drawn, config)
    for line in described(surveyed, config, number, coloured):
        click.echo(line)
    for problem in skipped:
        warn(problem)
    say(looked_at(surveyed))
    sys.exit(2 if skipped else 0)


@main.command(short_help="Say what an index file holds.")
@click.argument("index")
@click.option("--check", is_flag=True, help="Read every byte that counts, and verify it.")
@fails_cleanly
def info(index: str, check: bool) -> None:
    """Say what the file INDEX holds, how it decides, and whether it is whole.

    \b
    dedup info --check kept.index
    """
    for name, value in describe(index, check=check):
        click.echo(f"{name:<15} {value}")


@main.command("warm-up", short_help="Make the compiled kernels now.")
@fails_cleanly
def make_ready() -> None:
    """Make the compiled kernels now, so that large runs are fast from their beginning: a line for a Dockerfile.

    \b
    dedup warm-up

    Without it the first large run has them made beside its work.
    """
    warm_up()


@main.command("upgrade", short_help="Decide an older index again.")
@click.argument("index")
@fails_cleanly
def upgrade_index(index: str) -> None:
    """Decide again what the file INDEX keeps, which an older version of the rule made, and write it in its place.

    \b
    dedup upgrade kept.index
    """
    done = upgrade(index)
    say(f"{done.after:,} of {done.before:,} paragraphs are kept; the others repeat one of them")


@main.command(short_help="Put back what clean removed.")
@click.argument("sources", nargs=-1, required=True, metavar="OUT...")
@click.option("--removed", required=True, metavar="FILE", help="The record that dedup clean --removed FILE wrote.")
@click.option("-o", "--output", metavar="DST", help="Folder (or for one file: file) to write to; else standard output.")
@click.option("--in-place", is_flag=True, help="Write over the files that are read.")
@fails_cleanly
@reads
def restore(sources: tuple[str, ...], removed: str, output: str | None, in_place: bool, formats: Formats) -> None:
    """Put back what `clean` removed: what it wrote, OUT, and its record give what it read.

    \b
    dedup clean articles -o cleaned --removed removed.jsonl
    dedup restore cleaned --removed removed.jsonl -o articles-again

    Files come back byte for byte once decompressed, Parquet value for value. --encoding and, of tables and Parquet,
    --field must be those of the run. A file that is not what the run wrote is named and left out.
    """
    files = plan(sources, output, formats, in_place=in_place)
    if output is None and not in_place and len(files) != 1:
        raise click.UsageError("more than one document needs -o DST or --in-place.")
    check_places(sources, output, {"the record": removed})
    cuts = AuditReader(removed)
    names = {file.name for file in files}
    if len(files) == len(cuts.files) == 1:  # whatever it is called now
        files = [replace(files[0], name=next(iter(cuts.files)))]
        names = set(cuts.files)
    problems = [f"{name}: no such file in {' '.join(sources)}, but in {removed}" for name in sorted(cuts.files - names)]
    for file in files:
        try:
            reader = open_reader(file.source, formats, limit=False, own=True)
            if file.output is None:
                write_restored(file, reader, cuts, standard_output())
            else:
                with Replacement(written_over(file.output) if in_place else file.output, durable=in_place) as target:
                    write_restored(file, reader, cuts, target)
        except (CorpusError, BrokenPipeError):
            raise
        except (OSError, ValueError) as error:
            problems.append(f"{file.source}: {explained(error)}; skipped")
    for problem in problems:
        warn(problem)
    sys.exit(2 if problems else 0)
