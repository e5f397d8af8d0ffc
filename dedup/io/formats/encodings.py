"""Text that is not UTF-8: told by its mark or named by whoever reads it, read as UTF-8, and written as it came."""

import codecs
import io
from typing import Any, BinaryIO, cast

from ...errors import ConfigError
from .opened import Through

UTF8 = "utf-8"
_MARKS = (  # the longer ones first, as one begins as another does
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
_AT_ONCE = 1 << 16  # bytes
_C1 = frozenset(range(0x80, 0xA0))  # where Windows-1252 has characters, and Latin-1 none that are written
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")  # in Windows-1252


def check_name(encoding: str | None) -> str:
    """Return the name by which Python knows an encoding. Raises ConfigError for one that it does not know."""
    try:
        found = codecs.lookup(encoding or UTF8)
    except LookupError:
        raise ConfigError(f"--encoding is {encoding!r}; expected one that Python knows, as latin-1 or utf-16") from None
    if not found._is_text_encoding:
        raise ConfigError(f"--encoding is {encoding!r}, which is none of text; expected one as latin-1 or utf-16")
    return UTF8 if found.name == "utf-8-sig" else found.name


def check_encoding(beginning: bytes) -> None:
    """Raise ValueError for a file that says of itself that it is UTF-16 or UTF-32."""
    for mark, name, _ in _MARKS:
        if beginning.startswith(mark):
            raise ValueError(f"{name} text; expected UTF-8, {_ways(name, name.lower())}")


def without_mark(raw: bytes) -> str | None:
    """Say that bytes are UTF-16 without a mark, if every other one is NUL, as in Latin letters, and none between them."""
    for name, high, low in (("UTF-16LE", raw[1::2], raw[::2]), ("UTF-16BE", raw[::2], raw[1::2])):
        if 2 * high.count(0) > len(high) and 0 not in low:
            return f"UTF-16 text without a mark; expected UTF-8, {_ways(name, f'utf-16-{name[-2:].lower()}')}"
    return None


def not_utf8(error: UnicodeDecodeError) -> str:
    """Say that something is not UTF-8, and what it may be."""
    said = f"not {'UTF-8' if error.encoding == UTF8 else error.encoding} text (byte {error.start})"
    others = {byte for byte in error.object if byte >= 0x80}
    if error.encoding != UTF8 or not others.isdisjoint(_UNDEFINED):
        return said
    name, option, title = ("ISO-8859-1", "latin-1", "Latin-1")
    if not others.isdisjoint(_C1):
        name, option, title = ("CP1252", "cp1252", "Windows-1252")
    return f"{said}; perhaps it is {title}; expected UTF-8, {_ways(name, option)}"


def undecoded(text: str) -> str | None:
    """Say what is wrong with a text that was decoded with "surrogateescape"; None if it is UTF-8."""
    try:
        text.encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError as error:
        return not_utf8(error)
    return None


def _ways(name: str, option: str) -> str:
    return f"into which iconv -f {name} -t UTF-8 turns it; or --encoding {option} reads it"


def resolved(encoding: str, content: BinaryIO) -> str:
    """Return an encoding with the order of its bytes, which a mark tells, and which is otherwise that of most machines."""
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    beginning = cast(io.BufferedReader, content).peek(4)
    told = (exact for mark, name, exact in _MARKS if name.lower() == encoding and beginning.startswith(mark))
    return next(told, f"{encoding}-le")


def decoded_from(encoding: str, content: BinaryIO) -> BinaryIO:
    """Return a file that holds in UTF-8 what `content` does in an encoding.

    Reading raises ValueError for what is not of that encoding, or would not be written as it was read.
    """
    return cast(BinaryIO, io.BufferedReader(_Decoded(encoding, content), _AT_ONCE))


def encoded_to(encoding: str, target: BinaryIO) -> "Encoded":
    """Return a file that writes UTF-8 in an encoding; each piece that is written must be whole characters."""
    return Encoded(encoding, target)


class _Decoded(Through):
    def __init__(self, encoding: str, content: BinaryIO) -> None:
        super().__init__(content)
        self._encoding, self._content = encoding, content
        self._decode = codecs.getincrementaldecoder(encoding)().decode
        self._encode = codecs.getincrementalencoder(encoding)().encode
        self._read = 0  # bytes that were found to be written as they were read
        self._unverified = b""
        self._ready = b""

    def readinto(self, buffer: Any) -> int:
        piece = b" "
        while not self._ready and piece:
            piece = self._content.read(_AT_ONCE)
            self._ready = self._converted(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _converted(self, piece: bytes) -> bytes:
        self._unverified += piece
        try:
            text = self._decode(piece, not piece)
            again = self._encode(text, not piece)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            raise ValueError(f"not {self._encoding} text (near byte {self._read + start:,})") from None
        if not self._unverified.startswith(again):
            raise ValueError(f"{self._encoding} that would not be written as it is read (near byte {self._read:,})")
        self._unverified = self._unverified[len(again) :]
        self._read += len(again)
        return text.encode()


class Encoded:
    """A file that is written in an encoding."""

    def __init__(self, encoding: str, target: BinaryIO) -> None:
        self._encode = codecs.getincrementalencoder(encoding)().encode
        self._target = target

    def write(self, piece: bytes) -> int:
        self._target.write(self._encode(piece.decode()))
        return len(piece)

    def close(self) -> None:
        """Write what an encoding with a state ends with. The target stays open."""
        self._target.write(self._encode("", True))
