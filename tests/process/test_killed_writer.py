"""A killed writer blocks nobody."""

import os
import signal
import time

import pytest

import dedup


def test_a_killed_writer_blocks_nobody(tmp_path):
    path = tmp_path / "kept.index"
    child = os.fork()
    if child == 0:
        held = dedup.Deduplicator(index=path)
        (tmp_path / "ready").touch()
        time.sleep(60)
        held.close()
        os._exit(0)
    while not (tmp_path / "ready").exists():
        time.sleep(0.01)
    with pytest.raises(dedup.IndexLocked, match=f"process {child}"):
        dedup.Deduplicator(index=path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    dedup.Deduplicator(index=path).close()
