"""Coverage: followers are told once of documents no longer read, and of their return.

Never for a mere pause.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Delivery
from bot.feeds.collections import Place, Seen
from bot.feeds.fetch import Fetcher
from bot.jobs.coverage import Coverage, whole_finding
from bot.jobs.resources import Resources
from bot.locales import languages, speaking
from bot.message import Message
from bot.model import Address, Cursor, Document, Item, Record, Source, SourceKind, Subscription
from bot.platform import Request
from bot.preferences import Schedule
from bot.render.coverage import coverage
from bot.render.delivery import Words
from bot.runtime.http_server import serve
from bot.store import Store, fan_out
from bot.understand.coverage import Finding, Sight, Watched, after, silent_since
from bot.understand.memory import Held
from bot.verdicts import Origin
from handlers import COMMANDS
from tests.conftest import Clock
from tests.support import world

HERE = Address("telegram", "1")
NOW = world.NOW
LISTED = {
    "LinkedIn": ["Privacy Policy", "Terms of Service"],
    "Spotify": ["Privacy Policy"],
    "Discord": ["Privacy Policy"],
}
EACH = st.sampled_from([Sight.READ, Sight.LISTED, Sight.ANSWERS, Sight.UNSURE, *Origin])


class Collection:
    """A stand-in for the engine's API: it answers with what the test puts into it."""

    def __init__(self) -> None:
        self.id = "vlopses-ie"
        self.listed: dict[str, list[str]] = {name: list(types) for name, types in LISTED.items()}
        self.failed: dict[tuple[str, str], str] = {}
        self.run_at: datetime | None = None
        self.periods: list[dict[str, str]] = []
        self.down = False
        self.raw: dict[str, Any] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metadata", self._metadata)
        app.router.add_get("/services", self._services)
        app.router.add_get("/tracking-results", self._results)
        app.router.add_get("/tracking-results/run", self._run)
        return app

    def _answer(self, name: str, said: Any) -> web.Response:
        if self.down:
            raise web.HTTPServiceUnavailable
        said = self.raw.get(name, said)
        return web.Response(text=said) if isinstance(said, str) else web.json_response(said)

    async def _metadata(self, _: web.Request) -> web.Response:
        return self._answer("metadata", {"id": self.id, "trackingPeriods": self.periods})

    async def _services(self, _: web.Request) -> web.Response:
        rows = [
            {"id": name, "name": name, "terms": [{"type": each} for each in types]}
            for name, types in self.listed.items()
        ]
        return self._answer("services", rows)

    async def _run(self, _: web.Request) -> web.Response:
        if not self.run_at:
            raise web.HTTPNotFound
        return self._answer("run", {"lastRun": {"endDate": self.run_at.isoformat()}})

    async def _results(self, request: web.Request) -> web.Response:
        if not self.run_at:
            raise web.HTTPNotFound
        start, limit = int(request.query["offset"]), int(request.query["limit"])
        rows = [
            {"serviceId": name, "termsType": of, "status": "failed", "event": {"date": since}}
            for (name, of), since in self.failed.items()
        ]
        return self._answer("results", {"data": rows[start : start + limit], "count": len(rows)})


class Rig:
    """A collection, the job that looks at it, and somebody who follows LinkedIn."""

    def __init__(
        self, store: Store, known: Catalogue, names: Names, fetcher: Fetcher, base: str
    ) -> None:
        self.store, self.clock, self.collection = store, Clock(NOW), Collection()
        self.source = Source("vlopses-ie", SourceKind.COLLECTION, base)
        self.other = Source("news", SourceKind.NEWS, base)
        self.words = Words(known, names)
        self.job = Coverage(Resources(store, fetcher, [self.source], names, self.clock))

    def follow(self, chat: str = "1", service: str = "linkedin", region: str = "DE") -> None:
        who = Subscription(Address("telegram", chat), service, frozenset({region}))
        self.store.subscriptions.add(who, self.clock())

    def polled(self, ids: Iterable[str] = ("vlopses-ie", "news")) -> None:
        """The sources answered just now."""
        now = self.clock()
        for source_id in ids:
            self.store.sources.due([source_id], now)
            self.store.items.keep(source_id, [], Cursor(learned=True), now, now)

    async def look(self, days: float = 0.5, times: int = 1, answering: bool = True) -> None:
        """Let time pass, and look; the feed answers meanwhile unless it is said otherwise."""
        for _ in range(times):
            self.clock.forward(days=days)
            self.polled(("vlopses-ie", "news") if answering else ("news",))
            await self.job.look_due()

    def told(self) -> list[Message]:
        """What is due for Telegram, worded; each is sent."""
        said = []
        while claimed := self.claim():
            for delivery in claimed:
                said.append(self.words.of(delivery, Telegram("unused"), self.clock()).message)
            self.store.outbox.sent([(each, "1") for each in claimed], "", self.clock())
        return said

    def claim(self) -> list[Delivery]:
        return self.store.outbox.claim("telegram", "", self.clock(), timedelta(minutes=1), 9)


@pytest.fixture
async def rig(store: Store, known: Catalogue, names: Names) -> AsyncIterator[Rig]:
    async for made in _rig(store, known, names):
        yield made


@pytest.fixture
async def both_rigs(both: Store, known: Catalogue, names: Names) -> AsyncIterator[Rig]:
    async for made in _rig(both, known, names):
        yield made


async def _rig(store: Store, known: Catalogue, names: Names) -> AsyncIterator[Rig]:
    async with Fetcher("test", allow_private=True) as fetcher:
        collection = Collection()
        runner, base = await serve(collection.app())
        made = Rig(store, known, names, fetcher, base)
        made.collection = collection
        made.follow()
        made.polled()
        await made.job.look_due()
        yield made
        await runner.cleanup()


# -- told once, and once that it is back


async def test_a_service_that_is_no_longer_listed_is_told_once(both_rigs: Rig) -> None:
    rig = both_rigs
    rig.follow("2", "spotify")
    rig.follow("3", "linkedin", "CH")
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=20)
    first, second = rig.told()
    assert first == second, "both who follow it, in whatever region, and nobody else"
    assert first.quiet
    assert "LinkedIn: not read for now" in first.text
    assert "Privacy Policy and Terms of Service in the collection vlopses-ie" in first.text
    assert "the collection no longer records it" in first.text
    assert "Since 4 November 2025" in first.text
    assert "silence about it means nothing" in first.text
    assert "/unsubscribe linkedin" in first.text
    rig.collection.listed = LISTED
    await rig.look(times=20)
    back, _other = rig.told()
    assert "LinkedIn: read again" in back.text
    assert back.quiet
    await rig.look(times=20)
    assert rig.told() == []


async def test_one_document_that_the_collection_cannot_read(rig: Rig) -> None:
    """The engine says since when; the other document of the service is not named."""
    rig.collection.run_at = NOW
    await rig.look()
    rig.collection.failed = {("LinkedIn", "Privacy Policy"): "2025-10-30T12:00:00.000Z"}
    for _ in range(12):
        rig.collection.run_at = rig.clock()
        await rig.look()
    [said] = rig.told()
    assert "LinkedIn’s Privacy Policy in" in said.text
    assert "Since 30 October 2025: the collection itself cannot read it." in said.text
    [lost] = rig.store.coverage.lost(["linkedin"])
    assert lost.document == Document("vlopses-ie", "LinkedIn", "Privacy Policy")
    rig.collection.failed = {}
    for _ in range(6):
        rig.collection.run_at = rig.clock()
        await rig.look()
    assert ["read again" in said.text for said in rig.told()] == [True]


async def test_a_collection_that_does_not_answer_is_told_once_a_service(rig: Rig) -> None:
    rig.follow("1", "spotify")
    rig.collection.down = True
    await rig.look(times=20, answering=False)
    said = rig.told()
    assert len(said) == 2
    assert all("the collection does not answer" in each.text for each in said)
    rig.collection.down = False
    await rig.look(times=6)
    assert len(rig.told()) == 2


async def test_a_tracker_that_stands_still_although_its_api_answers(rig: Rig) -> None:
    rig.collection.run_at = NOW
    await rig.look(times=30)
    [said] = rig.told()
    assert "has recorded nothing for longer than it usually takes" in said.text


async def test_a_collection_that_ended_by_its_own_word(rig: Rig) -> None:
    rig.collection.periods = [{"startDate": "2024-01-01", "endDate": "2025-11-01"}]
    await rig.look(times=10)
    [said] = rig.told()
    assert "Since 1 November 2025: the collection has ended." in said.text


async def test_what_another_collection_still_reads_is_said(rig: Rig, names: Names) -> None:
    base = rig.source.url
    async with Fetcher("test", allow_private=True) as fetcher:
        second = Source("pga", SourceKind.COLLECTION, base)
        store = rig.store
        rig.collection.id = "pga"
        rig.polled(("pga",))
        resources = Resources(store, fetcher, [second], names, rig.clock)
        await Coverage(resources).look_due()
    rig.collection.id = "vlopses-ie"
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=10)
    [said] = rig.told()
    assert "It is still read in: pga." in said.text
    assert "silence" not in said.text


# -- no false alarm


async def test_the_first_look_only_teaches(store: Store, known: Catalogue, names: Names) -> None:
    async for rig in _rig(store, known, names):
        rig.collection.run_at = NOW
        rig.collection.failed = {("Discord", "Privacy Policy"): "2025-01-01T00:00:00Z"}
        await rig.look(times=2)
        assert rig.told() == []


@pytest.mark.parametrize("days", [0.5, 1, 2, 2.5])
async def test_a_short_outage_is_nothing(rig: Rig, days: float) -> None:
    rig.collection.down = True
    await rig.look(times=int(days * 2), answering=False)
    rig.collection.down = False
    await rig.look(times=20)
    assert rig.told() == []


async def test_a_document_that_comes_and_goes_is_not_told_at_every_turn(rig: Rig) -> None:
    """Each time that it came back, its next loss must last twice as long."""
    for _ in range(6):
        rig.collection.listed = {"Spotify": ["Privacy Policy"]}
        await rig.look(times=8)
        rig.collection.listed = LISTED
        await rig.look(times=3)
    assert len(rig.told()) == 2, "lost and back, once"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("services", []),
        ("services", "<html>"),
        ("services", {"error": "x"}),
        ("services", [{"id": "LinkedIn"}, {"id": 5, "terms": []}, None]),
        ("services", "[" * 20_000),
        ("services", [{"id": "x" * 500, "terms": [{"type": "y"}]}]),
        ("metadata", []),
        ("metadata", {"id": ""}),
    ],
)
async def test_an_answer_that_is_none_alarms_nobody(rig: Rig, name: str, answer: Any) -> None:
    rig.collection.raw[name] = answer
    await rig.look(times=20)
    assert rig.told() == []


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("run", {}),
        ("run", {"lastRun": {"endDate": "soon"}}),
        ("results", {"data": "all"}),
        ("results", []),
    ],
)
async def test_tracking_results_that_cannot_be_read_alarm_nobody(
    rig: Rig, name: str, answer: Any
) -> None:
    rig.collection.raw[name] = answer
    for _ in range(20):
        rig.collection.run_at = rig.clock()
        await rig.look()
    assert rig.told() == []


async def test_when_nothing_answers_it_is_our_own_line(rig: Rig) -> None:
    rig.collection.down = True
    for _ in range(20):
        rig.clock.forward(days=0.5)
        await rig.job.look_due()
    assert rig.told() == []


async def test_a_pause_of_the_bot_itself_is_no_outage(rig: Rig) -> None:
    await rig.look(days=60)
    await rig.look(times=4)
    assert rig.told() == []


async def test_looks_in_a_hurry_do_not_count(rig: Rig) -> None:
    del rig.collection.listed["LinkedIn"]
    await rig.look(days=0.01, times=50)
    assert rig.told() == []


async def test_an_api_that_fails_while_the_feed_answers_says_nothing(rig: Rig) -> None:
    rig.collection.down = True
    await rig.look(times=20)
    assert rig.told() == []


@pytest.mark.parametrize(
    "folder", ["Linkedin", "LINKEDIN", "linkedin.com", "LinkedIn (formerly LinkdIn)"]
)
async def test_a_folder_that_was_renamed_upstream_is_not_lost(rig: Rig, folder: str) -> None:
    rig.collection.listed = {**LISTED, folder: LISTED["LinkedIn"]}
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=20)
    assert rig.told() == []
    del rig.collection.listed[folder]
    await rig.look(times=20)
    assert len(rig.told()) == 1, "it is watched under its new name"


async def test_another_collection_at_the_same_address_is_not_taken_for_it(rig: Rig) -> None:
    rig.collection.id, rig.collection.listed = "kenya", {"Safaricom": ["Privacy Policy"]}
    await rig.look(times=2)
    assert rig.store.coverage.known("vlopses-ie") == {
        Document("vlopses-ie", name, each) for name, types in LISTED.items() for each in types
    }


# -- what is usual


def _every(days: float, count: int, until: datetime) -> list[datetime]:
    return [until - timedelta(days=days * number) for number in range(count)]


@pytest.mark.parametrize(
    ("records", "quiet_days", "silent"),
    [
        (_every(0.5, 100, NOW), 10, False),
        (_every(0.5, 100, NOW), 15, True),
        (_every(20, 30, NOW), 55, False),
        (_every(20, 30, NOW), 61, True),
        (_every(0.02, 100, NOW), 300, False),
        (_every(40, 6, NOW), 900, False),
        ([*_every(1, 30, NOW), *_every(1, 30, NOW - timedelta(days=120))], 200, False),
        ([NOW + timedelta(days=3650)], 30, False),
        ([], 30, False),
    ],
)
def test_silent_is_what_lasts_much_longer_than_usual(
    records: list[datetime], quiet_days: int, silent: bool
) -> None:
    assert (silent_since(records, NOW + timedelta(days=quiet_days)) is not None) == silent


async def test_a_collection_without_tracking_results_that_fell_silent(rig: Rig) -> None:
    records = _every(0.5, 100, NOW)
    items = [
        Item(
            f"commit:{n}",
            "vlopses-ie",
            Record.CHANGE,
            when,
            "t",
            "l",
            Document("vlopses-ie", "X", "P"),
        )
        for n, when in enumerate(records)
    ]
    rig.store.items.keep("vlopses-ie", items, Cursor(), NOW, NOW)
    await rig.look(times=26)
    assert rig.told() == []
    await rig.look(times=14)
    [said] = rig.told()
    assert "Since 4 November 2025: the collection has recorded nothing" in said.text


def test_a_tracker_that_ran_is_not_silent_however_little_it_records() -> None:
    seen = Seen("x", frozenset({Place("a", "b")}), run_at=NOW)
    late = NOW + timedelta(days=3)
    assert whole_finding(seen, late, _every(0.1, 400, NOW - timedelta(days=90)), late) is None


@given(st.lists(EACH, max_size=40))
def test_lost_and_back_alternate_whatever_the_looks_say(looks: list[Any]) -> None:
    """Never lost before three looks and three days, never back before two looks."""
    held = Watched(Document("c", "s", "t"))
    since_turn, turns = 0, [False]
    for number, look in enumerate(looks):
        now = NOW + timedelta(days=number * 0.9)
        seen = Finding(look, now) if isinstance(look, Origin) else look
        new, since_turn = after(held, seen, now), since_turn + 1
        if new.lost != held.lost:
            assert since_turn >= (3 if new.lost else 2)
            turns.append(new.lost)
            since_turn = 0
        held = new
    assert all(one != other for one, other in pairwise(turns))


# -- delivery


async def test_mutes_and_quiet_hours_and_digests_hold(rig: Rig) -> None:
    rig.follow("2")
    rig.follow("3")
    rig.store.subscriptions.mute(
        Address("telegram", "2"), "linkedin", NOW + timedelta(days=90), NOW
    )
    rig.store.preferences.set_schedule(Address("telegram", "3"), Schedule(mode="weekly"), NOW)
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=8)
    assert len(rig.told()) == 1
    rig.clock.forward(days=8)
    assert len(rig.told()) == 1, "the weekly message"
    rig.clock.forward(days=90)
    assert len(rig.told()) == 1, "after the mute"


async def test_who_came_after_the_loss_hears_of_neither(rig: Rig) -> None:
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=8)
    assert len(rig.told()) == 1
    rig.clock.forward(hours=1)
    rig.follow("2")
    rig.collection.listed = LISTED
    await rig.look(times=4)
    assert len(rig.told()) == 1


async def test_a_crash_while_it_is_told_tells_it_later_and_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered and what is queued are one transaction."""
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=5)
    real = fan_out.spread

    def dies(*_: Any, **__: Any) -> int:
        raise MemoryError

    monkeypatch.setattr(fan_out, "spread", dies)
    await rig.look(times=3, days=0.6)
    monkeypatch.setattr(fan_out, "spread", real)
    assert rig.told() == []
    await rig.look(times=3)
    assert len(rig.told()) == 1


async def test_nobody_follows_so_nothing_is_told_and_status_says_it(
    rig: Rig, known: Catalogue, names: Names
) -> None:
    del rig.collection.listed["Spotify"]
    await rig.look(times=10)
    assert rig.told() == []
    [lost] = rig.store.coverage.lost(["spotify"])
    assert lost.finding.why is Origin.NOT_RECORDED
    run = next(command.run for command in COMMANDS if command.entry.name == "status")
    said = run(Request("status", "spotify", HERE), world.context(rig.store, known, names)).text
    assert "Not read at the moment:" in said
    assert "recorded elsewhere · 4 November 2025: the collection no longer records it" in said


async def test_it_shows_in_recent_why_and_story(rig: Rig, known: Catalogue, names: Names) -> None:
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=8)
    rig.told()
    context = world.context(rig.store, known, names)
    run = {command.entry.name: command.run for command in COMMANDS}
    asked = {
        name: run[name](Request(name, "linkedin", HERE), context) for name in ("recent", "why")
    }
    assert (
        "LinkedIn: not read for now (Privacy Policy and Terms of Service) because "
        "the collection no longer records it." in asked["recent"].text
    )
    assert "You were told:" in asked["why"].text
    assert "the collection no longer records it" in asked["why"].text
    [story] = rig.store.stories.recent(["linkedin"], 3)
    shown = run["story"](Request("story", str(story.id), HERE), context)
    assert "silence about it means nothing" in shown.text
    assert (
        "the collection no longer records it"
        in run["why"](Request("why", str(story.id), HERE), context).text
    )


async def test_no_change_joins_what_is_told_of_the_reading(rig: Rig) -> None:
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=8)
    assert rig.store.stories.near(["linkedin"], rig.clock()) == []


@pytest.mark.parametrize("language", languages())
async def test_in_every_language(rig: Rig, language: str) -> None:
    del rig.collection.listed["LinkedIn"]
    await rig.look(times=8)
    [delivery] = rig.claim()
    with speaking(language):
        said = coverage(delivery.alerts[0].story, ("linkedin",), Names(()))
    assert "vlopses-ie" in said.text
    assert (language == "en") == ("can no longer read" in said.text)


# -- a source that is not a collection's API


async def test_a_repository_that_does_not_answer(rig: Rig, names: Names) -> None:
    """Its documents are those that we have read."""
    store, clock = rig.store, rig.clock
    document = Document("user-rights", "LinkedIn", "Privacy Policy")
    held = Held(document, "t", NOW, frozenset(), frozenset(), 1)
    store.documents.add_past(held, "en")
    source = Source("user-rights", SourceKind.GITHUB, "", github="o/r")
    async with Fetcher("test", allow_private=True) as fetcher:
        job = Coverage(Resources(store, fetcher, [source], names, clock))
        rig.polled(("user-rights",))
        await job.look_due()
        for _ in range(16):
            clock.forward(days=0.5)
            rig.polled(("news",))
            await job.look_due()
        assert ["does not answer" in each.text for each in rig.told()] == [True]
        for _ in range(4):
            clock.forward(days=0.5)
            rig.polled(("user-rights",))
            await job.look_due()
        assert ["read again" in each.text for each in rig.told()] == [True]
