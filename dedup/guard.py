"""What matters where two aligned paragraphs differ: numbers, names, negations, units, and words that replace others."""

from .engine import kernel
from .lexicon import FUNCTION, NEGATION, UNIT
from .marks import AFTER_STOP, ALL_SYMBOL, HAS_CAPITAL, HAS_CAPITALS, HAS_NUMBER, IS_UNSPACED
from .pairs import TRAIT_SHIFT

# Why a pair is what it is. The codes from LACKS_NUMBER on are the guard's.
(SAME, INSIDE, ALIKE, NO_TOKENS, NOTHING_SHARED, LITTLE_SHARED, TOO_LONG, SCATTERED) = range(8)
(LACKS_NUMBER, LACKS_NAME, LACKS_NEGATION, LACKS_UNIT, LACKS_SYMBOL, LACKS_CHARACTER) = range(8, 14)
(OTHER_WORD, LONG_INSERTION, MENTIONED, NEGATED) = range(14, 18)
_HARMLESS = -1

_NEGATION, _UNIT, _FUNCTION = NEGATION << TRAIT_SHIFT, UNIT << TRAIT_SHIFT, FUNCTION << TRAIT_SHIFT


LONGEST_INSERTION = 3  # words in a run that one side of a near pair may have more
_MENTION = 5  # words below which a contained text must fill its sentence
_TITLE = 8  # words below which it must begin or end one


@kernel
def matters_kernel(trait):
    """Why a token matters wherever it lacks its partner, or _HARMLESS."""
    if trait & HAS_NUMBER:
        return LACKS_NUMBER
    if trait & _NEGATION:
        return LACKS_NEGATION
    if trait & ALL_SYMBOL:
        return LACKS_SYMBOL
    if trait & IS_UNSPACED:
        return LACKS_CHARACTER
    if trait & HAS_CAPITAL and (trait & HAS_CAPITALS or not trait & _FUNCTION):
        return LACKS_NAME
    if trait & _UNIT:
        return LACKS_UNIT
    return _HARMLESS


@kernel
def outside_kernel(traits_a, traits_b, mates):
    """What forbids that a stands in b where it is aligned: a negation just before it, or that it is only mentioned."""
    first, last = -1, -1
    for i in range(len(mates)):
        if mates[i] >= 0:
            if first < 0:
                first = mates[i]
            last = mates[i]
    begins = first == 0 or traits_b[first] & AFTER_STOP != 0
    ends = last + 1 == len(traits_b) or traits_b[last + 1] & AFTER_STOP != 0
    if not begins and traits_b[first - 1] & _NEGATION:
        return NEGATED, 0, first - 1
    halves = 0
    for i in range(len(traits_a)):
        halves += 1 if traits_a[i] & IS_UNSPACED else 2
    if (halves < 2 * _MENTION and not (begins and ends)) or (halves < 2 * _TITLE and not (begins or ends)):
        return MENTIONED, 0, first
    return _HARMLESS, 0, 0


@kernel
def gaps_kernel(
    ids_a, traits_a, text_a, starts_a, ids_b, traits_b, text_b, starts_b, mates, inside
):  # fmt: skip
    """The first difference that matters between two aligned texts, with the tokens concerned, or _HARMLESS.

    With `inside` only what stands within the aligned stretch of b counts, and insertions may be long.
    """
    n, m = len(ids_a), len(ids_b)
    i = 0
    j = 0  # the first token of b after the last pair
    while i <= n:
        k = i  # a's tokens i ... k - 1 have no partner
        while k < n and mates[k] < 0:
            k += 1
        until = mates[k] if k < n else m
        after = j
        if inside and i == 0:
            after = max(until - k, 0)  # before the stretch only what stands opposite to a's own beginning
        if inside and k == n:
            until = min(j + k - i, m)
        if k > i or until > after:
            if not inside and max(k - i, until - after) > LONGEST_INSERTION:
                return LONG_INSERTION, i, after
            why, x, y = gap_kernel(
                ids_a, traits_a, text_a, starts_a, i, k, ids_b, traits_b, text_b, starts_b, after, until
            )
            if why != _HARMLESS:
                return why, x, y
        if k < n:
            j = mates[k] + 1
        i = k + 1
    return _HARMLESS, 0, 0


@kernel
def gap_kernel(
    ids_a, traits_a, text_a, starts_a, i, k, ids_b, traits_b, text_b, starts_b, j, until
):  # fmt: skip
    """Whether a's tokens i ... k - 1 may stand against b's j ... until - 1; else why not, and by which (-1: none)."""
    if k > i and until > j and joined_kernel(traits_a, text_a, starts_a, i, k, traits_b, text_b, starts_b, j, until):
        return _HARMLESS, 0, 0
    for x in range(i, k):
        why = matters_kernel(traits_a[x])
        if why != _HARMLESS:
            return why, x, -1
    for y in range(j, until):
        why = matters_kernel(traits_b[y])
        if why != _HARMLESS:
            return why, -1, y
    if k == i or until == j:
        return _HARMLESS, 0, 0
    # A word stands against another: every word of the side with fewer must find, in order, one that it may stand for.
    x, y = i, j
    if k - i <= until - j:
        while x < k:
            while y < until and not alike_kernel(
                ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y
            ):
                y += 1
            if y == until:
                return OTHER_WORD, x, min(j + x - i, until - 1)
            x += 1
            y += 1
    else:
        while y < until:
            while x < k and not alike_kernel(
                ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y
            ):
                x += 1
            if x == k:
                return OTHER_WORD, min(i + y - j, k - 1), y
            x += 1
            y += 1
    return _HARMLESS, 0, 0


@kernel
def joined_kernel(traits_a, text_a, starts_a, i, k, traits_b, text_b, starts_b, j, until):
    """Whether two runs of words without numbers are the same letters, joined or split differently."""
    for x in range(i, k):
        if traits_a[x] & (HAS_NUMBER | ALL_SYMBOL):
            return False
    x, y = starts_a[i], starts_b[j]
    while True:
        while x < starts_a[k] and text_a[x] == 32:
            x += 1
        while y < starts_b[until] and text_b[y] == 32:
            y += 1
        if x == starts_a[k] or y == starts_b[until]:
            return x == starts_a[k] and y == starts_b[until]
        if text_a[x] != text_b[y]:
            return False
        x += 1
        y += 1


@kernel
def alike_kernel(ids_a, traits_a, text_a, starts_a, x, ids_b, traits_b, text_b, starts_b, y):
    """Whether two harmless words may stand for each other: equal, both function words, inflected or mistyped."""
    if ids_a[x] == ids_b[y] or (traits_a[x] & _FUNCTION and traits_b[y] & _FUNCTION):
        return True
    if traits_a[x] & _FUNCTION or traits_b[y] & _FUNCTION:
        return False
    begin_a, begin_b = starts_a[x], starts_b[y]
    long_a, long_b = starts_a[x + 1] - 1 - begin_a, starts_b[y + 1] - 1 - begin_b
    shorter = min(long_a, long_b)
    front = 0
    while front < shorter and text_a[begin_a + front] == text_b[begin_b + front]:
        front += 1
    if front == shorter and shorter >= 4 and max(long_a, long_b) - shorter <= 2:
        return True  # inflected: one is the other and at most two letters more
    back = 0
    while back < shorter - front and text_a[begin_a + long_a - 1 - back] == text_b[begin_b + long_b - 1 - back]:
        back += 1
    if front == 0 or shorter < 8:
        return False
    rest_a, rest_b = long_a - front - back, long_b - front - back
    if rest_a + rest_b == 1:
        return True  # mistyped: a letter too many or too few
    if rest_a == 2 and rest_b == 2:
        first, second = text_a[begin_a + front], text_a[begin_a + front + 1]
        return first == text_b[begin_b + front + 1] and second == text_b[begin_b + front]
    if rest_a == 1 and rest_b == 1:  # organise, organize
        letter_a, letter_b = text_a[begin_a + front], text_b[begin_b + front]
        return (letter_a == 115 and letter_b == 122) or (letter_a == 122 and letter_b == 115)
    return False
