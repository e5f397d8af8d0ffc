"""The index's memory: it grows in place, asks before it takes, and running out loses nothing that was handed out."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import both_rungs, needs_numba
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import articles

import dedup
from dedup._jit import backend as jit
from dedup._jit import memory
from dedup.errors import OutOfMemory
from dedup.index import file
from dedup.index import tables as in_memory
from dedup.index.file import IndexFile
from dedup.sketch.prefixes import MOST_PREFIXES

linux = pytest.mark.skipif(sys.platform != "linux", reason="what the system says of memory is read as Linux says it")


def written(number):
    """Text number `number`, unlike all others."""
    return " ".join(f"{number * 31 + k:x} stones lie by the river" for k in range(5))


@needs_numba
@given(documents=articles())
@settings(max_examples=60)
def test_tables_that_grow_all_the_time_decide_alike(documents):
    def decisions():
        with dedup.Deduplicator() as seen:
            return list(seen.stream(documents))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEDUP_ENGINE", "numpy")
        expected = decisions()
        patch.setenv("DEDUP_ENGINE", "numba")
        patch.setattr(in_memory, "_ROOM_ENTRIES", 0)
        for large in (1, 1 << 22):  # pages of their own from the beginning, and only later
            patch.setattr(memory, "_LARGE", large)
            assert decisions() == expected


def entries_with(keys, banded=None):
    """Entries of no text, found by keys, uint32[columns, n]."""
    n = keys.shape[1]
    octets, nothing = np.zeros(0, dtype=np.uint8), np.zeros(n, dtype=np.int64)
    banded = np.ones(n, dtype=bool) if banded is None else banded
    return in_memory.Entries(octets, octets, nothing, nothing, nothing, nothing, keys, banded)


@both_rungs
def test_larger_tables_hold_the_same_in_the_same_order(fast, monkeypatch):
    monkeypatch.setattr(memory, "_LARGE", 1)
    monkeypatch.setattr(in_memory, "_ROOM_ENTRIES", 1)
    tables = in_memory.Index.empty(3, 3)
    keys = np.random.default_rng(1).integers(0, 1 << 32, (3, 700), dtype=np.uint32)
    keys[:, ::7] = keys[:, :1]  # one key a hundred times
    keys[:, 1::7] = 0xFFFFFFFF  # and one that is looked up from the last slot on
    tables.extend(entries_with(keys), 1 << 30, fast)
    capacity = tables.capacity
    for more in (1_000, 5_000, 50_000):
        tables.reserve(more, 0, 0, fast)
        assert tables.capacity > capacity
        capacity = tables.capacity
        for column in range(3):
            for key in set(keys[column].tolist()):
                assert list(tables.bucket(column, key)) == np.flatnonzero(keys[column] == key).tolist()
        assert np.count_nonzero(tables.slots) == keys.size


@both_rungs
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_index_is_lists_by_key(fast, monkeypatch, data):
    """Whatever is entered, given up and entered again, and however often its tables grow."""
    monkeypatch.setattr(in_memory, "_ROOM_ENTRIES", 1)
    single, columns, most = 2, 2 + MOST_PREFIXES, data.draw(st.integers(1, 4), "most")
    tables, entered = in_memory.Index.empty(columns, single), []
    few = st.sampled_from([*range(1, 8), *range(0xFFFFFFF0, 0xFFFFFFF8)])
    row = st.tuples(few, few, st.lists(few, max_size=MOST_PREFIXES, unique=True), st.booleans())
    for rows in data.draw(st.lists(st.lists(row, max_size=12), max_size=6), "entered"):
        keys = np.zeros((columns, len(rows)), dtype=np.uint32)
        for n, (text, band, prefixes, _) in enumerate(rows):
            keys[:, n] = [text, band, *prefixes, *[0] * (MOST_PREFIXES - len(prefixes))]
        tables.extend(entries_with(keys, np.array([banded for *_, banded in rows], dtype=bool)), most, fast)
        entered += [(keys[:, n], banded) for n, (*_, banded) in enumerate(rows)]
        cut = data.draw(st.integers(0, len(entered)), "cut")
        if data.draw(st.booleans(), "grow between"):
            tables.reserve(data.draw(st.sampled_from([0, 500, 3000])), 0, 0, fast)
        if cut:
            count = len(entered) - cut
            tables.cut(count, np.stack([keys for keys, _ in entered[count:]]), np.arange(count, len(entered)), fast)
            del entered[count:]
        lists = {}
        for entry, (keys, banded) in enumerate(entered):
            for column, key in enumerate(keys.tolist() if banded else keys[:1].tolist()):
                if key or column < single:
                    bucket = lists.setdefault((min(column, single), key), [])
                    if len(bucket) < most or column == 0:
                        bucket.append(entry)
        assert tables.count == len(entered)
        assert np.count_nonzero(tables.slots) == sum(map(len, lists.values()))
        for table in tables.tables:  # else a search might not end
            assert np.count_nonzero(tables.slots[table]) <= 0.6 * (table.stop - table.start)
        for (table, key), bucket in lists.items():
            assert list(tables.bucket(table, key)) == bucket
        codes = np.array([table << 32 | key for table, key in lists], dtype=np.int64)
        places, found = tables.find(codes)
        assert list(zip(places.tolist(), found.tolist(), strict=True)) == [
            (place, entry) for place, bucket in enumerate(lists.values()) for entry in bucket
        ]


@linux
@needs_numba
def test_growth_doubles_nothing():
    code = """
import numpy as np
from dedup._jit import backend as jit
from dedup.index import tables as in_memory

def peak():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(status["VmHWM"].split()[0]) * 1024

tables = in_memory.Index.empty(16, 16)
tables.reserve(700_000, 1, 1, True)
for table in tables.tables:  # each where it is looked up, but the first one
    tables.slots[table] = (np.arange(1 << 21, dtype=np.uint64) << np.uint64(43)) + np.uint64(1)
    tables.slots[table.start] = 0
tables.reserve(800_000, 100_000_000, 1, True)
tables.text[:] = 1
size = tables.slots.nbytes + tables.text.nbytes
before = peak()
tables.count = 1
tables.reserve(1_500_000, tables.text.nbytes + 1, 1, True)
after = peak()
print(size, after - before, tables.slots.nbytes)
"""
    environment = {**os.environ, "DEDUP_ENGINE": "numba"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    size, grown, slots = map(int, run.stdout.split())
    # The tables double, the text is not copied; while one table is moved, it stands there twice.
    assert slots / 2 <= grown < slots / 2 + slots / 16 + (16 << 20) < size


@both_rungs
def test_tables_grow_to_what_is_expected_where_there_is_memory_for_it(fast, monkeypatch):
    def grown(expected, there):
        monkeypatch.setattr(memory, "available", lambda: there)
        monkeypatch.setattr(in_memory, "_ROOM_ENTRIES", 9)
        tables = in_memory.Index.empty(3, 3)
        assert tables.capacity == 16
        tables.expected = expected
        tables.reserve(10, 0, 0, fast)
        return tables.capacity

    plenty = 1 << 40
    assert grown(0, plenty) == 64  # nobody knows
    assert grown(1, plenty) == grown(19, plenty) == 32
    assert grown(20, plenty) == grown(20, None) == 64
    assert grown(1 << 20, plenty) == 16 * 16  # judged again there
    assert grown(1 << 20, 16 * 3 * 16 * 16) == 32  # too much: what is needed now
    assert grown(1 << 20, 129 << 20) == 16 * 16
    assert grown(1 << 20, 128 << 20) == 32  # or `reserve` would refuse although there is enough for that


@needs_numba
def test_the_tables_of_a_list_grow_at_once_to_what_it_takes(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numba")
    monkeypatch.setattr(in_memory, "_ROOM_ENTRIES", 100)
    lengthen, lengthened = memory.lengthen, []
    monkeypatch.setattr(memory, "lengthen", lambda *of: lengthened.append(of[1]) or lengthen(*of))

    def growths(texts):
        lengthened.clear()
        assert sum(dedup.duplicated(texts)) == 20_000
        return lengthened.count("slots")

    texts = [written(number) for number in range(20_000)] * 2
    assert growths(texts) == 2  # for the first chunk, and for all
    monkeypatch.setattr(in_memory.Index, "_foreseen", lambda *_: 0)
    assert growths(texts) > 2


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("length", [10, 1 << 20])
def test_an_array_grows_even_if_somebody_holds_a_part_of_it(held, length):
    """As the garbage that compiling leaves does, until it is collected."""
    holder = SimpleNamespace(numbers=memory.zeros(length, np.int64))
    holder.numbers[:] = range(length)
    part = holder.numbers[:9] if held else None
    memory.lengthen(holder, "numbers", 2 * length)
    assert holder.numbers.tolist() == [*range(length), *[0] * length]
    holder.numbers[:] = 7
    assert part is None or part.tolist() == list(range(9))


@linux
@both_rungs
def test_a_refusal_to_grow_leaves_all_as_it_was(fast, monkeypatch):
    monkeypatch.setattr(memory, "_LARGE", 1)
    tables = in_memory.Index.empty(3, 3)
    tables.text[:4] = 1, 2, 3, 4
    shape = tables.slots.shape
    monkeypatch.setattr(memory, "_whole", lambda size: 1 << 62)
    for entries, text in ((1, 1 << 30), (1 << 20, 1)):
        with pytest.raises(OutOfMemory, match="the system refuses"):
            tables.reserve(entries, text, 1, fast)
        assert tables.slots.shape == shape and tables.text[:4].tolist() == [1, 2, 3, 4]


def test_running_out_is_told_and_loses_nothing(backend, tmp_path, monkeypatch):
    path, texts = tmp_path / "kept.index", [written(number) for number in range(40)]
    with dedup.Deduplicator() as seen:
        expected = [decision.is_duplicate for decision in map(seen.add, [*texts, *texts])]
    seen = dedup.Deduplicator(index=path)
    given = [seen.add(text, number).is_duplicate for number, text in enumerate(texts[:25])]

    def refuses(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(in_memory.Index, "reserve", refuses)
        for _ in range(2):
            with pytest.raises(OutOfMemory, match="commit") as told:
                seen.add(texts[25], 25)
            assert isinstance(told.value, dedup.DedupError) and isinstance(told.value, MemoryError)
    with pytest.raises(OutOfMemory, match="ran out before"):  # also where there is memory again
        seen.clean(texts[25])
    seen.commit()
    seen.close()
    with dedup.Deduplicator(index=path) as seen:
        given += [seen.add(text, number).is_duplicate for number, text in enumerate([*texts, *texts][25:], 25)]
    assert given == expected


def test_a_block_that_cannot_be_made_waits(tmp_path, monkeypatch):
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=IndexFile(path, dedup.Config(), block_bytes=1)) as seen:
        with monkeypatch.context() as patch:

            def refuses(*_, **__):
                raise MemoryError

            patch.setattr(file, "encode", refuses)
            for number in range(5):
                seen.add(written(number), number)
            with pytest.raises(OutOfMemory):
                seen.commit()
        seen.commit()
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == 5
        assert [seen.add(written(number)).duplicate_of for number in range(5)] == [(number, 0) for number in range(5)]


@needs_numba
def test_the_system_is_asked_before_much_is_taken(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numba")
    monkeypatch.setattr(in_memory, "_ASKED_AFTER", 1 << 12)
    with dedup.Deduplicator() as seen:
        assert not seen.add(written(0)).is_duplicate
        monkeypatch.setattr(memory, "available", lambda: 1 << 10)
        with pytest.raises(OutOfMemory, match="MB more memory are needed, 0 MB are to be had"):
            for number in range(1, 100):
                seen.add(written(number))
        seen.close()
        monkeypatch.setattr(memory, "available", lambda: None)
        assert not seen.add(written(0)).is_duplicate  # closed, it begins again


@linux
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_limit_on_addresses(backend, tmp_path):
    if backend == "numba" and not jit.numba_works():
        pytest.skip("numba is not installed")
    code = """
import resource, sys
import dedup
from dedup.errors import OutOfMemory
from dedup.sketch.prefixes import MOST_PREFIXES
from test_memory import written
list(dedup.unique(written(number) for number in range(3000)))
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
seen = dedup.Deduplicator(index=sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (taken + (40 << 20), resource.RLIM_INFINITY))
handed = 0
try:
    for result in seen.stream((number, written(number)) for number in range(1_000_000)):
        handed += 1
except OutOfMemory as error:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    seen.commit()
    print(handed, error)
"""
    path = tmp_path / "kept.index"
    environment = {**os.environ, "DEDUP_ENGINE": backend, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    handed = int(run.stdout.split()[0])
    assert handed > 1_000 and "machine with more memory" in run.stdout
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == handed
        again = list(seen.stream([(handed - 1, written(handed - 1)), ("new", written(handed - 1))]))
        assert [len(result.kept) for result in again] == [1, 0]


def test_what_is_available(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    assert memory.available(tmp_path) is None
    write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:   40 kB\n")
    assert memory.available(tmp_path) == 40 << 10
    write("proc/self/cgroup", "1:name=systemd:/x\n0::/outer/inner\n")
    write("sys/fs/cgroup/outer/inner/memory.max", "max\n")
    write("sys/fs/cgroup/outer/inner/memory.current", "900\n")
    assert memory.available(tmp_path) == 40 << 10
    write("sys/fs/cgroup/outer/memory.max", "1000\n")
    write("sys/fs/cgroup/outer/memory.current", "900\n")
    write("sys/fs/cgroup/outer/memory.stat", "anon 300\nactive_file 200\ninactive_file 400\n")
    assert memory.available(tmp_path) == 700


@linux
def test_this_machine_says_how_much_is_available():
    assert 0 < memory.available() < 1 << 50
