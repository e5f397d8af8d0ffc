"""Boilerplate: paragraphs that stand in many documents of a corpus, such as share buttons and cookie notices.

Removing all their occurrences is the one exception to the guarantee, made only when asked for by name. Boilerplate goes
first; the rule then decides on the rest as if it had not been there.
"""

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from .._jit import backend
from ..results import CleanResult, Decision, Paragraph, Removal, Span
from ..text.flags import ALL_SYMBOL, HAS_NUMBER
from ..text.given import joined
from ..text.paragraphs import cuts, spans_in, without
from ..text.tokens import fold

_IS_WORD = [not flags & (HAS_NUMBER | ALL_SYMBOL) for flags in range(256)]


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The paragraphs that stand in at least `least` documents.

    documents: in how many, by digest of the folded text; texts: as the last document that was needed spells them
    """

    least: int
    documents: dict[bytes, int]
    texts: dict[bytes, str]

    def listed(self) -> list[tuple[str, int]]:
        """Return every piece of boilerplate and in how many documents it stands, the most frequent first."""
        pieces = [(self.texts[digest], count) for digest, count in self.documents.items()]
        return sorted(pieces, key=lambda piece: (-piece[1], piece[0]))


def survey(documents: Iterable[tuple[str, Sequence[Paragraph] | None]], least: int) -> Boilerplate:
    """Find the boilerplate of a corpus: of texts, and their paragraphs if they are given one by one.

    State: one digest for each different paragraph.
    """
    counts: Counter[bytes] = Counter()
    found: dict[bytes, str] = {}
    characters = 0
    for text, paragraphs in documents:
        characters += len(text)
        spans = spans_in(text, paragraphs)
        once = dict(zip(digests(text, spans, backend.wanted(characters)), spans, strict=True))
        once.pop(b"", None)
        counts.update(once.keys())
        found.update(
            {digest: text[once[digest].start : once[digest].end] for digest in once if counts[digest] == least}
        )
    return Boilerplate(least, {digest: counts[digest] for digest in found}, found)


def digests(text: str, spans: Sequence[Span], fast: bool) -> list[bytes]:
    """Return 16 bytes for each paragraph: the same for the same tokens, empty for one without a word, such as a number."""
    from hashlib import blake2b  # cryptographic, so that nobody can write two paragraphs that are taken for one

    tokens = fold([text[span.start : span.end] for span in spans], fast)
    return [
        blake2b(tokens.text(p), digest_size=16).digest() if any(map(_IS_WORD.__getitem__, tokens.flags_of(p))) else b""
        for p in range(len(spans))
    ]


class Stripping:
    """Takes the boilerplate out of documents before the rule sees them, and puts the rule's results back into them."""

    def __init__(self, boilerplate: Boilerplate) -> None:
        self.boilerplate = boilerplate
        self._characters = 0
        # By document with boilerplate: the positions of its other paragraphs, the only ones that the rule can name.
        self._places: dict[Hashable, array[int]] = {}

    def strip(
        self, id: Hashable, text: str, paragraphs: Sequence[Paragraph] | None = None
    ) -> tuple[str, Sequence[Paragraph] | None, dict[int, int]]:
        """Return a document without boilerplate, and what was taken: position, and in how many documents it stands.

        paragraphs: those of the text, if they are given one by one
        """
        self._characters += len(text)
        spans = spans_in(text, paragraphs)
        counts = map(self.boilerplate.documents.get, digests(text, spans, backend.wanted(self._characters)))
        taken = {position: count for position, count in enumerate(counts) if count}
        if not taken:
            return text, paragraphs, taken
        self._places[id] = array("L", (position for position in range(len(spans)) if position not in taken))
        # Given one by one: the rest as a text might be split otherwise, by line where no blank line is left.
        given = [Paragraph(text[span.start : span.end]) for span in spans] if paragraphs is None else paragraphs
        staying = [one for position, one in enumerate(given) if position not in taken]
        return joined(staying), staying, taken

    def restore(
        self, text: str, taken: dict[int, int], result: CleanResult, paragraphs: Sequence[Paragraph] | None = None
    ) -> CleanResult:
        """Return what was decided on a stripped document, as a result on the document itself, boilerplate among the removed."""
        spans = spans_in(text, paragraphs)
        decisions = {position: self._decision(count) for position, count in taken.items()}
        for removal in result.removed:
            decision = removal.decision
            if decision.duplicate_of is not None:
                decision = replace(decision, duplicate_of=self._in_place(*decision.duplicate_of))
            decisions[self._in_place(result.id, removal.position)[1]] = decision
        removed = [
            Removal(spans[p].start, spans[p].end, p, decisions[p], text[spans[p].start : spans[p].end])
            for p in sorted(decisions)
        ]
        kept = [span for position, span in enumerate(spans) if position not in decisions]
        return CleanResult(result.id, _without(text, spans, sorted(decisions)), kept, removed)

    def _decision(self, count: int) -> Decision:
        reason = f"boilerplate: stands in {count:,} documents; from {self.boilerplate.least:,} on all occurrences go"
        return Decision("boilerplate", None, 0.0, 0.0, reason)

    def _in_place(self, id: Hashable, position: int) -> tuple[Hashable, int]:
        return id, self._places[id][position] if id in self._places else position


def _without(text: str, spans: Sequence[Span], removed: Sequence[int]) -> str:
    return without(text, cuts(text, [span.start for span in spans], [span.end for span in spans], removed))
