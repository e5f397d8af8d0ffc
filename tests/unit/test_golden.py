"""Decisions and index files stay what they were: those of `tests/data` are as this version makes and reads them."""

import json
import shutil
from contextlib import closing

import golden
import pytest
from golden import AGAIN, DATA
from helpers import call, forge_facts

import dedup
from dedup.config import DECISION_VERSION
from dedup.index.append_log import FORMAT
from dedup.index.file import IndexFile

INDEX = DATA / "golden.index"


def expected(name):
    """What a golden file says, if it is one of this version and of these documents."""
    value = json.loads((DATA / name).read_text(encoding="utf-8"))
    assert value.pop("versions") == golden.versions(), f"{name} is of another version, or of other documents: {AGAIN}"
    return value


@pytest.fixture
def kept(tmp_path):
    """A copy of the golden index, to be written to."""
    expected("golden_index.json")
    return shutil.copy(INDEX, tmp_path / "kept.index")


@pytest.mark.parametrize("name", golden.OPTIONS)
def test_decisions_are_what_they_were(backend, name):
    before = expected("golden_decisions.json")[name]
    assert before["options"] == golden.OPTIONS[name], f"the options are others: {AGAIN}"
    removals, now = before["removals"], golden.decided(golden.OPTIONS[name])
    # A line says what is decided, then why.
    differ = {line.partition(" | ")[0] for line in removals} ^ {line.partition(" | ")[0] for line in now}
    assert not differ, (
        f"decisions differ, but DECISION_VERSION is still {DECISION_VERSION}: an index made before would go on with other "
        f"ones. Raise it in dedup/config.py, then {AGAIN}. {len(differ)} differ, such as {sorted(differ)[:5]}"
    )
    assert now == removals, f"the same decisions are given other reasons. If that is meant, {AGAIN}"


def test_an_index_made_before_is_read_whole():
    before, contents = INDEX.read_bytes(), expected("golden_index.json")["contents"]
    with closing(IndexFile(INDEX, dedup.Config(), write=False)) as store:
        assert golden.contents(store) == contents
        about = store.describe()
        assert (about.format, about.rule, about.commits, about.tail) == (FORMAT, DECISION_VERSION, 4, 0)
    assert INDEX.read_bytes() == before


def test_an_index_made_before_holds_what_it_would_hold_now(backend, tmp_path):
    golden.make_index(tmp_path / "new.index")
    with closing(IndexFile(tmp_path / "new.index", dedup.Config(), write=False)) as store:
        now, before = golden.contents(store), expected("golden_index.json")["contents"]
    for value in (now, before):  # how far it deflates is a matter of the version of zlib
        del value["size"]["stored"]
    assert now == before


def test_an_index_made_before_goes_on_as_if_it_had_never_been_closed(backend, kept):
    held = [document for commit in golden.index_commits() for document in commit]
    more = golden.documents()[::-1] + held
    with dedup.Deduplicator() as seen:
        uninterrupted = list(seen.stream(held + more))
    made = []
    for part in (more[:7], more[7:]):
        with dedup.Deduplicator(index=kept) as seen:
            made += seen.stream(part)
    assert made == uninterrupted[len(held) :]
    assert sum(len(result.removed) for result in made) > 50


def test_a_run_over_files_made_before_goes_on(kept, tmp_path):
    golden.copy_corpus(tmp_path / "corpus")
    names = sorted(path.name for path in (tmp_path / "corpus").iterdir())
    (tmp_path / "out").mkdir()
    for name in names[1:]:
        (tmp_path / "out" / name).write_text("what that run wrote")
    run = call("clean", tmp_path / "corpus", "-o", tmp_path / "out", "--index", kept)
    assert run.exit_code == 0 and f"{len(names) - 1} files done before" in run.stderr
    assert (tmp_path / "out" / names[1]).read_text() == "what that run wrote"
    assert (tmp_path / "out" / names[0]).read_text() == dedup.clean((golden.CORPUS / names[0]).read_text()).text


@pytest.mark.parametrize(
    "facts, named",
    [
        ({"format": FORMAT + 1}, f"has format {FORMAT + 1}; this version of dedup reads format {FORMAT}"),
        ({"format": FORMAT - 1}, f"has format {FORMAT - 1}; this version of dedup reads format {FORMAT}"),
        (
            {"decisions": DECISION_VERSION - 1},
            f"made by version {DECISION_VERSION - 1} of the rule, here it is {DECISION_VERSION}: `dedup upgrade",
        ),
        ({"scheme": "other"}, "the scheme of signatures is 'other' in the index, 'affine32 xxh32' here"),
        ({"config": {"threshold": 0.8}}, "threshold is 0.8 in the index, None here"),
    ],
)
def test_an_index_of_another_version_is_refused(kept, facts, named):
    forge_facts(kept, **facts)
    before = golden.without_holder(kept)
    with pytest.raises(dedup.ConfigError) as refused:
        dedup.Deduplicator(index=kept)
    assert named in str(refused.value) and str(kept) in str(refused.value)
    assert golden.without_holder(kept) == before
