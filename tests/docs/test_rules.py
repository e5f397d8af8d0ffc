"""The examples of docs/rules.md, each a line: two texts and their relation, or a document and what is removed of it."""

import re

import pytest
from helpers import ROOT

import dedup
from dedup.decide.places import KINDS

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
PAIR = re.compile(r"- `([^`]+)` / `([^`]+)`: \*\*(exact|near|contained|distinct)\*\*")
DOCUMENT = re.compile(r"- (.+ ¶ .+): removed \*\*(none|\d+(?:, \d+)*)\*\*")
ONE = re.compile(rf"(?:({'|'.join(KINDS)}) )?`([^`]+)`")
OTHERS = re.compile(r"(\d+) (brief|long) others")
PLACES = (
    "quay pier mole dock yard slip lock weir ford dike shoal strait sound firth cove inlet bight roads haven".split()
)


def sections():
    """The numbers of the rules, with the lines of their examples."""
    for number, body in re.findall(r"^\*\*([A-Z]\d+)\.\*\*(.*?)(?=^\*\*[A-Z]\d+\.\*\*|^## |\Z)", PAGE, re.M | re.S):
        yield number, [line for line in body.splitlines() if line.startswith("- ")]


EXAMPLES = [(number, line) for number, lines in sections() for line in lines]


def others(count, length):
    """So many paragraphs that are like no other."""
    for number in range(count):
        name, place = PLACES[number % len(PLACES)], PLACES[number // len(PLACES)]
        sentence = f"On the {name} of the {place} they wait for ships from the north"
        yield dedup.Paragraph(sentence if length == "long" else f"{name} {place}")


def paragraphs(written):
    """The paragraphs of a document as an example has it."""
    made = []
    for part in written.split(" ¶ "):
        if many := OTHERS.fullmatch(part):
            start = len(made)
            made += list(others(start + int(many[1]), many[2]))[start:]
        else:
            kind, text = ONE.fullmatch(part).groups()
            made.append(dedup.Paragraph(text.replace("~~~", "```"), kind or "text"))
    return made


def test_every_rule_has_examples():
    numbers = [number for number, _ in sections()]
    rules = dict.fromkeys(number[0] for number in numbers)
    assert list(rules) == ["F", "C", "D", "P", "S", "N"]
    for letter in rules:
        own = [number for number in numbers if number[0] == letter]
        assert own == [f"{letter}{place}" for place in range(1, len(own) + 1)]
    assert all(lines for _, lines in sections())
    assert len(EXAMPLES) == sum(line.startswith("- ") for line in PAGE.splitlines())


@pytest.mark.parametrize("rule, line", EXAMPLES, ids=lambda value: value[:60])
def test_an_example(rule, line):
    if pair := PAIR.fullmatch(line):
        a, b, relation = pair.groups()
        found = dedup.compare(a, b)
        assert (found.relation, found.inner) == (relation, "a" if relation == "contained" else None), found.reason
    else:
        written, goes = DOCUMENT.fullmatch(line).groups()
        found = [removal.position + 1 for removal in dedup.clean(paragraphs(written)).removed]
        assert found == ([] if goes == "none" else [int(number) for number in goes.split(", ")])
