"""What the executors of Spark run, as functions over Arrow batches: without Spark, and without Java."""

import numpy as np
import pytest
from spark_cluster import DOCUMENTS, here

import dedup

pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'dedup-paragraphs[spark]'")
pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'dedup-paragraphs[parquet]'")

from dedup.integrations.spark import _finish, _index, _judge, _lines, _read, _write  # noqa: E402

CONFIG = dedup.Config(max_candidates=6)


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")


def read(documents, config=CONFIG, part=0):
    rows = pa.RecordBatch.from_pydict({"id": [id for id, _ in documents], "text": [text for _, text in documents]})
    return pa.Table.from_batches(_read.read_paragraphs([rows], part, config)).to_pylist()


def test_down_the_order_one_task_decides_as_the_stream_does():
    paragraphs = read(sorted(DOCUMENTS))
    numbers, nodes = {}, []
    for one in sorted(paragraphs, key=lambda one: one["at"]):
        if one["twin"] is None:
            tid = one["at"] if one["local"] else numbers.setdefault(one["say"], one["at"])
            names = ("at", "local", "keys", "text", "flags", "within")
            nodes.append({**{name: one[name] for name in names}, "tid": tid, "kept": None})
    found = pa.Table.from_batches(_finish.finish(pa.Table.from_pylist(nodes).to_batches(50), CONFIG)).to_pylist()
    kept = {row["at"] for row in found if row["kept"]}
    removed = {(one["id"], one["position"]) for one in paragraphs if one["at"] not in kept}
    assert removed == here(DOCUMENTS, max_candidates=6)[0].keys()


def test_the_first_of_each_bucket_come_from_many_batches(monkeypatch):
    draw = np.random.default_rng(1)
    keys, at = draw.integers(0, 9, 400_000), draw.permutation(400_000)
    rows = pa.RecordBatch.from_pydict({"key": keys, "at": at})
    batches = [rows.slice(begin, 1_000) for begin in range(0, 400_000, 1_000)]
    found = pa.Table.from_batches(_judge.first_of_buckets(batches, 5)).to_pydict()
    wanted = [(key, one) for key in range(9) for one in np.sort(at[keys == key])[:5].tolist()]
    assert list(zip(found["key"], found["at"], strict=True)) == wanted
    assert list(_judge.first_of_buckets([], 5)) == []


def test_parts_of_the_ids_follow_each_other():
    first, second = read(DOCUMENTS[:5]), read(DOCUMENTS[5:10], part=1)
    assert max(one["at"] for one in first) < min(one["at"] for one in second)
    assert len({one["at"] for one in first + second}) == len(first + second)


def test_an_index_comes_as_paragraphs(tmp_path):
    with dedup.Deduplicator(CONFIG, index=tmp_path / "kept.index") as seen:
        list(seen.stream(DOCUMENTS[:20]))
    before = pa.Table.from_batches(
        _index.entries_as_paragraphs(str(tmp_path / "kept.index"), pa.string(), CONFIG)
    ).to_pylist()
    removed = here(DOCUMENTS[:20], max_candidates=6)[0]
    kept = [
        one
        for one in sorted(read(DOCUMENTS[:20]), key=lambda one: one["at"])
        if one["twin"] is None and not one["local"] and (one["id"], one["position"]) not in removed
    ]
    names = ("id", "position", "words", "say", "keys", "text", "flags")
    assert [[one[name] for name in names] for one in before] == [[one[name] for name in names] for one in kept]
    assert all(one["at"] < 0 and one["simple"] for one in before)
    with pytest.raises(dedup.errors.InputError, match="has ids such as 'page-000'; expected int64"):
        list(_index.ids_of(str(tmp_path / "kept.index"), pa.int64(), CONFIG))


def test_lines_that_cannot_be_read_are_named():
    for line, said in [
        ('{"id": 1.5, "text": ""}', "field 'id' is 1.5"),
        ("[]", "no JSON object"),
        ('{"id": 1}', "no field 'text'"),
    ]:
        with pytest.raises(dedup.errors.InputError, match=said):
            list(_lines.parse_lines([pa.RecordBatch.from_pydict({"value": ["", line]})], "id", "text"))


def test_what_is_removed_is_cut():
    rows = pa.RecordBatch.from_pydict({"text": ["a b\n\nc d\n\ne f\n\ng h", "g", None], "gone": [[2, 0], None, None]})
    (found,) = _write.cleaned([rows], "text", "gone")
    assert found.to_pydict() == {"text": ["c d\n\ng h", "g", None]}
