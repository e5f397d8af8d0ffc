"""Batches: paragraphs of whole documents, folded, shingled and sketched, all that can be done before any decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._jit import backend
from .._jit.backend import kernel
from ..config import Config
from ..errors import DocumentTooLarge
from ..index.tables import ROOM_ENTRIES, Entries
from ..match import lexicon
from ..match.decision import Text, rank_kernel, says_kernel, text_of
from ..match.tables import DISTINCT
from ..sketch.keys import choose_bands, count_keys, make_keys
from ..sketch.minhash import LANES, Shingles, shingle, sign
from ..sketch.prefixes import find_prefixes
from ..text.flags import seen
from ..text.tokens import Tokens, fold, half_words
from ..text.utf8 import Utf8
from .places import CAPTION, places, with_code

# The part that a paragraph plays: it has no word; is too short, and only looked at beside its equals in the document; is
# looked up for an equal text only; or is judged in full.
EMPTY, SHORT, EXACT_ONLY, JUDGED = range(4)

# Paragraphs of one document that are compared with each other, at most: each may share shingles with all others.
LARGEST_DOCUMENT = 20_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is taken at a time; no decision depends on it, but that a document may be too large.

    texts, characters: what one batch holds about; most of its arrays stay in the processor's cache
    held: bytes of what waits with the texts
    document: different paragraphs of one document, at most
    room: entries that the index has room for at first
    """

    texts: int = 4_000
    characters: int = 1 << 19
    held: int = 1 << 22
    document: int = LARGEST_DOCUMENT
    room: int = ROOM_ENTRIES


USUAL = Sizes()


@dataclass(frozen=True, slots=True)
class Batch:
    """n paragraphs of whole documents, read and sketched: all that can be done before any decision.

    tokens, shingles: of the n paragraphs; keys: of each, as `make_keys` makes them
    roles: uint8[n]; documents: int64[n], the document's place in the batch; positions: int64[n], paragraph in document
    held: uint8[n], where its originals may stand
    twins: int64[n], the equal paragraph of its document that each goes with, or -1; a short one goes with it unjudged
    cores: int64[n, 2], the tokens of each, from and until, that say what it says
    order: int64[n], the paragraphs in the order of the rule
    fast: whether the compiled backend read it
    """

    tokens: Tokens
    shingles: Shingles
    keys: NDArray[np.uint32]
    roles: NDArray[np.uint8]
    documents: NDArray[np.int64]
    positions: NDArray[np.int64]
    held: NDArray[np.uint8]
    twins: NDArray[np.int64]
    cores: NDArray[np.int64]
    order: NDArray[np.int64]
    fast: bool

    @property
    def unjudged(self) -> NDArray[np.bool_]:
        """Return bool[n], which paragraphs go with their twins without being judged."""
        return np.asarray((self.roles == SHORT) & (self.twins >= 0))


def read_batch(
    texts: Sequence[str] | Utf8,
    counts: NDArray[np.int64],
    config: Config,
    *,
    alone: bool,
    fast: bool,
    largest: int = LARGEST_DOCUMENT,
    kinds: NDArray[np.uint8] | None = None,
) -> Batch:
    """Fold, shingle and sketch the paragraphs of whole documents, `counts` paragraphs each; no state is touched.

    kinds: of the paragraphs, if they are known
    alone: each text was given as a document of its own, so a short one is looked up for an equal text.
    largest: different paragraphs of one document, at most. Raises DocumentTooLarge.
    """
    tokens = fold(texts, fast)
    shingles = shingle(tokens, config.shingle_size, fast)
    keys = keys_of(tokens, shingles, config, fast)
    documents, positions = np.arange(len(texts)), np.zeros(len(texts), dtype=np.int64)
    if not alone:
        documents = np.repeat(np.arange(len(counts)), counts)
        positions = np.arange(len(texts)) - (np.cumsum(counts) - counts)[documents]
    lengths, halves = np.diff(tokens.first), half_words(tokens)
    roles = np.full(len(texts), JUDGED, dtype=np.uint8)
    roles[halves < 2 * config.min_tokens] = EXACT_ONLY if alone else SHORT
    roles[lengths == 0] = EMPTY
    held, twins, order = np.zeros(len(texts), np.uint8), np.full(len(texts), -1), np.arange(len(texts))
    cores = np.zeros((len(texts), 2), np.int64)
    if not alone:
        kinds = with_code(texts, documents, kinds)
        ranks = rank(tokens, fast)
        if kinds is not None:  # of two that say as much what is no caption comes first
            ranks[:, 1] += (kinds == CAPTION).astype(np.int64) << 9
        order, cores = np.lexsort((positions, ranks[:, 1], -ranks[:, 0], documents)), np.ascontiguousarray(ranks[:, 2:])
        held, twins = places(tokens, halves, documents, keys[:, 0], cores, kinds)
        for p in np.flatnonzero((roles == SHORT) & (twins >= 0)).tolist():  # nobody else compares them
            if not _are_equal(tokens, p, int(twins[p]), config):
                twins[p] = -1
    _check_sizes(roles, documents, keys[:, 0], largest)
    return Batch(tokens, shingles, keys, roles, documents, positions, held, twins, cores, order, fast)


def _are_equal(tokens: Tokens, p: int, q: int, config: Config) -> bool:
    """Tell whether two texts are the same to the decision: the same words, by likeness; else not if capitals part them."""
    one, other = tokens.text(p), tokens.text(q)
    if one != other or config.threshold is not None or seen(tokens.flags_of(p)) == seen(tokens.flags_of(q)):
        return one == other
    relation, *_ = says_kernel(text_of(other, tokens.flags_of(q)), text_of(one, tokens.flags_of(p)), lexicon.words())
    return bool(relation != DISTINCT)


def keys_of(tokens: Tokens, shingles: Shingles, config: Config, fast: bool) -> NDArray[np.uint32]:
    """Return the keys by which texts are looked up, as `make_keys` makes them."""
    single, several = count_keys(config)
    bands, rows = choose_bands(config)
    signatures = prefixes = np.empty((len(tokens.first) - 1, 0), dtype=np.uint32)
    if single > 1:
        used = min(config.num_perm, -(-bands * rows // LANES) * LANES) if fast else bands * rows
        signatures = sign(shingles, config.num_perm, config.seed, fast, used)
    if several:
        prefixes = find_prefixes(tokens, shingles, config.shingle_size, fast)
    return make_keys(shingles, signatures, prefixes, single - 1, rows, fast)


def rank(tokens: Tokens, fast: bool) -> NDArray[np.int64]:
    """Return int64[n, 4], by what each text comes in the order of its document, and what of it says that: see `rank_kernel`."""
    ranks = np.empty((len(tokens.first) - 1, 4), np.int64)
    if fast:
        rank_texts = backend.compiled(ranks_kernel)
        rank_texts(tokens.buffer, tokens.starts, tokens.padded_flags, tokens.first, lexicon.table(), ranks)
        return ranks
    for p in range(len(ranks)):
        ranks[p] = rank_kernel(text_of(tokens.text(p), tokens.flags_of(p)), lexicon.words())
    return ranks


@kernel
def ranks_kernel(buffer, starts, flags, first, words, ranks):
    """Fill `ranks`, int64[n, 4], for n texts."""
    for p in range(len(ranks)):
        text = Text(buffer, starts[first[p] : first[p + 1] + 1], flags[first[p] : first[p + 1]])
        ranks[p, 0], ranks[p, 1], ranks[p, 2], ranks[p, 3] = rank_kernel(text, words)


def _check_sizes(
    roles: NDArray[np.uint8], documents: NDArray[np.int64], hashes: NDArray[np.uint32], largest: int
) -> None:
    if len(roles) <= largest:
        return
    judged = roles == JUDGED
    different = np.unique(documents[judged] << 32 | hashes[judged].astype(np.int64)) >> 32
    for size in np.bincount(different).tolist():
        if size > largest:
            raise DocumentTooLarge(
                f"a document has {size:,} different paragraphs; expected at most {largest:,}, which are all "
                "compared with each other. If its lines are records, take each as a document (--lines; "
                "dedup.duplicated(text.splitlines()))"
            )


def entries(batch: Batch, paragraphs: NDArray[np.int64], documents: NDArray[np.int64]) -> Entries:
    """Return paragraphs of a batch as entries of an index, which knows the document of each by `documents`, int64[n]."""
    tokens = batch.tokens
    first, last = tokens.first[paragraphs], tokens.first[paragraphs + 1]
    begins, ends = tokens.starts[first], tokens.starts[last]
    return Entries(
        _gathered(tokens.buffer, begins, ends), _gathered(tokens.flags, first, last), ends - begins, last - first,
        documents[paragraphs], batch.positions[paragraphs],
        np.ascontiguousarray(batch.keys[paragraphs].T), batch.roles[paragraphs] == JUDGED,
    )  # fmt: skip


def _gathered(buffer: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint8]:
    apart = begins[1:] != ends[:-1]  # most stand one behind the other, and are taken together
    begins, ends = begins[np.append(True, apart)[: len(begins)]], ends[np.append(apart, True)[: len(ends)]]
    return np.concatenate([buffer[:0], *(buffer[i:k] for i, k in zip(begins.tolist(), ends.tolist(), strict=True))])
