"""Upgrading an index: what it keeps is decided again by the present rule, in the order in which it came."""

import os
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..config import DECISION_VERSION, Config
from ..deduplicator import Deduplicator
from ..errors import ConfigError, CorpusError, IndexCorrupt, OutOfMemory
from ..index.append_log import Log
from ..index.codec import NONSENSE, decode
from ..index.file import IndexFile
from ..index.protocol import Note
from ..io.atomic import sync
from ..results import Paragraph
from ..sketch.keys import count_keys
from ..sketch.prefixes import MOST_PREFIXES

_MOST_PARAGRAPHS = 1 << 22  # of a document, those that were not kept among them
_FROM = 4  # the version of the rule whose indexes are understood
_CAPITAL, _AFTER_STOP, _CAPITALS = 2, 32, 64  # flags of a token as that version had them


class Upgraded(NamedTuple):
    """How many paragraphs an index kept before its upgrade, and how many of those it keeps now."""

    before: int
    after: int


class _Kept(NamedTuple):
    """A document of an index: its id, and position and text of what was kept; alone: it was given as one short text."""

    id: Hashable
    paragraphs: list[tuple[int, str]]
    alone: bool


def upgrade(path: str | os.PathLike[str]) -> Upgraded:
    """Decide the kept paragraphs of an index again, and write the result in its place, as one step.

    What folding left out of the texts is not in the index; it changes no decision that it can see. What is found to repeat
    another is no longer kept. Raises ConfigError where there is nothing to upgrade, IndexLocked, IndexCorrupt, CorpusError.
    """
    path = Path(path)
    log = Log(path, write=True)  # so that nobody else writes it meanwhile
    made = path.with_name(f"{path.name}.upgraded.part")
    try:
        config, lines, documents, notes = _read(log)
        made.unlink(missing_ok=True)
        store = IndexFile(made, config)
        store.lines = lines
        with Deduplicator(config, index=store) as seen:
            for alone, group in groupby(documents, key=lambda document: document.alone):
                if alone:
                    for document in group:
                        seen.add(document.paragraphs[0][1], document.id)
                else:
                    for _ in seen.stream((document.id, _paragraphs(document)) for document in group):
                        pass
            for name, note in notes.items():
                store.note(name, note)
            seen.commit()
            after = store.size.entries
        os.replace(made, path)
        sync(path.parent)
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; the index is as it was") from error
    finally:
        log.close()
        made.unlink(missing_ok=True)
    return Upgraded(sum(len(document.paragraphs) for document in documents), after)


def _read(log: Log) -> tuple[Config, bool | None, list[_Kept], dict[str, Note]]:
    """Return configuration, documents and notes of an index, and whether its documents were lines. Raises IndexCorrupt."""
    facts = log.facts
    _check_version(log.path, facts)
    try:
        config, lines = _config(facts), facts["lines"]
        if not isinstance(lines, bool | None):
            raise TypeError(f"lines is {lines!r:.60}")
        return config, lines, *_documents(log, config, facts)
    except (AttributeError, KeyError, IndexError, *NONSENSE) as error:
        if isinstance(error, IndexCorrupt | OutOfMemory):
            raise
        raise IndexCorrupt(f"{log.path}: it makes no sense ({error}); put back a copy, or build it again") from error


def _check_version(path: Path, facts: dict[str, Any]) -> None:
    """Raise ConfigError unless an index is of the version of the rule that is understood."""
    if facts.get("decisions") == DECISION_VERSION:
        raise ConfigError(
            f"{path} is of the present version of the rule, {DECISION_VERSION}; there is nothing to upgrade"
        )
    if facts.get("decisions") != _FROM:
        raise ConfigError(
            f"{path} is of version {facts.get('decisions')!r:.60} of the rule; expected {_FROM}. Build the index again"
        )


def _config(facts: dict[str, Any]) -> Config:
    """Return the configuration of the present version that comes closest to what an index was made with."""
    options = {name: value for name, value in facts["config"].items() if name in Config.__dataclass_fields__}
    if facts["config"].get("guard", True):
        options["threshold"] = None
    return Config(**options)


def _documents(log: Log, config: Config, facts: dict[str, Any]) -> tuple[list[_Kept], dict[str, Note]]:
    """Return the documents of an index by their numbers, and its notes on files."""
    likeness = replace(config, threshold=facts["config"]["threshold"])
    columns = count_keys(likeness)[0] + (0 if facts["config"].get("containment") is None else MOST_PREFIXES)
    found: list[_Kept] = []
    notes: dict[str, Note] = {}
    for payload in log.blocks():
        first, (ids, entries), noted = decode(payload, columns)
        if first != len(found):
            raise ValueError(f"a block begins with document {first:,} instead of {len(found):,}")
        if entries.positions.max(initial=0) > _MOST_PARAGRAPHS:
            raise ValueError(f"a document has more than {_MOST_PARAGRAPHS:,} paragraphs")
        found += [_Kept(id, [], False) for id in ids]
        notes |= noted
        text = flags = 0
        for k, number in enumerate(entries.documents.tolist()):
            words = entries.texts[text : text + int(entries.text_lengths[k])].tobytes()
            seen = entries.flags[flags : flags + int(entries.token_counts[k])].tobytes()
            text, flags = text + int(entries.text_lengths[k]), flags + int(entries.token_counts[k])
            found[number].paragraphs.append((int(entries.positions[k]), _unfolded(words, seen)))
            found[number] = found[number]._replace(alone=not entries.banded[k])
    return found, notes


def _unfolded(text: bytes, flags: bytes) -> str:
    """Return a text that folds to the tokens that were kept, with the stops and capitals that their flags tell of."""

    def words() -> Iterator[str]:
        for place, (token, seen) in enumerate(zip(text.decode("utf-8", "replace").split(" "), flags, strict=False)):
            word = token.upper() if seen & _CAPITALS else token[:1].upper() + token[1:] if seen & _CAPITAL else token
            yield f"; {word}" if place and seen & _AFTER_STOP else word

    return " ".join(words())


def _paragraphs(document: _Kept) -> list[Paragraph]:
    """Return a document whose kept paragraphs stand where they stood; all others are empty."""
    texts = dict(document.paragraphs)
    return [Paragraph(texts.get(position, "")) for position in range(max(texts, default=-1) + 1)]
