"""The index of one machine and the cluster: what it holds as paragraphs that were kept before, and what was kept as entries.

Pure functions over Arrow batches, without Spark.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ..._jit import backend
from ...config import Config
from ...decide.batch import JUDGED, LARGEST_DOCUMENT, entries
from ...decide.pipeline import Documents, read_documents
from ...decide.places import LOCAL
from ...deduplicator import given_as
from ...errors import InputError
from ...index.codec import Filed, decode, encode
from ...index.file import IndexFile
from ...index.protocol import Block, IndexStore
from ...index.tables import Entries
from ...sketch.keys import count_keys
from ._read import RANK_BITS, document_of, keys_of_texts, paragraph_schema, say

_BEFORE = -1 << 38  # the first entry of an index: before all documents


def entries_as_paragraphs(path: str, id_type: pa.DataType, config: Config) -> Iterator[pa.RecordBatch]:
    """Read the entries of an index file as paragraphs, each before the next, and all before any document.

    Raises InputError where an id does not fit the column of ids, and what `IndexFile` raises.
    """
    index = IndexFile(path, config, write=False)
    schema, count = paragraph_schema(id_type), 0
    ids: list[Hashable] = []
    try:
        for block in index.blocks():
            ids += block.ids
            kept = block.entries
            n = len(kept.documents)
            bounds, flags_at = np.append(0, np.cumsum(kept.text_lengths)), np.append(0, np.cumsum(kept.token_counts))
            raw, its = kept.texts.tobytes(), kept.flags.tobytes()
            texts = [raw[begin:end] for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
            flags = [its[begin:end] for begin, end in zip(flags_at[:-1].tolist(), flags_at[1:].tolist(), strict=True)]
            keys = kept.keys.T.copy()
            says = [say(text[:-1], f, config) for text, f in zip(texts, flags, strict=True)]
            found = keys_of_texts(keys, [text[:-1] for text in texts], config)
            alone = ~kept.banded
            if alone.any():  # found by its text alone
                found = pa.array(
                    [one[:1] if a else one for one, a in zip(found.to_pylist(), alone, strict=True)], found.type
                )
            false, true = pa.array(np.zeros(n, np.bool_)), pa.array(np.ones(n, np.bool_))
            values = [
                pa.array((_BEFORE + count + np.arange(n)) << RANK_BITS),
                _ids([ids[number] for number in kept.documents.tolist()], id_type, path),
                pa.array(kept.positions), pa.nulls(n), pa.array(kept.token_counts), false, true, pa.array(says, pa.binary()),
                found, pa.array(texts, pa.binary()), pa.array(flags, pa.binary()), pa.nulls(n),
            ]  # fmt: skip
            count += n
            yield pa.RecordBatch.from_arrays(
                [value.cast(field.type) for value, field in zip(values, schema, strict=True)], schema=schema
            )
    finally:
        index.close()


def ids_of(path: str, id_type: pa.DataType, config: Config) -> Iterator[pa.RecordBatch]:
    """Read the ids of the documents of an index file."""
    index = IndexFile(path, config, write=False)
    try:
        for block in index.blocks():
            yield pa.RecordBatch.from_arrays([_ids(list(block.ids), id_type, path)], names=["id"])
    finally:
        index.close()


def _ids(ids: list[Hashable], id_type: pa.DataType, path: str) -> pa.Array:
    try:
        if None not in ids:
            return pa.array(ids, id_type)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        pass
    raise InputError(f"{path} has ids such as {ids[0]!r}; expected {id_type}, as the column of ids has")


def blocks_of(batches: Iterable[pa.RecordBatch], config: Config) -> Iterator[pa.RecordBatch]:
    """Return what is kept of documents as blocks of an index: columns `id`, `text` and `removed`, positions or null."""
    characters = 0
    for rows in batches:
        ids, removed = rows.column(0).to_pylist(), rows.column(2).to_pylist()
        given = [given_as(id, document_of(value)) for id, value in zip(ids, rows.column(1), strict=True)]
        characters += sum(len(one.text or "") for one in given)
        documents = read_documents(given, config, LARGEST_DOCUMENT, backend.wanted(characters))
        block = Block(ids, _kept(documents, removed))
        yield pa.RecordBatch.from_arrays([pa.array([encode(Filed(0, block, {}))], pa.binary())], names=["block"])


def _kept(documents: Documents, removed: list[list[int] | None]) -> Entries:
    batch = documents.batch
    gone = np.zeros(len(batch.order), np.bool_)
    first = np.searchsorted(batch.documents, np.arange(len(removed)))
    for place, positions in zip(first.tolist(), removed, strict=True):
        gone[[place + position for position in positions or ()]] = True
    new = batch.order[((batch.roles == JUDGED) & (batch.held < LOCAL) & ~gone)[batch.order]]
    return entries(batch, new, batch.documents)


def append_blocks(store: IndexStore, payloads: Iterable[bytes], config: Config) -> None:
    """Append blocks that `blocks_of` made to an index, in their order."""
    number = store.size.documents
    for payload in payloads:
        _, (ids, kept), _ = decode(payload, sum(count_keys(config)))
        store.append(list(ids), replace(kept, documents=kept.documents + number))
        number += len(ids)
    store.commit()
