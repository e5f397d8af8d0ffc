"""Memory as the system counts it: what growing costs, and what happens where there is no more."""

import os
import subprocess
import sys

import pytest
from helpers import linux, needs_numba, written

import dedup
from dedup._jit import backend as jit


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
from helpers import written
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
