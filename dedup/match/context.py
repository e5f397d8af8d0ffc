"""Where a text stands in a longer one that has its words: repeated there, or only mentioned, cited, denied."""

from .._jit.backend import kernel
from ..text.flags import AFTER_STOP, HAS_CAPITAL, HAS_CAPITALS, HAS_LETTER, HAS_NUMBER, IS_UNSPACED
from .guard import half_words_kernel
from .judgement import HARMLESS, Why
from .lexicon import CREDIT, DENIAL, FUNCTION, JOINING, LABEL, NEGATION, PARTICLE

_BESIDE = LABEL | CREDIT
_SLIGHT = LABEL | CREDIT | FUNCTION | PARTICLE

_TITLE = 7  # words below which a text is a title: it must fill a sentence and half of the paragraph
_HEADING = 5  # words from which a title may have one word more before or behind it
_LONG = 12  # words from which it does not matter where a text stands
_LONGEST_CREDIT = 8
_LONGEST_VERDICT = 4  # words in which a text may be judged before or after it, as in “False claim:”


@kernel
def core_kernel(a, b, mates):
    """Return where a begins and ends without what is no part of what it says, and b lacks.

    That is before it a list number or clock time, behind it a counter, a credit, or words that it has already; each only
    where b has nothing of the kind in that place.
    """
    n, m, traits_a, traits_b = len(mates), len(b.traits), a.traits, b.traits
    begin, end = 0, n
    while begin < n and mates[begin] < 0:
        begin += 1
    while end > begin and mates[end - 1] < 0:
        end -= 1
    if begin == end:
        return 0, n
    first, last = mates[begin], mates[end - 1]
    if begin > 0:
        listed = begin <= 2 and first < m and traits_a[1] & AFTER_STOP != 0
        for i in range(begin):
            listed &= bare_kernel(a, i)
        if first > 0:
            listed &= traits_b[first - 1] & HAS_NUMBER == 0
        if not listed:
            begin = 0
    if end < n:
        beyond = last + 1
        counter = n - end == 1 and traits_a[end] & AFTER_STOP != 0 and bare_kernel(a, end)
        if beyond < m:
            counter &= traits_b[beyond] & HAS_NUMBER == 0
        repeats = (beyond == m or traits_b[beyond] & AFTER_STOP != 0) and repeats_kernel(a, begin, end)
        if not (counter or repeats):
            end = credit_kernel(traits_a, end, traits_b, beyond, True)
    return begin, end


@kernel
def bare_kernel(side, i):
    """Tell whether token i is up to three digits and nothing else, as list numbers and counters are, and prices are not."""
    begin, end = side.starts[i], side.starts[i + 1]
    for place in range(begin, end - 1):
        if not 48 <= side.text[place] <= 57:
            return False
    return end - begin <= 4


@kernel
def number_kernel(trait):
    """Tell whether a token is a number without letters."""
    return trait & HAS_NUMBER != 0 and trait & HAS_LETTER == 0


@kernel
def credit_kernel(traits_a, end, traits_b, beyond, after_stop):
    """Return where among a's tokens from `end` on a credit begins that b has not got from `beyond` on; else a's length.

    A word that tells one may be the third, but not behind “for”, “to” and the like (“for bad credit”).
    after_stop: whether a stop must stand before it.
    """
    n, m = len(traits_a), len(traits_b)
    if any_kernel(traits_b, CREDIT, beyond, min(beyond + _LONGEST_CREDIT, m)):
        return n
    for begin in range(max(end, n - _LONGEST_CREDIT), n):
        if traits_a[begin] & AFTER_STOP or not after_stop:
            for i in range(begin, min(begin + 3, n)):
                if traits_a[i] & CREDIT:
                    return begin
                if traits_a[i] & PARTICLE:
                    break
    return n


@kernel
def repeats_kernel(side, begin, end):
    """Tell whether the one or two tokens from `end` on stand before that, too, and are neither number nor negation."""
    ids, n = side.ids, len(side.ids)
    if n - end > 2 or any_kernel(side.traits, HAS_NUMBER | NEGATION, end, n):
        return False
    for i in range(end, n):
        if ids[i] not in ids[begin:end]:
            return False
    return True


@kernel
def surroundings_kernel(a, b, mates, begin, end):
    """Return what forbids that a's tokens begin ... end - 1 are contained in b where they are aligned, or HARMLESS.

    - Words of denial in the clause before or behind, a negation in its own sentence before, or in the few words behind
      with which a sentence ends: b may say the opposite.
    - A cell (below 5 words, with a number) must be all of b but for a label or list number before it.
    - What is mostly numbers (dates, prices, rows) must fill whole sentences and half of b.
    - Any other long text (12 words) is contained wherever it stands.
    - A shorter one must fill whole sentences, or be half of b and begin or end with a sentence.
    - A title (below 7 words) must fill whole sentences and half of b, or all but one word of it.
    - What stands behind a word that changes it (“West Virginia”, “If it rains”) is something else.
    - Where a begins with a capital and b goes on without one, the word before goes with it (“Limited coverage”).
    A list number, an article, a label or a credit beside it does not count.
    """
    n, m, traits_a, traits_b = len(mates), len(b.traits), a.traits, b.traits
    first = last = 0
    while mates[first] < 0:
        first += 1
    while mates[n - 1 - last] < 0:
        last += 1
    first, last = mates[first], mates[n - 1 - last]
    denied = denied_kernel(traits_b, first, last)
    if denied >= 0:
        return Why.NEGATED, 0, denied
    begins = first == 0 or traits_b[first] & AFTER_STOP != 0
    if not begins and traits_b[first - 1] & JOINING:
        return Why.MENTIONED, 0, first
    tells = tells_kernel(a, begin, end)
    halves = 2 * _LONG if tells and end - begin >= 2 * _LONG else half_words_kernel(traits_a, begin, end)
    if tells and halves >= 2 * _LONG:
        return HARMLESS, 0, 0
    if halves < 2 * _HEADING and any_kernel(traits_a, HAS_NUMBER, begin, end):
        if last + 1 == m and labelled_kernel(traits_b, first, True):
            return HARMLESS, 0, 0
        return Why.MENTIONED, 0, first
    ends = last + 1 == m or traits_b[last + 1] & AFTER_STOP != 0
    if tells and halves >= 2 * _TITLE and begins and ends:
        return HARMLESS, 0, 0
    if (
        not begins
        and traits_a[begin] & HAS_CAPITAL
        and not (traits_b[first] & HAS_CAPITAL or traits_b[first - 1] & _SLIGHT)
    ):
        return Why.MENTIONED, 0, first
    until = credit_kernel(traits_b, last + 1, traits_a, n, False)
    begins = begins or labelled_kernel(traits_b, first, False)
    ends = ends or until == last + 1 or counted_kernel(traits_a, begin, end, traits_b, last)
    if 2 * halves >= half_words_kernel(traits_b, 0, until):
        if (begins and ends) or (tells and halves >= 2 * _TITLE and (begins or ends)):
            return HARMLESS, 0, 0
    if tells and halves >= 2 * _HEADING and m - (end - begin) == 1:
        if not traits_b[0 if first > 0 else m - 1] & (HAS_NUMBER | IS_UNSPACED | NEGATION):
            return HARMLESS, 0, 0
    return Why.MENTIONED, 0, first


@kernel
def tells_kernel(side, begin, end):
    """Tell whether at least half of the tokens begin ... end - 1 are words: no number, symbol or single letter."""
    missing = end - begin
    for i in range(begin, end):
        if side.traits[i] & (HAS_LETTER | HAS_NUMBER) == HAS_LETTER and side.starts[i + 1] - side.starts[i] > 2:
            missing -= 2
            if missing <= 0:
                return True
    return False


@kernel
def labelled_kernel(traits, first, whole):
    """Tell whether before token `first` there are only labels, articles, one number: back to a stop, or with `whole` all."""
    numbers = 0
    for j in range(first - 1, -1, -1):
        trait = traits[j]
        if number_kernel(trait):
            numbers += 1
            if numbers > 1 or traits[j + 1] & HAS_NUMBER:
                return False
        elif not trait & _BESIDE and (not trait & FUNCTION or trait & HAS_CAPITALS):
            return False
        if trait & AFTER_STOP and not whole:
            break
    return True


@kernel
def counted_kernel(traits_a, begin, end, traits_b, last):
    """Tell whether in b there is only a counter behind a: a number, and a is no mere name, which it would make another."""
    if last + 2 != len(traits_b) or not number_kernel(traits_b[last + 1]) or traits_b[last] & HAS_NUMBER:
        return False
    return end - begin >= _HEADING and any_kernel(traits_a, FUNCTION, begin, end)


@kernel
def denied_kernel(traits, first, last):
    """Return the token that denies what stands at first ... last, or -1: in its own sentence, or in a few words beside it."""
    m = len(traits)
    j = first - 1
    own = traits[first] & AFTER_STOP == 0
    while j >= 0 and (own or first - j <= _LONGEST_VERDICT):
        if traits[j] & DENIAL or (own and traits[j] & NEGATION):
            return j
        if traits[j] & AFTER_STOP:
            break
        j -= 1
    j = last + 1
    own = j < m and traits[j] & AFTER_STOP == 0
    while j < m and (own or j - last <= _LONGEST_VERDICT):
        if traits[j] & DENIAL:
            return j
        j += 1
        if j < m and traits[j] & AFTER_STOP:
            break
    if own and j - last - 1 <= _LONGEST_VERDICT:
        for verdict in range(last + 1, j):
            if traits[verdict] & NEGATION:
                return verdict
    return -1


@kernel
def any_kernel(traits, bit, begin, end):
    """Tell whether any of the tokens begin ... end - 1 has a trait."""
    for i in range(begin, end):
        if traits[i] & bit:
            return True
    return False
