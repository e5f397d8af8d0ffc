"""WARC and WET: conversion records are documents, all else passes byte for byte, lengths and digests are right again."""

import base64
import gzip
import hashlib
import io
import json
import sys

import pytest
from helpers import LONG, OTHER, THIRD, call

from dedup.io.formats import Formats, open_reader

warcio = pytest.importorskip("warcio", reason="warcio is not installed: pip install 'dedup-paragraphs[warc]'")
from warcio.archiveiterator import ArchiveIterator  # noqa: E402

HASHES = {
    "sha1": lambda body: "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode(),
    "sha256": lambda body: "sha256:" + hashlib.sha256(body).hexdigest(),
    "sha256 in base 32": lambda body: "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode(),
}


def record(kind, body, number=0, digest=HASHES["sha1"], **more):
    """A record as Common Crawl writes it."""
    raw = body.encode() if isinstance(body, str) else body
    headers = {"WARC-Type": kind, "WARC-Target-URI": f"https://example.org/{number}", "WARC-Date": "2025-01-01T00:00:00Z",
               "WARC-Record-ID": f"<urn:uuid:{number}>", "WARC-Block-Digest": digest(raw), "Content-Type": "text/plain",
               "Content-Length": len(raw), **more}  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + raw + b"\r\n\r\n"


def records(digest=HASHES["sha1"]):
    page = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{LONG}</p>"
    return [
        record("warcinfo", "software: by hand\r\n", digest=digest),
        record("conversion", f"{LONG}\n{OTHER}\nGröße\n", 1, digest, **{"WARC-Payload-Digest": digest(f"{LONG}\n{OTHER}\nGröße\n".encode())}),
        record("response", page, 2, digest),
        record("conversion", f"{OTHER}\n{THIRD}\n", 3, digest),
        record("conversion", f"{LONG}\n", 4, digest),
        record("metadata", "a: b\r\n", 5, digest),
    ]  # fmt: skip


def checked(raw):
    """The texts of conversion records, whose lengths and digests warcio finds right."""
    found = {}
    for one in ArchiveIterator(io.BytesIO(raw), check_digests="raise"):
        body = one.raw_stream.read().decode()
        if one.rec_type == "conversion":
            found[one.rec_headers.get_header("WARC-Target-URI")] = body
    return found


@pytest.mark.parametrize("name", ["a.wet", "a.warc", "a.warc.wet.gz", "a.warc.gz", "a.wet.xz"])
@pytest.mark.parametrize("digest", sorted(HASHES))
def test_there_and_back(tmp_path, name, digest):
    from packing import PACKING

    whole = records(HASHES[digest])
    source, out, record = tmp_path / name, tmp_path / f"out-{name}", tmp_path / "r"
    pack, unpack = PACKING[name[-3:] if name.endswith((".gz", ".xz")) else ""]
    members = name.endswith(".gz")
    packed = list(map(gzip.compress, whole))
    source.write_bytes(b"".join(packed) if members else pack(b"".join(whole)))
    done = call("clean", source, "-o", out, "--removed", record)
    assert done.exit_code == 0 and "3 documents, 6 paragraphs, 2 removed" in done.stderr, done.stderr
    left = unpack(out.read_bytes())
    assert checked(left) == {
        "https://example.org/1": f"{LONG}\n{OTHER}\nGröße\n",
        "https://example.org/3": f"{THIRD}\n",
        "https://example.org/4": "",
    }
    assert left.startswith(b"".join(whole[:3])) and left.endswith(whole[5])
    if members:  # each a member of its own, and those that nothing was cut from are as they were
        assert out.read_bytes().startswith(b"".join(packed[:3]))
        assert len(checked(out.read_bytes())) == 3
    found = [json.loads(line) for line in record.read_text().splitlines()]
    assert [(one["document"], one["duplicate_of"]["document"]) for one in found] == [
        ("https://example.org/3", "https://example.org/1"),
        ("https://example.org/4", "https://example.org/1"),
    ]
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0
    assert unpack(out.read_bytes()) == b"".join(whole)


def test_standard_input(tmp_path):
    raw = b"".join(records())
    done = call("clean", "-", input=raw)
    assert done.exit_code == 0 and checked(done.stdout_bytes)["https://example.org/4"] == ""
    packed = call("clean", "-", "--format", "warc", input=b"".join(map(gzip.compress, records())))
    assert packed.exit_code == 0 and packed.stdout_bytes == done.stdout_bytes
    (tmp_path / "crawl").write_bytes(raw)
    assert call("clean", tmp_path / "crawl").stdout_bytes == done.stdout_bytes


def test_notes_are_a_header(tmp_path):
    source = tmp_path / "a.wet"
    source.write_bytes(b"".join(records()))
    noted = call("clean", source, "--annotate").stdout_bytes
    assert checked(noted) == checked(source.read_bytes())
    notes = [one.rec_headers.get_header("Dedup") for one in ArchiveIterator(io.BytesIO(noted))]
    assert notes[0] is None and notes[1] == "[]" and json.loads(notes[3])[0]["relation"] == "exact"
    (tmp_path / "b.wet").write_bytes(noted)
    assert call("clean", tmp_path / "b.wet", "--annotate").stdout_bytes == noted


def test_explain_takes_the_number_of_a_record(tmp_path):
    (tmp_path / "a.wet").write_bytes(b"".join(records()))
    done = call("explain", f"{tmp_path / 'a.wet'}:4:0")
    assert f"paragraph    {OTHER}" in done.stdout and "https://example.org/1, paragraph 1" in done.stdout
    done = call(
        "clean", tmp_path / "a.wet", "-o", tmp_path / "b.wet", "--boilerplate", "2", "--removed", tmp_path / "r"
    )
    assert done.exit_code == 0 and "4 boilerplate" in done.stderr
    assert (
        call("restore", tmp_path / "b.wet", "--removed", tmp_path / "r").stdout_bytes
        == (tmp_path / "a.wet").read_bytes()
    )


def test_a_record_that_was_cut_short_is_named(tmp_path):
    raw = b"".join([record("conversion", f"{LONG}\n", 1), record("conversion", f"{OTHER}\n{THIRD}\n", 2)])[:-20]
    (tmp_path / "a.wet").write_bytes(raw)
    done = call("clean", tmp_path / "a.wet")
    length = len(f"{OTHER}\n{THIRD}\n")
    assert done.exit_code == 2 and done.stdout_bytes == raw
    assert (
        f"row 2: it is shorter than its length says, {length - 16} of {length} bytes; get the file again" in done.stderr
    )


def test_a_record_in_another_encoding_is_not_read_in_it(tmp_path):
    (tmp_path / "a.wet").write_bytes(record("conversion", "“Café”".encode("cp1252"), 1))
    done = call("clean", tmp_path / "a.wet")
    assert "row 1: not UTF-8 text (byte 0); expected UTF-8, as WET is; extract its text again" in done.stderr
    assert "--encoding" not in done.stderr and "iconv" not in done.stderr


def test_records_that_are_not_as_they_say_stay(tmp_path):
    body = f"{LONG}\n"
    wrong = [
        record("conversion", body, 2, lambda _: "sha1:AAAA"),
        record("conversion", body, 3, lambda _: "crc9:1234"),
        record("conversion", "caf\udce9".encode("utf-8", "surrogateescape"), 4),
        record("conversion", body, 5, **{"Content-Length": f"0{len(body)}"}),
    ]
    raw = b"".join([record("conversion", body, 1), *wrong, record("conversion", body, 6)])
    (tmp_path / "a.wet").write_bytes(raw)
    done = call("clean", tmp_path / "a.wet")
    assert (
        done.exit_code == 2
        and "4 rows are left unchanged; row 2: its digest sha1:AAAA is not that of its" in done.stderr
    )
    assert b"".join(wrong) in done.stdout_bytes and "1 removed" in done.stderr
    problems = [row.problem for row in open_reader(str(tmp_path / "a.wet"), Formats(), limit=True).rows()][2:5]
    for problem, expected in zip(
        problems, ["of no kind that is known", "not UTF-8 text", "its length is spelled 0"], strict=True
    ):
        assert expected in problem


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_warc_is_named_before_anything_is_decided(tmp_path, packed):
    broken = {
        "length.wet": [record("conversion", LONG, 1, **{"Content-Length": 5}), *records()],
        "cut.wet": [*records(), record("conversion", LONG, 9)[:-20]],
        "text.wet": [f"{LONG}\n{LONG}\n".encode()],
    }
    (tmp_path / "in").mkdir()
    for name, parts in broken.items():
        raw = b"".join(map(gzip.compress, parts)) if packed else b"".join(parts)
        (tmp_path / "in" / (name + ".gz" * packed)).write_bytes(raw)
    done = call("clean", tmp_path / "in", "-o", tmp_path / "out")
    assert done.exit_code == 2 and done.stderr.count("; skipped") >= 2, done.stderr
    assert b"WARNING" not in done.stderr.encode()


def test_a_file_without_texts_says_so(tmp_path):
    page = record("response", f"HTTP/1.1 200 OK\r\n\r\n<p>{LONG}</p>\n<p>{LONG}</p>")
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(page))
    done = call("clean", tmp_path / "a.warc.gz", "-o", tmp_path / "b.warc.gz")
    assert done.exit_code == 2 and "no record of it is a conversion, as in WET; extract texts" in done.stderr
    assert (tmp_path / "b.warc.gz").read_bytes() == (tmp_path / "a.warc.gz").read_bytes()


def test_one_member_of_many_records_is_named(tmp_path):
    (tmp_path / "a.wet.gz").write_bytes(gzip.compress(b"".join(records())))
    done = call("clean", tmp_path / "a.wet.gz")
    assert done.exit_code == 2 and "warcio recompress" in done.stderr


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.wet").write_bytes(b"".join(records()))
    monkeypatch.setitem(sys.modules, "dedup.io.formats._warc_records", None)
    done = call("clean", tmp_path / "a.wet")
    assert done.exit_code == 2 and "the extra warc: pip install 'dedup-paragraphs[warc]'" in done.stderr
