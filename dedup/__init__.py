"""Near-duplicate paragraphs of news text, collapsed: a paragraph is removed only if what it says stays in one that is kept."""

from .api import clean, clusters, compare, compare_pairs, duplicated, find_duplicates, keys, signatures, unique
from .config import Config
from .decide.datasketch import to_datasketch
from .deduplicator import Deduplicator
from .errors import (
    ConfigError,
    CorpusError,
    DedupError,
    DocumentTooLarge,
    IndexCorrupt,
    IndexLocked,
    InputError,
    OutOfMemory,
)
from .results import CleanResult, Comparison, Decision, Match, Paragraph, Removal, Span
from .text.paragraphs import split_paragraphs
from .warming import warm_up

__version__ = "0.1.0"

__all__ = [
    "CleanResult",
    "Comparison",
    "Config",
    "ConfigError",
    "CorpusError",
    "Decision",
    "DedupError",
    "Deduplicator",
    "DocumentTooLarge",
    "IndexCorrupt",
    "IndexLocked",
    "InputError",
    "Match",
    "OutOfMemory",
    "Paragraph",
    "Removal",
    "Span",
    "clean",
    "clusters",
    "compare",
    "compare_pairs",
    "duplicated",
    "find_duplicates",
    "keys",
    "signatures",
    "split_paragraphs",
    "to_datasketch",
    "unique",
    "warm_up",
]
