"""Scrapy: real crawls of a site on loopback, each in a process of its own; every kind of item; what is committed when."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers import TESTS
from news_site import LABEL, NOTICE, Site, paragraphs

import dedup
from dedup.index.file import IndexFile

scrapy = pytest.importorskip("scrapy", reason="Scrapy is not installed: pip install 'dedup-paragraphs[scrapy]'")

from scrapy.exceptions import DropItem, NotConfigured  # noqa: E402
from scrapy.settings import Settings  # noqa: E402
from scrapy.signalmanager import SignalManager  # noqa: E402

from dedup.integrations import scrapy as integration  # noqa: E402

A = "The ferry to the island sailed at nine with forty passengers."
B = "A new school was opened by the mayor on a cold morning."


@pytest.fixture(autouse=True)
def numpy_backend(monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")  # no test here is large enough for another
    monkeypatch.setattr(integration, "TOGETHER_SECONDS", 0.0)  # here; crawls are processes of their own


def start(url, out, **settings):
    """A crawl in a process of its own, which logs to `out`.log."""
    own = {name: settings.pop(name) for name in ("list", "commit_seconds") if name in settings}
    command = [sys.executable, TESTS / "crawl.py", url, out, json.dumps({**own, "settings": settings})]
    with open(f"{out}.log", "w") as log:  # a pipe that nobody reads would stop it
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)


def logged(out):
    return Path(f"{out}.log").read_text(encoding="utf-8")


def crawl(url, out, **settings):
    """The statistics of a whole crawl."""
    process = start(url, out, **settings)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, logged(out)[-3000:]
    statistics = json.loads(said)
    assert statistics["finish_reason"] == "finished", logged(out)[-3000:]
    assert not {"log_count/ERROR", "log_count/WARNING"} & statistics.keys(), logged(out)[-3000:]
    return statistics


def written(out):
    """Item by address; a line that a kill cut short is none."""
    items = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]
    assert len({item["url"] for item in items}) == len(items)
    return {int(item["url"].rpartition("/")[2]): item["text"] for item in items}


def interrupt(process, out, items, by):
    """End a crawl when it has written so many items."""
    until = time.monotonic() + 60
    while not out.exists() or out.read_bytes().count(b"\n") < items:
        assert process.poll() is None and time.monotonic() < until, logged(out)[-3000:]
        time.sleep(0.01)
    process.send_signal(by)
    process.communicate(timeout=60)


@pytest.mark.parametrize("as_list", [False, True], ids=["text", "list"])
def test_two_runs(tmp_path, as_list):
    index = str(tmp_path / "kept.index")
    with Site(30) as site:
        first = crawl(site.url(), tmp_path / "first", DEDUP_INDEX=index, list=as_list)
        second = crawl(site.url("second"), tmp_path / "second", DEDUP_INDEX=index, list=as_list)
    texts = written(tmp_path / "first")
    split = {n: text if as_list else text.split("\n\n") for n, text in texts.items()}
    assert sorted(split) == list(range(30))
    stays = Counter(paragraph for text in split.values() for paragraph in text)
    for n in range(30):
        label, headline, caption, *own, credited, notice = ([] if n % 2 == 0 else [""]) + paragraphs(n)
        assert (label in split[n]) == (n % 2 == 0)
        assert stays[headline] == stays[credited] == stays[notice] == 1 and stays[caption] == 0
        assert all(stays[sentence] == 1 for sentence in own)
    assert first["dedup/items"] == 30 and first["dedup/paragraphs"] == sum(len(paragraphs(n)) for n in range(30))
    assert first["dedup/paragraphs/removed"] == 30 + 29 + 3 and first["dedup/paragraphs/removed/contained"] == 30
    # Whatever has three words or more was kept the first time; an item of which nothing stays is dropped.
    texts = written(tmp_path / "second")
    assert texts == {n: [LABEL] if as_list else f"{LABEL}\n\n" for n in range(0, 30, 2)}
    assert second["dedup/items/dropped"] == second["item_dropped_count"] == 15
    assert "DEBUG: Dropped: every paragraph of its 'text' repeats an earlier one" in logged(tmp_path / "second")
    assert f"the same {len(NOTICE.split())} words" in logged(tmp_path / "second")


def test_a_killed_crawl_loses_nothing(tmp_path):
    index, out = tmp_path / "kept.index", tmp_path / "out"
    with Site(150, delay=0.02) as site:
        process = start(site.url(), out, DEDUP_INDEX=str(index), commit_seconds=0.1)
        interrupt(process, out, 70, signal.SIGKILL)
        before = written(out)
        store = IndexFile(index, dedup.Config(), write=False)
        committed = [id for block in store.blocks() for id in block.ids]
        store.close()
        # What the index remembers was written by the pipeline behind, so nothing goes because of what is lost.
        assert committed and {int(id.rpartition("/")[2]) for id in committed} <= set(before)
        after = tmp_path / "after"
        crawl(site.url(), after, DEDUP_INDEX=str(index))
    texts = written(after)
    said = {paragraph for text in texts.values() for paragraph in text.split("\n\n")}
    for n in range(150):  # pages that come again keep what they kept, so the second crawl alone says everything
        for paragraph in paragraphs(n):
            assert paragraph in said or f"{paragraph} Photo: A. Example" in said


def test_a_stopped_job_is_resumed_with_its_index(tmp_path):
    job, out, pages = tmp_path / "job", tmp_path / "out", 240  # far more than are on their way when it is told to stop
    with Site(pages, delay=0.02) as site:
        interrupt(start(site.url(), out, JOBDIR=str(job)), out, 15, signal.SIGINT)
        assert "'finish_reason': 'shutdown'" in logged(out) and 15 <= len(written(out)) < pages
        crawl(site.url(), out, JOBDIR=str(job))
    assert (tmp_path / "job-dedup.index").is_file()
    texts = written(out)
    assert sorted(texts) == list(range(pages))
    stays = Counter(paragraph for text in texts.values() for paragraph in text.split("\n\n"))
    assert stays.pop(LABEL) == pages // 2 and set(stays.values()) == {1} and stays[NOTICE] == 1


def test_a_reactor_without_asyncio(tmp_path):
    reactor = "twisted.internet.selectreactor.SelectReactor"
    with Site(5) as site:
        statistics = crawl(site.url(), tmp_path / "out", TWISTED_REACTOR=reactor, DEDUP_INDEX=str(tmp_path / "i"))
    assert statistics["dedup/items"] == 5


def test_an_index_in_use_stops_the_crawl(tmp_path):
    index, out = tmp_path / "kept.index", tmp_path / "out"
    with dedup.Deduplicator(index=index), Site(3) as site:
        start(site.url(), out, DEDUP_INDEX=str(index)).communicate(timeout=60)
    assert "IndexLocked" in logged(out) and "is being written by process" in logged(out)
    assert not written(out)


# Without a crawl: the pipeline itself


class Statistics(Counter):
    def inc_value(self, name, count=1):
        self[name] += count


def pipeline(**settings):
    crawler = SimpleNamespace(settings=Settings(settings), stats=Statistics(), signals=SignalManager())
    return integration.DedupPipeline.from_crawler(crawler), crawler


def process(items, **settings):
    """What the pipeline makes of items, one after the other; None for one that it drops. And the statistics."""
    made, crawler = pipeline(**settings)

    async def run():
        await made.open_spider()
        results = []
        for item in items:
            try:
                results.append(await made.process_item(item))
            except DropItem as dropped:
                assert dropped.log_level == "DEBUG"
                results.append(None)
        await made.close_spider()
        return results

    return asyncio.run(run()), crawler.stats


@dataclasses.dataclass
class DataclassItem:
    url: str
    text: object


@dataclasses.dataclass(frozen=True)
class FrozenItem:
    url: str
    text: object


class ScrapyItem(scrapy.Item):
    url = scrapy.Field()
    text = scrapy.Field()


def _attrs():
    attrs = pytest.importorskip("attrs")
    return attrs.make_class("AttrsItem", ["url", "text"])


def _pydantic():
    pydantic = pytest.importorskip("pydantic")
    return pydantic.create_model("PydanticItem", url=(pydantic.HttpUrl, ...), text=(object, ...))


KINDS = {
    "dict": lambda: dict,
    "dataclass": lambda: DataclassItem,
    "scrapy": lambda: ScrapyItem,
    "attrs": _attrs,
    "pydantic": _pydantic,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item(kind):
    make = KINDS[kind]()
    items = [make(url=f"https://example.org/{n}", text=text) for n, text in enumerate([f"{A}\n\n{B}\n\n{A}", A])]
    items += [make(url="https://example.org/0", text=[A, " ", B, B]), make(url="https://example.org/3", text=(B,))]
    results, _ = process(items)
    assert results[0] is items[0] and results[2] is items[2]
    texts = [result["text"] if kind in ("dict", "scrapy") else result.text for result in results if result is not None]
    assert texts == [f"{A}\n\n{B}", [A, " ", B]] and results[1] is None and results[3] is None


def test_ids():
    assert (
        integration._name("https://example.org") == integration._name(["https://example.org"]) == "https://example.org"
    )
    assert (
        integration._name(None)
        is integration._name("")
        is integration._name([])
        is integration._name(["a", "b"])
        is None
    )
    results, _ = process([{"text": A}, {"text": A}])  # without one each is new
    assert results[1] is None


def test_lists_are_paragraphs_whatever_they_hold():
    odd = ["\ufeff", f"{A[:9]}\n\n{A[9:]}", "", "\u2028", B, "\ufeff", A]
    ((item,), statistics) = process([{"text": list(odd)}])
    assert item["text"] == odd[:-1] and statistics["dedup/paragraphs"] == len(odd)


def test_lists_may_tell_kinds_and_miss_paragraphs():
    cell = {"text": A, "kind": "cell", "row": 3}
    given = [A, None, dedup.Paragraph(A, "caption"), cell, {"text": B, "kind": "heading"}, B]
    ((item, gone), statistics) = process([{"url": "1", "text": tuple(given)}, {"url": "2", "text": [None, B, " "]}])
    expected = dedup.clean(given)
    assert list(item["text"]) == expected.paragraphs and isinstance(item["text"], tuple) and item["text"][1] is None
    assert item["text"][2] is cell and gone is None and statistics["dedup/paragraphs/removed"] == 3


def test_html_is_warned_of_once(caplog):
    page = f"<p>{A}</p><p>{B}</p><p>{A}</p>"
    for field in (page, [A, page]):
        caplog.clear()
        process([{"text": field}, {"text": field}])
        assert caplog.text.count("DEDUP_FIELD 'text' looks like HTML") == 1
    caplog.clear()
    process([{"text": f"{A} <3 & 4 > 3"}])
    assert not caplog.text


def test_nothing_is_remembered_of_an_item_that_cannot_be_changed():
    made, _ = pipeline()

    async def run():
        await made.open_spider()
        with pytest.raises(dataclasses.FrozenInstanceError):
            await made.process_item(FrozenItem("https://example.org/1", f"{A}\n\n{A}\n\n{B}"))
        item = await made.process_item({"url": "https://example.org/2", "text": B})
        await made.close_spider()
        return item["text"]

    assert asyncio.run(run()) == B


def test_what_passes_untouched():
    items = [{"url": "a"}, {"url": "a", "text": None}, {"url": "b", "text": ""}, {"url": "c", "text": []}]
    results, statistics = process([*items, {"text": " \n "}])
    assert results[:4] == items and results[4] == {"text": " \n "}
    assert statistics["dedup/items/without_text"] == 4 and statistics["dedup/items/dropped"] == 0


@pytest.mark.parametrize("wrong", [7, b"text", ["a", 7], {"a": "b"}, ["a", {"text": "b", "kind": "table"}]])
def test_what_is_no_text(wrong):
    message = "paragraph 1 of DEDUP_FIELD 'text' is" if isinstance(wrong, list) else "DEDUP_FIELD 'text' holds"
    with pytest.raises(dedup.InputError, match=message):
        process([{"text": wrong}])


def test_what_is_no_text_is_named_with_its_place():
    with pytest.raises(dedup.InputError, match=r"paragraph 1 of DEDUP_FIELD 'text' is 7, an int; expected a str, "):
        process([{"text": ["a", 7]}])


def test_a_missing_paragraph_is_an_empty_one():
    ((first, second), statistics) = process(
        [{"text": [A, None, B, None]}, {"text": (None, A, "", "New, and not long.")}]
    )
    assert first["text"] == [A, None, B, None]
    assert second["text"] == (None, "", "New, and not long.") and statistics["dedup/paragraphs"] == 8


def test_the_field_of_the_id(tmp_path, caplog):
    items = [{"link": f"https://example.org/{n}", "text": text} for n, text in enumerate((A, B))]
    for _ in range(2):  # what is fetched again stays
        results, statistics = process(
            [dict(item) for item in items], DEDUP_INDEX=str(tmp_path / "by link"), DEDUP_ID="link"
        )
        assert results == items and statistics["dedup/items/dropped"] == 0
    assert not [record for record in caplog.records if record.levelname == "WARNING"]
    process([dict(item) for item in items], DEDUP_INDEX=str(tmp_path / "by url"))
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "has no 'url'" in warning and "expected DEDUP_ID to name" in warning and "one of link, text" in warning


def test_a_field_that_no_item_has_is_named_once(caplog):
    process([{"text": A}, {"text": B}], DEDUP_FIELD="body")
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("No item had a text in 'body'") and warning.endswith(
        "the field that holds it, one of text"
    )
    caplog.clear()
    process([{"text": A}, {"body": B}], DEDUP_FIELD="body")
    process([], DEDUP_FIELD="body")
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_the_scope_is_said_at_the_start(caplog):
    caplog.set_level("INFO", "dedup")
    for scope, said in (
        ("corpus", 'DEDUP_SCOPE = "document" compares within each only'),
        ("document", "its own item;"),
    ):
        caplog.clear()
        process([], DEDUP_SCOPE=scope)
        assert said in caplog.text


def test_settings(tmp_path):
    assert process([{"body": A}, {"body": A.upper()}], DEDUP_FIELD="body")[0][1] is None
    assert process([{"body": A}, {"body": A}])[1]["dedup/items/without_text"] == 2
    assert process([{"text": A}, {"text": A}], DEDUP_SCOPE="document")[0] == [{"text": A}] * 2
    with pytest.raises(NotConfigured):
        pipeline(DEDUP_ENABLED=False)
    for wrong in ({"DEDUP_THRESHOLD": "high"}, {"DEDUP_THRESHOLD": 7}, {"DEDUP_SCOPE": "page"}):
        with pytest.raises(dedup.ConfigError):
            pipeline(**wrong)
    for wrong in ("DEDUP_TRESHOLD", "DEDUP_GUARD"):
        with pytest.raises(
            dedup.ConfigError,
            match=f"unknown setting {wrong}; (did you mean DEDUP_THRESHOLD|expected one of DEDUP_ENABLED)",
        ):
            pipeline(**{wrong: 0.8})
    options = {
        "threshold": 0.8,
        "scope": "document",
        "min_tokens": 4,
        "shingle_size": 2,
        "num_perm": 64,
        "recall": 0.9,
        "max_candidates": 10,
        "seed": 2,
    }
    for kind in (lambda value: value, str):  # as a project gives them, and as the command line does
        made, _ = pipeline(**{f"DEDUP_{name.upper()}": kind(value) for name, value in options.items()})
        assert dataclasses.asdict(made._config) == options
    assert pipeline(DEDUP_THRESHOLD=None)[0]._config == dedup.Config()
    job = tmp_path / "job"
    assert pipeline(JOBDIR=f"{job}{os.sep}")[0]._index == f"{job}-dedup.index"
    assert pipeline(JOBDIR=str(job), DEDUP_SCOPE="document")[0]._index is None
    assert pipeline(JOBDIR=str(job), DEDUP_INDEX="other")[0]._index == "other"
    with pytest.raises(dedup.ConfigError, match="an index has no use"):
        process([], DEDUP_INDEX=str(tmp_path / "index"), DEDUP_SCOPE="document")


def test_add_on():
    settings = Settings({"ITEM_PIPELINES": {integration.DedupPipeline: 7}})
    integration.DedupAddon().update_settings(settings)
    assert settings.getdict("ITEM_PIPELINES") == {integration.DedupPipeline: 7}


def test_a_commit_covers_what_passed_the_pipelines_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(integration, "COMMIT_SECONDS", 0.0)
    made, crawler = pipeline(DEDUP_INDEX=str(tmp_path / "index"))
    monkeypatch.setattr(integration, "LONG_TEXT", 100)
    long = {"text": f"{A}\n\n{B}".replace("the", "no")}
    one, two = {"text": A}, {"text": B}

    async def finished(item):
        await crawler.signals.send_catch_log_async(scrapy.signals.item_scraped, item=item)
        await made._ready()

    async def run():
        await made.open_spider()
        store = made._deduplicator.store
        await made.process_item(one)
        await made.process_item(two)
        monkeypatch.setattr(integration, "COMMIT_SECONDS", 100.0)
        await finished(one)
        monkeypatch.setattr(integration, "COMMIT_SECONDS", time.monotonic() - made._committed - 0.001)
        await finished({"text": "another"})
        assert store.describe().commits == 0  # the second is on its way
        await finished(two)
        assert store.describe().commits == 1 and store.size.documents == 2
        monkeypatch.setattr(integration, "COMMIT_SECONDS", 0.0)
        await made.process_item({"text": "This is never seen again because it is replaced."})
        await finished({"text": "what took its place"})
        assert store.describe().commits == 2  # but not for ever
        results = await asyncio.gather(
            *(made.process_item(item) for item in (long, {"text": B}, {"text": A})), return_exceptions=True
        )
        assert results[0] is long and results[0]["text"] and [type(result) for result in results[1:]] == [DropItem] * 2
        await made.close_spider()

    asyncio.run(run())
    with dedup.Deduplicator(index=tmp_path / "index") as seen:
        assert seen.store.size.documents == 6


def test_an_index_that_cannot_be_written_costs_no_item(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(integration, "COMMIT_SECONDS", 0.0)
    made, crawler = pipeline(DEDUP_INDEX=str(tmp_path / "index"))

    def refuse(*_):
        raise OSError(28, "No space left on device")

    async def run():
        await made.open_spider()
        monkeypatch.setattr("dedup.index.append_log.os.pwrite", refuse)
        item = await made.process_item({"text": A})
        await crawler.signals.send_catch_log_async(scrapy.signals.item_scraped, item=item)
        assert await made.process_item({"text": B}) == {"text": B}
        with pytest.raises(dedup.CorpusError):  # the end of the crawl says so again
            await made.close_spider()

    asyncio.run(run())
    assert "What was kept is not remembered" in caplog.text
