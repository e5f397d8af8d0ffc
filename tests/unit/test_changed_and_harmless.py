"""One word decides, or it does not: sentences that differ in what they say stay, sentences that only look changed go."""

import re
import unicodedata

import pytest
from sentences import ARTICLES, CREDITS, LABELS, SLOTS, changed_pairs, framed

import dedup
from dedup.match.lexicon import words
from dedup.match.tables import ARTICLE, CLOSED, DENIAL, LABEL

CHANGED = changed_pairs()
UNSPACED = ("Chinese", "Japanese", "Thai")


def test_enough_of_them():
    assert len(CHANGED) >= 600 and len(SLOTS) >= 6
    lengths = [len(one.split()) for language, _, one, _ in CHANGED if language not in UNSPACED]
    assert min(lengths) <= 6 and max(lengths) >= 36
    assert len(HARMLESS) >= len(CHANGED)


@pytest.mark.parametrize("language, what, one, other", CHANGED)
def test_a_change_of_meaning_keeps_both(language, what, one, other):
    found = dedup.compare(one, other)
    assert not found.is_duplicate, (language, what, found.relation, found.reason)


# What looks like an article or an addition, and is none.
MISLEADING = [
    ("The toll on the bridge rose .5% in May", "The toll on the bridge rose 5% in May"),
    ("Reed hit .325 in his first season", "Reed hit 325 in his first season"),
    ("The agency rates the bonds of the port AA-", "The agency rates the bonds of the port AA"),
    ("Grade of the new ferry: B-", "Grade of the new ferry: B"),
    ("There is no ferry between the two islands", "There is a ferry between the two islands"),
    ("Engineers say it was no design fault", "Engineers say it was the design fault"),
    ("El alcalde no ha firmado con la empresa", "El alcalde lo ha firmado con la empresa"),
    ("She won ten million crowns in the lottery", "She won a million crowns in the lottery"),
    ("Two rescued, ten hurt in tunnel fire", "Two rescued, the hurt in tunnel fire"),
    ("He ran the bakery for ten years after the flood", "He ran the bakery for years after the flood"),
    ("Baker's son saved from the river near Lindau", "Baker saved from the river near Lindau"),
    ("The trade war over steel pipes grows", "The trade over steel pipes grows"),
    ("Mail van hit by falling stones in Arta", "Mail hit by falling stones in Arta"),
    ("A thousand families fled to Arta last year", "A thousand families fled in Arta last year"),
    ("Cup, second round: Rovers 2 Harbour 2", "Cup, second round: Rovers 2 Harbour 3 after extra time"),
    (
        "Prices rose by 4% in May, against an expected 4%",
        "Prices rose by 4% in May, against an expected 3%, the office said",
    ),
    (
        "“The bridge will be open and the road closed”, said Reed.",
        "“The bridge will be open and the road closed”, said Ann Miller.",
    ),
    (
        "The union will not strike at the port, but the drivers will not",
        "The union will not strike at the port, but the drivers will, it said",
    ),
    ("Die Fähre nach Lindau fährt am Wochenende", "Die Fähre nach Lindau fährt am Wochenende nicht"),
    ("Het bestuur steunt het voorstel van de reders", "Het bestuur steunt het voorstel van de reders niet"),
    (
        "The harbour office will open its doors again on Monday",
        "The harbour office will open its doors again on Monday, which is not true",
    ),
    (
        "Der Lotse grüßt den Kapitän nach dem Sturm vor der Insel",
        "Den Lotsen grüßt der Kapitän nach dem Sturm vor der Insel",
    ),
    (
        "Der Lotse lobt den Kapitän nach dem Sturm vor der Insel",
        "Den Lotse lobt der Kapitän nach dem Sturm vor der Insel",
    ),
    (
        "El capitán acusa al piloto de mentir sobre la tormenta",
        "Al capitán acusa el piloto de mentir sobre la tormenta",
    ),
    (
        "Tolls rose to 3.2% of the fare in October, the port said on Tuesday",
        "Tolls rose 3.2% of the fare in October, the port said on Tuesday",
    ),
    ("The port paid A$5 million for the crane", "The port paid $5 million for the crane"),
    (
        "The pilots stand on the quay outside the main hall of the port of Niger",
        "The pilots stand on the quay outside the main hall of the port of Nigeria, on Tuesday",
    ),
    ("Virginia beats Harbour Rovers in overtime", "West Virginia beats Harbour Rovers in overtime"),
    ("Ireland beat Arta in a friendly match", "Northern Ireland beat Arta in a friendly match"),
    ("President Reed visits the port on Monday", "Vice President Reed visits the port on Monday"),
    ("Rovers manager Reed dies aged 60", "Ex-Rovers manager Reed dies aged 60"),
    ("Ferries cause floods in the valley", "Do ferries cause floods in the valley?"),
    ("Reed wins the vote in November", "If Reed wins the vote in November"),
    ("Pay for the ticket at the gate", "May pay for the ticket at the gate"),
    (
        "The storm that crossed the valley on Sunday evening left the harbour office without twenty of its windows",
        "The storm that crossed the valley on Sunday evening left the harbour office without twenty-five of its windows",
    ),
    (
        "The storm that crossed the valley on Sunday evening let the harbour cool to 5 degrees by the early morning",
        "The storm that crossed the valley on Sunday evening let the harbour cool to minus 5 degrees by the early morning",
    ),
    ("The company was notable to pay its pilots", "The company was not able to pay its pilots"),
    (
        "The mayor of the town opened the new harbour bridge on Sunday morning together with pilots and with fishermen",
        "The deputy mayor of the town opened the new harbour bridge on Sunday morning together with pilots and with fishermen",
    ),
    ("Free ferry tickets for groups", "❌ Free ferry tickets for groups"),
    ("Free ferry tickets for groups", "✗ Free ferry tickets for groups"),
    ("Free ferry tickets for groups", "✖️ Free ferry tickets for groups"),
    ("Free ferry tickets for groups", "🚫 Free ferry tickets for groups"),
    (
        "Change the size of the text at all sides of the chart with the theme that was loaded before",
        "Change the size of the text at all x sides of the chart with the theme that was loaded before",
    ),
    (
        "if total >= 90 print the first grade else if total >= 80 print the second grade",
        "if total >= 90 print the first grade else if totals >= 80 print the second grade",
    ),
    (
        "balance = fares of the month; if balance > 90 write the certificate of the year",
        "balance = fares of the month; if balances > 90 write the certificate of the year",
    ),
    (
        "destination = read the file of the harbour in winter; print destination",
        "destination = read the file of the harbour in winter; print destintion",
    ),
    (
        "plot = chart of all ferries by harbour and by day of the week with the colours of the flags",
        "plot = chart of all ferries by harbour and by day of the week with the right colours of the flags",
    ),
]


@pytest.mark.parametrize("one, other", MISLEADING)
def test_a_small_word_that_says_something_keeps_both(one, other):
    found = dedup.compare(one, other)
    assert not found.is_duplicate, (found.relation, found.reason)


def test_letters_cut_in_another_way_are_the_same_even_in_code():
    """A limit: a scraped page glues and splits words more often than code tells two names apart by a space."""
    one = "timetable = read the file of the harbour in winter; print timetable"
    found = dedup.compare(one, one.replace("print timetable", "print time table"))
    assert (found.relation, found.inner) == ("near", None)


def test_no_word_that_denies_is_free_beside_a_text():
    """Of any language: what is an article or a label in one may deny in another."""
    both = [word for word, bits in words().bits.items() if bits & DENIAL and bits & (ARTICLE | LABEL | CLOSED)]
    assert words().bits[b"no"] & DENIAL and words().bits[b"the"] & ARTICLE and not both


def middle(text):
    """Where a word ends about the middle."""
    spaces = [place for place, character in enumerate(text) if character == " "]
    return min(spaces, key=lambda place: abs(place - len(text) // 2)) if spaces else len(text) // 2


def truncated(text, language):
    """The first two thirds of the words and an ellipsis."""
    if language in UNSPACED:
        return text[: max(20, 2 * len(text) // 3)].rstrip("0123456789") + "…"
    words = text.split()[: max(7, 2 * len(text.split()) // 3)]
    return " ".join(words if words[-1][-1].isalpha() else text.split()) + " …"


def backwards(text):
    """The words of a text backwards, none of which is a known word."""
    return re.sub(r"\b(?=[^\W\d_])", "x", text[::-1])


EDITS = {
    "full stop": lambda text, _: text + ".",
    "quotes": lambda text, _: f"“{text}”",
    "other quotes": lambda text, _: f"«{text}»",
    "dash for a space": lambda text, _: text[: middle(text)] + " – " + text[middle(text) :].lstrip(),
    "capitals": lambda text, _: text.upper().replace("İ", "I"),
    "small letters": lambda text, _: text.lower(),
    "double spaces": lambda text, _: re.sub(r" (?![€$])", "  ", text),
    "no-break spaces": lambda text, _: text.replace(" ", "\u00a0"),
    "entity": lambda text, _: text.replace(" ", "&nbsp;", 1) + "&hellip;",
    "decomposed accents": lambda text, _: unicodedata.normalize("NFD", text),
    "soft hyphen": lambda text, _: text[:3] + "\u00ad" + text[3:] if text[:3].isalpha() else "\u200b" + text,
    "list number": lambda text, _: "3. " + text,
    "clock time": lambda text, _: "11:07 " + text,
    "credit": lambda text, language: text + "." + CREDITS[language],
    "label": lambda text, language: LABELS[language] + text,
    "truncation": truncated,
    "article": lambda text, language: text.replace(*ARTICLES[language], 1),
    "one sentence more": lambda text, language: text + ". " + (text[::-1] if language in UNSPACED else backwards(text)),
}
HARMLESS = [
    (language, edit, text, EDITS[edit](text, language))
    for language, slots in SLOTS.items()
    for edit in EDITS
    for number, (_, template, values) in enumerate(slots)
    for place, text in enumerate(framed(language, template.format(values[0][0])))
    if place == number % 4
    if edit != "article" or (language in ARTICLES and ARTICLES[language][0] in text)
]


def staying(edits):
    """The harmless edits of some kinds that keep both."""
    compared = [
        (edit, text, edited, dedup.compare(text, edited)) for _, edit, text, edited in HARMLESS if edit in edits
    ]
    return [(edit, text, edited, found.reason) for edit, text, edited, found in compared if not found.is_duplicate]


def test_harmless_edits_collapse():
    """All but those that put another word for an article, and those that cut a text."""
    stay = staying(EDITS.keys() - {"article", "truncation"})
    assert not stay, stay


def test_nearly_all_harmless_edits_collapse():
    stay = staying(EDITS.keys() - {"truncation"})
    assert len(stay) <= 0.03 * len(HARMLESS), stay


def test_most_cut_texts_collapse():
    stay = staying({"truncation"})
    assert len(stay) <= 0.2 * sum(edit == "truncation" for _, edit, *_ in HARMLESS), stay


# What a reader takes for the same, and the decision does not: nothing it knows tells these from changes of meaning.
STAYING_BY_DESIGN = [
    ("another article", "The ferry line asked the county for aid", "The ferry line asked a county for aid"),
    ("another article", "Die Stadt verkauft eine Fähre nach Lindau", "Die Stadt verkauft die Fähre nach Lindau"),
    ("inflection", "The harbour office sold its old ferries", "The harbour office sells its old ferries"),
    ("inflection", "Hier klicken Sie für weitere Bilder der Fähre", "Hier klicke für weitere Bilder der Fähre"),
    ("typing error", "The destination of the ferry is Tarnsby", "The destintion of the ferry is Tarnsby"),
    ("reading error", "The ferry to the island turned back", "The fe1ry to the island turned back"),
    ("small word, short text", "The mayor said that the ferry will sail", "The mayor said the ferry will sail"),
    ("preposition", "Protest of pilots at the port of Tarnsby", "Protest by pilots at the port of Tarnsby"),
    ("both with a credit", "Pilots at the port of Tarnsby. Photo: Ann Lee", "Pilots at the port of Tarnsby. Photo: Bo Moss"),
    ("both with a number", "4. The swing bridge at Tarnsby", "19. The swing bridge at Tarnsby"),
    ("clause more", "The ferry turned back at noon", "The ferry turned back at noon, and the pilots went home"),
    ("name before a title", "Average fares for island ferries", "Harbourwatch average fares for island ferries"),
    ("other order", "The ferry has sailed. The mill was sold.", "The mill was sold. The ferry has sailed."),
    ("abbreviation", "The Harbour and Ferries Office opened a branch", "The HFO opened a branch"),
]  # fmt: skip


@pytest.mark.parametrize("what, one, other", STAYING_BY_DESIGN)
def test_what_stays_by_design(what, one, other):
    found = dedup.compare(one, other)
    assert not found.is_duplicate, (what, found.reason)
