"""Does one paragraph say what another says: the tables of the decision, row by row, and where a repeat may go."""

import pytest
from helpers import needs_numba, says

import dedup
from dedup.match.tables import Why

S = "The swing bridge at Tarnsby turned for the first time in fourteen months"  # LONG: thirteen words
MIDDLE = "The mayor opened the bridge on Sunday"  # BRIEF: seven words
BRIEF = "Mayor opens swing bridge"  # SHORT: four words

# Of each: the relation, what says it, what is said.
SAID = [
    # The same words, the same letters
    ("exact", "“It’s over,” she said.", '"It\'s over", she said'),
    ("exact", "ПАРОМ СНОВА ХОДИТ", "Паром снова ходит"),
    ("exact", "渡轮再次启航。", "渡轮再次启航"),
    ("exact", "Yes", "yes!"),
    ("near", "The last-minute ferry to the island", "The lastminute ferry to the island"),
    ("near", "E-mail from the harbour office", "Email from the harbour office"),
    ("near", "It leaves at 10am from the east quay", "It leaves at 10 am from the east quay"),
    ("near", "Der Brücken bau in Lindau", "Der Brückenbau in Lindau"),
    ("near", "Top Health & Harbour Trends", "Top Health and Harbour Trends"),
    # What says itself several times over says it once
    ("exact", f"{BRIEF} {BRIEF}", f"{BRIEF}. {BRIEF}!"),
    ("near", BRIEF, f"{BRIEF} {BRIEF}"),
    ("near", f"{BRIEF} {BRIEF} {BRIEF} {BRIEF}", BRIEF),
    ("near", "首相访问渡轮码头首相访问渡轮码头", "首相访问渡轮码头"),
    # From LONG words on: wherever it stands, if the language is known
    ("contained", f"Yesterday the pilots said that {S} and that the crowd was there for it", S),
    ("contained", f"A crowd came. {S}. The pilots went home, and all of them talked about it for weeks and weeks on end.", S),
    ("contained", f"{S}, as it is in all the towns by the river and in the hills", S),
    # BRIEF to LONG: not behind other words of its sentence, but before no more than it has
    ("contained", f"{MIDDLE}, and a crowd was on the quay", MIDDLE),
    ("contained", f"A crowd came to the quay. {MIDDLE}. Then all went home in the rain, as pilots told the radio station.", MIDDLE),
    ("contained", "Der Lotse grüßt die Stadt am Morgen, und das ist in Lindau so", "Der Lotse grüßt die Stadt am Morgen"),
    # SHORT to BRIEF: it fills its sentences, beside no more than it has
    ("contained", f"{BRIEF}. A crowd came", BRIEF),
    ("contained", f"Crowds. {BRIEF}. All left", BRIEF),
    ("contained", "渡轮再次启航。天气很好", "渡轮再次启航"),
    # ARTICLE: free as the first word of what is said
    ("contained", "Swing bridge opens again", "The swing bridge opens again"),
    ("contained", "Drehbrücke öffnet wieder", "Die Drehbrücke öffnet wieder"),
    ("contained", "Pont tournant rouvert hier", "Le pont tournant rouvert hier"),
    # LABEL: weighs nothing; free before and behind a stop
    ("contained", f"Read more: {BRIEF}", BRIEF),
    ("contained", BRIEF, f"Read more: {BRIEF}"),
    ("contained", BRIEF, f"{BRIEF}. Read more"),
    ("contained", f"Video: {BRIEF}", f"Read more: {BRIEF}"),
    ("contained", "Bürgermeister öffnet alte Drehbrücke", "Foto: Bürgermeister öffnet alte Drehbrücke"),
    ("contained", "El alcalde abre un puente", "Leer más: El alcalde abre un puente"),
    ("contained", "The mayor opens the bridge", "# The mayor opens the bridge"),
    ("contained", f"{BRIEF}. Photo", BRIEF),
    # NUMBER: as a list number, or as a time, at the front
    ("contained", f"3. {BRIEF}", BRIEF),
    ("contained", BRIEF, f"3. {BRIEF}"),
    ("contained", f"11:07 {BRIEF}", BRIEF),
    ("contained", f"3. {BRIEF}", f"Read more: {BRIEF}"),
    ("contained", f"## {BRIEF}", BRIEF),
    ("contained", BRIEF, f"# {BRIEF}"),
    ("contained", "Read more: Opened in 1874 by pilots", "Opened in 1874 by pilots"),
    # CLOSED: may be missing in a quotation of LONG words and more
    ("contained", f"{S}, and it is in the harbour that a crowd was waiting for it", S.replace("for the first", "for first")),
    # DENIAL: far enough away, across a stop
    ("contained", f"{S}. The pilots went home and the crowd, too, went home. It did not rain at all on that day.", S),
]  # fmt: skip


@pytest.mark.parametrize("relation, outer, text", SAID)
def test_said(relation, outer, text):
    assert says(outer, text) == (relation, Why.SAID)
    found = dedup.compare(outer, text)
    assert found.is_duplicate and (found.inner is None) == (found.relation != "contained")


NOT_SAID = [
    (Why.NO_WORDS, BRIEF, "…"),
    (Why.NO_WORDS, "!!!", BRIEF),
    # CONTENT: every word, in its order, with nothing between
    (Why.NOT_SAID, BRIEF, "Mayor opens swing bridges"),
    (Why.NOT_SAID, BRIEF, "Mayor opens bridge swing"),
    (Why.NOT_SAID, "Mayor opens old swing bridge", BRIEF),
    (Why.NOT_SAID, "Der Hafen bleibt heute geschlossen", "Der Hafen bleibt morgen geschlossen"),
    (Why.NOT_SAID, "市政府今天关闭渡轮码头", "市政府昨天关闭渡轮码头"),
    (Why.NOT_SAID, "The toll rose 5% in May", "The toll rose 6% in May"),
    (Why.NOT_SAID, "The port paid $5m for it", "The port paid €5m for it"),
    (Why.NOT_SAID, "It is -5 degrees in the harbour", "It is 5 degrees in the harbour"),
    (Why.NOT_SAID, f"{BRIEF}. Photo: Bo Moss", f"{BRIEF}. Photo: Ann Lee"),
    # Numbers, symbols, articles and denials never run together with another word
    (Why.NOT_SAID, "Room 12 34 of the old mill", "Room 1234 of the old mill"),
    (Why.NOT_SAID, "Notes on C of the sea", "Notes on C# of the sea"),
    (Why.NOT_SAID, "The therapist was seen in town", "The the rapist was seen in town"),
    (Why.NOT_SAID, "Pilots are not able to land", "Pilots are notable to land"),
    # CLOSED: no end of what is said
    (Why.NOT_SAID, f"{S}, as did the vitamin D", f"{S}, as did the vitamin A"),
    # One and two words
    (Why.FEW, "Swing bridge. Opened", "Swing bridge"),
    (Why.FEW, "大桥开放", "大桥"),
    # Less than six words with a number
    (Why.NUMBER_BESIDE, "Opened in 1874. Rebuilt later", "Opened in 1874"),
    (Why.NUMBER_BESIDE, "Up to $1,000. ($200 per day)", "Up to $1,000"),
    # More beside it than it has
    (Why.MUCH_BESIDE, f"{BRIEF}. A crowd came to the quay", BRIEF),
    (Why.MUCH_BESIDE, f"{MIDDLE[4:]} night in the rain. A crowd came to the quay, and stayed until late.", f"{MIDDLE[4:]} night"),
    # Small words, another for one included
    (Why.DROPPED, "Pilots opened the old bridge on Sunday", "Pilots opened an old bridge on Sunday"),
    (Why.DROPPED, S[4:], S[4:].replace("for the first", "for first")),
    (Why.DROPPED, "Pilots said that the bridge is old", "Pilots said the bridge is old"),
    # Behind, in the same sentence
    (Why.CONTINUED, "Mayor opens swing bridge in the rain", BRIEF),
    (Why.CONTINUED, "Alcalde abre un puente en la ciudad", "Alcalde abre un puente"),
    # Before, in the same sentence
    (Why.MENTIONED, "In the rain the mayor opens swing bridge", "mayor opens swing bridge"),
    (Why.MENTIONED, "It is said that the mayor opened the bridge on Sunday", MIDDLE),
    (Why.MENTIONED, "Man sagt in der Stadt, der Lotse grüßt die Fähre", "Der Lotse grüßt die Fähre"),
    (Why.MENTIONED, "Novalux G Pro Superlight", "G Pro Superlight"),
    # No language is known
    (Why.UNKNOWN, "Kaupunki kertoi että lautta palasi satamaan eilen illalla myöhään tyhjänä taas kerran ilman matkustajia vailla valoja",
     "lautta palasi satamaan eilen illalla myöhään tyhjänä taas kerran ilman matkustajia vailla valoja"),
    (Why.UNKNOWN, "Quillhaven harbour pilots greeted ferry passengers yesterday morning loudly",
     "Quillhaven harbour pilots greeted ferry passengers yesterday"),
    # Another word stands where it has an article
    (Why.OTHER_ARTICLE, "Deputy mayor opens swing bridge", "The mayor opens swing bridge"),
    (Why.OTHER_ARTICLE, "Ex-Bürgermeister öffnet alte Drehbrücke", "Der Bürgermeister öffnet alte Drehbrücke"),
    # Numbers of their own
    (Why.OTHER_NUMBER, f"25. {BRIEF}", f"58. {BRIEF}"),
    # Within a quantity
    (Why.QUANTITY, "The toll rose by 5 million crowns", "The toll rose by 5"),
    (Why.QUANTITY, "Die Maut stieg auf 5 Euro", "Die Maut stieg auf 5"),
    (Why.QUANTITY, "死亡人数已经上升到5万", "死亡人数已经上升到5"),
    (Why.QUANTITY, "The agency raised the rating of the harbour bank to AA+", "The agency raised the rating of the harbour bank to AA"),
    (Why.QUANTITY, "The new basin has an area of five km²", "The new basin has an area of five km"),
    (Why.QUANTITY, "The harbour bank is rated § 5 stars by its many guests", "5 stars by its many guests"),
    # A label that makes another word of the first one
    (Why.COMPOUND, "Table tennis champion Ilse Corrin retires", "Tennis champion Ilse Corrin retires"),
    (Why.COMPOUND, "Part-time pilots of the harbour get more pay", "Time pilots of the harbour get more pay"),
    # No list number, and no labels alone behind it
    (Why.NOT_SAID, MIDDLE, f"3-1: {MIDDLE}"),
    (Why.NOT_SAID, MIDDLE, f"100: {MIDDLE}"),
    (Why.NOT_SAID, BRIEF, f"{BRIEF}... More than 20 people were hurt"),
    # Numbers that repeat say something else each time
    (Why.QUANTITY, "0 0 0 0 0 0", "0 0 0"),
    # Markup
    (Why.MARKUP, f"<b>{BRIEF}</b>", BRIEF),
    # DENIAL: in the sentence, and within six words of it across a stop
    (Why.DENIED, f"It is not true that {S[0].lower()}{S[1:]}", S),
    (Why.DENIED, f"{S}. That is not true.", S),
    (Why.DENIED, f"Hoax: {S}", S),
    (Why.DENIED, f"{S}, the claim went in all of the papers of the county and in the radio of it", S),
    (Why.DENIED, "Der Lotse grüßt die Stadt am Morgen. Stimmt nicht.", "Der Lotse grüßt die Stadt am Morgen"),
    (Why.DENIED, "Паром снова ходит. Это неправда", "Паром снова ходит"),
    (Why.DENIED, "渡轮再次启航。不是真的", "渡轮再次启航"),
    (Why.DENIED, f"❌ {BRIEF}", BRIEF),
]  # fmt: skip


@pytest.mark.parametrize("why, outer, text", NOT_SAID)
def test_not_said(why, outer, text):
    assert says(outer, text) == ("distinct", why)
    assert why.words


def test_every_row_that_needs_no_flag_of_folding_has_its_case():
    rows = {why for why, *_ in NOT_SAID}
    assert set(Why) - rows == {Why.SAID, Why.UNLIKE, Why.CAPITALS, Why.ADDRESS}


@needs_numba
@pytest.mark.parametrize("cases", [SAID, NOT_SAID], ids=["said", "not said"])
def test_compiled(cases):
    assert [says(outer, text, fast=True) for _, outer, text in cases] == [says(outer, text) for _, outer, text in cases]


@pytest.mark.parametrize(
    "a, b, words",
    [
        (f"{S}. That is not true.", S, "“not” stands beside it"),
        (f"{BRIEF}. A crowd came to the quay", BRIEF, "6 words stand beside it, more than it has"),
        ("Mayor opens swing bridge today", BRIEF, "1 word stands behind it in the same sentence"),
        (BRIEF, f"{BRIEF}!", "the same 4 words after folding"),
        (BRIEF, f"{BRIEF} {BRIEF}", "the same letters, cut or spelled in another way, or said twice"),
        (f"{BRIEF}. A crowd came", BRIEF, "what it says, in 4 words, stands in the other in one piece"),
        ("", BRIEF, "without words"),
    ],
)
def test_reasons(a, b, words):
    assert words in dedup.compare(a, b).reason and words in dedup.compare(b, a).reason


def test_a_threshold_decides_by_likeness_alone():
    changed = S.replace("fourteen", "fifteen")
    assert dedup.compare(S, changed).relation == "distinct"
    assert dedup.compare(S, changed, threshold=0.5).relation == "near"
    assert dedup.compare(S, changed, threshold=0.9).relation == "distinct"
    assert dedup.compare(f"{S}. A crowd was on the quay, and stayed.", S, threshold=0.9).relation == "distinct"
    assert dedup.compare(S, S.upper(), threshold=1).relation == "exact"


def test_figures_are_of_shingles():
    found = dedup.compare("one two three four five", "one two three four")
    assert (found.jaccard, found.containment) == (2 / 3, 1.0)


# --- Which copy stays


@pytest.mark.parametrize(
    "paragraphs, stays",
    [
        ([BRIEF, f"{BRIEF}. A crowd came"], 1),  # what says more
        ([f"Read more: {BRIEF}", BRIEF], 1),  # labels say nothing
        ([f"{BRIEF}. Photo", BRIEF], 1),
        ([f"{BRIEF} {BRIEF}", BRIEF], 1),  # what is said twice is said once
        ([f"Read more: {BRIEF}", f"Read: {BRIEF}"], 1),  # fewer labels
        ([BRIEF, f"3. {BRIEF}"], 1),  # a number says something
        ([f"The {BRIEF}", BRIEF], 1),  # nor does an article before it
        ([BRIEF, BRIEF.upper()], 0),  # the first
    ],
)
def test_which_copy_stays(backend, paragraphs, stays):
    result = dedup.clean("\n\n".join(paragraphs))
    assert result.text.strip() == paragraphs[stays]
    assert [removal.decision.duplicate_of for removal in result.removed] == [(0, stays)]


# --- Places: B is body, a paragraph of BRIEF words and more; - any brief one; all others stand for the text that repeats.


def stay(pattern, text, kinds=None):
    """What stays of a page, as a pattern, whose B and - are texts of their own and whose x is the text."""
    body = "The pilots of row {} told the radio station that nobody had seen the ferry"
    row = "Row {} of list"
    made = [text if mark == "x" else (body if mark == "B" else row).format(chr(97 + n // 26) + chr(97 + n % 26))
            for n, mark in enumerate(pattern)]  # fmt: skip
    gone = {removal.position for removal in dedup.clean("\n\n".join(made)).removed}
    return "".join("." if place in gone else mark for place, mark in enumerate(pattern))


FAR = "-" * 25


@pytest.mark.parametrize(
    "text, before, after",
    [
        # Beside each other, three at most; of one or two words, two, or three of three
        ("Old swing bridge", "--xx--", "--x.--"),
        ("Old swing bridge", "--x-x--", "--x-.--"),
        ("Old swing bridge", "--xxx--", "--x..--"),
        ("Old swing bridge", "--xxxx--", "--xxxx--"),
        ("Old swing bridge", "--x--x--", "--x--x--"),
        ("Bridge", "--xx--", "--x.--"),
        ("Bridge", "--xxx--", "--x..--"),
        ("Bridge", "--xx----xx--", "--x.----x.--"),
        ("Bridge", "--xxx----x--", "--xxx----x--"),
        ("渡轮", "--xx--", "--x.--"),
        # A number beside itself: of one or two words it stays
        ("Bridge 7", "--xx--", "--xx--"),
        ("Swing bridge 7", "--xx--", "--x.--"),
        # Far away, twice at most, three words and no number
        ("Old swing bridge", f"x{FAR}x", f"x{FAR}."),
        ("Old swing bridge", f"x{FAR}x{FAR}x", f"x{FAR}x{FAR}x"),
        ("Swing bridge 7", f"x{FAR}x", f"x{FAR}x"),
        ("Swing bridge", f"x{FAR}x", f"x{FAR}x"),
        ("Old swing bridge", f"x{FAR[3:]}x", f"x{FAR[3:]}x"),
        # Amid body text, three times at most, three words
        ("Old swing bridge", "BBBxBBBBxBBB", "BBBxBBBB.BBB"),
        ("Swing bridge 7 m", "BBBxBBBBxBBB", "BBBxBBBB.BBB"),
        ("Old swing bridge", "BBxBBBxBBBxBB", "BBxBBB.BBB.BB"),
        ("Old swing bridge", "BBxBBBxBBBxBBBxBB", "BBxBBBxBBBxBBBxBB"),
        ("Bridge", "BBBxBBBBxBBB", "BBBxBBBBxBBB"),
        ("Old swing bridge", "BBBxBBBB----x---", "BBBxBBBB----x---"),
        # Seven words and more: anywhere
        ("The old swing bridge turned at last", "--x--x---x----x--", "--x--.---.----.--"),
    ],
)
def test_places(backend, text, before, after):
    assert stay(before, text) == after


RUN = ["Ferries to all islands", "Fares for groups and schools", "Pilots of the old harbour", "Maps of the river and hills", "Contact the harbour office by day"]  # fmt: skip


def test_a_run_of_brief_paragraphs_that_is_repeated_goes_as_a_whole(backend):
    filling = [f"Row {letter} of list" for letter in "abcdef"]
    result = dedup.clean("\n\n".join([*RUN, *filling, *RUN]))
    assert [removal.position for removal in result.removed] == [11, 12, 13, 14, 15]
    assert [removal.decision.duplicate_of for removal in result.removed] == [(0, p) for p in range(5)]


@pytest.mark.parametrize(
    "run", [RUN[:2], [f"Pier {n} to pier {n + 1} {n + 2}" for n in range(5)]], ids=["two", "numbers"]
)
def test_a_run_that_is_short_or_of_numbers_stays(backend, run):
    filling = [f"Row {letter} of list" for letter in "abcdef"]
    assert not dedup.clean("\n\n".join([*run, *filling, *run])).removed


def test_a_brief_paragraph_with_a_number_stays_in_another_document(backend):
    with dedup.Deduplicator() as seen:
        for text, goes in (
            ("Old swing bridge", True),
            ("Swing bridge 7", False),
            ("The old swing bridge is 7 m long", True),
        ):
            assert not seen.clean(text).removed
            assert bool(seen.clean(text).removed) == goes
