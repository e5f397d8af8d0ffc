"""Why a paragraph was removed or kept: `explain` says what `clean` did, and never anything else."""

import pytest
from helpers import call

import dedup

BRIDGE = "The swing bridge at Tarnsby turned for the first time in fourteen months on Tuesday"


def causes(text, **options):
    """The causes of all paragraphs of a document."""
    with dedup.Deduplicator(**options) as seen:
        result = seen.clean(text, "page")
        return [seen.explain("page", p).cause for p in range(len(result.kept) + len(result.removed))]


@pytest.mark.parametrize(
    "paragraphs, cause",
    [
        ([BRIDGE, "…"], "no words"),
        ([BRIDGE, "Read more"], "short"),
        (["The mill", "Sold at last", "The mayor", "A bridge", "Sold at last"], "place"),
        ([BRIDGE, "Nothing in this sentence was ever said before"], "nothing alike"),
        ([BRIDGE, BRIDGE.replace("fourteen", "fifteen")], "nearest"),
        ([BRIDGE, BRIDGE.upper()], "removed"),
        (["Read more", "Read more"], "removed"),
    ],
)
def test_causes(backend, paragraphs, cause):
    assert causes("\n\n".join(paragraphs))[-1] == cause


@pytest.mark.parametrize(
    "later, options, words",
    [
        (BRIDGE.replace("fourteen", "fifteen"), {}, "not all of its words stand in the other in one piece"),
        (BRIDGE.replace("fourteen", "fifteen"), {"threshold": 0.9}, "is below the threshold, 0.9"),
        (f"{BRIDGE}. That is false", {}, "“false” stands beside it, which denies it or may"),
        (f"{BRIDGE}, and a crowd watched it from the quay", {}, "this one contains it and says more"),
    ],
)
def test_what_differs_is_said(backend, later, options, words):
    with dedup.Deduplicator(**options) as seen:
        seen.clean(BRIDGE, "a")
        seen.clean(later, "b")
        found = seen.explain("b", 0)
    assert found.nearest == ("a", 0) and not found.decision.is_duplicate
    assert words in found.reason


def test_full_buckets_are_said(backend):
    texts = [f"The winner of the yearly photo prize number {n} is standing on the great stage" for n in range(6)]
    with dedup.Deduplicator(max_candidates=2) as seen:
        for n, text in enumerate(texts):
            seen.clean(text, n)
        found = seen.explain(5, 0)
    assert found.full_buckets > 0 and "buckets were full" in found.reason


def test_what_was_delivered_before_is_said(backend, tmp_path):
    for times in (1, 2):
        with dedup.Deduplicator(index=tmp_path / "kept.index") as seen:
            assert not seen.clean(BRIDGE, "a").removed
            assert seen.explain("a", 0).cause == ("nothing alike" if times == 1 else "delivered before")


def test_what_was_kept_long_ago_can_be_asked_for(backend, tmp_path):
    with dedup.Deduplicator(index=tmp_path / "kept.index") as seen:
        seen.clean(BRIDGE, "a")
        seen.clean(BRIDGE.replace("fourteen", "fifteen") + "\n\n" + BRIDGE, "b")
    with dedup.Deduplicator(index=tmp_path / "kept.index") as seen:
        assert seen.explain("b", 0).nearest == ("a", 0)
        for id, position in (("b", 1), ("a", 1), ("c", 0)):
            with pytest.raises(
                dedup.InputError, match=r"not known; expected one that was kept.*Clean the document again"
            ):
                seen.explain(id, position)


def test_command(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(BRIDGE)
    (folder / "b.txt").write_text(
        f"Something else is said here first\n\n{BRIDGE}\n\n{BRIDGE.replace('first', 'second')}"
    )
    alone = call("explain", folder / "b.txt:1")
    assert "decision     kept" in alone.stdout
    result = call("explain", folder / "b.txt:1", "--within", folder)
    assert "decision     exact" in result.stdout and "duplicate of a.txt, paragraph 0" in result.stdout
    result = call("explain", folder / "b.txt:2", "--within", folder)
    assert "decision     kept" in result.stdout and "nearest      a.txt, paragraph 0" in result.stdout
    assert "{+first+}" in result.stdout
    for wrong in ("nowhere.txt:1", "b.txt", f"{folder / 'b.txt'}:9", f"{folder / 'b.txt'}:1:1"):
        assert call("explain", wrong).exit_code == 2
    wrong = call("explain", f"{folder / 'b.txt'}:99")
    assert "b.txt has 3 paragraphs, counted from 0, and no 99; expected 0 to 2" in wrong.stderr
    (folder / "c.txt").write_text(" ")
    assert "c.txt has 0 paragraphs" in call("explain", f"{folder / 'c.txt'}:0").stderr


def test_command_with_rows_and_an_index(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(f'{{"text": "{BRIDGE}"}}\n{{"text": "Nothing else"}}\n{{"text": "{BRIDGE}!"}}\n')
    assert "duplicate of rows.jsonl:1, paragraph 0" in call("explain", f"{rows}:3:0").stdout
    index = tmp_path / "kept.index"
    assert call("clean", rows, "-o", tmp_path / "out.jsonl", "--index", index).exit_code == 0
    (tmp_path / "new.txt").write_text(BRIDGE)
    before = index.read_bytes()
    assert "duplicate of rows.jsonl:1, paragraph 0" in call("explain", tmp_path / "new.txt:0", "--index", index).stdout
    assert index.read_bytes() == before
