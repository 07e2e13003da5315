"""Polling end to end against a served archive.

Silence first, gaps, fall-backs, failures; nothing is lost.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.catalogue.names import Names
from bot.feeds import github, texts
from bot.feeds.fetch import Fetcher, FetchError
from bot.jobs import interpret as interpreting
from bot.jobs.backfill import Rememberer
from bot.jobs.interpret import Interpreter
from bot.jobs.item_reader import GIVE_UP
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.model import Address, Cursor, Document, Record, Source, SourceKind, Subscription
from bot.states import DeliveryState
from bot.store import Store
from bot.understand import decide as deciding
from bot.understand import learn, significance
from bot.verdicts import Doubt, Origin, Reason
from lab.replay.archive import GitArchive, MemoryArchive
from lab.replay.server import Clock as ArchiveClock
from lab.replay.server import application
from tests.conftest import Clock
from tests.support.models import TELLS_ALL
from tests.support.world import CHANGE, ITEM, verdicts

START = datetime(2025, 11, 1, tzinfo=UTC)
OLD = "We collect your name.\n"
NEW = (
    "We collect your name.\n\n"
    "From now on we sell your name and address to advertisers everywhere.\n"
)


class Scene:
    """An archive, a poller with a clock of its own, and somebody who follows LinkedIn."""

    def __init__(self, store: Store, names: Names, clock: Clock, fetcher: Fetcher) -> None:
        self.store, self.clock = store, clock
        self.archive = MemoryArchive("vlopses-ie")
        self.archive_clock = ArchiveClock(START, START + timedelta(days=60), speed=0)
        self._without_source = Resources(store, fetcher, (), names, clock)
        store.subscriptions.add(
            Subscription(Address("console", "me"), "linkedin", frozenset({"EU"})), START
        )

    def listen(self, source: Source) -> None:
        given = replace(self._without_source, sources=[source])
        self.poller, self.interpreter = Poller(given), Interpreter(given)

    def record(
        self,
        day: float,
        text: str,
        service: str = "LinkedIn",
        terms_type: str = "Privacy Policy",
        **more: Any,
    ) -> None:
        self.archive.add(START + timedelta(days=day), service, terms_type, text, **more)

    async def at(self, day: float) -> None:
        """Let the archive's day come, and poll once."""
        today = START + timedelta(days=day)
        self.archive_clock.move(today)
        self.clock.now = max(self.clock.now, today) + timedelta(hours=2)
        await self.poller.poll_due()
        await self.interpreter.understand_due()

    @property
    def told(self) -> int:
        return self.store.outbox.depth().get(DeliveryState.QUEUED, 0)

    @property
    def error(self) -> str:
        return self.store.sources.status()[0].error


@pytest.fixture
async def scene(store: Store, names: Names, clock: Clock) -> AsyncIterator[Scene]:
    async with Fetcher("test", allow_private=True) as fetcher:
        yield Scene(store, names, clock, fetcher)


@pytest.fixture
async def collection(scene: Scene, served: Any) -> Scene:
    base = await served(application(scene.archive, scene.archive_clock))
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60))
    scene.record(-5, OLD)
    await scene.at(0)
    return scene


async def test_a_change_is_told_once(collection: Scene) -> None:
    assert collection.told == 0, "the first sight is silent"
    collection.record(1, NEW)
    await collection.at(2)
    assert collection.told == 1
    await collection.at(3)
    assert collection.told == 1
    [story] = collection.store.stories.recent(["linkedin"], 5)
    assert (
        story.lead.excerpts[0].after
        == "From now on we sell your name and address to advertisers everywhere."
    )
    assert story.lead.area is None, (
        "the collection's own metadata says Ireland, which proves nothing"
    )


async def test_documents_that_are_seen_together_are_one_message(scene: Scene, served: Any) -> None:
    base = await served(application(scene.archive, scene.archive_clock))
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60))
    scene.interpreter.gather = timedelta(minutes=2)
    for terms_type in ("Privacy Policy", "Terms of Service"):
        scene.record(-5, OLD, terms_type=terms_type)
    await scene.at(0)
    scene.record(1, NEW)
    other = f"{OLD}\nYou must pay a fee of €5 a month from now on, or your account is closed.\n"
    scene.record(1.001, other, terms_type="Terms of Service")
    await scene.at(2)
    assert scene.told == 2
    now, lease = scene.clock(), timedelta(minutes=2)
    claim = scene.store.outbox.claim
    assert claim("console", "me", now + timedelta(minutes=1), lease, 10) == []
    [message] = claim("console", "me", now + timedelta(minutes=2), lease, 10)
    assert len(message.alerts) == 2


async def test_flapping_and_upgrades_are_learnt_in_silence(collection: Scene) -> None:
    collection.record(1, NEW)
    await collection.at(2)
    for day in range(3, 9):
        collection.record(day, OLD if day % 2 else NEW)
        await collection.at(day + 0.5)
    collection.record(
        10,
        "Something that the tracker now extracts in another way, of no interest.",
        record=Record.UPGRADE,
    )
    collection.record(
        11,
        "First words of a document that was not known at all before this day.",
        terms_type="Terms of Service",
    )
    await collection.at(12)
    assert collection.told == 1


PROMISE = OLD + "\nWe will never sell your name or your address to anybody, whatever happens.\n"


@pytest.mark.parametrize(
    "date",
    [
        "2035-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "2025-11-06T12:00:00Z",
    ],
)
async def test_an_entry_dated_wrongly_silences_nothing(
    scene: Scene, served: Any, date: str
) -> None:
    """All that really changes afterwards is told, whatever the one entry claims."""
    scheme, terms = (
        "tag:opentermsarchive.org,2026:scheme:",
        (("service", "LinkedIn"), ("terms-type", "Privacy Policy")),
    )
    said = "".join(f"<category scheme='{scheme}{name}' term='{term}'/>" for name, term in terms)
    entry = (
        "<entry><id>tag:x:version:bogus</id><title>t</title>"
        f"<updated>{date}</updated>{said}</entry>"
    )

    @web.middleware
    async def with_a_wrong_entry(request: web.Request, handler: Any) -> Any:
        if date in request.path:  # the tracker would serve what it claims
            return web.json_response({"content": OLD})
        answer = await handler(request)
        if scene.archive_clock.now > START and request.path.endswith("/feed") and answer.body:
            answer.body = answer.body.replace(b"</feed>", entry.encode() + b"</feed>")
        return answer

    app = application(scene.archive, scene.archive_clock)
    app.middlewares.append(with_a_wrong_entry)
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, await served(app), every=60))
    scene.clock.now = START
    scene.record(-5, OLD)
    scene.record(0.5, OLD, service="TikTok")
    await scene.at(0)
    await scene.at(1)
    text = OLD
    for day in (3, 4):
        text += f"\nFrom now on we sell your data number {day} to advertisers everywhere.\n"
        scene.record(day, text)
        await scene.at(day)
    assert scene.told == 2


async def test_what_only_vanished_is_held_and_told_if_it_lasts(collection: Scene) -> None:
    collection.record(1, PROMISE)
    await collection.at(2)
    assert collection.told == 1
    collection.record(10, OLD)
    await collection.at(10.1)
    assert collection.told == 1, "it may be a page that the tracker lost"
    await collection.at(20)
    collection.clock.forward(days=90)
    await collection.at(20)
    [story] = collection.store.stories.recent(["linkedin"], 5)
    assert [part.record for part in story.parts] == [Record.CHANGE, Record.TAKEN_BACK]
    assert collection.told == 1, "a note is for those who got the alert, and nobody has yet"


async def test_an_old_promise_that_goes_is_told_after_its_hold(scene: Scene, served: Any) -> None:
    base = await served(application(scene.archive, scene.archive_clock))
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60))
    scene.record(-5, PROMISE)
    scene.clock.now = START - timedelta(days=1)
    await scene.at(0)
    scene.record(1, OLD)
    scene.clock.now = START + timedelta(days=1, hours=1)
    await scene.at(1.1)
    assert scene.told == 0
    assert len(scene.store.items.held_due(START + timedelta(days=9), 9)) == 1
    scene.clock.forward(days=2)
    await scene.at(2)
    assert scene.told == 1
    [story] = scene.store.stories.recent(["linkedin"], 5)
    assert story.lead.excerpts[0].before.startswith("We will never sell")
    assert story.lead.why[-1].code is Origin.LASTED


async def test_a_page_that_was_lost_for_a_day_tells_nobody(scene: Scene, served: Any) -> None:
    base = await served(application(scene.archive, scene.archive_clock))
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60))
    scene.record(-5, PROMISE)
    scene.clock.now = START - timedelta(days=1)
    await scene.at(0)
    scene.record(1, OLD)
    scene.record(1.5, PROMISE)
    scene.clock.now = START + timedelta(days=1, hours=20)
    await scene.at(2)
    scene.clock.forward(days=3)
    await scene.at(5)
    assert scene.told == 0
    assert scene.store.items.held_due(scene.clock(), 9) == []
    assert verdicts(scene.store) == {"noise": 2}, "and both can be looked up"


async def test_an_announcement_in_a_first_record_is_news(collection: Scene) -> None:
    collection.record(
        1,
        "User Agreement\n\nWe're updating our terms on December 20, 2025. You own your posts.\n",
        terms_type="Terms of Service",
    )
    await collection.at(2)
    assert collection.told == 1
    [story] = collection.store.stories.recent(["linkedin"], 5)
    assert (story.lead.record, str(story.lead.effective)) == (Record.FIRST, "2025-12-20")


async def test_the_past_is_read_when_somebody_follows(
    scene: Scene, served: Any, names: Names
) -> None:
    """What the document held before we looked is no news when it comes back."""
    base = await served(application(scene.archive, scene.archive_clock))
    source = Source("vlopses-ie", SourceKind.COLLECTION, base, every=60)
    scene.listen(source)
    for number, text in enumerate((OLD, NEW, PROMISE)):
        scene.record(number - 9, text)
    scene.clock.now = START - timedelta(days=1)
    await scene.at(0)
    async with Fetcher("test", allow_private=True) as fetcher:
        given = Resources(scene.store, fetcher, [source], names, scene.clock)
        rememberer = Rememberer(given, pause=0)
        await rememberer.remember_due()
        held = scene.store.documents.get(Document("vlopses-ie", "LinkedIn", "Privacy Policy"))
        assert held
        assert (held.lived, held.text) == (3, PROMISE)
        await rememberer.remember_due()
    scene.record(1, PROMISE + NEW.removeprefix(OLD))
    await scene.at(2)
    assert scene.told == 0
    assert verdicts(scene.store) == {"noise": 1}


async def test_a_page_that_the_tracker_begins_to_read_is_not_told(
    scene: Scene, served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collection does not say how many pages a version was made of.

    The commits of its repository do.
    """
    base = await served(application(scene.archive, scene.archive_clock))
    monkeypatch.setattr(github, "FEEDS", base.rstrip("/"))
    monkeypatch.setattr(significance, "packaged", lambda: TELLS_ALL)
    scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60, github="o/r"))
    page = "\n\nAnother page\n===\n\n" + "\n\n".join(
        f"You must not do thing number {n} here at all." for n in range(9)
    )
    for terms_type in ("Privacy Policy", "Terms of Service"):
        scene.record(-5, OLD, terms_type=terms_type, pages=2)
    await scene.at(0)
    scene.record(1, OLD + page, pages=3)
    scene.record(1, OLD + page, terms_type="Terms of Service", pages=2)
    await scene.at(2)
    await scene.at(100)
    assert [story.lead.terms_type for story in scene.store.stories.recent(["linkedin"], 5)] == [
        "Terms of Service"
    ]
    assert verdicts(scene.store) == {"material": 1, "noise": 1}


async def test_nobody_follows_it_so_its_text_is_not_fetched(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetched(*_: Any) -> str:
        raise AssertionError("no text is fetched for a service that nobody follows")

    monkeypatch.setattr(texts, "text_after", fetched)
    collection.record(1, NEW, service="TikTok")
    await collection.at(2)
    assert collection.store.items.due(collection.clock(), 9) == []


async def test_a_burst_larger_than_the_page_is_not_missed(collection: Scene) -> None:
    collection.record(1, NEW)
    for number in range(150):
        collection.record(2 + number / 1000, f"Version {number}", service="Noisy")
    await collection.at(5)
    assert collection.told == 1


async def test_a_gap_does_not_bring_up_what_was_there_before_we_looked(
    scene: Scene, served: Any
) -> None:
    scene.listen(
        Source(
            "vlopses-ie",
            SourceKind.COLLECTION,
            await served(application(scene.archive, scene.archive_clock)),
            every=60,
        )
    )
    scene.record(-90, OLD)
    scene.record(-80, NEW)
    for number in range(300):
        scene.record(
            -50 + number / 10_000 + (52 if number > 150 else 0),
            f"Version {number}",
            service="Noisy",
        )
    await scene.at(0)
    await scene.at(5)
    assert scene.told == 0


async def test_a_text_that_cannot_be_had_is_asked_for_again(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, down = texts.text_after, True

    async def flaky(*arguments: Any) -> texts.Recorded:
        if down:
            raise FetchError("the server failed (500)", 500)
        return await real(*arguments)

    monkeypatch.setattr(texts, "text_after", flaky)
    collection.record(1, NEW)
    await collection.at(2)
    assert collection.told == 0
    await collection.at(2)  # the feed answers 304 now: only our own memory knows of the change
    down = False
    collection.clock.forward(days=1)
    await collection.at(2)
    assert collection.told == 1


async def test_a_text_that_never_comes_is_told_without_it(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> texts.Recorded:
        raise FetchError("there is no such page (404)", 404)

    monkeypatch.setattr(texts, "text_after", gone)
    collection.record(1, NEW)
    for _ in range(GIVE_UP + 1):
        await collection.at(2)
        collection.clock.forward(days=2)
    assert collection.told == 1
    assert collection.store.stories.recent(["linkedin"], 1)[0].lead.why == (Reason(Origin.UNREAD),)


async def test_a_document_that_breaks_us_does_not_stop_the_rest(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = deciding.decide

    def breaks(reading: Any, *more: Any) -> Any:
        if reading.item.document.terms_type == "Terms of Service":
            raise RuntimeError("a bug")
        return real(reading, *more)

    monkeypatch.setattr(interpreting, "decide", breaks)
    collection.record(0.5, OLD, terms_type="Terms of Service")
    collection.record(1, NEW, terms_type="Terms of Service")
    collection.record(2, NEW)
    await collection.at(3)
    assert collection.told == 1


async def test_a_held_change_of_a_source_that_is_gone_stops_nothing(collection: Scene) -> None:
    """An operator took the source out while one of its changes was held.

    It is settled by what is known of it.
    """
    gone = replace(ITEM, source="gone", uid="commit:gone", when=START)
    held = learn(gone, OLD)
    doubtful = replace(
        CHANGE,
        uid=gone.uid,
        recorded=START,
        fingerprint=tuple(held.sentences),
        doubt=Doubt.ONLY_GONE,
    )
    collection.store.sources.due(["gone"], START)
    collection.store.items.keep("gone", [gone], Cursor(learned=True), START, START)
    collection.store.items.hold(gone, doubtful, held, START)
    collection.record(1, NEW, terms_type="Terms of Service")
    await collection.at(2)
    assert collection.store.items.held_due(collection.clock(), 9) == []
    assert len(collection.store.stories.recent(["linkedin"], 9)) >= 1


async def test_one_that_cannot_be_settled_holds_up_neither_the_others_nor_the_fan_out(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = deciding.settle

    def breaks(change: Any, reading: Any) -> Any:
        if change.uid == "commit:1":
            raise RuntimeError("a bug")
        return real(change, reading)

    monkeypatch.setattr(interpreting, "settle", breaks)
    for number in (1, 2):
        item = replace(ITEM, uid=f"commit:{number}", when=START)
        held = learn(item, OLD)
        doubtful = replace(
            CHANGE,
            uid=item.uid,
            recorded=START,
            fingerprint=tuple(held.sentences),
            doubt=Doubt.EXCHANGED,
        )
        collection.store.items.keep(item.source, [item], Cursor(learned=True), START, START)
        collection.store.items.hold(item, doubtful, held, START)
    await collection.at(2)
    assert [held.change.uid for held in collection.store.items.held_due(collection.clock(), 9)] == [
        "commit:1"
    ]
    assert collection.told == 1


@pytest.fixture
async def repository(scene: Scene, served: Any, tmp_path: Path) -> str:
    """A real versions repository behind GitHub's addresses, and no collection API."""

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
            check=True,
            capture_output=True,
        )

    def commit(text: str, day: int, subject: str) -> None:
        (tmp_path / "LinkedIn").mkdir(exist_ok=True)
        (tmp_path / "LinkedIn/Privacy Policy.md").write_text(text)
        git("add", "LinkedIn")
        git(
            "commit",
            "-q",
            "-m",
            f"{subject} LinkedIn Privacy Policy",
            "--date",
            (START + timedelta(days=day)).isoformat(),
        )

    git("init", "-q", "-b", "main")
    commit(OLD, -5, "First record of")
    commit(NEW, 1, "Record new changes of")
    return str(await served(application(GitArchive(tmp_path), scene.archive_clock, has_feed=False)))


async def test_a_github_repository(scene: Scene, repository: str) -> None:
    scene.listen(
        Source(
            "x",
            SourceKind.GITHUB,
            repository,
            every=60,
            github="o/r",
            jurisdiction=frozenset({"IE"}),
        )
    )
    await scene.at(0)
    await scene.at(2)
    assert scene.told == 1
    [story] = scene.store.stories.recent(["linkedin"], 1)
    assert (
        story.lead.link == f"https://github.com/o/r/commit/{story.lead.uid.removeprefix('commit:')}"
    )


async def test_a_collection_without_a_feed_is_read_from_github(
    scene: Scene, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = repository
    monkeypatch.setattr(github, "FEEDS", base.rstrip("/"))
    monkeypatch.setattr(github, "RAW", f"{base}raw")
    scene.listen(Source("x", SourceKind.COLLECTION, f"{base}api/", every=60, github="o/r"))
    await scene.at(0)
    assert scene.error == "no feed; read from GitHub instead"
    await scene.at(0)
    await scene.at(2)
    assert scene.told == 1
    [story] = scene.store.stories.recent(["linkedin"], 1)
    assert story.lead.excerpts[0].after.startswith("From now on we sell")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"<html>Please log in</html>", 200, "a web page, not a feed"),
        (b"<?xml version='1.0'?><feed><entry>", 200, "none of its entries"),
        (b"x" * 6_000_000, 200, "larger than 5 MiB"),
        (b"", 200, "it is empty"),
        (b"", 410, "gone for good"),
        (b"", 500, "the server failed"),
        (b"", 429, "asks us to slow down"),
    ],
)
async def test_a_bad_feed_is_noted_and_asked_later(
    scene: Scene, served: Any, body: bytes, status: int, said: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            body=body, status=status, headers={"Retry-After": "9000"} if status == 429 else {}
        )

    app = web.Application()
    app.router.add_get("/", answer)
    scene.listen(Source("bad", SourceKind.NEWS, await served(app), every=60))
    await scene.at(0)
    assert said in scene.error
    due = scene.store.sources.status()[0].due_at
    assert due >= scene.clock() + timedelta(seconds=9000 if status == 429 else 50)
    scene.clock.forward(days=32)
    await scene.poller.poll_due()
    assert scene.store.sources.status()[0].due_at > due, "and asked again, ever less often"


@pytest.mark.parametrize("status", [403, 410, 429, 500, 503])
@pytest.mark.parametrize(
    "asked",
    ["Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -1200", "9" * 5000, "0", "\u00b2"],
)
async def test_no_wait_that_a_server_names_silences_or_hammers_it(
    scene: Scene, served: Any, status: int, asked: str
) -> None:
    hits = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal hits
        hits += 1
        return web.Response(status=status, headers={"Retry-After": asked})

    app = web.Application()
    app.router.add_get("/", answer)
    scene.listen(Source("bad", SourceKind.NEWS, await served(app), every=1800))
    for _ in range(3):
        await scene.poller.poll_due()
    assert hits == 1, "the next tick leaves it alone"
    due = scene.store.sources.status()[0].due_at
    most = timedelta(days=30 if status == 410 else 7)
    assert timedelta(minutes=20) <= due - scene.clock() <= most


@pytest.mark.parametrize("error", [RecursionError(), OverflowError(), MemoryError(), KeyError("x")])
async def test_a_feed_that_breaks_us_is_not_asked_at_every_tick(
    scene: Scene, served: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    hits = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal hits
        hits += 1
        return web.Response(text="<rss/>")

    def breaks(*_: Any) -> None:
        raise error

    app = web.Application()
    app.router.add_get("/", answer)
    monkeypatch.setattr("bot.feeds.read", breaks)
    scene.listen(Source("bad", SourceKind.NEWS, await served(app), every=1800))
    for _ in range(3):
        await scene.poller.poll_due()
    assert (hits, scene.error) == (1, type(error).__name__)
    assert scene.store.sources.status()[0].due_at > scene.clock()


async def test_an_unreachable_feed_is_noted(scene: Scene) -> None:
    scene.listen(Source("down", SourceKind.NEWS, "http://127.0.0.1:9/feed", every=60))
    await scene.at(0)
    assert scene.error == "the server cannot be reached"
