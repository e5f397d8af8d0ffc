"""Removals drawn at random, to be judged by a person: what precision a run has on the user's own corpus."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from random import Random
from typing import TypeVar

from .diff import Side, marked, plain, word_diff, word_diffs
from .html import lengths, page
from .kept_texts import Shown

T = TypeVar("T")

SEED = 1
RIGHT, WRONG, OPEN, QUIT = "y", "n", "?", "q"
NAMES = {RIGHT: "right", WRONG: "wrong", OPEN: "open"}  # of the verdicts, where they are saved


def draw(removals: Iterable[T], size: int) -> list[T]:
    """Draw so many of the removals, each as likely as any other, in an order of chance; the same every time.

    The reservoir of A. Waterman: one pass, and no more is held than is drawn.
    """
    random = Random(SEED)
    drawn: list[T] = []
    for place, removal in enumerate(removals):
        if place < size:
            drawn.append(removal)
        elif (slot := random.randrange(place + 1)) < size:
            drawn[slot] = removal
    random.shuffle(drawn)  # so that who stops early has judged a sample too
    return drawn


def judge(drawn: Sequence[Shown], ask: Callable[[str], str], style: Callable[[str, Side], str]) -> list[str]:
    """Show each removal by `ask`, which returns the key pressed, until all are judged or a person has had enough.

    Returns the verdicts on the first of them, RIGHT, WRONG or OPEN.
    """
    verdicts: list[str] = []
    for number, removal in enumerate(drawn, 1):
        removed, kept = _places(removal)
        lines = [f"[{number} of {len(drawn)}]  {removal.record['relation']}: {removal.record['reason']}"]
        lines += [f"removed   {plain(removal.record['text'])}   ({removed})"]
        if removal.kept is None:
            lines += [f"kept      in {kept}, which this run does not read"]
        else:
            lines += [f"kept      {plain(removal.kept)}   ({kept})"]
            lines += [f"change    {marked(word_diff(removal.record['text'], removal.kept), style)}"]
        key = ask("\n".join(lines))
        if key == QUIT:
            break
        verdicts.append(key)
    return verdicts


def as_page(drawn: Sequence[Shown]) -> str:
    """Return a page to judge a sample on, which saves the verdicts as the terminal does.

    They stand in its address, too, so that it can be reloaded or kept as a bookmark.
    """
    items = []
    diffs = word_diffs([(removal.record["text"], removal.kept or "") for removal in drawn])
    for removal, (text, diff) in zip(drawn, map(lengths, diffs), strict=True):
        kept = None if removal.kept is None else plain(removal.kept)
        why = plain(f"{removal.record['relation']}: {removal.record['reason']}")
        record = removal.record | {"kept_text": removal.kept}
        items.append(
            {"removed": text, "kept": kept, "diff": diff, "places": _places(removal), "why": why, "record": record}
        )
    return page("sample", {"items": items, "names": NAMES})


def _places(removal: Shown) -> tuple[str, str]:
    """Return where the removed and the kept one stand, as document and paragraph."""
    removed, kept = removal.record, removal.record["duplicate_of"]
    return (
        f"{plain(removed['document'])}, paragraph {removed['paragraph']}",
        f"{plain(kept['document'])}, paragraph {kept['paragraph']}",
    )


def precision(verdicts: Counter[str]) -> str:
    """Say what the verdicts come to, in a sentence."""
    right, judged = verdicts[RIGHT], verdicts[RIGHT] + verdicts[WRONG]
    undecided = f"; {verdicts[OPEN]} left open" if verdicts[OPEN] else ""
    if not judged:
        return f"nothing judged{undecided}"
    low, high = wilson(right, judged)
    return f"precision {right / judged:.1%} (95% interval {low:.1%} to {high:.1%}): {right} of {judged} removals right{undecided}"


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson, 1927), which holds for few trials and for shares of 0 and 1 too.

    Without trials anything is possible: (0, 1).
    """
    if trials <= 0:
        return 0.0, 1.0
    z = 1.959964
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
