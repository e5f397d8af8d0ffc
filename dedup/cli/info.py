"""What there is to say of an index file, without changing it."""

from collections.abc import Iterator

from ..config import Config
from ..index.file import IndexFile
from ..sketch.keys import choose_bands, recall

_SIMILARITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def describe(path: str, *, check: bool) -> Iterator[tuple[str, str]]:
    """Name by name: configuration, counts, sizes, recall, age and health; with `check` every block is read.

    Raises IndexCorrupt, and what else opening it raises.
    """
    config = IndexFile.config_of(path)
    store = IndexFile(path, config, write=False)
    log = store.log
    try:
        yield "index", path
        yield "format", f"{log.facts['format']}, {log.facts['scheme']}, rule {log.facts['decisions']}"
        yield "fingerprint", config.fingerprint()
        for name in Config.__dataclass_fields__:
            yield name, str(getattr(config, name))
        counts = store.counts
        yield "documents", f"{counts.documents:,}"
        yield "entries", f"{counts.entries:,}"
        yield "tokens", f"{counts.tokens:,}"
        each = f", {log.committed_bytes / counts.entries:.0f} an entry" if counts.entries else ""
        yield "bytes", f"{log.committed_bytes:,}{each}"
        bands, rows = choose_bands(config)
        yield "bands", f"{bands} of {rows} rows"
        for similarity in _SIMILARITIES:
            yield f"recall at {similarity}", f"{recall(similarity, bands, rows):.4f}"
        yield "created", store.created
        yield "last commit", f"{store.committed}, number {log.commits}"
        yield "writer", log.holder() or "none"
        if log.tail:
            yield "not committed", f"{log.tail:,} bytes, which the next writer cuts off or commits"
        if check:
            blocks = sum(1 for _ in store.blocks())
            yield "health", f"good: all {blocks:,} blocks are what was written"
        else:
            yield "health", "its head is good; --check reads the blocks"
    finally:
        store.close()
