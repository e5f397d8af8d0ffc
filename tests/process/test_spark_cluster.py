"""Spark on a cluster of processes: an executor is killed in the middle; the decisions are those of one machine, the bytes the same."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from spark_cluster import cluster, decided, executors, here, made_documents, session, skip_without_spark

skip_without_spark()
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning", "ignore::ResourceWarning")

from dedup.integrations import spark as integration  # noqa: E402


def written(result, folder):
    """The bytes of each part of the documents and of what was removed; Parquet's are not the same for the same rows."""
    for name, frame in result._asdict().items():
        frame.write.json(str(folder / name))
    parts = [path for path in sorted(folder.rglob("part-*")) if path.suffix == ".json"]
    return {(path.parent.name, path.name.split("-")[1]): path.read_bytes() for path in parts}


def test_a_killed_executor_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    documents = made_documents(200, seed=5)
    killed = []

    def kill():
        """Kill an executor once the first step is there."""
        while not list(Path(tmp_path, "checkpoints").rglob("texts/_SUCCESS")):
            time.sleep(0.1)
        killed.append(sorted(executors(tmp_path))[0])
        os.kill(killed[0], signal.SIGKILL)

    with cluster(tmp_path) as master, session(master, tmp_path, **{"spark.executor.memory": "600m"}) as spark:
        given = spark.createDataFrame(random.Random(2).sample(documents, len(documents)), "id string, text string")
        given.repartition(4).write.parquet(str(tmp_path / "given"))
        given = spark.read.parquet(str(tmp_path / "given"))
        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        result = integration.clean(given)
        thread.join(timeout=10)
        removed, texts = here(documents)
        assert killed and killed[0] not in executors(tmp_path)
        assert decided(result) == removed
        assert {row.id: row.text for row in result.documents.collect()} == texts
        bytes_of_one = written(result, tmp_path / "one")
        assert {name for name, _ in bytes_of_one} == {"documents", "removed"} and len(bytes_of_one) > 2
        assert written(integration.clean(given), tmp_path / "other") == bytes_of_one
