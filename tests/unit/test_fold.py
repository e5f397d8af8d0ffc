"""Folding: what vanishes, what stays, in which scripts; both backends against the slow twin."""

import re
import unicodedata

import numpy as np
import pytest
from helpers import both_rungs
from slow import fast_tokens

from dedup.text import _fold_numba
from dedup.text import normalize as normalizing
from dedup.text._fold_numba import leaning_role_kernel
from dedup.text.characters import CURRENCY, DIGIT, IGNORED, PERCENT, SPACE, UNICODE_VERSION, character_table, make_table
from dedup.text.flags import AFTER_STOP, ALL_SYMBOL, HAS_CAPITAL, HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED
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
}
TOKENS = {
    "Chinese by character": ("2020年東京", ["2020", "年", "東", "京"]),
    "Japanese by character": ("カーは、ひ", ["カ", "ー", "は", "ひ"]),
    "Thai by character, flags with it": ("ลัง", ["ลั", "ง"]),
    "Lao": ("ລາວ", ["ລ", "າ", "ວ"]),
    "Khmer": ("ខ្មែរ", ["ខ្", "មែ", "រ"]),
    "Burmese": ("မြန်", ["မြ", "န်"]),
    "Hindi by word": ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
    "Arabic by word": ("السلام عليكم، نعم", ["السلام", "عليكم", "نعم"]),
    "Russian": ("Ёлка — это", ["ёлка", "это"]),
    "Korean by word": ("한국 사람", ["한국", "사람"]),
    "Latin within Chinese": ("用Python写", ["用", "python", "写"]),
    "scores are two numbers": ("2-1", ["2", "1"]),
    "a dash is no sign": ("Leeds - 5 goals", ["leeds", "5", "goals"]),
    "ranges": ("2019–2020", ["2019", "2020"]),
    "thousands": ("1,000.50", ["1,000.50"]),
    "a full stop after a number": ("in 2020. Then", ["in", "2020", "then"]),
    "nothing": (" .,;— \u200b ", []),
    "a lone surrogate": ("a\ud800b", ["a", "b"]),
    "NUL": ("a\0b", ["a", "b"]),
}


@both_rungs
@pytest.mark.parametrize("rule", SAME)
def test_vanishes(rule, fast):
    a, b = SAME[rule]
    assert fast_tokens(a, fast) == fast_tokens(b, fast) != []


@both_rungs
@pytest.mark.parametrize("rule", DIFFERENT)
def test_stays(rule, fast):
    a, b = DIFFERENT[rule]
    assert fast_tokens(a, fast) != fast_tokens(b, fast)


@both_rungs
@pytest.mark.parametrize("rule", TOKENS)
def test_tokens(rule, fast):
    text, expected = TOKENS[rule]
    assert fast_tokens(text, fast) == [unicodedata.normalize("NFC", token) for token in expected]


@both_rungs
def test_marks(fast):
    tokens = fold(["The U.S. army – iPhone 7s, NATO ★ 東 x. New"], fast)
    flags = dict(zip(tokens.text(0).decode().split(), tokens.flags.tolist(), strict=True))
    assert flags["the"] == HAS_LETTER | HAS_CAPITAL | AFTER_STOP
    assert flags["iphone"] == HAS_LETTER | HAS_CAPITAL | AFTER_STOP  # behind a dash
    assert flags["7s"] == HAS_LETTER | HAS_NUMBER
    assert flags["nato"] == HAS_LETTER | HAS_CAPITAL | HAS_CAPITALS
    assert flags["★"] == ALL_SYMBOL
    assert flags["東"] == HAS_LETTER | IS_UNSPACED
    assert flags["x"] == HAS_LETTER
    assert flags["new"] == HAS_LETTER | HAS_CAPITAL | AFTER_STOP


@both_rungs
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
