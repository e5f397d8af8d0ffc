"""Near-duplicate paragraphs of news text, collapsed: a paragraph goes only if what it says stays in one that is kept."""

from .config import Config
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
from .functions import clean, compare, duplicated, find_duplicates, signatures, unique
from .paragraphs import Span, split_paragraphs
from .relation import Comparison
from .results import CleanResult, Decision, Match, Removal
from .sketches import to_datasketch

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
    "Removal",
    "Span",
    "clean",
    "compare",
    "duplicated",
    "find_duplicates",
    "signatures",
    "split_paragraphs",
    "to_datasketch",
    "unique",
]
