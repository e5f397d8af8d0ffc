"""The blocks of docs/spark.md run as they stand there."""

import os
import re
import subprocess
import sys

import pytest
from helpers import ROOT
from spark_cluster import DOCUMENTS, decided, here, session, skip_without_spark

import dedup

skip_without_spark()
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning", "ignore::ResourceWarning")

BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", (ROOT / "docs" / "spark.md").read_text("utf-8"), re.DOTALL)
HALF = len(DOCUMENTS) // 2


def test_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    first, program, second = BLOCKS
    assert [first[0], program[0], second[0]] == ["python", "sh", "python"]
    with session("local[2]", tmp_path) as spark:
        names = {
            "spark": spark, "checkpoints": str(tmp_path / "steps"), "target": str(tmp_path / "cleaned"),
            "index": str(tmp_path / "kept.index"),
            "articles": spark.createDataFrame(DOCUMENTS[:HALF], "url string, text string"),
            "more_articles": spark.createDataFrame(DOCUMENTS[HALF:], "url string, text string"),
        }  # fmt: skip
        for _, block in (first, second):
            exec(compile(block, "docs/spark.md", "exec"), names)
        wanted = here(DOCUMENTS)[0]
        assert decided(names["result"]) | decided(names["later"]) == wanted
        assert spark.read.parquet(f"{tmp_path}/cleaned/removed").count() == names["result"].removed.count()
        with dedup.Deduplicator(index=names["index"]) as seen:
            assert seen.clean(DOCUMENTS[0][1], id="another").text == ""


def test_the_program_runs(tmp_path):
    (tmp_path / "articles.jsonl").write_text('{"id": "a", "text": "The ferry has sailed at nine."}\n' * 1, "utf-8")
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    program = BLOCKS[1][1].replace("python ", f"{sys.executable} ", 1)
    done = subprocess.run(
        ["sh", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "cleaned" / "documents").glob("part-*"))
