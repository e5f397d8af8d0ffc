"""The same pages by every way in: identical decisions. `DEDUP_PAGES=2000` takes more pages than the usual slice."""

import asyncio
import os
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from helpers import SHARED

import dedup
from dedup.cli.main import main

PAGES = int(os.environ.get("DEDUP_PAGES", "60"))


@pytest.fixture(scope="module")
def pages():
    """Name and text of real pages, in the order of a folder."""
    folder = SHARED / "dev" / "articles"
    if not folder.is_dir():
        pytest.skip("the folder of real pages does not lie beside this checkout")
    found = [(path.name, path.read_bytes().decode()) for path in sorted(folder.glob("*.txt"))[:PAGES]]
    assert found
    return found


@pytest.fixture(scope="module")
def expected(pages):
    with dedup.Deduplicator() as seen:
        return list(seen.stream(pages))


def test_command(pages, expected, tmp_path):
    (tmp_path / "pages").mkdir()
    for name, text in pages:
        (tmp_path / "pages" / name).write_bytes(text.encode())
    done = CliRunner().invoke(main, ["clean", str(tmp_path / "pages"), "-o", str(tmp_path / "cleaned")])
    assert done.exit_code == 0, done.output
    for result in expected:
        assert (tmp_path / "cleaned" / result.id).read_bytes().decode() == result.text


@pytest.mark.parametrize("as_list", [False, True], ids=["text", "list"])
def test_scrapy(pages, expected, as_list):
    integration = pytest.importorskip("dedup.integrations.scrapy", reason="Scrapy is not installed")
    from scrapy.exceptions import DropItem
    from scrapy.settings import Settings
    from scrapy.signalmanager import SignalManager

    stats = SimpleNamespace(inc_value=lambda name, count=1: None)
    crawler = SimpleNamespace(settings=Settings(), stats=stats, signals=SignalManager())
    made = integration.DedupPipeline.from_crawler(crawler)

    def item(name, text):
        paragraphs = [text[span.start : span.end] for span in dedup.split_paragraphs(text)]
        return {"url": name, "text": paragraphs if as_list else text}

    async def run():
        await made.open_spider()
        given = (made.process_item(item(name, text)) for name, text in pages)
        processed = await asyncio.gather(*given, return_exceptions=True)
        await made.close_spider()
        assert {type(found) for found in processed} <= {dict, DropItem}
        empty = [] if as_list else ""
        return [found["text"] if isinstance(found, dict) else empty for found in processed]

    texts = asyncio.run(run())
    if as_list:
        given = dict(pages)
        assert texts == [[given[r.id][span.start : span.end] for span in r.kept] for r in expected]
    else:
        assert texts == [result.text for result in expected]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_columns(pages, expected, kind):
    module = pytest.importorskip(kind, reason=f"{kind} is not installed")
    column = {"pandas": "Series", "polars": "Series", "pyarrow": "array"}[kind]
    articles = getattr(module, column)([text for _, text in pages])
    given = articles.to_pylist() if kind == "pyarrow" else articles
    with dedup.Deduplicator() as seen:
        names = (name for name, _ in pages)
        assert list(seen.stream(zip(names, given, strict=True))) == expected
    paragraphs = [text[span.start : span.end] for _, text in pages for span in dedup.split_paragraphs(text)]
    flags = dedup.duplicated(paragraphs)
    assert flags.any() and np.array_equal(dedup.duplicated(getattr(module, column)(paragraphs)), flags)
