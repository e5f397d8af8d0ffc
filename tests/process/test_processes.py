"""Several threads, several processes: one order of decisions, no state shared by accident."""

import copy
import functools
import gc
import multiprocessing
import os
import pickle
import queue
import random
import sys
import threading

import numpy as np
import pytest
from news_site import paragraphs

import dedup
from dedup.decide.pipeline import Pipeline

PAGES = {f"page {n}": "\n\n".join(paragraphs(n)) for n in range(60)}


@pytest.fixture
def hurried():
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_threads(backend, hurried):
    seen = dedup.Deduplicator()
    results, errors = {}, []

    def work(kind, ids):
        try:
            if kind == "stream":
                results.update((result.id, result) for result in seen.stream([(id, PAGES[id]) for id in ids]))
            else:
                for id in ids:
                    results[id] = seen.clean(PAGES[id], id)
                    seen.commit()
        except Exception as error:
            errors.append(error)

    ids = random.Random(3).sample(sorted(PAGES), len(PAGES))
    jobs = [("stream", ids[:20]), ("stream", ids[20:30]), ("clean", ids[30:45]), ("clean", ids[45:])]
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    order = list(seen._state.ids)  # in which they were decided: as one thread would have decided them
    assert sorted(order) == sorted(ids)
    alone = dedup.Deduplicator()
    assert {id: alone.clean(PAGES[id], id) for id in order} == results


def test_a_stream_that_waits_for_a_document_keeps_nobody_waiting(backend):
    """Least of all whoever brings it."""
    seen, waiting = dedup.Deduplicator(), queue.Queue()

    def brings():
        for id, text in list(PAGES.items())[:9]:
            seen.clean(text, f"before {id}")
            waiting.put((id, text))
        waiting.put(None)

    bringing = threading.Thread(target=brings, daemon=True)
    stream = seen.stream(iter(functools.partial(waiting.get, timeout=60), None))
    bringing.start()
    assert len([result for result in stream if result.removed]) == 9
    bringing.join(60)
    assert not bringing.is_alive()


def test_a_stream_may_be_given_up_in_a_thread_of_its_own(monkeypatch):
    """As happens where it is part of a cycle, and garbage is collected there."""
    failures, given_up, collected = [], threading.Event(), threading.Event()
    monkeypatch.setattr(sys, "unraisablehook", lambda failure: failures.append(failure.exc_value))
    read = Pipeline._read

    def collecting(self, coming, fast):
        if len(coming) > 1:  # the second batch, which is read while the first one is handed out
            assert given_up.wait(60)
            gc.collect()
            collected.set()
        return read(self, coming, fast)

    def give_up():
        cycle = {}
        cycle["itself"], cycle["stream"] = cycle, dedup.Deduplicator().stream(PAGES.items(), jobs=2)
        next(cycle["stream"])

    monkeypatch.setattr(Pipeline, "_read", collecting)
    gc.disable()
    try:
        give_up()
        given_up.set()
        assert collected.wait(60)
    finally:
        gc.enable()
    assert failures == []


def test_no_pickle():
    seen = dedup.Deduplicator()
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(dedup.ConfigError, match="cannot be pickled"):
            duplicate(seen)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(backend, method):
    texts = [paragraph for page in PAGES.values() for paragraph in page.split("\n\n")]
    parts = [texts[:300], texts[200:500]]
    expected = [dedup.duplicated(part) for part in parts]  # in the parent first: what it has loaded is inherited
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert all(map(np.array_equal, pool.map(dedup.duplicated, parts), expected))
        sketches = pool.map(dedup.signatures, parts)
    assert np.array_equal(np.vstack(sketches), dedup.signatures(parts[0] + parts[1]))


def in_a_child(work):
    """What a forked child makes of `work`, a str."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def refused(call):
    """What a forked child is told when it makes a call."""

    def work():
        try:
            return repr(call())
        except dedup.ConfigError as error:
            return str(error)

    return in_a_child(work)


def test_a_fork_of_what_is_in_memory(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    seen = dedup.Deduplicator()
    seen.add("The ferry has sailed at nine.")
    waiting = seen.stream(PAGES.items())
    next(waiting), next(waiting)
    for call in (
        lambda: seen.add("New."),
        lambda: seen.clean("New."),
        lambda: next(waiting),
        lambda: next(seen.stream(["New."])),
        lambda: seen.explain(0, 0),
    ):
        assert f"was made by process {os.getpid()}, not by this one" in refused(call)
    assert seen.add("The ferry has sailed at nine.").relation == "exact"  # the parent goes on


def test_a_fork_of_what_remembers_nothing(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    seen = dedup.Deduplicator(scope="document")
    assert (
        in_a_child(lambda: seen.clean("The ferry has sailed.\n\nThe ferry has sailed.").text.strip())
        == "The ferry has sailed."
    )


def test_a_fork_does_not_write_the_index(tmp_path, monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    path = tmp_path / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        seen.add("The ferry has sailed at nine.", "a")
        waiting = seen.stream([("b", PAGES["page 1"]), ("c", PAGES["page 2"])])
        next(waiting)
        for call in (lambda: seen.add("Another text that is new.", "x"), lambda: seen.clean("New, too, is this.", "x"), lambda: seen.explain("a", 0), seen.commit):  # fmt: skip
            assert f"was opened by process {os.getpid()}, not by this one" in refused(call)
        assert refused(seen.close) == "None"  # lets go of its own copy only
        seen.commit()
        seen.add("The school has opened at ten.", "d")
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == 3
        assert seen.add("The school has opened at ten!", "e").relation == "exact"
