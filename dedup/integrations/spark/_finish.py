"""The rule down its order, for what is left undecided once that is little: one task does what the rounds would do.

Pure functions over Arrow batches, without Spark.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ..._jit import backend
from ...config import Config
from ...decide.within import ALIKE, EQUAL, relations
from ...match.tables import DISTINCT, EXACT
from ._judge import EDGES, entries_of
from ._read import RANK_BITS, grade, jaccard_of

# A row is a node that was decided, `at` and `kept`, or an edge.
FINISHED = pa.schema([("at", pa.int64()), ("kept", pa.bool_()), *EDGES])


class _Kept(NamedTuple):
    """A paragraph that is kept, with the number of its text."""

    at: int
    tid: int
    text: bytes
    flags: bytes


def finish(batches: Iterable[pa.RecordBatch], config: Config) -> Iterator[pa.RecordBatch]:
    """Decide nodes down the order.

    Each comes as at, tid, local, kept (null while undecided), keys, text, flags and within, the places of its originals
    in its own document, of which `certain` are kept. Those that are kept come along where they may be found.
    """
    buckets: dict[int, list[_Kept]] = defaultdict(list)
    kept: set[int] = set()
    judged: dict[tuple[int, int], tuple[int, int, float]] = {}
    for batch in batches:
        rows: list[dict[str, Any]] = []
        for node in batch.to_pylist():
            me = _Kept(node["at"], node["tid"], node["text"], node["flags"])
            stays = node["kept"]
            if not stays:
                stays = not any(one["certain"] or one["at"] in kept for one in node["within"] or ())
                for other in () if node["local"] else _candidates(me, node["keys"], buckets, judged, config):
                    stays = False
                    edge = judged[me.tid, other.tid]
                    if other.tid != me.tid:
                        rows.append(dict(zip(EDGES.names, (me.tid, other.tid, other.at, *edge), strict=True)))
                rows.append({"at": me.at, "kept": stays})
            if stays:
                kept.add(me.at)
                for key in node["keys"]:
                    if key < 0 or len(buckets[key]) < config.max_candidates:
                        buckets[key].append(me)
        yield pa.RecordBatch.from_pylist(rows, FINISHED)


def _candidates(
    me: _Kept,
    keys: list[int],
    buckets: dict[int, list[_Kept]],
    judged: dict[tuple[int, int], tuple[int, int, float]],
    config: Config,
) -> list[_Kept]:
    """Return what is kept in earlier documents and says what a paragraph says."""
    found = {other.at: other for key in keys for other in buckets[key] if other.at >> RANK_BITS < me.at >> RANK_BITS}
    unknown = list({other.tid: other for other in found.values() if (me.tid, other.tid) not in judged}.values())
    if unknown:
        texts = entries_of(
            [me.text, *(other.text for other in unknown)], [me.flags, *(other.flags for other in unknown)]
        )
        numbers = np.arange(1, len(unknown) + 1)
        fast = backend.wanted(len(texts.texts), len(texts.texts))
        relation = relations(texts, np.zeros_like(numbers), numbers, config, fast).tolist()
        for other, its in zip(unknown, relation, strict=True):
            equal = me.text == other.text
            its = EXACT if me.tid == other.tid or (equal and config.threshold is not None) else its
            jaccard = 1.0 if config.threshold is None or not its else jaccard_of(me.text[:-1], other.text[:-1], config)
            judged[me.tid, other.tid] = grade(its, EQUAL if equal else ALIKE), its, jaccard
    return [other for other in found.values() if judged[me.tid, other.tid][1] != DISTINCT]
