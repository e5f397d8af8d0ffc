"""Boilerplate: what is taken for it, that all of it goes, and that the rule decides on the rest as if it were not there."""

import json

import pytest
from helpers import call, tree

BUTTON = "Share this article"
NOTICE = "We use cookies to make this site work"
STORIES = ["The ferry has sailed at last", "The mill was sold on Monday", "Rain is expected in the hills"]


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, story in enumerate(STORIES):
        notice = [NOTICE] if number else []
        (folder / f"{number}.txt").write_text("\n\n".join([BUTTON, *notice, story, BUTTON.upper() + "!", "—"]) + "\n")
    (folder / "3.txt").write_text(f"{STORIES[0]}\n\n{STORIES[0]}\n\n{NOTICE}, and to sell you things\n")
    return folder


def records(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_find_lists_furniture_with_counts_then_every_removal(backend, pages):
    result = call("find", pages, "--boilerplate", 2)
    assert result.exit_code == 0
    listed = records(result.stdout)
    # A story told in two documents is boilerplate too, at so low a number; one told twice in one document would not be.
    assert [(record["text"].casefold().rstrip("!"), record["documents"]) for record in listed[:3]] == [
        (BUTTON.casefold(), 3), (STORIES[0].casefold(), 2), (NOTICE.casefold(), 2)
    ]  # fmt: skip
    assert all(record["relation"] == "boilerplate" for record in listed)
    places = [(record["document"], record["paragraph"]) for record in listed[3:]]
    assert places == [
        ("0.txt", 0), ("0.txt", 1), ("0.txt", 2), ("1.txt", 0), ("1.txt", 1), ("1.txt", 3), ("2.txt", 0), ("2.txt", 1),
        ("2.txt", 3), ("3.txt", 0), ("3.txt", 1),
    ]  # fmt: skip
    assert all(record["duplicate_of"] is None and "documents" in record["reason"] for record in listed[3:])
    assert "11 boilerplate" in result.stderr


def test_clean_removes_all_occurrences_and_logs_each(backend, pages, tmp_path):
    out = tmp_path / "out"
    result = call("clean", pages, "--boilerplate", 3, "-o", out)
    assert result.exit_code == 0 and result.stdout == ""
    assert tree(out) == {
        "0.txt": f"{STORIES[0]}\n\n—\n".encode(),
        "1.txt": f"{NOTICE}\n\n{STORIES[1]}\n\n—\n".encode(),
        "2.txt": f"{STORIES[2]}\n\n—\n".encode(),
        "3.txt": f"{NOTICE}, and to sell you things\n".encode(),
    }
    logged = records(result.stderr)
    assert len(logged) == 6 and {record["relation"] for record in logged} == {"boilerplate"}
    found = [record for record in records(call("find", pages, "--boilerplate", 3).stdout) if "document" in record]
    assert logged == [record for record in found if record["relation"] == "boilerplate"]
    # The rule's own removals name paragraphs by their places in the files as they are.
    assert [record["duplicate_of"] for record in found if record["relation"] != "boilerplate"] == [
        {"document": "1.txt", "paragraph": 1},
        {"document": "0.txt", "paragraph": 1},
        {"document": "0.txt", "paragraph": 1},
    ]
    again = call("clean", out, "--boilerplate", 3, "-o", tmp_path / "again")
    assert "0 removed" in again.stderr and tree(tmp_path / "again") == tree(out)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["-"], "- can be read only once"),
        (["pages/0.txt", "-"], "- can be read only once"),
        (["/dev/null"], "/dev/null can be read only once"),
        (["pages", "--lines"], "no"),
        (["pages/0.txt", "pages/0.txt"], "would both be called pages/0.txt"),
    ],
)
def test_refused(pages, monkeypatch, arguments, words):
    monkeypatch.chdir(pages.parent)
    result = call("find", *arguments, "--boilerplate", 2, input="text")
    assert result.exit_code == 2 and words in result.stderr and result.stdout == ""


def test_what_cannot_be_read_is_named_once(pages, tmp_path):
    (pages / "latin.txt").write_bytes("café".encode("latin-1"))
    result = call("clean", pages, "--boilerplate", 3, "-o", tmp_path / "out")
    assert result.exit_code == 2 and result.stderr.count("latin.txt") == 1


def test_less_than_two_documents_is_no_number(pages):
    assert call("find", pages, "--boilerplate", 1).exit_code == 2


def test_furniture_is_not_drawn_for_a_sample(pages):
    drawn = records(call("find", pages, "--boilerplate", 3, "--sample", 9).stdout)
    assert {record["relation"] for record in drawn} == {"exact"} and len(drawn) == 3
    assert {record["kept_text"] for record in drawn} == {NOTICE, STORIES[0]}


def test_numbers_are_no_boilerplate(backend, tmp_path):
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(f"1\n\n2,500\n\n€5 – 7\n\n12.5 %\n\n★★★\n\nPage 1\n\n{STORIES[n]}\n")
    listed = [record for record in records(call("find", tmp_path, "--boilerplate", 2).stdout) if "documents" in record]
    assert [record["text"] for record in listed] == ["Page 1"]


def test_the_rest_keeps_its_paragraphs_where_no_blank_line_is_left(backend, tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.txt").write_text(f"{STORIES[0]}\n")
    (source / "b.txt").write_text(f"{NOTICE}\n\n{STORIES[0]}\n{STORIES[1]}\n")
    (source / "c.txt").write_text(f"{NOTICE}\n\n{STORIES[2]}\n{STORIES[2]}\n")
    done = call("clean", source, "-o", out, "--boilerplate", 2, "--removed", tmp_path / "r")
    assert done.exit_code == 0 and "3 documents, 5 paragraphs, 2 removed" in done.stderr
    assert tree(out)["b.txt"].decode() == f"{STORIES[0]}\n{STORIES[1]}\n"
    assert tree(out)["c.txt"].decode() == f"{STORIES[2]}\n{STORIES[2]}\n"
    assert call("restore", out, "--removed", tmp_path / "r", "--in-place").exit_code == 0 and tree(out) == tree(source)


def test_a_terminal_is_not_flooded(pages, tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.cli.main.at_terminal", lambda stream: True)
    result = call("clean", pages, "--boilerplate", 3, "-o", tmp_path / "out")
    assert records(result.stderr) == [] and "6 boilerplate" in result.stderr
    assert result.stderr.endswith(
        "--removed FILE would put each boilerplate on record; `dedup find --boilerplate 3` lists it\n"
    )
    recorded = call("clean", pages, "--boilerplate", 3, "-o", tmp_path / "other", "--removed", tmp_path / "removed")
    assert "--removed" not in recorded.stderr and len((tmp_path / "removed").read_text().splitlines()) > 6
