"""Formats and compressions: what stays comes out as it was, what went can be put back, what is broken is named."""

import gzip
import json
import lzma
import os
import random
import string
import sys
import threading
import tracemalloc
from functools import partial

import pytest
from helpers import LONG, OTHER, call, tree
from packing import PACKING, zstd

from dedup._jit import memory
from dedup.cli import session
from dedup.decide.batch import Sizes
from dedup.decide.pipeline import Pipeline
from dedup.io.formats import Formats, compression, jsonl, open_reader
from dedup.io.formats import text as text_format
from dedup.runs.audit import restored

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def test_what_does_not_fit_is_not_restored():
    with pytest.raises(ValueError, match="too short"):
        restored("ab", [(3, "c")])


@pytest.mark.parametrize(
    "line, problem",
    [
        (b"", None),
        (b" \r\n", None),
        (b'{"text": null}', None),
        (b"[]", "no JSON object"),
        (b"{}", "no field 'text'"),
        (b'{"text": 3}', "no string"),
        (b'{"text": "a"} {}', "Extra data at character 15"),
        (b'{"text": "a"', "Expecting ',' delimiter at character 13"),
        (b'{"text": "a", }', "property name"),
        (b'{"text" "a"}', "Expecting ':' delimiter"),
        (b'{"text": "a\nb"}', "Invalid control character"),
        (b'{"text": "caf\xe9"}', "not UTF-8 text (byte 13)"),
        (b'{"x": ' + b"[" * 100_000, "recursion"),
        (b'{"text": ' + b"9" * 10_000 + b"}", "no string"),
    ],
)
def test_lines_without_a_text(line, problem):
    row = jsonl.row_of(7, line, ("text",))
    assert row.text is None and (row.problem is None) == (problem is None) and (problem or "") in (row.problem or "")


def dump(path, *texts, **more):
    path.write_text("".join(json.dumps({"text": text, **more}) + "\n" for text in texts))
    return path


def test_a_folder_of_everything_keeps_its_tree(tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(LONG)
    dump(folder / "b.ndjson", LONG, OTHER)
    pq.write_table(pa.table({"text": [OTHER, "Something else that is new", None]}), folder / "deep" / "c.parquet")
    (folder / "deep" / "d.text.gz").write_bytes(gzip.compress(f"{OTHER}\n{LONG}\nThe last one of them all".encode()))
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), folder / "empty.parquet")
    (folder / "empty.jsonl").write_text("")
    result = call("clean", folder, "-o", tmp_path / "out", "--removed", tmp_path / "removed")
    assert result.exit_code == 0 and "6 documents, 8 paragraphs, 4 removed" in result.stderr
    out = tree(tmp_path / "out")
    assert set(out) == set(tree(folder))
    assert out["b.ndjson"].decode() == '{"text": ""}\n' + json.dumps({"text": OTHER}) + "\n"
    assert pq.read_table(tmp_path / "out/deep/c.parquet").to_pydict() == {
        "text": ["", "Something else that is new", None]
    }
    assert gzip.decompress(out["deep/d.text.gz"]) == b"The last one of them all"
    records = [json.loads(line) for line in (tmp_path / "removed").read_text().splitlines()]
    assert [(r["document"], r["file"], r["row"], r["duplicate_of"]["document"]) for r in records] == [
        ("b.ndjson:1", "b.ndjson", 1, "a.txt"),
        ("deep/c.parquet:1", "deep/c.parquet", 1, "b.ndjson:2"),
        ("deep/d.text.gz", "deep/d.text.gz", 0, "b.ndjson:2"),
        ("deep/d.text.gz", "deep/d.text.gz", 0, "a.txt"),
    ]
    assert call("restore", tmp_path / "out", "--removed", tmp_path / "removed", "-o", tmp_path / "back").exit_code == 0
    back = tree(tmp_path / "back")
    assert all(back[name] == raw for name, raw in tree(folder).items() if not name.endswith((".parquet", ".gz")))
    found = call("find", folder)
    shown = [json.loads(line) for line in found.stdout.splitlines()]
    assert [{key: record[key] for key in shown[0]} for record in records] == shown


def test_as_a_filter(tmp_path):
    given = f'{{"n": 1.00, "body": "{LONG}"}}\n{{"body": "{LONG}", "n":2}}\n'
    for how in (["--field", "body"], ["--format", "jsonl", "--field", "body"]):
        result = call("clean", "-", *how, input=given)
        assert result.exit_code == 0 and result.stdout == given[: given.index("\n") + 1] + '{"body": "", "n":2}\n'
    dump(tmp_path / "a.txt", LONG, LONG)
    assert call("clean", tmp_path / "a.txt", "--format", "jsonl").stdout.endswith('{"text": ""}\n')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(given.encode()))
    assert call("clean", tmp_path / "b.jsonl.gz", "--field", "body").stdout.endswith(
        '"n":2}\n'
    )  # plain, as zcat has it
    assert call("clean", tmp_path / "b.jsonl.gz", "-o", tmp_path / "c.jsonl.xz", "--field", "body").exit_code == 0
    assert lzma.decompress((tmp_path / "c.jsonl.xz").read_bytes()).endswith(b'"n":2}\n')
    assert call("clean", "-", "--format", "parquet", input="x").exit_code == 2
    assert call("clean", "-", "-o", f"{tmp_path / 'out'}/", "--field", "body", input=given).exit_code == 0
    assert set(tree(tmp_path / "out")) == {"stdin.jsonl"}
    for source in (tmp_path / "b.jsonl.gz", "-"):
        refused = call("clean", source, "--format", "jsonl", "-o", tmp_path / "d.parquet", input=given)
        assert refused.exit_code == 2 and "read as jsonl, and no format becomes another" in refused.stderr
    assert not (tmp_path / "d.parquet").exists()


def test_equal_runs_have_equal_results(tmp_path):
    dump(tmp_path / "a.jsonl", LONG, OTHER)
    for suffix in PACKING:
        for n in (1, 2):
            assert call("clean", tmp_path / "a.jsonl", "-o", tmp_path / f"{n}.jsonl{suffix}").exit_code == 0
        assert (tmp_path / f"1.jsonl{suffix}").read_bytes() == (tmp_path / f"2.jsonl{suffix}").read_bytes()


@pytest.mark.parametrize("name", ["b.parquet.gz", "b.PARQUET.zst", "b.xz"])
def test_what_would_not_be_read_is_not_written(tmp_path, name):
    pq.write_table(pa.table({"text": [LONG, LONG]}), tmp_path / "a.parquet")
    done = call("clean", tmp_path / "a.parquet", "-o", tmp_path / name)
    assert done.exit_code == 2 and not (tmp_path / name).exists()
    assert f"{name}: Parquet within ." in done.stderr and "expected Parquet, which compresses what" in done.stderr


# --- Notes instead of removals


def test_annotate(tmp_path):
    source = dump(tmp_path / "a.jsonl", f"{LONG}\n\n“{LONG}”", OTHER)
    with source.open("a") as file:
        file.write(f'{{"text": ""}}\n{{"text": null}}\n\n{{"dedup": 1, "text": "{LONG}"}}\n')
    assert call("clean", source, "-o", tmp_path / "b.jsonl", "--annotate").exit_code == 0
    given, noted = (path.read_text().splitlines() for path in (source, tmp_path / "b.jsonl"))
    assert noted[1:5] == [given[1][:-1] + ', "dedup": []}', '{"text": "", "dedup": []}', given[3], given[4]]
    (note,) = json.loads(noted[0])["dedup"]
    text = json.loads(given[0])["text"]
    assert json.loads(noted[0])["text"] == text and text[note["start"] : note["end"]] == f"“{LONG}”"
    assert note["relation"] == "exact" and note["duplicate_of"] == {"document": "a.jsonl:1", "paragraph": 0}
    assert json.loads(noted[5])["dedup"][0]["relation"] == "exact"
    assert list(json.loads(noted[5])) == ["dedup", "text"]
    assert call("clean", tmp_path / "b.jsonl", "--annotate").stdout.splitlines()[:3] == [
        line.replace("a.jsonl:1", "b.jsonl:1") for line in noted[:3]
    ]

    table = pa.table({"n": [1, 2, 3], "text": [text, None, OTHER]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    assert call("clean", tmp_path / "a.parquet", "-o", tmp_path / "b.parquet", "--annotate").exit_code == 0
    annotated = pq.read_table(tmp_path / "b.parquet")
    assert annotated.drop_columns("dedup").equals(table)
    assert annotated.column("dedup").to_pylist() == [
        [{**note, "duplicate_of": {"document": "a.parquet:1", "paragraph": 0}}],
        [],
        [],
    ]

    # Of the rows of one row group nothing is said in another; one without a text, and a file without rows, has the column.
    texts = [None, None, LONG, LONG, OTHER, None]
    for rows in (texts, []):
        pq.write_table(pa.table({"text": pa.array(rows, pa.string())}), tmp_path / "d.parquet", row_group_size=2)
        assert call("clean", tmp_path / "d.parquet", "-o", tmp_path / "e.parquet", "--annotate").exit_code == 0
        assert (
            list(map(len, pq.read_table(tmp_path / "e.parquet")["dedup"].to_pylist()))
            == [0, 0, 0, 1, 0, 0][: len(rows)]
        )

    (tmp_path / "c.txt").write_text(LONG)
    assert "no place for notes" in call("clean", tmp_path / "c.txt", "--annotate").stderr
    assert "which is nothing" in call("clean", source, "--annotate", "--removed", tmp_path / "r").stderr
    assert "take the place of the text" in call("clean", source, "--annotate", "--field", "dedup").stderr


# --- What cannot be read


def test_broken_files_are_named_and_everything_else_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(compression, "_UNSUSPICIOUS", 1 << 20)
    folder = tmp_path / "in"
    folder.mkdir()
    for suffix, (pack, _) in PACKING.items():
        if suffix:
            whole = pack("".join(json.dumps({"text": f"{LONG} {n * n}"}) + "\n" for n in range(3_000)).encode())
            (folder / f"cut.jsonl{suffix}").write_bytes(whole[:-20])
            (folder / f"cut.txt{suffix}").write_bytes(whole[: len(whole) // 2])
            (folder / f"bomb.jsonl{suffix}").write_bytes(pack(bytes(50_000_000)))
            (folder / f"bomb.txt{suffix}").write_bytes(pack(bytes(50_000_000)))
            (folder / f"wrong.jsonl{suffix}").write_bytes(b"this was never compressed")
    (folder / "latin.txt").write_bytes("café".encode("latin-1"))
    for name in ("utf16.txt", "utf16.jsonl"):
        (folder / name).write_bytes('{"text": "a"}'.encode("utf-16"))
    pq.write_table(pa.table({"body": ["a"], "n": [1]}), folder / "field.parquet")
    pq.write_table(pa.table({"text": [1]}), folder / "kind.parquet")
    pq.write_table(pa.table({"text": [f"{LONG} {n * n}" for n in range(9_999)]}), folder / "whole.parquet")
    damaged = bytearray((folder / "whole.parquet").read_bytes())
    damaged[2_000:2_400] = bytes(400)
    (folder / "damaged.parquet").write_bytes(damaged)
    (folder / "cut.parquet").write_bytes(damaged[:-9])
    (folder / "whole.parquet").unlink()
    bad = set(tree(folder))
    (folder / "loop").symlink_to(folder)
    # Nothing of the broken files was decided: this is the first with the sentence.
    dump(folder / "whole.jsonl", f"{LONG} 4\n\n{LONG} 4")
    result = call("clean", folder, "-o", tmp_path / "out", "--removed", tmp_path / "removed")
    assert result.exit_code == 2 and f"{len(bad) + 1} skipped" in result.stderr
    assert set(tree(tmp_path / "out")) == {"whole.jsonl"}
    assert json.loads((tmp_path / "out" / "whole.jsonl").read_text())["text"].startswith(f"{LONG} 4")
    said = dict(line.removeprefix(f"dedup: {folder}/").split(": ", 1) for line in result.stderr.splitlines()[:-1])
    assert set(said) == bad | {"loop"}
    for name, why in said.items():
        kind = name.partition(".")[0]
        expected = {"cut": ["cut short", "not a whole"], "wrong": ["damaged"], "damaged": ["damaged"], "bomb": ["bomb"],
                    "latin": ["not UTF-8"], "utf16": ["UTF-16 text; expected UTF-8"], "loop": ["Is a directory"],
                    "field": ["no column 'text'; it has 'body', 'n'; --field NAME says"], "kind": ["of type int64; expected strings"]}[kind]  # fmt: skip
        assert any(words in why for words in expected), (name, why)


def test_broken_lines_stay_as_they_are_and_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 100)
    source = tmp_path / "a.jsonl"
    good = json.dumps({"text": LONG}).encode()
    lines = [
        good,
        b'{"text": "caf\xe9"}',
        b'{"text": "cut',
        b'{"texts": "a"}',
        b"x" * 1_000,
        b'{"text": 5}',
        good,
        b"x" * 99,
        b"x" * 98,
    ]
    source.write_bytes(b"\n".join(lines))
    result = call("clean", source, "-o", tmp_path / "b.jsonl")
    assert result.exit_code == 2
    assert "a.jsonl: 7 rows are left unchanged; row 2: not UTF-8 text (byte 13)" in result.stderr
    assert "2 documents, 2 paragraphs, 1 removed" in result.stderr and "7 rows left unchanged" in result.stderr
    lines[6] = b'{"text": ""}'
    assert (tmp_path / "b.jsonl").read_bytes() == b"\n".join(lines)
    assert "no field 'body'" in call("clean", source, "--field", "body").stderr


def test_text_is_read_whole_from_any_kind_of_file(tmp_path, monkeypatch):
    monkeypatch.setattr(text_format, "LARGEST", 60)
    for size in (0, 60, 61, 200):
        (tmp_path / "a.txt").write_bytes(b"x" * size)
        assert open_reader(str(tmp_path / "a.txt"), Formats(), limit=False).raw == b"x" * size
        if size <= 60:
            assert open_reader(str(tmp_path / "a.txt"), Formats(), limit=True).raw == b"x" * size
        else:
            result = call("clean", tmp_path / "a.txt")
            assert result.exit_code == 2 and "larger than 60 bytes" in result.stderr
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    for size in (0, 50, 70):

        def write(pieces):
            with open(pipe, "wb", buffering=0) as file:
                for piece in pieces:
                    file.write(piece)

        writing = threading.Thread(target=write, args=([b"x" * 10] * (size // 10),))
        writing.start()
        if size <= 60:
            assert open_reader(pipe, Formats(), limit=True).raw == b"x" * size
        else:
            with pytest.raises(ValueError, match="larger than 60 bytes"):
                open_reader(pipe, Formats(), limit=True)
        writing.join()


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    dump(tmp_path / "a.jsonl.zst", LONG)
    (tmp_path / "a.parquet").write_text("")
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "dedup.io.formats._parquet_rows", None)
    result = call("find", tmp_path)
    assert result.exit_code == 2
    assert "the extra zstd: pip install 'dedup-paragraphs[zstd]'" in result.stderr
    assert "the extra parquet: pip install 'dedup-paragraphs[parquet]'" in result.stderr


@pytest.mark.parametrize("left", ['{"text": "of an example"}', "<p>Tags that were shown in the text</p>"])
def test_a_text_that_comes_to_begin_like_something_else_is_restored(tmp_path, left):
    folder, out, record = tmp_path / "in", tmp_path / "out", tmp_path / "removed"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{LONG}\n")
    (folder / "b.txt").write_text(f"{LONG}\n\n{left}\n\n{OTHER}\n")
    assert call("clean", folder, "-o", out, "--removed", record).exit_code == 0
    assert (out / "b.txt").read_text().startswith(left)
    for _ in range(2):
        done = call("restore", out, "--removed", record, "-o", tmp_path / "back")
        assert done.exit_code == 0 and tree(tmp_path / "back") == tree(folder), done.stderr
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0 and tree(out) == tree(folder)


def test_what_was_changed_since_is_not_restored(tmp_path):
    folder, record = tmp_path / "in", tmp_path / "removed"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"{LONG}\n{LONG}\n{OTHER} {name}")
    assert call("clean", folder, "-o", tmp_path / "out", "--removed", record).exit_code == 0
    (tmp_path / "out" / "a.txt").write_text("an edit")
    (tmp_path / "out" / "b.txt").unlink()
    result = call("restore", tmp_path / "out", "--removed", record, "-o", tmp_path / "back")
    assert result.exit_code == 2 and "b.txt: no such file" in result.stderr
    assert "a.txt: not what the run wrote; skipped" in result.stderr or "a.txt: too short" in result.stderr
    assert set(tree(tmp_path / "back")) == {"c.txt"}
    assert tree(tmp_path / "back")["c.txt"] == (folder / "c.txt").read_bytes()
    line = {"file": "a.txt", "row": 0, "at": 0, "cut": "x", "checksum": "y"}
    odd = [json.dumps({**line, name: value}) + "\n" for name in ("row", "at") for value in (True, 1e999, 0.5, "1")]
    for wrong in ('{"file": "a.txt"}\n', "[" * 100_000 + "\n", *odd):
        (tmp_path / "wrong").write_text(wrong)
        result = call("restore", tmp_path / "out", "--removed", tmp_path / "wrong", "-o", tmp_path / "x")
        assert result.exit_code == 2 and "wrong, line 1: no removal on record" in result.stderr


def test_a_record_goes_on_with_the_index(tmp_path):
    folder, record, index = tmp_path / "in", tmp_path / "removed", tmp_path / "index"
    folder.mkdir()
    arguments = ["clean", folder, "-o", tmp_path / "out", "--removed", record, "--index", index]
    (folder / "a.txt").write_text(f"{LONG}\n{LONG}")
    assert call(*arguments).exit_code == 0
    dump(folder / "b.jsonl", OTHER, LONG)
    record.write_bytes(record.read_bytes() + b'{"file": "b.jsonl", "ro')  # as a killed run leaves it
    assert call(*arguments).exit_code == 0
    assert [json.loads(line)["file"] for line in record.read_text().splitlines()] == ["a.txt", "b.jsonl"]
    assert "2 files done before" in call(*arguments).stderr
    assert call("restore", tmp_path / "out", "--removed", record, "-o", tmp_path / "back").exit_code == 0
    assert tree(tmp_path / "back") == tree(folder)
    arguments[arguments.index(record)] = tmp_path / "another"
    assert "files done before is not on it" in call(*arguments).stderr


def test_a_record_that_is_the_only_way_back_is_not_lost(tmp_path):
    source, record = tmp_path / "a.txt", tmp_path / "removed"
    source.write_text(f"{LONG}\n{LONG}")
    assert "not both" in call("clean", source, "--in-place", "--removed", record, "--index", tmp_path / "i").stderr
    assert call("clean", source, "--in-place", "--removed", record).exit_code == 0
    assert source.read_text() == LONG
    assert "the only way back" in call("clean", source, "--in-place", "--removed", record).stderr
    assert call("restore", source, "--removed", record, "--in-place").exit_code == 0
    assert source.read_text() == f"{LONG}\n{LONG}"


def test_rows_are_looked_at_like_files(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    dump(folder / "a.jsonl", f"{LONG}\n\n{OTHER}", f"{LONG} soon", f"{OTHER} in May", OTHER)
    (drawn,) = map(json.loads, call("find", folder, "--sample", "3").stdout.splitlines())
    assert drawn["document"] == "a.jsonl:4" and drawn["kept_text"] == OTHER
    given = (folder / "a.jsonl").read_text()
    (drawn,) = map(json.loads, call("find", "-", "--field", "text", "--sample", "3", input=given).stdout.splitlines())
    assert drawn["document"] == "-:4" and drawn["kept_text"] == OTHER
    result = call("tune", folder / "a.jsonl")
    assert "all documents (4), 5 paragraphs" in result.stderr and "a.jsonl:3 0" in result.stdout
    (piece, *_) = call("find", folder, "--boilerplate", "2").stdout.splitlines()
    assert json.loads(piece) == {"relation": "boilerplate", "documents": 2, "text": OTHER}
    result = call("clean", folder, "-o", tmp_path / "out", "--boilerplate", "2", "--removed", tmp_path / "r")
    assert "2 boilerplate" in result.stderr and result.stderr.count("\n") == 1
    assert call("restore", tmp_path / "out", "--removed", tmp_path / "r", "-o", tmp_path / "b").exit_code == 0
    assert (tmp_path / "b" / "a.jsonl").read_text() == given


# --- State


def test_a_large_file_is_streamed(tmp_path, monkeypatch):
    words = [
        word for word in "".join(random.Random(1).choices(string.ascii_lowercase + "  ", k=60_000)).split() if word
    ]
    body = " ".join(words[:4_000])

    def rows():
        for n in range(700):
            yield json.dumps({"n": n, "text": LONG, "other": body if n % 2 else body.upper()}).encode() + b"\n"
        for n in range(30):
            yield b'{"n": %d, "broken": "%s' % (n, body.encode() * 9) + b"\n"

    size = 0
    with zstd.open(tmp_path / "a.jsonl.zst", "wb") as file:
        for row in rows():
            size += file.write(row)
    monkeypatch.setattr(session, "Pipeline", partial(Pipeline, sizes=Sizes(held=1 << 19)))
    memory.keep_freed()  # what a process takes once is no part of it
    tracemalloc.start()
    try:
        result = call("clean", tmp_path / "a.jsonl.zst", "-o", tmp_path / "b.jsonl.zst", "--jobs", 2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 50_000_000 and result.exit_code == 2 and "699 removed" in result.stderr
    assert peak < 20_000_000
