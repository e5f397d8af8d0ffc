"""Name the original of every paragraph that is removed: the strongest relation, and then the first in the order."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ._decide import Decided, document

_CANDIDATE = ("grade", "at", "relation", "jaccard")


def removals(paragraphs: DataFrame, decided: Decided) -> DataFrame:
    """Return id, position, relation, original, words and jaccard of every paragraph that is removed."""
    judged = paragraphs.filter("twin is null and not given")
    kept = decided.kept.select("at")
    gone = judged.filter("not local or not simple").join(kept, "at", "left_anti")
    here = _candidates(judged, kept)
    across = _originals(decided)
    shared = gone.filter("not local").select("at", "id", "position", "words", "say").join(across, "say", "left")
    earlier = F.filter("originals", lambda one: document(one["at"]) < document("at"))
    shared = shared.select("at", "id", "position", "words", F.array_min(earlier).alias("across"))
    apart = gone.filter("local").select(
        "at", "id", "position", "words", F.lit(None).cast(shared.schema["across"].dataType).alias("across")
    )
    named = shared.union(apart).join(here, "at", "left")
    named = named.select("id", "position", "words", F.least("across", "here").alias("named"))
    named = named.select("id", "position", "words", F.col("named.*"))
    places = paragraphs.select(
        "at", F.struct(F.col("id").alias("document"), F.col("position").cast("int").alias("position")).alias("original")
    )
    found = named.join(places, "at").select("id", "position", "relation", "original", "words", "jaccard")
    twins = paragraphs.filter("twin is not null")
    unjudged = twins.select(
        "id", "position", F.lit(3).cast("byte").alias("relation"),
        F.struct(F.col("id").alias("document"), F.col("twin").alias("position")).alias("original"),
        F.col("words"), F.lit(1.0).cast("float").alias("jaccard"),
    )  # fmt: skip
    return found.union(unjudged)


def _candidates(judged: DataFrame, kept: DataFrame) -> DataFrame:
    """Return of each paragraph the original in its own document that is named before others."""
    rows = judged.filter(F.size("within") > 0).select(F.col("at").alias("later"), F.inline("within"))
    stand = rows.join(kept.withColumn("kept", F.lit(True)), "at", "left").filter("certain or kept")
    return stand.groupBy("later").agg(F.min(F.struct(*_CANDIDATE)).alias("here")).withColumnRenamed("later", "at")


def _originals(decided: Decided) -> DataFrame:
    """Return of each text the first that is kept with it, and with each that says it."""
    first = decided.kept.filter("not local").groupBy("tid").agg(F.min("at").alias("at"))
    equal = first.select(
        "tid",
        F.lit(0).cast("byte").alias("grade"),
        "at",
        F.lit(3).cast("byte").alias("relation"),
        F.lit(1.0).cast("float").alias("jaccard"),
    )
    others = decided.edges.join(first.withColumnRenamed("tid", "original"), "original").filter("at <= upto")
    others = others.select(F.col("later").alias("tid"), *_CANDIDATE)
    every = equal.union(others).groupBy("tid").agg(F.collect_set(F.struct(*_CANDIDATE)).alias("originals"))
    return decided.texts.select("say", "tid").join(every, "tid").drop("tid")
