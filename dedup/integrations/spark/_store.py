"""Where the steps of a run are kept: a folder that all executors see, so that a lost one costs its own work alone."""

from typing import Any
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession

from ...errors import ConfigError


class Store:
    """A folder of Parquet files under the session's checkpoint folder, one for each step."""

    def __init__(self, spark: SparkSession) -> None:
        """Raises ConfigError for a session without a checkpoint folder."""
        folder = spark.sparkContext.getCheckpointDir()
        if folder is None:
            raise ConfigError(
                "the Spark session has no checkpoint folder; expected one that all executors see. Set it: "
                'spark.sparkContext.setCheckpointDir("hdfs:///tmp/checkpoints")'
            )
        self._spark, self.path = spark, f"{folder}/dedup-{uuid4().hex}"

    def keep(self, name: str, frame: DataFrame) -> DataFrame:
        """Compute a step, and return it as it is read back: nothing before it is computed again."""
        path = f"{self.path}/{name}"
        frame.write.parquet(path)
        return self._spark.read.schema(frame.schema).parquet(path)

    def kept(self, name: str, first: int, last: int) -> DataFrame:
        """Return the steps `name`-first to `name`-last as one, whose plan is as short as that of each."""
        paths = [f"{self.path}/{name}-{number}" for number in range(first, last + 1)]
        schema = self._spark.read.parquet(paths[-1]).schema
        return self._spark.read.schema(schema).parquet(*paths)


def exists(spark: SparkSession, path: str) -> bool:
    """Tell whether there is a file or folder, wherever it is."""
    folder, system = _located(spark, path)
    return bool(system.exists(folder))


def remove(spark: SparkSession, path: str) -> None:
    """Remove a folder, wherever it is."""
    folder, system = _located(spark, path)
    system.delete(folder, True)


def _located(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """Return a path and the file system that it is on, as objects of Hadoop."""
    context: Any = spark.sparkContext
    folder = context._jvm.org.apache.hadoop.fs.Path(path)
    return folder, folder.getFileSystem(context._jsc.hadoopConfiguration())
