"""What each removed paragraph took with it, so that it can be put back."""

from collections.abc import Sequence
from itertools import pairwise

from .paragraphs import Span, line_end
from .results import CleanResult


def cuts(text: str, result: CleanResult, *, lines: bool = False) -> list[Span]:
    """For every removed paragraph the span of `text` that went with it: the paragraph, and white space beside it.

    `text` without these spans is `result.text`. `lines`: the result is one of `clean_lines`.
    """
    removed: Sequence[Span] = result.removed
    if not removed:
        return []
    if lines:
        return [Span(span.start, span.end + line_end(text, span.end)) for span in removed]
    if not result.text:
        gaps = [(Span(0, len(text)), list(removed))]
    else:
        gaps = _gaps(removed, result.kept)
        if len(text) - sum(gap.end - gap.start for gap, _ in gaps) != len(result.text):
            gaps = _gaps(removed, result.kept, lone=True)
    return [share for gap, inside in gaps for share in _shares(gap, inside)]


def _gaps(removed: Sequence[Span], kept: Sequence[Span], *, lone: bool = False) -> list[tuple[Span, list[Span]]]:
    """What was cut between one paragraph that stays and the next, and the removed ones in it.

    Within a text a removed paragraph takes the white space after it, at its end that before. The only paragraph that
    stays (`lone`) keeps the blank line behind it or, if it is the last, that before it.
    """
    gaps = []
    place = 0
    edges = [None, *kept, None]
    for before, after in pairwise(edges):
        inside = []
        while place < len(removed) and (after is None or removed[place].start < after.start):
            inside.append(removed[place])
            place += 1
        if not inside:
            continue
        first, last = inside[0].start, inside[-1].end
        if after is not None:
            keeps_blank_line = lone and removed[-1].start < after.start
            gaps.append((Span(first, last if keeps_blank_line else after.start), inside))
        else:
            assert before is not None
            gaps.append((Span(first if lone else before.end, last), inside))
    return gaps


def _shares(gap: Span, inside: list[Span]) -> list[Span]:
    starts = [gap.start, *(span.start for span in inside[1:]), gap.end]
    return [Span(start, end) for start, end in pairwise(starts)]


def without(spelling: str, places: Sequence[Span]) -> str:
    """A spelling without the places, which are in order."""
    starts = [0, *(place.end for place in places)]
    ends = [*(place.start for place in places), len(spelling)]
    return "".join(spelling[start:end] for start, end in zip(starts, ends, strict=True))


def restored(spelling: str, cut: Sequence[tuple[int, str]]) -> str:
    """What `without` was given: for each place where it began and what stood there. Raises ValueError."""
    pieces = []
    done = length = 0
    for start, piece in cut:
        staying = spelling[done : done + start - length]
        if start < length or len(staying) != start - length:
            raise ValueError("too short for what was cut from it")
        pieces += [staying, piece]
        done += len(staying)
        length = start + len(piece)
    return "".join(pieces) + spelling[done:]
