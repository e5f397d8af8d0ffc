"""Every example runs, and says what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dedup

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


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
    assert run("scrapy_project.py", out).startswith("6 articles, 73 paragraphs, 23 removed\n")
    texts = [json.loads(line)["text"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(texts) == 6 and sum(len(dedup.split_paragraphs(text)) for text in texts) == 73 - 23
    again = run("scrapy_project.py", out)  # the site has another port, so addresses that are new
    assert again.startswith("6 articles, 73 paragraphs, 72 removed\n")


def test_pandas():
    pytest.importorskip("pandas", reason="pandas is not installed")
    said = run("pandas_frame.py")
    assert (
        "01-swing-bridge.txt        4" in said and "50 paragraphs stay; as rows on their own 50 are different" in said
    )


def test_polars():
    pytest.importorskip("polars", reason="polars is not installed")
    said = run("polars_frame.py")
    assert said.startswith("73 paragraphs, ") and "01-swing-bridge.txt: row 2 repeats row 1: " in said


def test_arrow():
    pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    assert run("arrow_table.py").startswith("73 rows, ")


def test_every_example_is_run():
    tested = Path(__file__).read_text(encoding="utf-8")
    elsewhere = {"scrape.py"}  # in test_house.py
    assert all(path.name in elsewhere or f'run("{path.name}"' in tested for path in EXAMPLES.glob("*.py"))
