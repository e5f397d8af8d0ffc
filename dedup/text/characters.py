"""What every character becomes when text is folded: a class and a folded form, as lookup arrays.

`python -m dedup.text.characters` makes the arrays from `unicodedata`. They are shipped as `characters.npz`, so that a text
folds alike under every Python: a fingerprint must not change when the interpreter is upgraded.
The rules are the short functions below. They follow Unicode's NFKC_Casefold, with the exceptions that the meaning of news
text asks for: superscripts, fractions and symbols stay what they are, digits of all scripts become ASCII, marks that a
writer may leave out vanish (vowel points), and letters that a reader takes for one another become one (ş and ș).
"""

import sys
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._jit.backend import kernel

# The classes. Words are runs of letters, digits and marks; all others end a word, stand alone or lean on a number.
SPACE, PUNCTUATION, STOP, LETTER, MARK, DIGIT, UNSPACED, SYMBOL, NUMERAL = range(9)
HYPHEN, PLUS, MINUS, CURRENCY, PERCENT, POINT, COMMA, IGNORED = range(9, 17)
CLASS_BITS = 31
UPPERCASE = 32  # flag beside the class: an upper- or titlecase letter
UNSTABLE = 64  # flag beside the class: normalisation to NFC may change this character or its neighbours
ELLIPSIS = 128  # flag beside the class: the character …

BLOCK = 128  # code points a block of the two-level table
_FILE = Path(__file__).with_name("characters.npz")

_STOPS = set(".!?…:;|—―–‒()[]{}¡¿‼⁇⁈⁉。！？：；｜（）［］「」『』【】《》〈〉।॥۔؟؛։፡።၊။។៕‖")
_HYPHENS = set("-‐‑‒–﹣－")
_SYMBOLS_AMONG_PUNCTUATION = set("#&@§")
_SPACING = set("´¨¯˜¸|�")  # symbols by category that text uses as quotes, accents and rules
_SILENT = set("`^~←→⇒►▶▸■●□▪▫◆◦¶·")  # the same, as quotes, bullets and pointers, in any width
_APOSTROPHES = set("ʹʻʼ")  # letters by category
_PERCENT = set("%‰‱٪﹪％°℃℉")
_PLUS = set("+±∓﹢＋")
_POINTS, _COMMAS = set(".．﹒٫"), set(",，﹐٬")
_UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),
    (0x3021, 0x302F),
    (0x3031, 0x303C),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Burmese extensions
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x1AFF0, 0x1B16F),  # Kana supplements
    (0x20000, 0x3FFFF),  # Han extensions
)
# Letters that show nothing and stand for nothing, and the marks that only choose a glyph.
_INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)}
_TAGS = range(0xE0000, 0xE1000)
_OPTIONAL = set("\u0640®™")  # may be left out: tatweel, which only widens a word, and the signs of trade marks
_OPTIONAL_MARKS = (  # the same; what is no mark in these ranges stays, such as maqaf
    (0x0591, 0x05C7),  # Hebrew
    (0x0610, 0x061A),  # Arabic
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
)
_ALIKE = str.maketrans("ёşţيكı", "еșțیکi")


def nfkc_casefold(text: str) -> str:
    """Apply Unicode's toNFKC_Casefold, except that ignorable characters stay: `classify` finds those."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded if folded == text else nfkc_casefold(folded)


def _is_optional(character: str) -> bool:
    """Return whether a writer may leave out a character, which may be a presentation form of optional marks."""
    return character in _OPTIONAL or all(
        part in _OPTIONAL
        or (unicodedata.category(part)[0] == "M" and any(first <= ord(part) <= last for first, last in _OPTIONAL_MARKS))
        for part in unicodedata.normalize("NFKC", character).strip(" ") or " "
    )


def classify(character: str) -> int:
    """Return the class of one character, without flags."""
    code, category = ord(character), unicodedata.category(character)
    compatible = unicodedata.normalize("NFKC", character)
    if code in _INVISIBLE or code in _TAGS or category == "Cf" or _is_optional(character):
        return IGNORED
    for members, kind in (
        (_POINTS, POINT),
        (_COMMAS, COMMA),
        (_PERCENT, PERCENT),
        (_PLUS, PLUS),
        ({"−"}, MINUS),
        (_HYPHENS, HYPHEN),
        (_STOPS, STOP),
        (_SPACING | _APOSTROPHES, PUNCTUATION),
    ):
        if character in members:
            return kind
    if compatible in _SILENT:
        return PUNCTUATION
    if character.isspace():
        return SPACE
    if any(first <= code <= last for first, last in _UNSPACED_BLOCKS) and category[0] in "LNS" and category != "Nd":
        return UNSPACED
    if category[0] == "M":
        return MARK
    if category == "Nd":
        return DIGIT
    if category == "No":  # a subscript belongs to its word (CO₂ is CO2); ², ½ and ① stay apart
        return DIGIT if "<sub>" in unicodedata.decomposition(character) else NUMERAL
    if category == "Sc":
        return CURRENCY
    if character in _SYMBOLS_AMONG_PUNCTUATION or compatible in _SYMBOLS_AMONG_PUNCTUATION:
        return SYMBOL
    if category[0] == "L" or category == "Nl":
        return LETTER
    if category[0] == "S":
        spelled = (
            compatible != character and compatible.isalpha() and "<super>" not in unicodedata.decomposition(character)
        )
        if spelled and not any(classify(letter) == UNSPACED for letter in compatible):
            return LETTER  # ㎏, №
        return SYMBOL
    if category == "Cn":
        return SYMBOL  # most likely an emoji younger than this table
    return PUNCTUATION  # other punctuation, controls, surrogates, private use


def fold_character(character: str, kind: int) -> str:
    """Return the folded form of one character of class `kind`; "" where it leaves no trace of its own."""
    if kind in (HYPHEN, MINUS):
        return "-"
    if kind == POINT:
        return "٫" if character == "٫" else "."
    if kind == COMMA:
        return "٬" if character == "٬" else ","
    if character in "℃℉":
        return "°" + nfkc_casefold(character)[-1]
    if kind in (SPACE, PUNCTUATION, STOP, IGNORED):
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = nfkc_casefold(character)
    if kind in (NUMERAL, SYMBOL, PLUS, CURRENCY, PERCENT):  # only widths are folded: ² must not become 2
        return folded if len(folded) == 1 and "<wide>" in unicodedata.decomposition(character) else character
    folded = "".join(part for part in folded if part not in _APOSTROPHES and not _is_optional(part))
    folded = folded.replace("i\u0307", "i").translate(_ALIKE)  # the former is what İ becomes
    # A compatibility form may spell out a whole phrase; one that is no word, or three times as long, stays as it is.
    usable = all(classify(part) in (LETTER, MARK, DIGIT, UNSPACED) for part in folded)
    whole = len(folded) == 1 or not any(classify(part) == UNSPACED for part in folded)
    if folded and usable and whole and len(folded.encode()) <= 3 * len(character.encode()):
        return folded
    return character


def _unstable() -> set[int]:
    """Return the code points whose presence means that NFC may change a text.

    Their NFC_Quick_Check is other than Yes, or their combining class is not 0.
    """
    found = {0xFF9E, 0xFF9F}  # half-width voicing marks compose once they are made wide
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.combining(character) or unicodedata.normalize("NFC", character) != character:
            found.add(code)
        canonical = unicodedata.decomposition(character)
        if canonical and not canonical.startswith("<"):
            found.update(int(part, 16) for part in canonical.split()[1:])
    found.update(range(0x1161, 0x1176))  # Hangul vowels and finals compose by arithmetic, not by table
    found.update(range(0x11A8, 0x11C3))
    return found


class CharacterTable(NamedTuple):
    """Lookup of code point `c` by `entry = blocks[c // BLOCK] * BLOCK + c % BLOCK`.

    blocks:     uint16[8704], the block of every 128 code points; most share one with others
    classes:    uint8[128 a block], class and flags
    folds:      int32[128 a block], the folded code point relative to `c`, or EXPANDS + row of `expansions`
    expansions: int32[rows, 4], the folded code points where one becomes several, filled up with 0
    """

    blocks: NDArray[np.uint16]
    classes: NDArray[np.uint8]
    folds: NDArray[np.int32]
    expansions: NDArray[np.int32]


EXPANDS = 1 << 24
UNICODE_VERSION = "14.0.0"


def make_table() -> CharacterTable:
    """Make the table for this Python's Unicode version; takes some seconds."""
    unstable = _unstable()
    rows: dict[str, int] = {}
    blocks: dict[tuple[tuple[int, int], ...], int] = {}
    block_numbers = []
    for base in range(0, sys.maxunicode + 1, BLOCK):
        block = []
        for code in range(base, base + BLOCK):
            character = chr(code)
            kind = classify(character)
            assert 0 <= kind <= IGNORED
            folded = fold_character(character, kind)
            flags = UPPERCASE * (unicodedata.category(character) in ("Lu", "Lt"))
            flags += UNSTABLE * (code in unstable) + ELLIPSIS * (character == "…")
            if len(folded) > 1:
                assert len(folded) <= 4
                fold = EXPANDS + rows.setdefault(folded, len(rows))
            else:
                fold = ord(folded) - code if folded else 0
            block.append((kind | flags, fold))
        block_numbers.append(blocks.setdefault(tuple(block), len(blocks)))
    flat = np.array(list(blocks), dtype=np.int64).reshape(-1, 2)
    expansions = np.array([[*map(ord, row), *[0] * (4 - len(row))] for row in rows], dtype=np.int32)
    return CharacterTable(
        np.array(block_numbers, dtype=np.uint16), flat[:, 0].astype(np.uint8), flat[:, 1].astype(np.int32), expansions
    )


@lru_cache(maxsize=1)
def character_table() -> CharacterTable:
    """Return the shipped table, read once a process."""
    with np.load(_FILE, allow_pickle=False) as arrays:
        return CharacterTable(**{name: arrays[name] for name in CharacterTable._fields})


def ascii_classes() -> NDArray[np.uint8]:
    """Return class and flags of every byte, uint8[256]; all beyond ASCII count as punctuation."""
    table = character_table()
    classes = np.full(256, PUNCTUATION, dtype=np.uint8)
    classes[:128] = table.classes[entry_kernel(table, np.arange(128))]
    return classes


@kernel
def entry_kernel(table, code):
    """Return where `classes` and `folds` have a code point; an array of places for an array of code points."""
    return np.int64(table.blocks[code >> 7]) * BLOCK + (code & 127)


if __name__ == "__main__":
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"the table is made with Unicode {UNICODE_VERSION}; this Python has {unicodedata.unidata_version}")
    made = make_table()
    np.savez_compressed(_FILE, **{name: getattr(made, name) for name in CharacterTable._fields})
    print(f"{_FILE.name}: {len(made.classes) // BLOCK} blocks, {len(made.expansions)} expansions")
