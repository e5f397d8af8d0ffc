"""The flags of a token, one a bit: what folding saw of it that the token itself no longer shows."""

HAS_NUMBER = 1  # a digit, a superscript, a fraction
HAS_CAPITAL = 2  # an upper-case letter
ALL_SYMBOL = 4  # a symbol by itself
IS_UNSPACED = 8  # a character of a script without spaces
HAS_LETTER = 16
AFTER_STOP = 32  # first of its sentence, clause or bracket: a stop stands before it, or nothing
HAS_CAPITALS = 64  # more than one upper-case letter

PADDING = 80  # bytes that kernels may read behind the last text or token
HAS_LOWER, BEFORE_ELLIPSIS, IS_ADDRESS = 16, 0, 128
