"""A run over every format that is killed at any moment, and started again, ends as one run."""

import os
import random
import signal
import time

import pytest
from helpers import LONG, OTHER, THIRD, call, tree
from samples import SAMPLES
from test_crash import forked

from dedup.runs import resume

pytest.importorskip("warcio", reason="warcio is not installed: pip install 'dedup-paragraphs[warc]'")
pq = pytest.importorskip("pyarrow.parquet")

KILLS = int(os.environ.get("DEDUP_KILLS", "8"))


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    monkeypatch.setattr(resume, "_COMMIT_FILES", 1)


@pytest.fixture
def corpus(tmp_path):
    """A folder of five files of each format, whose texts repeat each other."""
    rng = random.Random(3)
    sentences = [f"{text} in the year {1900 + n}" for n in range(30) for text in (LONG, OTHER, THIRD)]
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(5):
        for title, (suffix, make) in SAMPLES.items():
            texts = ["\n\n".join(rng.sample(sentences, 4)) for _ in range(6)]
            if title == "WARC":  # whose ids are addresses: those of another file would be its deliveries
                texts = texts[:1] if n == 0 else [f"{texts[0]}\n\n{n}"]
            (folder / f"{n}{suffix}").write_bytes(make(texts))
    return folder


def test_kills(tmp_path, corpus):
    def clean(out, index):
        return call("clean", corpus, "-o", out, "--index", index, "--removed", f"{index}.removed", "--jobs", "1")

    assert clean(tmp_path / "whole", tmp_path / "whole.index").exit_code == 0
    expected, record = tree(tmp_path / "whole"), (tmp_path / "whole.index.removed").read_bytes()
    rng = random.Random(5)
    stopped_at = set()
    for n in range(KILLS):
        out, index = tmp_path / f"out{n}", tmp_path / f"{n}.index"
        most = rng.randrange(1, len(expected))
        child = forked(lambda out=out, index=index: clean(out, index))
        until = time.monotonic() + 60
        while (not out.is_dir() or len(list(out.iterdir())) < most) and time.monotonic() < until:
            time.sleep(0.0005)
        time.sleep(rng.uniform(0, 0.003))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        stopped_at.add(len([path for path in out.iterdir() if not path.name.endswith(".part")]))
        done = clean(out, index)
        assert done.exit_code == 0, done.stderr
        assert tree(out) == expected
        assert sorted((tmp_path / f"{index}.removed").read_bytes().splitlines()) == sorted(record.splitlines())
        assert call("restore", out, "--removed", f"{index}.removed", "-o", tmp_path / f"back{n}").exit_code == 0
        back = tree(tmp_path / f"back{n}")
        for name, raw in tree(corpus).items():
            assert back[name] == raw or (
                name.endswith(".parquet")
                and pq.read_table(tmp_path / f"back{n}" / name).equals(pq.read_table(corpus / name))
            )
    assert len(stopped_at) >= min(KILLS // 4, 5)
