"""What this version decides and stores, written down in `tests/data`: `python tests/golden.py` writes it again.

That is to be done when DECISION_VERSION rises, or the format of an index file; `test_golden.py` says so.

golden_texts.txt: documents in many languages, each under its id, made for the tests; this one is written by hand
golden_decisions.json: what is removed from them and from `examples/corpus`, under several sets of options
golden.index, golden_index.json: an index of some of them, made in several commits, and what it holds
"""

import json
import os
import shutil
from contextlib import closing
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers import CORPUS, TESTS, call

import dedup
from dedup.config import DECISION_VERSION
from dedup.index.append_log import FORMAT, Log
from dedup.index.file import IndexFile

AGAIN = "run `python tests/golden.py`, and look at what changed in tests/data"
DATA = TESTS / "data"
OPTIONS = {
    "default": {},
    "likeness": {"threshold": 0.6, "max_candidates": 2},
    "loose": {"threshold": 0.5, "shingle_size": 2, "min_tokens": 1, "num_perm": 64},
    "each alone": {"scope": "document", "min_tokens": 2},
}
_HOLDER = slice(8192, 12288)  # the page of an index file that names the process which wrote it


def documents():
    """Return the documents to decide on as (id, text) pairs: the example corpus, then the golden texts."""
    corpus = [(f"corpus/{path.name}", path.read_text(encoding="utf-8")) for path in sorted(CORPUS.glob("*.txt"))]
    _, *parts = (DATA / "golden_texts.txt").read_text(encoding="utf-8").split("== ")
    return corpus + [tuple(part.split("\n", 1)) for part in parts]


def removals(results):
    """Return a line for every removal: document, position, relation, its original, and the reason behind a bar."""
    return [
        f"{result.id} {removal.position} {removal.decision.relation}: {document} {position} | {removal.decision.reason}"
        for result in results
        for removal in result.removed
        for document, position in [removal.decision.duplicate_of]
    ]


def decided(options):
    """Return what is removed from the documents under these options."""
    with dedup.Deduplicator(**options) as seen:
        return removals(seen.stream(documents()))


def index_commits():
    """Return what the golden index holds, commit by commit; ids of every kind, and some documents that come again."""
    given = documents()
    corpus, texts = given[:6], [text for _, text in given[6:]]
    ids = [
        None, 7, -(2**70), b"\x00\xff", ("lines.txt", 3), (b"lines", 0), "", "lone \ud800", "é", "en/1", "en/1", None, 7,
    ]  # fmt: skip
    others = [*zip(ids, texts, strict=False), ("corpus/02-ferry-strike.txt", corpus[1][1] + texts[0])]
    return [corpus, others[:1], others[1:9], others[9:]]


def make_index(path):
    """Make the golden index: a run over files, whose notes it keeps, then documents."""
    corpus, *commits = index_commits()
    with TemporaryDirectory() as folder:
        copy_corpus(Path(folder, "corpus"))
        assert call("clean", Path(folder, "corpus"), "-o", Path(folder, "out"), "--index", path).exit_code == 0
        assert [f"corpus/{name}" for name in sorted(os.listdir(Path(folder, "out")))] == [id for id, _ in corpus]
    with dedup.Deduplicator(index=path) as seen:
        for commit in commits:
            list(seen.stream(commit))
            seen.commit()
    path.write_bytes(without_holder(path))


def copy_corpus(folder):
    """Copy the example corpus, as if it had never changed since a certain moment."""
    shutil.copytree(CORPUS, folder)
    for path in folder.iterdir():
        os.utime(path, ns=(10**18, 10**18))


def without_holder(path):
    """Return the bytes of an index file as if nobody had ever written it."""
    whole = bytearray(path.read_bytes())
    with TemporaryDirectory() as folder:
        new = Path(folder, "new.index")
        Log.create(new, {})
        whole[_HOLDER] = new.read_bytes()[_HOLDER]
    return bytes(whole)


def contents(store):
    """Return what an index file holds: ids, folded texts and digests of all arrays, block by block, and its notes."""
    blocks = [_described(*block) for block in store.blocks()]
    held = {"size": store.size._asdict(), "lines": store.lines, "notes": store.notes, "blocks": blocks}
    return json.loads(json.dumps(held))


def _described(ids, entries):
    arrays = {name: getattr(entries, name) for name in entries.__dataclass_fields__}
    digests = {name: _digest(array.astype(array.dtype.newbyteorder("<")).tobytes()) for name, array in arrays.items()}
    ends = entries.text_lengths.cumsum().tolist()
    texts = [entries.texts[begin:end].tobytes().decode() for begin, end in pairwise([0, *ends])]
    return {"ids": list(map(repr, ids)), "texts": texts, "digests": digests}


def versions():
    """Return what the golden files hold for: versions of the rule and of the file, and a digest of what is decided on."""
    return {"decisions": DECISION_VERSION, "format": FORMAT, "documents": _digest(json.dumps(documents()).encode())}


def _digest(data):
    return blake2b(data, digest_size=16).hexdigest()


def write_all():
    """Write all golden files again."""
    found = {name: {"options": options, "removals": decided(options)} for name, options in OPTIONS.items()}
    _write("golden_decisions.json", {"versions": versions(), **found})
    path = DATA / "golden.index"
    path.unlink(missing_ok=True)
    make_index(path)
    with closing(IndexFile(path, dedup.Config(), write=False)) as store:
        _write("golden_index.json", {"versions": versions(), "contents": contents(store)})


def _write(name, value):
    (DATA / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_all()
