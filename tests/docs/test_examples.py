"""The examples run, and show what they are for."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import EXAMPLES

import dedup


def script(name, *arguments):
    command = [sys.executable, EXAMPLES / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def shell(name, tmp_path):
    """A shell script, for which `dedup` is the one that is tested."""
    (tmp_path / "dedup").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dedup "$@"\n')
    (tmp_path / "dedup").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["sh", EXAMPLES / name], capture_output=True, text=True, check=True, env=environment).stdout


def test_a_scraper():
    assert "exact" in script("scrape.py")


def test_extraction():
    pytest.importorskip("trafilatura", exc_type=ImportError)
    said = script("extract.py")
    assert said.count("drawn by two tugs") == 1 and said.count("We had practised with a wardrobe") == 1
    assert "April to September" in said and "October to March" in said
    assert said.count("evening letter") == 1 and "-- contained, stands in harbour.html" in said


def test_a_folder(tmp_path):
    assert shell("folder.sh", tmp_path).endswith("restored: as it was, byte for byte\n")


def test_a_filter(tmp_path):
    before, after, noted = shell("filter.sh", tmp_path).splitlines()
    assert (before, after) == ("106 words", "69 words")
    assert noted.startswith('{"rank":1e-1, "id":5, "body":"The clerks') and '"relation": "contained"' in noted


def test_a_data_frame(tmp_path):
    for name in ("pandas", "matplotlib"):
        pytest.importorskip(name)
    assert "73 paragraphs, 50 without repeats" in script("frame.py", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def run(name, *arguments):
    """What an example prints."""
    environment = {**os.environ, "DEDUP_ENGINE": "numpy", "PYTHONWARNINGS": "error::DeprecationWarning:__main__"}
    command = [sys.executable, EXAMPLES / name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and not done.stderr, done.stderr[-3000:]
    return done.stdout


def test_scrapy(tmp_path):
    pytest.importorskip("scrapy", reason="Scrapy is not installed")
    out = tmp_path / "articles.jsonl"
    assert run("scrapy_project.py", out).startswith("6 articles, 73 paragraphs, 24 removed\n")
    texts = [json.loads(line)["text"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(texts) == 6 and sum(len(dedup.split_paragraphs(text)) for text in texts) == 73 - 24
    again = run("scrapy_project.py", out)  # the site has another port, so addresses that are new
    assert again.startswith("6 articles, 73 paragraphs, 72 removed\n")


def test_pandas():
    pytest.importorskip("pandas", reason="pandas is not installed")
    said = run("pandas_frame.py")
    assert (
        "01-swing-bridge.txt        4" in said and "49 paragraphs stay; as rows on their own 49 are different" in said
    )


def test_polars():
    pytest.importorskip("polars", reason="polars is not installed")
    said = run("polars_frame.py")
    assert said.startswith("73 paragraphs, ") and "01-swing-bridge.txt: row 2 repeats row 1: " in said


def test_arrow():
    pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    assert run("arrow_table.py").startswith("73 rows, ")


def test_spark():
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    pytest.importorskip("pandas", reason="pandas is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which PySpark needs")
    said = script("spark_frame.py").splitlines()
    with dedup.Deduplicator() as seen:
        articles = [(path.name, path.read_text("utf-8")) for path in sorted((EXAMPLES / "corpus").glob("*.txt"))]
        removed = [(result.id, one) for result in seen.stream(articles) for one in result.removed]
    assert said[:-1] == [
        f"{id} {one.position}: {one.decision.relation} of {' '.join(map(str, one.decision.duplicate_of))}, {one.decision.reason}"
        for id, one in removed
    ]


def test_every_example_is_run():
    tested = Path(__file__).read_text(encoding="utf-8")
    scripts = [path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")]
    assert scripts and all(f'("{name}"' in tested for name in scripts)


def test_extraction_knows_kinds():
    pytest.importorskip("trafilatura", exc_type=ImportError)
    article = runpy.run_path(str(EXAMPLES / "extract.py"))["article"]
    body = "<p>The first ferry of the day now leaves the north pier at ten, says the office of the harbour.</p>"
    page = (
        f"<html><body><article><h1>The harbour of the town</h1>{body}<img src='a.jpg' alt='The north pier at dawn'>"
        "<pre><code>x = 1\n\ny = 2</code></pre><table><tr><th>Pier</th><td>North, <b>old</b></td></tr></table>"
        f"<ul><li>One item</li></ul><dl><dt>Term</dt><dd>Use <code>it</code> well</dd></dl>{body}</article></body></html>"
    )
    found = [(one.text, one.kind) for one in article(page)]
    expected = [("The harbour of the town", "heading"), ("The north pier at dawn", "caption"), ("x = 1\n\ny = 2", "code"),
                ("Pier", "cell"), ("North, old", "cell"), ("One item", "text"), ("Term", "cell"), ("Use it well", "cell")]  # fmt: skip
    assert [one for one in found if len(one[0]) < 60] == expected
    assert article("<p></p>") == []
