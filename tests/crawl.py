"""A crawl in a process of its own: `python crawl.py URL OUT SETTINGS` follows every link of URL once.

Items are written to OUT, a line of JSON each, flushed at once; what is left of the line after a kill is no item. The
statistics go to standard output as JSON. SETTINGS is JSON, with "list" for texts that are lists of paragraphs.
"""

import json
import sys
import time
import warnings

warnings.simplefilter("error")

from scrapy import Request, Spider  # noqa: E402
from scrapy.crawler import CrawlerProcess  # noqa: E402

from dedup.integrations import scrapy as integration  # noqa: E402

SETTINGS = json.loads(sys.argv[3])


class News(Spider):
    name = "news"

    async def start(self):
        yield Request(sys.argv[1], dont_filter=True)

    def parse(self, response):
        for link in response.css("a.page"):
            yield response.follow(link, self.parse_page)

    def parse_page(self, response):
        paragraphs = response.css("p::text").getall()
        yield {"url": response.url, "text": paragraphs if SETTINGS.get("list") else "\n\n".join(paragraphs)}


class Writer:
    def open_spider(self):
        self.file = open(sys.argv[2], "a", encoding="utf-8")  # noqa: SIM115

    def process_item(self, item):
        self.file.write(json.dumps(item) + "\n")
        self.file.flush()
        return item

    def close_spider(self):
        self.file.close()


def main() -> None:
    integration.COMMIT_SECONDS = SETTINGS.get("commit_seconds", integration.COMMIT_SECONDS)
    settings = {
        "ADDONS": {"dedup.integrations.scrapy.DedupAddon": 0},
        "ITEM_PIPELINES": {Writer: 900},
        "LOG_LEVEL": "DEBUG",
        "TELNETCONSOLE_ENABLED": False,
        **SETTINGS.get("settings", {}),
    }
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(News)
    process.crawl(crawler)
    process.start()
    print(json.dumps({**crawler.stats.get_stats(), "cpu_seconds": time.process_time()}, default=str))


if __name__ == "__main__":
    main()
