"""The flags of a token, one a bit: what folding saw of it, and beside it, that the token itself no longer shows."""

HAS_NUMBER = 1  # a digit, a superscript, a fraction
HAS_CAPITAL = 2  # an upper- or titlecase letter
ALL_SYMBOL = 4  # a symbol by itself
IS_UNSPACED = 8  # a character of a script without spaces
HAS_LOWER = 16  # any other letter, of scripts without case too; marks and unspaced characters are none
AFTER_STOP = 32  # first of its sentence, clause or bracket: a stop stands before it, or nothing
BEFORE_ELLIPSIS = 64  # an ellipsis stands behind it, before the next token: … or full stops in a row
IS_ADDRESS = 128  # first of a text that is a slug, a file name or an address: parts without white space between them

PADDING = 80  # bytes that kernels may read behind the last text or token

SEEN = HAS_CAPITAL | HAS_LOWER | IS_ADDRESS  # what the decision reads of a token besides its text
_SEEN = bytes(flags & SEEN for flags in range(256))


def seen(flags: bytes) -> bytes:
    """Return what the decision reads of a text besides its tokens: texts in which both are equal are exact duplicates."""
    return flags.translate(_SEEN)
