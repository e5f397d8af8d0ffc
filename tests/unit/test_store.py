"""An index in a file: one run however often it is opened, documents that come again, who may open it, what it refuses."""

import json
import os
import pickle
import re
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from functools import reduce

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from helpers import LONG, OTHER, THIRD, call, forge_facts, forge_head, forged, tree, written
from writer import document
from xxhash import xxh32_intdigest

import dedup
from dedup.config import DECISION_VERSION
from dedup.decide.state import State
from dedup.index import append_log
from dedup.index.append_log import FORMAT, Log
from dedup.index.file import IndexFile
from dedup.index.protocol import Block, Size
from dedup.io import atomic
from dedup.runs import resume


def texts_gone(result):
    return {removal.position: removal.decision for removal in result.removed}


def test_commit_covers_what_was_handed_out_and_no_more(backend, tmp_path):
    path = tmp_path / "kept.index"
    documents = [(f"page {n}", f"{LONG} number {n}\n\n{OTHER}") for n in range(40)]
    with dedup.Deduplicator(index=path) as seen, pytest.raises(KeyError), seen:
        for place, _ in enumerate(seen.stream(documents)):
            if place == 20:
                seen.commit()
            if place == 30:
                raise KeyError
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == 21
        assert not seen.add(f"{LONG} number 22").is_duplicate and seen.add(f"{LONG} number 20").is_duplicate


def test_close_without_commit_forgets(tmp_path):
    path = tmp_path / "kept.index"
    seen = dedup.Deduplicator(index=path)
    seen.add(LONG)
    seen.close()
    with pytest.raises(dedup.ConfigError, match="closed"):
        seen.add(LONG)
    with dedup.Deduplicator(index=path) as seen:
        assert not seen.add(LONG).is_duplicate
        seen.commit()
        written = path.stat().st_size
        seen.commit()  # nothing new
    assert path.stat().st_size == written


def test_an_interrupted_decision_is_no_part_of_it(backend, tmp_path, monkeypatch):
    path = tmp_path / "kept.index"
    seen = dedup.Deduplicator(index=path)
    seen.add(LONG, "a")
    seen.commit()
    with monkeypatch.context() as patch:
        patch.setattr("dedup.decide.state.decide", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seen.add(OTHER, "b")
    with pytest.raises(dedup.CorpusError, match="a decision was interrupted"):
        seen.add(OTHER, "b")
    seen.commit()  # what was yielded before
    seen.close()
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == 1 and not seen.add(OTHER, "b").is_duplicate


def test_interrupted_streams_decide_little_twice(monkeypatch):
    decided = []
    decide = State.decide
    monkeypatch.setattr(
        State, "decide", lambda self, batch, ids, pool: decided.append(len(ids)) or decide(self, batch, ids, pool)
    )
    texts = [f"Boat number {n} left the harbour at noon with {3 * n} people" for n in range(400)]
    with dedup.Deduplicator() as seen:
        both = list(zip(seen.stream(texts[::2]), seen.stream(texts[1::2]), strict=True))
    assert [result.text for pair in both for result in pair] == texts
    assert sum(decided) < 4 * len(texts)


def test_an_updated_article_keeps_its_paragraphs(backend, tmp_path):
    for index in (None, tmp_path / "kept.index"):
        with dedup.Deduplicator(index=index) as seen:
            seen.clean(f"{LONG}\n\n{OTHER}", "a")
            updated = seen.clean(f"{THIRD}\n\n{LONG}\n\n{LONG}\n\n{OTHER} this year", "a")
            assert updated.text == f"{THIRD}\n\n{LONG}\n\n{OTHER} this year"
            assert texts_gone(updated)[2].duplicate_of == ("a", 1)
            assert seen.clean(OTHER, "b").text == ""  # what was kept of the first delivery still stands for others
            assert seen.add(LONG, "a").is_duplicate is False
            assert seen.add(LONG, "c").duplicate_of == ("a", 0)
    # Without an id it is new each time.
    with dedup.Deduplicator() as seen:
        assert [seen.clean(LONG).text for _ in range(2)] == [LONG, ""]


def test_what_comes_again_has_its_places_in_the_buckets_already(backend):
    texts = [f"The winner of the yearly photo prize number {n} is standing on the great stage" for n in range(3)]
    with dedup.Deduplicator(max_candidates=3) as seen:
        seen.clean("\n\n".join(texts[:2]), id="a")
        assert not seen.clean("\n\n".join(texts), id="a").removed
        assert seen.capped_lookups == 0


def test_ids(tmp_path):
    path = tmp_path / "kept.index"
    ids = ["page é", "lone \ud800", "", 7, -(2**80), b"\x00bytes", ("lines.txt", 3), None]
    texts = [f"{LONG} {word} {word}" for word in "red blue green white black brown grey pink".split()]
    with dedup.Deduplicator(index=path) as seen:
        for id, text in zip(ids, texts, strict=True):
            seen.add(text, id)
    with dedup.Deduplicator(index=path) as seen:
        found = [seen.add(text).duplicate_of for text in texts]
        assert found == [(id if id is not None else 7, 0) for id in ids]
        for id in (1.5, True, object(), ("a", "b"), ("a", -1), ("a", 1 << 64), (("a", 1), 2), frozenset()):
            for call in (seen.add, seen.clean, lambda text, id: list(seen.stream([(id, text)]))):
                with pytest.raises(dedup.InputError, match="expected str, int or bytes"):
                    call(LONG, id)
    with dedup.Deduplicator() as seen, pytest.raises(dedup.InputError, match="hashed"):
        seen.add(LONG, [])


# --- Who may open it, and what it refuses


def test_one_writer(tmp_path):
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        seen.add(LONG, "a")
        seen.commit()
        seen.add(OTHER, "b")
        begin = time.monotonic()
        with pytest.raises(dedup.IndexLocked, match=f"process {os.getpid()} on .* since 20") as caught:
            dedup.Deduplicator(index=path)
        assert time.monotonic() - begin < 1 and isinstance(caught.value, BlockingIOError)
        reader = IndexFile(path, dedup.Config(), write=False)  # readers see the last commit
        assert [block.ids for block in reader.blocks()] == [["a"]]
        assert f"process {os.getpid()}" in reader.describe().writer
        reader.close()
    dedup.Deduplicator(index=path).close()


def test_another_configuration_is_refused_by_name(tmp_path):
    path = tmp_path / "kept.index"
    dedup.Deduplicator(index=path, threshold=0.8, seed=3).close()
    with pytest.raises(dedup.ConfigError) as caught:
        dedup.Deduplicator(index=path, min_tokens=2)
    for words in ("threshold is 0.8 in the index, None here", "seed is 3", "min_tokens is 3", "Give it the same"):
        assert words in str(caught.value)
    assert "num_perm" not in str(caught.value)
    dedup.Deduplicator(index=path, threshold=0.8, seed=3).close()


def test_another_version_of_the_rule_is_refused(tmp_path):
    path = tmp_path / "kept.index"
    dedup.Deduplicator(index=path).close()
    forge_facts(path, decisions=999)
    with pytest.raises(dedup.ConfigError, match=f"version of the rule is 999 in the index, {DECISION_VERSION} here"):
        dedup.Deduplicator(index=path)


def test_an_option_of_a_newer_version_is_refused_by_name(tmp_path):
    path = tmp_path / "kept.index"
    dedup.Deduplicator(index=path).close()
    forge_facts(path, config={"era": 7})
    with pytest.raises(dedup.ConfigError, match="era is 7 in the index, 'unknown' here"):
        dedup.Deduplicator(index=path)
    with pytest.raises(dedup.IndexCorrupt, match="era"):
        IndexFile.config_of(path)


@pytest.mark.skipif(sys.platform == "win32", reason="it has other rights")
def test_an_index_has_the_rights_that_new_files_have(tmp_path):
    before = os.umask(0o077)
    try:
        dedup.Deduplicator(index=tmp_path / "kept.index").close()
    finally:
        os.umask(before)
    assert (tmp_path / "kept.index").stat().st_mode & 0o777 == 0o600


def test_a_newer_format_is_refused(tmp_path):
    path = tmp_path / "kept.index"
    dedup.Deduplicator(index=path).close()
    forge_facts(path, format=FORMAT + 1)
    before = path.read_bytes()
    with pytest.raises(dedup.ConfigError, match=f"format {FORMAT + 1}; this version of dedup reads format {FORMAT}"):
        dedup.Deduplicator(index=path)
    assert path.read_bytes() == before


def test_other_files_are_refused_and_left_alone(tmp_path):
    for name, data in (("empty", b""), ("text", b"some text\n" * 5000), ("pickle", b"\x80\x04." * 9000)):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(dedup.IndexCorrupt, match="no index of dedup"):
            dedup.Deduplicator(index=path)
        assert path.read_bytes() == data
    with pytest.raises(dedup.CorpusError, match="directory"):
        dedup.Deduplicator(index=tmp_path)


def without(facts, name):
    return {other: value for other, value in facts.items() if other != name}


def test_a_block_of_a_document_beyond_all_numbers_is_refused(tmp_path):
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        seen.clean(LONG, "a")
    forged(path, lambda payload: (2**64 - 1).to_bytes(8, "little") + payload[8:])
    with pytest.raises(dedup.IndexCorrupt, match="makes no sense"):
        dedup.Deduplicator(index=path)


def test_a_head_that_makes_no_sense_is_refused(tmp_path):
    whole, path = tmp_path / "whole.index", tmp_path / "kept.index"
    dedup.Deduplicator(index=whole).close()
    for said in (
        {"end": 10**15}, {"end": "far"}, {"digest": "zz"}, {"commits": None}, {"facts": []}, {"facts": {"format": 2}},
    ):  # fmt: skip
        shutil.copy(whole, path)
        forge_head(path, lambda head, said=said: {**head, **said})
        with pytest.raises(dedup.IndexCorrupt):
            dedup.Deduplicator(index=path)
    for facts in (
        {"counts": [1, 10**12, 1, 1]}, {"counts": [0, -1, 0, 0]}, {"counts": [0, 0, 0]}, {"counts": "many"}, {"config": 3},
    ):  # fmt: skip
        shutil.copy(whole, path)
        forge_head(path, lambda head, facts=facts: {**head, "facts": {**head["facts"], **facts}})
        with pytest.raises(dedup.IndexCorrupt):
            dedup.Deduplicator(index=path)
    for missing in ("scheme", "decisions", "config", "lines", "counts", "created", "committed"):
        shutil.copy(whole, path)
        forge_head(path, lambda head, missing=missing: {**head, "facts": without(head["facts"], missing)})
        with pytest.raises(dedup.IndexCorrupt):
            dedup.Deduplicator(index=path)


# --- Another store


class SqliteStore:
    """Keeps an index in a table of SQLite: what the state of the decisions asks of a store, and nothing more."""

    def __init__(self, path, **options):
        self._rows = sqlite3.connect(path, check_same_thread=False)
        self._rows.execute("CREATE TABLE IF NOT EXISTS kept (fingerprint, block)")
        first = self._rows.execute("SELECT fingerprint FROM kept").fetchone()
        self.fingerprint = first[0] if first else dedup.Config(**options).fingerprint()

    @property
    def size(self):
        return Size()  # a hint that costs nothing to leave out

    def blocks(self):
        for (block,) in self._rows.execute("SELECT block FROM kept ORDER BY rowid"):
            yield pickle.loads(block)

    def check_id(self, id):
        hash(id)

    def append(self, ids, entries):
        self._rows.execute("INSERT INTO kept VALUES (?, ?)", [self.fingerprint, pickle.dumps(Block(ids, entries))])

    def commit(self):
        self._rows.commit()

    def close(self):
        self._rows.close()


class ListStore:
    """Keeps an index in lists: what one `Deduplicator` committed the next one finds, but only in this process."""

    def __init__(self, kept, config):
        self.kept, self.new, self.fingerprint = kept, [], config.fingerprint()

    @property
    def size(self):
        return reduce(Size.plus, self.kept, Size())

    def blocks(self):
        return iter(self.kept)

    def check_id(self, id):
        hash(id)

    def append(self, ids, entries):
        self.new.append(Block(ids, entries))

    def commit(self):
        self.kept += self.new
        self.new = []

    def close(self):
        self.new = []


@pytest.fixture(params=["file", "sqlite", "lists"])
def opened_store(request, tmp_path):
    """Opens what was committed before, in one of three stores."""
    kept = []
    return {
        "file": lambda: tmp_path / "kept.index",
        "sqlite": lambda: SqliteStore(tmp_path / "kept.sqlite"),
        "lists": lambda: ListStore(kept, dedup.Config()),
    }[request.param]


def test_every_store_makes_one_run_of_several(backend, opened_store):
    documents = [(f"page {n % 25}", f"{document(n)}\n\n{document(n // 3)} Photo: A. Example") for n in range(40)]
    documents += [(None, document(3)), (7, document(8)), (("lines.txt", 2), document(9)), (b"bytes", document(99))]
    with dedup.Deduplicator() as seen:
        expected = list(seen.stream(documents))
    made = []
    for until in (1, 11, 12, 30, len(documents)):
        with dedup.Deduplicator(index=opened_store()) as seen:
            made += seen.stream(documents[len(made) : until], jobs=2)
    assert made == expected
    assert {removal.decision.relation for result in made for removal in result.removed} == {"exact", "contained"}


def test_every_store_forgets_what_was_not_committed(backend, opened_store):
    seen = dedup.Deduplicator(index=opened_store())
    seen.add(LONG, "a")
    seen.commit()
    assert seen.store.blocks and seen.store.check_id("a") is None
    seen.add(OTHER, "b")
    seen.close()
    seen.close()
    with pytest.raises(dedup.ConfigError, match="closed"):
        seen.add(LONG)
    for _ in range(2):
        with pytest.raises(KeyError), dedup.Deduplicator(index=opened_store()) as seen:
            assert seen.add(LONG).duplicate_of == ("a", 0)
            assert not seen.add(OTHER, "b").is_duplicate
            raise KeyError  # so it leaves without a commit


def test_a_store_of_another_configuration_is_refused(tmp_path):
    with dedup.Deduplicator(index=SqliteStore(tmp_path / "kept.sqlite")) as seen:
        seen.add(LONG, "a")
    differs = pytest.raises(dedup.ConfigError, match=r"store .* another configuration: its fingerprint is")
    for options in ({"num_perm": 64}, {"threshold": 0.8}):
        with closing(SqliteStore(tmp_path / "kept.sqlite", **options)) as store, differs:
            dedup.Deduplicator(index=store, **options)
    with closing(IndexFile(tmp_path / "kept.index", dedup.Config())) as store, differs:
        dedup.Deduplicator(index=store, min_tokens=2)
    with pytest.raises(dedup.ConfigError, match="index has no use"):
        dedup.Deduplicator(index=ListStore([], dedup.Config(scope="document")), scope="document")
    for nothing in (b"kept.index", 5, open, SqliteStore):
        with pytest.raises(dedup.ConfigError, match="expected"):
            dedup.Deduplicator(index=nothing)


# --- datasketch


def sketch(text, **options):
    words = text.lower().split()
    made = MinHash(**{"num_perm": 128, "hashfunc": xxh32_intdigest, "scheme": "affine32", **options})
    made.update_batch([" ".join(words[i : i + 3]).encode() for i in range(len(words) - 2)])
    return made


def test_signatures_become_datasketch_objects(backend):
    (ours, other), theirs = dedup.to_datasketch(dedup.signatures([LONG, OTHER])), sketch(LONG)
    assert ours == theirs and ours.jaccard(theirs) == 1.0 and ours.jaccard(other) < 0.2
    ours.update(b"one more")
    theirs.update(b"one more")
    assert ours == theirs
    (few,) = dedup.to_datasketch(dedup.signatures([LONG], num_perm=64, seed=5), seed=5)
    assert few == sketch(LONG, num_perm=64, seed=5)
    for wrong, words in (
        (
            np.zeros((2, 8), np.int64),
            r"signatures is an array, int64\[2, 8\]; expected an array, uint32\[n, num_perm\]",
        ),
        (np.zeros(8, np.uint32), r"signatures is an array, uint32\[8\]; expected"),
        ([[1, 2]], r"signatures is \[\[1, 2\]\], a list; expected"),
    ):
        with pytest.raises(dedup.InputError, match=words):
            dedup.to_datasketch(wrong)


def test_sketches_of_datasketch_are_looked_up(backend, tmp_path):
    path = tmp_path / "kept.index"
    long = "When the ferry left in the morning nobody on the pier had heard of the storm that was to come at noon"
    with dedup.Deduplicator(index=path) as seen:
        seen.clean(f"{OTHER}\n\n{long}", "a")
    with dedup.Deduplicator(index=path) as seen:
        assert seen.lookup(sketch(long)) == [(("a", 1), 1.0)]
        ((place, jaccard),) = seen.lookup(LeanMinHash(sketch(long + " today")))
        assert place == ("a", 1) and 0.8 < jaccard < 1
        assert seen.lookup(sketch(THIRD)) == []
        for options in ({"seed": 2}, {"num_perm": 64}, {"hashfunc": None}, {"scheme": "legacy"}):
            with pytest.raises(dedup.InputError, match=r"sketch.*expected"):
                seen.lookup(sketch(long, **options))
        with pytest.raises(dedup.InputError, match="expected a datasketch"):
            seen.lookup(long)


# --- The command


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "pages").mkdir()
    for name, text in (("a", LONG), ("b", f"{LONG}\n\n{OTHER}"), ("c", f"{OTHER}\n\n{THIRD}")):
        (tmp_path / "pages" / f"{name}.txt").write_text(text)
    return tmp_path / "pages"


def test_a_second_run_passes_over_what_is_done(backend, pages, tmp_path):
    out, arguments = tmp_path / "out", ["clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "kept.index"]
    assert "3 documents, 5 paragraphs, 2 removed" in call(*arguments).stderr
    (pages / "d.txt").write_text(f"{THIRD}\n\nAnd a sentence that is new")
    (out / "b.txt").unlink()  # it is made again
    result = call(*arguments)
    assert result.exit_code == 0 and "2 documents, 4 paragraphs, 2 removed" in result.stderr
    assert "2 files done before" in result.stderr
    assert (out / "b.txt").read_text().strip() == OTHER
    assert (out / "d.txt").read_text().strip() == "And a sentence that is new"
    os.utime(pages / "a.txt", ns=(1, 1))  # touched, not changed
    assert "4 files done before" in call(*arguments).stderr


def test_changed_inputs_are_named_and_cleaned_again(backend, pages, tmp_path):
    arguments = ["clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "kept.index"]
    call(*arguments)
    (pages / "c.txt").write_text(f"An update\n\n{OTHER}\n\n{THIRD}")
    result = call(*arguments)
    assert result.exit_code == 2 and "c.txt: changed since" in result.stderr and "1 changed since" in result.stderr
    assert (tmp_path / "out" / "c.txt").read_text() == f"An update\n\n{THIRD}"
    assert call(*arguments).exit_code == 0


def test_the_next_folder_knows_the_one_before(backend, pages, tmp_path):
    index = tmp_path / "kept.index"
    call("clean", pages, "-o", tmp_path / "one", "--index", index)
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "a.txt").write_text(f"{THIRD}\n\n{LONG} but two\n\n{OTHER}")
    result = call("clean", tmp_path / "next", "-o", tmp_path / "two", "--index", index)
    assert result.exit_code == 0 and "2 an earlier one" in result.stderr
    assert (tmp_path / "two" / "a.txt").read_text() == f"{LONG} but two\n\n"


def test_find_asks_an_index_and_changes_nothing(backend, pages, tmp_path):
    index = tmp_path / "kept.index"
    call("clean", pages, "-o", tmp_path / "out", "--index", index)
    before = index.read_bytes()
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "a.txt").write_text(f"{THIRD}\n\nAnd a sentence that is new")
    with dedup.Deduplicator(index=index):  # readers do not mind a writer
        result = call("find", tmp_path / "next", "--index", index)
    assert result.exit_code == 0
    (found,) = map(json.loads, result.stdout.splitlines())
    assert found["duplicate_of"] == {"document": "pages/c.txt", "paragraph": 1}
    assert call("find", pages, "--index", index).stdout.count("\n") == 2  # as it was cleaned
    assert (
        index.read_bytes()[:8192] + index.read_bytes()[12288:] == before[:8192] + before[12288:]
    )  # but for the holder
    assert call("find", pages, "--index", tmp_path / "missing").exit_code == 2


def test_outputs_reach_the_disk_before_the_commit_that_covers_them(pages, tmp_path, monkeypatch):
    calls = []
    for module, name in ((atomic.os, "replace"), (resume, "sync"), (Log, "commit")):
        real = getattr(module, name)

        def noted(*given, real=real, name=name):
            calls.append(name)
            return real(*given)

        monkeypatch.setattr(module, name, noted)
    call("clean", pages, "-o", tmp_path / "out" / "deep", "--index", tmp_path / "kept.index")
    synced = [name for name in calls if name == "sync"]
    assert calls == ["replace"] * 3 + synced + ["commit"]
    assert len(synced) >= 3 + 3  # the files, both folders made, and where they are


@pytest.mark.parametrize("lines", [[], ["--lines"]])
def test_a_commit_between_two_files_covers_nothing_of_the_next(backend, pages, tmp_path, monkeypatch, lines):
    committed, noted = [], []
    real = Log.commit

    def commit(log, facts):
        committed.append(facts["counts"][0])
        return real(log, facts)

    monkeypatch.setattr(Log, "commit", commit)
    monkeypatch.setattr(resume, "_COMMIT_FILES", 1)
    monkeypatch.setattr(IndexFile, "note", lambda index, name, value: noted.append(name))
    (pages / "d.jsonl").write_text("".join(json.dumps({"text": f"{OTHER} {n}"}) + "\n" for n in range(5)))
    (pages / "e.txt").write_text("")
    (pages / "f.jsonl").write_text("")
    assert call("clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "index", *lines).exit_code == 0
    assert noted == [f"pages/{name}" for name in ("a.txt", "b.txt", "c.txt", "d.jsonl", "e.txt", "f.jsonl")]
    if not lines:
        assert committed == [1, 2, 3, 8, 9]
    else:
        assert committed == sorted(set(committed)) and len(committed) == 4


def test_a_file_under_another_name_is_no_repeat_of_itself(backend, pages, tmp_path):
    index, before = tmp_path / "index", tree(pages)
    arguments = "--in-place", "--index", index
    assert call("clean", pages, *arguments).exit_code == 0
    cleaned = tree(pages)
    assert cleaned != before
    moved = pages.rename(tmp_path / "moved")
    for sources in ([moved], sorted(moved.glob("*"))):
        result = call("clean", *sources, *arguments)
        assert result.exit_code == 2 and "under another name" in result.stderr
        assert tree(moved) == cleaned
    new = tmp_path / "new"
    shutil.copytree(moved, new / "b")  # in another place nothing is written over: what was kept before stands for it
    assert call("clean", new, "-o", tmp_path / "out", "--index", index).exit_code == 0
    assert sum(map(len, tree(tmp_path / "out").values())) < sum(map(len, cleaned.values()))


def test_a_renamed_file_is_named_and_gets_no_empty_output(pages, tmp_path):
    index, out = tmp_path / "kept.index", tmp_path / "out"
    arguments = ["clean", pages, "-o", out, "--index", index]
    assert call(*arguments).exit_code == 0
    before = tree(out)
    (pages / "a.txt").rename(pages / "z.txt")
    result = call(*arguments)
    assert result.exit_code == 2 and tree(out) == before and "1 skipped" in result.stderr
    assert f"{pages}/z.txt: byte for byte" in result.stderr and "under another name, pages/a.txt;" in result.stderr
    assert "give the output of that file its name, too" in result.stderr
    (pages / "a.txt").write_bytes(
        (pages / "z.txt").read_bytes()
    )  # a copy beside it is a repeat, and no file that was renamed
    assert call(*arguments).exit_code == 0 and (out / "z.txt").exists()


def test_lines_are_asked_for_in_every_run_or_in_none(pages, tmp_path):
    for first, second in (([], ["--lines"]), (["--lines"], [])):
        index = tmp_path / f"index {len(first)}"
        assert call("clean", pages, "-o", tmp_path / "out", "--index", index, *first).exit_code == 0
        result = call("clean", pages, "-o", tmp_path / "out", "--index", index, *second)
        assert result.exit_code == 2 and "--lines" in result.stderr and "another index" in result.stderr
        assert call("clean", pages, "-o", tmp_path / "out", "--index", index, *first).exit_code == 0


def test_a_record_keeps_what_other_runs_removed(pages, tmp_path):
    index, record, out = tmp_path / "index", tmp_path / "record", tmp_path / "out"
    before = tree(pages)
    arguments = "-o", out, "--index", index, "--removed", record
    assert call("clean", pages, *arguments).exit_code == 0
    kept = record.read_bytes()
    assert kept
    for path in pages.iterdir():
        path.unlink()
    (pages / "z.txt").write_text("Something else was said here, in one paragraph only")
    assert call("clean", pages, *arguments).exit_code == 0
    assert record.read_bytes() == kept
    assert call("restore", out, "--removed", record, "-o", tmp_path / "back").exit_code == 0
    assert before.items() <= tree(tmp_path / "back").items()


def test_a_source_that_vanishes_ends_no_run(pages, tmp_path, monkeypatch):
    def gone(path):
        raise FileNotFoundError(2, "No such file or directory", path)

    with monkeypatch.context() as patch:
        patch.setattr("dedup.runs.resume._checksum", gone)
        assert call("clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "index").exit_code == 0
    assert "0 documents" not in call("clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "index").stderr


def test_lines_and_in_place(backend, tmp_path):
    path, index = tmp_path / "list.txt", tmp_path / "kept.index"
    path.write_text(f"{LONG}\n{OTHER}\n{LONG}\n")
    for _ in range(2):
        assert call("clean", path, "--in-place", "--lines", "--index", index).exit_code == 0
        assert path.read_text() == f"{LONG}\n{OTHER}\n"


def test_an_index_among_the_documents_is_refused(pages, tmp_path):
    for place in (pages / "kept.index", tmp_path / "out" / "kept.index"):
        result = call("clean", pages, "-o", tmp_path / "out", "--index", place)
        assert result.exit_code == 2 and "expected a place for the index elsewhere" in result.stderr
    result = call("clean", pages, "-o", tmp_path / "out", "--index", tmp_path / "i", "--scope", "document")
    assert result.exit_code == 2 and "index has no use" in result.stderr


def test_info(pages, tmp_path):
    index = tmp_path / "kept.index"
    call("clean", pages, "-o", tmp_path / "out", "--index", index, "--threshold", "0.6")
    result = call("info", index)
    said = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if not line.startswith("recall at"))
    assert result.exit_code == 0
    assert (said["threshold"], said["documents"], said["entries"], said["writer"]) == ("0.6", "3", "3", "none")
    assert "recall at 0.6   0.98" in result.stdout and said["created"].startswith("20")
    assert "health          good: all 1 blocks" in call("info", "--check", index).stdout
    assert re.search(r"documents +\d\ncounted +each delivery; a document that came again", call("info", index).stdout)
    damaged = bytearray(index.read_bytes())
    damaged[12_400] ^= 4
    index.write_bytes(damaged)
    assert call("info", index).exit_code == 0
    result = call("info", "--check", index)
    assert result.exit_code == 2 and "not what was written" in result.stderr
    assert call("info", tmp_path / "missing").exit_code == 2


@pytest.mark.parametrize("path", ["a\0b", "\ud800"])
def test_a_path_that_cannot_be(path):
    with pytest.raises(dedup.ConfigError, match="expected a path"):
        dedup.Deduplicator(index=path)


def test_a_closed_one_answers_nothing(tmp_path):
    seen = dedup.Deduplicator(index=tmp_path / "index")
    seen.close()
    (sketch,) = dedup.to_datasketch(dedup.signatures(["some words to look for"]))
    for ask in (lambda: seen.lookup(sketch), lambda: seen.add("some words"), lambda: seen.explain(0, 0), seen.commit):
        with pytest.raises(dedup.ConfigError, match="closed"):
            ask()
    with dedup.Deduplicator(index=tmp_path / "index") as seen:
        seen.close()  # leaving the context has nothing to commit then, and says nothing


@pytest.mark.parametrize(
    "counts", [[10**9, 6, 300, 50], [3, 10**4, 300, 50], [3, 6, 10**6, 50], [3, 6, 300, -1], [3.0, 6, 300, 50]]
)
def test_a_head_that_counts_more_than_its_blocks_is_found_without_reading_them(tmp_path, counts):
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        list(seen.stream(written(number) for number in range(3)))
    assert call("info", path).exit_code == 0
    forge_facts(path, counts=counts)
    done = call("info", path)
    assert done.exit_code == 2 and "health" not in done.stdout and "build the index again" in done.stderr
    with pytest.raises(dedup.IndexCorrupt):
        dedup.Deduplicator(index=path)


def test_a_moment_or_a_holder_that_is_none(tmp_path):
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path):
        pass
    whole = path.read_bytes()
    forge_facts(path, committed="\x1b[2J")
    with pytest.raises(dedup.IndexCorrupt, match="its head makes no sense"):
        dedup.Deduplicator(index=path)
    path.write_bytes(whole)
    with dedup.Deduplicator(index=path):
        head = append_log._page({"pid": 7})
        with open(path, "r+b") as file:
            file.seek(2 * 4096)
            file.write(head)
        with pytest.raises(dedup.IndexLocked, match="by another process;"):
            dedup.Deduplicator(index=path)
