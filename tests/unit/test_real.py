"""On real scraped pages, where they lie beside the checkout."""

import json
import re

import pytest
from slow import weight

import dedup


def test_seed_article(backend, shared):
    text = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    gold = json.loads((shared / "seed" / "gold.json").read_text())
    result = dedup.clean(text)
    assert (len(dedup.split_paragraphs(text)), len(result.kept)) == (37, 27)
    gone = {removal.position: removal.decision.duplicate_of[1] for removal in result.removed}
    expected = {p for cluster in gold["duplicate_clusters"] for p in cluster[1:]} | {gold["contained"][0]["inner"]}
    assert set(gone) == expected
    for cluster in gold["duplicate_clusters"]:
        assert {gone[p] for p in cluster[1:]} == {cluster[0]}
    assert gone[15] == 25
    for pair in gold["hard_negatives"]:
        assert not set(pair) & set(gone)


@pytest.fixture
def pages(shared):
    paths = sorted((shared / "dev" / "articles").glob("*.txt"))[::23]
    return [(path.name, path.read_bytes().decode("utf-8")) for path in paths]


def test_pages(backend, pages):
    with dedup.Deduplicator() as seen:
        results = list(seen.stream(pages, jobs=2))
    texts = dict(pages)
    places = {name: dedup.split_paragraphs(text) for name, text in pages}
    gone = {(result.id, removal.position) for result in results for removal in result.removed}
    assert len(gone) > 100
    cleaned = {result.id: result.text for result in results}
    for result in results:
        text = texts[result.id]
        staying = [text[span.start : span.end] for span in result.kept]
        assert [result.text[span.start : span.end] for span in dedup.split_paragraphs(result.text)] == staying
        for removal in result.removed:
            document, position = removal.decision.duplicate_of
            assert (document, position) not in gone
            span = places[document][position]
            found = dedup.compare(text[removal.start : removal.end], texts[document][span.start : span.end])
            assert found.relation == removal.decision.relation and found.inner != "b"
        # No exact repeat of seven words or more is left within a document.
        words = [tuple(re.findall(r"\w+", paragraph.casefold())) for paragraph in staying]
        long = [paragraph for paragraph, tokens in zip(staying, words, strict=True) if len(tokens) >= 7]
        assert len(set(long)) == len(long)
    # Cleaning again removes nothing but brief paragraphs, which are judged by their neighbours.
    with dedup.Deduplicator() as seen:
        for again in seen.stream((result.id, result.text) for result in results):
            text = cleaned[again.id]
            assert all(weight(text[removal.start : removal.end]) < 7 for removal in again.removed)


def test_multilingual_pages_fold_alike_on_both_backends(shared):
    from helpers import same

    from dedup.text.tokens import fold

    pytest.importorskip("numba")
    zstd = pytest.importorskip("shutil").which("zstd")
    if not zstd:
        pytest.skip("the multilingual texts are compressed and the zstd program is not installed")
    import subprocess

    paths = sorted((shared / "dev" / "multilingual").glob("*.zst"))
    assert paths
    for path in paths:
        lines = subprocess.run([zstd, "-dcq", path], capture_output=True, check=True).stdout.decode().splitlines()[:60]
        texts = [paragraph for line in lines for paragraph in json.loads(line)["paragraphs"]]
        assert texts
        same(fold(texts), fold(texts, True))
