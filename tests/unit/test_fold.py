"""Folding: what vanishes, what stays, in which scripts; both backends against the slow twin."""

import re
import unicodedata

import numpy as np
import pytest
from helpers import both_backends
from slow import fast_tokens

from dedup.text import _fold_numba
from dedup.text import normalize as normalizing
from dedup.text._fold_numba import leaning_role_kernel
from dedup.text.characters import CURRENCY, DIGIT, IGNORED, PERCENT, SPACE, UNICODE_VERSION, character_table, make_table
from dedup.text.flags import (
    AFTER_STOP,
    ALL_SYMBOL,
    BEFORE_ELLIPSIS,
    HAS_CAPITAL,
    HAS_LOWER,
    HAS_NUMBER,
    IS_ADDRESS,
    IS_UNSPACED,
)
from dedup.text.normalize import normalize
from dedup.text.tokens import fold

SAME = {
    "curly and straight quotes": ("“It’s ‘fine’,” he said", "\"It's 'fine',\" he said"),
    "dashes": ("Kyiv — the capital", "Kyiv - the capital"),
    "hyphens": ("post‑war art", "post-war art"),
    "ellipsis": ("and so…", "and so..."),
    "no-break and thin spaces": ("10\u00a0000\u2009people", "10 000 people"),
    "soft hyphen": ("demo\u00adcracy", "democracy"),
    "zero-width characters": ("demo\u200bcracy\u200d", "democracy"),
    "byte order mark": ("\ufeffHello there", "Hello there"),
    "full-width forms": ("ＢＢＣ　Ｎｅｗｓ　２４％", "BBC News 24%"),
    "ligatures": ("ﬁnal oﬃce", "final office"),
    "full case folding": ("STRASSE Straße", "strasse STRASSE"),
    "final sigma": ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
    "composed and decomposed accents": ("caf\u00e9 Vi\u1ec7t", "cafe\u0301 Vie\u0323\u0302t"),
    "order of flags": ("Vi\u00ea\u0323t", "Vi\u1eb9\u0302t"),
    "half-width kana": ("ｶﾞｰﾄﾞ", "ガード"),
    "Hangul jamo": ("\u1112\u1161\u11ab국", "한국"),
    "HTML entities": ("Tom &amp;amp; Jerry&nbsp;said &quot;hi&quot; &#8211; twice", "Tom & Jerry said “hi” – twice"),
    "a dash that an encoding broke": ("Putin ¿ who", "Putin – who"),
    "a quote that an encoding broke": ("don\ufffdt", "don’t"),
    "underscores and slashes": ("and/or_else", "and or else"),
    "variation selectors": ("★\ufe0f star", "★ star"),
    "subscripts": ("CO₂", "CO2"),
    "percent after a space": ("+15.9 %", "+15.9%"),
    "percent after a no-break space": ("5\u00a0%", "5%"),
    "currency after a space": ("€ 5m", "€5m"),
    "degrees": ("20 °C", "20℃"),
    "minus sign and hyphen": ("−5", "-5"),
    "digits of other scripts": ("٢٠٢٤ ۵ ९ ７", "2024 5 9 7"),
    "Arabic vowel marks": ("كَتَبَ الطّالِبُ", "كتب الطالب"),
    "Arabic vowel marks in another order": ("بّ\u064e", "ب\u064e\u0651"),
    "tatweel": ("مـــدينة", "مدينة"),
    "Hebrew points": ("שָׁלוֹם", "שלום"),
    "composed and decomposed Hebrew": ("\ufb2a", "ש\u05c1"),
    "signs of trade marks": ("Brellex® und Tivo™", "Brellex und Tivo"),
    "stress on Cyrillic letters": ("за\u0301мок трава\u0300", "замок трава"),
    "stress on ё": ("пчё\u0301лы", "пчелы"),
    "ё and е": ("Ещё ЁЖ е\u0308ж", "Еще еж еж"),
    "cedilla and comma below": ("Maşina şi ţara s\u0327i t\u0327ara", "Mașina și țara și țara"),
    "Arabic and Persian yeh and kaf": ("كيك", "کیک"),
    "Turkish i": ("İSTANBUL IŞIK ILIK I\u0307L", "istanbul ışık ılık il"),
    "a small İ": ("İL".lower(), "il"),
    "apostrophes among letters": ("Oʻahu dʼun Hawaiʹi", "O'ahu d’un Hawai'i"),
    "an apostrophe within a letter": ("ŉ", "'n"),
    "silent symbols": ("~ ^ ` ´ ← → ⇒ ► ▶ ▸ ■ ● □ ▪ ▫ ◆ ◦ ¶ · ～ ￭ price list", "price list"),
    "thousands": ("1,500 and 1,234,567 and ١٬٥٠٠", "1500 and 1234567 and 1500"),
    "thousands and a decimal point": ("$12,000.50", "$12000.50"),
    "a hyphenated line": ("it was appr-\noved today", "it was approved today"),
    "a hyphenated line with spaces": ("appr\u2010 \r\n  oved", "approved"),
}
DIFFERENT = {
    "signs": ("+15.9%", "-15.9%"),
    "a sign and none": ("15.9%", "-15.9%"),
    "percent": ("15.9", "15.9%"),
    "currencies": ("€5m", "$5m"),
    "a currency and none": ("$5", "5"),
    "a currency behind a sign": ("-$5", "+$5"),
    "superscripts": ("10²", "102"),
    "superscripts and spaces": ("10²", "10 2"),
    "C, C++ and C#": ("C++", "C#"),
    "C and C++": ("C", "C++"),
    "stars": ("★★", "★"),
    "decimal flags": ("3.5", "35"),
    "accents": ("resume", "résumé"),
    "comparison signs": ("<5", ">5"),
    "age limits": ("18+", "18"),
    "degrees": ("20°", "20"),
    "Indic vowel signs": ("कि", "की"),
    "Thai vowels": ("กา", "กำ"),
    "decimal commas": ("1,50", "150"),
    "a comma before four digits": ("1,5000", "15000"),
    "Latin accents": ("a\u0301", "a"),
    "й and и": ("мой", "мои"),
    "other symbols": ("★ ✓", "<>"),
}
TOKENS = {
    "Chinese by character": ("2020年東京", ["2020", "年", "東", "京"]),
    "Japanese by character": ("カーは、ひ", ["カ", "ー", "は", "ひ"]),
    "Thai by character, flags with it": ("ลัง", ["ลั", "ง"]),
    "Lao": ("ລາວ", ["ລ", "າ", "ວ"]),
    "Khmer": ("ខ្មែរ", ["ខ្", "មែ", "រ"]),
    "Burmese": ("မြန်", ["မြ", "န်"]),
    "Hindi by word": ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
    "Arabic by word": ("السلام عليكم، نعم", ["السلام", "علیکم", "نعم"]),
    "Russian": ("Ёлка — это", ["елка", "это"]),
    "other symbols": ("★✓<>=#&@§", list("★✓<>=#&@§")),
    "a hyphen and a line end before a capital": ("Mayer-\nVogt", ["mayer", "vogt"]),
    "a hyphen, a line end and a number": ("Covid-\n19 pre-\r\n5g 5-\na", ["covid", "19", "pre", "5g", "5", "a"]),
    "a dash at the end of a line": ("late -\nbut here", ["late", "but", "here"]),
    "two hyphenated lines": ("a-\nb-\nc", ["abc"]),
    "a quoted entity beside a mark": ("&amp;amp;amp;amp; x\u0301", ["&", "amp", "amp", "x\u0301"]),
    "Korean by word": ("한국 사람", ["한국", "사람"]),
    "Latin within Chinese": ("用Python写", ["用", "python", "写"]),
    "scores are two numbers": ("2-1", ["2", "1"]),
    "a dash is no sign": ("Leeds - 5 goals", ["leeds", "5", "goals"]),
    "ranges": ("2019–2020", ["2019", "2020"]),
    "thousands": ("1,000.50", ["1000.50"]),
    "commas of all kinds between digits": ("1,50 1,5000 12,345 1,2,345", ["1,50", "1,5000", "12345", "1,2345"]),
    "a full stop after a number": ("in 2020. Then", ["in", "2020", "then"]),
    "nothing": (" .,;— \u200b ", []),
    "a lone surrogate": ("a\ud800b", ["a", "b"]),
    "NUL": ("a\0b", ["a", "b"]),
}


@both_backends
@pytest.mark.parametrize("rule", SAME)
def test_vanishes(rule, fast):
    a, b = SAME[rule]
    assert fast_tokens(a, fast) == fast_tokens(b, fast) != []


@both_backends
@pytest.mark.parametrize("rule", DIFFERENT)
def test_stays(rule, fast):
    a, b = DIFFERENT[rule]
    assert fast_tokens(a, fast) != fast_tokens(b, fast)


@both_backends
@pytest.mark.parametrize("rule", TOKENS)
def test_tokens(rule, fast):
    text, expected = TOKENS[rule]
    assert fast_tokens(text, fast) == [unicodedata.normalize("NFC", token) for token in expected]


@both_backends
def test_marks(fast):
    tokens = fold(["The U.S. army – iPhone 7s, NATO ★ 東 x. New"], fast)
    flags = dict(zip(tokens.text(0).decode().split(), tokens.flags.tolist(), strict=True))
    assert flags["the"] == HAS_LOWER | HAS_CAPITAL | AFTER_STOP
    assert flags["iphone"] == HAS_LOWER | HAS_CAPITAL | AFTER_STOP  # behind a dash
    assert flags["7s"] == HAS_LOWER | HAS_NUMBER
    assert flags["nato"] == HAS_CAPITAL
    assert flags["★"] == ALL_SYMBOL
    assert flags["東"] == IS_UNSPACED
    assert flags["x"] == HAS_LOWER
    assert flags["new"] == HAS_LOWER | HAS_CAPITAL | AFTER_STOP


def with_flag(text, flag, fast):
    """The tokens of a text that have a flag."""
    tokens = fold([text], fast)
    return [
        token for token, flags in zip(tokens.text(0).decode().split(), tokens.flags_of(0), strict=True) if flags & flag
    ]


LOWER = {
    "Aa ǅ A5 5a Ⅳ": ["aa", "5a", "ⅳ"],
    "नमस्ते 東 שלום ★": ["नमस्ते", "שלום"],
}


@both_backends
@pytest.mark.parametrize("text", LOWER)
def test_a_letter_that_is_no_capital_is_lower(text, fast):
    expected = [unicodedata.normalize("NFKC", token).casefold() for token in LOWER[text]]
    assert with_flag(text, HAS_LOWER, fast) == expected


ELLIPSES = {
    "She waited… then left": ["waited"],
    "She waited ... then left..": ["waited", "left"],
    "it cost 5... or 6 . . no": ["5"],
    "… nothing before it": [],
    "more.\u200b. here": ["more"],
    "wide．. dots": ["wide"],
    "one . two .5 three.": [],
    "end, [...] of it": ["end"],
    "é… ü..": ["é", "ü"],
}


@both_backends
@pytest.mark.parametrize("text", ELLIPSES)
def test_an_ellipsis_is_seen_on_the_token_before_it(text, fast):
    assert with_flag(text, BEFORE_ELLIPSIS, fast) == ELLIPSES[text]


@both_backends
def test_an_ellipsis_belongs_to_its_text(fast):
    tokens = fold(["first text", "... second", "third."], fast)
    assert not any(flags & BEFORE_ELLIPSIS for flags in tokens.flags)


ADDRESSES = ["new-bridge-opens", " img_0042.jpg\n", "www.valley.example/news", "é-à-ö", "a-b-" + "c" * 90]
NO_ADDRESSES = [
    "new-bridge opens-now today-",
    "post-war",
    "a..",
    "東京-a-b",
    "a-b-東",
    "a-b\tc-d",
    "a-b-c d",
    "x" * 70 + "-a-b c",
    "",
]


@both_backends
@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_marked_on_its_first_token(text, fast):
    flags = fold(["before", text, "behind"], fast).flags_of(1)
    assert flags[0] & IS_ADDRESS and not any(further & IS_ADDRESS for further in flags[1:])


@both_backends
@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_other_texts_are_no_addresses(text, fast):
    assert with_flag(text, IS_ADDRESS, fast) == []


@both_backends
def test_lines_are_joined_within_their_text_alone(fast):
    """The line end of one text must not be taken for that of another, nor the hyphen before a text."""
    texts = ["appr-", "\noved", "-\na", "plain \n text", "x" * 70 + "-\ny" + "z" * 70]
    tokens = fold(texts, fast)
    assert [tokens.text(p).decode() for p in range(5)] == ["appr", "oved", "a", "plain text", "x" * 70 + "y" + "z" * 70]


@both_backends
def test_a_decomposed_text_is_settled_once(fast, monkeypatch):
    given = []
    monkeypatch.setattr(normalizing, "normalize", lambda text: given.append(text) or normalize(text))
    texts = ["e\u0301te\u0301 " * 50, "plain", "cafe\u0301 &amp; the\u0301"]
    assert fold(texts, fast).text(2).decode() == "café & thé"
    assert len(given) <= 3 and set(given) <= {*texts, texts[2].replace("&amp;", "&")}


def test_marks_without_end_take_time_in_proportion():
    normalized = normalize("a" + "\u0301\u0323" * 100_000)  # in one piece this took minutes
    assert max(map(len, re.findall("[^\0-\x7f\u034f]+", normalized))) <= 4096
    assert fast_tokens("é日本" * 3_000) == fast_tokens("e\u0301日本" * 3_000) == ["é", "日", "本"] * 3_000


def test_shipped_table_is_what_the_rules_make():
    if unicodedata.unidata_version != UNICODE_VERSION:
        pytest.skip(f"the table is made with Unicode {UNICODE_VERSION}, this Python has {unicodedata.unidata_version}")
    made, shipped = make_table(), character_table()
    for name in made._fields:
        assert np.array_equal(getattr(made, name), getattr(shipped, name)), name


def test_an_unknown_class_is_no_sign():
    behind = _fold_numba._Behind(DIGIT, SPACE, False, False)
    assert leaning_role_kernel(PERCENT, behind, SPACE, 0) == leaning_role_kernel(CURRENCY, behind, SPACE, 0)
    with pytest.raises(AssertionError):
        leaning_role_kernel(IGNORED + 1, behind, SPACE, 0)
