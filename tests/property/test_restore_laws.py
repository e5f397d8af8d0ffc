"""Whatever is removed from a file of any format, its record gives back what was read."""

import gzip
import io
import json
import random
from pathlib import Path

import pytest
from helpers import LONG, OTHER, THIRD
from packing import PACKING
from samples import SAMPLES

from dedup.decide.outcomes import Outcome
from dedup.io.formats import FORMATS, Formats, open_reader
from dedup.io.inputs import InputFile
from dedup.results import CleanResult
from dedup.runs.audit import AuditLog, AuditReader
from dedup.runs.boilerplate import Boilerplate, Stripping
from dedup.runs.rewrite import write_cleaned, write_restored
from dedup.runs.run import OpenFile, explained
from dedup.text.paragraphs import spans_in

pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("warcio", reason="warcio is not installed: pip install 'dedup-paragraphs[warc]'")

FILES = 200
WORDS = [
    LONG,
    OTHER,
    THIRD,
    'She said "no"',
    "“Größe”, a\u2028b",
    "c\\d/e",
    "x, y; z\t|",
    "東京 は",
    "😀 so",
    "- a",
    "1.00",
    " b ",
    "a",
]
ENCODINGS = {"utf-8": None, "utf-16-le": "utf-16-le", "utf-16": "utf-16", "gb18030": "gb18030"}


def a_text(rng, ends):
    between = rng.choice(ends)
    paragraphs = [rng.choice(WORDS) for _ in range(rng.randrange(6))]
    return rng.choice(["", "", between]) + between.join(paragraphs) + rng.choice(["", "", between])


def outcome(rng, text, paragraphs):
    """Any paragraphs of a document removed, or none, as if they were boilerplate."""
    spans = spans_in(text, paragraphs)
    gone = rng.sample(range(len(spans)), rng.randint(0, len(spans)))
    rest = CleanResult("a", "", [span for place, span in enumerate(spans) if place not in gone], [])
    stripping = Stripping(Boilerplate(2, {}, {}))
    return Outcome.of(text, stripping.restore(text, dict.fromkeys(gone, 2), rest, paragraphs))


def lists(rng, texts):
    """JSON of lists of paragraphs in two fields."""

    def element(text):
        return rng.choice([text, {"kind": rng.choice(["cell", "text"]), "text": text}, None, [text, text]])

    rows = [
        {"n": n, "text": [element(one) for one in text.split("\n")], "more": {"title": text}}
        for n, text in enumerate(texts)
    ]
    indent = rng.choice([None, 1, "\t"])
    return json.dumps(rows, ensure_ascii=rng.random() < 0.5, indent=indent).encode()


KINDS = {
    **SAMPLES,
    "lists": (".json", None),
    "JSON object": (".json", lambda texts: json.dumps({"text": texts[0]}, indent=2).encode()),
    "WARC in members": (".wet.gz", lambda texts: SAMPLES["WARC"][1](texts, packed=True)),
}
FIELDS = {"lists": ("more.title", "text"), "JSON Lines": ("text",)}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_200_files_there_and_back(tmp_path, kind):
    rng = random.Random(kind)
    suffix, make = KINDS[kind]
    removed = 0
    for n in range(FILES):
        texts = [a_text(rng, ["\n\n", "\n", "\r\n\r\n", "\n \n"]) for _ in range(rng.randint(1, 4))]
        raw = lists(rng, texts) if make is None else make(texts)
        encoding = None
        if suffix in (".txt", ".md", ".jsonl", ".json", ".csv", ".tsv"):
            encoding = ENCODINGS[rng.choice(sorted(ENCODINGS))]
            raw = raw if encoding is None else raw.decode().encode(encoding)
        packed = "" if suffix in (".parquet", ".wet.gz") else rng.choice(["", ".gz", ".zst"])
        if suffix == ".wet" and packed == ".gz":
            packed = ""
        formats = Formats(None, FIELDS.get(kind, ()), encoding)
        source, out, back, record = (str(tmp_path / f"{name}{n}{suffix}{packed}") for name in ("a", "b", "c", "record"))
        Path(source).write_bytes(PACKING[packed][0](raw))

        file = OpenFile(InputFile(source, "a", out, "a"), open_reader(source, formats, limit=True))
        rows = (
            (row, None if row.text is None else outcome(rng, row.text, row.paragraphs)) for row in file.reader.rows()
        )
        with AuditLog(record, durable=False, again=None) as log, open(out, "wb") as target:
            write_cleaned(file, rows, target, record=log, annotate=False)
        removed += Path(record).read_bytes().count(b"\n")
        with open(back, "wb") as target:
            reader = open_reader(out, formats, limit=False)
            try:
                write_restored(InputFile(out, "a", back, "a"), reader, AuditReader(record), target)
            except ValueError as error:
                raise AssertionError(f"{raw!r}: {explained(error)}") from error
        unpack = gzip.decompress if suffix.endswith(".gz") else PACKING[packed][1]
        before, again = unpack(Path(source).read_bytes()), unpack(Path(back).read_bytes())
        if suffix == ".parquet":
            assert pq.read_table(io.BytesIO(before)).equals(pq.read_table(io.BytesIO(again)))
        else:
            assert before == again
    assert removed > FILES


def test_all_formats_are_there():
    suffixes = {suffix for suffix, _ in KINDS.values()}
    assert all(not suffixes.isdisjoint(format.suffixes) for format in FORMATS)
