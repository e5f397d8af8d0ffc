"""The command as people meet it: progress, trial runs, summaries for programs, listings, completion, its reference."""

import io
import json
import sys

import pytest
from helpers import LONG, OTHER, call, tree

from dedup.cli.progress import Bar
from dedup.io.inputs import plan
from dedup.runs.run import Totals


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{LONG}\n{OTHER}\n“{LONG}”")
    (folder / "b.jsonl").write_text(json.dumps({"text": f"{OTHER} too"}) + "\n" + json.dumps({"text": LONG}) + "\n")
    return folder


def test_a_trial_run_writes_nothing(pages, tmp_path):
    before = tree(tmp_path)
    for where in ([], ["-o", tmp_path / "out"], ["--in-place"], ["--index", tmp_path / "index"]):
        result = call("clean", pages, "--dry-run", *where)
        assert result.exit_code == 0 and result.stdout == ""
        assert "3 documents, 5 paragraphs, 2 would go (40.0%)" in result.stderr
    assert tree(tmp_path) == before
    index = tmp_path / "index"
    assert call("clean", pages, "-o", tmp_path / "out", "--index", index).exit_code == 0
    kept = index.read_bytes()
    (tmp_path / "more.txt").write_text(LONG)
    assert "1 would go" in call("clean", tmp_path / "more.txt", "--dry-run", "--index", index).stderr
    assert index.read_bytes() == kept
    assert call("clean", pages, "--dry-run", "--removed", tmp_path / "r").exit_code == 2


def test_a_summary_for_programs(pages, tmp_path):
    (pages / "latin.txt").write_bytes(b"\xe9")
    result = call("clean", pages, "-o", tmp_path / "out", "--json")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert json.loads(result.stdout) == {
        "files": 2, "documents": 3, "paragraphs": 5, "removed": 2, "removed_within": 1, "removed_across": 1,
        "boilerplate": 0, "carried": 0, "skipped": 1, "passed": 0, "changed": 0,
    }  # fmt: skip
    assert "--json goes where the document goes" in call("clean", pages / "a.txt", "--json").stderr


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress(pages, tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.cli.progress._EVERY", 0)
    shown = {}
    for name, stream in (("terminal", Terminal()), ("file", io.StringIO())):
        monkeypatch.setattr(sys, "stderr", stream)
        totals = Totals(files=1, paragraphs=4, removed_within=1)
        with Bar(plan([str(pages)], None), totals, wanted=True) as bar:
            bar.reading(lambda: 20)
            bar.clear()
            bar.finished(str(pages / "a.txt"))
            bar.finished(str(pages / "b.jsonl"))
        shown[name] = stream.getvalue()
    assert shown["file"] == ""
    assert "1 files, 4 paragraphs, 25.0% repeats" in shown["terminal"] and "MB/s" in shown["terminal"]
    assert "100%" in shown["terminal"] and "\x1b[3" not in shown["terminal"]  # no colours


def test_a_report_goes_to_a_file(pages, monkeypatch):
    monkeypatch.chdir(pages.parent)
    result = call("find", pages, "--report", "-")
    assert (
        result.exit_code == 2
        and "the report cannot go to standard output; expected the name of a file" in result.stderr
    )
    assert not (pages.parent / "-").exists()


def test_two_names_of_files_are_not_compared_as_texts(pages):
    for names in ((pages / "a.txt", pages / "b.jsonl"), (f"{pages}/a.txt:0", f"{pages}/b.jsonl:1:0")):
        result = call("explain", *names)
        assert (
            result.exit_code == 2
            and "are names of files: explain compares texts" in result.stderr
            and not result.stdout
        )
    assert call("explain", pages / "a.txt", "a text").exit_code == 0


def test_a_field_that_is_missing_is_named_with_those_there_are(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"url": 1, "body": "x"}) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps({f"f{n}": n for n in range(30)}) + "\n")
    result = call("find", tmp_path)
    assert "a.jsonl: 1 row is left unchanged; row 1: no field 'text'; it has 'url', 'body'\n" in result.stderr
    assert "no field 'text'; it has 'f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 21 more\n" in result.stderr


def test_help_on_a_narrow_terminal_cuts_no_sentence(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in call("--help").stdout.partition("\n\nCommands:")[2]


def test_no_progress_where_it_is_not_wanted(pages, tmp_path):
    result = call("clean", pages, "-o", tmp_path / "out")
    assert result.stderr.count("\n") == 1 and "\r" not in result.stderr
    assert call("clean", pages, "-o", tmp_path / "out", "-q").stderr == ""


def test_clusters(pages):
    clusters = [json.loads(line) for line in call("find", "--clusters", pages).stdout.splitlines()]
    assert [(c["document"], c["paragraph"], c["text"], c["size"]) for c in clusters] == [("a.txt", 0, LONG, 3)]
    assert [(m["document"], m["paragraph"], m["relation"]) for m in clusters[0]["removed"]] == [
        ("a.txt", 2, "exact"),
        ("b.jsonl:2", 0, "exact"),
    ]
    (cluster,) = (
        json.loads(line) for line in call("find", "--clusters", "-", input=f"{LONG}\n{LONG}").stdout.splitlines()
    )
    assert cluster["text"] == LONG and cluster["size"] == 2


def test_tables(pages, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    table = call("find", "--table", pages).stdout.splitlines()
    assert len(table) == 3 and all(len(line) <= 100 for line in table)
    assert table[0].split() == ["relation", "jaccard", "removed", "stands", "for", "it", "text"]
    assert table[1].split()[:6] == ["exact", "1.00", "a.txt", "2", "a.txt", "0"] and "“Five new" in table[1]
    table = call("find", "--table", "--clusters", pages).stdout.splitlines()
    assert table[0].startswith("3 times  a.txt 0") and LONG in table[0]
    assert [line.split()[0] for line in table[1:]] == ["exact", "exact"]
    assert call("find", "--table", "-", input=f"{LONG}\x1b[2J\n{LONG}\x1b[2J").stdout.isprintable() is False
    assert "\x1b" not in call("find", "--table", "-", input=f"{LONG}\x1b[2J\n{LONG}\x1b[2J").stdout
    assert "--sample" in call("find", "--table", "--sample", "3", pages).stderr
