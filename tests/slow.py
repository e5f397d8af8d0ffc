"""Slow, obvious twins: folding by one regular expression, and the rule as it is written, quadratic and unoptimised."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from itertools import combinations, pairwise, product
from operator import or_

from datasketch import MinHash
from xxhash import xxh32_intdigest

import dedup
from dedup.decide.places import CAPTION, CELL, CODE, TEXT
from dedup.match.lexicon import words
from dedup.match.tables import ARTICLE, BRIEF, CLOSED, DENIAL, FIRST_LANGUAGE, LABEL, LONG, SHORT, Why
from dedup.sketch.keys import choose_bands
from dedup.sketch.minhash import shingle
from dedup.text.characters import IGNORED, classify, fold_character
from dedup.text.flags import (
    AFTER_STOP,
    ALL_SYMBOL,
    BEFORE_ELLIPSIS,
    HAS_CAPITAL,
    HAS_LOWER,
    HAS_NUMBER,
    IS_ADDRESS,
    IS_UNSPACED,
)
from dedup.text.normalize import normalize
from dedup.text.tokens import fold

# --- Folding: every character's class as a letter, tokens by a regular expression over the letters.
# In the order of the classes: space punctuation stop Letter Mark Digit Unspaced sYmbol Numeral hyphen + - $ % . ,
LETTERS = " psLMDUYNh+-$%.,"
TOKEN = re.compile(
    r"""
    (?: (?: (?<=[ ps.,]) | \A ) (?: h (?=D|\$[ ]?D) | [+-][ ]? (?=D|\$[ ]?D) ) )?    # a sign before a number or money
    (?: \$[ ]? (?=D) )?                                                             # a currency sign before a number
    (?: (?: (?<=[ ps]) | \A ) \. (?=D) )?                                           # .5
    (?: D | (?<![$+h-][ ])(?<![$+h-]) [LCM] | (?<=[LCMDUYNps.,%$+h -])[LCM] | \A[LCM] )
    (?: [LCMD] | (?<=D)[.,](?=D) | (?<=D)[ ]?% | (?<=D)[ ]?\$(?!D) | (?<=D)\+(?![DLC])
      | (?: (?<=CC) | (?<=[^LCMD]C) | (?<=\AC) ) [h-] (?=[ ps.,]|\Z) )*              # a sign behind capitals: AA-
    | [UN]M* | [Y+$%]M*
    """,
    re.VERBOSE,
)
THOUSANDS = re.compile("(?<=D),(?=DDD(?!D))")
BITS = {"C": HAS_CAPITAL, "L": HAS_LOWER, "D": HAS_NUMBER, "N": HAS_NUMBER, "U": IS_UNSPACED}
WHITE = " \t\n\r\v\f"


def capital(character: str, kind: int) -> bool:
    """Whether a character is a capital letter, for which there is C."""
    return LETTERS[kind] == "L" and unicodedata.category(character) in ("Lu", "Lt")


def slow_fold(text: str) -> tuple[list[str], list[int]]:
    """The tokens of a text and their flags, straight from the definitions of classes and folded forms."""
    text = normalize(text)
    seen = [(character, kind) for character in text if (kind := classify(character)) != IGNORED]
    letters = "".join("C" if capital(character, kind) else LETTERS[kind] for character, kind in seen)
    folded = [fold_character(character, kind) for character, kind in seen]
    for comma in THOUSANDS.finditer(letters):
        folded[comma.start()] = ""
    spans = [match.span() for match in TOKEN.finditer(letters)]
    tokens = ["".join(folded[i] for i in range(*span) if letters[i] != " ") for span in spans]
    bounds = [0, *(bound for span in spans for bound in span), len(letters)]
    gaps = list(zip(bounds[::2], bounds[1::2], strict=True))  # before every token, and behind the last one
    flags = []
    for number, (begin, end) in enumerate(spans):
        found = reduce(or_, (BITS.get(letter, 0) for letter in letters[begin:end]), 0)
        found |= ALL_SYMBOL * (re.fullmatch("[Y+$%]M*", letters[begin:end]) is not None)
        found |= AFTER_STOP * (number == 0 or any(is_stop(letters, i) for i in range(*gaps[number])))
        after = slice(*gaps[number + 1])
        found |= BEFORE_ELLIPSIS * (".." in letters[after] or "…" in [character for character, _ in seen[after]])
        flags.append(found)
    linked = sum(map(text.count, "-_./")) >= 2 and not set(text.strip(WHITE)) & set(WHITE)
    if linked and len(tokens) >= 2 and not any(found & IS_UNSPACED for found in flags):
        flags[0] |= IS_ADDRESS
    return tokens, flags


def is_stop(letters: str, i: int) -> bool:
    """Whether a character that belongs to no token ends a sentence or clause."""
    return letters[i] in "s.-" or (letters[i] == "h" and letters[max(0, i - 1) : i] == " ")


def slow_tokens(text: str) -> list[str]:
    """The tokens of a text, by the same definitions."""
    return slow_fold(text)[0]


def fast_tokens(text: str, fast: bool = False) -> list[str]:
    """The tokens of a text as the library has them."""
    return fold([text], fast).text(0).decode().split()


# --- What a text says, from the tables of `dedup.match.tables`


class Reading:
    """A text as the decision reads it: its tokens, once if they are said over and over, and what is known of each."""

    def __init__(self, text: str) -> None:
        folded = fold([text])
        self.every = folded.text(0).decode().split()
        n = len(self.every)
        worded = [k for k, f in enumerate(folded.flags_of(0)) if not f & HAS_NUMBER]
        repeated = [t for t in (2, 3, 4) if n >= t * SHORT and self.every == self.every[: n // t] * t and worded]
        times = max(repeated, default=1)
        self.repeats = times - 1
        self.tokens = tokens = self.every[: n // times]
        self.flags = flags = folded.flags_of(0)[: len(tokens)]
        bits, spellings = words()
        self.alone = [bits.get(token.encode(), 0) for token in tokens]
        self.spelling = [spellings.get(token.encode(), 0) for token in tokens]
        self.bits = self.alone[:]
        for k, (one, other) in enumerate(pairwise(tokens)):
            phrase = bits.get(f"{one} {other}".encode(), 0)
            self.bits[k] |= phrase if flags[k] & IS_UNSPACED else 0
            self.bits[k + 1] |= phrase if flags[k + 1] & IS_UNSPACED else 0
        self.halves = [0 if f & ALL_SYMBOL else 1 if f & IS_UNSPACED else 2 for f in flags]
        self.weights = [0 if b & LABEL else h for b, h in zip(self.bits, self.halves, strict=True)]
        self.stops = [k for k, f in enumerate(flags) if f & AFTER_STOP]
        self.numbers = [bool(f & HAS_NUMBER) for f in flags]
        self.listed = [len(t) <= SHORT and t[0] in "0123456789" and t[-1] in "0123456789" for t in tokens]
        # What never runs together with what stands beside it.
        self.apart = [
            bool(f & (ALL_SYMBOL | IS_UNSPACED) or b & (ARTICLE | DENIAL))
            for f, b in zip(flags, self.bits, strict=True)
        ]
        self.loud = [
            f & (HAS_CAPITAL | HAS_LOWER | HAS_NUMBER) == HAS_CAPITAL and len(t.encode()) >= (2 if t[0] < "\x80" else 4)
            for t, f in zip(tokens, flags, strict=True)
        ]
        self.mixed = any(f & HAS_CAPITAL for f in flags) and sum(f & HAS_LOWER > 0 for f in flags) > sum(self.loud)
        spoken = [b >> FIRST_LANGUAGE for b in self.alone]
        self.known = any(one & other for one, other in combinations(spoken, 2))
        marks = next((k for k in range(len(tokens)) if not self.is_heading_mark(k)), 0)
        self.marks = min(marks, max(0, len(tokens) - 1))

    def is_heading_mark(self, k: int) -> bool:
        """Tell whether a token is the sign of a heading in Markdown."""
        return self.tokens[k] == "#" and k + 1 < len(self.tokens) and not self.numbers[k + 1]

    def is_no_word(self, k: int) -> bool:
        """Tell whether a token before what it says is a label, or the first number, of two digits at most."""
        first = sum(self.numbers[self.marks : k + 1]) == 1
        return bool(self.bits[k] & LABEL) or (first and self.listed[k] and len(self.tokens[k]) <= 2)

    def is_sign(self, k: int) -> bool:
        """Tell whether a token is a sign of what stands beside it."""
        first = self.tokens[k][0]
        symbol = self.flags[k] & ALL_SYMBOL or (self.numbers[k] and first not in "0123456789" and first > "\x7f")
        return bool(symbol) and first < "\u2100" and first not in "<>"

    def is_compound(self, x: int) -> bool:
        """Tell whether one label stands before a token, and may be part of a phrase with it."""
        if x == 0 or x in self.stops or not self.bits[x - 1] & LABEL or self.flags[x - 1] & (ALL_SYMBOL | IS_UNSPACED):
            return False
        alone = x == 1 or x - 1 in self.stops or not self.bits[x - 2] & LABEL
        return alone and (self.loud[x] or not self.loud[x - 1])

    def front(self) -> int:
        """Count the tokens before what it says."""
        front = self.marks
        for stop in self.stops:
            between = range(front, stop)
            if front < stop < len(self.tokens) and stop <= front + BRIEF:
                if all(map(self.is_no_word, between)):
                    front = stop
        if front < len(self.tokens) - 1 and self.bits[front] & ARTICLE and not self.is_no_word(front):
            front += 1
        return front

    def back(self, begin: int) -> int:
        """Return where it ends to say something."""
        n = len(self.tokens)
        places = range(max(begin, n - 1 - BRIEF) + 1, n)
        begun = [k for k in places if k in self.stops or self.flags[k - 1] & BEFORE_ELLIPSIS]
        labels = [k for k in begun if self.bits[k] & LABEL]
        small = LABEL | ARTICLE | CLOSED
        return min([k for k in labels if all(bits & small for bits in self.bits[k:])], default=n)

    def rank(self) -> tuple[int, int, int]:
        """Return by what it comes before others of its document, smallest first."""
        if not self.tokens:
            return 0, 0, 0
        front = self.front()
        back = self.back(front)
        labels = (
            len(self.tokens)
            - back
            + sum(self.is_heading_mark(k) or self.bits[k] & (LABEL | ARTICLE) > 0 for k in range(front))
        )
        return labels - len(self.tokens), self.flags[0] & IS_ADDRESS, min(labels + self.repeats, 255)

    def core(self) -> tuple[int, int]:
        """Return from which token until which it says what it says."""
        front = self.front() if self.tokens else 0
        return front, self.back(front) if self.tokens else 0

    def line(self) -> tuple[str, list[int]]:
        """Return its letters in one line, and where each token begins.

        Small words that have a capital have capitals. Behind every token stands a space, or a bar where two tokens never
        run together, as two numbers never do.
        """
        line, places = "|", []
        for k, token in enumerate(self.tokens):
            places.append(len(line))
            bar = self.apart[k] or k + 1 == len(self.tokens) or self.apart[k + 1]
            bar = bar or (token[-1] <= "9" and self.tokens[k + 1][0] <= "9")
            small = self.alone[k] & CLOSED and self.flags[k] & HAS_CAPITAL
            line += (token.upper() if small else token) + ("|" if bar else " ")
        return line, [*places, len(line)]


def pattern(a: Reading, begin: int, end: int, small: bool, cut: bool) -> re.Pattern[str]:
    """Return what the letters of a's tokens look like in the line of another text.

    small: whether small words may be missing on either side, but at its ends; cut: whether the last word may go on
    """
    closed = "|".join(sorted(re.escape(word.decode()) for word, bits in words().bits.items() if bits & CLOSED))
    line, places = a.line()
    parts = []
    for k in range(begin, end):
        # A word may be cut anywhere, but not between two of its digits.
        body = "".join(re.escape(c) + ("" if c <= "9" and d <= "9" else " ?") for c, d in pairwise(a.tokens[k]))
        body += re.escape(a.tokens[k][-1])
        if a.apart[k]:
            body = re.escape(a.tokens[k])
        if a.spelling[k]:
            others = [
                w.decode() for w, s in words().spellings.items() if s != a.spelling[k] and s >> 1 == a.spelling[k] >> 1
            ]
            # No two spellings of its first word begin with different letters.
            others = [word for word in others if k > begin or word[0] == a.tokens[k][0]]
            body += "".join(rf"|(?<=[ |]){re.escape(other)}(?=[ |])" for other in others)
        if cut and k == end - 1:
            body += rf"|(?<=[ |]){re.escape(a.tokens[k])}[^ |]*(?=[ |])"
        part = f"((?i:{body}))"
        if k + 1 < end:
            part += r"[ |]" if line[places[k + 1] - 1] == "|" else "[ |]?"
        if small and k > begin:
            may_go = a.alone[k] & CLOSED and not a.flags[k] & HAS_CAPITAL and k + 1 < end
            part = rf"(?:(?<=[ |])(?:{closed})[ |])*" + (f"(?:{part}|(?<=[ |]))" if may_go else part)
        parts.append(part)
    return re.compile("(?<=[ |])" + "".join(parts) + "(?=[ |])")


def find(a: Reading, begin: int, end: int, b: Reading) -> tuple[str, Why]:
    """Return how b says a's tokens begin ... end - 1, or the last row of the tables by which it does not."""
    size = sum(a.halves[begin:end])
    cut = size >= 4 * SHORT and any(f & BEFORE_ELLIPSIS for f in a.flags[end - 1 :])
    line, places = b.line()
    why = Why.NOT_SAID
    strict, loose = (pattern(a, begin, end, small, cut) for small in (False, True))
    for x, place in enumerate(places[:-1]):
        whole_words = strict.match(line, place)
        found, dropped = whole_words or loose.match(line, place), not whole_words
        if not found:
            continue
        y = places.index(found.end() + 1)
        pairs = [
            (k, places.index(found.start(g)))
            for g, k in enumerate(range(begin, end), 1)
            if found.start(g) in places[:-1]
        ]
        equal = [(k, t) for k, t in pairs if a.tokens[k] == b.tokens[t]]
        whole = (begin, end, x, y) == (0, len(a.tokens), 0, len(b.tokens)) and not dropped
        if a.mixed and b.mixed and any(a.loud[k] != b.loud[t] for k, t in equal):
            row = Why.CAPITALS
        elif whole:
            return "near", Why.SAID
        elif size < 2 * SHORT:
            row = Why.FEW
        else:
            row = beside(a, begin, end, b, x, y, cut, dropped)
        if row == Why.SAID:
            return "contained", row
        why = max(why, row)
    return "distinct", why


def beside(a: Reading, begin: int, end: int, b: Reading, x: int, y: int, cut: bool, dropped: bool) -> Why:
    """Return the row of the tables by which a's tokens are not said by b's x ... y - 1, which are they."""
    m, size = len(b.tokens), sum(a.halves[begin:end])
    if begin and x and a.bits[begin - 1] & ARTICLE and x not in b.stops and not b.bits[x - 1] & ARTICLE:
        return Why.OTHER_ARTICLE
    if begin and x and any(b.numbers[max(0, x - BRIEF) : x]) and any(a.numbers[:begin]):
        return Why.OTHER_NUMBER
    if y < m and y not in b.stops and (b.numbers[y - 1] or b.is_sign(y)):
        return Why.QUANTITY
    if x and x not in b.stops and b.numbers[x] and b.is_sign(x - 1):
        return Why.QUANTITY
    first = max([k for k in b.stops if k <= x], default=0)
    last = min([k for k in b.stops if k >= y], default=m)
    near = 2 * SHORT * (2 if b.flags[x] & IS_UNSPACED else 1)
    for k in [*range(min(first, max(0, x - near)), x), *range(y, max(last, min(m, y + near)))]:
        if b.bits[k] & DENIAL:
            return Why.DENIED
        if b.tokens[k][0] == "<" and k + 1 < m and not b.flags[k + 1] & ALL_SYMBOL:
            return Why.MARKUP
    marks = next((k for k in range(x) if not b.is_heading_mark(k)), x)
    opens = x - marks <= 2 and all(b.listed[marks:x])
    left, before = (0, 0) if opens else (sum(b.weights[:x]), sum(b.weights[first:x]))
    right, behind = sum(b.weights[y:]), 0 if cut else sum(b.weights[y:last])
    own = sum(a.halves[:begin]) + sum(a.halves[end:])
    if dropped and (size < 2 * LONG or not b.known or left + right <= own):
        return Why.DROPPED
    if size < 4 * SHORT and any(a.numbers[begin:end]):
        return Why.NUMBER_BESIDE if left + right or any(b.numbers[:x]) or any(b.numbers[y:]) else Why.SAID
    if size < 2 * LONG and before:
        return Why.MENTIONED
    if size < 2 * LONG and b.is_compound(x):
        return Why.COMPOUND
    if size < 2 * BRIEF and behind:
        return Why.CONTINUED
    if (before or behind) and not b.known:
        return Why.UNKNOWN
    if left + right > size and size < 2 * LONG and not cut and not (size >= 2 * BRIEF and not behind):
        return Why.MUCH_BESIDE
    return Why.SAID


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read a text."""
    return Reading(text)


@lru_cache(maxsize=65536)
def slow_says(b: str, a: str) -> tuple[str, Why]:
    """Return how b says what a says, or the last row of the tables by which it does not."""
    one, other = read(a), read(b)
    if not one.tokens or not other.tokens:
        return "distinct", Why.NO_WORDS
    if other.flags[0] & IS_ADDRESS and not one.flags[0] & IS_ADDRESS:
        return "distinct", Why.ADDRESS
    n, (front, back) = len(one.tokens), one.core()
    relation, why = find(one, 0, n, other)
    if relation == "near" and one.every == other.every:
        return "exact", Why.SAID
    if relation != "distinct":
        return relation, why
    fronts = [0, front, front - 1] if front > 1 and one.bits[front - 1] & ARTICLE else [0, front]
    for begin, end in dict.fromkeys(product(fronts, [n, back])):
        if (begin, end) != (0, n):
            relation, row = find(one, begin, end, other)
            if relation != "distinct":
                return "contained", Why.SAID
            why = row if why == Why.NOT_SAID else why
    return "distinct", why


# --- Where it stands


def weight(text: str) -> float:
    """Length in words; a character of an unspaced script counts half."""
    return sum(
        0.5 if unicodedata.category(token[0]) == "Lo" and classify(token[0]) == 6 else 1 for token in fast_tokens(text)
    )


Stands = Callable[[int | None], bool]  # whether an original may stand at a position; None: in another document


def slow_places(texts: Sequence[str], kinds: Sequence[int] | None = None) -> tuple[list[Stands], list[int | None]]:
    """Return where the originals of each paragraph of a document may stand, and the earlier one that it goes with.

    By the rules of `dedup.decide.places`, for every paragraph from the beginning.
    """
    kinds = kinds or [TEXT] * len(texts)
    lengths, tokens = [weight(text) for text in texts], [tuple(fast_tokens(text)) for text in texts]
    cells = [kind in (CELL, CODE) for kind in kinds]
    plain = [
        sum(not number for number in map(bool, (f & HAS_NUMBER for f in fold([text]).flags_of(0)))) for text in texts
    ]
    unspaced = [length < len(t) for length, t in zip(lengths, tokens, strict=True)]
    plain = [
        length - (len(t) - p) if u else p for length, t, p, u in zip(lengths, tokens, plain, unspaced, strict=True)
    ]
    found = [_stands(p, lengths, cells, kinds, texts) for p in range(len(texts))]
    twins: list[int | None] = [None] * len(texts)
    staying: dict[tuple[str, ...], list[int]] = {}
    for p in sorted(range(len(texts)), key=lambda p: kinds[p] == CAPTION):
        equals = [q for q in range(len(texts)) if tokens[q] == tokens[p] and _is_brief(lengths[q], cells[q])]
        if p not in equals or len(equals) == 1:
            continue
        before = staying.setdefault(tokens[p], [])
        beside = _beside(p, equals, lengths[p], texts[p])
        caption = kinds[p] == CAPTION
        far = lengths[p] >= SHORT and not _core_numbers(texts[p]) and len(equals) < SHORT
        amid = lengths[p] >= SHORT and _is_amid(p, lengths) and len(equals) <= SHORT
        for q in reversed(before[-LONG:]):
            distance = abs(p - q)
            place = (beside and distance < SHORT) or (far and distance > 2 * LONG) or amid or caption
            if (place and not cells[p]) or _in_a_run(max(p, q), min(p, q), tokens, plain):
                twins[p], found[p] = q, lambda position: True
                break
        else:
            if (before or len(equals) > SHORT) and not caption:
                found[p] = lambda position: False
            before.append(p)
    return found, twins


def _is_brief(length: float, cell: bool) -> bool:
    return 0 < length < BRIEF or cell


def _core_numbers(text: str) -> bool:
    reading = read(text)
    begin, end = reading.core()
    return any(reading.numbers[begin:end])


def _is_amid(p: int, lengths: Sequence[float]) -> bool:
    around = sorted([*lengths[max(0, p - SHORT) : p], *lengths[p + 1 : p + 1 + SHORT]])
    return bool(around) and around[len(around) // 2] >= BRIEF


def _stands(p: int, lengths: list[float], cells: list[bool], kinds: Sequence[int], texts: Sequence[str]) -> Stands:
    """Return where the originals of a paragraph may stand that has no equal in its document."""
    if not _is_brief(lengths[p], cells[p]) or kinds[p] == CAPTION:
        return lambda position: True
    if cells[p]:
        return lambda position: False
    if lengths[p] >= SHORT and _is_amid(p, lengths):
        return lambda position: True
    if lengths[p] >= SHORT and not _core_numbers(texts[p]):
        return lambda position: position is None or abs(position - p) < SHORT or abs(position - p) > 2 * LONG
    return lambda position: position is not None and abs(position - p) < SHORT


def _beside(p: int, equals: list[int], length: float, text: str) -> bool:
    """Tell whether so few equal paragraphs stand together that those may be alt text, title and caption of one figure."""
    together = [p]
    for q in sorted(equals):
        if q > p and q - together[-1] < SHORT:
            together.append(q)
    for q in sorted(equals, reverse=True):
        if q < p and together[0] - q < SHORT:
            together.insert(0, q)
    if length >= SHORT:
        return len(together) <= SHORT
    return not _core_numbers(text) and (len(together) < SHORT or max(equals) - min(equals) < len(equals) <= SHORT)


def _in_a_run(p: int, q: int, tokens: list[tuple[str, ...]], plain: list[float]) -> bool:
    """Tell whether paragraphs around p repeat those around q as a whole."""
    run = [p]
    while q - (p - run[0]) > 0 and len(run) < p - q and tokens[run[0] - 1] == tokens[q - (p - run[0]) - 1]:
        run.insert(0, run[0] - 1)
        if len(run) >= SHORT and sum(plain[k] for k in run) >= 2 * LONG:
            return True
    while run[-1] + 1 < len(tokens) and len(run) < p - q and tokens[run[-1] + 1] == tokens[q + run[-1] + 1 - p]:
        run.append(run[-1] + 1)
        if len(run) >= SHORT and sum(plain[k] for k in run) >= 2 * LONG:
            return True
    return False


# --- The rule


def shingles(text: str, size: int, core: bool = False) -> set[tuple[str, ...]]:
    """Return the shingles of a text; or those of what it says, where it has any."""
    tokens = fast_tokens(text)
    begin, end = read(text).core()
    if core and end - size + 1 > begin:
        tokens = tokens[begin:end]
    return {tuple(tokens[k : k + size]) for k in range(max(1, len(tokens) - size + 1))} if tokens else set()


def jaccard(a: str, b: str, size: int) -> float:
    """Return the Jaccard similarity of two texts."""
    one, other = shingles(a, size), shingles(b, size)
    return len(one & other) / len(one | other) if one and other else 0.0


def share_half(a: str, b: str, size: int) -> bool:
    """Tell whether b holds half of the shingles of what a says."""
    ours = shingles(a, size, core=True)
    return 2 * len(ours & shingles(b, size)) >= len(ours)


def share_a_band(a: str, b: str, config: dedup.Config) -> bool:
    """Whether LSH makes two texts candidates: the rows of one band of their MinHash signatures agree."""
    bands, rows = choose_bands(config)
    signatures = []
    for text in (a, b):
        tokens, size = fast_tokens(text), config.shingle_size
        shingles = [" ".join(tokens[i : i + size]).encode() for i in range(max(1, len(tokens) - size + 1))]
        sketch = MinHash(config.num_perm, config.seed, hashfunc=xxh32_intdigest, scheme="affine32")
        sketch.update_batch(shingles)
        signatures.append(sketch.hashvalues[: bands * rows].reshape(rows, bands).T)
    return bool((signatures[0] == signatures[1]).all(axis=1).any())


def share_a_prefix(a: str, b: str, config: dedup.Config) -> bool:
    """Whether the first eight tokens after a stop are the same in two texts, of the four that either has for keys."""
    if config.threshold is not None:
        return False
    length = max(8, config.shingle_size)
    chosen = []
    for text in (a, b):
        folded = fold([text])
        tokens, flags = folded.text(0).split(), folded.flags_of(0)
        hashes = shingle(folded, config.shingle_size).hashes.tolist()
        keys = set()
        for i in range(len(tokens) - length + 1):
            if flags[i] & AFTER_STOP:
                key = length
                for further in [
                    *range(0, length - config.shingle_size, config.shingle_size),
                    length - config.shingle_size,
                ]:
                    key = (key ^ hashes[i + further]) * 0x9E3779B1 % 2**32
                    key ^= key >> 15
                keys.add(max(key, 1))
        chosen.append(set(sorted(keys)[:4]))
    return bool(chosen[0] & chosen[1])


def stands_for(b: str, a: str, config: dedup.Config) -> str:
    """Return the relation by which b stands for a."""
    if config.threshold is None:
        return slow_says(b, a)[0]
    if fast_tokens(a) == fast_tokens(b):
        return "exact"
    return "near" if jaccard(a, b, config.shingle_size) >= config.threshold else "distinct"


def slow_clean(documents: list[str], config: dedup.Config, ids: Sequence[object] | None = None) -> list[list[int]]:
    """Positions of the paragraphs that stay of each document, by the rule as it is written.

    A document whose id came before: its earlier entries stand for nothing, and what equals one is its own affair.
    What may have no original in another document is the original of nothing in another one.
    """
    ids = range(len(documents)) if ids is None else ids
    kept: list[tuple[int, int, str]] = []  # document, position and paragraph, in the order of the rule
    result = []
    for number, document in enumerate(documents):
        texts = [document[span.start : span.end] for span in dedup.split_paragraphs(document)]
        may_stand, twins = slow_places(texts)
        judged = [p for p in range(len(texts)) if fast_tokens(texts[p]) and weight(texts[p]) >= config.min_tokens]
        gone = {p for p in range(len(texts)) if twins[p] is not None and p not in judged}
        before = {tuple(fast_tokens(text)) for other, _, text in kept if ids[other] == ids[number]}
        own: list[tuple[int, int, str]] = []
        for p in sorted(judged, key=lambda p: (*read(texts[p]).rank(), p)):
            for other, position, text in sorted([*kept, *own], key=lambda entry: entry[0]):
                if other != number and (ids[other] == ids[number] or tuple(fast_tokens(texts[p])) in before):
                    continue
                if not may_stand[p](position if other == number else None):
                    continue
                relation = stands_for(text, texts[p], config)
                if other == number:
                    candidate = relation == "exact" or share_half(texts[p], text, config.shingle_size)
                else:
                    candidate = config.scope == "corpus" and (
                        relation == "exact"
                        or share_a_band(text, texts[p], config)
                        or share_a_prefix(text, texts[p], config)
                    )
                if candidate and relation != "distinct":
                    gone.add(p)
                    break
            else:
                (kept if may_stand[p](None) else own).append((number, p, texts[p]))
        result.append([p for p in range(len(texts)) if p not in gone])
    return result


# --- Signatures


def datasketch_signature(text, num_perm=128, seed=1, size=3):
    tokens = fast_tokens(text)
    sketch = MinHash(num_perm, seed, hashfunc=xxh32_intdigest, scheme="affine32")
    if tokens:
        sketch.update_batch([" ".join(tokens[i : i + size]).encode() for i in range(max(1, len(tokens) - size + 1))])
    return sketch.hashvalues
