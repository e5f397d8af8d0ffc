"""A small made-up news site on loopback: `with Site(pages) as site` serves `site.url()` until the context is left.

Page n has sentences of its own, its caption in the figure and once more below it with a credit, and a notice that stands
on every page; one page in ten repeats a sentence of the page before. Even pages begin with a label of one word.
"""

import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = """
harbour council bridge ferry market budget river school winter tram museum engineer mayor ticket garden theatre station
library owner painter baker teacher captain visitor neighbour roof window kitchen cellar tower square fountain lantern
letter parcel bicycle lorry carriage engine signal timetable platform island meadow orchard cattle apple bread cheese
paint timber copper granite marble velvet silk wool summer autumn spring morning evening midnight holiday festival
opened closed burned flooded moved shrank vanished returned promised refused bought sold painted counted measured warned
repaired delayed praised measured forgot remembered invited elected carried lifted dropped buried planted watered cooked
quiet loud narrow broad golden wooden hollow crooked gentle stubborn famous hidden early late cheap costly empty crowded
slowly quickly barely nearly twice again together alone abroad upstairs outside yesterday tomorrow seldom often
""".split()
LABEL = "Opinion"
NOTICE = "Sign up for the letter that our editors write every morning."


def sentence(seed: str) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choices(WORDS, k=chosen.randint(12, 40))).capitalize() + "."


def paragraphs(n: int) -> list[str]:
    """What page n says."""
    own = [sentence(f"{n} {k}") for k in range(6)]
    if n % 10 == 9:
        own[2] = sentence(f"{n - 1} 2")
    caption = sentence(f"caption {n}")
    label = [LABEL] if n % 2 == 0 else []
    return [*label, f"{sentence(f'headline {n}')[:30]} {n}", caption, *own, f"{caption} Photo: A. Example", NOTICE]


class Site:
    """The site, with `pages` pages; every answer takes `delay` seconds and holds `boilerplate` bytes beside the text."""

    def __init__(self, pages: int, delay: float = 0.0, boilerplate: int = 0) -> None:
        site = self
        aside = "".join(
            f'<div class="menu"><a href="#{k}"><span>Menu {k}</span></a></div>' for k in range(boilerplate // 64)
        )

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(site.delay)
                name = self.path.rpartition("/")[2]
                if not name.isdigit():
                    body = "".join(f'<a class="page" href="{self.path}{n}">page {n}</a>' for n in range(site.pages))
                else:
                    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(int(name)))
                page = f"<!doctype html><title>News</title><body>{aside}{body}</body>".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                pass

        self.pages, self.delay = pages, delay
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def url(self, edition: str = "first") -> str:
        """The page with the links to all others; another edition has other addresses and the same texts."""
        return f"http://127.0.0.1:{self._server.server_port}/{edition}/"

    def __enter__(self) -> "Site":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
