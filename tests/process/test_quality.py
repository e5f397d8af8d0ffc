"""The measurement of quality: what it counts, on pairs whose verdicts are plain."""

import json
import subprocess
import sys
from math import isclose

import pytest
from helpers import ROOT

from dedup.report.sample import wilson

SENTENCE = "The harbour office will open its doors again on the first Monday after the holidays"
PAIRS = [
    {"text_a": SENTENCE, "text_b": f"“{SENTENCE}”.", "label": "duplicate", "id": "right"},
    {"text_a": SENTENCE, "text_b": f"{SENTENCE}. Photo: Ann Reed", "label": "contained", "inner": "a", "weight": 3},
    {"text_a": f"{SENTENCE} of 2019", "text_b": f"{SENTENCE} of 2020", "label": "not", "lang_a": "en"},
    {"text_a": SENTENCE, "text_b": "Nothing of the kind was said", "label": "duplicate", "id": "missed"},
]


def run(*arguments):
    command = [sys.executable, ROOT / "benchmarks" / "quality.py", *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    "successes, trials, low, high",
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],  # after Newcombe, 1998
)
def test_wilson(successes, trials, low, high):
    found = wilson(successes, trials)
    assert isclose(found[0], low, abs_tol=5e-5) and isclose(found[1], high, abs_tol=5e-5)


def test_pairs_of_ones_own(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS), encoding="utf-8")
    result = run(path, "--pairs-only", "--misses")
    assert result.returncode == 0, result.stderr
    rows = {line[:26].strip(): line.split() for line in result.stdout.splitlines()}
    assert rows["all"][:6] == ["all", "4", "3", "1.00", "(0.34–1.00)", "0.67"]
    assert "0.80" in rows["all"]  # weighted: 4 of 5
    assert "missed: judged duplicate, found distinct" in result.stdout and "right: judged" not in result.stdout


def test_what_is_missing_is_named(tmp_path):
    result = run(tmp_path / "none.jsonl", "--generated", "400", "--labelled", tmp_path)
    assert result.returncode == 0, result.stderr
    for words in ("none.jsonl does not exist", "reuters21578 is left out", "400 made-up: pairs of J ≥ 0.7 proposed"):
        assert words in result.stdout
    (tmp_path / "bad.jsonl").write_text('{"text_a": "x", "text_b": "y", "label": "same"}\n')
    result = run(tmp_path / "bad.jsonl", "--pairs-only")
    assert result.returncode == 1 and "bad.jsonl:1: expected text_a, text_b, and label" in result.stderr


TEXTS = {
    "a.txt": [SENTENCE, "Rain fell on the roofs of the old town until the evening came", SENTENCE],
    "b.txt": [
        "Toll for a car and its driver on the bridge",
        "12 crowns",
        "Toll for a car and its driver on the bridge",
    ],
}
JUDGED = [
    {"page": "a.txt", "paragraph": 2, "text": SENTENCE, "verdicts": ["ok", "ok"]},
    {"page": "a.txt", "paragraph": 1, "text": TEXTS["a.txt"][1], "verdicts": ["right", "right"]},
    {"page": "b.txt", "paragraph": 2, "text": TEXTS["b.txt"][2], "verdicts": ["field", "field"]},
    {"page": "b.txt", "paragraph": 1, "text": "12 crowns", "verdicts": ["field", "ok"]},
]


def test_texts_of_ones_own(tmp_path):
    for name, paragraphs in TEXTS.items():
        (tmp_path / name).write_text("\n\n".join(paragraphs), encoding="utf-8")
    lines = {
        "judged": [{"other_page": row["page"], "other_paragraph": 0, **row} for row in JUDGED],
        "kinds": [{"id": "a", "kinds": ["p", "p", "p"]}, {"id": "b", "kinds": ["td", "td", "td"]}],
    }
    for name, rows in lines.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    named = "--texts", tmp_path, "--judged", tmp_path / "judged.jsonl", "--kinds", tmp_path / "kinds.jsonl"
    result = run(tmp_path / "none.jsonl", "--pairs-only", *named)
    assert result.returncode == 0, result.stderr
    assert "plain 2, with kinds 1" in result.stdout
    rows = {line.split("  ")[0]: line.split()[2:] for line in result.stdout.splitlines()}
    assert [rows["ok (goes)"][at] for at in (0, 1, 5)] == ["1", "1", "1"]
    assert [rows["right (stays)"][at] for at in (0, 1, 5)] == ["1", "0", "0"]
    assert [rows["field (stays)"][at] for at in (0, 1, 5)] == ["1", "1", "0"]
    changed = {line[:19].strip(): line[19:].split() for line in result.stdout.splitlines()}
    for name in ("a word put in", "a word taken out", "a word replaced", "two words swapped", "a digit changed"):
        assert changed[name][0] == "stays" and changed[name][2] == "0.000", name
    for name in ("in quotes", "in capitals", "one more sentence"):
        assert changed[name][0] == "goes" and changed[name][2] == "1.000", name
