"""Pairs of texts in, relations out, by the same `judge` as everywhere. Pure functions over Arrow batches, without Spark."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..._jit import backend
from ...config import Config
from ...decide.within import ALIKE, EQUAL, relations
from ...index.tables import Entries
from ...match.tables import DISTINCT, EXACT
from ._read import grade, jaccard_of

EDGES = pa.schema(
    [
        ("later", pa.int64()), ("original", pa.int64()), ("upto", pa.int64()), ("grade", pa.int8()), ("relation", pa.int8()),
        ("jaccard", pa.float32()),
    ]
)  # fmt: skip


def judge_pairs(batches: Iterable[pa.RecordBatch], config: Config) -> Iterator[pa.RecordBatch]:
    """Judge pairs of texts, and leave out the distinct ones.

    Each comes as later, original, upto, keyed, text, flags, other_text, other_flags: the numbers of the two texts, until
    where the original is found, whether through more than its equal tokens, and the two texts.
    """
    characters = 0
    for batch in batches:
        if not len(batch):
            continue
        columns = {name: batch.column(name) for name in batch.schema.names}
        texts = columns["text"].to_pylist(), columns["other_text"].to_pylist()
        flags = columns["flags"].to_pylist(), columns["other_flags"].to_pylist()
        characters += sum(map(len, texts[0])) + sum(map(len, texts[1]))
        k = len(batch)
        found = relations(
            entries_of([*texts[0], *texts[1]], [*flags[0], *flags[1]]), np.arange(k), k + np.arange(k), config,
            backend.wanted(characters),
        )  # fmt: skip
        equal = np.array([one == other for one, other in zip(*texts, strict=True)])
        if config.threshold is not None:
            found[equal] = EXACT
        keyed = columns["keyed"].to_numpy(zero_copy_only=False)
        left = np.flatnonzero((found != DISTINCT) & (equal | keyed))
        jaccards = [
            1.0 if config.threshold is None else jaccard_of(texts[0][i][:-1], texts[1][i][:-1], config)
            for i in left.tolist()
        ]
        grades = [grade(int(found[i]), EQUAL if equal[i] else ALIKE) for i in left.tolist()]
        names = ("later", "original", "upto")
        values = [*(columns[name].take(pa.array(left)) for name in names), grades, found[left], jaccards]
        yield pa.RecordBatch.from_arrays(
            [pa.array(value, field.type) for value, field in zip(values, EDGES, strict=True)], schema=EDGES
        )


def entries_of(texts: list[bytes], flags: list[bytes]) -> Entries:
    """Return texts and their flags as entries that no key finds."""
    nothing = np.zeros(len(texts), np.int64)
    return Entries(
        np.frombuffer(b"".join(texts), np.uint8), np.frombuffer(b"".join(flags), np.uint8), _lengths(texts), _lengths(flags),
        nothing, nothing, np.empty((1, len(texts)), np.uint32), nothing.astype(np.bool_),
    )  # fmt: skip


def _lengths(values: list[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(len, values), np.int64, len(values))


def first_of_buckets(batches: Iterable[pa.RecordBatch], most: int) -> Iterator[pa.RecordBatch]:
    """Return the first `most` rows of every bucket in the order: columns `key` and `at` first; few, from many batches."""
    held: pa.Table | None = None
    waiting: list[pa.RecordBatch] = []
    rows, limit = 0, 1 << 17
    for batch in batches:
        waiting.append(batch)
        rows += len(batch)
        if rows >= limit:
            held = _first(pa.Table.from_batches([*(held.to_batches() if held else []), *waiting]), most)
            waiting, rows, limit = [], 0, max(1 << 17, held.num_rows)
    if held or waiting:
        yield from _first(pa.Table.from_batches([*(held.to_batches() if held else []), *waiting]), most).to_batches()


def _first(rows: pa.Table, most: int) -> pa.Table:
    keys, at = rows.column("key").to_numpy(), rows.column("at").to_numpy()
    order = np.lexsort((at, keys))
    sorted_keys = keys[order]
    new = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1])[: len(keys)])
    ranks = np.arange(len(keys)) - np.repeat(new, np.diff(np.append(new, len(keys))))
    return rows.take(pa.array(order[ranks < most]))
