"""Maintenance of the catalogue: its links, and the operator's reminder."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.cli import _links as links
from bot.deliveries import Delivery
from bot.feeds.fetch import Fetcher
from bot.jobs.upkeep import Upkeep
from bot.model import Address, Subscription
from bot.render.delivery import Words
from bot.store import Store
from tests.catalogue.sheets import GOOD, loaded
from tests.support import world
from tests.support.world import CHANGE


async def test_links_that_are_gone_or_moved_are_named(served: Any) -> None:
    async def page(request: web.Request) -> web.Response:
        match request.path:
            case "/moved":
                raise web.HTTPMovedPermanently("/fine")
            case "/login":
                raise web.HTTPForbidden
            case "/gone":
                raise web.HTTPNotFound
            case "/broken":
                raise web.HTTPInternalServerError
        return web.Response(text="fine")

    app = web.Application()
    app.router.add_get("/{name}", page)
    base = (await served(app)).rstrip("/")
    async with Fetcher("test", allow_private=True) as fetcher:
        fates = {
            name: (await links.follow(f"{base}/{name}", ("x",), fetcher)).state
            for name in ("fine", "moved", "login", "gone", "broken")
        }
    fate = links.LinkState
    assert fates == {
        "fine": fate.FINE,
        "moved": fate.MOVED,
        "login": fate.CLOSED,
        "gone": fate.GONE,
        "broken": fate.UNREACHED,
    }


def test_every_document_is_followed_and_no_host_is_asked_in_a_row(known: Catalogue) -> None:
    urls = list(links.addresses(known))
    assert {row.url for row in known.facts.documents} <= set(urls)
    hosts = [urlsplit(url).hostname for url in urls]
    assert len(set(hosts[:500])) == 500


async def test_few_addresses_are_asked_for_at_once(
    known: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking: list[str] = []
    most = 0

    async def follow(url: str, places: tuple[str, ...], _fetcher: object) -> links.Followed:
        nonlocal most
        asking.append(url)
        most = max(most, len(asking))
        await asyncio.sleep(0)
        asking.remove(url)
        return links.Followed(url, places, links.LinkState.FINE)

    monkeypatch.setattr(links, "follow", follow)
    async with Fetcher("test") as fetcher:
        found = await links.follow_all(known, fetcher)
    assert len(found) > 2000
    assert most == links.AT_ONCE


def test_the_report_names_what_needs_a_person(known: Catalogue) -> None:
    fate = links.LinkState
    found = [
        links.Followed("https://a.org", ("x: ads",), fate.FINE),
        links.Followed("https://b.org", ("y: ads", "z: policy"), fate.GONE),
    ]
    old = known.stale(date(2026, 11, 22))
    said = list(links.report(found, old))
    assert said[0] == "gone: https://b.org (y: ads, z: policy)"
    assert said[-1] == (
        "1 fine, 0 asks for a login or a browser, 0 moved, 1 gone, 0 cannot be"
        f" reached; {len(old)} to look at again"
    )
    months = [control.verified or "" for _service, control in old]
    assert months == sorted(months), "the oldest first"


OPERATOR = Address("telegram", "77")
HERE = Address("telegram", "1")


def queued(store: Store, now: datetime) -> list[Delivery]:
    return store.outbox.claim("telegram", "", now, timedelta(minutes=1), 9)


async def test_the_operator_is_told_once_a_month_what_to_look_at(
    both: Store, known: Catalogue, names: Names
) -> None:
    """In that one chat, as of the day on which it is sent."""
    now = datetime(2026, 11, 1, 8, tzinfo=UTC)
    both.subscriptions.add(Subscription(HERE, "linkedin", frozenset({"EU"})), now)
    upkeep = Upkeep(both, known, OPERATOR, lambda: now)
    for _look in range(3):
        await upkeep.remind_due()
    [delivery] = queued(both, now)
    assert delivery.address == OPERATOR
    said = Words(known, names).of(delivery, Telegram("unused"), now).message
    old = known.stale(now.date())
    assert f"{len(old)} opt-outs were last looked at more than 180 days ago" in said.text
    assert f"{old[0][0].name}: {old[0][1].title}" in said.text
    both.outbox.sent([(delivery, "1")], "", now)
    now += timedelta(days=31)
    await upkeep.remind_due()
    assert len(queued(both, now)) == 1, "and again in the next month"


async def test_the_reminder_comes_with_the_news_where_they_come_together(
    store: Store, known: Catalogue, names: Names
) -> None:
    now = world.NOW
    store.subscriptions.add(Subscription(OPERATOR, "linkedin", frozenset({"EU"})), now)
    for number in range(4):
        uid = f"commit:{number}"
        world.tell(store, replace(CHANGE, uid=uid), replace(world.ITEM, uid=uid), now)
    await Upkeep(store, known, OPERATOR, lambda: datetime(2026, 11, 1, tzinfo=UTC)).remind_due()
    [delivery] = queued(store, datetime(2026, 11, 1, tzinfo=UTC))
    said = (
        Words(known, names)
        .of(delivery, Telegram("unused"), datetime(2026, 11, 1, tzinfo=UTC))
        .message
    )
    assert "How-tos to look at again" in said.text
    assert "LinkedIn" in said.text
    assert "/unsubscribe" in said.text


async def test_where_all_was_looked_at_nothing_is_said(store: Store, tmp_path: Path) -> None:
    fresh = loaded(
        tmp_path, GOOD.replace("confidence: high", "confidence: high\n    verified: 2026-10")
    )
    only = Catalogue({"linkedin": fresh.guides["linkedin"]})
    now = datetime(2026, 11, 1, tzinfo=UTC)
    await Upkeep(store, only, OPERATOR, lambda: now).remind_due()
    assert queued(store, now) == []


async def test_the_operator_hears_once_a_day_what_people_suggest_and_how_often(
    both: Store, known: Catalogue, names: Names
) -> None:
    now = datetime(2025, 1, 1, 8, tzinfo=UTC)
    for what in ("fortnite", "fortnite", "monzo"):
        both.suggestions.add("service", what, now)
    both.suggestions.add("moved", "linkedin", now)
    later = now + timedelta(days=1)
    only = Catalogue({})
    upkeep = Upkeep(both, only, OPERATOR, lambda: later)
    for _look in range(2):
        await upkeep.remind_due()
    [delivery] = queued(both, later)
    said = Words(known, names).of(delivery, Telegram("unused"), later).message
    assert "2 × a service to follow: fortnite" in said.text
    assert "1 × a label has moved: linkedin" in said.text
    assert "unsubscribe" not in said.text
