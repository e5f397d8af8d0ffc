"""A Scrapy project in one file: it crawls the example corpus, served on loopback, and writes cleaned articles.

python examples/scrapy_project.py [OUTPUT.jsonl]

The first run removes what repeats. A second one to the same output knows what the first one kept, and as the server has
another port each time, its pages are new ones that say the same: nothing but a short line stays.
"""

import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

CORPUS = Path(__file__).parent / "corpus"


class Articles(Spider):
    name = "articles"
    site: str

    async def start(self) -> AsyncIterator[Request]:
        # One after the other, so that the earlier article keeps what a later one repeats.
        for number, path in enumerate(sorted(CORPUS.glob("*.txt"))):
            yield Request(f"{self.site}/{path.name}", priority=-number)

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        yield {"url": response.url, "text": response.body.decode("utf-8")}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "articles.jsonl"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=CORPUS))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    process = CrawlerProcess(
        {
            "ADDONS": {"dedup.integrations.scrapy.DedupAddon": 0},
            "DEDUP_INDEX": output.with_suffix(".index"),
            "CONCURRENT_REQUESTS": 1,
            "FEEDS": {output: {"format": "jsonlines"}},
            "LOG_LEVEL": "WARNING",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    crawler = process.create_crawler(Articles)
    process.crawl(crawler, site=f"http://127.0.0.1:{server.server_port}")
    process.start()
    server.shutdown()
    server.server_close()
    said = crawler.stats.get_value
    print(
        f"{said('dedup/items')} articles, {said('dedup/paragraphs')} paragraphs, {said('dedup/paragraphs/removed')} removed"
    )
    print(f"written to {output}")


if __name__ == "__main__":
    main()
