"""A folder of articles cleaned on Spark, here in local mode; what is removed, and why.

python examples/spark_frame.py [FOLDER]     needs pip install 'dedup-paragraphs[spark]' and Java 17
"""

import os
import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

from dedup.integrations import spark as dedup_spark

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "corpus"
articles = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))]

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # executors run the same Python
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", 2)
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
with tempfile.TemporaryDirectory() as steps:
    spark.sparkContext.setCheckpointDir(steps)
    result = dedup_spark.clean(spark.createDataFrame(articles, "id string, text string"))
    for row in result.removed.collect():
        print(
            f"{row.document} {row.position}: {row.relation} of {row.original.document} {row.original.position}, {row.reason}"
        )
    cleaned = {row.id: row.text for row in result.documents.collect()}
spark.stop()
before, after = sum(len(text) for _, text in articles), sum(map(len, cleaned.values()))
print(f"{len(articles)} articles, {before:,} characters, {after:,} stay")
