"""The kernels of the compiled backend, run by Python with every access checked: none leaves the arrays that it is given."""

import os
import subprocess
import sys
from itertools import chain
from typing import NamedTuple

import numpy as np
import pytest
from helpers import ROOT
from numpy.typing import NDArray
from sentences import changed_pairs

import dedup
from dedup._jit import backend as jit
from dedup._jit.backend import kernel, makes_arrays
from dedup._jit.intrinsics import copy_small_64, load_32, load_64, move, store_64, within_64
from dedup.text.characters import character_table
from dedup.text.flags import PADDING
from dedup.text.normalize import to_normalize_kernel
from dedup.text.utf8 import Spans

sys.path.append(str(ROOT / "benchmarks"))
from texts import paragraphs

_MADE = [paragraph.text for paragraph in paragraphs(110)]
_CHANGED = list(chain.from_iterable(pair[2:] for pair in changed_pairs()[::13]))  # in eleven languages
# Of every length in which whole words, and whole blocks of 64 bytes, may end; of every width that a str has.
_ODD = [
    "",
    " \n ",
    "x",
    "&amp;nbsp; &",
    "\ud800 lone \udfff",
    "naïve Café " * 6,
    "ﬃ Ⅷ ㎏ ½ x² " * 5,
    "🙂 emoji 🙂 in a sentence that is long enough to be judged 🙂",
    "e\u0301" * 70,
    *(("Nine of the 12 mills, the A14's, made -3.5% in May. " * 4)[:length] for length in range(57, 140, 9)),
]
TEXTS = [*_MADE, *_CHANGED, *_ODD]
DOCUMENTS = [(str(at), "\n\n".join(TEXTS[at : at + 6])) for at in range(0, len(TEXTS), 6)]


def alike(work):
    """Do the same by plain numpy and by the kernels, interpreted; the results must be equal."""
    made = []
    for engine in ("numpy", "interpreted"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DEDUP_ENGINE", engine)
            made.append(work())
    assert made[0] == made[1]
    return made[0]


@pytest.mark.parametrize("options", [{}, {"threshold": 0.5, "shingle_size": 2}], ids=str)
def test_lists(options):
    assert sum(alike(lambda: dedup.duplicated(TEXTS, **options).tolist())) > 10


@pytest.mark.parametrize("options", [{"max_candidates": 2}, {"threshold": 0.6}, {"scope": "document"}], ids=str)
def test_documents(options):
    def removed():
        with dedup.Deduplicator(**options) as seen:
            return [result.removed for result in seen.stream(DOCUMENTS, jobs=2)], seen.capped_lookups

    found, capped = alike(removed)
    assert any(found) and (capped > 0 or options.get("max_candidates") != 2)


def test_an_index_that_is_opened_again_and_documents_that_come_again(tmp_path):
    again = [(id, "\n\n".join(reversed(text.split("\n\n")))) for id, text in DOCUMENTS[5:20]]

    def removed():
        found, path = [], tmp_path / f"{os.environ['DEDUP_ENGINE']}.index"
        for part in (DOCUMENTS[:25], [*again, *DOCUMENTS[22:]]):
            with dedup.Deduplicator(index=path) as seen:
                found += [result.removed for result in seen.stream(part)]
                seen.commit()
        return found

    assert any(alike(removed))


def test_bytes_beside_the_texts_are_not_decoded(monkeypatch):
    """A column may have any between its texts, and behind the last."""
    monkeypatch.setenv("DEDUP_ENGINE", "interpreted")
    raw = np.frombuffer(b"\xff\xffcafe\xcc\x81\xff\xff\xff\xffcafe\xff\xff\xff\xff" + bytes(PADDING), np.uint8)
    found = np.zeros(2, np.int64)
    spans = Spans(raw, np.array([2, 12]), np.array([8, 16]))
    assert jit.compiled(to_normalize_kernel)(spans, character_table(), found) == 1 and found[0] == 0


class Pair(NamedTuple):
    array: NDArray[np.int64]
    bytes: NDArray[np.uint8]


@kernel
def sum_kernel(pair, count):
    total = 0
    for i in range(count):
        total += pair.array[i]
    return total


@makes_arrays
@kernel
def own_array_kernel(pair, count):
    return np.zeros(count, np.int64)[count]


_PAST_THE_END = {
    "an index": sum_kernel,
    "an index in an array of its own": own_array_kernel,
    "an index that counts from the end": kernel(lambda pair, count: pair.array[count - 102]),
    "an index in a slice": kernel(lambda pair, count: pair.array[:3][3]),
    "an index in rows": kernel(lambda pair, count: np.zeros((2, 3))[1, -1]),
    "a slice": kernel(lambda pair, count: pair.array[1:count]),
    "a slice that counts from the end": kernel(lambda pair, count: pair.array[-1:]),
    "load_32": kernel(lambda pair, count: load_32(pair.bytes, count - 4)),
    "load_64": kernel(lambda pair, count: load_64(pair.bytes, count - 8)),
    "store_64": kernel(lambda pair, count: store_64(pair.bytes, count - 8, np.uint64(1))),
    "within_64": kernel(lambda pair, count: within_64(pair.bytes, count - 64, 1, 2)),
    "copy_small_64": kernel(lambda pair, count: copy_small_64(pair.bytes, count - 64, pair.bytes, 0)),
    "move": kernel(lambda pair, count: move(pair.bytes, 1, 0, count - 1)),
}


@pytest.mark.parametrize("name", _PAST_THE_END)
def test_an_access_past_the_end_fails(monkeypatch, name):
    monkeypatch.setenv("DEDUP_ENGINE", "interpreted")
    pair = Pair(np.ones(100, np.int64), np.ones(100, np.uint8))
    with pytest.raises(IndexError):
        jit.compiled(_PAST_THE_END[name])(pair, 101)


def test_what_a_kernel_makes_is_a_plain_array_again(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "interpreted")
    pair = Pair(np.ones(100, np.int64), np.ones(100, np.uint8))
    assert jit.compiled(sum_kernel)(pair, 100) == 100
    made = jit.compiled(kernel(lambda pair: Pair(np.full(3, 7), pair.bytes[:50])))(pair)
    assert made.array.tolist() == [7, 7, 7] and made.array.dtype == np.int64
    assert type(made.array) is type(made.bytes) is np.ndarray and np.shares_memory(made.bytes, pair.bytes)


def test_the_mode_needs_no_numba(tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('broken on purpose')")
    code = "import dedup; print(dedup.duplicated(['the same long sentence ' * 9] * 3).tolist())"
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ, "DEDUP_ENGINE": "interpreted", "PYTHONPATH": os.pathsep.join(filter(None, paths))
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[False, True, True]", done.stderr


def test_what_names_no_engine_is_refused(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "fortran")
    with pytest.raises(dedup.ConfigError, match="'fortran'; expected numpy, numba, interpreted or nothing"):
        dedup.duplicated(["a"])
    monkeypatch.setenv("DEDUP_ENGINE", "interpreted")
    monkeypatch.setattr(np, "__version__", "1.26.4")
    with pytest.raises(dedup.ConfigError, match="expected numpy 2 or later"):
        dedup.duplicated(["a"])
