"""Upgrading an index: what it keeps is decided again by the present rule, in the order in which it came."""

import os
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..config import DECISION_VERSION, Config
from ..deduplicator import Deduplicator
from ..errors import ConfigError, CorpusError, IndexCorrupt
from ..index.append_log import Log
from ..index.codec import NONSENSE, decode
from ..index.file import IndexFile
from ..io.atomic import sync
from ..results import Paragraph
from ..sketch.keys import count_keys
from ..sketch.prefixes import MOST_PREFIXES

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
        facts = log.facts
        config = _config(path, facts)
        documents, notes = _documents(log, config, facts)
        made.unlink(missing_ok=True)
        store = IndexFile(made, config)
        store.lines = facts["lines"]
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


def _config(path: Path, facts: dict[str, Any]) -> Config:
    """Return the configuration of the present version that comes closest to what an index was made with."""
    if facts.get("decisions") == DECISION_VERSION:
        raise ConfigError(
            f"{path} is of the present version of the rule, {DECISION_VERSION}; there is nothing to upgrade"
        )
    if facts.get("decisions") != _FROM:
        raise ConfigError(
            f"{path} is of version {facts.get('decisions')!r} of the rule; expected {_FROM}. Build the index again"
        )
    options = {name: value for name, value in facts["config"].items() if name in Config.__dataclass_fields__}
    if facts["config"].get("guard", True):
        options["threshold"] = None
    return Config(**options)


def _documents(log: Log, config: Config, facts: dict[str, Any]) -> tuple[list[_Kept], dict[str, Any]]:
    """Return the documents of an index by their numbers, and its notes on files. Raises IndexCorrupt."""
    likeness = replace(config, threshold=facts["config"]["threshold"])
    columns = count_keys(likeness)[0] + (0 if facts["config"].get("containment") is None else MOST_PREFIXES)
    found: list[_Kept] = []
    notes: dict[str, Any] = {}
    for payload in log.blocks():
        try:
            _, (ids, entries), noted = decode(payload, columns)
        except NONSENSE as error:
            raise IndexCorrupt(f"{log.path}: a block makes no sense ({error}); put back a copy") from error
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
