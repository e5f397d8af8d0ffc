"""WARC, and WET, which is WARC of texts: each conversion record is a document, called by its address."""

from .rows import Format, Reader, Source


def _open(source: Source) -> Reader:
    from ._warc_records import WarcReader  # with warcio, which few need

    return WarcReader(source)


def _check(source: Source) -> None:
    from ._warc_records import WarcReader

    for _ in WarcReader(source).rows():
        pass


WARC = Format(
    "warc",
    "WARC",
    (".warc", ".wet", ".wat"),
    "each conversion record, as WET has them, is a document, called by its address",
    _open,
    annotations=True,
    encoded=False,
    members=True,
    check=_check,
    extra="warc",
)
