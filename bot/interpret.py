"""Items in, outbox out: fetch the texts, understand them, hold what is doubtful, queue what concerns somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import feeds, matcher
from bot.backoff import back_off
from bot.feeds import texts
from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.ota import edition_of
from bot.feeds.syndication import NotAFeedError
from bot.model import Change, Held, Item, Record, Source, SourceKind, Verdict
from bot.reasons import Noise, Unread
from bot.store import Store
from bot.summary import Summarizer
from bot.understand import Edition, doubt, learn, understand_change, understand_first, understand_text, understand_unread
from bot.understand.names import Names
from bot.understand.stories import story_of, taken_back

log = structlog.get_logger()

BACK_OFF_CAP = timedelta(days=1)
#: After this many failures (about a day and a half) a change is told without its text.
GIVE_UP = 8
#: So many new sentences may be a page that the tracker has begun to read.
PAGE = 5
BATCH = 50


class Editions:
    """What is known of each collection's texts: what the operator says, else what it says of itself."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, Edition] = {}

    async def of(self, source: Source) -> Edition:
        if source.jurisdiction or source.kind is not SourceKind.COLLECTION:
            return Edition(source.jurisdiction, source.language)
        if source.id not in self._known:
            try:
                body = (await self._fetcher.get(f"{source.url}metadata")).body or b""
            except FetchError:
                return Edition(language=source.language)  # a hint that is missing holds up nothing
            jurisdiction, language = edition_of(body)
            self._known[source.id] = Edition(jurisdiction, language)
        return self._known[source.id]


class Interpreter:
    """Understands what waits, oldest first, and settles what was held; called by a tick."""

    def __init__(
        self, store: Store, fetcher: Fetcher, sources: Iterable[Source], names: Names, clock: Callable[[], datetime],
        hold: timedelta = doubt.HOLD, stopping: Callable[[], bool] = lambda: False,
        summarizer: Summarizer | None = None, queued: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._store, self._fetcher, self._names, self._clock = store, fetcher, names, clock
        self._hold, self._stopping, self._summarizer = hold, stopping, summarizer
        self._sources = {source.id: source for source in sources}
        self._queued = queued
        self._editions = Editions(fetcher)

    async def understand_due(self) -> None:
        """Understand the items that wait, oldest first. One bad document does not stop the rest."""
        due = await asyncio.to_thread(self._store.items_due, self._clock(), BATCH)
        for item, attempts in due:
            if self._stopping():
                return
            try:
                await self._understand(item, attempts)
            except FetchError as error:
                await self._postpone(item, attempts, error.why, error.retry_after)
            except Exception as error:
                log.exception("item.failed", item=item.uid, source=item.source)
                await self._postpone(item, attempts, type(error).__name__, None)
        await self._settle_due()
        await self.fan_out()

    async def fan_out(self) -> None:
        """Go on where a large audience, or a crash, left stories halfway into the outbox."""
        while await asyncio.to_thread(self._store.fan_out) is not None:
            self._queued()

    # -- one item

    async def _understand(self, item: Item, attempts: int) -> None:
        if item.document is None:
            change = await asyncio.to_thread(understand_text, item, self._names)
            await self._publish(item, change, None)
            return
        service = self._names.of_folder(item.document.service)
        if service not in await asyncio.to_thread(self._store.watched):
            await asyncio.to_thread(self._store.skip, item, Unread.NOBODY_FOLLOWS, None, True)
            return
        held = await asyncio.to_thread(self._store.held, item.document)
        if held and held.recorded >= item.when:
            await asyncio.to_thread(self._store.skip, item, Unread.LATER_VERSION_KNOWN)
        elif item.record is Record.CHANGE:
            await self._understand_change(item, held, attempts)
        else:
            await self._learn_in_silence(item, held)

    async def _learn_in_silence(self, item: Item, held: Held | None) -> None:
        """First records and the tracker's own doings; only what announces a change to come is told."""
        source = self._sources[item.source]
        recorded = await texts.text_after(self._fetcher, source, item)
        learnt = await self._learn(item, recorded.text, held)
        if item.record is Record.FIRST:
            change = await asyncio.to_thread(
                understand_first, item, recorded.text, await self._editions.of(source), self._names
            )
            if change.verdict is Verdict.MATERIAL:
                await self._publish(item, change, learnt)
                return
        why = Noise.NOW_TRACKED if item.record is Record.FIRST else Noise.TRACKER_CHANGED
        await asyncio.to_thread(self._store.skip, item, why, learnt)

    async def _understand_change(self, item: Item, held: Held | None, attempts: int) -> None:
        try:
            recorded = await texts.text_after(self._fetcher, self._sources[item.source], item)
            if held is None:
                held = await self._learn_before(item, recorded)
            if held is None:
                learnt = await self._learn(item, recorded.text)
                await asyncio.to_thread(self._store.skip, item, Unread.NOTHING_BEFORE, learnt)
                return
        except FetchError:
            if attempts + 1 < GIVE_UP:
                raise
            await self._publish(item, understand_unread(item, self._names), None)
            return
        edition = await self._editions.of(self._sources[item.source])
        change = await asyncio.to_thread(understand_change, item, held, recorded.text, edition, self._names)
        if change.verdict is Verdict.MATERIAL and len(change.fingerprint) >= PAGE and not item.pages:
            item, held = await self._with_pages(item, held)
            change = await asyncio.to_thread(understand_change, item, held, recorded.text, edition, self._names)
        learnt = await self._learn(item, recorded.text, held)
        if change.verdict is not Verdict.MATERIAL:
            told = await asyncio.to_thread(self._store.stories_about, change.services, change.recorded)
            change = taken_back(change, learnt, told, edition.language) or change
        if wait := doubt.hold_for(change, held, self._hold):
            await asyncio.to_thread(self._store.hold, item, change, learnt, item.when + wait)
            log.info("change.held", item=item.uid, services=change.services, why=change.doubt)
            return
        await self._publish(item, change, learnt)

    async def _with_pages(self, item: Item, held: Held) -> tuple[Item, Held]:
        """The numbers of source documents before and after, which only the repository's commits tell: without
        them a page that the tracker has just begun to read looks like new terms."""
        assert item.document, "only records of a document have pages"
        source = self._sources[item.source]
        narrow = replace(source, service=item.document.service, terms_type=item.document.terms_type)
        if not source.github:
            return item, held
        try:
            page = await self._fetcher.get(feeds.url_of(narrow, fallback=True))
            commits = await asyncio.to_thread(feeds.read, narrow, page.body or b"", self._clock(), True)
        except (FetchError, NotAFeedError):
            return item, held  # a hint that is missing holds up nothing
        pages = {commit.uid: commit.pages for commit in commits}
        earlier = [commit.pages for commit in commits if commit.when < item.when]
        return replace(item, pages=pages.get(item.uid, 0)), replace(held, pages=earlier[0] if earlier else held.pages)

    async def _settle_due(self) -> None:
        """What was held and is due is told if it still stands; the document's memory forgets it otherwise."""
        for item, change in await asyncio.to_thread(self._store.held_due, self._clock(), BATCH):
            assert item.document, "only changes of a document are held"
            held = await asyncio.to_thread(self._store.held, item.document)
            edition = await self._editions.of(self._sources[item.source])
            settled = await asyncio.to_thread(doubt.settle, change, held, edition.language) if held else change
            forgetful = doubt.forget(change, held) if held and settled.verdict is Verdict.NOISE else None
            await self._publish(item, settled, forgetful)

    async def _learn_before(self, item: Item, after: texts.Recorded) -> Held | None:
        """The document as it was before an item, or None where the collection holds nothing before it."""
        try:
            earlier = await texts.text_before(self._fetcher, self._sources[item.source], item, after)
        except FetchError as error:
            if error.status == 404:
                return None
            raise
        return await self._learn(item, earlier)

    async def _learn(self, item: Item, text: str, held: Held | None = None) -> Held:
        edition = await self._editions.of(self._sources[item.source])
        return await asyncio.to_thread(learn, item, text, held, edition.language)

    async def _publish(self, item: Item, change: Change, held: Held | None) -> None:
        story = None
        if change.verdict is Verdict.MATERIAL:
            told = await asyncio.to_thread(self._store.stories_about, change.services, change.recorded)
            story = story_of(change, told)
            if story is None and self._summarizer and change.record is Record.CHANGE:
                change = await self._summarizer.add(change, self._names.label(change.services[0]))
        audience, now = matcher.audience(change, story), self._clock()
        queued = await asyncio.to_thread(self._store.publish, item, change, held, story, audience, now)
        self._queued()
        log.info(
            "change.understood", item=item.uid, services=change.services, verdict=change.verdict.value,
            joins=story.id if story else None, queued=queued,
        )  # fmt: skip

    async def _postpone(self, item: Item, attempts: int, why: str, asked: timedelta | None) -> None:
        wait = max(back_off(timedelta(minutes=5), attempts + 1, BACK_OFF_CAP), asked or timedelta())
        log.warning("item.postponed", item=item.uid, why=why, attempts=attempts + 1, wait=round(wait.total_seconds()))
        await asyncio.to_thread(self._store.postpone, item.uid, self._clock() + wait, why)
