"""A run of a command: from what was asked for to files, their rows, and what it all came to."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field

import click

from ..config import Config
from ..decide.pipeline import Pipeline
from ..decide.state import State
from ..index.file import IndexFile
from ..io.formats import Formats, Row
from ..io.inputs import InputFile
from ..results import CleanResult
from ..runs.boilerplate import Boilerplate
from ..runs.resume import Progress
from ..runs.run import OpenFile, Rows, Totals, find_boilerplate, row_id, run
from ..text.markup import ADVICE, looks_like_html
from .options import warn
from .progress import Bar


@dataclass(slots=True)
class Session:
    """What is read and how, what came of it, whether its `progress` is to be seen, and whether a text was found to be HTML.

    `files` shrinks to what remains to be done once an index says so; the names of the others are `done`.
    """

    files: list[InputFile]
    formats: Formats
    config: Config
    lines: bool
    boilerplate: Boilerplate | None = None
    progress: bool = False
    totals: Totals = field(default_factory=Totals)
    done: set[str] = field(default_factory=set)
    html: bool = False

    @property
    def incomplete(self) -> bool:
        """Return whether something was not done as asked, which was said."""
        return bool(self.totals.skipped or self.totals.carried or self.totals.changed)

    def find_boilerplate(self, least: int | None) -> None:
        """Look for boilerplate, if asked to. Raises CorpusError."""
        if least is None:
            return
        if self.lines:
            raise click.UsageError("--lines takes every line as a document: none of them has boilerplate to remove.")
        self.boilerplate = find_boilerplate(self.files, least, self.formats)

    def results(self, jobs: int, index: IndexFile | None) -> Iterator[tuple[OpenFile, Rows]]:
        """Yield each file, and its rows with their results; with an index it is noted as done when the next is asked for.

        Which files are passed over is known at once. The index is closed at the end.
        """
        state = State(self.config, index)
        try:
            progress = Progress.of(state, index, lines=self.lines)
            if progress is not None:
                self._pass_over(progress)
        except BaseException:
            state.close()
            raise
        return self._results(state, progress, jobs)

    def _results(self, state: State, progress: Progress | None, jobs: int) -> Iterator[tuple[OpenFile, Rows]]:
        with closing(state), Bar(self.files, self.totals, wanted=self.progress) as bar:

            def skipped(problem: str) -> None:
                self.totals.skipped += 1
                bar.clear()
                warn(problem)

            found = run(
                self.files,
                Pipeline(state),
                self.formats,
                jobs=jobs,
                lines=self.lines,
                boilerplate=self.boilerplate,
                report=skipped,
            )
            for file, rows in found:
                yield file, self._counted(file, rows, bar)
                bar.finished(file.input.source)
                if progress is not None:
                    progress.finished(file.input)
            if progress is not None:
                progress.commit()

    def _pass_over(self, progress: Progress) -> None:
        remaining, changed, moved = progress.remaining(self.files)
        self.done = {file.name for file in self.files} - {file.name for file in remaining}
        self.totals.skipped, self.totals.changed = len(moved), len(changed)
        self.totals.passed = len(self.files) - len(remaining) - len(moved)
        self.files = remaining
        for file, before, written in moved:
            rest = (
                "its output stays as it is" if written else "it is skipped: give the output of that file its name, too"
            )
            warn(
                f"{file.source}: byte for byte what an earlier run cleaned into this index under another name, {before}; if it "
                f"is that file, it would be taken for a repeat of itself, so {rest}"
            )
        for file in changed:
            warn(
                f"{file.source}: changed since it was cleaned into this index, and is cleaned again; what it said "
                "then may stand for paragraphs of others"
            )

    def _counted(self, file: OpenFile, rows: Rows, bar: Bar) -> Rows:
        self.totals.files += 1
        carried, first = 0, ""
        for row, outcome in rows:
            if outcome is not None:
                self.totals.count(outcome)
                self._look_for_html(file, row, bar)
            elif row.problem is not None:
                first = first or (f"row {row.number}: {row.problem}" if row.number else row.problem)
                carried += 1
            bar.reading(file.reader.source.position)
            yield row, outcome
        if carried:
            self.totals.carried += carried
            rows_are = "1 row is" if carried == 1 else f"{carried:,} rows are"
            bar.clear()
            warn(f"{file.input.source}: {rows_are} left unchanged; {first}")

    def _look_for_html(self, file: OpenFile, row: Row, bar: Bar) -> None:
        """Warn of the first row whose text is HTML."""
        if not self.html and file.reader.whole is None and row.text is not None and looks_like_html(row.text):
            self.html = True
            bar.clear()
            warn(f"{file.input.source}: {f'row {row.number}' if row.number else 'it'} looks like HTML: {ADVICE}")


def decided(found: Iterable[tuple[OpenFile, Rows]]) -> Iterator[tuple[str, str, CleanResult]]:
    """Yield the id, text and result of every document, as it is decided."""
    for file, rows in found:
        for row, outcome in rows:
            if outcome is not None and row.text is not None:
                yield row_id(file.input, row), row.text, outcome.result()


def as_numbers(totals: Totals) -> dict[str, int]:
    """Return what a run came to, for programs."""
    return {**asdict(totals), "removed": totals.removed}


def summary(totals: Totals, verb: str, *, lines: bool) -> str:
    """Say what a run came to, in a sentence."""

    def many(number: int, noun: str) -> str:
        return f"{number:,} {noun}" + "s" * (number != 1)

    share = f" ({totals.removed / totals.paragraphs:.1%})" if totals.paragraphs else ""
    parts = [
        f"{many(totals.documents, 'document')}, {many(totals.paragraphs, 'paragraph')}, {totals.removed:,} {verb}{share}"
    ]
    if totals.boilerplate:
        parts.append(f"{totals.boilerplate:,} boilerplate")
    if totals.removed > totals.boilerplate:
        parts.append(f"{totals.removed_within:,} repeat their own document, {totals.removed_across:,} an earlier one")
    if totals.removed_across and not lines:
        parts.append("--scope document compares within each only")
    if totals.passed:
        parts.append(f"{many(totals.passed, 'file')} done before")
    if totals.changed:
        parts.append(f"{totals.changed:,} changed since")
    if totals.carried:
        parts.append(f"{many(totals.carried, 'row')} left unchanged")
    if totals.skipped:
        parts.append(f"{totals.skipped:,} skipped")
    return "; ".join(parts)
