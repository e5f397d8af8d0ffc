"""Files that are read through others: what they share, and those of which the beginning was looked at."""

import io
from typing import Any, BinaryIO, cast

_BUFFER = 1 << 18


def with_beginning(beginning: bytes, content: BinaryIO) -> BinaryIO:
    """Return a file that reads as `content` did before `beginning` was read from it."""
    return cast(BinaryIO, io.BufferedReader(_Chained(beginning, content), _BUFFER)) if beginning else content


class Through(io.RawIOBase):
    """A file that is read through others, which are closed with it."""

    def __init__(self, *files: Any) -> None:
        self._files = files

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            for file in self._files:
                file.close()
        super().close()


class _Chained(Through):
    """Bytes, and behind them what is left of a file."""

    def __init__(self, beginning: bytes, content: Any) -> None:
        super().__init__(content)
        self._beginning = memoryview(beginning)
        self._content = content

    def readinto(self, buffer: Any) -> int:
        if not self._beginning:
            count: int = self._content.readinto1(buffer)
            return count
        count = min(len(buffer), len(self._beginning))
        buffer[:count] = self._beginning[:count]
        self._beginning = self._beginning[count:]
        return count
