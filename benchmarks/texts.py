"""News-like paragraphs for the benchmarks: real function words, invented others, and repeats that are known."""

from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import NamedTuple

FUNCTION_WORDS = """the of to and a in that is was for on with he as it at by from his be have are an this has but not
were they who which or their had its will been after we would more than when also her she one about up out said into
over if there can two new could other some before all so during no"""
ONSETS = [*"bcdfghklmnprstv", "br", "ch", "gr", "pl", "sh", "st", "tr"]
VOWELS = [*"aeiou", "ai", "ea", "ou"]
CODAS = ["", "", *"lnrs"]
NUMBERS = ["{}", "{}", "{}.5", "{}%", "${}", "{},000", "20{:02}"]


class Paragraph(NamedTuple):
    """A paragraph. A repeat has the place of the one it repeats, and how: "exact", "words", "flags" or "sentence"."""

    text: str
    source: int = -1
    kind: str = "new"


def paragraphs(n: int, seed: int = 1) -> list[Paragraph]:
    """n paragraphs of about 47 words; of ten, one repeats an earlier one exactly and one nearly."""
    random = Random(seed)
    function_words = FUNCTION_WORDS.split()

    def invented() -> str:
        parts = [ONSETS, VOWELS, CODAS] * random.choice([1, 2, 2, 2, 3, 3])
        return "".join(map(random.choice, parts))

    # Frequent words tend to be short; frequencies after Zipf and Mandelbrot.
    names = sorted((invented() for _ in range(4_000)), key=lambda word: len(word) + random.randint(0, 15))
    words = function_words + names
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))

    def sentence() -> str:
        chosen = random.choices(words, cum_weights=weights, k=random.randint(7, 29))
        for i, word in enumerate(chosen[:-1]):
            chance = random.random()
            if chance < 0.03:
                chosen[i] = random.choice(NUMBERS).format(random.randint(2, 90))
            elif chance < 0.09:
                chosen[i] = word + ","
            elif chance < 0.25 and word not in function_words:
                chosen[i] = word.capitalize()
        return " ".join([chosen[0].capitalize(), *chosen[1:]]) + "."

    def paragraph() -> str:
        sentences = [sentence() for _ in range(random.choice([1, 2, 2, 3, 3, 4]))]
        if random.random() < 1 / 3:
            sentences[-1] = f"“{sentences[-1][:-1]},” the {random.choice(names)}’s speaker said."
        return " ".join(sentences)

    def change_words(text: str) -> str:
        changed = text.split()
        for _ in range(random.randint(1, 3)):
            put_in, taken_out = random.choice([(1, 1), (0, 1), (1, 0)])
            place = random.randrange(len(changed))
            changed[place : place + taken_out] = random.choices(words, cum_weights=weights, k=put_in)
        return " ".join(changed)

    def change_marks(text: str) -> str:
        straight = text.translate(str.maketrans("“”’", '""\''))
        return random.choice([straight, text.replace(", ", " "), text.replace(" ", "\u00a0", 3), text.upper()])

    edits: dict[str, Callable[[str], str]] = {
        "words": change_words,
        "flags": change_marks,
        "sentence": lambda text: f"{text} {sentence()}",
    }
    written = [Paragraph(paragraph())]
    originals = [0]
    while len(written) < n:
        chance = random.random()
        source = random.choice(originals)
        text = written[source].text
        if chance < 0.1:
            written.append(Paragraph(text, source, "exact"))
        elif chance < 0.2:
            kind = random.choice(list(edits))
            written.append(Paragraph(edits[kind](text), source, kind))
        else:
            originals.append(len(written))
            written.append(Paragraph(paragraph()))
    return written
