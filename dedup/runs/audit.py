"""Removals on record: what went from where, why, and what it takes to put it back."""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from types import TracebackType
from typing import Any, BinaryIO, Self

from xxhash import xxh3_64_hexdigest

from ..errors import CorpusError
from ..io.atomic import Replacement, failures_named
from ..io.formats.json_text import as_json
from ..io.inputs import InputFile
from ..results import Removal, Span


def as_record(id: str, text: str, removal: Removal) -> dict[str, Any]:
    """Return a removal from the text of the document `id`, as one line of a listing."""
    decision = removal.decision
    place = None
    if decision.duplicate_of is not None:
        original, position = decision.duplicate_of
        if isinstance(original, tuple):  # a line: (document, line)
            original, position = original
        place = {"document": str(original), "paragraph": position}
    return {
        "document": id,
        "paragraph": removal.position,
        "start": removal.start,
        "end": removal.end,
        "text": text[removal.start : removal.end],
        "relation": decision.relation,
        "duplicate_of": place,
        "jaccard": round(decision.jaccard, 4),
        "containment": round(decision.containment, 4),
        "reason": decision.reason,
    }


class AuditLog:
    """A file of JSON Lines, a line for each removal, which grows as the run goes on.

    Besides the removal a line says what to put where in which row of which file: `cut` at character `at` of what it was
    cut from (the text or, of JSON Lines, the line), whose checksum (XXH3, 64 bits) is that of the whole.
    """

    def __init__(self, path: str, *, durable: bool, again: Collection[str] | None) -> None:
        """Begin a new file. With `again`, the names of files that are cleaned now, the lines of an earlier one on all other files
        stay. Raises CorpusError."""
        self.path = path
        self._durable = durable
        lines: Iterable[bytes] = ()
        if again is not None and os.path.exists(path):
            earlier = AuditReader(path)
            lines = chain.from_iterable(map(earlier.lines, sorted(earlier.files - set(again))))
        with Replacement(path, durable=durable) as file:
            file.writelines(lines)
        with failures_named(path):
            self._file: BinaryIO = open(path, "ab")  # noqa: SIM115  until close

    def add(self, file: InputFile, row: int, spelling: str, places: Sequence[Span], records: Iterable[Any]) -> None:
        """Add the removals of one row; places: where in its spelling each of them was cut. Raises CorpusError."""
        checksum = _checksum(spelling)
        for record, place in zip(records, places, strict=True):
            line = {**record, "file": file.name, "row": row, "at": place.start}
            line |= {"cut": spelling[place.start : place.end], "checksum": checksum}
            with failures_named(self.path):
                self._file.write(as_json(line).encode() + b"\n")

    def confirm(self) -> None:
        """Have what was added reach the file: before the output without it takes its place. Raises CorpusError."""
        with failures_named(self.path):
            self._file.flush()
            if self._durable:
                os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with failures_named(self.path):
            self._file.close()


@dataclass(frozen=True, slots=True)
class Missing:
    """What a row lacks: pieces with the characters at which they stood, and the checksum of the whole."""

    row: int
    pieces: list[tuple[int, str]]
    checksum: str

    def restored(self, spellings: Sequence[str]) -> str:
        """Return the row as it was. Raises ValueError if none of `spellings` is what was left of it."""
        for spelling in spellings:
            with suppress(ValueError):
                whole = restored(spelling, self.pieces)
                if _checksum(whole) == self.checksum:
                    return whole
        raise ValueError(f"row {self.row} is not what the run wrote" if self.row else "not what the run wrote")


class AuditReader:
    """What a record holds, looked up by file; in memory are only the places of the lines."""

    def __init__(self, path: str) -> None:
        """Read a record. Raises CorpusError for a file that is none. A last line without an end, of a killed run, is none."""
        self.path = path
        self._places: dict[str, list[tuple[int, int]]] = {}
        begin = 0
        with failures_named(path), open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                places = self._places.setdefault(self._parsed(line, number)["file"], [])
                end = begin + len(line)
                if places and places[-1][1] == begin:  # right after the one before
                    places[-1] = (places[-1][0], end)
                else:
                    places.append((begin, end))
                begin = end

    @property
    def files(self) -> Set[str]:
        """Return the names of the files of which something is missing."""
        return self._places.keys()

    def lines(self, name: str) -> Iterator[bytes]:
        """Return the lines of one file."""
        with failures_named(self.path), open(self.path, "rb") as file:
            for begin, end in self._places.get(name, []):
                file.seek(begin)
                while file.tell() < end:
                    yield file.readline()

    def of(self, name: str) -> Iterator[Missing]:
        """Return what the rows of one file lack, in order."""
        records = (self._parsed(line, None) for line in self.lines(name))
        for row, lacking in groupby(records, key=lambda record: record["row"]):
            lines = list(lacking)
            yield Missing(row, [(line["at"], line["cut"]) for line in lines], lines[0]["checksum"])

    def _parsed(self, line: bytes, number: int | None) -> dict[str, Any]:
        try:
            record: dict[str, Any] = json.loads(line)
            types = {"file": str, "row": int, "at": int, "cut": str, "checksum": str}
            if all(type(record[key]) is kind for key, kind in types.items()):
                return record
        except (ValueError, LookupError, TypeError, RecursionError):
            pass
        place = self.path if number is None else f"{self.path}, line {number}"
        raise CorpusError(f"{place}: no removal on record; expected what dedup clean --removed wrote")


def restored(spelling: str, cut: Sequence[tuple[int, str]]) -> str:
    """Return a spelling with what was cut from it: for each place where it began and what stood there. Raises ValueError."""
    pieces = []
    done = length = 0
    for start, piece in cut:
        staying = spelling[done : done + start - length]
        if start < length or len(staying) != start - length:
            raise ValueError("too short for what was cut from it")
        pieces += [staying, piece]
        done += len(staying)
        length = start + len(piece)
    return "".join(pieces) + spelling[done:]


def _checksum(text: str) -> str:
    return xxh3_64_hexdigest(text.encode())
