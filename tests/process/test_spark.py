"""Spark in local mode: the decisions of one machine, whatever is decided in rounds, and whatever in one task."""

import json
import os
import random
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
def numpy_rung(monkeypatch):
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
