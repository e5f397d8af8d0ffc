"""What there is to say of an index file, without changing it."""

from collections.abc import Iterator

from ..config import Config
from ..index.file import IndexFile
from ..sketch.keys import choose_bands, recall

_SIMILARITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def describe(path: str, *, check: bool) -> Iterator[tuple[str, str]]:
    """Yield name by name configuration, counts, sizes, recall, age and health; with `check` read every block, else its size.

    Raises IndexCorrupt, and what else opening it raises.
    """
    config = IndexFile.config_of(path)
    store = IndexFile(path, config, write=False)
    try:
        size, about = store.size, store.describe()
        yield "index", path
        yield "format", f"{about.format}, {about.scheme}, rule {about.rule}"
        yield "fingerprint", config.fingerprint()
        for name in Config.__dataclass_fields__:
            yield name, str(getattr(config, name))
        yield "documents", f"{size.documents:,}"
        yield "counted", "each delivery; a document that came again counts again"
        yield "entries", f"{size.entries:,}"
        yield "tokens", f"{size.tokens:,}"
        each = f", {size.stored / size.entries:.0f} an entry" if size.entries else ""
        yield "bytes", f"{size.stored:,}{each}"
        bands, rows = choose_bands(config)
        yield "bands", f"{bands} of {rows} rows"
        for similarity in _SIMILARITIES:
            yield f"recall at {similarity}", f"{recall(similarity, bands, rows):.4f}"
        yield "created", about.created
        yield "last commit", f"{about.committed}, number {about.commits}"
        yield "writer", about.writer or "none"
        if about.tail:
            yield "not committed", f"{about.tail:,} bytes, which the next writer cuts off or commits"
        if check:
            blocks = sum(1 for _ in store.blocks())
            yield "health", f"good: all {blocks:,} blocks are what was written"
        else:
            store.check_sizes()
            yield "health", "its head is good; --check reads the blocks"
    finally:
        store.close()
