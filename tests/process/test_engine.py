"""Which backend does the work, and what happens where numba cannot keep what it compiled."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from helpers import LONG, OTHER, THIRD, needs_numba, stays

from dedup._jit import backend
from dedup.config import Config
from dedup.decide._candidates_numba import sort_kernel
from dedup.decide.batch import USUAL

_SIGN = """
import sys
import numpy as np
from dedup._jit import backend as jit
from dedup.sketch import minhash
if len(sys.argv) > 1:  # as another version of the package has it
    code = minhash.mix_kernel.__code__
    constants = tuple(0x85EBCA77 if constant == 0x85EBCA6B else constant for constant in code.co_consts)
    minhash.mix_kernel.__code__ = code.replace(co_consts=constants)
    jit.kernels_version = lambda: sys.argv[1]
hashes, multipliers = np.arange(1, 10, dtype=np.uint32), np.arange(1, 5, dtype=np.uint32)
sign = jit.compiled(minhash.sign_kernel)
print(sign(hashes, np.array([0, 9]), multipliers, multipliers).tolist(), list(sign.stats.cache_hits.values()))
"""


def run(code, *given, most_bytes=None, **environment):
    """What a process prints that can write files of so many bytes at most."""

    def limited():
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    done = subprocess.run(
        [sys.executable, "-c", code, *given],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        preexec_fn=limited if most_bytes else None,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def signed(folder, *version, most_bytes=None):
    """The signature as compiled by a process that keeps its kernels in `folder`, and whether it loaded them."""
    signature, loaded = run(_SIGN, *version, most_bytes=most_bytes, NUMBA_CACHE_DIR=str(folder)).rsplit("[", 1)
    return signature, loaded.startswith("1")


@needs_numba
@pytest.mark.skipif(sys.platform == "win32", reason="limits of the system are set as POSIX has them")
def test_a_cache_that_cannot_be_used_costs_time_alone(tmp_path):
    expected, loaded = signed(tmp_path)
    assert not loaded and signed(tmp_path) == (expected, True)
    for damage in (b"", b"no cache"):
        for path in Path(tmp_path).rglob("*.nb?"):
            path.write_bytes(damage)
            assert signed(tmp_path) == (expected, False)
            assert signed(tmp_path) == (expected, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    # Room for the index alone, as on a disk that fills up.
    assert signed(empty, most_bytes=1 << 14) == (expected, False)
    assert signed(empty) == (expected, False)
    (tmp_path / "file").write_text("")
    found, _ = signed(tmp_path / "file" / "cache")  # no place for a cache; numba may find another
    assert found == expected


@needs_numba
@pytest.mark.skipif(sys.platform == "win32", reason="limits of the system are set as POSIX has them")
def test_no_version_runs_what_another_compiled(tmp_path):
    before, _ = signed(tmp_path)
    after, _ = signed(tmp_path / "other", "2")
    assert before != after
    assert signed(tmp_path, "2", most_bytes=1 << 14) == (after, False)  # whose index is written, and no data
    assert signed(tmp_path, "2") == (after, False)
    assert signed(tmp_path)[0] == before


@needs_numba
def test_without_compilation_there_is_the_other_backend(tmp_path):
    works = "from dedup._jit import backend as jit; print(jit.numba_works())"
    assert run(works) == "True\n" and run(works, NUMBA_DISABLE_JIT="1") == "False\n"
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text("")
    found = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    assert run(works, PYTHONPATH=os.pathsep.join(filter(None, found))) == "False\n"
    with pytest.raises(AssertionError, match="DEDUP_ENGINE is numba, but numba cannot compile"):
        run("import dedup; dedup.duplicated(['a'])", NUMBA_DISABLE_JIT="1", DEDUP_ENGINE="numba")


_LARGE = """
import logging, time
import dedup
from dedup._jit import backend as jit, cache
logging.basicConfig(level=logging.DEBUG, format="%(name)s %(message)s")
text = " ".join(f"word{n}" for n in range(2_000_000))
began = time.monotonic()
wanted = jit.wanted(len(text))
print(wanted, len(text) >= jit.MAKE_FROM, time.monotonic() - began < 5, cache.mark().exists())
"""


_DECIDED = """
import dedup
texts = ["The ferry sails at nine, the harbour office said.", "The old mill will be turned into a school."]
documents = ["\\n\\n".join([texts[n % 2], f"Bridge {n} is planned for the valley.", texts[0]]) for n in range(50)]
with dedup.Deduplicator() as seen:
    for result in seen.stream(documents):
        print(result.text, [(removal.position, removal.decision) for removal in result.removed])
"""


@needs_numba
def test_kernels_are_made_beside_the_work_and_then_taken(tmp_path):
    """Whoever comes before they are there does not wait; a process of its own makes them, once, and says nothing.

    One that is killed leaves some of them, which the next one goes on from, and whoever uses these decides as ever.
    """
    here = {"NUMBA_CACHE_DIR": str(tmp_path), "DEDUP_ENGINE": ""}
    makes = "from dedup.warming import make_kernels; make_kernels()"
    maker = subprocess.Popen([sys.executable, "-c", makes], env={**os.environ, **here})
    while not list(tmp_path.rglob("*.nbc")):
        assert maker.poll() is None
        time.sleep(0.05)
    maker.kill()
    maker.wait()
    assert run(_LARGE, **here) == "False True True False\n"  # and begins to make the others
    assert run(makes, **here) == ""  # waits for the first one, whose lock it needs
    assert run(_LARGE, **here) == "True True True True\n"
    names = [path.name for path in tmp_path.iterdir() if path.is_file()]
    assert sorted(name.rpartition(".")[2] for name in names) == ["lock", "ready"]
    decided = run(_DECIDED, **{**here, "DEDUP_ENGINE": "numpy"})
    assert decided.count("contained") + decided.count("exact") > 50
    assert run(_DECIDED, **{**here, "DEDUP_ENGINE": "numba"}) == decided


@needs_numba
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_changes_over_in_the_middle_with_the_same_decisions(jobs, monkeypatch):
    texts = [LONG, OTHER, THIRD]
    documents = ["\n\n".join([texts[n % 3], f"{OTHER} in {n} years", texts[n % 2]]) for n in range(100)]
    sizes = replace(USUAL, texts=8)
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    expected = stays(documents, Config(), sizes=sizes)
    assert len(expected[1]) == 100 and sum(map(len, expected[0])) < 150
    for turns in ([True], [False, True], [False] * 10 + [True] * 1000):
        turn = cycle(turns)
        monkeypatch.setattr(backend, "wanted", lambda *of, turn=turn: next(turn))
        assert stays(documents, Config(), jobs, sizes) == expected


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 12, 13, 14, 40, 41, 1000, 20_000])
@pytest.mark.parametrize("different", [1, 3, 1 << 40])
def test_values_are_sorted(n, different):
    values = np.random.default_rng(n).integers(-different, different, n + 3)
    behind, expected = values[n:].tolist(), sorted(values[:n].tolist())
    (backend.compiled(sort_kernel) if backend.numba_works() else sort_kernel)(values, n)
    assert values.tolist() == expected + behind


@needs_numba
def test_numba_is_silent_whatever_the_host_program_logs(tmp_path):
    code = (
        "import logging, sys; logging.basicConfig(level=logging.DEBUG, stream=sys.stdout);"
        "logging.getLogger('numba').setLevel(logging.DEBUG);"
        "from dedup.sketch import minhash; import numpy as np; from dedup._jit import backend as jit;"
        "one = np.arange(1, 5, dtype=np.uint32); jit.compiled(minhash.sign_kernel)(one, np.array([0, 4]), one, one);"
        "print(logging.getLogger('numba').level)"
    )
    said = run(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert said.splitlines()[-1] == "10" and len(said.splitlines()) < 50


def test_an_upgrade_that_touches_no_kernel_keeps_the_cache():
    from dedup._jit import cache

    rooms = {path.parent.name for path in cache._PACKAGE.rglob("*.py") if "@kernel" in path.read_text("utf-8")}
    assert rooms <= set(cache._ROOMS) and not {"cli", "report", "runs", "io"} & set(cache._ROOMS)
