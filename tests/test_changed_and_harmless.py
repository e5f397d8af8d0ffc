"""One word decides, or it does not: sentences that differ in what they say stay, sentences that only look changed go."""

import re
import unicodedata

import pytest
from sentences import ARTICLES, CREDITS, LABELS, SLOTS, changed_pairs, framed

import dedup

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
    "one sentence more": lambda text, _: text + ". " + text[::-1],
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


@pytest.mark.parametrize("language, edit, text, edited", HARMLESS)
def test_a_harmless_edit_collapses(language, edit, text, edited):
    found = dedup.compare(text, edited)
    assert found.is_duplicate, (language, edit, found.reason)
