"""An index survives what happens to processes and disks: kills, power loss, refused and short writes, flipped bits."""

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers import TESTS, tree
from writer import described, document, write

import dedup
from dedup.cli.main import main
from dedup.index import append_log
from dedup.index.file import IndexFile
from dedup.runs import resume

KILLS = int(os.environ.get("DEDUP_KILLS", "20"))
DOCUMENTS = 120


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")


@pytest.fixture(scope="module")
def crawl():
    """What an uninterrupted run decides on each document."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEDUP_ENGINE", "numpy")
        with dedup.Deduplicator() as seen:
            return [described(r) for r in seen.stream((f"page {n}", document(n)) for n in range(DOCUMENTS))]


def committed(path):
    """How many documents the index holds."""
    store = IndexFile(path, dedup.Config(), write=False)
    try:
        assert sum(len(block.ids) for block in store.blocks()) == store.size.documents
        return store.size.documents
    finally:
        store.close()


def forked(work):
    """The number of a child that does some work."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def contents(store):
    """All that a store holds."""
    return [
        (block.ids, [getattr(block.entries, name).tobytes() for name in block.entries.__dataclass_fields__])
        for block in store.blocks()
    ]


def go_on(path, crawl, least, documents=DOCUMENTS):
    """Go on to the end: nothing that was committed may be lost, and all that follows is as in an uninterrupted run."""
    begin = committed(path)
    assert begin >= least
    made = []
    write(path, documents, lambda line: made.append(line) if line.startswith("result") else None)
    assert made == [f"result {n} {crawl[n]}" for n in range(begin, documents)]
    assert committed(path) == documents


def test_kills(tmp_path, crawl):
    rng = random.Random(5)
    expected = {f"result {n} {line}" for n, line in enumerate(crawl)}
    path, said = tmp_path / "kept.index", tmp_path / "said"
    most, lengths = 0, set()

    def write_aloud(index, to):
        with open(to, "wb", buffering=0) as said:
            write(str(index), DOCUMENTS, lambda line: said.write(line.encode() + b"\n"))

    for _ in range(KILLS):
        said.write_bytes(b"")
        child = forked(lambda: write_aloud(path, said))
        until = time.monotonic() + 5
        some = rng.randrange(15_000)  # bytes; the moment is random, and comes on slow machines, too
        alive = True
        while alive and said.stat().st_size < some and time.monotonic() < until:
            alive = os.waitpid(child, os.WNOHANG) == (0, 0)
            time.sleep(0.0005)
        if alive:
            time.sleep(rng.uniform(0, 0.003))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        lines = said.read_text().split("\n")[:-1]  # the last may be cut off
        assert {line for line in lines if line.startswith("result")} <= expected
        acknowledged = max([int(line.split()[1]) for line in lines if line.startswith("committed")], default=0)
        if path.exists():
            done = committed(path)
            assert done >= max(most, acknowledged)
            most = done
            lengths.add(done)
            if done == DOCUMENTS:
                path.unlink()
                most = 0
    assert len(lengths) >= min(KILLS // 4, 8)  # the kills came at different places
    if path.exists():
        go_on(path, crawl, most)


class Disk:
    """What a log asks of the system, written down: to fail at one call, or to lose what was never confirmed."""

    def __init__(self, monkeypatch, fail_at=-1, error=errno.EIO, short=False):
        self.calls = []
        self.fail_at, self.error, self.short = fail_at, error, short
        self.pwrite, self.fsync = os.pwrite, os.fsync
        monkeypatch.setattr(append_log.os, "pwrite", self._pwrite)
        monkeypatch.setattr(append_log.os, "fsync", self._fsync)

    def _pwrite(self, handle, data, at):
        self._count(("write", at, bytes(data)))
        if self.short and len(self.calls) - 1 == self.fail_at:
            return self.pwrite(handle, bytes(data)[: len(data) // 2], at)
        if self.short and len(self.calls) - 1 == self.fail_at + 1:
            raise OSError(self.error, os.strerror(self.error))
        return self.pwrite(handle, data, at)

    def _fsync(self, handle):
        self._count(("sync",))
        self.fsync(handle)

    def _count(self, call):
        self.calls.append(call)
        if not self.short and len(self.calls) - 1 == self.fail_at:
            raise OSError(self.error, os.strerror(self.error))


def acknowledge(acknowledged, line):
    if line.startswith("committed"):
        acknowledged.append(int(line.split()[1]))


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
@pytest.mark.parametrize("short", [False, True], ids=["refused", "short"])
def test_refused_and_short_writes(tmp_path, crawl, error, short):
    begun = tmp_path / "begun.index"
    write(begun, 10, lambda line: None)
    refusals = 0
    for fail_at in range(60):
        path = tmp_path / f"{fail_at}.index"
        shutil.copy(begun, path)
        acknowledged = [10]
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch, fail_at, error, short)

            try:
                write(path, 30, partial(acknowledge, acknowledged))
            except dedup.CorpusError as refused:
                assert os.strerror(error) in str(refused) and "open it again" in str(refused)
                refusals += 1
            else:
                assert fail_at >= len(disk.calls) - 1
                break
        go_on(path, crawl, acknowledged[-1], 36)
    assert refusals > 10


def test_nothing_is_written_after_a_refusal(tmp_path, monkeypatch):
    path = tmp_path / "kept.index"
    seen = dedup.Deduplicator(index=path)
    seen.add("The first of several different sentences", "a")
    disk = Disk(monkeypatch, fail_at=1)  # the write, then the confirmation fails
    with pytest.raises(dedup.CorpusError, match="Input/output"):
        seen.commit()
    asked = len(disk.calls)
    seen.add("The second of several different sentences", "b")
    with pytest.raises(dedup.CorpusError, match="Input/output"):
        seen.commit()
    assert not [call for call in disk.calls[asked:] if call[0] == "write"]
    seen.close()


def test_a_limit_of_the_system_on_the_size_of_files(tmp_path, crawl):
    path = tmp_path / "kept.index"
    write(path, 20, lambda line: None)
    limit = path.stat().st_size + 700
    child = subprocess.run(
        [sys.executable, str(TESTS / "writer.py"), str(path), str(DOCUMENTS)],
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        ),
        capture_output=True,
        text=True,
    )
    assert "dedup.errors.CorpusError" in child.stderr and "File too large" in child.stderr
    go_on(path, crawl, 20)


def test_a_full_disk(tmp_path):
    with pytest.raises(dedup.CorpusError, match="No such file"):
        dedup.Deduplicator(index=tmp_path / "missing" / "kept.index")
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        seen.add("The first of several different sentences", "a")
        with open("/dev/full", "r+b", buffering=0) as full:
            file, seen.store._log._file = seen.store._log._file, full
            with pytest.raises(dedup.CorpusError, match="No space left"):
                seen.commit()
            seen.store._log._file = file
            with pytest.raises(dedup.CorpusError, match="No space left"):
                seen.commit()
            seen.close()
    assert committed(path) == 0


def test_power_loss(tmp_path, crawl):
    """Between two confirmations any part of what was written may reach the disk, in any order, sector by sector."""
    path = tmp_path / "kept.index"
    write(path, 20, lambda line: None)
    before = path.read_bytes()
    marks = []  # calls made by the time of each commit
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        write(path, 60, lambda line: marks.append((len(disk.calls), int(line.split()[1]))) if line[0] == "c" else None)
        marks.append((len(disk.calls), 60))
    rng = random.Random(8)
    lost = 0
    for _ in range(150):
        stop = rng.randrange(len(disk.calls) + 1)
        image, unconfirmed = bytearray(before), []
        for call in disk.calls[:stop]:
            if call[0] == "sync":
                for at, data in unconfirmed:
                    image[len(image) : at] = bytes(max(0, at - len(image)))
                    image[at : at + len(data)] = data
                unconfirmed = []
            else:
                unconfirmed += [(call[1] + i, call[2][i : i + 512]) for i in range(0, len(call[2]), 512)]
        for at, data in rng.sample(unconfirmed, rng.randint(0, len(unconfirmed))):
            image[len(image) : at] = bytes(max(0, at - len(image)))
            image[at : at + len(data)] = data
        crashed = tmp_path / "crashed.index"
        crashed.write_bytes(image)
        acknowledged = max([done for calls, done in marks if calls <= stop], default=20)
        lost += committed(crashed) == acknowledged
        assert committed(crashed) in (acknowledged, *(done for calls, done in marks if calls > stop))
        if rng.random() < 0.1:
            go_on(crashed, crawl, acknowledged, 70)
    assert 0 < lost < 150


def test_flipped_bits(tmp_path, crawl):
    path = tmp_path / "kept.index"
    write(path, 40, lambda line: None)
    whole = path.read_bytes()
    with dedup.Deduplicator(index=path) as seen:
        held = contents(seen.store)
    rng = random.Random(3)
    reported = harmless = 0
    places = [rng.randrange(len(whole)) for _ in range(170)] + [rng.randrange(200) for _ in range(30)]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            with dedup.Deduplicator(index=path) as seen:
                # It opened, so nothing may differ: neither what it holds nor what it decides.
                assert contents(seen.store) == held
                assert [described(seen.clean(document(n), f"page {n}")) for n in range(35, 45)] == crawl[35:45]
            harmless += 1
            assert place < 3 * 4096
        except (dedup.IndexCorrupt, dedup.ConfigError) as error:
            assert str(path) in str(error)
            reported += 1
    assert reported > 50 and harmless > 10


def test_a_cut_file_is_reported(tmp_path):
    path = tmp_path / "kept.index"
    write(path, 30, lambda line: None)
    whole = path.read_bytes()
    for length in (0, 1, 4095, 4096, 9000, 12_288, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(dedup.IndexCorrupt, match=r"kept\.index"):
            dedup.Deduplicator(index=path)
    path.write_bytes(whole + b"torn tail" * 1000)
    assert committed(path) == 30
    dedup.Deduplicator(index=path).close()
    assert len(path.read_bytes()) == len(whole)


def test_a_folder_run_killed_and_resumed(tmp_path, monkeypatch):
    monkeypatch.setattr(resume, "_COMMIT_FILES", 20)
    source, out = tmp_path / "pages", tmp_path / "out"
    for n in range(400):
        (source / f"{n % 5}").mkdir(parents=True, exist_ok=True)
        (source / f"{n % 5}" / f"{n:03}.txt").write_text(document(n))

    def run(*arguments):
        return CliRunner().invoke(main, ["clean", str(source), "-o", *map(str, arguments)])

    assert run(tmp_path / "unbroken").exit_code == 0
    assert run(tmp_path / "all", "--index", tmp_path / "all.index").exit_code == 0
    assert tree(tmp_path / "all") == tree(tmp_path / "unbroken")
    for until in sorted(random.Random(2).sample(range(400), 10)):
        child = forked(lambda: run(out, "--index", tmp_path / "kept.index"))
        while sum(len(names) for *_, names in os.walk(out)) <= until:
            time.sleep(0.0005)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    last = run(out, "--index", tmp_path / "kept.index")
    assert last.exit_code == 0 and "done before" in last.stderr
    assert tree(out) == tree(tmp_path / "unbroken")
    assert "400 files done before" in run(out, "--index", tmp_path / "kept.index").stderr
