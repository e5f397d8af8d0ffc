"""Spark in local mode: the decisions of one machine, whatever is decided in rounds, and whatever in one task."""

import json
import os
import subprocess
import sys

import pytest
from helpers import ROOT
from spark_cluster import DOCUMENTS, decided, here, session, skip_without_spark

import dedup

skip_without_spark()
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning", "ignore::ResourceWarning")

from pyspark.errors import PythonException  # noqa: E402

from dedup.integrations import spark as integration  # noqa: E402
from dedup.integrations.spark import _decide  # noqa: E402


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEDUP_ENGINE", "numpy")
        with session("local[2]", tmp_path_factory.mktemp("spark")) as found:
            yield found


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")  # no test here is large enough for another


@pytest.fixture
def rounds(monkeypatch):
    """Nothing is left to one task, and buckets are large from few members on."""
    monkeypatch.setattr(_decide, "_FEW", 0)
    monkeypatch.setattr(_decide, "_WINDOW", 3)
    monkeypatch.setattr(_decide, "_HOT", 5)


def frame(spark, documents, kind="string"):
    shuffled = sorted(documents, key=lambda document: hash(str(document[0])[::-1]))
    return spark.createDataFrame(shuffled, f"id string, text {kind}")


@pytest.mark.parametrize("options", [{}, {"max_candidates": 2}, {"threshold": 0.5}, {"scope": "document"}])
def test_the_decisions_are_those_of_a_stream(spark, options):
    result = integration.clean(frame(spark, DOCUMENTS), **options)
    removed, texts = here(DOCUMENTS, **options)
    assert len(removed) > 20
    assert decided(result) == removed
    assert {row.id: row.text for row in result.documents.collect()} == texts


@pytest.mark.parametrize("most", [1000, 4])
def test_rounds_decide_as_one_task_does(spark, rounds, most):
    result = integration.clean(frame(spark, DOCUMENTS).repartition(3), max_candidates=most)
    assert decided(result) == here(DOCUMENTS, max_candidates=most)[0]


def test_lists_of_paragraphs_lose_items(spark):
    caption = "The harbour at dawn, seen from the old wall"
    first = [(caption, "caption"), ("A new school was opened by the mayor on a cold morning.", "text")]
    second = [
        ("1,200", "cell"),
        (caption, "text"),
        ("1,200", "cell"),
        ("Nobody knows who painted the long wall.", None),
    ]
    documents = [("a", first), ("b", second), ("c", None), ("d", [])]
    given = spark.createDataFrame(documents, "id string, text array<struct<text: string, kind: string>>")
    result = integration.clean(given)
    wanted = here(
        [(id, [dedup.Paragraph(text, kind or "text") for text, kind in held or []]) for id, held in documents]
    )[0]
    assert decided(result) == wanted and wanted.keys() == {("b", 1)}
    texts = {row.id: row.text and [one.text for one in row.text] for row in result.documents.collect()}
    assert texts == {"a": [caption, first[1][0]], "b": ["1,200", "1,200", second[3][0]], "c": None, "d": []}


def test_numbers_are_ordered_as_numbers(spark):
    text = "Five new bridges are planned for the valley"
    result = integration.clean(
        spark.createDataFrame([(10, text, 1.5), (9, text, 2.5)], "url long, body string, score double"), "url", "body"
    )
    assert decided(result) == {(10, 0): ("exact", (9, 0), "the same 8 words after folding")}
    assert sorted(map(tuple, result.documents.collect())) == [(9, text, 2.5), (10, "", 1.5)]


def test_an_index_comes_before_and_is_written(spark, tmp_path):
    half, there, theirs = len(DOCUMENTS) // 2, tmp_path / "one.index", tmp_path / "cluster.index"
    earlier, later = DOCUMENTS[:half], DOCUMENTS[half:]
    with dedup.Deduplicator(index=there) as seen:
        list(seen.stream(earlier))
    given = frame(spark, earlier)
    integration.to_index(given, integration.clean(given).removed, theirs)
    wanted = {key: value for key, value in here(DOCUMENTS)[0].items() if key[0] >= later[0][0]}
    for index in (there, theirs):
        assert decided(integration.clean(frame(spark, later), index=index)) == wanted
        with pytest.raises(dedup.errors.InputError, match=r"is in .*index already"):
            integration.clean(given, index=index)
    integration.to_index(frame(spark, later), integration.clean(frame(spark, later), index=theirs).removed, theirs)
    more = [(f"z{number}", text) for number, (_, text) in enumerate(DOCUMENTS[::3])]
    with dedup.Deduplicator(index=there) as one, dedup.Deduplicator(index=theirs) as cluster:
        list(one.stream(later))
        assert [result.removed for result in cluster.stream(more)] == [result.removed for result in one.stream(more)]


def test_what_cannot_be_is_said(spark):
    text = "Five new bridges are planned for the valley"
    with pytest.raises(dedup.errors.ConfigError, match="no column 'body'; expected one of id, text"):
        integration.clean(frame(spark, []), text="body")
    with pytest.raises(dedup.errors.InputError, match="column 'text' is int; expected string"):
        integration.clean(frame(spark, [], "int"))
    with pytest.raises(PythonException, match="two documents have the id 'a'; expected one row for each"):
        integration.clean(frame(spark, [("a", text), ("a", text)]))
    with pytest.raises(PythonException, match="a document has no id"):
        integration.clean(frame(spark, [(None, text)]))


def command(*arguments):
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    start = [sys.executable, "-W", "ignore", "-m", "dedup.integrations.spark", *map(str, arguments)]
    return subprocess.run(start, env=environment, capture_output=True, text=True, timeout=600)


def test_the_command_keeps_the_bytes_of_lines(tmp_path):
    lines = [
        '{"text": "Five new bridges are planned for the valley\\n\\nThe \\u006fld mill will be turned into a school",  "id": 2, "n": 1.00}',
        '{"id": 1, "text": "Five new bridges are planned for the valley"}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = command(tmp_path / "in.jsonl", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    written = "".join(path.read_text("utf-8") for path in sorted((tmp_path / "out" / "documents").glob("part-*")))
    assert written.splitlines() == [lines[1], lines[0].replace("Five new bridges are planned for the valley\\n\\n", "")]
    removed = "".join(path.read_text("utf-8") for path in sorted((tmp_path / "out" / "removed").glob("part-*")))
    assert json.loads(removed) == {
        "document": 2, "position": 0, "relation": "exact", "original": {"document": 1, "position": 0},
        "reason": "the same 8 words after folding",
    }  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out"]
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n')
    again = command(tmp_path / "in.jsonl", "-o", tmp_path / "out")
    assert again.returncode == 2 and "out is there already; expected" in again.stderr.splitlines()[-1]
    failed = command(tmp_path / "bad.jsonl", "-o", tmp_path / "none")
    assert failed.returncode == 2 and "no field 'text'" in failed.stderr.splitlines()[-1]
