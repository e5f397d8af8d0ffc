"""What a paragraph costs, counted between the stages on fixed texts: no clock, so no noise. And that vectors are used."""

import os
import platform
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from helpers import ROOT, needs_numba

import dedup
from dedup._jit import backend as jit
from dedup.decide import _candidates_numba, batch, rule
from dedup.decide import judge as judging
from dedup.decide.candidates import UNJUDGED
from dedup.decide.pipeline import Given, Pipeline
from dedup.decide.state import State
from dedup.match.tables import EXACT
from dedup.sketch import keys

sys.path.append(str(ROOT / "benchmarks"))
from texts import paragraphs

CONFIGURATIONS = {"likeness": {"threshold": 0.7}, "what it says": {}}
# By paragraph of these texts. Whoever needs less writes it here; whoever needs more has to say why.
EXPECTED = {
    "likeness": {
        "folded": 1, "shingled": 44, "shingles signed": 44, "numbers in signatures": 64, "keys": 16,
        "pairs": 0.0625, "read": 0.0575, "judged": 0.06,
    },
    "what it says": {
        "folded": 1, "shingled": 44, "shingles signed": 44, "numbers in signatures": 32, "keys": 13,
        # Not only what has all shingles is a candidate: half of them do, as words may be cut or spelled in another way.
        "pairs": 0.0975, "read": 0.08, "judged": 0.0825,
    },
}  # fmt: skip


def work(options):
    """Operations by paragraph, of each kind."""
    texts = [paragraph.text for paragraph in paragraphs(400)]
    documents = ["\n\n".join(texts[i : i + 20]) for i in range(0, len(texts), 20)]
    done = Counter()

    def counted(function, **amounts):
        def counting(*given):
            for name, amount in amounts.items():
                done[name.replace("_", " ")] += int(amount(*given)) if callable(amount) else amount
            return function(*given)

        return counting

    def signed(shingles, num_perm, seed, fast, used):
        return used * (len(shingles.first) - 1)

    def keyed(shingles, signatures, prefixes, bands, rows, fast):
        return (1 + bands + prefixes.shape[1]) * (len(shingles.first) - 1)

    def sliced(slices):
        def counting(*given):
            for pairs, crowd in slices(*given):
                done["pairs"] += len(pairs.later)
                yield pairs, crowd

        return counting

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEDUP_ENGINE", "numba")
        for module, name, amounts in (
            (batch, "fold", {"folded": lambda texts, *_: len(texts)}),
            (
                batch,
                "shingle",
                {"shingled": lambda tokens, size, *_: np.maximum(np.diff(tokens.first) - size + 1, 1).sum()},
            ),
            (
                batch,
                "sign",
                {"shingles_signed": lambda shingles, *_: shingles.first[-1], "numbers_in_signatures": signed},
            ),
            (batch, "make_keys", {"keys": keyed}),
            (
                rule,
                "judge",
                {"read": lambda due, pairs, *_: len(np.unique(pairs.later[due])), "judged": lambda due, *_: len(due)},
            ),
        ):
            patch.setattr(module, name, counted(getattr(module, name), **amounts))
        patch.setattr(_candidates_numba, "slices", sliced(_candidates_numba.slices))
        with dedup.Deduplicator(**options) as seen:
            list(seen.stream(documents))
    return {name: amount / len(texts) for name, amount in done.items()}


def exceeded(name):
    """The kinds of which there is more than expected, with how much there is."""
    found = work(CONFIGURATIONS[name])
    assert found.keys() == EXPECTED[name].keys()
    return {kind: amount for kind, amount in found.items() if amount > 1.01 * EXPECTED[name][kind]}


@needs_numba
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_no_more_work_than_before(name):
    assert not exceeded(name)


@needs_numba
def test_more_bands_are_noticed(monkeypatch):
    bands = keys.choose_bands(dedup.Config())[0]
    for module in (keys, batch):
        monkeypatch.setattr(module, "choose_bands", lambda config: (2 * bands, 4))
    assert {"numbers in signatures", "keys"} <= exceeded("what it says").keys()


@needs_numba
def test_judging_twice_is_noticed(monkeypatch):
    resolve, really = rule.resolve_kernel, jit.compiled

    def forgetful(pairs, crowd, verdicts, most, call, *given):
        if call == 2:
            pairs.relation[pairs.relation != EXACT] = UNJUDGED
        return really(resolve)(pairs, crowd, verdicts, most, call, *given)

    monkeypatch.setattr(
        jit, "compiled", lambda function, **how: forgetful if function is resolve else really(function, **how)
    )
    assert exceeded("what it says").keys() == {"read", "judged"}


@needs_numba
def test_looking_at_every_pair_is_noticed(monkeypatch):
    bounds = _candidates_numba.Bounds
    monkeypatch.setattr(_candidates_numba, "Bounds", lambda *given: bounds(*given)._replace(threshold=1e-9))
    assert {"pairs", "read", "judged"} <= exceeded("what it says").keys()


def test_captions_cost_in_proportion_to_their_number(monkeypatch):
    """What is in a full bucket bounds the pairs of each text; equal ones are compared with none."""
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    weighed, kept = Counter(), 0
    stage, syllables = [""], "ba kos mi tur len dov ras pel gin sho".split()
    says = judging.says_kernel
    monkeypatch.setattr(judging, "says_kernel", lambda *given: (weighed.update(stage), says(*given))[1])
    caption = "The swing bridge at Tarnsby turns for the first time in fourteen months, seen from the river bank"
    with dedup.Deduplicator(max_candidates=4) as seen:
        for stage[0], numbers in (("first", range(100)), ("second", range(100, 300)), ("third", range(300, 500))):
            for number in numbers:
                name = "".join(syllables[int(digit)] for digit in f"{number:03}").capitalize()
                kept += not seen.add(f"{caption}. Photo: {name}/Quill").is_duplicate
        stage[0] = "equal"
        for _ in range(300):
            assert seen.add(f"{caption}. Photo: Bababa/Quill").relation == "exact"
    assert kept > 450
    assert 0 < weighed["third"] <= 1.1 * weighed["second"]
    assert weighed["equal"] == 0


LOCAL = {
    "more than three in each document": ["6 hours ago", "6 hours ago", "{}", "6 hours ago", "{}", "6 hours ago"],
    "amid brief lines": ["Home page", "News now", "Rated 4 out of 5", "Share it", "Send it", "Home again"],
}


@pytest.mark.parametrize("lines", LOCAL.values(), ids=LOCAL)
def test_what_stays_in_every_document_is_found_from_none(backend, lines):
    """Else the lookups of each document would walk over those of all documents before."""
    texts = iter(paragraphs(400))
    long = [[next(texts).text if line == "{}" else line for line in lines] for _ in range(100)]
    state = State(dedup.Config(), None)
    pipeline = Pipeline(state)
    for document in long:
        pipeline.clean(Given(None, "\n\n".join(document)), lambda given, outcome: outcome)
    texts_of_entries = Counter(state.index.folded(entry) for entry in range(state.index.count))
    often = [text for text, count in texts_of_entries.items() if count >= 100]
    assert often
    for text in often:
        (keys_of_text,) = batch.read_batch(
            [text.decode()], np.ones(1, np.int64), state.config, alone=True, fast=False
        ).keys
        assert len(state.index.bucket(0, int(keys_of_text[0]))) == 0, text


# --- Vectors


SHOW = """
import sys
import numpy as np
from dedup._jit import backend as jit
from dedup.sketch import minhash
kernel = jit.compiled(getattr(minhash, sys.argv[1]))
numbers = np.arange(64, dtype=np.uint32)
if sys.argv[1] == "sign_kernel":
    kernel(numbers, np.array([0, 40, 64]), numbers, numbers)
else:
    kernel(numbers, np.ones((8, 64), dtype=np.uint32), numbers)
(signature,) = kernel.signatures
print(kernel.inspect_llvm(signature), kernel.inspect_asm(signature))
"""


def vectors(kernel, folder, **environment):
    """Whether it multiplies several numbers with one instruction: in the compiler's language, and on x86."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment}  # of cached ones numba shows nothing
    command = [sys.executable, "-c", SHOW, kernel]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    least = r"@llvm\.umin\.v\d+i32", r"pminud\s.*%[xyz]mm"
    if kernel != "sign_kernel":
        least = "", ""
    found = [re.search(r"mul <\d+ x i32>", shown) and re.search(least[0], shown)]
    if platform.machine() in ("x86_64", "AMD64"):
        found.append(re.search(r"pmul(ld|udq)\s.*%[xyz]mm", shown) and re.search(least[1], shown))
    return [one is not None for one in found]


@needs_numba
@pytest.mark.parametrize("kernel", ["sign_kernel", "short_xxh32_kernel"])
def test_hot_loops_are_vectorised(kernel, tmp_path):
    """The loop over permutations, and the one over shingles; without the compiler's vectors it would be noticed."""
    assert all(vectors(kernel, tmp_path / "as it is"))
    assert not any(vectors(kernel, tmp_path / "without", NUMBA_LOOP_VECTORIZE="0", NUMBA_SLP_VECTORIZE="0"))
