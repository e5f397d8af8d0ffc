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
