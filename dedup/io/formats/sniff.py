"""What is no plain text although nobody said so: told by how a name ends, and by how a file begins.

What dedup cannot read is named, with what to do instead. `--format txt` insists.
"""

import json
import re
from typing import NamedTuple

BEGINNING = 1 << 13  # bytes that tell what a file is


class Refused(NamedTuple):
    """Files that are no text, and no format that is read.

    title: what they are; instead: what to do; suffixes: how their names end
    """

    title: str
    instead: str
    suffixes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.title}; {self.instead}"


_EXTRACT = "extract its text first, as examples/extract.py does, or --format txt takes its tags for text"
_CONVERT = "convert it to plain text first"
HTML = Refused("HTML", _EXTRACT, (".html", ".htm", ".xhtml", ".shtml", ".mhtml"))
XML = Refused("XML", _EXTRACT, (".xml", ".rss", ".atom", ".rdf", ".tei", ".svg"))
SUBTITLES = Refused(
    "subtitles, whose lines belong to their times",
    "take the text out of them first, or --format txt takes the times for text",
    (".srt", ".vtt", ".sbv", ".ass", ".ssa", ".ttml"),
)
PDF = Refused("PDF", f"{_CONVERT}, as pdftotext does", (".pdf",))
OFFICE = Refused(
    "an office document or book",
    f"{_CONVERT}, as pandoc -t plain does",
    (".docx", ".doc", ".docm", ".odt", ".rtf", ".epub", ".mobi", ".pptx", ".ppt", ".odp", ".pages"),
)
MARKUP = Refused(
    "text in another markup",
    f"{_CONVERT}, as pandoc -t plain does, or --format txt takes its marks for text",
    (".tex", ".ltx", ".bib", ".ris", ".rst", ".adoc", ".asciidoc", ".textile", ".mediawiki", ".texi"),
)
MAIL = Refused(
    "mail, a calendar or cards",
    "take the text out of them first, or --format txt takes all of it for text",
    (".eml", ".mbox", ".msg", ".ics", ".vcf", ".vcard"),
)
DATA = Refused(
    "data or settings",
    "write its texts as JSON Lines first, or --format txt takes all of it for text",
    (
        *(".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".plist"),
        *(".po", ".pot", ".xliff", ".tmx", ".sql"),
    ),
)
# Without those that are endings of domains, too, by which scraped texts may be called: .pl, .rs, .sh, .cc.
PROGRAM = Refused(
    "a program",
    "take the text out of it first, or --format txt takes all of it for text",
    (
        *(".py", ".ipynb", ".js", ".mjs", ".ts", ".jsx", ".tsx", ".css", ".scss", ".c", ".h", ".cpp", ".hpp", ".cs"),
        *(".java", ".kt", ".scala", ".go", ".rb", ".php", ".lua", ".swift", ".bash", ".ps1", ".bat", ".r", ".jl"),
    ),
)
SHEET = Refused("a spreadsheet", "save it as CSV first", (".xlsx", ".xls", ".xlsm", ".ods", ".numbers"))
ARCHIVE = Refused("an archive", "unpack it first", (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar", ".jar"))
DATABASE = Refused(
    "a database or table in binary form",
    "write it as JSON Lines, CSV or Parquet first",
    (".sqlite", ".db", ".arrow", ".feather", ".avro", ".orc", ".pkl", ".pickle", ".npy", ".npz", ".h5"),
)
COMPRESSED = Refused("compressed", "call it .gz, .bz2, .xz or .zst, as what it is, or decompress it first")
REFUSED = (HTML, XML, SUBTITLES, PDF, OFFICE, MARKUP, MAIL, DATA, PROGRAM, SHEET, ARCHIVE, DATABASE)

_MAGIC = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"{\\rtf", OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (b"SQLite format 3\0", DATABASE),
    (b"ARROW1\0\0", DATABASE),
    (b"\x1f\x8b\x08", COMPRESSED),
    *((b"BZh%d1AY&SY" % level, COMPRESSED) for level in range(1, 10)),
    (b"\xfd7zXZ\0", COMPRESSED),
    (b"\x28\xb5\x2f\xfd", COMPRESSED),
)
# Tags with which pages begin, and parts of pages; a script alone is none, as texts that were scraped may begin with one.
_TAGS = b"!doctype html|html|head|body|title|meta|h1|div|table|article|section|main|header|font|p"
_LOOKS = (
    (re.compile(rb"(?:<!--.*?-->\s*)*<(?:" + _TAGS + rb")[\s>]", re.IGNORECASE | re.DOTALL), HTML),
    (re.compile(rb"<\?xml\s|<!DOCTYPE\s|<(?:rss|feed|TEI|mediawiki)[\s>]"), XML),
    (re.compile(rb"WEBVTT(?:[\s]|$)|\d+[ \t]*\r?\n\d\d:\d\d:\d\d[,.]\d{3} -->|\[Script Info\]"), SUBTITLES),
    (re.compile(rb"WARC/[01]\.\d+\r?\n"), "warc"),
    (re.compile(rb"PAR1"), "parquet"),
    (re.compile(rb'\[\s*(?:\{\s*["}]|\Z)|\{\s*(?:\Z|"(?:[^"\\]|\\.)*(?:\Z|"\s*(?:\Z|:)))', re.DOTALL), "json"),
    # An array of strings, not a word in brackets and quotes; one of arrays, or of numbers and others, not the numbers of notes.
    (re.compile(rb'\[\s*"(?:[^"\\]|\\.)*(?:\Z|"\s*(?:,|\Z|\]\s*\Z))', re.DOTALL), "json"),
    (re.compile(rb'\[\s*(?:\[\s*|(?:-?\d[\d.eE+-]*|true|false|null)\s*,\s*)+["{]'), "json"),
)


def refused_by_name(name: str) -> Refused | None:
    """Return what a name says, in lower case and without its compression, if that is no format that is read."""
    return next((refused for refused in REFUSED if name.endswith(refused.suffixes)), None)


def told_by_content(beginning: bytes) -> Refused | str | None:
    """Return what a file is that begins so: none that is read, or the name of its format; None if it may be any text."""
    for magic, refused in _MAGIC:
        if beginning.startswith(magic):
            return refused
    body = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    told = next((told for pattern, told in _LOOKS if pattern.match(body)), None)
    return "jsonl" if told == "json" and _is_line(body) else told


def _is_line(body: bytes) -> bool:
    """Tell whether the first line of JSON is a whole object, or so long that it must be one."""
    line, end, _ = body.partition(b"\n")
    if not body.startswith(b"{") or (not end and len(body) < BEGINNING // 2):
        return body.startswith(b"{") and line.rstrip().endswith(b"}")
    try:
        return not end or isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
