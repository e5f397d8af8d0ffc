"""Whether a text is HTML, of which nobody took the text out."""

import re

_TAG = re.compile(
    r"</(?:p|div|a|span|li|ul|ol|h[1-6]|t[dr]|table|figure|figcaption|section|article|strong|em|b|i|blockquote)>"
    r"|<(?:br|img|hr)\b[^<>]*>",
    re.IGNORECASE,
)
_MANY = 3  # tags, which no text that is about HTML has by the way
_FIRST = re.compile(r"\s*<[a-zA-Z!]")

ADVICE = "its tags are taken for words; extract the text first, as examples/extract.py does"


def looks_like_html(text: str) -> bool:
    """Return whether a text has tags as HTML has them: a few, or one if it begins with another."""
    if "<" not in text:
        return False
    found = sum(1 for _, _ in zip(range(_MANY), _TAG.finditer(text), strict=False))
    return found == _MANY or (found > 0 and _FIRST.match(text) is not None)
