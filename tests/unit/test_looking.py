"""What people look at: differences, samples of removals with their precision, the pairs at the boundaries."""

import json
import os
import re
from collections import Counter
from contextlib import closing

import pytest
from helpers import CORPUS, call

import dedup
from dedup.cli.main import output
from dedup.report import tune
from dedup.report.diff import marked, plain, word_diff
from dedup.report.kept_texts import KeptTexts, Shown
from dedup.report.sample import draw, judge, precision


@pytest.mark.parametrize(
    "a, b, shown",
    [
        ("It will close.", "It will not close.", "It will {+not+} close."),
        ("Up 3% in May", "Up 5% in May", "Up [-3%-] {+5%+} in May"),
        ("made-to-order shoes", "Made to order!", "made-to-order [-shoes-]"),
        ("The “old”\n mill", "THE OLD MILL", "The “old” mill"),
        ("首相は東京で会見", "首相は大阪で会見", "首相は[-東京-]{+大阪+}で会見"),
        ("one two three", "four five", "[-one two three-]{+four five+}"),
        ("", "new", "{+new+}"),
    ],
)
def test_differences(a, b, shown):
    assert marked(word_diff(a, b)) == shown


def test_what_would_move_a_cursor_is_not_printed():
    assert plain("a\x1b[2Jb\u202ec\td") == "a�[2Jb�c d"


def test_a_sample_is_a_fair_one_and_always_the_same():
    records = [{"paragraph": number} for number in range(40)]
    assert draw(records, 50) != records and sorted(r["paragraph"] for r in draw(records, 50)) == list(range(40))
    assert draw(iter(records), 7) == draw(records, 7) and len(draw(records, 7)) == 7
    # Every record is as likely: of lists of many lengths, each quarter gives about as many.
    quarters = [0] * 4
    for length in range(100, 300):
        for record in draw(({"paragraph": number} for number in range(length)), 20):
            quarters[4 * record["paragraph"] // length] += 1
    assert sum(quarters) == 4_000 and all(850 < times < 1_150 for times in quarters)


def test_judging_at_a_terminal(monkeypatch):
    monkeypatch.setattr(output, "_at_a_terminal", lambda: True)
    result = call("find", CORPUS, "--sample", "5", input="yxn?Yq")
    assert result.exit_code == 0
    assert "precision 66.7% (95% interval 20.8% to 93.9%): 2 of 3 removals right; 1 left open" in result.stdout
    assert "[5 of 5]" in result.stdout and result.stdout.count("kept  ") == 5
    assert "nothing judged" in call("find", CORPUS, "--sample", "5", input="q").stdout


def test_a_sample_of_one_relation_and_its_verdicts(monkeypatch, tmp_path):
    drawn = call("find", CORPUS, "--sample", "99", "--relation", "contained").stdout.splitlines()
    found = [json.loads(line)["relation"] for line in call("find", CORPUS).stdout.splitlines()]
    assert [json.loads(line)["relation"] for line in drawn] == ["contained"] * found.count("contained")
    monkeypatch.setattr(output, "_at_a_terminal", lambda: True)
    kept = tmp_path / "judged.jsonl"
    call("find", CORPUS, "--sample", "4", "--relation", "contained", "--verdicts", kept, input="yn?q")
    judged = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [one["verdict"] for one in judged] == ["right", "wrong", "open"]
    assert {"document", "paragraph", "text", "duplicate_of", "reason", "kept_text"} <= judged[0].keys()
    for option in ("--relation=near", "--verdicts=x"):
        assert "belongs to a sample" in call("find", CORPUS, option).stderr


def test_judge_goes_through_all():
    record = {"text": "x", "relation": "exact", "reason": "r", "document": "d", "paragraph": 0}
    record["duplicate_of"] = {"document": "elsewhere", "paragraph": 4}
    shown = []
    verdicts = judge(
        [Shown(record, None), Shown(record, "x")], lambda text: shown.append(text) or "y", lambda text, side: text
    )
    assert verdicts == ["y", "y"] and "in elsewhere, paragraph 4, which this run does not read" in shown[0]
    assert precision(Counter(verdicts)) == "precision 100.0% (95% interval 34.2% to 100.0%): 2 of 2 removals right"


def test_without_a_terminal_the_sample_is_json_lines(tmp_path):
    result = call("find", CORPUS, "--sample", "8")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(records) == 8 and re.search(r"\b2\d could be removed", result.stderr)
    assert result.stdout == call("find", CORPUS, "--sample", "8", "--jobs", "2").stdout
    for record in records:
        stand_in = record["duplicate_of"]
        text = (CORPUS / stand_in["document"]).read_bytes().decode()
        span = dedup.split_paragraphs(text)[stand_in["paragraph"]]
        assert record["kept_text"] == text[span.start : span.end]
        assert record["relation"] == dedup.compare(record["text"], record["kept_text"]).relation
    whole = [json.loads(line) for line in call("find", CORPUS).stdout.splitlines()]
    keys = whole[0].keys()
    assert all({key: record[key] for key in keys} in whole for record in records)


def test_samples_of_standard_input_and_of_lines():
    (record,) = map(
        json.loads, call("find", "--sample", "3", "-", input="A line of text\na line of text\n").stdout.splitlines()
    )
    assert record["kept_text"] == "A line of text"
    lines = "first line here\nyes\n\nanother line there\nyes\n"
    (record,) = map(json.loads, call("find", "--sample", "3", "--lines", "-", input=lines).stdout.splitlines())
    assert record["kept_text"] == "yes" and record["duplicate_of"]["paragraph"] == 1


def test_a_sample_needs_names_that_are_unique_and_a_page_a_sample(tmp_path):
    assert "would both be called" in call("find", CORPUS, CORPUS, "--sample", "3").stderr
    result = call("find", CORPUS, "--page", tmp_path / "page.html")
    assert result.exit_code == 2 and not (tmp_path / "page.html").exists()
    (tmp_path / "a.txt").write_text("A line of text\n\na line of text\n")
    result = call("find", tmp_path / "a.txt", "--sample", "1", "--page", tmp_path / "a.txt")
    assert result.exit_code == 2 and "expected a place for the page elsewhere" in result.stderr


HOSTILE = "<script>alert('1')</script> & <img src=x onerror=alert(2)> \u202e said the \"mayor\" of the town"


def test_a_name_that_is_no_utf_8(tmp_path):
    name = os.fsdecode(b"caf\xe9.txt")
    source = tmp_path / "in"
    source.mkdir()
    try:
        (source / name).write_text(f"{HOSTILE}\n\n{HOSTILE}\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    result = call("find", source)
    assert result.exit_code == 0 and json.loads(result.stdout)["document"] == name
    result = call("find", source, "--sample", "9", "--page", tmp_path / "page.html")
    assert result.exit_code == 0 and "caf�.txt, paragraph 1" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_tune_shows_both_sides_of_every_boundary(tmp_path):
    base = "the harbour office will open its doors again on the first monday after the long winter holidays said its new head"
    words = base.split()
    paragraphs = [
        base,
        " ".join(["The", *words[1:9], "of", *words[9:]]),  # a word more: near
        " ".join([*words[:5], "of", *words[5:11], "the", *words[11:]]),
        base.replace("first monday", "second monday"),
        base + " on 3 May in a long speech that many people heard and some of them liked very much indeed",
    ]
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs) + "\n")
    result = call("tune", tmp_path / "a.txt", "-n", "2")
    assert result.exit_code == 0, result.stderr
    parts = {part.split(" --")[0]: part for part in re.split(r"\n(?=\S)", result.stdout)}
    assert set(parts) == {"Just above", "Just below"}
    assert "a.txt 0 / a.txt 1" in parts["Just above"] and "{+of+}" in parts["Just above"]
    assert "both stay" in parts["Just below"] and "jaccard 0." in parts["Just below"]
    assert (
        "\x1b" not in result.stdout and "looked at all documents (1), 5 paragraphs; all similar pairs" in result.stderr
    )
    strict = call("tune", tmp_path / "a.txt", "-n", "99", "--threshold", "0.9").stdout
    assert strict.index("Just below --threshold 0.9") < strict.index("a.txt 0 / a.txt 1")


def test_tune_looks_at_no_more_than_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(tune, "MOST_PARAGRAPHS", 12)
    monkeypatch.setattr(tune, "MOST_COMPARED", 5)
    results = {call("tune", CORPUS).stdout for _ in range(2)}
    assert len(results) == 1
    seen = call("tune", CORPUS).stderr
    assert re.search(r"^looked at 1 documents drawn at random, 1\d paragraphs; ", seen)
    assert "12 documents drawn at random, 12 paragraphs" in call("tune", CORPUS, "--lines").stderr
    monkeypatch.setattr(tune, "MOST_PARAGRAPHS", 1_000)
    result = call("tune", CORPUS, "-n", "99")
    assert re.search(
        r"all documents \(6\), 73 paragraphs; of \d\d similar pairs 5, drawn at random, were compared", result.stderr
    )
    assert result.stdout.count("jaccard 0.") <= 5


def test_tune_names_what_it_cannot_read(tmp_path):
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    (tmp_path / "fine.txt").write_text("Nothing to compare with here\n")
    result = call("tune", tmp_path)
    assert (
        result.exit_code == 2 and "latin.txt: not UTF-8 text" in result.stderr and "all documents (1)" in result.stderr
    )


def test_explain_shows_what_differs():
    result = call("explain", "The council will close the library.", "The council will not close the library.")
    assert "difference   The council will {+not+} close the library." in result.stdout
    assert "not all of its words stand in the other in one piece" in result.stdout


def test_a_full_temporary_disk_is_named():
    with closing(KeptTexts()) as kept:
        kept._rows.execute("PRAGMA max_page_count = 2")
        with pytest.raises(dedup.CorpusError, match="TMPDIR"):
            for number in range(100):
                kept.add(str(number), text := f"{number} " * 1000, dedup.clean(text))
