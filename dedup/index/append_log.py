"""A file that only grows: blocks of bytes under checksums, and a head that says how many of them count.

    page 0, page 1   the head, written in turn, so that one of the two is always whole
    page 2           who holds the lock: for messages only
    from page 3 on   blocks, one after the other

A commit appends its blocks, the last of them marked, and has the disk confirm them; then it writes the head, and has
that confirmed. Every checksum covers the one before it, so no block can be changed, lost, repeated or moved unnoticed.
Of a file that was cut off at any instant the marked blocks count, to the last whole one; what follows is no commit.
One damaged copy of the head costs nothing: the other counts, and the next writer writes it again. Nothing else of these may
be damaged: it is reported, never skipped. One process writes, under a lock of the operating system
that ends with the process; any number read, each as of the commit it found.
"""

import errno
import json
import os
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from xxhash import xxh3_128_digest

from ..errors import ConfigError, CorpusError, IndexCorrupt, IndexLocked
from ..io.atomic import sync, unfinished_prefix

FORMAT = 2
_MAGIC = b"dedup index\r\n\x1a\n\0"
_PAGE = 4096
_PAGE_HEAD = struct.Struct("<16s 16s I")  # magic, checksum of all that follows in the page, bytes of JSON
_HOLDER, _BLOCKS = 2, 3  # pages
_BLOCK_HEAD = struct.Struct("<16s Q B")  # checksum of the one before, the rest of this and the payload; bytes; mark
_DATA, _COMMIT = 0, 1
_HOLDER_SAYS = {"pid", "host", "since"}
_MOST = (1 << 63) - 1


class _Point(NamedTuple):
    """The end of a commit: where the next block goes, the last checksum, the commit's number, what was said with it."""

    end: int
    digest: bytes
    commits: int
    facts: dict[str, Any]


class Log:
    """An open file of blocks.

    Raises IndexLocked if another process writes it, IndexCorrupt for damage, ConfigError for a newer format, and
    CorpusError where the system refuses. After a refusal nothing more is written: open it again to go on from the last
    commit.
    """

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self._refused: OSError | None = None
        try:
            self._file = open(path, "r+b" if write else "rb", buffering=0)  # noqa: SIM115, it stays open
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror}") from error
        try:
            if write:
                self._lock()
            said, self._page, damaged = self._read_head()
            self._last = self._rolled_forward(said)
            self._end, self._digest = self._last.end, self._last.digest
            if write:
                self._repair(damaged or self._last is not said)
        except BaseException:
            self._file.close()
            raise

    @classmethod
    def create(cls, path: Path, facts: dict[str, Any]) -> None:
        """Make a file without blocks, whole or not at all; if there is one by then, it stays."""
        facts = {"format": FORMAT, **facts}
        head = _page({"end": _BLOCKS * _PAGE, "digest": bytes(16).hex(), "commits": 0, "facts": facts})
        temporary = path.parent / f"{unfinished_prefix(path.name)}{uuid4().hex}.part"
        try:
            try:
                with open(temporary, "xb") as file:
                    file.write(head + head + _page({}))
                    file.flush()
                    os.fsync(file.fileno())
                try:
                    os.link(temporary, path)  # unlike a renamed file, it takes the place of no other
                except FileExistsError:
                    return
                except OSError:  # a file system without links
                    os.rename(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
            sync(path.parent)
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror}; the index was not made") from error

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the last commit said of itself, a value of JSON."""
        return self._last.facts

    @property
    def commits(self) -> int:
        """Return how many commits there were."""
        return self._last.commits

    @property
    def committed_bytes(self) -> int:
        """Return the bytes up to the end of the last commit."""
        return self._last.end

    @property
    def tail(self) -> int:
        """Return the bytes behind the last commit."""
        return os.fstat(self._file.fileno()).st_size - self._last.end

    def blocks(self) -> Iterator[bytes]:
        """Yield every committed block, checked. Raises IndexCorrupt."""
        last, at, digest = self._last, _BLOCKS * _PAGE, bytes(16)
        while at < last.end:
            block = self._read_block(at, digest, last.end)
            if block is None:
                raise self._corrupt(f"the block at byte {at:,} is not what was written")
            at, digest, mark, payload = block
            if mark == _DATA:
                yield payload
        if digest != last.digest:
            raise self._corrupt("its head belongs to other blocks")

    def beginnings(self, size: int) -> Iterator[bytes]:
        """Yield the first bytes of every committed block, unchecked, without reading the others. Raises IndexCorrupt."""
        at = _BLOCKS * _PAGE
        while at < self._last.end:
            head = self._read(_BLOCK_HEAD.size, at)
            _, length, mark = (
                _BLOCK_HEAD.unpack(head) if len(head) == _BLOCK_HEAD.size else (b"", self._last.end, _DATA)
            )
            if at + len(head) + length > self._last.end:
                raise self._corrupt(f"the block at byte {at:,} is not what was written")
            if mark == _DATA:
                yield self._read(min(size, length), at + len(head))
            at += len(head) + length

    def append(self, payload: bytes) -> None:
        """Write a block, which counts from the next commit on."""
        self._append(_DATA, payload)

    def commit(self, facts: dict[str, Any]) -> None:
        """Make all blocks count, together with `facts`, whatever happens from now on."""
        facts, commits = {"format": FORMAT, **facts}, self._last.commits + 1
        self._append(_COMMIT, json.dumps({"commits": commits, "facts": facts}).encode())
        self._sync()
        self._last = _Point(self._end, self._digest, commits, facts)
        self._write_head()

    def holder(self) -> str | None:
        """Say who writes the file at this moment, if anybody does."""
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return self._named_holder()
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return None

    def close(self) -> None:
        """Close the file, and release the lock."""
        self._file.close()

    # Reading

    def _read_head(self) -> tuple[_Point, int, bool]:
        """Return the newer whole one of the two heads, its page, and whether the other one is damaged."""
        pages = [self._read(_PAGE, page * _PAGE) for page in (0, 1)]
        if not any(page.startswith(_MAGIC) for page in pages):
            raise self._corrupt("it is no index of dedup, or its beginning is overwritten")
        found = [_unpaged(page) for page in pages]
        points = {page: self._point(said) for page, said in enumerate(found) if said is not None}
        if not points:
            raise self._corrupt("both copies of its head are damaged")
        page = max(points, key=lambda page: (points[page].commits, page))
        last = points[page]
        if last.end > os.fstat(self._file.fileno()).st_size:
            raise self._corrupt("it is cut short")
        return last, page, None in found

    def _point(self, said: dict[str, Any]) -> _Point:
        try:
            end, commits = whole_number(said["end"], _BLOCKS * _PAGE), whole_number(said["commits"])
            point = _Point(end, bytes.fromhex(said["digest"]), commits, said["facts"])
            version = whole_number(point.facts["format"])
            if len(point.digest) != 16 or not isinstance(point.facts, dict):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise self._corrupt("its head makes no sense") from None
        if version != FORMAT:
            raise ConfigError(
                f"{self.path} has format {version}; this version of dedup reads format {FORMAT}. Use a version of dedup "
                "that knows it, or another index"
            )
        return point

    def _rolled_forward(self, last: _Point) -> _Point:
        """Return the last commit: one that is whole, but which the head does not know, counts."""
        at, digest = last.end, last.digest
        size = os.fstat(self._file.fileno()).st_size
        while (block := self._read_block(at, digest, size)) is not None:
            at, digest, mark, payload = block
            if mark == _COMMIT:
                last = self._point({**_parsed(payload), "end": at, "digest": digest.hex()})
        return last

    def _read_block(self, at: int, digest: bytes, limit: int) -> tuple[int, bytes, int, bytes] | None:
        """Return end, checksum, mark and payload of the block that begins at a byte; None if it is not whole."""
        head = self._read(_BLOCK_HEAD.size, at)
        if at + len(head) > limit or len(head) < _BLOCK_HEAD.size:
            return None
        found, length, mark = _BLOCK_HEAD.unpack(head)
        end = at + _BLOCK_HEAD.size + length
        if end > limit:
            return None
        payload = self._read(length, at + _BLOCK_HEAD.size)
        if len(payload) < length or found != xxh3_128_digest(digest + head[16:] + payload):
            return None
        return end, found, mark, payload

    def _read(self, length: int, at: int) -> bytes:
        try:
            pieces = []
            while length and (piece := os.pread(self._file.fileno(), length, at)):
                pieces.append(piece)
                length, at = length - len(piece), at + len(piece)
            return b"".join(pieces)
        except OSError as error:
            raise CorpusError(f"{self.path}: {error.strerror}; it cannot be read") from error

    def _corrupt(self, what: str) -> IndexCorrupt:
        return IndexCorrupt(
            f"{self.path}: {what}; expected the bytes that were committed. Put back a copy, or build the index again"
        )

    # Writing

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:
            raise CorpusError(
                f"{self.path}: this system has no flock, by which an index is kept to one writer"
            ) from None
        try:
            for patience in (0.02, 0.02, None):  # somebody may only be asking who holds it
                try:
                    return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if patience is None:
                        raise
                    time.sleep(patience)
        except BlockingIOError:
            raise IndexLocked(
                f"{self.path} is being written by {self._named_holder()}; expected no other writer. Wait until it ends, "
                "or end it"
            ) from None
        except OSError as error:
            raise CorpusError(f"{self.path}: {error.strerror}; it cannot be locked") from error

    def _named_holder(self) -> str:
        said = _unpaged(self._read(_PAGE, _HOLDER * _PAGE)) or {}
        return (
            "process {pid} on {host}, since {since}".format_map(said)
            if said.keys() >= _HOLDER_SAYS
            else "another process"
        )

    def _repair(self, behind: bool) -> None:
        """Cut off what is no commit, write the head where one is damaged or behind, and say who holds the lock."""
        try:
            if os.fstat(self._file.fileno()).st_size > self._end:
                self._file.truncate(self._end)
                self._sync()
        except OSError as error:
            raise self._refusal(error) from error
        if behind:
            self._write_head()
        said = {"pid": os.getpid(), "host": os.uname().nodename, "since": now()}
        self._write(_page(said), _HOLDER * _PAGE)

    def _append(self, mark: int, payload: bytes) -> None:
        rest = _BLOCK_HEAD.pack(b"", len(payload), mark)[16:]
        digest = xxh3_128_digest(self._digest + rest + payload)
        self._write(digest + rest + payload, self._end)
        self._end, self._digest = self._end + _BLOCK_HEAD.size + len(payload), digest

    def _write_head(self) -> None:
        """Write the head over the older one, so that a torn page costs nothing."""
        self._page = 1 - self._page
        end, digest, commits, facts = self._last
        head = _page({"end": end, "digest": digest.hex(), "commits": commits, "facts": facts})
        self._write(head, self._page * _PAGE)
        self._sync()

    def _write(self, data: bytes, at: int) -> None:
        if self._refused:
            raise self._refusal(self._refused)
        left = memoryview(data)
        try:
            while left:
                written = os.pwrite(self._file.fileno(), left, at)
                if not written:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                left, at = left[written:], at + written
        except OSError as error:
            raise self._refusal(error) from error

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OSError) -> CorpusError:
        # What the disk holds after a failed write or sync is unknown until it is read again.
        self._refused = error
        return CorpusError(f"{self.path}: {error.strerror}; what was committed before is safe: open it again to go on")


def _page(value: dict[str, Any]) -> bytes:
    body = json.dumps(value).encode()
    rest = (struct.pack("<I", len(body)) + body).ljust(_PAGE - 32, b"\0")
    if len(rest) > _PAGE - 32:
        raise ValueError(f"{len(body)} bytes do not fit a page")
    return _MAGIC + xxh3_128_digest(rest) + rest


def _unpaged(page: bytes) -> dict[str, Any] | None:
    """Return what a page says; None if it is damaged."""
    if len(page) < _PAGE:
        return None
    magic, digest, length = _PAGE_HEAD.unpack_from(page)
    if magic != _MAGIC or digest != xxh3_128_digest(page[32:]):
        return None
    return _parsed(page[_PAGE_HEAD.size : _PAGE_HEAD.size + length])


def _parsed(body: bytes) -> dict[str, Any]:
    """Return the JSON object that is written there; empty if there is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def whole_number(value: object, least: int = 0) -> int:
    """Return a number that was read, before it is believed. Raises ValueError for anything but a whole one in its range."""
    if type(value) is not int or not least <= value <= _MOST:
        raise ValueError(f"{value!r:.60} is no whole number from {least} to {_MOST}")
    return value


def now() -> str:
    """Return the time, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
