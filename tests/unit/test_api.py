"""The public calls: names, values, errors, laziness, and what is loaded when."""

import dataclasses
import inspect
import math
from typing import Any

import numpy as np
import pytest
from helpers import LONG

import dedup
from dedup.decide.batch import Sizes


def test_names():
    assert dedup.__all__ == [
        "CleanResult", "Comparison", "Config", "ConfigError", "CorpusError", "Decision", "DedupError", "Deduplicator",
        "DocumentTooLarge", "IndexCorrupt", "IndexLocked", "InputError", "Match", "OutOfMemory", "Paragraph", "Removal", "Span", "clean",
        "clusters", "compare", "compare_pairs", "duplicated", "find_duplicates", "keys", "signatures", "split_paragraphs", "to_datasketch", "unique", "warm_up",
    ]  # fmt: skip
    for name in dedup.__all__:
        assert inspect.getdoc(getattr(dedup, name))


def test_duplicated(backend):
    flags = dedup.duplicated(["cat", "dog", "cat"])
    assert flags.dtype == bool and flags.tolist() == [False, False, True]
    assert dedup.duplicated([]).tolist() == []
    assert dedup.duplicated([LONG, None, math.nan, "", np.float32("nan"), f"“{LONG}!”", ""]).tolist() == [False] * 5 + [  # type: ignore[list-item]
        True,
        False,
    ]
    assert dedup.duplicated(np.array([LONG, LONG], dtype=object)).tolist() == [False, True]
    assert dedup.duplicated(iter([LONG, "cat", LONG])).tolist() == [False, False, True]


def test_short_texts_are_judged_for_exact_only(backend):
    assert dedup.duplicated(["red cat", "Red cat.", "red cats", "cat"]).tolist() == [False, True, False, False]


def test_unique_is_lazy_and_keeps_order(backend):
    def endless():
        n = 0
        while True:
            yield LONG
            yield f"Sentence number {n} of an endless source of texts"
            n += 1

    found = dedup.unique(endless())
    assert [next(found) for _ in range(3)] == [LONG] + [
        f"Sentence number {n} of an endless source of texts" for n in (0, 1)
    ]


def test_find_duplicates(backend):
    texts = [LONG, "cat", LONG + " — Photo: Ann Lee", "Cat!", f"{LONG}."]
    matches = list(dedup.find_duplicates(texts))
    assert [(m.index, m.duplicate_of, m.relation) for m in matches] == [(3, 1, "exact"), (4, 0, "exact")]
    assert all(match.reason and match.jaccard == match.containment == 1.0 for match in matches)


def test_keep_as_pandas_has_it(backend):
    texts = [LONG, "another text here", f"{LONG}!", None, LONG.upper()]
    assert dedup.duplicated(texts, keep="first").tolist() == [False, False, True, False, True]
    assert dedup.duplicated(texts, keep="last").tolist() == [True, False, True, False, False]
    assert dedup.duplicated(texts, keep=False).tolist() == [True, False, True, False, True]
    for keep in ("last", False):
        assert dedup.duplicated(iter(texts), keep=keep).tolist() == dedup.duplicated(texts, keep=keep).tolist()
        assert dedup.duplicated([], keep=keep).tolist() == []
    with pytest.raises(dedup.ConfigError, match="keep is 'all'; expected"):
        dedup.duplicated(texts, keep="all")  # type: ignore[arg-type]  # pyright: ignore


def test_clusters(backend):
    texts = ["a first text here", LONG, "a text of its own", f"{LONG}!", "A first text, here.", LONG.upper()]
    assert dedup.clusters(texts) == [[0, 4], [1, 3, 5]]
    assert dedup.clusters([]) == dedup.clusters([LONG]) == []


def test_pairs_are_compared_side_by_side(backend):
    a, b = ["The toll is 3%.", LONG, "red cat"], ["The toll is 5%.", f"{LONG}!", "Red cat"]
    assert dedup.compare_pairs(a, b) == [dedup.compare(x, y) for x, y in zip(a, b, strict=True)]
    assert dedup.compare_pairs([], []) == []
    with pytest.raises(dedup.InputError, match="a has 3 texts, b 2"):
        dedup.compare_pairs(a, b[:2])
    for given, words in (
        ((a, ["red cat", 7, "x"]), "b: text 1 is int"),
        ((["red cat", None], a), "a: text 1 is NoneType"),
        ((a, "red cat"), "b: texts is a single str; expected"),
        ((7, a), "a: texts is 7, an int; expected"),
    ):
        with pytest.raises(dedup.InputError, match=words):
            dedup.compare_pairs(*given)  # pyright: ignore


def test_keys_tell_candidates(backend):
    texts = [LONG, f"“{LONG}!”", "nothing like that one at all, in no way"]
    keys = dedup.keys(texts)
    assert keys.dtype == np.uint32 and len(keys) == 3 and (keys[0] == keys[1]).all()
    assert not ((keys[0] == keys[2]) & (keys[0] != 0)).any()
    assert dedup.keys([]).shape == (0, keys.shape[1])
    assert dedup.keys(texts, threshold=0.5).shape[1] != keys.shape[1]


def test_documents_in_place_of_paragraphs_are_warned_of(backend):
    with pytest.warns(UserWarning, match="2 of the first 2 texts have blank lines"):
        dedup.duplicated([f"{LONG}\n\nA second paragraph"] * 2)


@pytest.mark.parametrize(
    "call",
    [
        dedup.duplicated,
        lambda texts: dedup.duplicated(texts, keep="last"),
        lambda texts: dedup.duplicated(texts, keep=False),
        dedup.clusters,
        lambda texts: [match.index for match in dedup.find_duplicates(texts)],
    ],
)
def test_the_warning_points_to_the_caller(call):
    with pytest.warns(UserWarning, match="have blank lines") as warned:
        call([f"{LONG}\n\nA second paragraph"] * 2)
    assert [one.filename for one in warned] == [__file__]


def test_what_a_result_says_of_itself(backend):
    text = f"First of all <this>.\n\n{LONG}.\n\n \n{LONG}!\n\nThe end of it."
    with dedup.Deduplicator() as seen:
        assert repr(seen) == "<dedup.Deduplicator: 0 documents, 0 kept paragraphs>" and seen and len(seen) == 0
        result = seen.clean(text, id="page")
        assert len(seen) == 3 and "1 documents, 3 kept" in repr(seen)
        stream = seen.stream(["Another text <here>"] * 3)
        next(stream)
        assert len(seen) == 4 and "2 documents, 4 kept" in repr(seen)
    (removal,) = result.removed
    assert (removal.text, removal.relation, removal.duplicate_of) == (f"{LONG}!", "exact", ("page", 1))
    assert removal.reason == removal.decision.reason and text[removal.start : removal.end] == removal.text
    assert result.changed and result.duplicate_ratio == 0.25
    assert repr(result) == f"CleanResult(id='page', text={result.text[:40] + '…'!r}, 3 kept, 1 removed)"
    shown = result._repr_html_()
    assert (
        shown.index("First of all &lt;this&gt;.") < shown.index(f"<del>{LONG}!</del>") < shown.index("The end of it.")
    )
    assert "exact: the same" in shown and "<this>" not in shown
    empty = dedup.clean("")
    assert not empty.changed and empty.duplicate_ratio == 0 and empty._repr_html_()


def test_missing_documents_stay_missing(backend):
    for jobs in (1, 2):
        with dedup.Deduplicator() as seen:
            results = list(seen.stream([("a", LONG), ("b", None), math.nan, LONG], jobs=jobs))  # type: ignore[list-item]
        assert [result.text for result in results] == [LONG, None, None, ""]
        assert results[1] == dedup.CleanResult("b", None, [], [])  # type: ignore[arg-type]
        assert repr(results[1]) == "CleanResult(id='b', text=None, 0 kept, 0 removed)" and results[1]._repr_html_()


def test_list_functions_agree(backend):
    texts = [f"{LONG} number {n % 7}" for n in range(50)] + [None]
    flags = dedup.duplicated(texts).tolist()
    assert [match.index for match in dedup.find_duplicates(texts)] == [n for n, flag in enumerate(flags) if flag]
    assert list(dedup.unique(texts)) == [text for text, flag in zip(texts, flags, strict=True) if not flag]  # type: ignore[arg-type]


def test_lists_are_read_in_pieces_whatever_they_hold(backend, monkeypatch):
    """Pieces of plain texts, of texts of a class of their own, with gaps, and with half a surrogate pair."""

    class Title(str):
        __slots__ = ()

    texts = [
        LONG, "Fünf neue Brücken sind geplant, heißt es", f"{LONG}!", "“Five” — bridges", LONG.upper(), "五座新桥 are planned",
        Title(LONG), "\ud800 is half a pair", math.nan, "Fünf neue Brücken sind geplant, heißt es", None, Title("Six bridges"),
    ]  # fmt: skip
    monkeypatch.setattr("dedup.api.USUAL", Sizes(texts=3))
    repeats = [2, 4, 6, 9]
    assert np.flatnonzero(dedup.duplicated(texts)).tolist() == repeats
    assert [match.index for match in dedup.find_duplicates(texts)] == repeats
    kept = [text for text in texts if isinstance(text, str)]
    assert np.array_equal(dedup.signatures(kept), np.concatenate([dedup.signatures([text]) for text in kept]))
    assert next(dedup.unique(texts[6:])) is texts[6]
    with pytest.raises(dedup.InputError, match="text 7 is int"):
        dedup.duplicated([*texts[:7], 7])  # type: ignore[list-item]


def test_what_is_iterated_is_not_asked_for_its_length(backend):
    class Query:
        def __iter__(self):
            return iter([LONG, f"{LONG}!"])

        def __len__(self):
            raise NotImplementedError("a query of its own")

    assert list(dedup.unique(Query())) == [LONG]
    assert [match.index for match in dedup.find_duplicates(Query())] == [1]
    with dedup.Deduplicator() as seen:
        assert [result.text for result in seen.stream(Query())] == [LONG, ""]


def test_deduplicator_add(backend):
    with dedup.Deduplicator() as seen:
        first = seen.add(LONG, id="a")
        assert (first.is_duplicate, first.relation, first.duplicate_of) == (False, "distinct", None)
        again = seen.add(LONG.upper())
        assert (again.is_duplicate, again.relation, again.duplicate_of) == (True, "exact", ("a", 0))
        assert seen.add("yes").duplicate_of is None
        assert seen.add("Yes!").duplicate_of == (2, 0)
        assert seen.clean(f"A new first line here\n\n{LONG}\n\nyes").text == "A new first line here\n\nyes"


def test_stream_takes_texts_and_pairs_and_is_lazy(backend):
    taken = []

    def source():
        for n in range(100_000):
            taken.append(n)
            yield (f"page{n}", f"{LONG}\n\nSentence number {n} of the source")

    with dedup.Deduplicator() as seen:
        stream = seen.stream(source())
        assert taken == []
        first, second = next(stream), next(stream)
        assert len(taken) <= 4
        assert (first.id, len(first.removed)) == ("page0", 0)
        assert (second.id, second.removed[0].decision.duplicate_of) == ("page1", ("page0", 0))
        for _ in range(3000):
            next(stream)
        assert len(taken) < 3002 + 2 * 2000
        stream.close()  # type: ignore[attr-defined]


def test_stream_hands_out_what_came_before_a_failure(backend):
    def source():
        yield LONG
        yield LONG
        raise OSError("the network is down")

    for jobs in (1, 3):
        with dedup.Deduplicator() as seen:
            results: list[dedup.CleanResult] = []
            with pytest.raises(OSError, match="network"):
                results.extend(seen.stream(source(), jobs=jobs))
                pytest.fail("the failure was swallowed")
        with dedup.Deduplicator() as seen:
            got = []
            stream = seen.stream([LONG, "another text of some words", 5], jobs=jobs)  # type: ignore[list-item]
            with pytest.raises(dedup.InputError, match="int"):
                for result in stream:
                    got.append(result.text)
            assert got == [LONG, "another text of some words"]


def test_results_are_values(backend):
    result = dedup.clean(f"{LONG}\n\n{LONG}")
    assert result == dedup.clean(f"{LONG}\n\n{LONG}")
    (removal,) = result.removed
    assert isinstance(removal, dedup.Span) and hash(removal) and removal.position == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.text = ""  # type: ignore[misc]
    assert result.kept == [dedup.Span(0, len(LONG))]


@pytest.mark.parametrize(
    "call",
    [
        lambda: dedup.clean(None),  # type: ignore[arg-type]
        lambda: dedup.clean(b"bytes"),  # type: ignore[arg-type]
        lambda: dedup.compare("a", 5),  # type: ignore[arg-type]
        lambda: dedup.duplicated(["a", 5]),  # type: ignore[list-item]
        lambda: dedup.duplicated([b"bytes"]),  # type: ignore[list-item]
        lambda: dedup.duplicated("a single text"),
        lambda: list(dedup.unique("a single text")),
        lambda: dedup.signatures(["a", None]),  # type: ignore[list-item]
        lambda: dedup.Deduplicator().add(None),  # type: ignore[arg-type]
        lambda: list(dedup.Deduplicator().stream("a single text")),
        lambda: list(dedup.Deduplicator().stream([5])),  # type: ignore[list-item]
        lambda: dedup.Deduplicator().clean(None),  # type: ignore[arg-type]
        lambda: dedup.split_paragraphs(None),  # type: ignore[arg-type]
        lambda: dedup.duplicated(5),  # type: ignore[arg-type]
        lambda: dedup.Deduplicator().stream(5),  # type: ignore[arg-type]
    ],
)
def test_wrong_types(backend, call):
    with pytest.raises(dedup.InputError, match="expected") as caught:
        call()
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, dedup.DedupError)


@pytest.mark.parametrize("given", [lambda texts: texts, iter], ids=["list", "iterator"])
@pytest.mark.parametrize("call", [dedup.duplicated, dedup.find_duplicates, dedup.unique, dedup.signatures])
def test_a_wrong_text_is_named_by_its_place_in_the_list(call, given):
    with pytest.raises(dedup.InputError, match="text 1500 is int"):
        list(call(given([LONG] * 1500 + [5])))


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 0}, {"threshold": 1.1}, {"threshold": "0.7"}, {"threshold": True},
        {"guard": False}, {"containment": 0.9}, {"scope": "page"}, {"min_tokens": -1}, {"min_tokens": 2.0}, {"shingle_size": 0}, {"num_perm": 1},
        {"recall": 1}, {"max_candidates": 0}, {"seed": -1},
    ],
    ids=str,
)  # fmt: skip
def test_wrong_options(options):
    (name,) = options
    with pytest.raises(dedup.ConfigError, match=f"{name}.*expected") as caught:
        dedup.Deduplicator(**options)
    assert isinstance(caught.value, ValueError)


def test_errors_come_with_the_call_not_with_the_first_result():
    for call in (dedup.unique, dedup.find_duplicates):
        with pytest.raises(dedup.ConfigError):
            call(["a"], treshold=0.7)  # type: ignore[call-arg]  # pyright: ignore
        with pytest.raises(dedup.InputError):
            call("a single text")
    with pytest.raises(dedup.InputError):
        dedup.Deduplicator().stream("a single text")


def test_a_misspelt_option_is_told_what_was_meant():
    with pytest.raises(dedup.ConfigError, match=r"unknown option 'treshold'; did you mean threshold\?"):
        dedup.duplicated([], treshold=0.7)  # type: ignore[call-arg]  # pyright: ignore
    with pytest.raises(dedup.ConfigError, match="unknown option 'guard'; expected one of threshold, scope, min_tokens"):
        dedup.Deduplicator(guard=True)  # type: ignore[call-arg]  # pyright: ignore
    for name in ("guard", "scopes"):  # what the call refuses is not offered
        with pytest.raises(dedup.ConfigError, match="expected one of threshold, min_tokens"):
            dedup.duplicated([], **{name: True})  # type: ignore[arg-type]


def test_options_that_do_not_belong():
    with pytest.raises(dedup.ConfigError, match="scope"):
        dedup.duplicated(["a"], scope="document")  # type: ignore[call-arg]  # pyright: ignore
    with pytest.raises(dedup.ConfigError, match="index"):
        dedup.Deduplicator(index="seen.db", scope="document")
    with pytest.raises(dedup.ConfigError, match="index is 5; expected"):
        dedup.Deduplicator(index=5)  # type: ignore[arg-type]
    with pytest.raises(dedup.ConfigError, match="jobs"):
        dedup.Deduplicator().stream([], jobs=0)
    with pytest.raises(dedup.ConfigError, match="config"):
        dedup.Deduplicator({"threshold": 0.7})  # type: ignore[arg-type]


def test_options_win_over_config_and_the_fingerprint_tells():
    config = dedup.Config(threshold=0.8, seed=3)
    assert dedup.Deduplicator(config, threshold=0.6).config == dedup.Config(threshold=0.6, seed=3)
    named: list[dict[str, Any]] = [{"seed": 1}, {"seed": 2}, {"threshold": 0.7}]
    prints = {dedup.Config(**options).fingerprint() for options in named}
    assert len(prints) == 3 and dedup.Config().fingerprint() in prints


def test_odd_text_is_never_lost(backend):
    for text in ["a\0b c d", "lone \ud800 surrogate here", "\u2028", "\x85", "  \n\n  ", "é" * 5000, "\ufeff"]:
        result = dedup.clean(text)
        assert result.text == text and not result.removed


def test_numbers_of_other_kinds_are_the_same_option():
    config = dedup.Config(threshold=np.float64(1), num_perm=np.int64(64), recall=np.float32(0.5))  # type: ignore[arg-type]
    assert config == dedup.Config(threshold=1.0, num_perm=64, recall=0.5)
    assert config.fingerprint() == dedup.Config(threshold=1.0, num_perm=64, recall=0.5).fingerprint()
    wrong: list[dict[str, Any]] = [{"threshold": True}, {"min_tokens": 2.0}, {"seed": 1.0}]
    for options in wrong:
        with pytest.raises(dedup.ConfigError, match="expected"):
            dedup.Config(**options)


def test_a_lookup_needs_something_remembered():
    (sketch,) = dedup.to_datasketch(dedup.signatures([LONG]))
    with pytest.raises(dedup.ConfigError, match="remembers nothing"):
        dedup.Deduplicator(scope="document").lookup(sketch)
