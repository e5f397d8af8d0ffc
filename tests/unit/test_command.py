"""The command as people meet it: progress, trial runs, summaries for programs, listings, completion, its reference."""

import difflib
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
        assert "3 documents, 5 paragraphs, 2 would be removed (40.0%)" in result.stderr
    assert tree(tmp_path) == before
    index = tmp_path / "index"
    assert call("clean", pages, "-o", tmp_path / "out", "--index", index).exit_code == 0
    kept = index.read_bytes()
    (tmp_path / "more.txt").write_text(LONG)
    assert "1 would be removed" in call("clean", tmp_path / "more.txt", "--dry-run", "--index", index).stderr
    assert index.read_bytes() == kept
    assert call("clean", pages, "--dry-run", "--removed", tmp_path / "r").exit_code == 2


def test_a_diff_writes_nothing_and_shows_what_would_go_with_its_reason(pages, tmp_path):
    before = tree(tmp_path)
    for where in ([], ["-o", tmp_path / "out"], ["--in-place"], ["--index", tmp_path / "index"]):
        result = call("clean", pages, "--diff", *where)
        assert result.exit_code == 0 and "2 would be removed" in result.stderr
        lines = [
            line.replace("copy of pages/", "copy of ") for line in result.stdout.splitlines()
        ]  # a name in an index
        assert lines == [
            f"--- {pages}/a.txt", f"+++ {pages}/a.txt", "@@ -1,3 +1,2 @@", f" {LONG}", f" {OTHER}", f"-“{LONG}”",
            "\\ exact copy of a.txt:0: the same 8 words after folding",
            f"--- {pages}/b.jsonl:2", f"+++ {pages}/b.jsonl:2", "@@ -1 +0,0 @@", f"-{LONG}",
            "\\ exact copy of a.txt:0: the same 8 words after folding",
        ]  # fmt: skip
    assert tree(tmp_path) == before
    assert call("clean", pages, "--diff", "--scope", "document", "-q").stdout.count("---") == 1
    assert "use one of them" in call("clean", pages, "--diff", "--json").stderr
    assert call("clean", pages, "--diff", "--removed", tmp_path / "r").exit_code == 2


def test_a_diff_is_one_that_difflib_would_make(tmp_path):
    name, lines = str(tmp_path / "a.txt"), [f"Nobody read notice {number} at the old mill" for number in range(9)]
    lines[0] = "\x1b[2JFirst: all that stays is " + "shown " * 20 + "in full beside what repeats it"
    copies = [f"“{line}”" for line in lines]
    whole = [lines[0], copies[0], *lines[1:6], copies[5], copies[5], lines[6], lines[7], copies[1]]
    (tmp_path / "a.txt").write_text("\n".join(whole))
    shown = call("clean", "--diff", name).stdout.splitlines()
    assert [line for line in shown if line[0] == "\\"] == [
        f"\\ exact copy of a.txt:{place}: the same {count} words after folding"
        for place, count in ((0, 31), (6, 8), (6, 8), (2, 8))
    ]
    plain = [line.replace("\x1b", "�") for line in whole]
    cleaned = [line for place, line in enumerate(plain) if place not in (1, 7, 8, 11)]
    expected = list(difflib.unified_diff(plain, cleaned, name, name, n=1, lineterm=""))
    assert [line for line in shown if line[0] != "\\"] == expected


def test_no_progress_is_drawn_over_a_diff_that_is_read(pages, monkeypatch):
    wanted = []
    monkeypatch.setattr(
        "dedup.cli.session.Bar", lambda *of, **options: wanted.append(options["wanted"]) or Bar(*of, wanted=False)
    )
    for option in ("--diff", "--dry-run"):
        assert call("clean", pages, option).exit_code == 0
    assert wanted == [False, True]


def test_a_diff_of_lines_and_of_boilerplate(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"{name.upper()} is where this one begins\n{LONG}\n{LONG}")
    shown = call("clean", "--diff", "--lines", tmp_path / "a.txt").stdout.splitlines()
    assert shown[2:] == [
        "@@ -2,2 +2 @@", f" {LONG}", f"-{LONG}", "\\ exact copy of a.txt:1: the same 8 words after folding"
    ]  # fmt: skip
    result = call("clean", "--diff", "--boilerplate", 3, *(tmp_path / f"{name}.txt" for name in "abc"))
    assert result.stdout.count(f"-{LONG}\n\\ boilerplate: ") == 6 and result.stderr.count("\n") == 1


def test_a_diff_is_coloured_on_a_terminal(pages, monkeypatch):
    plain = call("clean", "--diff", pages).stdout
    coloured = call("clean", "--diff", pages, color=True).stdout
    assert f"\x1b[31m-“{LONG}”\x1b[0m" in coloured and f"\n {LONG}\x1b" not in coloured and "\x1b" not in plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in call("clean", "--diff", pages, color=True).stdout


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
    assert (
        "a.jsonl: 1 row is left unchanged; row 1: no field 'text'; it has 'url', 'body'; --field NAME says where"
        in result.stderr
    )
    assert (
        "no field 'text'; it has 'f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 21 more; --field NAME says where"
        in result.stderr
    )


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
    assert table[0].split() == ["relation", "jaccard", "removed", "original", "text"]
    assert table[1].split()[:6] == ["exact", "1.00", "a.txt", "2", "a.txt", "0"] and "“Five new" in table[1]
    table = call("find", "--table", "--clusters", pages).stdout.splitlines()
    assert table[0].startswith("3 times  a.txt 0") and LONG in table[0]
    assert [line.split()[0] for line in table[1:]] == ["exact", "exact"]
    assert call("find", "--table", "-", input=f"{LONG}\x1b[2J\n{LONG}\x1b[2J").stdout.isprintable() is False
    assert "\x1b" not in call("find", "--table", "-", input=f"{LONG}\x1b[2J\n{LONG}\x1b[2J").stdout
    assert "--sample" in call("find", "--table", "--sample", "3", pages).stderr
