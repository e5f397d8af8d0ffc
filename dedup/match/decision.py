"""Decide on a pair: b says what a says, if a's words stand in b in one piece and nothing beside them changes what they say.

The words are compared as one run of letters, from word end to word end: where the words are cut or glued does not matter.
What stands beside the piece is judged by the tables. Whatever is not known to be harmless keeps both.

One implementation, in plain functions: run as they are for a few pairs, compiled for many.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .._jit.backend import compiled_as, kernel
from .._jit.intrinsics import load_64, trailing_zeros
from ..text.flags import (
    AFTER_STOP,
    ALL_SYMBOL,
    BEFORE_ELLIPSIS,
    HAS_CAPITAL,
    HAS_LOWER,
    HAS_NUMBER,
    IS_ADDRESS,
    IS_UNSPACED,
)
from .lexicon import bits_of, spelling_of
from .tables import (
    ARTICLE,
    BRIEF,
    CLOSED,
    CONTAINED,
    DENIAL,
    DISTINCT,
    EXACT,
    FIRST_LANGUAGE,
    LABEL,
    LONG,
    MOST_LOOKS,
    NEAR,
    SAID,
    SHORT,
    Why,
)

_SPACE, _HASH, _LESS, _GREATER = map(ord, " #<>")


class Text(NamedTuple):
    """A folded text of n tokens.

    text: its bytes, one space behind every token; compiled, there may be more behind them
    starts: n + 1 places in it, so that token i is text[starts[i] : starts[i + 1] - 1]
    flags: of each token, what folding saw of it
    """

    text: bytes
    starts: Sequence[int]
    flags: bytes


def text_of(text: bytes, flags: bytes) -> Text:
    """Return a folded text, given as its tokens joined by one space, for a few pairs."""
    starts = [0]
    for token in text.split(b" ") if flags else []:
        starts.append(starts[-1] + len(token) + 1)
    return Text(text + b" ", starts, flags)


@kernel
def _same_bytes_kernel(a, i, b, j, most):
    same = 0
    while same < most:
        differs = load_64(a, i + same) ^ load_64(b, j + same)
        if differs != 0:
            same += int(trailing_zeros(differs)) >> 3
            break
        same += 8
    return min(same, most)


@kernel
@compiled_as(_same_bytes_kernel)
def same_bytes(a, i, b, j, most):
    """Return how many bytes, at most `most`, are the same in two texts from two places on."""
    one, other = a[i : i + most], b[j : j + most]
    if one == other:
        return most
    return next(k for k in range(most) if one[k] != other[k])


class Piece(NamedTuple):
    """Where a piece stands: tokens begin ... end - 1 of a are tokens x ... y - 1 of b.

    cut: whether its last word, which stands before an ellipsis, may be the beginning of b's
    dropped: how many small words only one of them has
    """

    begin: int
    end: int
    x: int
    y: int
    cut: bool
    dropped: int


# --- What a text says ------------------------------------------------------------------------------------------------


@kernel
def has_word_kernel(text, begin, end):
    """Tell whether one of some tokens has no digit."""
    for k in range(begin, end):
        if text.flags[k] & HAS_NUMBER == 0:
            return True
    return False


@kernel
def single_kernel(text):
    """Return a text that says the same two to four times over once, any other as it is; a row of numbers is no saying."""
    n, begin = len(text.flags), text.starts[0]
    size = text.starts[n] - begin
    for times in range(4, 1, -1):
        if n % times == 0 and n // times >= SHORT and has_word_kernel(text, 0, n // times):
            length = text.starts[n // times] - begin
            if length * times == size:
                if same_bytes(text.text, begin, text.text, begin + length, size - length) == size - length:
                    return Text(text.text, text.starts, text.flags[: n // times])
    return text


@kernel
def bits_kernel(text, k, lexicon):
    """Return the classes and languages of a token; of an unspaced character those of the phrases that it is part of, too."""
    begin, end = text.starts[k], text.starts[k + 1] - 1
    bits = bits_of(lexicon, text.text, begin, end)
    if text.flags[k] & IS_UNSPACED:
        if k + 1 < len(text.flags):
            bits |= bits_of(lexicon, text.text, begin, text.starts[k + 2] - 1)
        if k > 0:
            bits |= bits_of(lexicon, text.text, text.starts[k - 1], end)
    return bits


@kernel
def is_listed_kernel(text, k, most):
    """Tell whether a token may be a list number or part of a time: digits, `most` characters at most."""
    begin, last = text.starts[k], text.starts[k + 1] - 2
    return last - begin < most and 48 <= text.text[begin] <= 57 and 48 <= text.text[last] <= 57


@kernel
def is_heading_mark_kernel(text, k):
    """Tell whether a token is the number sign of a heading in Markdown."""
    if text.text[text.starts[k]] != _HASH or text.starts[k + 1] - text.starts[k] != 2:
        return False
    return k + 1 < len(text.flags) and text.flags[k + 1] & HAS_NUMBER == 0


@kernel
def front_kernel(text, lexicon):
    """Count the tokens before what a text says: labels and a list number before a stop, marks of a heading, or an article."""
    n = len(text.flags)
    k = numbers = 0
    while k < n - 1 and is_heading_mark_kernel(text, k):
        k += 1
    front = k
    while k < min(n - 1, front + BRIEF):
        bits = bits_kernel(text, k, lexicon)
        numbers += text.flags[k] & HAS_NUMBER != 0
        if not (bits & LABEL or (numbers == 1 and is_listed_kernel(text, k, 2))):
            if k == front and bits & ARTICLE:
                return k + 1
            break
        k += 1
        if text.flags[k] & AFTER_STOP:
            front = k
    return front


@kernel
def back_kernel(text, begin, lexicon):
    """Return where what a text says ends: before labels behind a stop or an ellipsis, among which small words may stand."""
    n = len(text.flags)
    back = n
    for k in range(n - 1, max(begin, n - 1 - BRIEF), -1):
        bits = bits_kernel(text, k, lexicon)
        if bits & (LABEL | ARTICLE | CLOSED) == 0:
            break
        if bits & LABEL and (text.flags[k] & AFTER_STOP or text.flags[k - 1] & BEFORE_ELLIPSIS):
            back = k
    return back


@kernel
def rank_kernel(text, lexicon):
    """Return by what a text comes in the order of its document: words that it says, descending, and what else it is, ascending.

    Labels, an article and marks of a heading before it say nothing, and what is said twice is said once. Of two that say as
    much prose comes before an address, then what has fewer of those and of repeats. Returns also from which token until
    which it says that.
    """
    one = single_kernel(text)
    n = len(one.flags)
    if n == 0:
        return 0, 0, 0, 0
    front = front_kernel(one, lexicon)
    back = back_kernel(one, front, lexicon)
    labels = n - back
    for k in range(front):
        labels += is_heading_mark_kernel(one, k) or bits_kernel(one, k, lexicon) & (LABEL | ARTICLE) != 0
    repeats = len(text.flags) // n - 1
    return n - labels, (text.flags[0] & IS_ADDRESS) << 8 | min(labels + repeats, 255), front, back


# --- Where it stands -------------------------------------------------------------------------------------------------


@kernel
def is_loud_kernel(text, k):
    """Tell whether a token is two letters or more, all of them capitals."""
    if text.flags[k] & (HAS_CAPITAL | HAS_LOWER | HAS_NUMBER) != HAS_CAPITAL:
        return False
    return text.starts[k + 1] - 1 - text.starts[k] >= (2 if text.text[text.starts[k]] < 0x80 else 4)


@kernel
def is_mixed_kernel(text):
    """Tell whether capitals tell something in a text: some words have one, and most have other letters."""
    capitals = loud = lower = 0
    for k in range(len(text.flags)):
        capitals |= text.flags[k] & HAS_CAPITAL
        lower += text.flags[k] & HAS_LOWER != 0
        loud += is_loud_kernel(text, k)
    return capitals != 0 and lower > loud


@kernel
def louder_kernel(a, k, b, t):
    """Tell whether one of two tokens with the same letters is all capitals, and the other is not."""
    if (a.flags[k] ^ b.flags[t]) & (HAS_CAPITAL | HAS_LOWER) == 0:
        return False
    return is_loud_kernel(a, k) != is_loud_kernel(b, t)


@kernel
def glued_kernel(a, k, end, b, t, lexicon):
    """Return where tokens of a and b end that are the same letters, cut into words in another way; 0, 0 for none.

    Two numbers never run together, nor does a symbol, an article or a denial.
    """
    i, j = a.starts[k], b.starts[t]
    u, v, m = k, t, len(b.flags)
    while True:
        ends_a, ends_b = i == a.starts[u + 1] - 1, j == b.starts[v + 1] - 1
        if ends_a and ends_b:
            break
        if ends_a:
            u += 1
            i += 1
            if u == end or (a.text[i - 2] <= 57 and a.text[i] <= 57):
                return 0, 0
        elif ends_b:
            v += 1
            j += 1
            if v == m or (b.text[j - 2] <= 57 and b.text[j] <= 57):
                return 0, 0
        elif a.text[i] != b.text[j]:
            return 0, 0
        else:
            i += 1
            j += 1
    for text, begin, last in ((a, k, u), (b, t, v)):
        for token in range(begin, last + 1):
            if text.flags[token] & ALL_SYMBOL or bits_kernel(text, token, lexicon) & (ARTICLE | DENIAL):
                return 0, 0
    return u + 1, v + 1


@kernel
def spelled_kernel(a, k, b, t, lexicon):
    """Tell whether two tokens are one word that is spelled in two ways."""
    if a.text[a.starts[k]] != b.text[b.starts[t]] and (a.flags[k] | b.flags[t]) & ALL_SYMBOL == 0:
        return False  # no two spellings of a word begin with different letters
    one = spelling_of(lexicon, a.text, a.starts[k], a.starts[k + 1] - 1)
    if one == 0:
        return False
    other = spelling_of(lexicon, b.text, b.starts[t], b.starts[t + 1] - 1)
    return one != other and one >> 1 == other >> 1


@kernel
def is_closed_kernel(text, k, lexicon):
    """Tell whether a token is a small word that a quotation may lack. With a capital, as in Plan A, it may be a name."""
    if text.flags[k] & HAS_CAPITAL:
        return False
    return bits_of(lexicon, text.text, text.starts[k], text.starts[k + 1] - 1) & CLOSED != 0


@kernel
def piece_kernel(a, begin, end, b, x, cut, lexicon):
    """Return where a piece of b ends that begins with its token x and is a's tokens begin ... end - 1.

    Where there is none, it is -1 less how many tokens were found.

    cut: whether a's last word may be the beginning of b's. Returns also how many small words only one of them has, which
    are none of its ends, and whether a word is in capitals in one of them only.
    """
    k, t, dropped, loud = begin, x, 0, False
    m = len(b.flags)
    while k < end and t < m:
        at = a.starts[k]
        reach = at + same_bytes(a.text, at, b.text, b.starts[t], min(a.starts[end] - at, b.starts[m] - b.starts[t]))
        while k < end and a.starts[k + 1] <= reach:
            loud |= louder_kernel(a, k, b, t)
            k += 1
            t += 1
        if k == end or t == m:
            break
        if cut and k == end - 1 and reach == a.starts[end] - 1:
            return t + 1, dropped, loud
        u, v = glued_kernel(a, k, end, b, t, lexicon)
        if v > 0:
            k, t = u, v
        elif spelled_kernel(a, k, b, t, lexicon):
            k += 1
            t += 1
        elif begin < k < end - 1 and is_closed_kernel(a, k, lexicon):
            k += 1
            dropped += 1
        elif k > begin and is_closed_kernel(b, t, lexicon):
            t += 1
            dropped += 1
        else:
            break
    return t if k == end else begin - k - 1, dropped, loud


# --- What stands beside it -------------------------------------------------------------------------------------------


@kernel
def half_words_kernel(text, begin, end):
    """Return the length of tokens in half words; a symbol is none."""
    length = 0
    for k in range(begin, end):
        length += 0 if text.flags[k] & ALL_SYMBOL else 1 if text.flags[k] & IS_UNSPACED else 2
    return length


class Weights(NamedTuple):
    """The weights in half words of what stands beside a piece: labels and symbols have none.

    left, right: before it and behind it; before, behind: of those in its own sentence
    """

    left: int
    before: int
    behind: int
    right: int


@kernel
def weights_kernel(text, first, x, y, last, lexicon):
    """Return the weights beside tokens x ... y - 1, whose sentence is first ... last - 1."""
    left = before = behind = right = 0
    for k in range(len(text.flags)):
        if (k < x or k >= y) and text.flags[k] & ALL_SYMBOL == 0 and bits_kernel(text, k, lexicon) & LABEL == 0:
            weight = 1 if text.flags[k] & IS_UNSPACED else 2
            if k < x:
                left += weight
                before += weight * (k >= first)
            else:
                right += weight
                behind += weight * (k < last)
    return Weights(left, before, behind, right)


@kernel
def is_known_kernel(text, lexicon):
    """Tell whether a text is in a language whose denials are listed: two of its words are among the commonest of one."""
    once = 0
    for k in range(len(text.flags)):
        languages = bits_of(lexicon, text.text, text.starts[k], text.starts[k + 1] - 1) >> FIRST_LANGUAGE
        if languages & once:
            return True
        once |= languages
    return False


@kernel
def has_number_kernel(text, begin, end):
    """Tell whether one of some tokens has a digit."""
    for k in range(begin, end):
        if text.flags[k] & HAS_NUMBER:
            return True
    return False


@kernel
def denying_kernel(text, begin, end, lexicon):
    """Return why what stands beside a piece keeps both, and which token it is: a denial or markup; SAID for neither."""
    for k in range(begin, end):
        if bits_kernel(text, k, lexicon) & DENIAL:
            return Why.DENIED, k
        if text.text[text.starts[k]] == _LESS and k + 1 < len(text.flags) and text.flags[k + 1] & ALL_SYMBOL == 0:
            return Why.MARKUP, k
    return SAID, 0


@kernel
def edges_kernel(a, b, piece, lexicon):
    """Return why a piece of a is not said by b, judging by what adjoins it there; else SAID."""
    begin, x, y = piece.begin, piece.x, piece.y
    if begin > 0 and x > 0:
        if bits_kernel(a, begin - 1, lexicon) & ARTICLE and b.flags[x] & AFTER_STOP == 0:
            if bits_kernel(b, x - 1, lexicon) & ARTICLE == 0:
                return Why.OTHER_ARTICLE
        if has_number_kernel(a, 0, begin) and has_number_kernel(b, max(0, x - BRIEF), x):
            return Why.OTHER_NUMBER
    if y < len(b.flags) and b.flags[y] & AFTER_STOP == 0 and (b.flags[y - 1] & HAS_NUMBER or is_sign_kernel(b, y)):
        return Why.QUANTITY
    if x > 0 and b.flags[x] & AFTER_STOP == 0 and b.flags[x] & HAS_NUMBER and is_sign_kernel(b, x - 1):
        return Why.QUANTITY
    return SAID


@kernel
def is_sign_kernel(text, k):
    """Tell whether a token is a sign of what it adjoins, as + # % € ² are: a symbol below U+2100, but < and >."""
    at = text.starts[k]
    first = text.text[at]
    if text.flags[k] & ALL_SYMBOL == 0 and (text.flags[k] & HAS_NUMBER == 0 or first < 0x80):
        return False
    below = first < 0xE2 or (first == 0xE2 and text.text[at + 1] < 0x84)
    return below and first != _LESS and first != _GREATER


@kernel
def is_compound_kernel(text, x, lexicon):
    """Tell whether a single label right before token x may be part of a phrase with it, as in table tennis.

    A label in capitals before other words, such as LIVE, is none.
    """
    if x == 0 or text.flags[x] & AFTER_STOP or text.flags[x - 1] & (ALL_SYMBOL | IS_UNSPACED):
        return False
    if bits_kernel(text, x - 1, lexicon) & LABEL == 0:
        return False
    if x > 1 and text.flags[x - 1] & AFTER_STOP == 0 and bits_kernel(text, x - 2, lexicon) & LABEL:
        return False
    return not is_loud_kernel(text, x - 1) or is_loud_kernel(text, x)


@kernel
def opens_kernel(text, x):
    """Tell whether all that stands before token x is a list number or a time, or marks of a heading."""
    k = 0
    while k < x and is_heading_mark_kernel(text, k):
        k += 1
    if x - k > 2:
        return False
    while k < x and is_listed_kernel(text, k, 3):
        k += 1
    return k == x


@kernel
def beside_kernel(a, b, piece, lexicon):
    """Return the row of the tables by which a piece of a is not said by b, else SAID; and the token or weight it tells."""
    why = edges_kernel(a, b, piece, lexicon)
    if why != SAID:
        return why, 0
    begin, end, x, y, cut, dropped = piece
    m, size = len(b.flags), half_words_kernel(a, begin, end)
    first, last = x, y
    while first > 0 and b.flags[first] & AFTER_STOP == 0:
        first -= 1
    while last < m and b.flags[last] & AFTER_STOP == 0:
        last += 1
    reach = 4 * SHORT if b.flags[x] & IS_UNSPACED else 2 * SHORT
    for low, high in ((min(first, max(0, x - reach)), x), (y, max(last, min(m, y + reach)))):
        why, k = denying_kernel(b, low, high, lexicon)
        if why != SAID:
            return why, k
    left, before, behind, right = weights_kernel(b, first, x, y, last, lexicon)
    if opens_kernel(b, x):
        left = before = 0
    if cut:
        behind = 0
    if dropped > 0:
        own = half_words_kernel(a, 0, begin) + half_words_kernel(a, end, len(a.flags))
        if left + right <= own or size < 2 * LONG or not is_known_kernel(b, lexicon):
            return Why.DROPPED, 0
    if size < 4 * SHORT and has_number_kernel(a, begin, end):
        if left + right > 0 or has_number_kernel(b, 0, x) or has_number_kernel(b, y, m):
            return Why.NUMBER_BESIDE, 0
        return SAID, 0
    if before > 0 and size < 2 * LONG:
        return Why.MENTIONED, before
    if size < 2 * LONG and is_compound_kernel(b, x, lexicon):
        return Why.COMPOUND, x - 1
    if behind > 0 and size < 2 * BRIEF:
        return Why.CONTINUED, behind
    if (before > 0 or behind > 0) and not is_known_kernel(b, lexicon):
        return Why.UNKNOWN, before + behind
    if size >= 2 * LONG or cut or left + right <= size or (size >= 2 * BRIEF and behind == 0):
        return SAID, 0
    return Why.MUCH_BESIDE, left + right


# --- The decision ----------------------------------------------------------------------------------------------------


@kernel
def find_kernel(a, begin, end, b, lexicon):
    """Return how b says a's tokens begin ... end - 1, the row by which it does not, and what the row speaks of."""
    n, m = len(a.flags), len(b.flags)
    size = half_words_kernel(a, begin, end)
    cut = False
    if size >= 4 * SHORT:
        for k in range(end - 1, n):
            cut |= a.flags[k] & BEFORE_ELLIPSIS != 0
    why, told, looked = Why.NOT_SAID, 0, 0
    at = a.starts[begin]
    first, second = a.text[at], a.text[at + 1]
    for x in range(m):
        at = b.starts[x]
        if b.text[at] != first or (b.text[at + 1] != second and second != _SPACE and b.text[at + 1] != _SPACE):
            continue
        y, dropped, loud = piece_kernel(a, begin, end, b, x, cut, lexicon)
        if y < 0:
            looked -= y
            if looked > MOST_LOOKS * (n + m):  # a text that says a few words over and over
                break
            continue
        whole = end - begin == n and x == 0 and y == m and dropped == 0
        if loud and is_mixed_kernel(a) and is_mixed_kernel(b):
            row, beside = Why.CAPITALS, 0
        elif whole:
            return NEAR, SAID, 0
        elif size < 2 * SHORT:
            row, beside = Why.FEW, 0
        else:
            row, beside = beside_kernel(a, b, Piece(begin, end, x, y, cut, dropped), lexicon)
        if row == SAID:
            return CONTAINED, SAID, 0
        if row > why:
            why, told = row, beside
    return DISTINCT, why, told


@kernel
def says_kernel(b, a, lexicon):
    """Return how b says what a says: relation, the row of the tables by which it does not, and the token or weight it tells.

    What must stand in b is all of a, or a without what may stand before and behind it: labels, a list number, an article.
    """
    length, other = a.starts[len(a.flags)], b.starts[len(b.flags)]  # of all, however often they say it
    a, b = single_kernel(a), single_kernel(b)
    n, m = len(a.flags), len(b.flags)
    if n == 0 or m == 0:
        return DISTINCT, Why.NO_WORDS, 0
    if b.flags[0] & IS_ADDRESS and a.flags[0] & IS_ADDRESS == 0:
        return DISTINCT, Why.ADDRESS, 0
    why, told, front, back, article = SAID, 0, 0, n, False
    # All of a, without what stands behind it, without what stands before it, and without that but its article.
    for part in range(6):
        if part == 1:
            front = front_kernel(a, lexicon)
            back = back_kernel(a, front, lexicon)
            article = front > 1 and bits_kernel(a, front - 1, lexicon) & ARTICLE != 0
        begin, end = 0 if part < 2 else front - (part >= 4), back if part & 1 else n
        if (part & 1 and back == n) or (part >= 2 and front == 0) or (part >= 4 and not article):
            continue
        relation, row, beside = find_kernel(a, begin, end, b, lexicon)
        if relation == NEAR and length == other:
            if same_bytes(a.text, 0, b.text, 0, length) == length:
                return EXACT, SAID, 0
        if relation != DISTINCT:
            return relation if part == 0 else CONTAINED, SAID, 0
        if why <= Why.NOT_SAID:
            why, told = row, beside
    return DISTINCT, why, told
