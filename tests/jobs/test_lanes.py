"""Lanes: a slow source delays no other, and memos follow the change they are about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.catalogue.names import Names
from bot.feeds.fetch import Fetcher
from bot.jobs import lanes
from bot.jobs.interpret import Interpreter
from bot.jobs.lanes import LONGEST_WAIT_SECONDS, Lanes, Locks, Order, in_order
from bot.jobs.resources import Resources
from bot.model import Address, Cursor, Document, Item, Record, Source, SourceKind, Subscription
from bot.runtime.bounded import Bounded
from bot.runtime.pool import pooled
from bot.store import Store, StoreError
from bot.store.items import DueItem, HeldChange
from tests.conftest import Clock
from tests.support.world import NOW

#: Seconds that each text of the slow source takes, and how many it has.
SLOW, TEXTS = 0.5, 15
NAMES = {"linkedin": "LinkedIn", "tiktok": "TikTok"}


def item(source: str, number: int, service: str = "linkedin", **more: Any) -> Item:
    when = NOW + timedelta(minutes=number)
    title = f"{NAMES[service]} changes its privacy policy from 1 April 2027"
    found = Item(
        f"{source}:{number}", source, Record.ARTICLE, when, title, f"https://x.org/{number}"
    )
    return replace(found, **more)


class Scene:
    """Two feeds of news, and an interpreter of which the texts of one take long."""

    def __init__(self, store: Store, names: Names, clock: Clock, fetcher: Fetcher) -> None:
        clock.now = NOW + timedelta(hours=1)
        self.store, self.clock = store, clock
        sources = [
            Source(id=name, kind=SourceKind.NEWS, url=f"http://{name}.example/", every=60)
            for name in ("slow", "good")
        ]
        resources = Resources(store, fetcher, sources, names, clock, worker=self)
        self.interpreter = Interpreter(resources)
        store.sources.due("slow", NOW)
        follower = Subscription(Address("telegram", "1"), "tiktok", frozenset({"EU"}))
        store.subscriptions.add(follower, NOW)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        given = [getattr(each, "item", None) for each in arguments]
        if any(each and each.source == "slow" for each in given):
            await asyncio.sleep(SLOW)
        return work(*arguments)

    def keep(self, *items: Item) -> None:
        for each in items:
            self.store.sources.due(each.source, NOW)
            self.store.items.keep(each.source, [each], Cursor(learned=True), NOW, NOW)

    async def understood(self, source: str) -> None:
        """Wait until nothing of a source is left to understand."""
        async with asyncio.timeout(5):
            while source in self.store.items.sources_due(self.clock.now):
                await asyncio.sleep(0.02)


@pytest.fixture
async def scene(store: Store, names: Names, clock: Clock) -> AsyncIterator[Scene]:
    async with Fetcher("test", allow_private=True) as fetcher:
        yield Scene(store, names, clock, fetcher)


async def test_slow_texts_of_one_source_hold_up_no_other(scene: Scene) -> None:
    scene.keep(*(item("slow", number) for number in range(TEXTS)), item("good", 30, "tiktok"))
    began = time.monotonic()
    understanding = asyncio.create_task(scene.interpreter.understand_due())
    await scene.understood("good")
    assert time.monotonic() - began < 2.0, f"the others take {SLOW * TEXTS} seconds"
    understanding.cancel()
    await scene.interpreter.close()


async def test_what_comes_while_a_slow_text_is_read_does_not_wait_for_it(scene: Scene) -> None:
    scene.keep(*(item("slow", number) for number in range(TEXTS)))
    await scene.interpreter.understand_due(patience=0)
    scene.keep(item("good", 30, "tiktok"))
    began = time.monotonic()
    await scene.interpreter.understand_due(patience=0)
    await scene.understood("good")
    assert time.monotonic() - began < 2.0
    await scene.interpreter.close()


async def test_a_lane_that_runs_is_not_begun_again() -> None:
    begun: list[str] = []

    async def work(source: str) -> None:
        begun.append(source)
        await asyncio.sleep(0.05)

    lanes = Lanes(work)
    await lanes.run(["a", "b"], 0)
    await lanes.run(["a", "b"], None)
    assert begun == ["a", "b"]


def due(source: str, number: int, document: str = "") -> DueItem:
    known = Document(source, "LinkedIn", document) if document else None
    return DueItem(replace(item(source, number), document=known), 0)


def test_documents_with_the_newest_change_come_first_and_each_in_order_of_time() -> None:
    waiting = [due("a", 1, "Terms"), due("a", 2, "Privacy"), due("a", 3, "Terms"), due("a", 4)]
    ordered = [each.item.uid for each in in_order(waiting)]
    assert ordered == ["a:4", "a:1", "a:3", "a:2"]


async def test_what_people_wrote_waits_for_the_change_but_not_long() -> None:
    order, done = Order(), []
    change, words = due("a", 1, "Terms"), due("b", 2)
    order.expect("linkedin", change)

    async def say() -> None:
        async with order.turn("linkedin", words):
            done.append("words")

    saying = asyncio.create_task(say())
    await asyncio.sleep(0.05)
    assert done == []
    async with order.turn("linkedin", change):
        done.append("change")
    await saying
    assert done == ["change", "words"]
    order.expect("linkedin", change)
    began = time.monotonic()
    await say()
    assert LONGEST_WAIT_SECONDS <= time.monotonic() - began < 2 * LONGEST_WAIT_SECONDS


async def test_of_one_service_two_lanes_have_one_turn_at_a_time_unless_one_is_slow() -> None:
    order, inside = Order(), []

    async def understand(waiting: DueItem, seconds: float) -> None:
        async with order.turn("linkedin", waiting):
            inside.append(f"{waiting.item.source} in")
            await asyncio.sleep(seconds)
            inside.append(f"{waiting.item.source} out")

    one, two = due("a", 1, "Terms"), due("b", 1, "Terms")
    await asyncio.gather(understand(one, 0.1), understand(two, 0.1))
    assert inside == ["a in", "a out", "b in", "b out"]
    inside.clear()
    await asyncio.gather(understand(one, LONGEST_WAIT_SECONDS + 0.5), understand(two, 0.0))
    assert inside == ["a in", "b in", "b out", "a out"]


async def test_one_event_is_one_story_also_where_one_lane_is_too_slow_to_be_waited_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LONGEST_WAIT_SECONDS", 0.05)
    said = {"title": "TikTok will train its AI on your videos from 1 April 2027"}
    scene.keep(item("slow", 1, **said), item("good", 1, **said))
    await scene.interpreter.understand_due()
    story = scene.store.stories.get(1)
    assert story is not None
    assert len(story.parts) == 2


async def test_a_source_that_fails_stops_no_other_and_not_what_was_held(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.keep(item("slow", 1), item("good", 1, "tiktok"))
    due, asked = scene.store.items.due, []

    def fails(now: datetime, limit: int, source: str) -> list[DueItem]:
        if source == "slow":
            raise StoreError("busy")
        return due(now, limit, source)

    def held(*_: object) -> list[HeldChange]:
        asked.append("held")
        return []

    monkeypatch.setattr(scene.store.items, "due", fails)
    monkeypatch.setattr(scene.store.items, "held_due", held)
    with pytest.raises(StoreError):
        await scene.interpreter.understand_due()
    assert asked == ["held"]
    assert scene.store.items.sources_due(scene.clock.now) == ["slow"]


def test_who_reads_a_document_has_its_lock_and_no_other() -> None:
    memories = Locks()
    one = memories.of("linkedin")
    assert memories.of("linkedin") is one
    assert memories.of("tiktok") is not one


async def test_a_pool_starts_another_worker_where_the_first_is_busy() -> None:
    async with pooled(Bounded) as pool:
        await pool.run(abs, -1)
        long = asyncio.create_task(pool.run(time.sleep, 4))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        assert await pool.run(abs, -2) == 2
        assert time.monotonic() - began < 3
        await long
