"""Documents in, paragraphs out: all that a paragraph tells by itself, and its originals in its own document.

Pure functions over Arrow batches, without Spark.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest, xxh3_128_digest

from ..._jit import backend
from ...config import Config
from ...decide.batch import JUDGED, LARGEST_DOCUMENT, USUAL, Batch
from ...decide.pipeline import Given, read_documents
from ...decide.places import LOCAL
from ...decide.within import EQUAL, Within, pairs_within
from ...deduplicator import given_as
from ...errors import DocumentTooLarge, InputError
from ...match.likeness import alike, shingles_of
from ...match.tables import CONTAINED
from ...results import Paragraph
from ...sketch.keys import count_keys
from ...text.flags import seen

# Where a paragraph stands in the order, in one number: part of the ids, document in the part, rank in the document.
DOCUMENT_BITS = RANK_BITS = 24

CANDIDATE = pa.struct([("grade", pa.int8()), ("at", pa.int64()), ("relation", pa.int8()), ("jaccard", pa.float32())])
WITHIN = pa.struct([*CANDIDATE, ("certain", pa.bool_())])


def paragraph_schema(id_type: pa.DataType) -> pa.Schema:
    """Return what is known of every paragraph that takes part in the decision, by the type of the documents' ids.

    at: where it stands in the order; id, position: its document, and which paragraph of that it is
    twin: the paragraph that a short one equals, with which it goes unjudged; null for all others, which have what follows
    words: tokens; local: it is compared within its own document only; simple: it may be kept by what its document holds
    say: 16 bytes, equal where texts are the same to the decision; keys: by which it is found, table << 32 | key, and
        one below 0 by which equal tokens are found
    text, flags: as an index holds them; within: its originals in its own document, if those are kept
    """
    return pa.schema(
        [
            ("at", pa.int64()), ("id", id_type), ("position", pa.int32()), ("twin", pa.int32()), ("words", pa.int32()),
            ("local", pa.bool_()), ("simple", pa.bool_()), ("say", pa.binary()), ("keys", pa.list_(pa.int64())),
            ("text", pa.binary()), ("flags", pa.binary()), ("within", pa.list_(WITHIN)),
        ]
    )  # fmt: skip


def read_paragraphs(batches: Iterable[pa.RecordBatch], part: int, config: Config) -> Iterator[pa.RecordBatch]:
    """Read the documents of a part of the ids, which ascend: columns `id` and `text`. Raises InputError."""
    number, characters, last = 0, 0, None
    if part >= 1 << 63 - DOCUMENT_BITS - RANK_BITS:
        raise InputError(
            f"the ids were sorted into more than {part:,} parts; expected fewer. Lower spark.sql.shuffle.partitions"
        )
    for rows in batches:
        for chunk in _chunks(rows):
            ids = chunk.column(0).to_pylist()
            for id in ids:
                if id is None:
                    raise InputError("a document has no id; expected one for each, by which documents are ordered")
                if id == last:
                    raise InputError(f"two documents have the id {id!r}; expected one row for each document")
                last = id
            given = [given_as(id, document_of(value)) for id, value in zip(ids, chunk.column(1), strict=True)]
            characters += sum(len(one.text or "") for one in given)
            if number + len(given) > 1 << DOCUMENT_BITS:
                raise InputError(
                    f"a part of the ids has more than {1 << DOCUMENT_BITS:,} documents; expected fewer. Raise "
                    "spark.sql.shuffle.partitions"
                )
            numbers = (part << DOCUMENT_BITS) + number + np.arange(len(given))
            yield _paragraphs(given, numbers, rows.schema.field(0).type, config, backend.wanted(characters))
            number += len(given)


def document_of(value: pa.Scalar) -> Any:
    """Return a cell as a document: a text, a list of paragraphs, or nothing, which is an empty text."""
    held = value.as_py()
    if not isinstance(held, list):
        return "" if held is None else held
    return [Paragraph(one["text"], one["kind"] or "text") if isinstance(one, dict) else one for one in held]


def _chunks(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut rows to as much as is read at a time."""
    sizes = np.cumsum([_bytes_of(value) for value in rows.column(1)])
    begin = 0
    while begin < len(rows):
        before = sizes[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(sizes, before + USUAL.characters, "right")))
        end = min(end, begin + USUAL.texts)
        yield rows.slice(begin, end - begin)
        begin = end


def _bytes_of(value: pa.Scalar) -> int:
    if not value.is_valid:
        return 0
    if hasattr(value, "as_buffer"):
        return int(value.as_buffer().size)
    return int(sum(len(str(one)) for one in value.values))


def _paragraphs(
    given: list[Given], numbers: NDArray[np.int64], id_type: pa.DataType, config: Config, fast: bool
) -> pa.RecordBatch:
    try:
        batch = read_documents(given, config, LARGEST_DOCUMENT, fast).batch
    except DocumentTooLarge:
        if len(given) > 1:  # say which one
            for k in range(len(given)):
                _paragraphs(given[k : k + 1], numbers[k : k + 1], id_type, config, fast)
        raise DocumentTooLarge(
            f"document {given[0].id!r} has more than {LARGEST_DOCUMENT:,} different paragraphs, which are all compared "
            "with each other; expected fewer. If its lines are records, make each a document"
        ) from None
    first = np.searchsorted(batch.documents, np.arange(len(given)))
    ranks = np.empty(len(batch.order), np.int64)
    ranks[batch.order] = np.arange(len(batch.order)) - first[batch.documents[batch.order]]
    if ranks.max(initial=0) >= 1 << RANK_BITS:
        raise DocumentTooLarge(f"a document has {ranks.max():,} paragraphs; expected fewer than {1 << RANK_BITS:,}")
    at = (numbers[batch.documents] << RANK_BITS) + ranks
    alone = config.scope == "document"
    local = (batch.held >= LOCAL) | alone
    within = pairs_within(batch, config)
    simple = ~(np.isin(np.arange(len(at)), within.later) | (_has_equal_before(batch) & ~local))
    taking = np.flatnonzero((batch.roles == JUDGED) | batch.unjudged)
    judged = batch.roles[taking] == JUDGED
    texts = [
        batch.tokens.text(p) if is_judged else None
        for p, is_judged in zip(taking.tolist(), judged.tolist(), strict=True)
    ]
    flags = [None if text is None else batch.tokens.flags_of(p) for p, text in zip(taking.tolist(), texts, strict=True)]
    shared = (judged & ~local[taking]).tolist()
    says = [
        say(t, f, config) if t is not None and f is not None and s else None
        for t, f, s in zip(texts, flags, shared, strict=True)
    ]
    keys = keys_of_texts(
        batch.keys[taking], [text if s else None for text, s in zip(texts, shared, strict=True)], config
    )
    twins = np.where(judged, -1, batch.positions[batch.twins[taking]])
    ids = [given[document].id for document in batch.documents[taking].tolist()]
    schema = paragraph_schema(id_type)
    values = [
        at[taking], ids, batch.positions[taking], pa.array(twins, mask=judged), np.diff(batch.tokens.first)[taking],
        local[taking], simple[taking], says, keys, [text and text + b" " for text in texts], flags,
        _within(batch, within, at, local & simple, config, taking),
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays(
        [
            value.cast(field.type) if isinstance(value, pa.Array) else pa.array(value, field.type)
            for value, field in zip(values, schema, strict=True)
        ],
        schema=schema,
    )


def say(text: bytes, flags: bytes, config: Config) -> bytes:
    """Return 16 bytes that are equal where two texts are the same to the decision."""
    return xxh3_128_digest(text if config.threshold is not None else text + b"\0" + seen(flags))


def grade(relation: int, found: int) -> int:
    """Return by what an original is named before others: first what says all of it, then as it was found."""
    return found + 3 * (relation < CONTAINED)


def keys_of_texts(keys: NDArray[np.uint32], texts: list[bytes | None], config: Config) -> pa.ListArray:
    """Return the keys by which texts are found, none where there is no text; `keys` as `make_keys` makes them."""
    single, _ = count_keys(config)
    there = np.array([text is not None for text in texts], np.bool_)
    columns = np.arange(keys.shape[1])
    codes = np.minimum(columns, single) << 32 | keys.astype(np.int64)
    codes[:, 0] = [0 if text is None else -1 - (xxh3_64_intdigest(text) >> 1) for text in texts]
    used = there[:, None] & ((columns < single) | (keys != 0))
    offsets = np.append(0, np.cumsum(used.sum(axis=1))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(codes[used]))


def _has_equal_before(batch: Batch) -> NDArray[np.bool_]:
    """Tell of each paragraph whether another one of its document with the same text stands before it in the order."""
    texts = batch.documents[batch.order] << 32 | batch.keys[batch.order, 0]
    _, first = np.unique(texts, return_index=True)
    found = np.ones(len(texts), np.bool_)
    found[batch.order[first]] = False
    return found


def _within(
    batch: Batch,
    within: Within,
    at: NDArray[np.int64],
    certain: NDArray[np.bool_],
    config: Config,
    taking: NDArray[Any],
) -> list[list[dict[str, Any]]]:
    """Return the originals of each paragraph in its document, as the schema holds them."""
    found: dict[int, list[dict[str, Any]]] = {}
    for p, other, how, relation in zip(*(column.tolist() for column in within), strict=True):
        jaccard = 1.0
        if config.threshold is not None and how != EQUAL:
            jaccard = jaccard_of(batch.tokens.text(p), batch.tokens.text(other), config)
        found.setdefault(p, []).append(
            {
                "grade": grade(relation, how),
                "at": int(at[other]),
                "relation": relation,
                "jaccard": jaccard,
                "certain": bool(certain[other]),
            }
        )
    return [found.get(p, []) for p in taking.tolist()]


def jaccard_of(one: bytes, other: bytes, config: Config) -> float:
    """Return the Jaccard similarity of two folded texts."""
    return alike(shingles_of(one, config.shingle_size), shingles_of(other, config.shingle_size))[0]
