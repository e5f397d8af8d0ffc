"""Structured files are read as what they are or named, never cut as prose; texts are found where a field says they are."""

import bz2
import gzip
import io
import json
import zipfile

import pytest
from helpers import LONG, OTHER, THIRD, call, tree
from packing import PACKING

import dedup
from dedup.io.formats import Formats, json_file, open_reader
from dedup.io.formats.fields import NoText, check_fields, document_of, pieces_of
from dedup.io.formats.sniff import told_by_content

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def as_json(*rows, indent=None):
    return json.dumps(list(rows), ensure_ascii=False, indent=indent)


def there_and_back(tmp_path, source, *options, removed=1):
    """What `clean` makes of a file, from which its record makes the file again."""
    out, back, record = (tmp_path / name for name in (f"out-{source.name}", f"back-{source.name}", "record"))
    record.unlink(missing_ok=True)
    done = call("clean", source, "-o", out, "--removed", record, *options)
    assert done.exit_code == 0 and f" {removed} removed" in done.stderr, done.stderr
    done = call("restore", out, "--removed", record, "-o", back, *options)
    assert done.exit_code == 0, done.stderr
    assert back.read_bytes() == source.read_bytes()
    return out.read_bytes().decode()


# --- Named and skipped

SUBTITLES = f"1\n00:00:01,000 --> 00:00:04,000\n{LONG}\n\n2\n00:00:04,000 --> 00:00:08,000\n{LONG}\n"


def a_book():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
    return file.getvalue()


CONTENTS = {
    "html": f"<!DOCTYPE html>\n<html><body><p>{LONG}</p>\n<p>{LONG}</p></body></html>",
    "xhtml": f"<!-- saved from a page -->\n<HTML>\n<p>{LONG}</p>\n<p>{LONG}</p></HTML>",
    "htm": f"<div>\n<p>{LONG}</p>\n<p>{LONG}</p></div>",
    "xml": f'<?xml version="1.0"?>\n<TEI>\n<p>{LONG}</p>\n<p>{LONG}</p>\n</TEI>',
    "rss": f"<rss>\n<item>{LONG}</item>\n<item>{LONG}</item>\n</rss>",
    "srt": SUBTITLES,
    "vtt": f"WEBVTT\n\n00:01.000 --> 00:04.000\n{LONG}\n\n00:04.000 --> 00:08.000\n{LONG}\n",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "docx": a_book(),
    "epub": a_book(),
    "zip": a_book(),
    "rtf": rf"{{\rtf1\ansi {LONG}\par}}",
}


@pytest.mark.parametrize("kind", sorted(CONTENTS))
def test_what_is_no_text_is_named_with_what_to_do(tmp_path, kind):
    raw = CONTENTS[kind] if isinstance(CONTENTS[kind], bytes) else CONTENTS[kind].encode()
    folder = tmp_path / "in"
    folder.mkdir()
    names = [f"a.{kind}", f"b.{kind.upper()}", f"c.{kind}.gz", "nothing", "a.txt"]
    for name in names:
        written(folder / name, gzip.compress(raw) if name.endswith(".gz") else raw)
    written(folder / "z.txt", LONG)
    done = call("clean", folder, "-o", tmp_path / "out")
    assert done.exit_code == 2 and "1 document, 1 paragraph, 0 removed" in done.stderr
    assert set(tree(tmp_path / "out")) == {"z.txt"}
    told = done.stderr.splitlines()[:-1]
    assert len(told) == len(names) and all(" first" in line and line.endswith("; skipped") for line in told)
    assert ("as examples/extract.py does" in told[0]) == (kind in ("html", "htm", "xhtml", "xml", "rss"))
    done = call("clean", "-", input=raw)
    assert done.exit_code == 2 and done.stdout_bytes == b"" and "it begins as " in done.stderr


@pytest.mark.parametrize(
    "kind", ["yaml", "toml", "ini", "sql", "po", "py", "js", "tex", "bib", "rst", "eml", "mbox", "ics", "vcf"]
)
def test_what_is_no_prose_is_told_by_its_name(tmp_path, kind):
    for name in (f"a.{kind}", f"b.{kind.upper()}.gz"):
        raw = f"{LONG}\n{LONG}\n".encode()
        source = written(tmp_path / name, gzip.compress(raw) if name.endswith(".gz") else raw)
        done = call("clean", source)
        assert done.exit_code == 2 and done.stdout == "" and " first, " in done.stderr
        assert call("clean", source, "--format", "txt").stdout == f"{LONG}\n"


@pytest.mark.parametrize("name", ["a.text", "a.log", "news.example.pl", "news.example.org", "notes.2024", "a"])
def test_any_other_name_is_one_of_a_text(tmp_path, name):
    assert call("clean", written(tmp_path / name, f"{LONG}\n{LONG}\n")).stdout == f"{LONG}\n"


def test_one_may_insist(tmp_path):
    page = written(tmp_path / "a.html", CONTENTS["html"])
    done = call("clean", page, "--format", "txt", "-o", tmp_path / "b.html")
    assert done.exit_code == 0 and "1 document" in done.stderr
    assert call("clean", "-", "--format", "txt", input=CONTENTS["htm"]).exit_code == 0
    assert call("clean", page, "-o", tmp_path / "c.html").exit_code == 2 and not (tmp_path / "c.html").exists()


def test_a_text_is_any_other(tmp_path):
    for text in (
        LONG,
        "",
        " \n",
        "[Photo: the mayor]\n\nShe said",
        "{curly} words",
        "<3 this",
        "[1] A note",
        "{",
        "1\n2\n",
    ):
        told = told_by_content(text.encode())
        assert told is None or text == "{", text
    assert told_by_content(bz2.compress(b"x")).title == "compressed"
    assert "call it .gz" in call("clean", "-", input=gzip.compress(LONG.encode())).stderr


@pytest.mark.parametrize(
    "text", [f'["{LONG}",\n"{OTHER}"]', f'["{LONG}"]\n', f'[[1, "{LONG}"],\n["{LONG}"]]', f'[null, 1.5, "{LONG}"]', f'[[{{"a": "{LONG}"']
)  # fmt: skip
def test_arrays_of_anything_are_json(tmp_path, text):
    assert told_by_content(text.encode()) == "json" == told_by_content(f"\ufeff \n{text}".encode())
    done = call("clean", "-", input=text)
    assert done.exit_code == 2 and done.stdout in (text, "")
    for plain in (f"[1, 2] {text}", f"[[{LONG}]]", f'["{LONG}"] is said', f'["{LONG}," she said, "{OTHER}"]'):
        assert told_by_content(plain.encode()) is None


def test_no_page_is_taken_for_anything_else(shared):
    pages = sorted((shared / "dev" / "articles").glob("*.txt"))
    assert pages and not [path.name for path in pages if told_by_content(path.read_bytes()[:8192])]


def test_json_called_a_text_is_named(tmp_path):
    source = written(tmp_path / "a.txt", as_json({"text": LONG}, {"text": LONG}, indent=1))
    done = call("clean", source)
    assert done.exit_code == 2 and "it begins as json does; --format json reads it as that" in done.stderr
    assert call("clean", source, "--format", "json").stdout == as_json({"text": LONG}, {"text": ""}, indent=1)


# --- JSON Lines under any name

LINES = f'{{"text": "{LONG}", "n": 1.00}}\n{{"n": 2, "text": "{LONG}"}}\n'
LINES_LEFT = LINES.replace(f'2, "text": "{LONG}', '2, "text": "')


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a", "a.dump", "a.jsonl"])
def test_lines_of_objects_are_json_lines(tmp_path, name):
    raw = LINES.encode()
    source = written(tmp_path / name, gzip.compress(raw) if name.endswith(".gz") else raw)
    done = call("clean", source)
    assert (done.exit_code, done.stdout) == (0, LINES_LEFT)
    record = json.loads(call("find", source).stdout)
    assert record["document"] == f"{name}:2" and record["duplicate_of"]["document"] == f"{name}:1"


def test_json_lines_called_json_may_be_called_what_they_are(tmp_path):
    source = written(tmp_path / "a.json", LINES)
    assert call("clean", source, "-o", tmp_path / "b.jsonl", "--removed", tmp_path / "r").exit_code == 0
    assert call("restore", tmp_path / "b.jsonl", "--removed", tmp_path / "r", "-o", tmp_path / "c.json").exit_code == 2
    assert call("restore", tmp_path / "b.jsonl", "--removed", tmp_path / "r").stdout == LINES
    written(tmp_path / "d.json", as_json({"text": LONG}))
    assert "is read as json, and no format" in call("clean", tmp_path / "d.json", "-o", tmp_path / "e.jsonl").stderr


def test_standard_input_is_read_as_what_it_is(tmp_path):
    assert call("clean", "-", input=LINES).stdout == LINES_LEFT
    assert call("clean", "-", input="\ufeff" + LINES).stdout == "\ufeff" + LINES_LEFT
    listed = as_json({"text": LONG}, {"text": LONG}, indent=2)
    left = as_json({"text": LONG}, {"text": ""}, indent=2)
    assert call("clean", "-", input=listed).stdout == call("clean", "-", "--field", "text", input=listed).stdout == left
    assert call("clean", "-", "-o", f"{tmp_path / 'out'}/", input=listed).exit_code == 0
    assert tree(tmp_path / "out") == {"stdin.json": left.encode()}
    done = call("clean", "-", input='{"body": "a"}\n{"body": "b"}\n')
    assert (
        done.exit_code == 2
        and "2 rows are left unchanged; row 1: no field 'text'; it has 'body'; --field NAME" in done.stderr
    )
    long = json.dumps({"text": LONG, "other": "x" * 100_000}) + "\n"
    assert call("clean", "-", input=long * 2).stdout == long + long.replace(LONG, "")


# --- JSON


@pytest.mark.parametrize("suffix", sorted(PACKING))
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_an_array_of_objects(tmp_path, suffix, indent):
    rows = {"text": LONG, "é": [1.5]}, {"n": None, "text": f"{OTHER}\n\n{LONG}"}, {"text": None}, {"text": THIRD}
    raw = f"\ufeff \n{as_json(*rows, indent=indent)}\n".encode()
    pack, unpack = PACKING[suffix]
    source, out = written(tmp_path / f"a.json{suffix}", pack(raw)), tmp_path / f"b.json{suffix}"
    assert call("clean", source, "-o", out, "--removed", tmp_path / "r").exit_code == 0
    left = rows[0], {"n": None, "text": f"{OTHER}\n\n"}, *rows[2:]
    assert unpack(out.read_bytes()).decode() == f"\ufeff \n{as_json(*left, indent=indent)}\n"
    assert call("restore", out, "--removed", tmp_path / "r", "-o", tmp_path / "c.json").exit_code == 0
    assert (tmp_path / "c.json").read_bytes() == raw
    assert json.loads((tmp_path / "r").read_text())["document"] == f"a.json{suffix}:2"


def test_a_file_of_one_object_is_one_document(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    whole = {"authors": ["Ilse Corrin of the Tarn Post"], "source": "tarnpost.example", "maintext": LONG}
    for n in range(3):
        written(folder / f"{n}.json", json.dumps(whole | {"title": f"{THIRD} {n}"}, indent=4))
    done = call("clean", folder, "-o", tmp_path / "out", "--field", "maintext")
    assert done.exit_code == 0 and "3 documents, 3 paragraphs, 2 removed" in done.stderr
    for raw in tree(tmp_path / "out").values():
        assert json.loads(raw).keys() == json.loads((folder / "0.json").read_bytes()).keys()
    assert json.loads((tmp_path / "out" / "2.json").read_text()) == whole | {"title": f"{THIRD} 2", "maintext": ""}
    assert (tmp_path / "out" / "2.json").read_text().count("\n") == (folder / "2.json").read_text().count("\n")
    (first, _) = map(json.loads, call("find", folder, "--field", "maintext").stdout.splitlines())
    assert (first["document"], first["duplicate_of"]["document"]) == ("1.json", "0.json")
    done = call("clean", folder, "-o", tmp_path / "same")
    assert done.exit_code == 2 and tree(tmp_path / "same") == tree(folder)
    assert "0.json: 1 row is left unchanged; no field 'text'; it has 'authors', 'source', 'maintext'" in done.stderr


def test_objects_one_behind_the_other(tmp_path):
    raw = "\n".join(json.dumps({"text": text}, indent=2) for text in (LONG, OTHER, LONG)) + "\n"
    left = there_and_back(tmp_path, written(tmp_path / "a.json", raw))
    assert left == "\n".join(json.dumps({"text": text}, indent=2) for text in (LONG, OTHER, "")) + "\n"


def test_elements_that_are_no_documents_stay(tmp_path):
    raw = (
        f'[1, "a", {{"text": "{LONG}"}}, {{}}, {{"text": 5}}, [], {{"text": "{LONG}", "x": NaN}}, 12345678901234567890]'
    )
    done = call("clean", written(tmp_path / "a.json", raw))
    assert done.exit_code == 2 and done.stdout == raw.replace(f'"{LONG}", "x"', '"", "x"')
    assert "6 rows are left unchanged; row 1: no JSON object" in done.stderr
    broken = f'[{{"text": "caf\udce9 {LONG}"}}, {{"text": "{LONG}"}}]'.encode("utf-8", "surrogateescape")
    done = call("clean", written(tmp_path / "a.json", broken))
    assert done.exit_code == 2 and done.stdout_bytes == broken and "row 1: not UTF-8 text" in done.stderr


@pytest.mark.parametrize(
    "raw", ["[", "[]", "[]x", "{}", '[{"text": "a"}', '[{"text": "a"},]', '{"a": 1} x', '[{"a" 1}]', "[1}"]
)
def test_what_is_no_json_is_named_before_anything_is_decided(tmp_path, raw):
    good = '{"text": "a"}\n'
    folder = tmp_path / "in"
    folder.mkdir()
    written(folder / "a.json", raw)
    written(folder / "b.jsonl", good)
    done = call("clean", folder, "-o", tmp_path / "out")
    assert done.exit_code == (0 if raw == "[]" else 2)
    assert ("a.json" in tree(tmp_path / "out")) == (raw in ("[]", "{}")), done.stderr
    assert tree(tmp_path / "out")["b.jsonl"] == good.encode()
    assert raw != "[]" or tree(tmp_path / "out")["a.json"] == b"[]"


@pytest.mark.parametrize("raw", ["", " \n", "\ufeff", "\ufeff\r\n\t", "[ ]"])
def test_a_file_of_nothing_has_no_documents(tmp_path, raw):
    done = call("clean", written(tmp_path / "a.json", raw))
    assert (done.exit_code, done.stdout_bytes.decode()) == (0, raw) and "0 documents" in done.stderr


@pytest.mark.parametrize("second", ["", '"text": "cut', "[]", "\n  \n", "x"])
def test_one_broken_line_of_json_lines_called_json(tmp_path, second):
    line = json.dumps({"text": LONG}) + "\n"
    done = call("clean", written(tmp_path / "a.json", f"{line}{second}\n{line}"))
    assert done.exit_code == (2 if second.strip() else 0), done.stderr
    assert done.stdout == f"{line}{second}\n" + line.replace(LONG, "")
    assert ("1 row is left unchanged; row 2: no JSON object" in done.stderr) == bool(second.strip())


@pytest.mark.parametrize("size", [1, 7, 100])
def test_an_array_is_read_piece_by_piece(tmp_path, monkeypatch, size):
    monkeypatch.setattr(json_file, "_AT_ONCE", size)
    rows = [{"text": f'{LONG} {n}\n\n“é” \\ "', "deep": {"list": [n, -1.5e3, True, None, [[]], {}]}} for n in range(40)]
    raw = as_json(*rows, 7, indent=2) + " \n"
    reader = open_reader(str(written(tmp_path / "a.json", raw)), Formats(), limit=True)
    found = list(reader.rows())
    assert [row.text for row in found] == [row["text"] for row in rows] + [None]
    assert "".join("".join(row.raw) for row in found) == raw


def test_a_value_without_an_end_is_not_read_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "LARGEST_VALUE", 1_000)
    monkeypatch.setattr(json_file, "_AT_ONCE", 100)
    done = call("clean", written(tmp_path / "a.json", '[{"text": "' + "x" * 10_000))
    assert done.exit_code == 2 and "longer than 1,000 characters" in done.stderr


# --- Where the text is

NESTED = {
    "title": THIRD,
    "article": {"body": f"{LONG}\n\n{OTHER}", "parts": [{"text": LONG, "n": 1}, {"n": 2}, {"text": OTHER}]},
    "dotted.name": OTHER,
    "list": [LONG, None, {"text": OTHER, "kind": "cell"}, ["deep"]],
}


@pytest.mark.parametrize(
    "fields, text",
    [
        (["article.body"], f"{LONG}\n\n{OTHER}"),
        (["dotted.name"], OTHER),
        (["title", "article.body"], f"{THIRD}\n\n{LONG}\n\n{OTHER}"),
        (["article.body", "title"], f"{LONG}\n\n{OTHER}\n\n{THIRD}"),
        (["title", "missing"], THIRD),
        (["article.parts.text"], f"{LONG}\n\n{OTHER}"),
        (["list"], f"{LONG}\n\n\n\n{OTHER}\n\ndeep"),
    ],
)
def test_fields(fields, text):
    assert document_of(pieces_of(NESTED, fields))[0] == text


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_is_restored_without_its_fields(tmp_path, name):
    rows = [{"n": n, "deep": {"body": [LONG, f"{OTHER} {n * 7}"]}} for n in range(3)]
    source = written(
        tmp_path / name, as_json(*rows) if name == "a.json" else "".join(f"{json.dumps(row)}\n" for row in rows)
    )
    done = call("clean", source, "-o", tmp_path / "b.jsonl", "--field", "deep.body", "--removed", tmp_path / "r")
    if name == "a.json":
        assert done.exit_code == 2
        done = call("clean", source, "-o", tmp_path / "b.json", "--field", "deep.body", "--removed", tmp_path / "r")
    assert done.exit_code == 0 and " 2 removed" in done.stderr
    assert call("restore", tmp_path / f"b{source.suffix}", "--removed", tmp_path / "r").stdout == source.read_text()


@pytest.mark.parametrize(
    "body", [None, [], {"parts": []}, {"parts": None}, {"parts": [None]}, {"parts": [{"p": None}]}]
)
def test_nothing_on_the_way_to_a_field_is_null(tmp_path, body):
    assert pieces_of({"body": body}, ["body.parts.p"]) == []
    raw = json.dumps({"body": body}) + "\n" + json.dumps({"body": {"parts": [{"p": LONG}, {"p": LONG}]}}) + "\n"
    done = call("clean", written(tmp_path / "a.jsonl", raw), "--field", "body.parts.p")
    assert (done.exit_code, done.stdout) == (0, '"p": ""'.join(raw.rsplit(f'"p": "{LONG}"', 1))), done.stderr
    for other in ({"body": {}}, {"body": {"parts": [{}]}}, {"bodies": body}, {"body": {"parts": 1}}):
        with pytest.raises(NoText):
            pieces_of(other, ["body.parts.p"])


def test_kinds_come_from_lists():
    assert [one.kind for one in document_of(pieces_of(NESTED, ["list"]))[1]] == ["text", "text", "cell", "text"]


@pytest.mark.parametrize(
    "fields, problem",
    [
        (["body"], "no field 'body'; it has 'title', 'article', 'dotted.name', 'list'"),
        (
            ["article"],
            "field 'article' is an object; expected a text or a list of paragraphs, as perhaps 'article.body'",
        ),
        (["article.parts.n"], "field 'article.parts.n' is no string"),
        (["article.parts"], "place 1 of field 'article.parts' is {'n': 2}, without `text`"),
    ],
)
def test_fields_that_hold_no_text(fields, problem):
    with pytest.raises(NoText) as raised:
        pieces_of(NESTED, fields)
    assert problem in str(raised.value)


def test_kinds_that_are_none():
    with pytest.raises(NoText, match="place 0 of field 'a' is of kind 'table'; expected one of text, heading"):
        pieces_of({"a": [{"text": "x", "kind": "table"}]}, ["a"])


@pytest.mark.parametrize("fields", [["a", "a"], ["a", "a.b"], ["a.b", "a"], [""]])
def test_fields_that_name_one_text_twice(fields):
    with pytest.raises(dedup.ConfigError):
        check_fields(fields)
    assert call("clean", "-", *[part for field in fields for part in ("--field", field)], input="{}").exit_code == 2


def test_several_fields_are_one_document(tmp_path):
    row = {"text": f"{OTHER}\n{LONG}", "n": 1, "title": LONG, "summary": f"{THIRD}\n\n{OTHER}"}
    source = written(tmp_path / "a.jsonl", json.dumps(row) + "\n")
    fields = [part for name in ("title", "summary", "text") for part in ("--field", name)]
    left = there_and_back(tmp_path, source, *fields, removed=2)
    assert json.loads(left) == row | {"text": ""} and left.count("\n") == 1
    found = [json.loads(line) for line in call("find", source, *fields).stdout.splitlines()]
    assert [record["paragraph"] for record in found] == [3, 4]


def test_nested_fields_and_lists_in_lists(tmp_path):
    source = written(tmp_path / "a.json", as_json(NESTED, NESTED, indent=2))
    left = json.loads(there_and_back(tmp_path, source, "--field", "article.body", removed=2))
    assert left == [NESTED, NESTED | {"article": NESTED["article"] | {"body": ""}}]
    left = json.loads(there_and_back(tmp_path, source, "--field", "article.parts.text", removed=2))
    parts = [{"text": "", "n": 1}, {"n": 2}, {"text": ""}]
    assert left == [NESTED, NESTED | {"article": NESTED["article"] | {"parts": parts}}]


LISTS = {
    "first": ([LONG, OTHER, LONG, THIRD], [LONG, OTHER, THIRD]),
    "last": ([LONG, OTHER, LONG], [LONG, OTHER]),
    "two": ([LONG, LONG, LONG], [LONG]),
    "missing": ([None, LONG, "", LONG], [None, LONG, ""]),
    "objects": ([{"text": LONG, "kind": "heading", "x": [1]}, {"kind": "text", "text": LONG}], [{"text": LONG, "kind": "heading", "x": [1]}]),
    "cells": ([{"text": LONG, "kind": "cell"}, {"text": OTHER}, {"text": LONG, "kind": "cell"}], None),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_of_paragraphs(tmp_path, name, indent):
    before, after = LISTS[name]
    source = written(tmp_path / "a.json", json.dumps({"id": 1, "text": before, "z": 0}, indent=indent))
    removed = len(before) - len(after or before)
    left = there_and_back(tmp_path, source, removed=removed)
    assert left == json.dumps({"id": 1, "text": after or before, "z": 0}, indent=indent)
    expected = dedup.clean(before)
    assert expected.paragraphs == (after or before) and len(expected.positions) == len(after or before)


def test_all_elements_may_go(tmp_path):
    rows = {"text": [LONG, OTHER]}, {"text": [LONG, OTHER]}
    left = there_and_back(
        tmp_path, written(tmp_path / "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows)), removed=2
    )
    assert [json.loads(line) for line in left.splitlines()] == [rows[0], {"text": []}]


def test_boilerplate_in_lists(tmp_path):
    rows = "".join(
        json.dumps({"text": [OTHER, f"{LONG} {n * 7}", {"text": OTHER, "kind": "cell"}]}) + "\n" for n in range(3)
    )
    source, out, record = written(tmp_path / "a.jsonl", rows), tmp_path / "b.jsonl", tmp_path / "r"
    done = call("clean", source, "-o", out, "--boilerplate", "3", "--removed", record)
    assert done.exit_code == 0 and "6 boilerplate" in done.stderr
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == [
        [f"{LONG} {n * 7}"] for n in range(3)
    ]
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0 and out.read_text() == rows


def test_lists_have_no_lines(tmp_path):
    source = written(
        tmp_path / "a.jsonl", json.dumps({"text": [LONG, LONG]}) + "\n" + json.dumps({"text": f"{LONG}\n{LONG}"})
    )
    done = call("clean", source, "--lines")
    assert done.exit_code == 2 and "row 1: --lines takes the lines of one text" in done.stderr
    assert json.loads(done.stdout.splitlines()[1]) == {"text": f"{LONG}\n"}


def test_notes_on_lists_name_the_paragraph(tmp_path):
    source = written(tmp_path / "a.json", json.dumps({"text": [LONG, OTHER, LONG]}, indent=2))
    noted = call("clean", source, "--annotate").stdout
    (note,) = json.loads(noted)["dedup"]
    assert note["paragraph"] == 2 and noted.startswith(source.read_text()[:-2]) and '],\n  "dedup": [{' in noted
    assert call("clean", written(tmp_path / "b.json", noted), "--annotate").stdout == noted.replace("a.json", "b.json")


def test_explain_and_tune_know_lists(tmp_path):
    source = written(tmp_path / "a.json", as_json({"text": ["", LONG, OTHER]}, {"text": [f"{LONG}\n\n{LONG}", LONG]}))
    done = call("explain", f"{source}:2:1")
    assert done.exit_code == 0 and f"paragraph    {LONG}" in done.stdout and "decision     exact" in done.stdout
    assert "all documents (2), 5 paragraphs" in call("tune", source).stderr
    assert '"size": 3' in call("find", source, "--clusters").stdout


def test_html_in_a_field_is_warned_of_once(tmp_path):
    page = f"<p>{LONG}</p>\n<p>{OTHER}</p><br>"
    source = written(tmp_path / "a.jsonl", "".join(json.dumps({"text": text}) + "\n" for text in (THIRD, page, page)))
    done = call("clean", source, "-o", tmp_path / "b.jsonl")
    assert done.exit_code == 0 and done.stderr.count("row 2 looks like HTML: its tags are taken for words") == 1
    plain = written(tmp_path / "a.json", json.dumps({"text": "a < b, c > d, <b>bold</b> words and <img> of old"}))
    assert "HTML" not in call("clean", plain, "-o", tmp_path / "c.json").stderr


# --- Parquet

STRUCT = pa.struct([("text", pa.string()), ("kind", pa.string()), ("box", pa.list_(pa.float32()))])


@pytest.mark.parametrize(
    "kind, rows, left",
    [
        (pa.string_view(), [LONG, None, LONG], [LONG, None, ""]),
        (pa.list_(pa.string()), [[LONG, OTHER], None, [LONG, None, THIRD], []], [[LONG, OTHER], None, [None, THIRD], []]),
        (pa.large_list(pa.large_string()), [[LONG], [LONG]], [[LONG], []]),
        (pa.list_(STRUCT), [[{"text": LONG, "kind": "text", "box": [0.1, 2]}, {"text": LONG, "kind": None, "box": None}]],
         [[{"text": LONG, "kind": "text", "box": [0.1, 2]}]]),
    ],
)  # fmt: skip
def test_columns_of_parquet(tmp_path, kind, rows, left):
    table = pa.table({"n": range(len(rows)), "text": pa.array(rows, kind)})
    for size in (1, 100):
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=size)
        done = call("clean", tmp_path / "a.parquet", "-o", tmp_path / "b.parquet", "--removed", tmp_path / "r")
        assert done.exit_code == 0 and " 1 removed" in done.stderr, done.stderr
        cleaned, whole = pq.read_table(tmp_path / "b.parquet"), pq.read_table(tmp_path / "a.parquet")
        assert cleaned.schema == whole.schema and cleaned["text"].to_pylist() == pa.array(left, kind).to_pylist()
        done = call("restore", tmp_path / "b.parquet", "--removed", tmp_path / "r", "-o", tmp_path / "c.parquet")
        assert done.exit_code == 0 and pq.read_table(tmp_path / "c.parquet").equals(whole)
        (tmp_path / "r").unlink()


@pytest.mark.parametrize("compression", ["none", "gzip", {"n": "none", "text": "snappy"}])
def test_columns_stay_compressed_as_they_were(tmp_path, compression):
    pq.write_table(pa.table({"n": [1, 2], "text": [LONG, LONG]}), tmp_path / "a.parquet", compression=compression)
    for option, out in (("--quiet", tmp_path / "b.parquet"), ("--annotate", tmp_path / "c.parquet")):
        done = call("clean", tmp_path / "a.parquet", "-o", out, option)
        assert done.exit_code == 0, done.stderr
        groups = [pq.ParquetFile(path).metadata.row_group(0) for path in (tmp_path / "a.parquet", out)]
        assert len({tuple(group.column(n).compression for n in (0, 1)) for group in groups}) == 1


def test_fields_of_parquet(tmp_path):
    article = pa.struct([("body", pa.string()), ("n", pa.int64())])
    rows = [{"body": f"{LONG}\n{OTHER}", "n": 2**60}, None, {"body": None, "n": 3}]
    table = pa.table(
        {
            "article": pa.array(rows, article),
            "title": [LONG, OTHER, THIRD],
            "when": pa.array([0] * 3, pa.timestamp("s")),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    fields = ["--field", "title", "--field", "article.body"]
    done = call("clean", tmp_path / "a.parquet", "-o", tmp_path / "b.parquet", "--removed", tmp_path / "r", *fields)
    assert done.exit_code == 0 and "2 removed" in done.stderr
    left = pq.read_table(tmp_path / "b.parquet").to_pydict()
    assert left["article"] == [{"body": OTHER, "n": 2**60}, *rows[1:]] and left["title"] == [LONG, "", THIRD]
    done = call("restore", tmp_path / "b.parquet", "--removed", tmp_path / "r", "-o", tmp_path / "c.parquet", *fields)
    assert done.exit_code == 0 and pq.read_table(tmp_path / "c.parquet").equals(pq.read_table(tmp_path / "a.parquet"))
    done = call("clean", tmp_path / "a.parquet", "--field", "when", "-o", tmp_path / "d.parquet")
    assert "column 'when' is of type timestamp[ms]; expected strings, or lists or structs of them" in done.stderr
