"""Slow, obvious twins: folding by one regular expression, and the rule as it is written, quadratic and unoptimised."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_

from datasketch import MinHash
from xxhash import xxh32_intdigest

import dedup
from dedup.match.lexicon import DATE, UNIT, lexicon
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
      | (?: (?<=CC) | (?<=[^LCMD]C) | (?<=\AC) ) h (?=[ ps.,]|\Z) )*                 # a sign behind capitals: AA-
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


# --- The rule


def weight(text: str) -> float:
    """Length in words; a character of an unspaced script counts half."""
    return sum(
        0.5 if unicodedata.category(token[0]) == "Lo" and classify(token[0]) == 6 else 1 for token in fast_tokens(text)
    )


def is_data(text: str) -> bool:
    """Whether it holds a number, and most of its tokens are numbers, units, months or days."""
    numbers = [bool(flags & HAS_NUMBER) for flags in fold([text]).flags_of(0)]
    measures = [lexicon().get(token.encode(), 0) & (UNIT | DATE) > 0 for token in fast_tokens(text)]
    return any(numbers) and sum(map(or_, numbers, measures)) > len(numbers) / 2


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
    if config.containment is None:
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


def slow_clean(documents: list[str], config: dedup.Config, ids: Sequence[object] | None = None) -> list[list[int]]:
    """Positions of the paragraphs that stay of each document, by the rule as it is written.

    A document whose id came before: its earlier entries stand for nothing, and what equals one is its own affair.
    """
    ids = range(len(documents)) if ids is None else ids
    options = {name: getattr(config, name) for name in config.__slots__}
    kept: list[tuple[int, str]] = []  # document and paragraph, in the order of the rule
    result = []
    for number, document in enumerate(documents):
        texts = [document[span.start : span.end] for span in dedup.split_paragraphs(document)]
        long = [p for p in range(len(texts)) if fast_tokens(texts[p]) and weight(texts[p]) >= config.min_tokens]
        times = Counter(tuple(fast_tokens(text)) for text in texts)
        long = [p for p in long if weight(texts[p]) >= 5 or times[tuple(fast_tokens(texts[p]))] < 4]  # no fields
        long = [p for p in long if weight(texts[p]) >= 5 or not is_data(texts[p])]
        gone = set()
        before = {tuple(fast_tokens(text)) for other, text in kept if ids[other] == ids[number]}
        for p in sorted(long, key=lambda p: (-len(fast_tokens(texts[p])), p)):
            for other, text in kept:
                if other != number and (ids[other] == ids[number] or tuple(fast_tokens(texts[p])) in before):
                    continue
                found = dedup.compare(text, texts[p], **options)
                candidate = other == number or (
                    config.scope == "corpus"
                    and (
                        found.relation == "exact"
                        or share_a_band(text, texts[p], config)
                        or share_a_prefix(text, texts[p], config)
                    )
                )
                if candidate and (
                    found.relation in ("exact", "near") or (found.relation, found.inner) == ("contained", "b")
                ):
                    gone.add(p)
                    break
            else:
                kept.append((number, texts[p]))
        staying: list[int] = []
        for p in range(len(texts)):
            short = weight(texts[p]) < config.min_tokens and any(map(str.isalpha, "".join(fast_tokens(texts[p]))))
            if p in gone or (short and staying and fast_tokens(texts[staying[-1]]) == fast_tokens(texts[p])):
                continue
            staying.append(p)
        result.append(staying)
    return result


# --- Signatures


def datasketch_signature(text, num_perm=128, seed=1, size=3):
    tokens = fast_tokens(text)
    sketch = MinHash(num_perm, seed, hashfunc=xxh32_intdigest, scheme="affine32")
    if tokens:
        sketch.update_batch([" ".join(tokens[i : i + size]).encode() for i in range(max(1, len(tokens) - size + 1))])
    return sketch.hashvalues
