"""Folding, tokens and relation in many languages and scripts: each case names the language and the rule."""

import json
import shutil
import subprocess
import unicodedata

import pytest
from helpers import same
from slow import fast_tokens, slow_tokens, weight

import dedup
from dedup.text.flags import AFTER_STOP, HAS_CAPITAL, HAS_LOWER, HAS_NUMBER, IS_UNSPACED
from dedup.text.tokens import fold

TOKENS = [
    ("German", "ß folds to ss, umlauts stay", "Straßen in Köln", "strassen in köln"),
    ("German", "a decimal comma belongs to its number", "3,5 Prozent, 12 Euro", "3,5 prozent 12 euro"),
    ("German", "low and high quotes vanish", "„Ja“, sagte sie", "ja sagte sie"),
    ("French", "elision parts words, guillemets and their spaces vanish", "« L’été » d’Anne", "l été d anne"),
    ("French", "a euro sign leans on its number over a space", "il coûte 5\u00a0€ ici", "il coûte 5€ ici"),
    ("French", "ligatures stay, case folds", "ŒUVRE d’art", "œuvre d art"),
    ("Spanish", "inverted flags vanish", "¿Cuándo? ¡Mañana!", "cuándo mañana"),
    ("Polish", "accents stay, capitals with a stroke fold", "ŁÓDŹ i Żywiec", "łódź i żywiec"),
    ("Russian", "case folds, ё becomes е", "Её ЁЛКА – №5", "ее елка no5"),
    ("Russian", "a decomposed й is й", "и\u0306од", "йод"),
    ("Turkish", "İ and ı fold to i", "İzmir ve Iğdır", "izmir ve iğdir"),
    ("Greek", "final and medial sigma are one letter", "ΟΔΟΣ οδός", "οδοσ οδόσ"),
    ("Arabic", "comma, question flags and tatweel's neighbours", "نعم، هل عاد؟", "نعم هل عاد"),
    ("Arabic", "Arabic digits become ASCII, the percent sign leans on them", "ارتفع ٪٣ أو ٣٪", "ارتفع ٪ 3 أو 3٪"),
    ("Hebrew", "maqaf parts words", "בית־ספר", "בית ספר"),
    ("Hindi", "vowel signs belong to their word, danda ends a sentence", "यह हिंदी है। ठीक", "यह हिंदी है ठीक"),
    ("Hindi", "nukta composes", "ज़ + \u091c\u093c", "ज़ + ज़"),
    ("Thai", "each character is a token, with its flags", "ไปที่", "ไ ป ที่"),
    ("Chinese", "each character is a token, full stops vanish", "他走了。好！", "他 走 了 好"),
    ("Chinese", "full-width digits and letters fold", "ＡＢＣ１２３", "abc123"),
    ("Japanese", "half-width katakana fold to full width", "ｶﾞｽ", "ガ ス"),
    ("Japanese", "kana, kanji and digits part", "第3回目です", "第 3 回 目 で す"),
    ("Korean", "words are parted by spaces, syllables compose", "\u1112\u1161\u11ab국 사람", "한국 사람"),
    ("mixed", "Latin words between Chinese characters stay words", "用Python写的", "用 python 写 的"),
]  # fmt: skip


@pytest.mark.parametrize("language, rule, text, expected", TOKENS)
def test_tokens(language, rule, text, expected):
    expected = [unicodedata.normalize("NFC", token) for token in expected.split()]
    assert fast_tokens(text) == expected == slow_tokens(text), (language, rule)


MARKS = [
    ("German", "a noun has a capital", "das Haus", 1, HAS_CAPITAL, True),
    ("Chinese", "a character is unspaced", "中文", 0, IS_UNSPACED, True),
    ("Chinese", "after a full stop a sentence begins", "他走了。好", 3, AFTER_STOP, True),
    ("Japanese", "after a bracket a clause begins", "東京「大阪」", 2, AFTER_STOP, True),
    ("Hindi", "after a danda a sentence begins", "यह है। ठीक", 2, AFTER_STOP, True),
    ("Arabic", "after a question flags a sentence begins", "هل عاد؟ نعم", 2, AFTER_STOP, True),
    ("Arabic", "its digits are numbers", "عام ٢٠٢٠", 1, HAS_NUMBER, True),
    ("Arabic", "nothing has a capital", "نعم", 0, HAS_CAPITAL, False),
    ("Chinese", "a character is no lower-case letter", "中文", 0, HAS_LOWER, False),
    ("Arabic", "letters without case count as lower", "نعم", 0, HAS_LOWER, True),
    ("Thai", "a number among characters is none of them", "เวลา 12", 4, IS_UNSPACED, False),
]


@pytest.mark.parametrize("language, rule, text, token, bits, expected", MARKS)
def test_marks(language, rule, text, token, bits, expected):
    flags = fold([text]).flags_of(0)[token]
    assert (flags & bits == bits) if expected else (flags & bits == 0), (language, rule)


RELATIONS = [
    ("German", "a clause more in the middle is another text", "distinct",
     "Mit der Anmeldung zum Fest stimmst du zu, dass der Verein deine Angaben hier im Haus laut unserer neuen Satzung speichert und bearbeitet",
     "Mit der Anmeldung zum Fest stimmst du zu, dass der Verein deine Angaben hier im Haus speichert und bearbeitet"),
    ("German", "but a word in place of another stays another", "distinct",
     "Mit der Anmeldung zum Fest stimmst du zu, dass der Verein deine Angaben hier im Haus speichert und bearbeitet",
     "Mit der Anmeldung zum Fest stimmst du zu, dass der Vorstand deine Angaben hier im Haus speichert und bearbeitet"),
    ("German", "an inflected word is another word", "distinct",
     "Klicken, um den Artikel mit Freunden zu teilen, wird hier empfohlen",
     "Klick, um den Artikel mit Freunden zu teilen, wird hier empfohlen"),
    ("German", "a denial keeps the sentence denied", "distinct",
     "Der Sprecher bestritt, dass das Werk am Fluss noch in diesem Jahr wegen der Schulden schließen muss",
     "das Werk am Fluss noch in diesem Jahr wegen der Schulden schließen muss"),
    ("French", "an article in place of another is another text", "distinct",
     "Le maire a ouvert la nouvelle piscine du quartier", "Le maire a ouvert une nouvelle piscine du quartier"),
    ("French", "ne … pas", "distinct",
     "Le maire ouvrira la nouvelle piscine du quartier", "Le maire n’ouvrira pas la nouvelle piscine du quartier"),
    ("Spanish", "a credit behind a short caption", "contained",
     "La alcaldesa en el puerto. Foto: Ana Lera/Agencia", "La alcaldesa en el puerto"),
    ("Spanish", "a name that one has more", "distinct",
     "La alcaldesa Rosa Lugo abrió el puerto", "La alcaldesa abrió el puerto"),
    ("Polish", "a label before a title", "contained",
     "Czytaj też: Nowy most nad rzeką otwarty", "Nowy most nad rzeką otwarty"),
    ("Polish", "another photo of the same dish", "distinct",
     "Zupa z dyni - zdjęcie numer 1", "Zupa z dyni - zdjęcie numer 4"),
    ("Russian", "a clock time before a title", "contained",
     "11:07 Новый мост через реку открыт для машин", "Новый мост через реку открыт для машин"),
    ("Russian", "a name in place of another", "distinct",
     "Проголосовать за Анну можно на последней странице", "Проголосовать за Яну можно на последней странице"),
    ("Arabic", "another word in its place", "distinct",
     "وصل الوزير إلى المدينة صباح اليوم برفقة وفد كبير", "وصل السفير إلى المدينة صباح اليوم برفقة وفد كبير"),
    ("Arabic", "a sentence that another goes on after", "contained",
     "وصل الوزير إلى المدينة صباح اليوم برفقة وفد كبير. وكان في استقباله رئيس البلدية",
     "وصل الوزير إلى المدينة صباح اليوم برفقة وفد كبير"),
    ("Hindi", "a negation", "distinct", "वह आज दिल्ली ज़रूर जाएगा ऐसा कहा गया", "वह आज दिल्ली नहीं जाएगा ऐसा कहा गया"),
    ("Hindi", "the danda is no difference", "exact", "वह आज दिल्ली जाएगा।", "वह आज दिल्ली जाएगा"),
    ("Thai", "one character more is another word", "distinct",
     "เขาบอกว่าจะไปทำงานที่เชียงใหม่พรุ่งนี้", "เขาบอกว่าจะไม่ไปทำงานที่เชียงใหม่พรุ่งนี้"),
    ("Chinese", "a short heading within a sentence is mentioned", "distinct",
     "请在新闻数据库里搜索您需要的文章和图片", "新闻数据库"),
    ("Chinese", "a sentence that another goes on after", "contained",
     "市议会去年春天卖掉了十二辆旧公交车。新车已经在路上了", "市议会去年春天卖掉了十二辆旧公交车"),
    ("Japanese", "one character in place of another", "distinct", "世論データベースを案内する", "記事データベースを案内する"),
    ("Japanese", "a clock time on one side", "contained",
     "22:59 市議会は昨年の春に古いバスを売却したと「発表」", "市議会は昨年の春に古いバスを売却したと「発表」"),
    ("Japanese", "a number of its own on both sides", "distinct",
     "22:59市議会は昨年の春に古いバスを売却したと「発表」", "市議会は昨年の春に古いバスを売却したと「発表」105"),
    ("mixed", "the Latin name decides", "distinct",
     "新しいPythonの講座は今日から始まります", "新しいKotlinの講座は今日から始まります"),
    ("mixed", "an English credit behind a Chinese caption", "contained",
     "市议会去年春天卖掉了十二辆旧公交车 Photo: Ann Lee/Agency", "市议会去年春天卖掉了十二辆旧公交车"),
    ("mixed", "width and case of Latin letters do not matter", "exact", "用ＰＹＴＨＯＮ写的程序", "用python写的程序"),
]  # fmt: skip


@pytest.mark.parametrize("language, rule, relation, a, b", RELATIONS)
def test_relation(language, rule, relation, a, b):
    found = dedup.compare(a, b)
    assert found.relation == relation, (language, rule, found.reason)
    assert dedup.compare(b, a).relation == relation


# --- The real texts ---------------------------------------------------------------------------------------------------


def read(shared, name):
    """The articles of one multilingual file: language and paragraphs of each."""
    if not shutil.which("zstd"):
        pytest.skip("the multilingual texts are compressed and the zstd program is not installed")
    path = shared / "dev" / "multilingual" / f"{name}.jsonl.zst"
    output = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()
    found = [(entry["lang"], entry["paragraphs"]) for entry in map(json.loads, output.splitlines())]
    assert found
    return found


EDITS = {
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "quoted": lambda text: f"“{text}”…",
    "zero-width space": lambda text: text[:1] + "\u200b" + text[1:] if text[1:2].isalpha() else text,
}


def split(paragraphs):
    """Paragraphs that a document can hold as they are, with five words or more, so that none is a field, each once."""
    whole = dict.fromkeys(" ".join(paragraph.split()) for paragraph in paragraphs)
    return [text for text in whole if weight(text) >= 5]


@pytest.mark.parametrize("name", ["ar", "hi", "th", "zh", "udhr"])
def test_harmless_edits_of_real_paragraphs_are_exact(shared, name):
    languages = set()
    for language, paragraphs in read(shared, name)[:40]:
        languages.add(language)
        for text in split(paragraphs)[:6]:
            for edit, change in EDITS.items():
                found = dedup.compare(text, change(text))
                assert found.relation == "exact", (language, edit, text[:60], found.reason)
    assert len(languages) == (18 if name == "udhr" else 1)


@pytest.mark.parametrize("name", ["ar", "hi", "th", "zh", "udhr"])
def test_a_document_doubled_loses_its_second_half(shared, backend, name):
    """Each paragraph goes where it comes again in another dress, and none goes for its neighbours."""
    for language, paragraphs in read(shared, name)[:12]:
        texts = split(paragraphs)[:30]
        once = dedup.clean("\n\n".join(texts))
        again = dedup.clean("\n\n".join([*texts, *(f"«{unicodedata.normalize('NFD', text)}»" for text in texts)]))
        assert len(again.kept) == len(once.kept), language
        assert all(removal.decision.relation in ("exact", "contained") for removal in once.removed), language
        assert len(once.removed) <= 0.25 * len(texts) + 1, language


def test_folding_of_the_declaration_in_18_languages(shared):
    pytest.importorskip("numba")
    declarations = read(shared, "udhr")
    assert len({language for language, _ in declarations}) == 18
    for _, paragraphs in declarations:
        same(fold(paragraphs), fold(paragraphs, True))
        for text in paragraphs[:8]:
            assert fast_tokens(text) == slow_tokens(text)
