"""Small changes to real paragraphs: how many of the changed ones are taken for a repeat.

What one word more, less or else makes of a text nobody knows, so such pairs must stay. Words come from other paragraphs,
and no list can be made for them. What a mark or a sentence behind it makes of a text is known: the same.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from tables import Table, spelled

import dedup
from dedup.report.sample import wilson

FEWEST, MOST = 3, 60  # words of a paragraph that is changed
EACH = 3  # paragraphs of a file, at most
MODES = {"definition": partial(dedup.compare), "likeness 0.7": partial(dedup.compare, threshold=0.7)}
is_word = re.compile(r"[^\W\d_]{2,}").fullmatch

Words = list[str]
Change = Callable[[Words, Random, Words], Words | None]


def _inner(words: Words) -> list[int]:
    """Return the places of whole words, but for the first and the last."""
    return [place for place in range(1, len(words) - 1) if is_word(words[place])]


def _has(words: Words, word: str) -> bool:
    """Tell whether a paragraph has a word itself."""
    return word.casefold() in {one.strip('.,:;!?“”"').casefold() for one in words}


def put_in(words: Words, random: Random, others: Words) -> Words | None:
    """Put a word of another paragraph before a word."""
    place, word = random.choice(_inner(words)), random.choice(others)
    return None if _has(words, word) else [*words[:place], word, *words[place:]]


def take_out(words: Words, random: Random, others: Words) -> Words | None:
    """Take a word out."""
    place = random.choice(_inner(words))
    return words[:place] + words[place + 1 :]


def replace(words: Words, random: Random, others: Words) -> Words | None:
    """Put a word of another paragraph in the place of a word."""
    place, word = random.choice(_inner(words)), random.choice(others)
    return None if _has(words, word) else [*words[:place], word, *words[place + 1 :]]


def swap(words: Words, random: Random, others: Words) -> Words | None:
    """Let two words change places."""
    one, other = random.sample(_inner(words), 2)
    changed = words.copy()
    changed[one], changed[other] = words[other], words[one]
    return None if words[one].casefold() == words[other].casefold() else changed


def change_digit(words: Words, random: Random, others: Words) -> Words | None:
    """Put another digit in the place of one."""
    text = " ".join(words)
    digits = [found.start() for found in re.finditer("[0-9]", text)]
    if not digits:
        return None
    place = random.choice(digits)
    digit = (int(text[place]) + random.randint(1, 9)) % 10
    return f"{text[:place]}{digit}{text[place + 1 :]}".split()


def _stopped(words: Words) -> Words:
    return words if words[-1][-1] in ".!?…" else [*words[:-1], f"{words[-1]}."]


# What is done to a paragraph, and whether the two are the same all the same.
CHANGES: dict[str, tuple[Change, bool]] = {
    "a word put in": (put_in, False),
    "a word taken out": (take_out, False),
    "a word replaced": (replace, False),
    "two words swapped": (swap, False),
    "a digit changed": (change_digit, False),
    "a full stop": (lambda words, *_: _stopped(words), True),
    "in quotes": (lambda words, *_: [f"“{words[0]}", *words[1:-1], f"{words[-1]}”"], True),
    "in capitals": (lambda words, *_: [word.upper() for word in words], True),
    "one more sentence": (lambda words, *_: [*_stopped(words), "Rain", "fell."], True),
}


def drawn(folder: Path, number: int, random: Random) -> list[Words]:
    """Return the words of paragraphs of a folder's texts, drawn at random."""
    found: list[Words] = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        cut = [text[span.start : span.end] for span in dedup.split_paragraphs(text)]
        fit = [words for one in cut if "\n" not in one and FEWEST <= len(words := one.split()) <= MOST]
        found += random.sample(fit, min(EACH, len(fit)))
    random.shuffle(found)
    return found[:number]


def pairs(paragraphs: list[Words], random: Random) -> Iterator[tuple[str, str, str]]:
    """Yield the name of a change, a paragraph before it, and after it."""
    others = [word for words in paragraphs for word in words if len(word) > 2 and is_word(word)]
    for words in paragraphs:
        if len(_inner(words)) < 2:
            continue
        for name, (change, _) in CHANGES.items():
            changed = change(words, random, others)
            if changed is not None and changed != words:
                yield name, " ".join(words), " ".join(changed)


def perturbation_table(folder: Path, number: int, misses: bool, seed: int = 1) -> Table:
    """Return how many changed paragraphs are taken for a repeat, in either mode."""
    random = Random(seed)
    counts = {name: [0] * (1 + len(MODES)) for name in CHANGES}
    for name, before, after in pairs(drawn(folder, number, random), random):
        counts[name][0] += 1
        for place, (mode, compare) in enumerate(MODES.items(), 1):
            found = compare(before, after)
            counts[name][place] += found.is_duplicate
            if misses and mode == "definition" and found.is_duplicate != CHANGES[name][1]:
                print(f"\n{name}: {found.relation}: {found.reason}\n  a: {before}\n  b: {after}")
    rows = []
    for name, (count, *called) in counts.items():
        shares = [spelled(one / max(1, count), *wilson(one, count), 3) for one in called]
        rows.append([name, "goes" if CHANGES[name][1] else "stays", f"{count:,}", *shares])
    title = "Changed paragraphs that are taken for a repeat: what should become of them, and the share that goes."
    return Table(title, ["should", "pairs", *MODES], rows)
