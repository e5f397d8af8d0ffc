"""What several test modules use: folders, the command, texts, decisions by position, and marks of what needs something."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from xxhash import xxh3_128_digest

import dedup
from dedup._jit import backend as jit
from dedup.cli.main import main
from dedup.decide.batch import USUAL
from dedup.index.append_log import Log
from dedup.index.tables import Entries
from dedup.match import lexicon
from dedup.match.decision import Text, says_kernel, text_of
from dedup.match.tables import RELATIONS, Why
from dedup.text.paragraphs import cuts, split_paragraphs, without
from dedup.text.tokens import fold

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
EXAMPLES = ROOT / "examples"
CORPUS = EXAMPLES / "corpus"
SHARED = ROOT.parent / "shared" / "data"  # scraped pages, where dedup is developed

LONG = "Five new bridges are planned for the valley"
OTHER = "The old mill on the river will be turned into a school"
THIRD = "Nobody knows who painted the wall behind the station"

BACKENDS = ["numpy", "numba"] if jit.numba_works() else ["numpy"]
needs_numba = pytest.mark.skipif(not jit.numba_works(), reason="numba is not installed")
both_backends = pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
linux = pytest.mark.skipif(sys.platform != "linux", reason="what the system says of memory is read as Linux says it")


def call(*arguments, **options):
    """The command, run in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


def script(path):
    """The module that a script of the repository is, which is in no package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tree(folder):
    """The files under a folder by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def forge_head(path, change):
    """Give an index file another head, made by `change` from what the newest one says, under a checksum that is right."""
    whole = path.read_bytes()
    pages = [whole[:4096], whole[4096:8192]]
    heads = [json.loads(page[36 : 36 + int.from_bytes(page[32:36], "little")]) for page in pages]
    body = json.dumps(change(max(heads, key=lambda head: head["commits"]))).encode()
    rest = (len(body).to_bytes(4, "little") + body).ljust(4096 - 32, b"\0")
    page = whole[:16] + xxh3_128_digest(rest) + rest
    path.write_bytes(page + page + whole[8192:])


def forge_facts(path, **facts):
    """Give an index file a head whose facts are others; `config` has its options replaced one by one."""

    def change(head):
        config = {**head["facts"]["config"], **facts.pop("config", {})}
        return {**head, "facts": {**head["facts"], **facts, "config": config}}

    forge_head(path, change)


def stays(documents, config, jobs=1, sizes=USUAL):
    """Positions of the paragraphs that stay of each document, and everything else that was decided."""
    with dedup.Deduplicator(config, _sizes=sizes) as seen:
        results = list(seen.stream(documents, jobs=jobs))
    gone = [{removal.position for removal in result.removed} for result in results]
    totals = [len(result.kept) + len(result.removed) for result in results]
    return [[p for p in range(total) if p not in away] for total, away in zip(totals, gone, strict=True)], results


def forged(path, change):
    """The index with the payload of its first block changed, under checksums that are right."""
    source = Log(path, write=False)
    (payload, *_), facts = list(source.blocks()), source.facts
    source.close()
    path.unlink()
    Log.create(path, facts)
    target = Log(path, write=True)
    target.append(change(payload))
    target.commit(facts)
    target.close()


def says(b, a, fast=False):
    """How b says what a says, by the kernel: relation and row of the tables."""
    tokens = [fold([b]), fold([a])]
    if not fast:
        relation, why, _ = says_kernel(*(text_of(one.text(0), one.flags_of(0)) for one in tokens), lexicon.words())
    else:
        texts = [Text(one.buffer, one.starts, np.asarray(one.padded_flags)[: len(one.flags)]) for one in tokens]
        relation, why, _ = jit.compiled(says_kernel)(*texts, lexicon.table())
    return RELATIONS[relation], Why(why)


def written(number):
    """Text number `number`, unlike all others."""
    return " ".join(f"{number * 31 + k:x} stones lie by the river" for k in range(5))


def entries_with(keys, banded=None):
    """Entries of no text, found by keys, uint32[columns, n]."""
    n = keys.shape[1]
    octets, nothing = np.zeros(0, dtype=np.uint8), np.zeros(n, dtype=np.int64)
    banded = np.ones(n, dtype=bool) if banded is None else banded
    return Entries(octets, octets, nothing, nothing, nothing, nothing, keys, banded)


def paragraphs(text):
    """The paragraphs of a text."""
    return [text[span.start : span.end] for span in split_paragraphs(text)]


def left(text, removed):
    """The text without the paragraphs at these positions."""
    spans = split_paragraphs(text)
    return without(text, cuts(text, [span.start for span in spans], [span.end for span in spans], removed))


def same(a, b):
    """Check that two foldings are one."""
    size = a.starts[-1]
    assert a.buffer[:size].tobytes() == b.buffer[: b.starts[-1]].tobytes()
    for name in ("starts", "first", "flags"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
