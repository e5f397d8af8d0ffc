"""The recipes of docs/pipelines.md run as they stand there, and do what they say."""

import asyncio
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from textwrap import indent

import pytest
from helpers import ROOT
from news_site import Site, paragraphs

import dedup

SECTIONS = {
    title: re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    for title, section in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", (ROOT / "docs" / "pipelines.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
}  # fmt: skip
ARTICLES = [(f"https://example.org/{n}", "\n\n".join(paragraphs(n))) for n in range(8, 14)]
EXPECTED = [result.text for result in dedup.Deduplicator().stream(ARTICLES)]


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")


def run(title, block=0, **given):
    """What the names of a recipe stand for after it has run."""
    names = dict(given)
    exec(compile(SECTIONS[title][block], f"docs/pipelines.md, {title}", "exec"), names)
    return names


def pages(articles=ARTICLES):
    """Web pages that hold the articles."""
    for url, text in articles:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
        yield url, f"<html><head><title>News</title></head><body><article><h1>News</h1>{body}</article></body></html>"


def imported(name):
    with warnings.catch_warnings():  # of their own modules
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed")


def test_every_recipe_is_tested():
    tested = set(re.findall(r'(?:run\(|SECTIONS\[)"(.*?)"', Path(__file__).read_text("utf-8")))
    assert tested == {title for title, blocks in SECTIONS.items() if blocks} and len(tested) == 10


def test_scrapy():
    scrapy_settings = imported("scrapy.settings")
    settings = scrapy_settings.Settings({"ADDONS": run("Scrapy")["ADDONS"]})
    from scrapy.utils.misc import load_object

    for addon in settings.getdict("ADDONS"):
        load_object(addon)().update_settings(settings)
    assert [kind.__name__ for kind in settings.getdict("ITEM_PIPELINES")] == ["DedupPipeline"]


def test_kinds():
    imported("lxml.html")
    row = "<tr><td>Answered by the harbour office</td></tr>"
    figure = '<figure><img alt="The pier at dawn"><figcaption>The pier at dawn</figcaption></figure>'
    extra = ("table", f"<table>{row * 2}</table>"), ("figure", f"<p>{paragraphs(3)[2]}</p>{figure}")
    cleaned = run("Kinds of paragraphs", pages=[*pages(), *extra])["cleaned"]
    pieces = [piece for text in cleaned.values() for piece in text.split("\n\n")]
    assert pieces.count(paragraphs(9)[-1]) == 1 and pieces.count("The pier at dawn") == 1
    assert pieces.count("Answered by the harbour office") == 2


@pytest.mark.parametrize(
    "block, module, name", [(0, "pandas", "frame"), (1, "polars", "frame"), (2, "pyarrow", "table")]
)
def test_data_frames(block, module, name):
    imported(module)
    column = run("Data frames", block)[name]["text"]
    texts = column.to_pylist() if module == "pyarrow" else list(column)
    assert len(texts) == 3 and texts[0] == "The ferry has sailed." and texts[2] == "The ferry sails at 9."


def test_articles():
    imported("pandas")
    frame = run("A column of articles", articles=ARTICLES)["frame"]
    assert frame["text"].tolist() == EXPECTED
    for (_, text), staying, removed in zip(ARTICLES, frame["text"], frame["removed"], strict=True):
        assert removed and sorted([*staying.split("\n\n"), *removed]) == sorted(text.split("\n\n"))


def test_hugging_face(tmp_path):
    imported("datasets")  # whose processes are given what a script defines, so this one is a script
    script = f"""if __name__ == "__main__":
{indent(SECTIONS["Hugging Face datasets"][0], "    ")}
    print(list(data["text"]))
    try:
        data.map(lambda row: row, fn_kwargs={{"seen": dedup.Deduplicator()}}, num_proc=2)
    except dedup.ConfigError as error:
        print(error)
"""
    (tmp_path / "recipe.py").write_text(script)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, tmp_path / "recipe.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)
    assert done.stdout.startswith("['The ferry has sailed.', 'The ferry sails at 9.']\n"), done.stderr[-2000:]
    assert "a Deduplicator cannot be pickled" in done.stdout


def test_trafilatura():
    imported("trafilatura")
    cleaned = run("trafilatura", pages=list(pages()))["cleaned"]
    assert list(cleaned) == [url for url, _ in ARTICLES]
    texts = [paragraph.text for staying in cleaned.values() for paragraph in staying]
    assert texts.count(paragraphs(9)[-1]) == 1 and texts.count(paragraphs(9)[4]) == 1


def test_a_column_of_lists():
    pandas = imported("pandas")
    frame = run("A column of articles", 1)["frame"]
    pier = {"text": "Pier", "kind": "cell"}
    assert frame["paragraphs"].tolist() == [[pier, {"text": "The ferry has sailed.", "kind": "text"}], [pier]]
    assert isinstance(frame, pandas.DataFrame)


def test_newspaper():
    imported("newspaper")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cleaned = run("newspaper4k", pages=list(pages()))["cleaned"]
    assert all("\n\n" in text for text in cleaned.values())
    assert "\n\n".join(cleaned.values()).split("\n\n").count(paragraphs(9)[-1]) == 1


def test_crawlee(tmp_path, monkeypatch):
    imported("crawlee.crawlers")
    monkeypatch.chdir(tmp_path)
    with Site(6) as site, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        items = run("Crawlee", start=site.url())["items"]
    texts = {item["url"].rpartition("/")[2]: item["text"].split("\n\n") for item in items}
    assert set(texts) == {"", *map(str, range(6))}
    stays = [paragraph for text in texts.values() for paragraph in text]
    assert stays.count(paragraphs(1)[-1]) == 1 and all(stays.count(paragraphs(n)[-2]) == 1 for n in range(6))


def test_datatrove():
    data = imported("datatrove.data")
    step = run("datatrove")["RemoveRepeats"]()
    documents = [
        data.Document(text=text, id=url) for url, text in [*ARTICLES, ("copy", ARTICLES[0][1].split("\n\n")[1])]
    ]
    assert [document.text for document in step.run(documents)] == EXPECTED
    with pytest.raises(AssertionError, match="expected tasks=1"):
        list(step.run(documents, 0, 2))


def test_asyncio():
    assert [result.text for result in run("asyncio", articles=ARTICLES)["results"]] == EXPECTED


def test_many_at_once_under_asyncio():
    seen = dedup.Deduplicator()

    async def gathered():
        return await asyncio.gather(*(asyncio.to_thread(seen.clean, text, url) for url, text in ARTICLES))

    results = {result.id: result for result in asyncio.run(gathered())}
    alone = dedup.Deduplicator()
    assert {id: alone.clean(dict(ARTICLES)[id], id) for id in seen._state.ids} == results
