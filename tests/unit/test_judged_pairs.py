"""Pairs of made-up paragraphs, judged by a reader who knew nothing of the rules: a floor under how good decisions are.

verdict: which of the two may be removed, "a", "b", "both" or none ("keep"); a label such as "Read more:" says nothing
clear: whether readers would agree
"""

import json
from collections import defaultdict

import pytest
from helpers import ROOT

import dedup

PAIRS = [json.loads(line) for line in (ROOT / "tests/data/judged_pairs.jsonl").read_text(encoding="utf-8").splitlines()]


def judged(pair):
    """Say how the decision on a pair compares with the verdict: "right", "missed" or "wrong"."""
    found, verdict = dedup.compare(pair["a"], pair["b"]), pair["verdict"]
    if not found.is_duplicate:
        return "right" if verdict == "keep" else "missed"
    either = found.relation in ("exact", "near")  # then the later one is removed, whichever it is
    if verdict == "keep" or (verdict != "both" and found.inner != verdict and not either):
        return "wrong"
    return "right"


@pytest.fixture(scope="module")
def counts():
    found = defaultdict(list)
    for pair in PAIRS:
        if pair["clear"]:
            found[judged(pair), pair["verdict"] == "keep"].append(pair)
    return found


def test_the_pairs_are_whole():
    assert len(PAIRS) == len({(pair["a"], pair["b"]) for pair in PAIRS}) == 120
    assert {pair["verdict"] for pair in PAIRS} == {"a", "b", "both", "keep"}
    assert sum(pair["verdict"] == "keep" for pair in PAIRS) == 60


def test_what_must_be_kept_is_kept(counts):
    """But for one known exception: the same letters cut into other words, `re-sign` and `resign`."""
    wrong = counts["wrong", True] + counts["wrong", False]
    assert ["re-sign" in pair["a"] for pair in wrong] == [True], wrong


def test_repeats_are_found(counts):
    right, missed = counts["right", False], counts["missed", False]
    assert len(right) / len(right + missed) >= 0.75, missed
