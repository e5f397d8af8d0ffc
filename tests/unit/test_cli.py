"""The command: what is read, written, refused and reported."""

import gzip
import json
import os
import threading
from functools import partial
from pathlib import Path

import pytest
from helpers import LONG, OTHER, call, needs_numba, tree

from dedup._jit import backend as jit
from dedup.cli import session
from dedup.cli.main import main
from dedup.decide.batch import Sizes
from dedup.decide.pipeline import Pipeline
from dedup.io import atomic


def test_folder(backend, source, tmp_path):
    out = tmp_path / "out"
    result = call("clean", source, "-o", out)
    assert result.exit_code == 0 and result.stdout == ""
    # "b.txt" comes before "b/c.txt": by code point, "." is smaller than "/".
    assert tree(out) == {"a.txt": f"{LONG}\r\n\r\n\r\n".encode(), "b.txt": f"{OTHER}\n".encode(), "b/c.txt": b""}
    assert "3 documents, 6 paragraphs, 4 removed (66.7%)" in result.stderr
    assert "2 repeat their own document, 2 an earlier one" in result.stderr and "--scope document" in result.stderr


@needs_numba
def test_a_large_run_takes_compiled_kernels_from_its_first_file_on(source, tmp_path, monkeypatch):
    taken = []
    read = Pipeline._read
    monkeypatch.delenv("DEDUP_ENGINE", raising=False)
    monkeypatch.setattr(jit._kernels, "ready", lambda: True)
    monkeypatch.setattr(Pipeline, "_read", lambda *of: taken.append(of[2]) or read(*of))
    for characters, fast in ((1_000_000, False), (100, True)):
        monkeypatch.setattr(jit, "LOAD_FROM", characters)
        call("clean", source, "-o", tmp_path / "out", "--jobs", 1)
        assert taken == [fast] * 2  # batches: of one file, and of two
        taken.clear()


def test_scope_jobs_and_a_second_run(backend, source, tmp_path):
    for jobs in (1, 2):
        call("clean", source, "-o", tmp_path / f"jobs{jobs}", "--jobs", jobs)
    assert tree(tmp_path / "jobs1") == tree(tmp_path / "jobs2")
    call("clean", tmp_path / "jobs1", "-o", tmp_path / "again")
    assert tree(tmp_path / "again") == tree(tmp_path / "jobs1")
    call("clean", source, "-o", tmp_path / "own", "--scope", "document")
    assert tree(tmp_path / "own")["b/c.txt"] == (source / "b" / "c.txt").read_bytes()


def test_one_file_and_standard_input(source, tmp_path):
    expected = f"{OTHER}\n"
    assert call("clean", source / "b.txt").stdout == expected
    assert call("clean", "-", input=f"{OTHER}\n{OTHER}\n").stdout == expected
    assert call("clean", source / "b.txt", "-o", tmp_path / "new.txt").exit_code == 0
    assert (tmp_path / "new.txt").read_text() == expected
    (tmp_path / "folder").mkdir()
    call("clean", source / "b.txt", "-o", tmp_path / "folder")
    assert tree(tmp_path / "folder") == {"b.txt": expected.encode()}


def test_several_sources_go_under_their_own_names(source, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text(LONG)
    result = call("clean", source, tmp_path / "more", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert set(tree(tmp_path / "out")) == {"in/a.txt", "in/b.txt", "in/b/c.txt", "more/a.txt"}
    assert tree(tmp_path / "out")["more/a.txt"] == b""


def test_in_place(source):
    before = (source / "a.txt").stat().st_mode
    assert call("clean", source, "--in-place").exit_code == 0
    assert (source / "b.txt").read_text() == f"{OTHER}\n"
    assert (source / "a.txt").stat().st_mode == before


def test_a_link_is_written_through(tmp_path):
    folder, real, record = tmp_path / "links", tmp_path / "real", tmp_path / "r"
    folder.mkdir()
    real.mkdir()
    (real / "a").write_text(f"{LONG}\n{LONG}\n")
    (real / "b.jsonl").write_text("".join(json.dumps({"text": OTHER}) + "\n" for _ in range(2)))
    (real / "c").write_bytes(gzip.compress(f"{LONG} 7\n{LONG} 7\n".encode()))
    links = {folder / "a.txt": "../real/a", folder / "b.jsonl": real / "b.jsonl", folder / "c.txt.gz": real / "c"}
    for link, to in links.items():
        link.symlink_to(to)
    before = tree(real)
    done = call("clean", folder, "--in-place", "--removed", record)
    assert done.exit_code == 0 and "3 removed" in done.stderr and all(link.is_symlink() for link in links)
    assert (real / "a").read_text() == f"{LONG}\n" and '"text": ""' in (real / "b.jsonl").read_text()
    assert gzip.decompress((real / "c").read_bytes()).decode() == f"{LONG} 7\n"
    assert set(tree(real)) == set(before)
    assert call("restore", folder, "--removed", record, "--in-place").exit_code == 0
    assert all(link.is_symlink() for link in links) and (real / "a").read_bytes() == before["a"]
    now = tree(real)
    (folder / "d.txt").symlink_to("a.txt")
    done = call("clean", folder, "--in-place")
    assert done.exit_code == 2 and "a.txt and " in done.stderr and "d.txt would both be written to" in done.stderr
    assert tree(real) == now


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["in", "-o", "in"], "lies in the source"),
        (["in", "-o", "in/out"], "lies in the source"),
        (["in/a.txt", "-o", "in/a.txt"], "is read in this run"),
        (["in/a.txt", "in/a.txt", "-o", "out"], "would both be written"),
        (["in/a.txt", "same/a.txt", "-o", "out"], "would both be written"),
        (["missing.txt", "-o", "out"], "no such file or folder"),
        (["in", "missing", "-o", "out"], "no such file or folder"),
        (["in"], "needs -o DST"),
        (["in", "--in-place", "-o", "out"], "goes with neither"),
        (["-", "--in-place"], "goes with neither"),
        (["in", "in/../in/a.txt", "--in-place"], "would both be written"),
        (["in", "-o", ""], "the destination has an empty name"),
        (["in", "-o", "out", "--report", ""], "the report has an empty name"),
        (["in", "-o", "out", "--removed", "new", "--report", "./new"], "cannot be both the record and the report"),
        (["in", "-o", "out", "--index", "new", "--report", "new"], "cannot be both the index and the report"),
        (["in", "-o", "out", "--threshold", "7"], "threshold is 7.0; expected"),
        (["in", "-o", "out", "--threshold", "most"], "'most' is not a valid float"),
        (["in", "-o", "out", "--lines", "--scope", "document"], "every line as a document"),
    ],
)
def test_refused_before_anything_is_written(source, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "same").mkdir()
    (tmp_path / "same" / "a.txt").write_text(LONG)
    before = tree(tmp_path)
    result = call("clean", *arguments)
    assert result.exit_code == 2 and words in result.stderr, result.stderr
    assert tree(tmp_path) == before and not (tmp_path / "out").exists()


def test_what_cannot_be_read_is_named_and_skipped(source, tmp_path):
    (source / "latin.txt").write_bytes("café".encode("latin-1"))
    (source / "utf16.txt").write_bytes("text".encode("utf-16-le"))
    (source / "gone.txt").symlink_to(source / "nowhere")
    (source / "loop").symlink_to(source)
    (source / "self.txt").symlink_to(source / "self.txt")
    (source / ".hidden").write_text("not looked at")
    result = call("clean", source, "-o", tmp_path / "out")
    assert result.exit_code == 2
    for name, reason in (
        ("latin.txt", "not UTF-8"),
        ("utf16.txt", "UTF-16"),
        ("gone.txt", "No such file"),
        ("loop", "Is a directory"),  # folders behind links are not entered
        ("self.txt", "Too many levels"),
    ):
        assert any(name in line and reason in line for line in result.stderr.splitlines()), (name, result.stderr)
    assert set(tree(tmp_path / "out")) == {"a.txt", "b.txt", "b/c.txt"}
    assert "5 skipped" in result.stderr


def test_a_folder_that_cannot_be_read_is_named_and_skipped(source, tmp_path, monkeypatch):
    (source / "locked").mkdir()
    (source / "locked" / "d.txt").write_text(LONG)
    (source / "link").symlink_to(source / "locked")
    real = os.scandir

    def scandir(path="."):
        if os.path.basename(os.path.normpath(path)) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    for arguments in (
        ["clean", source, "-o", tmp_path / "out"],
        ["find", source],
        ["clean", source, "-o", tmp_path / "other", "--boilerplate", 9],
    ):
        result = call(*arguments)
        assert result.exit_code == 2 and "2 skipped" in result.stderr
        assert f"{source}/locked: Permission denied, so none of its files is read; skipped" in result.stderr
        assert f"{source}/link: Is a directory behind a link, which is not followed" in result.stderr
    assert set(tree(tmp_path / "out")) == {"a.txt", "b.txt", "b/c.txt"}
    assert call("clean", source / "locked", "-o", tmp_path / "none").exit_code == 2  # nothing else was asked for
    assert not (tmp_path / "none").exists()


def test_too_large_a_document_is_skipped_and_lines_helps(source, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "Pipeline", partial(Pipeline, sizes=Sizes(document=20)))
    records = [f"record number {n} of a long list" for n in range(30)]
    (source / "b.txt").write_text("\n".join([*records, records[3], "yes", "yes"]) + "\n")
    result = call("clean", source, "-o", tmp_path / "out")
    assert result.exit_code == 2 and "b.txt: a document has 30 different paragraphs" in result.stderr
    assert set(tree(tmp_path / "out")) == {"a.txt", "b/c.txt"}
    result = call("clean", source, "-o", tmp_path / "lines", "--lines")
    assert result.exit_code == 0 and "an earlier one" in result.stderr and "--scope" not in result.stderr
    assert (tmp_path / "lines" / "b.txt").read_text() == "\n".join([*records, "yes"]) + "\n"


def test_empty_folder(tmp_path):
    (tmp_path / "in").mkdir()
    result = call("clean", tmp_path / "in", "-o", tmp_path / "out")
    assert result.exit_code == 0 and "0 documents" in result.stderr


def test_a_failed_write_leaves_nothing_half_done(source, tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "replace", fail)
    result = call("clean", source, "-o", tmp_path / "out")
    assert result.exit_code == 2 and "No space left" in result.stderr
    assert tree(tmp_path / "out") == {}


def test_find(source):
    result = call("find", source)
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(r["document"], r["paragraph"], r["relation"]) for r in records] == [
        ("a.txt", 1, "exact"), ("b.txt", 1, "exact"), ("b/c.txt", 0, "exact"), ("b/c.txt", 1, "exact")
    ]  # fmt: skip
    assert records[2]["duplicate_of"] == {"document": "b.txt", "paragraph": 0}
    assert records[0]["text"] == f"“{LONG}”" and records[0]["reason"]
    assert result.exit_code == 0 and "4 could be removed" in result.stderr
    assert call("find", "--check", source).exit_code == 1
    assert call("find", "--check", "-", input="one single line here").exit_code == 0
    assert call("find", "--lines", "-", input="yes\nno\nyes\n").stdout.count("\n") == 1


def test_explain():
    texts = "Up 15.9% in the month of May", "Up 16.9% in the month of May"
    kept, removed = call("explain", *texts), call("explain", *texts, "--threshold", "0.4")
    assert kept.exit_code == removed.exit_code == 0
    assert "relation     distinct" in kept.stdout and "not all of its words" in kept.stdout
    assert "relation     near" in removed.stdout and "0.43 is at least 0.4" in removed.stdout
    assert all("Up [-15.9%-] {+16.9%+} in" in result.stdout for result in (kept, removed))


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_and_option_has_help(command):
    result = call(command, "--help")
    assert result.exit_code == 0 and f"dedup {command}" in result.stdout
    for option in main.commands[command].params:
        assert option.param_type_name == "argument" or option.help


def test_nothing_is_written_behind_a_link_in_the_destination(source, tmp_path):
    for folder in ("out", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "out" / "b").symlink_to(tmp_path / "elsewhere")
    result = call("clean", source, "-o", tmp_path / "out")
    assert result.exit_code == 2 and "out of it" in result.stderr
    assert tree(tmp_path / "elsewhere") == {}


def test_what_is_private_is_so_while_it_is_written(tmp_path):
    path = tmp_path / "a.txt"
    path.touch(mode=0o600)
    with atomic.Replacement(str(path)):
        (unfinished,) = tmp_path.glob(".*.part")
        assert unfinished.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("call, begins", [("open", True), ("replace", False)])
def test_an_interrupt_leaves_no_unfinished_file(tmp_path, monkeypatch, call, begins):
    system = getattr(os, call)

    def interrupted(*arguments):
        if begins:
            os.close(system(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic.Replacement(str(tmp_path / "a.txt")).write(b"text")
    assert tree(tmp_path) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_is_no_file_of_it(source, tmp_path):
    os.mkfifo(source / "pipe.txt")
    assert call("clean", source, "-o", tmp_path / "out").exit_code == 0
    assert "pipe.txt" not in tree(tmp_path / "out")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize(
    "arguments", [["-o", "pipe"], ["-o", "out", "--removed", "pipe"], ["-o", "out", "--report", "pipe"]], ids=" ".join
)
def test_no_file_takes_the_place_of_a_pipe_or_device(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(f"{LONG}\n{LONG}")
    os.mkfifo("pipe")
    result = call("clean", "a.txt", *arguments)
    assert Path("pipe").is_fifo() and result.exit_code == 2 and "pipe or device" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_read_once_with_an_index(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for text in (LONG, OTHER):  # another time it is another text
        writing = threading.Thread(target=(tmp_path / "pipe").write_text, args=(text,), daemon=True)
        writing.start()
        result = call("clean", tmp_path / "pipe", "-o", tmp_path / "out", "--index", tmp_path / "kept.index")
        writing.join(60)
        assert result.exit_code == 0 and (tmp_path / "out").read_text() == text
