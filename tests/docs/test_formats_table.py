"""The table of formats: each of its cells is what the command does."""

import json
import re

import pytest
from click.testing import CliRunner
from helpers import LONG, OTHER, ROOT, THIRD, call
from packing import PACKING
from samples import BROKEN, SAMPLES

from dedup.cli.main import main
from dedup.io.formats import FORMATS

pytest.importorskip("warcio", reason="warcio is not installed: pip install 'dedup-paragraphs[warc]'")
pq = pytest.importorskip("pyarrow.parquet")

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
HEAD = ROWS.pop(0)
TEXTS = [f"{LONG}\n\n{OTHER}", THIRD, f"The ferry sails at nine in the morning\n\n{OTHER}"]


class Case:
    """A file of one format."""

    def __init__(self, folder, title):
        self.suffix, self.make = SAMPLES[title]
        self.format = next(format for format in FORMATS if format.title == title)
        self.source, self.out, self.record = (folder / name for name in (f"a{self.suffix}", f"b{self.suffix}", "r"))
        self.source.write_bytes(self.make(TEXTS))

    def clean(self, *options):
        done = call("clean", self.source, "-o", self.out, *options)
        assert done.exit_code == 0, done.stderr
        return done

    def content(self, path):
        return pq.read_table(path) if self.suffix == ".parquet" else path.read_bytes()


def read(case):
    return " 1 would be removed" in case.clean("--dry-run").stderr


def write(case):
    case.clean()
    before, after = case.content(case.source), case.content(case.out)
    if case.suffix == ".parquet":
        return before.schema == after.schema and before.drop_columns("text").equals(after.drop_columns("text"))
    cut = len(before) - len(after)
    return len(OTHER) <= cut <= len(OTHER) + 8 and before.count(LONG.encode()) == after.count(LONG.encode())


def annotate(case):
    done = call("clean", case.source, "-o", case.out, "--annotate")
    if done.exit_code:
        return "has no place for notes" not in done.stderr
    if case.suffix == ".parquet":
        return [len(note) for note in pq.read_table(case.out)["dedup"].to_pylist()] == [0, 0, 1]
    said = case.out.read_bytes().decode()
    return said.count("relation") == 1 and "the same" in said and said.count(OTHER) == 2


def restore(case):
    case.clean("--removed", case.record)
    assert case.record.read_bytes().count(b"\n") == 1
    assert call("restore", case.out, "--removed", case.record, "-o", case.source.with_stem("c")).exit_code == 0
    again = case.source.with_stem("c")
    if again.read_bytes() == case.source.read_bytes():
        return True
    return "values" if case.content(again) == case.content(case.source) else False


def resume(case):
    index = case.source.with_name("index")
    folder, out = case.source.with_name("in"), case.source.with_name("out")
    folder.mkdir()
    (folder / f"1{case.suffix}").write_bytes(case.source.read_bytes())
    arguments = ["clean", folder, "-o", out, "--index", index]
    assert call(*arguments).exit_code == 0
    (folder / f"2{case.suffix}").write_bytes(case.make([THIRD, f"{OTHER} and more"]))
    done = call(*arguments)
    return done.exit_code == 0 and "1 file done before" in done.stderr and len(list(out.iterdir())) == 2


def compressed(case):
    for suffix, (pack, unpack) in PACKING.items():
        if not suffix:
            continue
        source, out = case.source.with_name(f"a{case.suffix}{suffix}"), case.source.with_name(f"b{case.suffix}{suffix}")
        raw = case.source.read_bytes()
        if case.suffix == ".wet" and suffix == ".gz":
            raw = case.make(TEXTS, packed=True)
        source.write_bytes(pack(raw) if not raw.startswith(b"\x1f\x8b") else raw)
        done = call("clean", source, "-o", out)
        if "compresses what it holds itself" in done.stderr:
            return "within"
        case.clean()
        if done.exit_code or unpack(out.read_bytes()) != case.out.read_bytes():
            return False
    return True


def standard_input(case):
    done = CliRunner().invoke(main, ["clean", "-", "--format", case.format.name], input=case.source.read_bytes())
    if done.exit_code:
        return "is not read from standard input" not in done.stderr
    case.clean()
    return done.stdout_bytes == case.out.read_bytes()


def error_by_row(case):
    case.source.write_bytes(case.make([TEXTS[0], BROKEN, TEXTS[2]]))
    done = call("clean", case.source, "-o", case.out)
    assert done.exit_code == 2
    if "skipped" in done.stderr:
        return False
    return "1 row is left unchanged; row 2: " in done.stderr and "1 removed" in done.stderr


CHECKS = {check.__name__.replace("_", " "): check
          for check in (read, write, annotate, restore, resume, compressed, standard_input, error_by_row)}  # fmt: skip


def test_the_table_is_whole():
    assert [row[0] for row in ROWS] == [format.title for format in FORMATS] and HEAD[1:] == list(CHECKS)
    assert set(SAMPLES) == {row[0] for row in ROWS}


@pytest.mark.parametrize(
    "title, capability, cell",
    [(row[0], name, cell) for row in ROWS for name, cell in zip(HEAD[1:], row[1:], strict=True)],
)
def test_a_cell(tmp_path, title, capability, cell):
    found = CHECKS[capability](Case(tmp_path, title))
    assert {True: "yes", False: "no"}.get(found, found) == cell


def test_commands_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"title": LONG, "summary": OTHER, "text": THIRD, "maintext": LONG, "article": {"body": OTHER}}] * 2
    (tmp_path / "articles.json").write_text(json.dumps(rows))
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "news.csv").write_text(f"title,summary,text\n{LONG},{OTHER},{THIRD}\n{LONG},{OTHER},{THIRD}\n")
    commands = re.findall(r"^dedup (.*)$", PAGE, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        done = call(*command.split())
        assert done.exit_code == 0 and " 0 removed" not in done.stderr, done.stderr
    assert (tmp_path / "cleaned.csv").read_text().endswith("\n,,\n")
