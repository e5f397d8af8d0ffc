"""The examples run, and show what they are for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


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
    assert "73 paragraphs, 51 without repeats" in script("frame.py", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
