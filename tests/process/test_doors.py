"""Pages given as paragraphs with kinds are decided alike through every door: calls, files, Scrapy and data frames."""

import json

import pytest
from helpers import call
from packing import zstd

import dedup
from dedup.text.given import KINDS as NAMES

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

CAPTIONS = dict.fromkeys(("alt", "title", "datacap", "caption", "figcaption"), "caption")
CELLS = dict.fromkeys(("td", "th", "dt", "dd"), "cell")
OTHERS = dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading") | dict.fromkeys(("pre", "code"), "code")
KINDS = CAPTIONS | CELLS | OTHERS


@pytest.fixture(scope="module")
def pages():
    """The paragraphs of real pages, each with the kind that its element tells."""
    from helpers import SHARED

    if not SHARED.is_dir():
        pytest.skip("the folder of real pages does not lie beside this checkout")
    manifest = zstd.decompress((SHARED / "dev" / "manifest.jsonl.zst").read_bytes()).decode()
    found = []
    for line in manifest.splitlines():
        page = json.loads(line)
        if not page["kinds"]:  # only its whole body was kept
            continue
        text = (SHARED / "dev" / "articles" / f"{page['id']}.txt").read_bytes().decode()
        paragraphs = text.rstrip("\n").split("\n\n")
        assert len(paragraphs) == len(page["kinds"])
        found.append(
            [
                {"text": one, "kind": KINDS.get(kind, "text")}
                for one, kind in zip(paragraphs, page["kinds"], strict=True)
            ]
        )
    assert len({one["kind"] for page in found for one in page}) == len(NAMES)
    return found


@pytest.fixture(scope="module")
def expected(pages):
    """What `stream` keeps of each page."""
    return decided([[dedup.Paragraph(**one) for one in page] for page in pages])


def decided(documents):
    with dedup.Deduplicator() as seen:
        return [result.positions for result in seen.stream(enumerate(documents))]


def found(source, pages):
    """What `clean` keeps of each row of a file, by what `find` lists."""
    done = call("find", source, "--jobs", "1", "-q")
    assert done.exit_code == 0, done.stderr
    staying = [set(range(len(page))) for page in pages]
    for line in done.stdout.split("\n")[:-1]:
        record = json.loads(line)
        staying[int(record["document"].rpartition(":")[2]) - 1].remove(record["paragraph"])
    return list(map(sorted, staying))


def test_kinds_change_something(pages, expected):
    assert sum(map(len, expected)) < sum(map(len, pages))
    assert expected != decided([[one["text"] for one in page] for page in pages])


def test_json_lines(tmp_path, pages, expected):
    def as_line(page):
        return json.dumps({"text": [one["text"] if one["kind"] == "text" else one for one in page]}, ensure_ascii=False)

    source, out = tmp_path / "pages.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(as_line(page) + "\n" for page in pages), encoding="utf-8")
    assert found(source, pages) == expected
    assert call("clean", source, "-o", out).exit_code == 0
    texts = [
        [one if isinstance(one, str) else one["text"] for one in json.loads(line)["text"]]
        for line in out.read_text(encoding="utf-8").split("\n")[:-1]
    ]
    assert texts == [
        [page[position]["text"] for position in staying] for page, staying in zip(pages, expected, strict=True)
    ]


def test_json(tmp_path, pages, expected):
    (tmp_path / "pages.json").write_text(json.dumps([{"text": page} for page in pages], indent=1), encoding="utf-8")
    assert found(tmp_path / "pages.json", pages) == expected


def test_parquet(tmp_path, pages, expected):
    kind = pa.list_(pa.struct([("text", pa.string()), ("kind", pa.string())]))
    pq.write_table(pa.table({"text": pa.array(pages, kind)}), tmp_path / "pages.parquet", row_group_size=500)
    assert found(tmp_path / "pages.parquet", pages) == expected


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "arrow"])
def test_columns_of_data_frames(pages, expected, library):
    module = pytest.importorskip("pandas" if library == "arrow" else library)
    if library == "pyarrow":
        column = module.table({"text": pages})["text"]
    elif library == "arrow":  # as a data frame reads it from Parquet: an array of dicts in each cell
        column = pa.table({"text": pages}).to_pandas()["text"]
    else:
        column = module.DataFrame({"text": pages})["text"]
    assert decided(column) == expected


def test_scrapy(pages, expected, monkeypatch):
    pytest.importorskip("scrapy")
    import test_scrapy

    monkeypatch.setattr(test_scrapy.integration, "TOGETHER_SECONDS", 0.0)
    items, _ = test_scrapy.process([{"url": str(n), "text": list(page)} for n, page in enumerate(pages)])
    staying = [[] if item is None else item["text"] for item in items]
    assert staying == [[page[position] for position in kept] for page, kept in zip(pages, expected, strict=True)]
