"""What two paragraphs are to each other: the definition, case by case, and its laws."""

import numpy as np
import pytest
from helpers import judged, needs_numba

import dedup
from dedup._jit import backend as jit
from dedup.match.reading import hash_kernel
from dedup.text.flags import PADDING

BODY = (
    "In the footage the minister apparently orders servants to arrange for a buggy to transport the stricken president, "
    "68, who has been in power in the country for 24 years."
)
CASES = [
    ("exact", "“It’s over,” she said.", '"It\'s over", she said'),
    ("exact", "ALL CAPITALS HERE TODAY", "All capitals here today"),
    (
        "contained",
        BODY,
        "The minister apparently orders servants to arrange a buggy to transport stricken president, 68",
    ),
    (
        "contained",
        "Police at the scene in Leeds on Monday evening. Photograph: Ann Lee",
        "Police at the scene in Leeds on Monday evening",
    ),
    ("contained", "Read more: Five new bridges planned for the valley", "Five new bridges planned for the valley"),
    ("contained", "3. Five new bridges planned for the valley", "Five new bridges planned for the valley"),
    ("near", BODY.replace("the stricken", "a stricken"), BODY),
    ("contained", BODY.replace("footage", "foot age"), BODY),  # split, so that one has fewer words
    ("near", BODY.replace("servants", "servant"), BODY),
    ("near", BODY.replace("apparently", "apparrently"), BODY),
    # The guard
    ("distinct", BODY.replace("68", "69"), BODY),
    ("distinct", BODY.replace("24 years", "24 months"), BODY),
    ("distinct", BODY.replace("apparently orders", "apparently never orders"), BODY),
    ("distinct", BODY.replace("stricken", "delighted"), BODY),
    ("distinct", BODY.replace("the minister", "Putin"), BODY),
    ("distinct", BODY.replace(", 68,", ", -68,"), BODY),
    (
        "distinct",
        "Shares rose 15.9% in the three months to the end of May",
        "Shares fell 15.9% in the three months to the end of May",
    ),
    (
        "distinct",
        "Road 1506 is closed between the two villages until Friday",
        "Road 1507 is closed between the two villages until Friday",
    ),
    (
        "distinct",
        "In the final minutes of the match Leeds beat York 2-1",
        "In the final minutes of the match York beat Leeds 2-1",
    ),
    (
        "distinct",
        "In the final minutes of the match Leeds beat York 2-1",
        "In the final minutes of the match Leeds beat York 1-2",
    ),
    ("distinct", "He did not say that the plant would close next year", "say that the plant would close next year"),
    ("distinct", "the mayor of the town visited the new school on the hill", "the new school"),
    ("distinct", "a basic guide to growing tomatoes indoors", "a complicated guide to growing tomatoes indoors"),
    ("distinct", "我们不同意这个提案因为它太贵了", "我们同意这个提案因为它太贵了"),
    # Where a contained text stands
    ("distinct", "It is false that " + BODY[0].lower() + BODY[1:], BODY),
    ("distinct", "The ministry denied yesterday that " + BODY[0].lower() + BODY[1:], BODY),
    ("distinct", "False claim: " + BODY, BODY),
    ("contained", "The claim was denied by the ministry of the interior. " + BODY, BODY),
    ("distinct", "Novalux G Pro X Superlight 2", "Novalux G Pro X Superlight"),
    ("contained", "The Best Lamps for Small Rooms 8", "The Best Lamps for Small Rooms"),
    ("distinct", "Up to $1,000 ($200 per day)", "Up to $1,000"),
    ("distinct", "By Ann Lee | Jan. 2, 2015", "Jan. 2, 2015"),
    ("contained", "4. Novalux Clip 5", "Novalux Clip 5"),
    ("distinct", "7-9 miles (s)", "9 miles (s)"),
    ("distinct", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", "1 2 3 4 5 6 7 8 9 10 11 12"),
    ("distinct", "rated 4.8 out of 5 stars (193) 193 reviews in all and free trial", "4.8 out of 5 stars"),
    ("distinct", "best trail running shoes for men - Prodigio Pro Runner", "Prodigio Pro Runner ($225)"),
    ("contained", "Best shoes - Prodigio Pro Trail Runner", "3. Prodigio Pro Trail Runner"),
    ("contained", BODY + " He waved to the crowd.", BODY + " Photo: Ann Lee/Agency"),
    ("distinct", BODY + " Photo: Bo Moss/Agency", BODY + " Photo: Ann Lee/Agency"),
    ("contained", BODY + "Then he left", BODY[:-2] + "s"),
    ("distinct", BODY.replace("stricken", "gravely stricken"), BODY.replace("minister", "minister himself")),
    (
        "distinct",
        "a graph of the time taken to change a list by map plus lambda and filter",
        "a graph of the time taken to change a list by map and filter",
    ),
    (
        "distinct",
        "Limited coverage for older conditions with select plans",
        "Coverage for older conditions with select plans",
    ),
    (
        "contained",
        "LIVE Coverage of older conditions with select plans",
        "Coverage of older conditions with select plans",
    ),
    ("distinct", "Best Garden Loans for Bad Credit", "Best Garden Loans"),
    ("contained", "Best Garden Loans, source: Quillhaven Bank", "Best Garden Loans"),
    ("distinct", "Few " + BODY[0].lower() + BODY[1:], BODY),
    ("near", "Top 10 Health & Nutrition Trends to Watch", "Top 10 Health and Nutrition Trends to Watch"),
    ("distinct", "nothing in common here", "quite another text altogether"),
    ("distinct", "", ""),
    ("distinct", "...", "!!!"),
]


@pytest.mark.parametrize("expected, a, b", CASES)
def test_cases(expected, a, b):
    found = dedup.compare(a, b)
    assert found.relation == expected, found.reason
    assert found.is_duplicate == (expected != "distinct")
    assert found.inner == ("b" if expected == "contained" else None)
    assert found.reason


@pytest.mark.parametrize(
    "a, b, words",
    [
        (BODY, BODY.replace("68", "69"), ["number", "68"]),
        (BODY, BODY.replace("stricken", "delighted"), ["delighted", "stricken"]),
        (BODY, BODY.replace("apparently orders", "apparently never orders"), ["negation", "never"]),
        ("a b", "c d", ["no 3 words in a row"]),
        ("", "a", ["without words"]),
    ],
)
def test_reasons_name_what_differs(a, b, words):
    reason = dedup.compare(a, b).reason
    assert all(word in reason for word in words), reason


def test_options():
    changed = BODY.replace("68", "69")
    assert dedup.compare(BODY, changed, guard=False).relation == "near"
    swapped = BODY.replace("the stricken", "a stricken")
    assert dedup.compare(BODY, swapped, threshold=0.99).relation == "near"  # all of its words stand in the other
    assert dedup.compare(BODY, swapped, threshold=0.99, containment=None).relation == "distinct"
    outer = BODY + " and waved"
    assert dedup.compare(BODY, outer).relation == "contained"
    assert dedup.compare(BODY, outer, containment=None).relation == "distinct"  # either may go, and "waved" be lost
    assert dedup.compare(BODY, outer, containment=None, guard=False).relation == "near"
    assert dedup.compare("yes no", "yes no", min_tokens=100).relation == "exact"


def test_too_long_to_align():
    a = " ".join(["up down left right"] * 2000)
    b = " ".join(["down up right left"] * 2001)
    found = dedup.compare(a, b)
    assert found.relation == "distinct"
    assert judged(a, b).mates is None  # though some were found


@needs_numba
def test_words_that_hash_alike_are_still_two_words():
    """Two words of sixteen letters, made so that the hash by which the compiled backend numbers words is the same."""
    one, two = b"kvxsvjtkaaaaaaaa", b"tcbftptpibdjdzxn"
    hashed = jit.compiled(hash_kernel)
    padded = [np.frombuffer(word + b" " + bytes(PADDING), np.uint8) for word in (one, two)]
    assert hashed(padded[0], 0, 16) == hashed(padded[1], 0, 16)
    sentence = "The vote on the new bridge was won on Monday evening by the candidate called {} after a long count"
    texts = [sentence.format(word.decode()) for word in (one, two)]
    for name in ("numpy", "numba"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DEDUP_ENGINE", name)
            assert dedup.duplicated(texts).tolist() == [False, False], name
