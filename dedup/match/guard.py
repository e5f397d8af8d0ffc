"""What matters where two aligned paragraphs differ: numbers, names, negations, units, and words that replace others."""

from .._jit.backend import kernel
from ..text.flags import AFTER_STOP, ALL_SYMBOL, HAS_CAPITAL, HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED
from .features import NAMES, NOUNS, SHOUTED
from .judgement import HARMLESS, Why
from .lexicon import AND, DENIAL, FUNCTION, INITIAL, NEGATION, PARTICLE, PLUS, UNIT

_DENYING, _SPELLED = NEGATION | DENIAL, AND | PLUS
_SLIGHT = FUNCTION | PARTICLE  # words without content

_BRIEF = 16  # words below which a word more within makes another text
_INFLECTED = 7  # words from which a singular may stand for a plural
_CUT = 12  # words from which the last one may be cut short


@kernel
def matters_kernel(traits, i, capitals):
    """Return why token i matters wherever it lacks its partner: as a number, negation, symbol and so on; or HARMLESS."""
    trait = traits[i]
    if trait & HAS_NUMBER:
        return Why.LACKS_NUMBER
    if trait & _DENYING:
        return Why.LACKS_NEGATION
    if trait & ALL_SYMBOL:
        return Why.LACKS_SYMBOL
    if trait & IS_UNSPACED:
        return Why.LACKS_CHARACTER
    if name_kernel(trait, capitals):
        return Why.LACKS_NAME
    if trait & UNIT:
        return Why.LACKS_UNIT
    if trait & PARTICLE and i + 1 < len(traits) and traits[i + 1] & HAS_NUMBER:
        return Why.LACKS_WORD
    return HARMLESS


@kernel
def name_kernel(trait, capitals):
    """Tell whether a token counts as a name: its capital says so, except of an article, and where capitals say nothing."""
    if trait & HAS_CAPITALS:
        return capitals != SHOUTED or not trait & FUNCTION
    if trait & HAS_CAPITAL and trait & INITIAL and not trait & AFTER_STOP:
        return True
    return capitals != NOUNS and trait & HAS_CAPITAL and not trait & FUNCTION


@kernel
def half_words_kernel(traits, begin, end):
    """Measure a length in half words: two a token, one a character of an unspaced script."""
    halves = 0
    for i in range(begin, end):
        halves += 1 if traits[i] & IS_UNSPACED else 2
    return halves


@kernel
def gaps_kernel(a, b, mates, front, begin, end, inside):
    """Find the first difference that matters between two aligned texts.

    Of a its tokens begin ... end - 1 are looked at; the first `front` of all stand at the beginning of b, too. With `inside`
    only what stands within the aligned stretch of b counts. Returns why it matters, or HARMLESS; the tokens of a and b
    concerned (-1: none); how many of a's tokens have no partner but one that may stand for them; and how many gaps hold
    function words alone.
    """
    m = len(b.traits)
    halves = 2 * _BRIEF if end - begin >= 2 * _BRIEF else half_words_kernel(a.traits, begin, end)
    if code_kernel(a):
        halves = 0  # no word stands for another there
    stood = soft = 0
    i, j = begin, 0  # j: the first token of b after the last pair
    while i <= end:
        if i > begin and i == j and i < front:
            i = j = min(front, end)
        while i > begin and i < end and mates[i] == j:
            i += 1
            j += 1
        k = i  # a's tokens i ... k - 1 have no partner
        while k < end and mates[k] < 0:
            k += 1
        until = mates[k] if k < end else m
        after = j
        if inside and i == begin:
            after = max(until - (k - i), 0)  # before the stretch only what stands opposite to a's own beginning
        if inside and k == end:
            until = min(j + k - i, m)
            cut = k - i == 1 and until > j and halves >= 2 * _CUT and not name_kernel(a.traits[i], a.capitals)
            if cut and cut_kernel(a, i, b, j):
                return HARMLESS, 0, 0, stood + 1, soft
        if k > i or until > after:
            why, x, y, standing, content = gap_kernel(a, i, k, b, after, until, halves, inside)
            if why != HARMLESS:
                return why, x, y, stood, soft
            stood += standing
            soft += 0 if content else 1
        if k < end:
            j = mates[k] + 1
        i = k + 1
    return HARMLESS, 0, 0, stood, soft


@kernel
def gap_kernel(a, i, k, b, j, until, halves, inside):
    """Judge whether a's tokens i ... k - 1 may stand against b's j ... until - 1.

    Words that may stand for each other are paired in order. Of what is left nothing may matter, nor may both sides have
    something left: that is a word in place of another. What one side alone has left may be function words; where a is
    inside b, which stays, b may have other words more, too, unless a is too short, and capitals in b are read leniently.
    Returns HARMLESS, or why not; by which tokens of a and b (-1: none); how many of a's tokens are paired; and whether
    either side has a word left that is no function word.
    """
    if halves > 0 and k > i and until > j and joined_kernel(a, i, k, b, j, until):
        return HARMLESS, 0, 0, k - i, False
    traits_a, traits_b, starts_b = a.traits, b.traits, b.starts
    left_a = left_b = -1
    standing, content, y = 0, False, j
    for x in range(i, k + 1):
        z = until  # where x's partner stands; behind the last x all that is left of b is looked at
        if x < k:
            z = y
            while z < until and not alike_kernel(a, x, b, z, halves):
                z += 1
            if z == until:
                why = matters_kernel(traits_a, x, NAMES)
                if why != HARMLESS:
                    return why, x, -1, standing, content
                left_a = x if left_a < 0 else left_a
                content |= traits_a[x] & _SLIGHT == 0
                continue
            standing += 1
        while y < z:
            why = matters_kernel(traits_b, y, b.capitals if inside else NAMES)
            if starts_b[y + 1] - starts_b[y] == 2 and traits_b[y] & _SLIGHT == 0:
                why = Why.LACKS_WORD  # a letter by itself: axis text, axis text x
            if why != HARMLESS:
                return why, -1, y, standing, content
            left_b = y if left_b < 0 else left_b
            content |= traits_b[y] & _SLIGHT == 0
            y += 1
        y = z + 1
    if left_a >= 0 and left_b >= 0:
        return Why.OTHER_WORD, left_a, left_b, standing, content
    if content and (left_a >= 0 or not inside or halves < 2 * _BRIEF):
        return Why.LACKS_WORD, left_a, left_b, standing, content
    return HARMLESS, 0, 0, standing, content


@kernel
def code_kernel(side):
    """Tell whether a text is lines of a program, as far as equals signs between words show it."""
    for i in range(len(side.traits)):
        if side.traits[i] & ALL_SYMBOL and side.text[side.starts[i]] == 61:
            return True
    return False


@kernel
def joined_kernel(a, i, k, b, j, until):
    """Tell whether two runs of words without numbers and negations are the same letters, joined or split differently."""
    _, traits_a, text_a, starts_a, _ = a
    _, traits_b, text_b, starts_b, _ = b
    for x in range(i, k):
        if traits_a[x] & (HAS_NUMBER | ALL_SYMBOL):
            return False
        if traits_a[x] & _DENYING and starts_a[x + 1] - starts_a[x] > 3:
            return False  # “not able” is not “notable”; shorter ones are pieces of words, as in “I t’s”
    for y in range(j, until):
        if traits_b[y] & _DENYING and starts_b[y + 1] - starts_b[y] > 3:
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
def cut_kernel(a, x, b, y):
    """Tell whether a's last word x is b's word y cut short, or y is x with the next word glued to it."""
    text_a, text_b, begin_a, begin_b = a.text, b.text, a.starts[x], b.starts[y]
    long_a, long_b = a.starts[x + 1] - 1 - begin_a, b.starts[y + 1] - 1 - begin_b
    if long_a >= long_b:
        return False
    for i in range(long_a):
        if text_a[begin_a + i] != text_b[begin_b + i]:
            return False
    if a.traits[x] & HAS_NUMBER:  # 2021Then, but not 5m for 5, nor 12 for 1
        for i in range(long_a, long_b):
            if text_b[begin_b + i] < 97:
                return False
        return long_b - long_a >= 4
    return a.traits[x] & HAS_LETTER != 0


@kernel
def alike_kernel(a, x, b, y, halves):
    """Tell whether a's word x and b's word y may stand for each other: function words, a sign spelt out, inflected, mistyped.

    halves: length of the shorter text in half words; in one of few words a singular does not stand for a plural. 0 for
        lines of a program, where nothing does.
    """
    if halves == 0:
        return False
    trait_a, trait_b = a.traits[x], b.traits[y]
    if trait_a & trait_b & _SPELLED and (trait_a | trait_b) & ALL_SYMBOL:
        return True
    if name_kernel(trait_a, a.capitals) or name_kernel(trait_b, b.capitals):
        return False
    if trait_a & FUNCTION or trait_b & FUNCTION:
        return trait_a & trait_b & FUNCTION != 0
    if (trait_a | trait_b) & (HAS_NUMBER | ALL_SYMBOL | IS_UNSPACED | _DENYING | UNIT):
        return False
    text_a, text_b, begin_a, begin_b = a.text, b.text, a.starts[x], b.starts[y]
    long_a, long_b = a.starts[x + 1] - 1 - begin_a, b.starts[y + 1] - 1 - begin_b
    shorter = min(long_a, long_b)
    front = 0
    while front < shorter and text_a[begin_a + front] == text_b[begin_b + front]:
        front += 1
    if front == shorter:
        if halves < 2 * _INFLECTED or shorter < 4:
            return False
        if long_a > long_b:
            return ending_kernel(text_a, begin_a + front, long_a - front)
        return ending_kernel(text_b, begin_b + front, long_b - front)
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


@kernel
def ending_kernel(text, begin, length):
    """Tell whether so many bytes are an ending of inflection: s, es, d, ed, e, n, en, em, or one letter beyond ASCII."""
    first, last = text[begin], text[begin + length - 1]
    if length == 1:
        return first == 115 or first == 100 or first == 101 or first == 110
    if length == 2:
        return first >= 0xC0 or (first == 101 and (last == 115 or last == 100 or last == 110 or last == 109))
    return False
