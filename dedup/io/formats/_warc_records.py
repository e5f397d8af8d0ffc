"""Records of WARC as rows, for which warcio must be installed. Its lengths and digests say what is written, as it was read."""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from .compression import Members
from .json_text import as_json
from .rows import NOTE, Reader, Row, Source, Writer

_AT_ONCE = 1 << 16  # bytes
_GZIP = b"\x1f\x8b"
_LENGTH = re.compile(rb"(?im)^(Content-Length:[ \t]*)(\d+)")
_DIGEST = re.compile(rb"(?im)^(WARC-(?:Block|Payload)-Digest:[ \t]*)(\S+)")
_NOTE = re.compile(rf"(?im)^{NOTE}:[^\r\n]*\r?\n".encode())
_END = re.compile(rb"\r?\n\r?\n")
_SPELLINGS: tuple[Callable[[bytes], bytes], ...] = (
    base64.b32encode,
    lambda digest: base64.b32encode(digest).rstrip(b"="),
    lambda digest: base64.b32encode(digest).lower(),
    lambda digest: digest.hex().encode(),
    lambda digest: digest.hex().upper().encode(),
    base64.b64encode,
)


class _Record(NamedTuple):
    """A record as a file holds it: compressed, if it is a member of its own, with the line ends behind it."""

    raw: bytes

    def whole(self) -> bytes:
        return zlib.decompress(self.raw, wbits=31) if self.raw.startswith(_GZIP) else self.raw


class _Parts(NamedTuple):
    """A record taken apart: its head, its content, and the line ends behind them."""

    head: bytes
    body: bytes
    end: bytes

    @classmethod
    def of(cls, whole: bytes) -> "_Parts":
        """Raises ValueError."""
        end = _END.search(whole)
        length = None if end is None else _LENGTH.search(whole, 0, end.end())
        if end is None or length is None:
            raise ValueError("it has no length")
        begin, until = end.end(), end.end() + int(length[2])
        return cls(whole[:begin], whole[begin:until], whole[until:])

    def with_body(self, body: bytes) -> "_Parts":
        """Return the record with another content, and the length and digests of that. Raises ValueError if those were others."""

        def length(found: re.Match[bytes]) -> bytes:
            if int(found[2]) > len(self.body):
                raise ValueError(
                    f"it is shorter than its length says, {len(self.body):,} of {int(found[2]):,} bytes; get the file again, "
                    "if it was cut short"
                )
            if found[2] != b"%d" % len(self.body):
                raise ValueError(f"its length is spelled {found[2].decode()}")
            return found[1] + b"%d" % len(body)

        def digest(found: re.Match[bytes]) -> bytes:
            return found[1] + _digest(found[2], self.body, body)

        return _Parts(_DIGEST.sub(digest, _LENGTH.sub(length, self.head, count=1)), body, self.end)


class WarcReader(Reader):
    """A file of records; those that are no conversions are passed on."""

    members = True

    def __init__(self, source: Source) -> None:
        self.source = source

    def rows(self) -> Iterator[Row]:
        number = documents = 0
        with closing(self.source):
            content = _Remembered(self.source.content)
            records = _Records(content, block_size=_AT_ONCE)
            try:
                for record in records:
                    number += 1
                    is_text = record.rec_type == "conversion"
                    body = record.raw_stream.read() if is_text else b""
                    headers = record.rec_headers
                    raw = _Record(content.taken(records.end()))
                    documents += is_text
                    yield (
                        _row(number, raw, body, headers.get_header("WARC-Target-URI"))
                        if is_text
                        else Row(number, None, raw, None, len(raw.raw))
                    )
            except ArchiveLoadFailed as error:
                said = " ".join(str(error).split())
                if "non-chunked" in said:
                    said = "several records in one member of a .gz; warcio recompress gives each its own"
                raise ValueError(f"no WARC behind record {number}: {said:.200}") from None
        if number and not documents:
            yield Row(
                0, None, _Record(b""), "no record of it is a conversion, as in WET; extract texts from its pages first"
            )

    def writer(self, target: BinaryIO, *, notes: bool) -> "WarcWriter":
        return WarcWriter(target)


class WarcWriter(Writer):
    """Writes records."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def write(self, row: Row, spelling: str | None, note: list[dict[str, Any]] | None = None) -> None:
        raw = row.raw.raw
        if spelling is None and note is None and isinstance(self._target, Members) and raw.startswith(_GZIP):
            self._target.copy(raw)
            return
        whole = row.raw.whole()
        if spelling is not None or note is not None:
            parts = _Parts.of(whole)
            if spelling is not None:
                parts = parts.with_body(spelling.encode())
            whole = b"".join(parts if note is None else _noted(parts, note))
        if whole:
            self._target.write(whole)

    def close(self) -> None:
        pass


class _Remembered:
    """A file of which what was read is remembered until it is taken."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._held = bytearray()
        self._begin = 0  # where in the file that begins

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(size)
        self._held += piece
        return piece

    def tell(self) -> int:
        return self._begin + len(self._held)

    def taken(self, until: int) -> bytes:
        """Return what was read up to a place in the file, from where the last one ended."""
        size = until - self._begin
        piece = bytes(self._held[:size])
        del self._held[:size]
        self._begin = until
        return piece


class _Records(ArchiveIterator):  # type: ignore[misc]
    """The records of a file. A length that is wrong ends them, instead of a warning."""

    INC_RECORD = ""

    def end(self) -> int:
        """Return where the present record ends, with the line ends behind it. Raises ValueError."""
        self.read_to_end()
        if self.err_count:
            raise ArchiveLoadFailed("more follows than its Content-Length says")
        place: int = self.offset
        return place


def _row(number: int, raw: _Record, body: bytes, address: str | None) -> Row:
    size = len(raw.raw) + len(body)
    try:
        parts = _Parts.of(raw.whole())
        if len(parts.body) != len(body):
            raise ValueError("it is shorter than its length says")
        parts.with_body(parts.body)
        text = body.decode()
    except UnicodeDecodeError as error:
        # The remedy is no encoding: to read the file in another one, or to convert it, would break its lengths.
        problem = f"not UTF-8 text (byte {error.start}); expected UTF-8, as WET is; extract its text again"
        return Row(number, None, raw, problem, size)
    except ValueError as error:
        return Row(number, None, raw, str(error), size)
    return Row(number, text, raw, None, size, id=address)


def _digest(spelled: bytes, body: bytes, new: bytes) -> bytes:
    """Return the digest of a new content, as that of the present one is spelled. Raises ValueError if it has another."""
    name, _, shown = spelled.partition(b":")
    try:
        algorithm = name.decode().lower().replace("-", "")
        known = hashlib.new(algorithm, body).digest()
        made = known if new is body else hashlib.new(algorithm, new).digest()
    except ValueError:
        raise ValueError(f"its digest {spelled.decode(errors='replace')} is of no kind that is known") from None
    for spell in _SPELLINGS:
        if spell(known) == shown:
            return name + b":" + spell(made)
    raise ValueError(f"its digest {spelled.decode(errors='replace')} is not that of its content")


def _noted(parts: _Parts, note: list[dict[str, Any]]) -> _Parts:
    """Return a record with the note as its last header, in place of an earlier one."""
    said = as_json(note).encode("ascii", "backslashreplace")
    head = _NOTE.sub(b"", parts.head)
    lines, end = head.rstrip(b"\r\n"), b"\r\n\r\n"
    return parts._replace(head=lines + b"\r\n" + NOTE.capitalize().encode() + b": " + said + end)
