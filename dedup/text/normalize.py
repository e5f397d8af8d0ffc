"""Normalizing texts before they are folded: what takes more than one character at a time to see.

These are left-over HTML entities, characters that Unicode spells in several ways, stress marks and hyphenated lines.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from .._jit import backend
from .._jit.backend import kernel
from .._jit.intrinsics import trailing_zeros, within_64
from .characters import UNSTABLE, CharacterTable, entry_kernel
from .utf8 import Utf8, decode_kernel

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HALF_WIDTH_KANA = re.compile("[\uff66-\uff9f]+")
_LONG_RUN = 1 << 12  # characters beyond ASCII in a row; the time that NFC takes grows with the square of a run of marks
_RUN = re.compile(f"[^\0-\x7f]{{1,{_LONG_RUN}}}+")
_JOINER = "\u034f"  # vanishes in folding; marks do not change places across it
_STRESSED = re.compile("([\u0400-\u0481\u048a-\u04ff])[\u0300\u0301]+")
_LINE_END = re.compile("[-\u2010][ \t]*\r?\n[ \t]*")


def normalize(text: str) -> str:
    """Decode left-over HTML entities (twice: `&amp;nbsp;` is common), apply Unicode's NFC, and join hyphenated lines.

    The stress marks of Cyrillic letters vanish, and so does the second dot of an i that was İ before it became small.
    Not to be applied twice: a text that quotes an entity would lose it.
    """
    if "&" in text:
        import html  # a large table of names, rarely needed

        for _ in range(2):
            text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if len(text) >= _LONG_RUN:
        text = _RUN.sub(lambda run: run[0] + _JOINER * (len(run[0]) == _LONG_RUN), text)
    text = _HALF_WIDTH_KANA.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = unicodedata.normalize("NFC", text).replace("i\u0307", "i")
    if "\u0300" in text or "\u0301" in text:
        text = unicodedata.normalize("NFC", _STRESSED.sub(r"\1", text))  # what stood behind the stress may compose now
    return _LINE_END.sub(_join_lines, text) if "\n" in text else text


def _join_lines(hyphen: re.Match[str]) -> str:
    """Return what becomes of a hyphen and its line end: nothing, if a word goes on behind them."""
    text, begin, end = hyphen.string, *hyphen.span()
    is_layout = text[max(0, begin - 1) : begin].isalpha() and text[end : end + 1].islower()
    return "" if is_layout else hyphen[0]


def may_change(text: str) -> bool:
    """Return whether normalizing may change a text for anything else than a character unstable in NFC."""
    return "&" in text or ("\n" in text and _LINE_END.search(text) is not None)


def normalized(texts: Sequence[str], places: Iterable[int]) -> list[str]:
    """Return the texts, with those at `places` normalized."""
    result = list(texts)
    for p in places:
        result[p] = normalize(texts[p])
    return result


def normalized_utf8(texts: Utf8, table: CharacterTable) -> Utf8:
    """Return the texts, normalized where the compiled kernel finds that they may need it."""
    found = np.empty(len(texts), dtype=np.int64)
    count = backend.compiled(to_normalize_kernel)(texts.spans, table, found)
    given = ((p, texts.text(p)) for p in found[:count].tolist())
    changed = [(p, normal) for p, text in given if (normal := normalize(text)) != text]
    return texts.with_texts(changed) if changed else texts


_LONGEST_ENTITY = 33  # bytes behind the ampersand, the semicolon among them


@kernel
def to_normalize_kernel(texts, table, found):
    """Find the texts with what may be an entity or a hyphenated line, or with a character unstable in NFC; return how many.

    texts: spans in ascending order; found: int64[n], filled with the numbers of those texts
    """
    raw, begins, ends = texts
    n = len(begins)
    count = p = 0
    if n == 0:
        return 0
    for i in range(begins[0], ends[n - 1], 64):
        flags = within_64(raw, i, 38, 38) | within_64(raw, i, 0xC0, 0xFF)
        line_ends = within_64(raw, i, 10, 10)
        if line_ends != 0:  # of most the byte before tells that there is no hyphen: a letter, a digit, a full stop
            before = within_64(raw, i, 9, 32) | within_64(raw, i, 45, 45) | within_64(raw, i, 0x90, 0x90)
            flags |= line_ends & (before << np.uint64(1) | np.uint64(1))
        while flags != 0:
            at = i + np.int64(trailing_zeros(flags))
            flags &= flags - np.uint64(1)
            while p < n and ends[p] <= at:
                p += 1
            if p == n:
                return count
            if at < begins[p]:  # of no text, and perhaps no UTF-8
                continue
            if raw[at] == 38:
                if not may_be_entity_kernel(raw, at + 1):
                    continue
            elif raw[at] == 10:
                if not follows_hyphen_kernel(raw, begins[p], at):
                    continue
            else:
                code, _ = decode_kernel(raw, at)
                if not table.classes[entry_kernel(table, code)] & UNSTABLE:
                    continue
            if count == 0 or found[count - 1] != p:
                found[count] = p
                count += 1
    return count


@kernel
def may_be_entity_kernel(raw, i):
    """Return whether an entity may continue at byte i, behind its ampersand.

    A few ASCII letters, digits and number signs are looked for, and a semicolon.
    """
    for at in range(i, i + _LONGEST_ENTITY):
        if raw[at] == 59:
            return True
        if not (97 <= raw[at] | 32 <= 122 or 48 <= raw[at] <= 57 or raw[at] == 35):
            return False
    return False


@kernel
def follows_hyphen_kernel(raw, begin, i):
    """Return whether the line that ends at byte i, of a text that begins at `begin`, ends in a hyphen, spaces aside."""
    i -= 1
    if i >= begin and raw[i] == 13:
        i -= 1
    while i >= begin and (raw[i] == 32 or raw[i] == 9):
        i -= 1
    if i >= begin and raw[i] == 45:
        return True
    return i >= begin + 2 and raw[i] == 0x90 and raw[i - 1] == 0x80 and raw[i - 2] == 0xE2  # U+2010
