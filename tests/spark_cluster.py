"""Spark for the tests: documents, sessions, a cluster of processes on loopback, and decisions side by side."""

import os
import random
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import ROOT

import dedup


def skip_without_spark():
    """Skip a module where there is no PySpark, or no Java."""
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'dedup-paragraphs[spark]'")
    pytest.importorskip("pandas", reason="pandas is not installed: pip install 'dedup-paragraphs[spark]'")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'dedup-paragraphs[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which PySpark needs", allow_module_level=True)


def made_documents(count, seed=3):
    """Make documents whose paragraphs repeat, contain, resemble each other and differ, within and across documents."""
    draw = random.Random(seed)
    verbs = ["sailed to", "closed", "painted", "left", "reached", "lost", "bought", "sold"]
    nouns = [
        "the old harbour",
        "the mill",
        "two bridges",
        "the school on the hill",
        "the station",
        "a ferry",
        "the museum",
    ]
    people = ["The mayor", "A painter", "The council", "Nobody", "The captain", "An engineer"]
    pool = [
        f"{draw.choice(people)} {draw.choice(verbs)} {draw.choice(nouns)} on a cold {draw.choice(['Monday', 'Friday'])} morning."
        for _ in range(40)
    ]
    documents = []
    for number in range(count):
        paragraphs = []
        for _ in range(draw.randint(1, 9)):
            text = draw.choice(pool)
            how = draw.randrange(9)
            if how == 0:
                text = f"{text} Photo: Ann Lee"
            elif how == 1:
                text = f"“{text.upper()}”"
            elif how == 2:
                text = f"{text} {draw.choice(pool)}"
            elif how == 3:
                text = f"The harbour at dawn, picture {draw.randrange(60)} of the long series by Ann Lee"
            elif how == 4:
                text = draw.choice(
                    ["Read more", "Back to top", "Share this page", "6 hours ago", "All rights reserved here"]
                )
            elif how == 5:
                text = f"{draw.choice(people)} said: {text} It was {draw.randrange(30)} degrees."
            paragraphs.append(text)
            if draw.random() < 0.2:
                paragraphs.append(text)
        documents.append((f"page-{number:03}", "\n\n".join(paragraphs)))
    return documents


DOCUMENTS = made_documents(120)
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m"


def here(documents, **options):
    """What one machine decides: what is removed and why, and the texts."""
    removed, texts = {}, {}
    with dedup.Deduplicator(**options) as seen:
        for result in seen.stream(sorted(documents, key=lambda document: document[0])):
            texts[result.id] = result.text
            for one in result.removed:
                decision = one.decision
                removed[result.id, one.position] = decision.relation, decision.duplicate_of, decision.reason
    return removed, texts


def decided(result):
    """What a cluster decided, as `here` has it."""
    rows = result.removed.collect()
    found = {(row.document, row.position): (row.relation, tuple(row.original), row.reason) for row in rows}
    assert len(found) == len(rows)
    return found


@contextmanager
def session(master, folder, **settings):
    """A Spark session, which ends with the block."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-java-options '{QUICK_START}' pyspark-shell"
    builder = SparkSession.builder.master(master).appName("tests of dedup")
    known = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "2", "spark.local.dir": str(folder / "local"),
        # A plan for few rows is quicker to interpret than to compile.
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false", "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }  # fmt: skip
    for name, value in {**known, **settings}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    spark.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
    try:
        yield spark
    finally:
        process = spark.sparkContext._gateway.proc
        spark.stop()
        stop_gateway(process)


def stop_gateway(process):
    """End the JVM of the driver, so that another session begins with another one."""
    from pyspark import SparkContext

    SparkContext._gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None
    process.stdin.close()
    process.wait(timeout=60)


@contextmanager
def cluster(folder, workers=2):
    """A standalone cluster on loopback: a master and workers of one core each, ended one by one; its address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "SPARK_WORKER_DIR": str(folder / "work"), "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK_START,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    }  # fmt: skip
    master = f"spark://127.0.0.1:{port}"
    classes = [["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]]
    classes += [
        ["worker.Worker", master, "--host", "127.0.0.1", "--cores", "1", "--memory", "700m", "--webui-port", "0"]
    ] * workers
    running = []
    try:
        for number, (name, *options) in enumerate(classes):
            log = (folder / f"{name}-{number}.log").open("wb")
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *options]
            running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            log.close()
        yield master
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def executors(folder):
    """The process ids of the executors whose working folders lie in a folder."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            said = (path / "cmdline").read_bytes()
            if b"CoarseGrainedExecutorBackend" in said and os.readlink(path / "cwd").startswith(str(folder)):
                found.add(int(path.name))
        except OSError:
            continue
    return found
