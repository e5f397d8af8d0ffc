"""Blocks of an index: what was written comes back, and what no writer makes is refused."""

import json

import numpy as np
import pytest

from dedup.index.codec import NONSENSE, Filed, decode, encode
from dedup.index.protocol import Block, Note
from dedup.index.tables import Entries

COLUMNS = 2


def filed(text=b"the ferry sails ", tokens=3, notes=None):
    """A block of one document with one entry."""
    one = np.array([0], np.int64)
    keys = np.ones((COLUMNS, 1), np.uint32)
    entries = Entries(
        np.frombuffer(text, np.uint8),
        np.zeros(tokens, np.uint8),
        one + len(text),
        one + tokens,
        one,
        one,
        keys,
        one == 0,
    )
    return Filed(0, Block(["page"], entries), notes or {})


def test_what_was_written_comes_back():
    made = decode(encode(filed(notes={"a.txt": Note(7, -1, "ab")})), COLUMNS)
    assert made.block.ids == ["page"] and made.block.entries.texts.tobytes() == b"the ferry sails "
    assert made.notes == {"a.txt": Note(7, -1, "ab")} and isinstance(made.notes["a.txt"], Note)


@pytest.mark.parametrize(
    "note",
    [
        [float("inf"), 1, "a"], [float("nan"), 1, "a"], [1.5, 1, "a"], [True, 1, "a"], [-1, 1, "a"], [1 << 63, 1, "a"], [1, "1", "a"],
        [1, 1 << 70, "a"], [1, 1, 7], [1, 1, ["a"]], [1, 1], [1, 1, "a", 1], 7, None,
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_note_that_no_run_makes(note):
    with pytest.raises(NONSENSE):
        decode(encode(filed(notes={"a.txt": note})), COLUMNS)


@pytest.mark.parametrize("text", [b" the ferry ", b"the  ferry ", b"the ferry  "])
def test_a_token_without_a_letter(text):
    with pytest.raises(NONSENSE):
        decode(encode(filed(text)), COLUMNS)
