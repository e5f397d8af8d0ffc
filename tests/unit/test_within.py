"""Pairs within a document, all at once: resolved down the order they give what the stream decides pair by pair."""

import os

import numpy as np
import pytest
from helpers import SHARED
from spark_cluster import made_documents

import dedup
from dedup.decide.batch import JUDGED
from dedup.decide.pipeline import Given, read_documents
from dedup.decide.within import TWIN, pairs_within
from dedup.match.tables import CONTAINED, RELATIONS

CONFIGS = [dedup.Config(), dedup.Config(threshold=0.5), dedup.Config(max_candidates=3)]
BRIEF = ["Ann Lee", "Harbour office and port", "Opening hours of the museum", "12,000", "Read the whole story now"]
DOCUMENTS = [text for _, text in made_documents(30)]
DOCUMENTS += ["\n\n".join(BRIEF * 4), "\n\n".join(DOCUMENTS[:6]), "\n\n".join([DOCUMENTS[7]] * 30), "", "Alone."]


def removed_by_pairs(text, config, fast):
    """What goes of a document by its pairs: position, relation and original of each."""
    batch = read_documents([Given("", text)], config, 20_000, fast).batch
    originals = {}
    for p, other, found, relation in zip(*(column.tolist() for column in pairs_within(batch, config)), strict=True):
        originals.setdefault(p, []).append((relation < CONTAINED, found, other, relation))
    rank = {p: k for k, p in enumerate(batch.order.tolist())}
    removed = {p: ("exact", int(batch.positions[batch.twins[p]])) for p in np.flatnonzero(batch.unjudged).tolist()}
    for p in batch.order.tolist():
        if batch.roles[p] == JUDGED:
            kept = [(*one[:2], rank[one[2]], one) for one in originals.get(p, ()) if one[2] not in removed]
            if kept:
                *_, (_, _, other, relation) = min(kept)
                removed[p] = RELATIONS[relation], int(batch.positions[other])
    return {int(batch.positions[p]): said for p, said in removed.items()}


@pytest.mark.parametrize("config", CONFIGS, ids=["rules", "likeness", "full lists"])
def test_pairs_decide_as_the_stream_does(backend, config):
    fast = os.environ["DEDUP_ENGINE"] == "numba"
    found = 0
    for text in DOCUMENTS:
        result = dedup.clean(text, threshold=config.threshold, max_candidates=config.max_candidates)
        wanted = {one.position: (one.decision.relation, one.decision.duplicate_of[1]) for one in result.removed}
        assert removed_by_pairs(text, config, fast) == wanted
        found += len(wanted)
    assert found > 100


def test_both_backends_find_the_same_pairs(backend):
    fast = os.environ["DEDUP_ENGINE"] == "numba"
    given = [Given(number, text) for number, text in enumerate(DOCUMENTS)]
    for config in CONFIGS:
        pairs = [pairs_within(read_documents(given, config, 20_000, way).batch, config) for way in (False, fast)]
        one, other = (list(zip(*(column.tolist() for column in those), strict=True)) for those in pairs)
        assert one == other and len(one) > 100
    assert any(found == TWIN for _, _, found, _ in one)


def test_equal_lines_do_not_all_meet():
    text = "\n\n".join(["The ferry to the island sailed at nine with forty passengers and a crew of six."] * 2_000)
    batch = read_documents([Given("", text)], dedup.Config(), 20_000, False).batch
    assert len(pairs_within(batch, dedup.Config()).later) == 1_999


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real pages does not lie beside this checkout")
def test_real_pages():
    paths = sorted((SHARED / "dev" / "articles").iterdir())[::40]
    assert paths
    for path in paths:
        text = path.read_text("utf-8")
        result = dedup.clean(text)
        wanted = {one.position: (one.decision.relation, one.decision.duplicate_of[1]) for one in result.removed}
        assert removed_by_pairs(text, dedup.Config(), False) == wanted
