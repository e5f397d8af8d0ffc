"""Any text in any format there and back, and cuts that can be undone."""

import io
import json

import pytest
from helpers import LONG, OTHER, call, tree
from hypothesis import given
from hypothesis import strategies as st
from packing import PACKING
from strategies import any_text, articles

import dedup
from dedup.decide.outcomes import Outcome
from dedup.decide.pipeline import Given, Pipeline
from dedup.decide.state import State
from dedup.io.formats import Source, jsonl
from dedup.io.formats.json_text import noted
from dedup.runs.audit import restored
from dedup.runs.boilerplate import Stripping, survey
from dedup.text.given import joined
from dedup.text.paragraphs import without

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


# --- What goes with a paragraph


def line_ends_before(text):
    """With how many line ends a text begins."""
    return sum(map(text[: len(text) - len(text.lstrip("\ufeff \t\r\n"))].count, "\r\n"))


def check_cuts(text, outcome):
    places, result = outcome.cuts(), outcome.result()
    assert len(places) == len(result.removed)
    assert all(p.start <= r.start and r.end <= p.end for p, r in zip(places, result.removed, strict=True))
    assert without(text, places) == result.text
    assert line_ends_before(result.text) <= line_ends_before(text)
    assert restored(result.text, [(p.start, text[p.start : p.end]) for p in places]) == text


@given(articles(), st.sampled_from(["", "\ufeff", " \n", "\n\n \n"]))
def test_cuts_lead_there_and_back(texts, before):
    with dedup.Deduplicator() as seen:
        lines = Pipeline(State(dedup.Config(), None))
        stripping = Stripping(survey([(text, None) for text in texts], 2))
        for n, text in enumerate(before + text for text in texts):
            check_cuts(text, Outcome.of(text, seen.clean(text)))
            check_cuts(text, lines.by_line(text, n))
            rest, _, taken = stripping.strip(n, text)
            check_cuts(text, Outcome.of(text, stripping.restore(text, taken, dedup.Deduplicator().clean(rest, n))))


@given(st.lists(st.sampled_from(["", "  ", LONG, OTHER, f"{LONG} {OTHER}"]), max_size=7), st.booleans())
def test_a_list_of_paragraphs_is_cut_from_its_front(paragraphs, boilerplate):
    given = [dedup.Paragraph(text) for text in paragraphs]
    text = joined(given)
    result = dedup.Deduplicator().clean(given)
    if boilerplate:
        stripping = Stripping(survey([(text, given)] * 2, 2))
        _, staying, taken = stripping.strip("a", text, given)
        result = stripping.restore(text, taken, dedup.Deduplicator().clean(list(staying), "a"), given)
    check_cuts(text, Outcome.of(text, result))


# --- JSON Lines

SPACE = st.sampled_from(["", " ", "\t", "  "])
KEYS = st.sampled_from(["text", "id", "te\\u0078t", "é", "dedup", '\\"'])
SCALARS = st.sampled_from(
    ["1.00", "1e3", "-0", "12345678901234567890123", "null", "true", '"\\u00e9"', "[1, {}]", '{"text": "no"}']
)


@st.composite
def literals(draw, text):
    """A string as JSON spells it, each character in one of its ways."""
    spelled = []
    for character in text:
        ways = [json.dumps(character)[1:-1], json.dumps(character, ensure_ascii=False)[1:-1]]
        if character == "/":
            ways.append("\\/")
        if "\ud800" <= character <= "\udfff":
            del ways[1]
        if ord(character) < 0x10000:
            ways.append(f"\\u{ord(character):04X}")
        spelled.append(draw(st.sampled_from(ways)))
    return f'"{"".join(spelled)}"'


@st.composite
def lines(draw, texts):
    """A line with a text in it, and what its text is for a reader of JSON."""
    members = draw(st.lists(st.tuples(KEYS, SCALARS), max_size=3))
    for text in draw(st.lists(texts, min_size=1, max_size=2)):
        members.insert(draw(st.integers(0, len(members))), ("text", draw(literals(text))))
    space = draw(SPACE)
    inside = ",".join(f'{space}"{key}"{space}:{space}{value}{space}' for key, value in members)
    line = f"{space}{{{inside}}}{space}"
    return line, json.loads(line)["text"]


@given(lines(any_text), st.data())
def test_a_text_is_found_where_it_stands(drawn, data):
    line, text = drawn
    row = jsonl.row_of(1, line.encode(), ("text",))
    if not isinstance(text, str):
        assert row.text is None
        return
    assert row.text == text and row.problem is None
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    reader = jsonl.JsonLinesReader(Source(io.BytesIO(line.encode())))
    (place,) = reader.places(row, [dedup.Span(start, end)], [0])
    shorter = json.loads(line[: place.start] + line[place.end :])
    assert shorter.pop("text") == text[:start] + text[end:]
    assert shorter == {key: value for key, value in json.loads(line).items() if key != "text"}
    assert json.loads(noted(line, [{"start": 0}])) == {**json.loads(line), "dedup": [{"start": 0}]}


# --- Whole runs


@given(articles(most=5), st.sampled_from(sorted(PACKING)), st.sampled_from(["corpus", "document"]), st.data())
def test_json_lines_there_and_back(tmp_path_factory, texts, suffix, scope, data):
    folder = tmp_path_factory.mktemp("jsonl")
    written = [data.draw(lines(st.just(text)))[0] for text in texts]
    written.insert(
        data.draw(st.integers(0, len(written))), data.draw(st.sampled_from(["", "{}", '{"text": null}', "broken"]))
    )
    raw = data.draw(st.sampled_from(["\n", "\r\n"])).join(written).encode() + data.draw(st.sampled_from([b"", b"\n"]))
    pack, unpack = PACKING[suffix]
    source, out, record = folder / f"a.jsonl{suffix}", folder / f"b.jsonl{suffix}", folder / "removed.jsonl"
    source.write_bytes(pack(raw))
    result = call("clean", source, "-o", out, "--removed", record, "--scope", scope)
    assert result.exit_code == (2 if "left unchanged" in result.stderr else 0), result.stderr
    assert ("left unchanged" in result.stderr) == any(
        jsonl.row_of(1, line, ("text",)).problem is not None for line in raw.split(b"\n")
    )
    with dedup.Deduplicator(scope=scope) as seen:
        for before, after in zip(raw.split(b"\n"), unpack(out.read_bytes()).split(b"\n"), strict=True):
            try:
                text = json.loads(before)["text"]
            except (ValueError, LookupError):
                text = None
            if not isinstance(text, str):
                assert before == after
                continue
            expected = seen.clean(text)
            assert json.loads(after) == {**json.loads(before), "text": expected.text}
            assert bool(expected.removed) or before == after
    assert call("restore", out, "--removed", record, "-o", folder / "c.jsonl").exit_code == 0
    assert (folder / "c.jsonl").read_bytes() == raw


@given(articles(most=3), st.sampled_from(sorted(PACKING)), st.booleans())
def test_texts_there_and_back(tmp_path_factory, texts, suffix, by_line):
    folder = tmp_path_factory.mktemp("txt")
    pack, unpack = PACKING[suffix]
    (folder / "in").mkdir()
    for n, text in enumerate(texts):
        (folder / "in" / f"{n}.txt{suffix}").write_bytes(pack(text.encode()))
    how = ["--lines"] if by_line else []
    assert call("clean", folder / "in", "-o", folder / "out", "--removed", folder / "removed", *how).exit_code == 0
    seen = Pipeline(State(dedup.Config(), None))
    for n, text in enumerate(texts):
        outcome = seen.by_line(text, n) if by_line else seen.clean(Given(None, text), lambda given, outcome: outcome)
        expected = outcome.result()
        assert unpack((folder / "out" / f"{n}.txt{suffix}").read_bytes()) == expected.text.encode()
    assert call("restore", folder / "out", "--removed", folder / "removed", "--in-place").exit_code == 0
    assert {name: unpack(raw) for name, raw in tree(folder / "out").items()} == {
        f"{n}.txt{suffix}": text.encode() for n, text in enumerate(texts)
    }


KINDS = {"string": pa.string(), "large_string": pa.large_string(), "dictionary": pa.dictionary(pa.int32(), pa.string())}


@given(articles(most=6), st.sampled_from(sorted(KINDS)), st.integers(1, 4))
def test_parquet_there_and_back(tmp_path_factory, texts, kind, group):
    folder = tmp_path_factory.mktemp("parquet")
    values = [*texts, None, *texts[:1]]
    schema = pa.schema(
        [
            pa.field("id", pa.int16(), metadata={"unit": "none"}),
            pa.field("body", KINDS[kind]),
            pa.field("tags", pa.list_(pa.string())),
        ],
        metadata={"made by": "a test"},
    )
    table = pa.table(
        [list(range(len(values))), pa.array(values, pa.string()).cast(KINDS[kind]), [["a", None]] * len(values)], schema
    )
    pq.write_table(table, folder / "a.parquet", row_group_size=group, compression="zstd")
    table = pq.read_table(folder / "a.parquet")
    result = call(
        "clean", folder / "a.parquet", "-o", folder / "b.parquet", "--field", "body", "--removed", folder / "r"
    )
    assert result.exit_code == 0, result.stderr
    cleaned = pq.read_table(folder / "b.parquet")
    assert cleaned.schema.equals(table.schema, check_metadata=True)
    with dedup.Deduplicator() as seen:
        assert cleaned.column("body").to_pylist() == [
            text if text is None else seen.clean(text).text for text in values
        ]
    assert cleaned.drop_columns("body").equals(table.drop_columns("body"))
    sizes = [
        [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]
        for file in (pq.ParquetFile(folder / name) for name in ("a.parquet", "b.parquet"))
    ]
    assert sizes[0] == sizes[1]
    assert (
        call(
            "restore", folder / "b.parquet", "--removed", folder / "r", "--field", "body", "-o", folder / "c.parquet"
        ).exit_code
        == 0
    )
    again = pq.read_table(folder / "c.parquet")
    assert again.schema.equals(table.schema, check_metadata=True) and again.to_pydict() == table.to_pydict()
