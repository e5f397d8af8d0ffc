"""What can go wrong, in one small tree; each concrete error is also the builtin that fits.

DedupError
├── ConfigError          (ValueError)  an option outside its range, or one that does not belong to the call
├── InputError           (TypeError)   something that is not text where text was expected
├── DocumentTooLarge     (ValueError)  a document with more paragraphs than are compared with each other
└── CorpusError          (OSError)     a source or destination that cannot be used as asked
"""


class DedupError(Exception):
    """Base of every error that `dedup` raises on purpose."""


class ConfigError(DedupError, ValueError):
    """An option outside its range, or one that does not belong to the call."""


class InputError(DedupError, TypeError):
    """Something that is not text where text was expected."""


class DocumentTooLarge(DedupError, ValueError):
    """A document with more paragraphs than are compared with each other."""


class CorpusError(DedupError, OSError):
    """A source or destination that cannot be used as asked; nothing has been written."""
