"""The health endpoint, in each unhealthy state."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.catalogue import Catalogue
from bot.jobs.trouble import for_operator
from bot.model import Address, Cursor, Record
from bot.runtime import metrics
from bot.states import SourceState
from bot.store import Store
from bot.verdicts import Origin
from bot.watch import checkup as checkups
from bot.watch import health as healths
from bot.watch.checkup import Checkup
from bot.watch.gauges import Gauges
from bot.watch.health import application
from bot.watch.heart import Heart
from tests.conftest import Clock, Serve
from tests.watch.conftest import Serves

Ask = Callable[[str], Awaitable[tuple[int, str]]]
SECRET = "-100200300"  # a chat


@pytest.fixture
def newest() -> list[datetime]:
    """When backups were made."""
    return []


@pytest.fixture
async def ask(
    served: Serve,
    store: Store,
    known: Catalogue,
    clock: Clock,
    telegram: Serves,
    checkup: Checkup,
    newest: list[datetime],
) -> Ask:
    """curl, as it were: the status and the text of an address."""
    gauges = Gauges(store, known, [telegram], clock, lambda: max(newest, default=None))
    heart = Heart()
    heart._free_at = math.inf
    base = await served(application(heart, checkup.look, gauges))

    async def get(path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(base + path) as answer:
            return answer.status, await answer.text()

    return get


def polled(store: Store, clock: Clock) -> None:
    store.sources.due(["noyb"], clock())
    store.sources.unchanged({"noyb": clock()}, clock())


async def checks(ask: Ask) -> tuple[int, dict[str, str]]:
    """The status, and what is not well."""
    status, text = await ask("readyz")
    said = json.loads(text)
    assert said["ready"] == (status == 200)
    return status, {each["name"]: each["words"] for each in said["checks"] if not each["ok"]}


async def measured(ask: Ask) -> dict[str, Any]:
    """Every sample, by its name and labels as they are written."""
    status, text = await ask("metrics")
    assert status == 200
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_all_is_well(ask: Ask, store: Store, clock: Clock) -> None:
    polled(store, clock)
    assert await ask("healthz") == (200, "ok\n")
    status, text = await ask("readyz")
    assert status == 200
    assert json.loads(text)["checks"] == [
        {"name": "database", "ok": True, "words": "answers"},
        {"name": "telegram", "ok": True, "words": "connected"},
        {"name": "polls", "ok": True, "words": "a source answered 0 seconds ago"},
    ]


async def test_the_database_is_away(ask: Ask, store: Store, clock: Clock) -> None:
    polled(store, clock)
    assert store.path
    store.path.rename(store.path.with_suffix(".away"))
    assert await checks(ask) == (503, {"database": "the file is gone"})
    store.path.with_suffix(".away").rename(store.path)
    assert await checks(ask) == (200, {})


async def test_the_database_hangs(
    ask: Ask, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread is lost to it, however often somebody asks."""
    polled(store, clock)
    monkeypatch.setattr(checkups, "ANSWER_SECONDS", 0.05)
    hangs, asked = threading.Event(), []

    def ping() -> None:
        asked.append(1)
        hangs.wait(10)

    monkeypatch.setattr(store.vitals, "ping", ping)
    for _ in range(3):
        status, found = await checks(ask)
        assert (status, list(found)) == (503, ["database"])
    assert asked == [1]
    hangs.set()
    assert await ask("healthz") == (200, "ok\n"), "to start anew would help nobody"


async def test_metrics_do_not_wait_for_the_database(
    ask: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(healths, "MEASURE_SECONDS", 0.05)
    hangs = threading.Event()
    monkeypatch.setattr(store.vitals, "last_answer", lambda: hangs.wait(10))
    found = await measured(ask)
    hangs.set()
    assert found["smallprint_database_up"] == 0
    assert found["smallprint_platform_up{platform=telegram}"] == 1


async def test_nothing_can_be_written(
    ask: Ask, store: Store, clock: Clock, checkup: Checkup
) -> None:
    polled(store, clock)
    checkup.unwritable = "the disk is full; free some space"
    assert (await checks(ask))[1] == {
        "database": "cannot be written: the disk is full; free some space"
    }


async def test_a_platform_is_down(ask: Ask, store: Store, clock: Clock, telegram: Serves) -> None:
    polled(store, clock)
    telegram.platform.ready = False
    assert await checks(ask) == (503, {"telegram": "not connected"})
    assert (await measured(ask))["smallprint_platform_up{platform=telegram}"] == 0
    telegram.platform.ready, telegram.platform.reached = True, False
    assert await checks(ask) == (503, {"telegram": "does not answer"})
    telegram.serves = False
    assert await checks(ask) == (200, {}), "another process serves it"


async def test_polls_are_old(
    ask: Ask, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await checks(ask) == (200, {}), "it has only begun"
    monkeypatch.setattr(checkups, "GRACE_SECONDS", 0)
    assert await checks(ask) == (503, {"polls": "no source has answered yet"})
    polled(store, clock)
    clock.forward(minutes=29)
    assert await checks(ask) == (200, {})
    clock.forward(minutes=2)
    assert await checks(ask) == (503, {"polls": "a source answered 31 minutes ago"})


async def test_the_metrics_measure(
    ask: Ask, store: Store, clock: Clock, newest: list[datetime]
) -> None:
    polled(store, clock)
    store.sources.due(["noyb", "eff", "cnil"], clock())
    store.sources.pause("cnil")
    store.sources.failed("eff", Cursor(), "404", clock(), SourceState.FAILING)
    chat = Address("telegram", SECRET)
    words = "a text that nobody should see"
    change = for_operator("one", words, Record.TROUBLE, Origin.TROUBLE, clock())
    store.stories.tell_one(chat, change, clock())
    clock.forward(minutes=3)
    newest.append(clock())
    found = await measured(ask)
    assert found["smallprint_database_up"] == 1
    assert found["smallprint_poll_age_seconds"] == 180
    assert found["smallprint_queue{platform=telegram,state=queued}"] == 1
    assert found["smallprint_queue{platform=telegram,state=dead}"] == 0
    assert found["smallprint_queue_age_seconds{platform=telegram}"] == 180
    assert found["smallprint_sources{state=failing}"] == 1
    assert found["smallprint_sources{state=healthy}"] == 1
    assert found["smallprint_sources{state=paused}"] == 1
    assert found["smallprint_chats{state=active}"] == 1
    assert found["smallprint_backup_age_seconds"] == 0
    assert found["smallprint_platform_up{platform=telegram}"] == 1
    assert found["smallprint_disk_free_bytes"] > 0
    assert found["smallprint_database_bytes"] > 0
    assert found["smallprint_wal_bytes"] >= 0
    assert found["smallprint_catalogue_stale"] >= 0
    assert "smallprint_catalogue_age_days" in found
    assert found["smallprint_held_items"] == 0
    assert found["process_open_fds"] > 0
    text = (await ask("metrics"))[1]
    assert SECRET not in text
    assert words not in text


async def test_without_a_database_the_rest_is_measured(ask: Ask, store: Store) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE source")
    found = await measured(ask)
    assert found["smallprint_database_up"] == 0
    assert "smallprint_poll_age_seconds" not in found
    assert found["smallprint_platform_up{platform=telegram}"] == 1


def test_what_is_counted_is_counted_by_its_labels() -> None:
    before = metrics.total(metrics.SENDS, platform="p")
    metrics.SENDS.labels("p", "sent").inc(3)
    metrics.SENDS.labels("p", "gone").inc()
    assert metrics.total(metrics.SENDS, platform="p") == before + 4
    assert metrics.total(metrics.SENDS, platform="p", outcome="gone") >= 1
