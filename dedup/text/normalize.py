"""Normalizing texts before they are folded: left-over HTML entities, and characters that Unicode spells in several ways."""

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


def normalize(text: str) -> str:
    """Decode left-over HTML entities (twice: `&amp;nbsp;` is common), and apply Unicode's NFC."""
    if "&" in text:
        import html  # a large table of names, rarely needed

        for _ in range(2):
            text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if len(text) >= _LONG_RUN:
        text = _RUN.sub(lambda run: run[0] + _JOINER * (len(run[0]) == _LONG_RUN), text)
    text = _HALF_WIDTH_KANA.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text)


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
    """Find the texts that hold what may be an entity, or a character unstable in NFC; return how many.

    texts: spans in ascending order; found: int64[n], filled with the numbers of those texts
    """
    raw, begins, ends = texts
    n = len(begins)
    count = p = 0
    if n == 0:
        return 0
    for i in range(begins[0], ends[n - 1], 64):
        flags = within_64(raw, i, 38, 38) | within_64(raw, i, 0xC0, 0xFF)
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
