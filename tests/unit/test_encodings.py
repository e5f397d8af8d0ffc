"""Text that is no UTF-8 is named with the way to read it, or read as it is said to be and written so."""

import gzip
import json
import subprocess

import pytest
from helpers import LONG, OTHER, THIRD, call, tree
from packing import PACKING

LETTERS = "“Café” – größer"
TEXT = f"{LETTERS} {LONG}\n\n{OTHER}\n\n{LETTERS} {LONG}\n"
LEFT = f"{LETTERS} {LONG}\n\n{OTHER}\n"
LATIN = str.maketrans("“”–", '""-')


@pytest.mark.parametrize(
    "encoding, name, option",
    [
        ("utf-16-le", "UTF-16", "utf-16"),
        ("utf-16-be", "UTF-16", "utf-16"),
        ("utf-32-le", "UTF-32", "utf-32"),
        ("utf-32-be", "UTF-32", "utf-32"),
        ("latin-1", "ISO-8859-1", "latin-1"),
        ("cp1252", "CP1252", "cp1252"),
    ],
)
def test_each_is_named_with_a_way_that_works(tmp_path, encoding, name, option):
    mark = "\ufeff" if encoding.startswith("utf") else ""
    text = mark + (TEXT.translate(LATIN) if encoding == "latin-1" else TEXT)
    left = mark + (LEFT.translate(LATIN) if encoding == "latin-1" else LEFT)
    source, out, record = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "r"
    source.write_bytes(text.encode(encoding))
    done = call("clean", source)
    assert done.exit_code == 2 and f"iconv -f {name} -t UTF-8" in done.stderr and f"--encoding {option}" in done.stderr
    turned = subprocess.run(["iconv", "-f", name, "-t", "UTF-8", source], capture_output=True)
    assert turned.stdout.decode().removeprefix("\ufeff") == text.removeprefix("\ufeff")
    done = call("clean", source, "--encoding", option, "-o", out, "--removed", record)
    assert done.exit_code == 0 and out.read_bytes() == left.encode(encoding), done.stderr
    assert call("restore", out, "--encoding", option, "--removed", record, "-o", tmp_path / "c.txt").exit_code == 0
    assert (tmp_path / "c.txt").read_bytes() == source.read_bytes()
    assert call("clean", "-", "--encoding", option, input=source.read_bytes()).stdout_bytes == left.encode(encoding)


ROWS = {
    "jsonl": "".join(
        json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in (TEXT, LETTERS, f"{LETTERS} {LONG}")
    ),
    "json": json.dumps([{"text": text} for text in (TEXT, LETTERS, f"{LETTERS} {LONG}")], ensure_ascii=False, indent=2),
    "csv": "text,n\r\n" + "".join(f'"{text}",1\r\n' for text in (TEXT, LETTERS, f"{LETTERS} {LONG}")),
    "md": TEXT,
}


@pytest.mark.parametrize("kind", sorted(ROWS))
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "cp1252", "gb18030", "utf-8"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_every_format_in_any_encoding(tmp_path, kind, encoding, packed):
    mark = "\ufeff" if encoding.startswith("utf") else ""
    option = encoding[:6] if encoding.startswith(("utf-16", "utf-32")) else encoding
    raw = (mark + ROWS[kind]).encode(encoding)
    source, out, record = (tmp_path / name for name in (f"a.{kind}{packed}", f"b.{kind}", "r"))
    source.write_bytes(gzip.compress(raw) if packed else raw)
    done = call("clean", source, "-o", out, "--encoding", option, "--removed", record)
    assert done.exit_code == 0, done.stderr
    plain = tmp_path / f"plain.{kind}"
    plain.write_bytes((mark + ROWS[kind]).encode())
    assert out.read_bytes().decode(encoding) == call("clean", plain).stdout_bytes.decode()
    assert call("restore", out, "--encoding", option, "--removed", record, "--in-place").exit_code == 0
    assert out.read_bytes() == raw


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_kr", "hz", "utf-7"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_an_encoding_with_a_state_is_ended(tmp_path, encoding, packed):
    text = f"{OTHER}\n\n{LONG} 水"
    source, out, record = (tmp_path / name for name in (f"a.txt{packed}", f"b.txt{packed}", "r"))
    pack, unpack = PACKING[packed]
    source.write_bytes(pack(f"{text}\n\n{OTHER}\n\n{THIRD} 水".encode(encoding)))
    done = call("clean", source, "-o", out, "--encoding", encoding, "--removed", record)
    assert done.exit_code == 0 and unpack(out.read_bytes()) == f"{text}\n\n{THIRD} 水".encode(encoding), done.stderr
    done = call("restore", out, "--encoding", encoding, "--removed", record, "-o", tmp_path / f"c.txt{packed}")
    assert done.exit_code == 0 and unpack((tmp_path / f"c.txt{packed}").read_bytes()) == unpack(source.read_bytes())


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_rows_in_other_encodings_are_named(tmp_path, kind):
    source = tmp_path / f"a.{kind}"
    source.write_bytes(ROWS[kind].encode("cp1252"))
    done = call("clean", source)
    assert done.exit_code == 2 and done.stdout_bytes == source.read_bytes()
    assert "row 1: not UTF-8 text" in done.stderr and "iconv -f CP1252" in done.stderr
    source.write_bytes(ROWS[kind].encode("utf-16"))
    assert "UTF-16 text; expected UTF-8" in call("clean", source).stderr


def test_what_is_not_of_the_encoding_is_skipped_before_anything_is_decided(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(
        (json.dumps({"text": THIRD}) + "\n").encode("ascii") * 5_000 + b'{"text": "\x81"}\n'
    )
    (folder / "b.txt").write_bytes(THIRD.encode("cp1252"))
    done = call("clean", folder, "-o", tmp_path / "out", "--encoding", "cp1252")
    assert done.exit_code == 2 and "a.jsonl: not cp1252 text (near byte" in done.stderr
    assert tree(tmp_path / "out") == {"b.txt": THIRD.encode()}
    (folder / "b.txt").write_bytes(b'\x1b$B$"\x1b(B\x1b$B$$\x1b(B' + THIRD.encode())  # as nobody would write it
    done = call("clean", folder / "b.txt", "--encoding", "iso2022_jp")
    assert done.exit_code == 2 and "would not be written as it is read" in done.stderr


@pytest.mark.parametrize("encoding", ["klingon", "base64", ""])
def test_encodings_that_are_none(tmp_path, encoding):
    (tmp_path / "a.txt").write_text(LONG)
    done = call("clean", tmp_path / "a.txt", "--encoding", encoding)
    assert done.exit_code == (2 if encoding else 0) and ("--encoding is" in done.stderr) == bool(encoding)


@pytest.mark.parametrize("order", ["le", "be"])
def test_without_a_mark_it_is_told_by_its_nul_bytes(tmp_path, order):
    source = tmp_path / "a.txt"
    source.write_bytes(TEXT.encode(f"utf-16-{order}"))
    done = call("clean", source)
    assert done.exit_code == 2 and f"iconv -f UTF-16{order.upper()} -t UTF-8" in done.stderr
    assert call("clean", source, "--encoding", f"utf-16-{order}").stdout_bytes == LEFT.encode(f"utf-16-{order}")
    source.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert "not text: it holds NUL bytes" in call("clean", source).stderr
