"""An index in a file is one run of several, whatever is given in whatever order; and nothing in it is believed."""

import shutil
from contextlib import suppress
from itertools import islice

import pytest
from helpers import BACKENDS, LONG, OTHER, TESTS, THIRD, forge_head, forged
from hypothesis import given, settings
from hypothesis import strategies as st
from slow import slow_clean
from strategies import articles

import dedup
from dedup.cli.info import describe
from dedup.decide.batch import Sizes
from dedup.index.tables import Index
from dedup.runs.upgrade import upgrade


def entries(seen):
    seen.commit()
    return seen.store.size.entries


# --- One run


@given(documents=articles(most=8), data=st.data())
@settings(max_examples=20)
def test_opened_and_closed_it_is_one_run(tmp_path_factory, documents, data):
    path = tmp_path_factory.mktemp("store") / "kept.index"
    with dedup.Deduplicator() as seen:
        expected = list(seen.stream((f"page {n}", text) for n, text in enumerate(documents)))
    made = []
    while len(made) < len(documents):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DEDUP_ENGINE", data.draw(st.sampled_from(BACKENDS)))
            sizes, taken = Sizes(texts=data.draw(st.integers(1, 9))), data.draw(st.integers(1, 4))
            with dedup.Deduplicator(index=path, _sizes=sizes) as seen:
                begin = len(made)
                given_now = ((f"page {n}", documents[n]) for n in range(begin, len(documents)))
                for result in seen.stream(given_now, jobs=data.draw(st.integers(1, 2))):
                    made.append(result)
                    if len(made) == begin + taken:
                        break
    assert made == expected


@given(documents=articles(most=8), stops=st.lists(st.integers(0, 8), max_size=3))
@settings(max_examples=20)
def test_the_order_is_that_of_the_results(backend, documents, stops):
    """A stream that is left, or interrupted by other calls, decides nothing that it does not hand out."""
    with dedup.Deduplicator() as seen:
        made, order = [], []
        stream = seen.stream((f"page {n}", text) for n, text in enumerate(documents))
        for place, result in enumerate(stream):
            made.append(result)
            order.append((result.id, documents[place]))
            if place in stops:
                order.append((f"between {place}", documents[-1 - place]))
                made.append(seen.clean(order[-1][1], order[-1][0]))
    with dedup.Deduplicator() as seen:
        assert [seen.clean(text, id) for id, text in order] == made
    with dedup.Deduplicator() as seen:
        list(islice(seen.stream(documents), 2))
        left = seen.clean(documents[-1], "last")
    with dedup.Deduplicator() as seen:
        for text in documents[:2]:
            seen.clean(text)
        assert seen.clean(documents[-1], "last") == left


# --- A document that comes again


@given(documents=articles(most=5), durable=st.booleans())
@settings(max_examples=40)
def test_a_crawl_delivered_twice(backend, tmp_path_factory, documents, durable):
    path = tmp_path_factory.mktemp("store") / "kept.index"
    pages = [(f"page {n}", text) for n, text in enumerate(documents)]
    with dedup.Deduplicator(index=path) as seen:
        first = list(seen.stream(pages))
        size = entries(seen)
        if not durable:
            again = list(seen.stream(pages))
            assert entries(seen) == size
    if durable:
        with dedup.Deduplicator(index=path) as seen:
            again = list(seen.stream(pages))
            assert entries(seen) == size
    assert [(result.text, result.kept) for result in again] == [(result.text, result.kept) for result in first]


@given(documents=articles(most=6), ids=st.lists(st.integers(0, 2), min_size=6, max_size=6))
@settings(max_examples=30)
def test_changed_documents_follow_the_model(backend, documents, ids):
    given_ids = ids[: len(documents)]
    with dedup.Deduplicator() as seen:
        results = list(seen.stream(zip(given_ids, documents, strict=True)))
    gone = [{removal.position for removal in result.removed} for result in results]
    totals = [len(result.kept) + len(result.removed) for result in results]
    stays = [[p for p in range(total) if p not in away] for total, away in zip(totals, gone, strict=True)]
    assert stays == slow_clean(documents, dedup.Config(), given_ids)


@given(data=st.data())
@settings(max_examples=100)
def test_a_hostile_block_is_refused_or_harmless(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("store") / "kept.index"
    with dedup.Deduplicator(index=path) as seen:
        seen.clean(f"{LONG}\n\n{OTHER}\n\n{THIRD}", "a")

    def change(payload):
        changed = bytearray(payload)
        for _ in range(data.draw(st.integers(1, 3))):
            # Sizes stand in front, then keys of no consequence, then what is deflated.
            place = data.draw(st.one_of(st.integers(0, 55), st.integers(0, len(payload) - 1)))
            changed[place] = data.draw(st.integers(0, 255))
        return bytes(changed)

    forged(path, change)
    try:
        with dedup.Deduplicator(index=path) as seen:
            seen.clean(f"{OTHER}\n\n{LONG} again", "b")
    except dedup.IndexCorrupt:
        pass


_reserve = Index.reserve
_NONSENSE = [
    float("inf"), float("-inf"), float("nan"), 1e300, 0.5, -1, -(1 << 63), 1 << 63, 1 << 200, 10**9, True, None, "7", "x" * 99, [], [1], {}, {"x": 1}
]  # fmt: skip
_PLACES = [
    ("end",), ("digest",), ("commits",), ("facts",), ("facts", "format"), ("facts", "decisions"), ("facts", "scheme"),
    ("facts", "config"), ("facts", "lines"), ("facts", "counts"), ("facts", "created"), ("facts", "committed"),
    *(("facts", "counts", n) for n in range(4)), *(("facts", "config", name) for name in dedup.Config.__dataclass_fields__),
]  # fmt: skip


def _put(value, place, other):
    """Return a value of JSON with another one in its place."""
    if not place:
        return other
    copy = value.copy() if isinstance(value, (dict, list)) else {}
    copy[place[0]] = _put(copy[place[0]] if isinstance(value, list) else copy.get(place[0]), place[1:], other)
    return copy


@given(st.lists(st.tuples(st.sampled_from(_PLACES), st.sampled_from(_NONSENSE)), min_size=1, max_size=2), st.booleans())
@settings(max_examples=200)
def test_a_hostile_head_is_refused_or_harmless(tmp_path_factory, changes, old):
    """Whatever its numbers are, nothing else is raised, and little memory is asked for."""
    path = tmp_path_factory.mktemp("store") / "kept.index"
    if old:
        shutil.copy(TESTS / "data" / "version-4.index", path)
    else:
        with dedup.Deduplicator(index=path) as seen:
            seen.clean(f"{LONG}\n\n{OTHER}\n\n{THIRD}", "a")

    def change(head):
        for place, value in changes:
            with suppress(TypeError, LookupError):  # what it stood in is gone
                head = _put(head, place, value)
        return head

    forge_head(path, change)
    whole = path.read_bytes()
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Index, "reserve", lambda self, *of: asked.append(sum(of[:3])) or _reserve(self, *of))
        for read in (
            lambda: list(describe(str(path), check=False)),
            lambda: dedup.Deduplicator(index=path).close(),
            lambda: upgrade(path),
        ):
            with suppress(dedup.errors.IndexCorrupt, dedup.ConfigError):
                read()
            path.write_bytes(whole)
    assert max(asked, default=0) < 8 * len(whole) * 3
