"""What can go wrong, in one small tree; each concrete error is also the builtin that fits.

DedupError
├── ConfigError          (ValueError)  an option outside its range, or one that does not belong to the call
├── InputError           (TypeError)   something that is not text where text was expected
├── DocumentTooLarge     (ValueError)  a document with more paragraphs than are compared with each other
├── OutOfMemory          (MemoryError) the index needs more memory than there is
├── CorpusError          (OSError)     a source, destination or index that cannot be used as asked
├── IndexLocked          (BlockingIOError)  an index that another process writes
└── IndexCorrupt         (ValueError)  an index whose bytes are not those that were written
"""

from collections.abc import Iterable


class DedupError(Exception):
    """Base of every error that `dedup` raises on purpose."""


class ConfigError(DedupError, ValueError):
    """An option outside its range, or one that does not belong to the call."""


class InputError(DedupError, TypeError):
    """Something that is not text where text was expected."""


class DocumentTooLarge(DedupError, ValueError):
    """A document with more paragraphs than are compared with each other."""


class OutOfMemory(DedupError, MemoryError):
    """The index needs more memory than there is; what was yielded can be committed, nothing more is decided."""


class CorpusError(DedupError, OSError):
    """A source, destination or index that cannot be used as asked; the message says what was written."""


class IndexLocked(DedupError, BlockingIOError):
    """An index that another process writes at the moment."""


class IndexCorrupt(DedupError, ValueError):
    """An index whose bytes are not those that were written; nothing in it is believed."""


def described(value: object) -> str:
    """Return the beginning of a value and its type, for messages: "7, an int"."""
    kind = type(value).__name__
    return f"{value!r:.60}, {'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def meant(name: str, known: Iterable[str]) -> str:
    """Return the remedy for a name that is not known: the one that it resembles, or all there are."""
    from difflib import get_close_matches  # rarely needed

    known = list(known)
    alike = get_close_matches(name, known, 1, 0.8)
    return f"did you mean {alike[0]}?" if alike else f"expected one of {', '.join(known)}"
