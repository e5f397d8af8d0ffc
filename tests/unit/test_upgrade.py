"""Upgrading an index: what it keeps is decided again by the present rule, and nothing else about it changes."""

import shutil

import pytest
from helpers import TESTS, call, forge_facts

import dedup

_BLOCKS = 3 * 4096  # where the blocks begin: before them stand the head, and who writes
OLD = TESTS / "data" / "version-4.index"  # made by the last version of the rule, from tests/data/golden_texts.txt


@pytest.fixture
def index(tmp_path):
    return shutil.copy(OLD, tmp_path / "kept.index")


def test_an_older_index_is_refused_with_the_way_that_works(index):
    with pytest.raises(dedup.ConfigError, match=r"version 4 of the rule, here it is 5: `dedup upgrade .*kept.index`"):
        dedup.Deduplicator(index=index)
    done = call("info", index)
    assert done.exit_code == 2 and "dedup upgrade" in done.stderr


def test_an_upgraded_index_remembers_what_it_kept(index, tmp_path):
    done = call("upgrade", index)
    kept, _, before = done.stderr.partition(" of ")
    assert done.exit_code == 0 and 100 < int(kept) < 120 and before.startswith("120 paragraphs are kept")
    assert call("info", "--check", index).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["kept.index"]
    document, _, text = (TESTS / "data" / "golden_texts.txt").read_text("utf-8").partition("\n")
    with dedup.Deduplicator(index=index) as seen:
        size = seen.store.size
        repeated = [seen.add(paragraph).is_duplicate for paragraph in text.split("\n\n")[:12] if len(paragraph) > 80]
    assert size.entries == int(kept) and any(repeated) and document


def test_what_is_of_this_version_or_older_still_is_left_alone(index):
    before = index.read_bytes()
    forge_facts(index, decisions=3)
    assert "expected 4. Build the index again" in call("upgrade", index).stderr
    index.write_bytes(before)
    assert call("upgrade", index).exit_code == 0
    after = index.read_bytes()[_BLOCKS:]
    assert "there is nothing to upgrade" in call("upgrade", index).stderr and index.read_bytes()[_BLOCKS:] == after


def test_damage_is_named_and_nothing_changes(index, tmp_path):
    damaged = bytearray(index.read_bytes())
    damaged[_BLOCKS + 200] ^= 0xFF
    index.write_bytes(damaged)
    assert call("upgrade", index).exit_code == 2
    assert index.read_bytes()[_BLOCKS:] == damaged[_BLOCKS:] and [path.name for path in tmp_path.iterdir()] == [
        "kept.index"
    ]
