"""The rule by rounds: of the paragraphs that are undecided, all those are decided whose originals are known.

Equal texts are one: `tid` is the number of the first paragraph with a text, by which the text is known. Of those with
one text only the first can be kept that has no original in its own document: it is kept, or goes with an original in an
earlier document, as all later ones do. So there are few paragraphs to be decided, the *nodes*: of each text that first
one, those before it that have originals in their own document, and all such that are compared in their document only.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ...config import Config
from ._finish import finish
from ._judge import first_of_buckets, judge_pairs
from ._read import RANK_BITS
from ._store import Store

# Of a larger bucket not all pairs are formed: its first ones are decided, then the others are compared with those kept.
_WINDOW = 64
_HOT = 4096  # members of a bucket that one task compares with its first ones
_FEW = 50_000  # undecided paragraphs that one task decides

_EDGES = "later long, original long, upto long, grade byte, relation byte, jaccard float"
_EVER = (1 << 63) - 1


class Decided(NamedTuple):
    """What is kept, and how it is found.

    kept: at, tid, of every node that is kept; members: at, tid, say of every text
    edges: of texts, `original` says what `later` says, and is found where it is kept until `upto` in the order
    """

    kept: DataFrame
    texts: DataFrame
    edges: DataFrame


def document(at: Column | str) -> Column:
    """Return the document of a place in the order, as a number."""
    return F.shiftright(at, RANK_BITS)


def decide(paragraphs: DataFrame, config: Config, store: Store) -> Decided:
    """Decide the paragraphs that `read_paragraphs` gives, all but those with a twin, and those given as kept before."""
    judged = paragraphs.filter("twin is null")
    texts, nodes = _nodes(judged, store)
    within = store.keep("within", _within(judged))
    rows = store.keep("rows", nodes.filter("not local").select("at", "tid", "last", F.explode("keys").alias("key")))
    sizes = rows.groupBy("key").count()
    crowded = store.keep(
        "crowded", sizes.filter((F.col("key") >= 0) & (F.col("count") > min(_WINDOW, config.max_candidates)))
    )
    few = rows.join(crowded, "key", "left_anti")
    several = crowded.join(rows, "key").withColumn("share", _share("at", "count"))
    several = store.keep("several", several)
    pairs = store.keep("pairs-0", _all_pairs(few))
    compared = pairs.select(F.col("later").alias("at")).union(pairs.select("original")).union(several.select("tid"))
    by_text = judged.select("at", "text", "flags").join(compared.distinct(), "at", "left_semi")
    by_text = store.keep("compared", by_text)  # of all texts these alone are moved
    edges = store.keep("edges-0", _judged(pairs, by_text, config))
    given = nodes.filter("given").select("at", "tid", "local")
    open_, kept = nodes.filter("not given").select("at", "tid", "local"), given
    many, left, parted = not several.isEmpty(), several, None
    window, rounds = min(_WINDOW, config.max_candidates), 0
    while count := open_.count():
        if count <= _FEW:
            last = store.keep("last", _last(open_, kept, rows, crowded, by_text, within, config))
            kept = kept.union(open_.join(last.filter("kept"), "at", "left_semi"))
            edges = edges.union(last.filter("later is not null").select(*edges.columns))
            break
        rounds += 1
        unsettled = None
        if many:
            heads = _heads(left.join(kept.select("at", F.lit(True).alias("kept")), "at", "left"), window)
            heads = store.keep(f"heads-{rounds}", heads)
            pairs = store.keep(f"pairs-{rounds}", _new(_pairs_with(heads, left), parted))
            store.keep(f"edges-{rounds}", _judged(pairs, by_text, config))
            edges, parted = store.kept("edges", 0, rounds), store.kept("pairs", 1, rounds)
            unsettled = _unsettled(heads, left, window, config.max_candidates)
        open_ = store.keep(f"state-{rounds}", _round(open_, kept, edges, within, unsettled))
        open_ = open_.filter("state = 0").select("at", "tid", "local")
        known = store.kept("state", 1, rounds)
        kept = given.union(known.filter("state = 1").select("at", "tid", "local"))
        left = several.join(known.filter("state = 2").select("at"), "at", "left_anti")
        window = min(2 * window, config.max_candidates)
    if many:
        edges = edges.union(store.keep("edges-last", _named(nodes, kept, several, parted, by_text, config)))
    return Decided(kept, texts, edges)


def _new(pairs: DataFrame, parted: DataFrame | None) -> DataFrame:
    """Leave out the pairs that were judged."""
    return pairs if parted is None else pairs.join(parted, ["later", "original", "upto"], "left_anti")


def _last(
    open_: DataFrame,
    kept: DataFrame,
    rows: DataFrame,
    crowded: DataFrame,
    by_text: DataFrame,
    within: DataFrame,
    config: Config,
) -> DataFrame:
    """Decide in one task what is left, with all that is kept that may be found by it."""
    own = rows.join(open_.select("at"), "at", "left_semi")
    near = rows.join(own.select("key").distinct(), "key", "left_semi").join(kept.select("at"), "at", "left_semi")
    heads = near.join(crowded, "key").withColumn("kept", F.lit(True))
    near = near.join(crowded, "key", "left_anti").select("at", "key")
    near = near.union(_heads(heads, config.max_candidates).select("at", "key"))
    keys = own.select("at", "key").union(near).groupBy("at").agg(F.collect_list("key").alias("keys"))
    nodes = open_.withColumn("kept", F.lit(None).cast("boolean"))
    nodes = nodes.union(kept.join(near, "at", "left_semi").withColumn("kept", F.lit(True)))
    sure = within.join(open_.select(F.col("at").alias("later")), "later", "left_semi")
    sure = sure.join(kept.select("at", F.lit(True).alias("sure")), "at", "left")
    one = F.struct("at", (F.col("certain") | F.coalesce("sure", F.lit(False))).alias("certain"))
    originals = sure.groupBy(F.col("later").alias("at")).agg(F.collect_list(one).alias("within"))
    whole = (
        nodes.join(by_text.withColumnRenamed("at", "tid"), "tid", "left")
        .join(keys, "at", "left")
        .join(originals, "at", "left")
    )
    whole = whole.withColumn("keys", F.coalesce("keys", F.array().cast("array<long>")))
    ordered = whole.repartition(1).sortWithinPartitions("at")
    return ordered.mapInArrow(partial(finish, config=config), f"at long, kept boolean, {_EDGES}")


def _named(
    nodes: DataFrame, kept: DataFrame, several: DataFrame, parted: DataFrame | None, by_text: DataFrame, config: Config
) -> DataFrame:
    """Judge the texts that are removed with all that is kept in their large buckets, as an earlier one may be named."""
    gone = nodes.filter("not local").select("at").join(kept.select("at"), "at", "left_anti")
    rows = several.join(gone, "at", "left_semi")
    stand = several.join(kept.select("at", F.lit(True).alias("kept")), "at").join(
        rows.select("key").distinct(), "key", "left_semi"
    )
    pairs = _pairs_with(_heads(stand, config.max_candidates), rows)
    return _judged(_new(pairs, parted), by_text, config)


def _nodes(judged: DataFrame, store: Store) -> tuple[DataFrame, DataFrame]:
    """Return the different texts, and the nodes."""
    shared = judged.filter("not local")
    first = F.min(F.when(F.col("simple"), F.col("at"))).alias("first")
    texts = shared.groupBy("say").agg(F.min("at").alias("tid"), first, F.max("at").alias("last"))
    texts = store.keep("texts", texts)
    columns = ["at", "say", "keys", "given"]
    alone = texts.filter("first is not null").select(F.col("first").alias("at"))
    ones = shared.filter("simple and not given").select(columns).join(alone, "at", "left_semi")
    others = shared.filter("not simple or given").select(columns).join(texts.select("say", "first"), "say")
    before = F.col("given") | F.col("first").isNull() | (document("at") <= document("first"))
    nodes = ones.union(others.filter(before).select(columns))
    nodes = nodes.join(texts.select("say", "tid", "last"), "say").drop("say").withColumn("local", F.lit(False))
    apart = judged.filter("local and not simple").select(
        "at", F.col("at").alias("tid"), F.col("at").alias("last"), "keys", "given"
    )
    return texts, store.keep("nodes", nodes.unionByName(apart.withColumn("local", F.lit(True))))


def _within(judged: DataFrame) -> DataFrame:
    return judged.filter(F.size("within") > 0).select(F.col("at").alias("later"), F.inline("within"))


def _all_pairs(rows: DataFrame) -> DataFrame:
    """Return the pairs of texts in small buckets of which one may be found by the other."""
    ones = rows.select("key", F.col("tid").alias("later"), F.col("last"))
    others = rows.select("key", F.col("tid").alias("original"), F.col("at"))
    pairs = ones.join(others, "key").filter((F.col("later") != F.col("original")) & (document("at") < document("last")))
    keyed = F.max(F.col("key") >= 0).alias("keyed")
    return pairs.groupBy("later", "original").agg(F.lit(_EVER).alias("upto"), keyed)


def _share(at: str, count: str) -> Column:
    """Return by which task a member of a bucket is compared with its first ones."""
    return F.pmod(F.xxhash64(at), F.ceil(F.col(count) / _HOT))


def _heads(rows: DataFrame, window: int) -> DataFrame:
    """Return the first of every bucket that are not removed; in each task first, so that few are sent."""
    columns = rows.select("key", "at", "tid", "count", F.coalesce("kept", F.lit(False)).alias("kept"))

    def first(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return first_of_buckets(batches, window)

    few = columns.mapInArrow(first, columns.schema)
    return few.repartition("key").mapInArrow(first, columns.schema)


def _spread(heads: DataFrame) -> DataFrame:
    """Return the first ones of each bucket once for every task that compares others with them."""
    return heads.withColumn("share", F.explode(F.sequence(F.lit(0), F.ceil(F.col("count") / _HOT).cast("int") - 1)))


def _pairs_with(heads: DataFrame, rows: DataFrame) -> DataFrame:
    """Return the pairs of the first ones with each other, and with what is kept of them those of all others."""
    ends = heads.groupBy("key").agg(F.max("at").alias("end"))
    first = _spread(heads.join(ends, "key")).select(
        "key",
        F.col("share").cast("long").alias("share"),
        F.col("at").alias("head"),
        F.col("tid").alias("original"),
        "kept",
        "end",
    )
    ones = rows.select("key", "share", "at", F.col("tid").alias("later"), "last")
    pairs = ones.join(first, ["key", "share"]).filter(
        (F.col("later") != F.col("original"))
        & (document("head") < document("last"))
        & (F.col("kept") | ((F.col("at") <= F.col("end")) & (F.col("head") < F.col("at"))))
    )
    return pairs.groupBy("later", "original").agg(F.max("head").alias("upto"), F.lit(True).alias("keyed"))


def _unsettled(heads: DataFrame, rows: DataFrame, window: int, most: int) -> DataFrame:
    """Return the members of buckets of which it is not known yet what of them comes first."""
    ends = heads.groupBy("key").agg(
        F.max("at").alias("end"), F.count("*").alias("there"), F.sum(F.col("kept").cast("int")).alias("sure"),
        F.max("count").alias("count"),
    )  # fmt: skip
    waiting = ends.filter((F.col("there") == window) & (F.col("sure") < most))
    waiting = _spread(waiting).select("key", F.col("share").cast("long").alias("share"), "end")
    return rows.join(waiting, ["key", "share"]).filter("at > end").select("at").distinct()


def _judged(pairs: DataFrame, by_text: DataFrame, config: Config) -> DataFrame:
    """Judge pairs of texts; the texts of those that occur are fetched."""
    others = by_text.select(
        F.col("at").alias("original"), F.col("text").alias("other_text"), F.col("flags").alias("other_flags")
    )
    whole = pairs.join(by_text.withColumnRenamed("at", "later"), "later").join(others, "original")
    return whole.mapInArrow(partial(judge_pairs, config=config), _EDGES)


def _round(
    open_: DataFrame, kept: DataFrame, edges: DataFrame, within: DataFrame, unsettled: DataFrame | None
) -> DataFrame:
    """Decide what can be decided: state 1 is kept, 2 removed, 0 undecided."""
    known = kept.withColumn("sure", F.lit(True)).union(open_.withColumn("sure", F.lit(False)))
    first = (
        F.min(F.when(F.col("sure"), F.col("at"))).alias("kept_at"),
        F.min(F.when(~F.col("sure"), F.col("at"))).alias("open_at"),
    )
    stand = known.filter("not local").groupBy("tid").agg(*first)
    there = edges.join(stand.withColumnRenamed("tid", "original"), "original")
    across = there.groupBy(F.col("later").alias("tid")).agg(
        F.min(F.when(F.col("kept_at") <= F.col("upto"), F.col("kept_at"))).alias("other_kept"),
        F.min(F.when(F.col("open_at") <= F.col("upto"), F.col("open_at"))).alias("other_open"),
    )
    own = within.join(open_.select(F.col("at").alias("later")), "later", "left_semi").join(
        known.select("at", "sure"), "at", "left"
    )
    own = own.groupBy(F.col("later").alias("at")).agg(
        F.max(F.col("certain") | F.coalesce("sure", F.lit(False))).alias("own_kept"),
        F.max(F.coalesce(~F.col("sure"), F.lit(False))).alias("own_open"),
    )
    # What is compared in its document only has no text in common with others: its number is not among theirs.
    nodes = open_.join(stand, "tid", "left").join(across, "tid", "left").join(own, "at", "left")
    nodes = (
        nodes.withColumn("waits", F.lit(False))
        if unsettled is None
        else nodes.join(unsettled.withColumn("waits", F.lit(True)), "at", "left")
    )
    before = [
        F.coalesce(document(at) < document("at"), F.lit(False))
        for at in ("kept_at", "other_kept", "open_at", "other_open")
    ]
    gone = F.coalesce("own_kept", F.lit(False)) | (~F.col("local") & (before[0] | before[1]))
    waits = F.coalesce("own_open", F.lit(False)) | (
        ~F.col("local") & (before[2] | before[3] | F.coalesce("waits", F.lit(False)))
    )
    return nodes.select("at", "tid", "local", F.when(gone, 2).when(waits, 0).otherwise(1).alias("state"))
