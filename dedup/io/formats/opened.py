"""Files of which the beginning was looked at."""

import io
from typing import Any, BinaryIO, cast

_BUFFER = 1 << 18


def with_beginning(beginning: bytes, content: BinaryIO) -> BinaryIO:
    """Return a file that reads as `content` did before `beginning` was read from it."""
    return cast(BinaryIO, io.BufferedReader(_Chained(beginning, content), _BUFFER)) if beginning else content


class _Chained(io.RawIOBase):
    """Bytes, and behind them what is left of a file, which is closed with it."""

    def __init__(self, beginning: bytes, content: Any) -> None:
        self._beginning = memoryview(beginning)
        self._content = content

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._content.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        if not self._beginning:
            count: int = self._content.readinto1(buffer)
            return count
        count = min(len(buffer), len(self._beginning))
        buffer[:count] = self._beginning[:count]
        self._beginning = self._beginning[count:]
        return count
