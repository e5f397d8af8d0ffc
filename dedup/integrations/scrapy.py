"""Scrapy: an add-on, one line in a project's settings, and the item pipeline that it puts there.

    ADDONS = {"dedup.integrations.scrapy.DedupAddon": 0}

    DEDUP_ENABLED    False switches it off; default True
    DEDUP_FIELD      the field that holds the text, a string or a list of paragraphs (str, dedup.Paragraph, or dicts with
                     text and kind); default "text"
    DEDUP_ID         the field that an item is known by; default "url"
    DEDUP_SCOPE      "corpus" (default) compares across items, "document" only within each
    DEDUP_INDEX      the file that remembers what was kept; default: beside JOBDIR if that is set, else in memory
    DEDUP_THRESHOLD, DEDUP_MIN_TOKENS and so on: every option of `dedup.Config`

Items are documents in the order in which they reach the pipeline. By its id a page that is fetched again replaces its
earlier delivery; two items of one page do not go because of each other. Any other setting that begins with DEDUP_ is refused.

Items that come within a fifth of a second are decided together, on the event loop, in about a tenth of a millisecond
each: a thread would spend ten times as long on waiting for Python's lock. What may take longer is done by one thread,
while items wait: opening the index, loading the compiled kernels, very long texts, and commits.
"""

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar, cast

try:
    from itemadapter import ItemAdapter
    from scrapy import signals
    from scrapy.exceptions import DropItem, NotConfigured
    from scrapy.utils.asyncio import call_later, is_asyncio_available
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"{__name__} needs the extra scrapy: pip install 'dedup-paragraphs[scrapy]' ({error})", name=error.name
    ) from error

from .._jit import backend
from ..config import Config
from ..deduplicator import Deduplicator, take_kernels
from ..errors import ConfigError, CorpusError, InputError, described, meant
from ..results import CleanResult, Paragraph
from ..text.given import paragraphs_of
from ..text.markup import ADVICE, looks_like_html

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

COMMIT_SECONDS = 10.0  # between two commits; a crash forgets at most what was kept since the last
TOGETHER_SECONDS = 0.2  # that an item waits for others, with which it is decided at a fifth of the cost
LONG_TEXT = 1 << 17  # characters that are decided together, from which they are no work for the event loop
_SAMPLE = "The ferry has sailed at nine.\n\nThe ferry has sailed at noon.\n\nPhoto: the ferry has sailed at nine."

_OPTIONS = {f"DEDUP_{name.upper()}": name for name in Config.__dataclass_fields__}
_SETTINGS = ("DEDUP_ENABLED", "DEDUP_FIELD", "DEDUP_ID", "DEDUP_INDEX", *_OPTIONS)
_SCOPES = {
    "corpus": 'its own item or an earlier one; DEDUP_SCOPE = "document" compares within each only',
    "document": 'its own item; DEDUP_SCOPE = "corpus" compares with earlier ones, too',
}

logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class DedupAddon:
    """Put `DedupPipeline` into ITEM_PIPELINES at 300, unless the project has it there already."""

    def update_settings(self, settings: "BaseSettings") -> None:
        settings.setdefault_in_component_priority_dict("ITEM_PIPELINES", DedupPipeline, 300)


class _Waiting(NamedTuple):
    """An item that waits for its decision."""

    item: Any
    document: str | list[Paragraph]
    name: str | None
    result: Future[CleanResult]


class DedupPipeline:
    """Remove the paragraphs of an item's text that repeat others, and drop an item of which nothing stays.

    An item without the field, or with nothing in it, passes. What is kept is committed to the index about every ten
    seconds, as soon as no item is in the pipelines behind this one, and at the end. After a crash the index is as of
    its last commit: what was kept since then is forgotten, and stays if it comes again.

    Raises NotConfigured if it is switched off, ConfigError for a setting that is unknown or outside its range; IndexLocked,
    IndexCorrupt and CorpusError when the spider opens.
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        if not settings.getbool("DEDUP_ENABLED", True):
            raise NotConfigured
        for name in settings:
            if name.startswith("DEDUP_") and name not in _SETTINGS:
                raise ConfigError(f"unknown setting {name}; {meant(name, _SETTINGS)}")
        self._field: str = settings.get("DEDUP_FIELD", "text")
        self._id: str = settings.get("DEDUP_ID", "url")
        self._config = _config(settings)
        self._index = _index(settings, self._config)
        self._crawler = crawler
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="dedup")
        self._work: Future[Any] = Future()  # what the worker did last, or does
        self._deduplicator: Deduplicator | None = None
        self._committed = 0.0
        self._texts = 0  # items with a text
        self._without_text: set[str] = set()  # the fields of the first item that has none
        self._without_id = False  # whether any had none, which is said once
        self._html = False  # whether one was said to be
        self._waiting: list[_Waiting] = []
        self._unfinished: dict[int, Any] = {}  # items in the pipelines behind this one, by identity

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    async def open_spider(self) -> None:
        if self._index is not None:
            for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
                self._crawler.signals.connect(self._finished, signal)
        logger.info("Removing from %r of each item what repeats %s", self._field, _SCOPES[self._config.scope])
        self._deduplicator = await self._in_worker(_opened, self._config, self._index)
        self._committed = time.monotonic()

    async def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        value = adapter.get(self._field)
        if not value:
            self._count("items/without_text")
            self._without_text = self._without_text or {str(name) for name in adapter.field_names()}
            return item
        self._texts += 1
        name = _name(adapter.get(self._id))
        if name is None and self._index is not None and not self._without_id:
            self._without_id = True
            logger.warning(
                "An item has no %r, by which it would be known again: when it is fetched again all of it goes as a repeat of "
                "itself; expected DEDUP_ID to name the field that tells items apart, one of %s",
                self._id, ", ".join(map(str, adapter.field_names())),
            )  # fmt: skip
        document = _document(value, self._field)
        self._look_for_html(document)
        adapter[self._field] = value  # an item that cannot be changed fails before anything of it is remembered
        result = await self._clean(item, document, name)
        self._record(result)
        if result.removed:
            if not result.text.strip():
                self._count("items/dropped")
                raise DropItem(f"every paragraph of its {self._field!r} repeats an earlier one", log_level="DEBUG")
            adapter[self._field] = _staying(value, result)
        return item

    async def close_spider(self) -> None:
        if self._without_text and not self._texts:
            logger.warning(
                "No item had a text in %r, so nothing was removed; expected DEDUP_FIELD to name the field that holds it, one of %s",
                self._field, ", ".join(sorted(self._without_text)),
            )  # fmt: skip
        try:
            if self._deduplicator is not None:
                await self._ready()
                await self._in_worker(_close, self._deduplicator)
        finally:
            self._worker.shutdown(wait=False)

    async def _clean(self, item: Any, document: str | list[Paragraph], name: str | None) -> CleanResult:
        """Return what is decided on an item, together with those that come a moment before or after it."""
        waiting = _Waiting(item, document, name, Future())
        waiting.result.set_running_or_notify_cancel()  # from now on it is not given up
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            call_later(TOGETHER_SECONDS, self._decide_waiting)
        return await _awaitable(waiting.result)

    def _decide_waiting(self) -> None:
        if not self._work.done():
            call_later(TOGETHER_SECONDS, self._decide_waiting)
            return
        waiting, self._waiting = self._waiting, []
        if sum(len(text) for one in waiting for text in _texts(one.document)) < LONG_TEXT:
            self._decide(waiting)
        else:
            self._work = self._worker.submit(self._decide, waiting)

    def _decide(self, waiting: list["_Waiting"]) -> None:
        assert self._deduplicator is not None
        begin = time.perf_counter()
        left = deque(waiting)
        while left:
            try:
                for result in self._deduplicator.stream([(one.name, one.document) for one in left]):
                    one = left.popleft()
                    if self._index is not None:
                        self._unfinished[id(one.item)] = one.item
                    one.result.set_result(result)
            except Exception as error:  # of the first of those that are left
                left.popleft().result.set_exception(error)
        self._count("seconds", time.perf_counter() - begin)

    async def _in_worker(self, function: Callable[..., _T], *arguments: Any) -> _T:
        self._work = future = self._worker.submit(function, *arguments)
        return await _awaitable(future)

    async def _ready(self) -> None:
        """Wait until the worker has nothing to do."""
        while not self._work.done():
            with suppress(Exception):  # not of this item
                await _awaitable(self._work)

    def _finished(self, item: Any) -> None:
        """Note that an item has left all pipelines: now may be the moment for a commit."""
        self._unfinished.pop(id(item), None)
        since = time.monotonic() - self._committed
        # An item that was replaced by another on its way is not seen again; no commit waits for ever.
        if since >= COMMIT_SECONDS and (not self._unfinished or since >= 2 * COMMIT_SECONDS) and self._work.done():
            self._unfinished.clear()
            self._committed = time.monotonic()
            assert self._deduplicator is not None
            self._work = self._worker.submit(_commit, self._deduplicator)

    def _count(self, name: str, count: float = 1) -> None:
        stats: Any = self._crawler.stats  # declared to count whole numbers; seconds are added up, too
        stats.inc_value(f"dedup/{name}", count)

    def _look_for_html(self, document: str | list[Paragraph]) -> None:
        """Warn of the first item whose text is HTML."""
        if self._html:
            return
        if any(map(looks_like_html, _texts(document))):
            self._html = True
            logger.warning("DEDUP_FIELD %r looks like HTML: %s", self._field, ADVICE)

    def _record(self, result: CleanResult) -> None:
        self._count("items")
        self._count("paragraphs", len(result.kept) + len(result.removed))
        for removal in result.removed:
            self._count("paragraphs/removed")
            self._count(f"paragraphs/removed/{removal.decision.relation}")
            document, position = removal.decision.duplicate_of or (None, 0)
            logger.debug(
                "Removed paragraph %d of %s: %s; see %s, paragraph %d",
                removal.position, result.id, removal.decision.reason, document, position,
            )  # fmt: skip


def _opened(config: Config, index: str | None) -> Deduplicator:
    """Return it ready to decide fast: kernels that are on the disk are loaded before the first item rather than amid the crawl."""
    deduplicator = Deduplicator(config, index=index)
    if backend.wanted(backend.LOAD_FROM):
        warming = Deduplicator(config)
        for one in (warming, deduplicator):
            take_kernels(one)
        warming.clean(_SAMPLE)
    return deduplicator


def _commit(deduplicator: Deduplicator) -> None:
    try:
        deduplicator.commit()
    except CorpusError as error:  # the items are worth more than the index
        logger.error("What was kept is not remembered: %s", error)


def _close(deduplicator: Deduplicator) -> None:
    try:
        deduplicator.commit()
    finally:
        deduplicator.close()


def _config(settings: "BaseSettings") -> Config:
    return Config.of(None, {option: _number(settings[name]) for name, option in _OPTIONS.items() if name in settings})


def _number(value: Any) -> Any:
    """Return a number for one that the command line gives as text; all else as it is."""
    for kind in (int, float) if isinstance(value, str) else ():
        with suppress(ValueError):
            return kind(value)
    return value


def _index(settings: "BaseSettings", config: Config) -> str | None:
    """Return the path of the index, None for one in memory."""
    if given := settings.get("DEDUP_INDEX"):
        return str(given)
    job = settings.get("JOBDIR")
    return f"{os.path.abspath(job)}-dedup.index" if job and config.scope == "corpus" else None


def _name(url: Any) -> str | None:
    """Return a url as an id; item loaders make lists of one, pydantic an object."""
    if isinstance(url, (list, tuple)):
        url = url[0] if len(url) == 1 else None
    return str(url) if url else None


def _document(value: Any, field: str) -> str | list[Paragraph]:
    """Return the document of a field: a text, or of a list the paragraphs, whatever their line ends."""
    if isinstance(value, str):
        return value
    if not isinstance(value, (list, tuple)):
        raise InputError(f"DEDUP_FIELD {field!r} holds {described(value)}; expected a str or a list of paragraphs")
    return paragraphs_of(value, f"DEDUP_FIELD {field!r}")


def _staying(value: Any, result: CleanResult) -> Any:
    """Return what stays of a field, in the shape in which it came."""
    return result.text if isinstance(value, str) else type(value)(value[position] for position in result.positions)


def _texts(document: str | list[Paragraph]) -> list[str]:
    return [document] if isinstance(document, str) else [one.text for one in document]


def _awaitable(future: Future[_T]) -> Awaitable[_T]:
    """Return what a coroutine of Scrapy can await: under a reactor without asyncio that is a Deferred."""
    if is_asyncio_available():
        return asyncio.wrap_future(future)
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    deferred: Any = Deferred()

    def normalize() -> None:
        try:
            result = future.result()
        except Exception as error:
            deferred.errback(error)
        else:
            deferred.callback(result)

    future.add_done_callback(lambda _: reactor.callFromThread(normalize))
    return cast("Awaitable[_T]", deferred)
