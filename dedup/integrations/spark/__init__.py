"""Deduplicate a DataFrame of documents on a Spark cluster, with the decisions of one machine, bit for bit.

    from dedup.integrations import spark as dedup_spark

    spark.sparkContext.setCheckpointDir("hdfs:///tmp/checkpoints")
    documents, removed = dedup_spark.clean(spark.read.parquet("articles"), id="url", text="text")

Needs PySpark 4, which needs Java 17: pip install 'dedup-paragraphs[spark]'
"""

from ._clean import Cleaned, clean, to_index

__all__ = ["Cleaned", "clean", "to_index"]
