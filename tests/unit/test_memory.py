"""The index's memory: it grows in place, asks before it takes, and running out loses nothing that was handed out."""

from types import SimpleNamespace

import numpy as np
import pytest
from helpers import both_backends, entries_with, linux, needs_numba, written

import dedup
from dedup import api
from dedup._jit import memory
from dedup.decide.state import State
from dedup.errors import OutOfMemory
from dedup.index import file
from dedup.index import tables as in_memory
from dedup.index.file import IndexFile


@both_backends
def test_larger_tables_hold_the_same_in_the_same_order(fast, monkeypatch):
    monkeypatch.setattr(memory, "_LARGE", 1)
    tables = in_memory.Index.empty(3, 3, room=1)
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


@both_backends
def test_tables_grow_to_what_is_expected_where_there_is_memory_for_it(fast, monkeypatch):
    def grown(expected, there):
        monkeypatch.setattr(memory, "available", lambda: there)
        tables = in_memory.Index.empty(3, 3, room=9)
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
    lengthen, lengthened = memory.lengthen, []
    monkeypatch.setattr(memory, "lengthen", lambda *of: lengthened.append(of[1]) or lengthen(*of))

    def growths(texts):
        lengthened.clear()
        decisions = api._decisions(texts, State(dedup.Config(), None, room=100))
        assert sum(decided.verdicts.removed.sum() for _, decided in decisions) == 20_000
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
@both_backends
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
