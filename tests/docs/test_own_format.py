"""A format of one's own, added as the documentation says."""

import gzip
import json
import subprocess
import sys

import pytest
from helpers import LONG, OTHER, TESTS, tree

from dedup.io.formats import FORMATS

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


# --- A format more


def test_a_format_is_added_by_its_module_and_one_line(tmp_path):
    def run(*arguments, given=b""):
        script = str(TESTS / "list_format.py")
        command = [sys.executable, script, *map(str, arguments)]
        return subprocess.run(command, input=given, capture_output=True, cwd=tmp_path)

    whole = f"{LONG}\n{OTHER}\n“{LONG}”\nsomething new\n".encode()
    cleaned = f"{LONG}\n{OTHER}\n\nsomething new\n".encode()
    (tmp_path / "a.lst.gz").write_bytes(gzip.compress(whole))
    done = run("clean", "a.lst.gz", "-o", "b.LST", "--removed", "removed")
    assert done.returncode == 0 and b"4 documents, 4 paragraphs, 1 removed" in done.stderr
    assert (tmp_path / "b.LST").read_bytes() == cleaned
    record = json.loads((tmp_path / "removed").read_text())
    assert (record["document"], record["duplicate_of"]["document"]) == ("a.lst.gz:3", "a.lst.gz:1")
    assert run("restore", "b.LST", "--removed", "removed").stdout == whole

    assert run("clean", "-", "--format", "list", given=whole).stdout == cleaned
    assert run("clean", "-", "--format", "list", "-o", "out/", given=whole).returncode == 0
    assert tree(tmp_path / "out") == {"stdin.lst": cleaned}
    (tmp_path / "a.txt").write_bytes(whole)
    assert run("clean", "a.txt", "--format", "list", "--in-place").returncode == 0
    assert (tmp_path / "a.txt").read_bytes() == cleaned

    assert b"b.LST: a list has no place for notes" in run("clean", "b.LST", "--annotate").stderr
    assert b"b.LST is read as list, and no format becomes another" in run("clean", "b.LST", "-o", "c.jsonl").stderr
    page = run("reference").stdout.decode()
    packings = "`.gz` `.bz2` `.xz` `.zst` behind it"
    assert f"\n| `.lst` | `list` | a list: each line is a document | {packings} | yes | no |\n" in page
    named = "|".join(format.name for format in FORMATS)
    assert page.count(f"--format [{named}|list]") == page.count("--format [") == 5
    assert ".warc, .wet, .wat, .lst), or the first bytes, otherwise txt]" in " ".join(page.split())
