"""Floods by one chat, source or text: others are neither delayed nor flooded."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.catalogue.names import Names
from bot.feeds.fetch import Fetcher
from bot.jobs import caps
from bot.model import Change, Source, SourceKind
from bot.states import DeliveryState
from bot.store import Store, statements
from bot.verdicts import Verdict
from tests.conftest import Clock
from tests.jobs.test_poll import Scene
from tests.support.rig import follow, publish
from tests.support.world import CHANGE, ITEM, NOW, tell

LEASE = timedelta(minutes=2)
#: Rows that wait for one chat.
MASSES = 40_000
CROWD = 200


def waiting_for_one(store: Store, chat: int, rows: int) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO outbox"
            " (story_id, chat_id, part, platform, state, urgent, due_at, attempts)"
            f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
            f" SELECT 1, {chat}, 'p' || i, 'telegram', 'queued', 0, 0, 0 FROM n"
        )


def claims(store: Store) -> list[float]:
    """Seconds of each claim of five messages, until nothing is due."""
    took: list[float] = []
    while True:
        began = time.perf_counter()
        found = store.outbox.claim("telegram", "me", datetime.now(UTC), LEASE, 5)
        took.append(time.perf_counter() - began)
        if not found:
            return took
        store.outbox.sent([(each, "1") for each in found], "me", datetime.now(UTC))


def test_masses_that_wait_for_one_chat_hold_up_nobody(both: Store) -> None:
    follow(both, "telegram", CROWD)
    publish(both, 1)
    without = statistics.median(claims(both))
    publish(both, 2)
    waiting_for_one(both, 1, MASSES)
    with_masses = statistics.median(claims(both))
    assert both.outbox.depth()[DeliveryState.SENT] >= 2 * CROWD, "everybody has both stories"
    assert with_masses < 5 * without, "some dozen times as long before"


def test_what_waits_in_masses_comes_bit_by_bit_and_all_of_it(both: Store) -> None:
    follow(both, "telegram", 1)
    publish(both, 1)
    waiting_for_one(both, 1, 3 * statements.AT_ONCE)
    now = datetime.now(UTC)
    told = []
    for hours in range(5):
        told.append(0)
        while found := both.outbox.claim("telegram", "me", now + timedelta(hours=hours), LEASE, 5):
            told[-1] += sum(len(each.ids) for each in found)
            both.outbox.sent([(each, "1") for each in found], "me", now)
    assert told == [200, 200, 200, 1, 0]


# -- a source that tells too much


@pytest.mark.parametrize("entries", [300])
async def test_a_flood_of_news_is_one_message_a_week(
    store: Store, names: Names, clock: Clock, served: Any, entries: int
) -> None:
    """Of 300 entries at each poll a follower is told of a few, and the rest is gathered."""
    polls = [0]
    clock.now = NOW

    async def feed(_request: web.Request) -> web.Response:
        polls[0] += 1
        many = entries if polls[0] > 1 else 1
        items = "".join(
            f"<item><guid>{polls[0]}-{n}</guid><link>http://news.example/{polls[0]}/{n}</link>"
            f"<title>LinkedIn changes its privacy policy, number {n} of {polls[0]}</title>"
            f"<description>LinkedIn updates its privacy policy from {1 + n % 28} April 2027: it "
            f"will use your data number {n} to train AI unless you opt out.</description>"
            f"<pubDate>{clock.now:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
            for n in range(many)
        )
        text = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
        return web.Response(body=text.encode(), content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed", feed)
    base = await served(app)
    async with Fetcher("test", allow_private=True) as fetcher:
        scene = Scene(store, names, clock, fetcher)
        scene.listen(Source("n", SourceKind.NEWS, f"{base}feed", every=60))
        await scene.poller.poll_due()
        clock.forward(hours=1)
        await scene.poller.poll_due()
        await scene.interpreter.understand_due()
        depth = store.outbox.depth()
    assert sum(depth.values()) <= caps.AT_ALL
    with store.database.read() as connection:
        at_once = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE digest = 0")
        assert at_once.scalar_one() <= caps.AT_ONCE


def test_what_is_above_the_cap_of_a_day_is_gathered_and_above_the_next_kept(store: Store) -> None:
    follow(store, "telegram", 1)

    def begins(number: int, at_once: bool) -> Change:
        recorded = CHANGE.recorded + timedelta(hours=2 * number)
        change = replace(CHANGE, uid=f"c{number}", recorded=recorded, at_once=at_once)
        item = replace(ITEM, uid=change.uid)
        capped = caps.within(change, joins=False, item=item, store=store, now=NOW)
        tell(store, capped, item, NOW)
        return capped

    told = [begins(number, at_once=True) for number in range(caps.AT_ALL + 3)]
    assert all(each.at_once for each in told[: caps.AT_ONCE])
    assert not any(each.at_once for each in told[caps.AT_ONCE :])
    assert [each.verdict for each in told[caps.AT_ALL :]] == [Verdict.MINOR] * 3
    another = caps.within(CHANGE, False, replace(ITEM, source="another"), store, NOW)
    assert another == CHANGE, "each source has its own"
    tomorrow = caps.within(CHANGE, False, ITEM, store, NOW + timedelta(days=2))
    assert tomorrow == CHANGE
