"""Markdown: fences are never broken, and marks of headings are no words."""

import json

import pytest
from helpers import LONG, OTHER, THIRD, call
from hypothesis import given
from hypothesis import strategies as st

from dedup.io.formats.markdown import blocks

CODE = 'greet = load_greeting("harbour")\n\nsend_greeting_to(greet, "north pier")'


def said(text):
    return [(paragraph.text, paragraph.kind) for _, paragraph in blocks(text)]


@pytest.mark.parametrize("fence", ["```", "~~~", "````", "```python", "  ```", "> ```", "- ```", "1. ~~~"])
def test_a_fenced_block_is_one_paragraph(fence):
    closing = fence.replace("python", "").replace("-", " ").replace("1.", "  ")
    block = f"{fence}\n{CODE}\n\n# no heading\n{closing}"
    assert said(f"{LONG}\n{block}\n{OTHER}") == [(LONG, "text"), (block.strip(), "code"), (OTHER, "text")]
    assert said(f"{LONG}\n\n{block}") == [(LONG, "text"), (block.strip(), "code")]
    assert said(f"{block}\n\n{LONG}")[1:] == [(LONG, "text")]


def test_a_fence_ends_with_its_like_or_with_the_file():
    assert said("```\na\n~~~\n\nb\n``\nc\n`````\nd") == [("```\na\n~~~\n\nb\n``\nc\n`````", "code"), ("d", "text")]
    assert said("```\na\n\nb") == [("```\na\n\nb", "code")]
    assert said("`code` and ```more``` of it\n\nb") == [("`code` and ```more``` of it", "text"), ("b", "text")]


def test_headings_lose_their_marks():
    text = f"# {LONG}\n{OTHER}\n### Two ###\n##no heading\n#\n\nUnder\nlined\n=====\n{THIRD}\n---\n\n---\n"
    assert said(text) == [
        (LONG, "heading"), (OTHER, "text"), ("Two", "heading"), ("##no heading", "text"), ("", "heading"),
        ("Under\nlined", "heading"), (THIRD, "heading"), ("---", "text"),
    ]  # fmt: skip


def test_front_matter_is_one_piece():
    front = f"---\ntitle: {LONG}\n\ntags: [a]\n---"
    assert said(f"{front}\n{LONG}") == [(front, "code"), (LONG, "text")]
    assert said(f"\ufeff{front}\r\n\r\n{LONG}") == [(front, "code"), (LONG, "text")]


def test_front_matter_of_toml_is_one_piece():
    front = f'+++\ntitle = "{LONG}"\n\n[params]\nn = 1\n+++'
    assert said(f"{front}\n{LONG}") == [(front, "code"), (LONG, "text")]
    assert said(f"+++\n{LONG}\n---\n{OTHER}\n...\n")[0][1] == "heading"


@pytest.mark.parametrize(
    "first, kind", [(f"```\n{LONG}\n```", "code"), (f"# {LONG}", "heading"), (f"    {LONG}", "code")]
)
def test_a_byte_order_mark_is_before_the_first_block(first, kind):
    assert said(f"\ufeff{first}\n\n{OTHER}") == said(f"{first}\n\n{OTHER}")
    assert [of for _, of in said(f"\ufeff{first}\n\n{OTHER}")] == [kind, "text"]


@pytest.mark.parametrize("indent", ["    ", "\t", "  \t", "      "])
def test_an_indented_block_is_one_paragraph(indent):
    code = f"first()\n\n \n{indent}second()"
    for before in ("", f"{LONG}\n\n", f"# {LONG}\n"):
        assert said(f"{before}{indent}{code}\n\n{OTHER}")[-2:] == [(code, "code"), (OTHER, "text")]
        assert said(f"{before}{indent}{code}\n{OTHER}")[-2:] == [(code, "code"), (OTHER, "text")]
    assert said(f"{LONG}\n{indent}goes on") == [(f"{LONG}\n{indent}goes on", "text")]
    assert said(f"{indent}one()\n\n{indent}```\na\n\nb\n{indent}```\n{OTHER}")[1:] == [
        (f"```\na\n\nb\n{indent}```", "code"),
        (OTHER, "text"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "before, after",
    [
        (f"# A\n\n{LONG}\n\n{THIRD}\n\n#{LONG}#\n\n    one()\n    two()\n", f"# A\n\n{LONG}\n\n{THIRD}\n\n    one()\n    two()\n"),
        (f"{LONG}\n\n    #{LONG}#\n\n{OTHER}\n", None),
        (f"{LONG}\n\n   #{LONG}#\n\n{OTHER}\n", f"{LONG}\n\n{OTHER}\n"),
        # What stood apart stays apart.
        (f"# {LONG}\n{OTHER}\n# {LONG}\n{THIRD}\n", f"# {LONG}\n{OTHER}\n\n{THIRD}\n"),
        (f"# {LONG}\n{OTHER}\n# {LONG}\n---\n{THIRD}\n", f"# {LONG}\n{OTHER}\n\n---\n{THIRD}\n"),
        (f"# {LONG}\n{OTHER}\n# {LONG}\n    two()\n", f"# {LONG}\n{OTHER}\n\n    two()\n"),
        (f"# {LONG}\n{OTHER}\n# {LONG}\n## {LONG}\n{THIRD}\n===\n", f"# {LONG}\n{OTHER}\n\n{THIRD}\n===\n"),
        (f"# {LONG}\n{OTHER}\n# {LONG}\n# {THIRD}\n", f"# {LONG}\n{OTHER}\n# {THIRD}\n"),
        (f"# {LONG}\n# {LONG}\n{THIRD}\n", f"# {LONG}\n{THIRD}\n"),
    ],
)  # fmt: skip
def test_what_stays_stays_the_same_blocks(tmp_path, before, after, end):
    before = before.replace(f"#{LONG}#", LONG).replace("\n", end)
    after = before if after is None else after.replace("\n", end)
    source, out, record = tmp_path / "a.md", tmp_path / "b.md", tmp_path / "r"
    source.write_bytes(before.encode())
    assert call("clean", source, "-o", out, "--removed", record).exit_code == 0
    assert out.read_bytes().decode() == after
    there = iter(said(before))
    assert all(block in there for block in said(after))  # in order
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0
    assert out.read_bytes() == source.read_bytes()


def test_no_text_takes_long():
    for text in ("---\r\n" + "a: b\r\n" * 5_000, "# " + " " * 50_000 + "x", "# " + "# " * 50_000 + "x", "> " * 50_000):
        assert said(text)
    assert said("# C# ##\n# C#\n# #\n## a #b") == [
        ("C#", "heading"),
        ("C#", "heading"),
        ("", "heading"),
        ("a #b", "heading"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_there_and_back(tmp_path, end):
    fenced = f"```\n{CODE}\n```"
    text = f"# {LONG}\n{OTHER}\n\n{fenced}\n\n## {LONG}\n\n{OTHER}\n\n{THIRD}\n\n{fenced}\n".replace("\n", end)
    source, out, record = tmp_path / "a.md", tmp_path / "b.md", tmp_path / "r"
    source.write_bytes(text.encode())
    done = call("clean", source, "-o", out, "--removed", record)
    assert done.exit_code == 0 and "2 removed" in done.stderr
    left = text.replace(f"## {LONG}{end}{end}{OTHER}{end}{end}", "")
    assert out.read_bytes().decode() == left and left.count("```") == 4
    assert call("restore", out, "--removed", record, "--in-place").exit_code == 0
    assert out.read_bytes().decode() == text
    first = json.loads(call("find", source).stdout.splitlines()[0])
    assert first["text"] == LONG and first["paragraph"] == 3
    assert call("clean", "-", "--format", "md", input=text).stdout_bytes.decode() == left
    assert "has no place for notes" in call("clean", source, "--annotate").stderr
    assert "--lines takes the lines of one text" in call("clean", source, "--lines").stderr


@given(st.lists(st.sampled_from(["```", "~~~", "# a", "b c", "", "---", "===", "> ```", "    d", "\tif", "+++", "\ufeff", "x ```"]), max_size=12),
       st.sampled_from(["\n", "\r\n"]))  # fmt: skip
def test_blocks_are_all_there_is(lines, end):
    text = end.join(lines)
    at = 0
    for span, paragraph in blocks(text):
        assert not text[at : span.start].strip("\ufeff \t\r\n") and span.start <= span.end
        assert paragraph.text in text[span.start : span.end]
        at = span.end
    assert not text[at:].strip("\ufeff \t\r\n")
