"""CSV and TSV: cells are cut, tables are not; and what csv says of a record is what its cells say."""

import csv
import io
import json

import pandas as pd
import pytest
from helpers import LONG, OTHER, THIRD, call
from hypothesis import given
from hypothesis import strategies as st
from packing import PACKING

from dedup.io.formats import Source, tables


def written(path, text):
    path.write_bytes(text.encode())
    return path


def read(text, **options):
    return list(csv.reader(io.StringIO(text, newline=""), **options))


TABLE = f'id,text,"the ""last"""\r\n1,"{LONG}\r\n\r\nHe said ""{OTHER}""",a\r\n"2","{LONG}\r\n\r\n{THIRD}","b,\nc"\r\n\r\n3,{LONG},'


@pytest.mark.parametrize("suffix", sorted(PACKING))
@pytest.mark.parametrize("mark, end", [("", ""), ("\ufeff", "\r\n")])
def test_only_the_cell_changes(tmp_path, suffix, mark, end):
    pack, unpack = PACKING[suffix]
    whole = mark + TABLE + end
    source, out, record = tmp_path / f"a.csv{suffix}", tmp_path / f"b.csv{suffix}", tmp_path / "r"
    source.write_bytes(pack(whole.encode()))
    done = call("clean", source, "-o", out, "--removed", record)
    assert done.exit_code == 0 and "3 documents, 5 paragraphs, 2 removed" in done.stderr
    left = whole.replace(f'"2","{LONG}\r\n\r\n', '"2","').replace(f"3,{LONG},", "3,,")
    assert unpack(out.read_bytes()).decode() == left
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0
    assert unpack(out.read_bytes()).decode() == whole
    assert json.loads(call("find", source).stdout.splitlines()[0])["document"] == f"a.csv{suffix}:2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_dialect(tmp_path, delimiter):
    rows = [["id", "text, and", "text"], ["1", "a", LONG], ["2", "b", LONG]]
    whole = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    assert call("clean", written(tmp_path / "a.csv", whole)).stdout == whole.replace(
        f'b"{delimiter}"{LONG}', f'b"{delimiter}"'
    )
    assert call("clean", written(tmp_path / "a.psv", whole)).stdout == call("clean", tmp_path / "a.csv").stdout
    done = call("clean", "-", "--format", "csv", input=whole)
    assert read(done.stdout, delimiter=delimiter)[2] == ["2", "b", ""]


@pytest.mark.parametrize("given, delimiter", [("^", "^"), ("\\t", "\t"), (";", ";")])
def test_the_delimiter_may_be_given(tmp_path, given, delimiter):
    whole = f"a,text{delimiter}text\n1,2{delimiter}{LONG}\n3,4{delimiter}{LONG}\n"
    source, out, record = written(tmp_path / "a.csv", whole), tmp_path / "b.csv", tmp_path / "r"
    assert call("clean", source, "--delimiter", given, "-o", out, "--removed", record).exit_code == 0
    assert out.read_text() == whole.replace(f"3,4{delimiter}{LONG}", f"3,4{delimiter}")
    assert call("restore", out, "--delimiter", given, "--removed", record).stdout == whole


@pytest.mark.parametrize("given", ["", "ab", '"', "\n"])
def test_delimiters_that_are_none(tmp_path, given):
    done = call("clean", written(tmp_path / "a.csv", f"text\n{LONG}\n"), "--delimiter", given)
    assert done.exit_code == 2 and "--delimiter is" in done.stderr


def test_tabs(tmp_path):
    whole = f"text\tn, m\n{LONG}\t1\n{LONG}\t2\n"
    for name in ("a.tsv", "a.TAB"):
        assert call("clean", written(tmp_path / name, whole)).stdout == f"text\tn, m\n{LONG}\t1\n\t2\n"


def test_a_record_of_one_cell_does_not_become_a_blank_line(tmp_path):
    whole = f'text\n{LONG}\n{LONG}\n"{LONG}"\n""\n{OTHER}\n'
    source, out, record = written(tmp_path / "a.csv", whole), tmp_path / "b.csv", tmp_path / "r"
    assert call("clean", source, "-o", out, "--removed", record).exit_code == 0
    assert out.read_text() == f'text\n{LONG}\n""\n""\n""\n{OTHER}\n' and len(pd.read_csv(out)) == 5
    assert call("restore", out, "--removed", record, "-o", tmp_path / "c.csv").exit_code == 0
    assert (tmp_path / "c.csv").read_text() == whole


def test_several_columns_are_one_document(tmp_path):
    whole = f'text,n,title\n"{LONG}\n\n{OTHER}",1,{OTHER}\n{THIRD},2,"{LONG}"\n'
    source, out, record = written(tmp_path / "a.csv", whole), tmp_path / "b.csv", tmp_path / "r"
    fields = ["--field", "title", "--field", "text"]
    assert call("clean", source, "-o", out, "--removed", record, *fields).exit_code == 0
    assert read(out.read_text())[1:] == [[f"{LONG}\n\n", "1", OTHER], [THIRD, "2", ""]]
    assert call("restore", out, "--removed", record, "--in-place", *fields).exit_code == 0 and out.read_text() == whole


def test_notes(tmp_path):
    whole = f"text;n\r\n{LONG};1\r\n{LONG};2\r\nragged\r\n"
    noted = call("clean", written(tmp_path / "a.csv", whole), "--annotate").stdout_bytes.decode()
    rows = read(noted, delimiter=";")
    assert [row[:2] for row in rows[:3]] == [row[:2] for row in read(whole, delimiter=";")[:3]] and rows[3] == [
        "ragged"
    ]
    assert rows[0][2] == "dedup" and rows[1][2] == "[]" and json.loads(rows[2][2])[0]["relation"] == "exact"
    again = call("clean", written(tmp_path / "b.csv", noted), "--annotate").stdout_bytes.decode()
    assert again == noted.replace("a.csv", "b.csv")


def test_notes_stand_in_no_blank_line(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_RECORD", 200)
    behind = f'\n"{LONG}\n' + "x\n" * 100
    done = call("clean", written(tmp_path / "a.csv", f"text\n\n{LONG}\n\n\n{OTHER}\n{behind}"), "--annotate")
    assert done.stdout == f'text,dedup\n\n{LONG},"[]"\n\n\n{OTHER},"[]"\n{behind}'


@pytest.mark.parametrize("whole", ["", "\n", "text\n", "id,text"])
def test_a_table_without_records(tmp_path, whole):
    done = call("clean", written(tmp_path / "a.csv", whole))
    assert (done.exit_code, done.stdout) == (0, whole), done.stderr


def test_records_that_are_none_stay_as_they_are(tmp_path):
    lines = [
        "text,n",
        f"{LONG},1",
        f"{LONG},2,3",
        "caf\udce9,1",
        f'"a" {LONG},1',
        f'{LONG}"\u2028"x,1',
        f"{LONG},2",
        f'"{LONG},3',
        "x,4",
    ]
    raw = "\n".join(lines).encode("utf-8", "surrogateescape")
    (tmp_path / "a.csv").write_bytes(raw)
    done = call("clean", tmp_path / "a.csv")
    assert done.exit_code == 2 and "5 rows are left unchanged; row 2: 3 cells; expected 2" in done.stderr
    assert done.stdout_bytes == raw.replace(f"{LONG},2\n".encode(), b",2\n")
    done = call("clean", tmp_path / "a.csv", "--field", "body")
    assert (
        done.exit_code == 2
        and "no column 'body'; it has 'text', 'n'; --field NAME says where the text is; skipped" in done.stderr
    )


def test_a_quote_without_an_end_is_not_read_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_RECORD", 200)
    whole = f'text,n\n{LONG},1\n{LONG},2\n"{LONG},3\n' + "x,4\n" * 100
    done = call("clean", written(tmp_path / "a.csv", whole))
    assert done.exit_code == 2 and "row 3: longer than 200 characters" in done.stderr
    assert done.stdout == whole.replace(f"{LONG},2", ",2")


@given(
    st.lists(st.text(st.sampled_from('ab",;\t|\n\r \u2028é'), max_size=6), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
)
def test_cells_are_those_of_csv(cells, delimiter):
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=delimiter, quoting=quoting).writerow(cells)
        raw = file.getvalue()
        spans = tables.cells_of(raw, delimiter)
        assert [tables._said(raw, span) for span in spans] == cells


@given(st.text(st.sampled_from('ab",\n\r '), max_size=14))
def test_where_the_two_differ_the_record_stays(text):
    whole = f"text,n\n{text}"
    reader = tables.TableReader(Source(io.BufferedReader(io.BytesIO(whole.encode()))), ",")
    rows = list(reader.rows())
    assert "".join(row.raw for row in rows) == whole
    for row in rows:
        if row.text is not None:
            (cells,) = read(row.raw)
            assert row.text == cells[0] and len(cells) == 2
