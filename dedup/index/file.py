"""An index that outlives the process: kept entries, the ids of their documents, and the configuration, in a log.

Appended are entries as arrays, a column at a time, deflated; the hash tables are made again when it is opened. Each
block holds documents in the order in which they were decided, with those of their paragraphs that were kept.
"""

import json
import os
import struct
import zlib
from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..config import DECISION_VERSION, Config
from ..errors import ConfigError, DedupError, IndexCorrupt, InputError
from ..sketch.keys import count_keys
from .append_log import Log, now
from .tables import Entries

SCHEME = "affine32 xxh32"
_BLOCK_BYTES = 1 << 20  # folded text in a block, about
_SIZES = struct.Struct("<7Q")  # first document, documents, entries, bytes of ids, texts, flags, notes
_SPACE = 32
_UNKNOWN = "unknown"  # an option of another version
_MOST_INFLATED = 1032  # times; deflate gives no more
_NO_ID, _STRING, _INTEGER, _BYTES, _LINE = range(5)


class Note(NamedTuple):
    """What a run over files remembers of one: bytes, time of the last change in nanoseconds, checksum."""

    size: int
    time: int
    checksum: str


class Block(NamedTuple):
    """Documents one after the other, numbered from `first`: their ids (None: it has none), and what was kept of them."""

    first: int
    ids: list[Hashable]
    entries: Entries
    notes: dict[str, Note]


class _Counts(NamedTuple):
    documents: int = 0
    entries: int = 0
    text_bytes: int = 0
    tokens: int = 0

    def plus(self, block: Block) -> "_Counts":
        more = len(block.ids), len(block.entries.documents), len(block.entries.texts), len(block.entries.flags)
        return _Counts(*map(sum, zip(self, more, strict=True)))


class IndexFile:
    """The file of an index, opened for writing (made if there is none) or for reading.

    log: the file itself, whose commits say what `_facts` has
    notes: what a run over files remembers of each, by id; new ones go with the next commit
    lines: whether runs over files took every line as a document; None if there was none
    Raises ConfigError if it was made with another configuration, and what `Log` raises.
    """

    def __init__(self, path: str | os.PathLike[str], config: Config, *, write: bool = True) -> None:
        self.path, self.config, self.write = Path(path), config, write
        self.notes: dict[str, Note] = {}
        self.lines: bool | None = None
        self._columns = sum(count_keys(config))
        if write and not os.path.lexists(self.path):
            Log.create(self.path, self._facts(now(), _Counts()))
        self.log = Log(self.path, write=write)
        try:
            self._check()
            self.lines = self.log.facts["lines"]
            self.counts = _Counts(*map(int, self.log.facts["counts"]))
            self.created, self.committed = str(self.log.facts["created"]), str(self.log.facts["committed"])
            if max(self.counts) > _MOST_INFLATED * self.log.committed_bytes or min(self.counts) < 0:
                raise self._corrupt("its head counts more than it can hold")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.close()
            raise error if isinstance(error, DedupError) else self._corrupt("its head makes no sense") from error
        except BaseException:
            self.close()
            raise
        self._ids: list[Hashable] = []
        self._waiting: list[Entries] = []
        self._new_notes: dict[str, Note] = {}
        self._size = 0
        self._behind = False  # whether anything was written that no commit covers

    @classmethod
    def config_of(cls, path: str | os.PathLike[str]) -> Config:
        """The configuration with which an index was made."""
        log = Log(Path(path), write=False)
        try:
            return Config.of(None, log.facts["config"])
        except (AttributeError, KeyError, TypeError, ConfigError) as error:
            raise IndexCorrupt(
                f"{path}: its head makes no sense ({error}); put back a copy, or build the index again"
            ) from error
        finally:
            log.close()

    def blocks(self) -> Iterator[Block]:
        """All that is committed, in order, checked. Raises IndexCorrupt."""
        from concurrent.futures import Future, ThreadPoolExecutor  # not needed without an index

        counts = _Counts()
        waiting: deque[Future[Block]] = deque()
        with ThreadPoolExecutor(2) as pool:
            payloads = self.log.blocks()
            while True:
                while len(waiting) < 4 and (payload := next(payloads, None)) is not None:
                    waiting.append(pool.submit(self._decoded, payload))
                if not waiting:
                    break
                block = waiting.popleft().result()
                if block.first != counts.documents:
                    raise self._corrupt(f"a block begins with document {block.first:,} instead of {counts.documents:,}")
                counts = counts.plus(block)
                self.notes.update(block.notes)
                yield block
        if counts != _Counts(*self.log.facts["counts"]):
            raise self._corrupt(f"it holds {counts}, not as much as its head says")

    def check_id(self, id: Hashable) -> None:
        """Raise InputError for an id that an index does not hold."""
        _encode_id(id)

    def append(self, ids: Sequence[Hashable], entries: Entries) -> None:
        """Documents that follow all others, and what was kept of them; durable with the next commit."""
        if not self.write:
            return
        self._ids += ids
        self._waiting.append(entries)
        self._size += len(entries.texts) + 16 * len(ids)
        if self._size >= _BLOCK_BYTES:
            with suppress(MemoryError):  # it waits for the next block, or the commit
                self._flush()

    def note(self, name: str, value: Note) -> None:
        """Remember a file from the next commit on."""
        self.notes[name] = self._new_notes[name] = value

    def commit(self) -> None:
        """Make all that was appended durable, whatever happens from now on. Raises CorpusError."""
        if self._ids or self._new_notes:
            self._flush()
        if self._behind:
            self.log.commit(self._facts(self.created, self.counts))
            self._behind = False

    def close(self) -> None:
        """Let go of the file. What was not committed is lost."""
        self.log.close()

    def _flush(self) -> None:
        block = Block(self.counts.documents, self._ids, _joined(self._waiting, self._columns), self._new_notes)
        self.log.append(_encode(block))
        self.counts, self._behind = self.counts.plus(block), True
        self._ids, self._waiting, self._new_notes, self._size = [], [], {}, 0

    def _facts(self, created: str, counts: _Counts) -> dict[str, Any]:
        return {
            "scheme": SCHEME, "decisions": DECISION_VERSION, "config": asdict(self.config),
            "fingerprint": self.config.fingerprint(), "lines": self.lines, "counts": counts, "created": created,
            "committed": now(),
        }  # fmt: skip

    def _check(self) -> None:
        """Raise ConfigError unless the index decides as `config` does."""
        found, own = self.log.facts, self._facts("", _Counts())
        sides = [
            (name, found["config"].get(name, _UNKNOWN), own["config"].get(name, _UNKNOWN))
            for name in own["config"] | found["config"]
        ]
        sides.append(("the scheme of signatures", found["scheme"], own["scheme"]))
        sides.append(("the version of the rule", found["decisions"], own["decisions"]))
        differ = [f"{what} is {there!r} in the index, {here!r} here" for what, there, here in sides if there != here]
        if differ:
            raise ConfigError(
                f"{self.path} was made with another configuration: {'; '.join(differ)}. Give it the same one, or use "
                "another index"
            )

    def _decoded(self, payload: bytes) -> Block:
        try:
            return _decode(payload, self._columns)
        except (ValueError, TypeError, struct.error, zlib.error, MemoryError, RecursionError) as error:
            raise self._corrupt(f"a block makes no sense ({error})") from error

    def _corrupt(self, what: str) -> IndexCorrupt:
        return IndexCorrupt(f"{self.path}: {what}; put back a copy, or build the index again")


def opened(index: str | os.PathLike[str] | IndexFile, config: Config) -> IndexFile:
    """The store at a path, if it is not open already. Raises ConfigError for anything else, and what `IndexFile` raises."""
    if isinstance(index, IndexFile):
        return index
    if not isinstance(index, (str, os.PathLike)):
        raise ConfigError(f"index is {index!r}; expected the path of a file")
    try:
        usable = b"\0" not in os.fsencode(index)
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise ConfigError(f"index is {index!r}; expected a path that the system can have")
    if config.scope == "document":
        raise ConfigError('scope is "document", which compares within each document only; an index has no use')
    return IndexFile(index, config)


def _encode_id(id: Hashable) -> tuple[int, bytes]:
    match id:
        case None:
            return _NO_ID, b""
        case str():
            return _STRING, id.encode("utf-8", "surrogatepass")
        case int() if not isinstance(id, bool):
            return _INTEGER, id.to_bytes(id.bit_length() // 8 + 1, "little", signed=True)
        case bytes():
            return _BYTES, id
        case ((str() | int() | bytes() | None) as document, int(line)) if 0 <= line < 1 << 64:  # a line of a document
            kind, name = _encode_id(document)
            return _LINE, struct.pack("<QB", line, kind) + name
    raise InputError(f"an id is {id!r}, a {type(id).__name__}; expected str, int or bytes, which an index can hold")


def _decode_id(kind: int, name: bytes) -> Hashable:
    match kind:
        case 0:
            return None
        case 1:
            return name.decode("utf-8", "surrogatepass")
        case 2:
            return int.from_bytes(name, "little", signed=True)
        case 3:
            return name
        case 4:
            line, inner = struct.unpack_from("<QB", name)
            if inner < _LINE:
                return _decode_id(inner, name[9:]), line
    raise ValueError(f"no such kind of id: {kind}")


def _joined(parts: list[Entries], columns: int) -> Entries:
    """Entries one after the other."""
    nothing = np.empty(0, dtype=np.int64)
    octets = np.empty(0, dtype=np.uint8)
    empty = Entries(
        octets, octets, nothing, nothing, nothing, nothing, np.empty((columns, 0), np.uint32), nothing.astype(np.bool_)
    )
    return Entries(
        *(
            np.concatenate([getattr(part, name) for part in (empty, *parts)], axis=-1)
            for name in Entries.__dataclass_fields__
        )
    )


def _encode(block: Block) -> bytes:
    """Sizes, then the keys, which look random, then all else, deflated."""
    first, ids, entries, notes = block
    encoded = [_encode_id(id) for id in ids]
    names = b"".join(name for _, name in encoded)
    noted = json.dumps(notes).encode() if notes else b""
    columns = [
        np.array([kind for kind, _ in encoded], "u1"),
        np.array([len(name) for _, name in encoded], "<u4"),
        np.diff(entries.documents, prepend=first).astype("<i8"),
        entries.positions.astype("<i8"),
        entries.text_lengths.astype("<u4"),
        entries.token_counts.astype("<u4"),
        entries.banded.astype("u1"),
    ]
    plain = [names, *(column.tobytes() for column in columns), entries.texts.tobytes(), entries.flags.tobytes(), noted]
    sizes = first, len(ids), len(entries.documents), len(names), len(entries.texts), len(entries.flags), len(noted)
    deflated = zlib.compress(b"".join(plain), 1)
    return _SIZES.pack(*sizes) + entries.keys.astype("<u4").tobytes() + deflated


def _decode(payload: bytes, columns: int) -> Block:
    """The block again. What it holds is taken for nothing until it is checked: kernels trust lengths."""
    first, documents, count, name_bytes, text_bytes, flag_bytes, note_bytes = _SIZES.unpack_from(payload)
    widths = [name_bytes, documents, 4 * documents, 8 * count, 8 * count, 4 * count, 4 * count, count]
    widths += [text_bytes, flag_bytes, note_bytes]
    begin = _SIZES.size + 4 * columns * count
    if begin > len(payload) or sum(widths) > _MOST_INFLATED * (len(payload) - begin):
        raise ValueError("sizes")
    inflater = zlib.decompressobj()
    plain = inflater.decompress(memoryview(payload)[begin:], sum(widths) + 1)
    if len(plain) != sum(widths) or not inflater.eof:
        raise ValueError("length")
    pieces, at = [], 0
    for width in widths:
        pieces.append(memoryview(plain)[at : at + width])
        at += width
    names, texts, flags, noted = bytes(pieces[0]), np.frombuffer(pieces[8], "u1"), pieces[9], pieces[10]
    kinds, name_lengths, steps, positions, text_lengths, token_counts, banded = (
        np.frombuffer(piece, kind).astype(kind[1:] if kind[0] == "<" else kind)
        for piece, kind in zip(pieces[1:8], ["u1", "<u4", "<i8", "<i8", "<u4", "<u4", "u1"], strict=True)
    )
    entries = Entries(
        texts, np.frombuffer(flags, "u1"), text_lengths.astype(np.int64), token_counts.astype(np.int64),
        first + np.cumsum(steps), positions,
        np.frombuffer(payload, "<u4", columns * count, _SIZES.size).astype(np.uint32).reshape(columns, count),
        banded.astype(np.bool_),
    )  # fmt: skip
    _check_entries(entries, first + documents)
    ends = np.cumsum(name_lengths.astype(np.int64))
    if (int(ends[-1]) if documents else 0) != name_bytes:
        raise ValueError("ids")
    begins = (ends - name_lengths).tolist()
    if names.isascii() and (kinds == _STRING).all():
        string = names.decode()
        ids: list[Hashable] = [string[b:e] for b, e in zip(begins, ends.tolist(), strict=True)]
    else:
        ids = [_decode_id(k, names[b:e]) for k, b, e in zip(kinds.tolist(), begins, ends.tolist(), strict=True)]
    notes = {name: Note(*said) for name, said in dict(json.loads(bytes(noted) or b"{}")).items()}
    return Block(first, ids, entries, notes)


def _check_entries(entries: Entries, documents: int) -> None:
    """Raise ValueError unless every length, number and place fits the others."""
    ends = np.cumsum(entries.text_lengths)
    if not len(ends):
        return
    spaces = entries.texts == _SPACE
    if (
        entries.text_lengths.min() < 2
        or int(ends[-1]) != len(entries.texts)
        or int(entries.token_counts.sum()) != len(entries.flags)
        or not spaces[ends - 1].all()
        or not np.array_equal(np.searchsorted(np.flatnonzero(spaces), ends), np.cumsum(entries.token_counts))
        or entries.documents.min() < 0
        or entries.documents.max() >= documents
        or entries.positions.min() < 0
    ):
        raise ValueError("entries")
