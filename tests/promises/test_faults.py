"""Delivery faults, case by case (D7 to D24).

The platforms' limits are on, unless a test says otherwise.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import structlog

from bot import rate_limit
from bot.adapters import http
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs import deliver, settle
from bot.model import Address
from bot.rate_limit import Lane
from bot.runtime.scheduler import schedule
from bot.states import DeliveryState
from bot.store import Store, StoreError
from bot.store.database import Database
from lab.standin import discord as discord_standin
from lab.standin import telegram as telegram_standin
from lab.standin.discord import DiscordStandIn
from lab.standin.telegram import TelegramStandIn
from tests.support.rig import Rig, follow, publish
from tests.support.world import paused

Make = Callable[..., Any]


@pytest.fixture
def make(store: Store, known: Catalogue, names: Names, served: Any) -> Make:
    async def made(platform: str, strict: bool = True, on: Store = store, **options: Any) -> Rig:
        standin: Any = (TelegramStandIn if platform == "telegram" else DiscordStandIn)(
            strict=strict, **options
        )
        return Rig(on, standin, await served(standin.application()), known, names)

    return made


@pytest.fixture(autouse=True)
def _no_secret_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """In no case is a token, or half of one, written anywhere, however much is logged."""
    caplog.set_level("DEBUG")
    yield
    for token in (telegram_standin.TOKEN, discord_standin.TOKEN):
        assert not any(half in caplog.text for half in re.split(r"[:.]", token) if len(half) > 20)


async def until(true: Callable[[], bool], patience: float = 30) -> None:
    async with asyncio.timeout(patience):
        while not true():
            await asyncio.sleep(0.02)


def lost_and_twice(rig: Rig, count: int) -> tuple[int, int]:
    return count - rig.report["distinct"], rig.report["duplicates"]


async def test_d7_a_chat_that_must_wait_holds_up_nobody(make: Make, store: Store) -> None:
    rig = await make("telegram")
    follow(store, "telegram", 90)
    publish(store)
    wait = {"parameters": {"retry_after": 4}}
    rig.standin.script.add(
        status=429, chat="45", body={"ok": False, "description": "Too Many Requests", **wait}
    )
    async with rig.running():
        others = await rig.until(DeliveryState.SENT, 89)
        assert others <= 4, "the others are through before that chat's wait is over"
        await rig.until(DeliveryState.SENT, 90)
    assert lost_and_twice(rig, 90) == (0, 0)
    assert rig.report["calls_during_a_block"] == 0
    assert rig.report["waits_asked"] == 1


async def test_d8_a_storm_of_waits_loses_nothing(make: Make, store: Store) -> None:
    rig = await make("telegram")
    follow(store, "telegram", 60)
    publish(store)
    body = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 1}}
    rig.standin.script.add(status=429, every=3, times=0, body=body)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 60)
    assert lost_and_twice(rig, 60) == (0, 0)
    assert rig.report["calls_during_a_block"] == 0
    assert rig.report["calls"] <= 3 * 60


async def test_d8_a_global_wait_of_discord_stops_everything_for_its_time(
    make: Make, store: Store
) -> None:
    rig = await make("discord")
    follow(store, "discord", 60)
    publish(store)
    rig.standin.script.add(
        status=429, every=30, times=1, body={"retry_after": 1.5, "global": True, "message": "slow"}
    )
    async with rig.running():
        await rig.until(DeliveryState.SENT, 60)
    assert lost_and_twice(rig, 60) == (0, 0)
    assert rig.report["calls_during_a_block"] == 0


@pytest.mark.parametrize(("platform", "pace"), [("telegram", 30), ("discord", 50)])
async def test_d9_the_strict_limits_are_never_touched(
    make: Make, store: Store, platform: str, pace: int
) -> None:
    rig = await make(platform, round_trip=0.06)
    follow(store, platform, 4 * pace)
    publish(store)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 4 * pace)
    assert lost_and_twice(rig, 4 * pace) == (0, 0)
    assert rig.report["waits_asked"] <= 2, "a loaded machine may be late with a message or two"


async def test_d9_a_group_gets_twenty_a_minute(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one a second; both on a clock that the test moves."""
    now = [1000.0]
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: now[0]))
    rig = await make("telegram")
    gate, group = rig.platform.gate, Lane("-100")
    for _ in range(19):
        await gate.enter(group)
        assert 1.0 <= gate.free_in(group) <= 1.1
        now[0] += 1.1
    await gate.enter(group)
    rest = 60 - 19 * 1.1
    assert rest <= gate.free_in(group) <= rest + 0.1


async def test_d10_a_server_that_fails_is_asked_again_and_order_is_kept(
    make: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "RETRY_FIRST", timedelta(seconds=0.3))
    rig = await make("telegram")
    follow(store, "telegram", 12)
    for number in (1, 2):
        publish(store, number)
    for status in (500, 502, 503, 504, 520):
        rig.standin.script.add(status=status, times=4)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 24)
    assert [
        len([m for m in rig.standin.sent if m["chat_id"] == chat]) for chat in range(1, 13)
    ] == [2] * 12
    for chat in range(1, 13):
        stories = [
            m["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
            for m in rig.standin.sent
            if m["chat_id"] == chat
        ]
        assert stories == ["story 1", "story 2"], "in the order in which they happened"


@pytest.mark.parametrize("platform", ["telegram", "discord"])
@pytest.mark.parametrize("posted", [False, True])
@pytest.mark.parametrize("kind", ["reset", "hang", "cut"])
async def test_d11_a_broken_connection(
    make: Make,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    kind: str,
    posted: bool,
) -> None:
    monkeypatch.setattr(settle, "RETRY_FIRST", timedelta(seconds=0.1))
    monkeypatch.setattr(http, "PATIENCE_SECONDS", 0.3)
    rig = await make(platform, strict=False)
    follow(store, platform, 3)
    publish(store)
    rig.standin.script.add(kind=kind, posted=posted, times=3, seconds=5)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 3)
    lost, twice = lost_and_twice(rig, 3)
    assert lost == 0
    assert twice == (3 if posted and platform == "telegram" else 0), (
        "Telegram has no key, so what was posted repeats once"
    )
    assert rig.report["suppressed"] == (3 if posted and platform == "discord" else 0)


@pytest.mark.parametrize("kind", ["html", "empty", "cut"])
async def test_d12_an_answer_that_is_no_answer_is_not_taken_for_one(
    make: Make, store: Store, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(settle, "RETRY_FIRST", timedelta(seconds=0.1))
    rig = await make("discord", strict=False)
    follow(store, "discord", 2)
    publish(store)
    rig.standin.script.add(kind=kind, times=2)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 2)
    assert lost_and_twice(rig, 2) == (0, 0)


@pytest.mark.parametrize(
    ("platform", "status", "body"),
    [
        ("telegram", 403, {"description": "Forbidden: bot was blocked by the user"}),
        ("telegram", 403, {"description": "Forbidden: user is deactivated"}),
        ("telegram", 403, {"description": "Forbidden: bot was kicked from the group chat"}),
        ("telegram", 400, {"description": "Bad Request: chat not found"}),
        ("telegram", 400, {"description": "Bad Request: TOPIC_CLOSED"}),
        ("discord", 404, {"code": 10003, "message": "Unknown Channel"}),
        ("discord", 403, {"code": 50001, "message": "Missing Access"}),
        ("discord", 403, {"code": 50007, "message": "Cannot send messages to this user"}),
        ("discord", 403, {"code": 50013, "message": "Missing Permissions"}),
    ],
)
async def test_d13_a_chat_that_is_gone_is_paused_once(
    make: Make, store: Store, platform: str, status: int, body: dict[str, Any]
) -> None:
    rig = await make(platform, strict=False)
    follow(store, platform, 3)
    publish(store)
    rig.standin.script.add(status=status, body=body, chat="2", times=0)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 2)
        publish(store, 2)
        rig.deliverer.wake()
        await rig.until(DeliveryState.SENT, 4)
    assert rig.report["calls"] == 5, "one call to the chat that is gone, and never again"
    assert str(body.get("description") or body["message"]) in str(
        paused(store, Address(platform, "2"))
    )
    assert len(store.subscriptions.of(Address(platform, "2"))) == 1


async def test_d14_a_group_that_moved_is_told_once_in_its_new_place(
    make: Make, store: Store
) -> None:
    rig = await make("telegram", strict=False)
    follow(store, "telegram", 2)
    follow(store, "telegram", 1, first=100)
    publish(store)
    moved = {"description": "group chat was upgraded", "parameters": {"migrate_to_chat_id": 100}}
    rig.standin.script.add(status=400, chat="1", times=0, body=moved)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 2)
        await asyncio.sleep(0.2)
    assert sorted(m["chat_id"] for m in rig.standin.sent) == [2, 100], (
        "both were known; it is told once"
    )
    assert store.outbox.depth() == {"sent": 2}


async def test_d15_a_revoked_token_stops_its_platform_and_nothing_is_lost(
    make: Make, store: Store
) -> None:
    rig, other = await make("telegram", strict=False), await make("discord", strict=False)
    follow(store, "telegram", 40)
    follow(store, "discord", 40)
    publish(store)
    async with other.running():
        async with rig.running():
            await rig.until(DeliveryState.SENT, 5)
            good, rig.standin.token = rig.standin.token, "revoked"
            calls = rig.report["calls"]
            await until(lambda: not rig.platform.ready)
            await asyncio.sleep(0.5)
            refused = rig.report["statuses"].get("401", 0)
            assert refused <= 4, "what was in flight, and no call after its answer"
            assert rig.report["calls"] == calls
        await until(lambda: other.report["accepted"] == 40)
        rig.standin.token = good
        async with rig.running():
            await rig.until(DeliveryState.SENT, 80)
    assert lost_and_twice(rig, 40) == (0, 0)
    assert lost_and_twice(other, 40) == (0, 0)


async def test_d17_a_database_that_is_locked_holds_up_and_loses_nothing(
    make: Make, both: Store
) -> None:
    rig = await make("telegram", strict=False, on=both)
    follow(both, "telegram", 60)
    publish(both)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 5)
        if both.path:
            other: Any = sqlite3.connect(both.path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(both.database.url.render_as_string().replace("+psycopg", ""))
            other.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(2)
        other.rollback() if not both.path else other.execute("ROLLBACK")
        other.close()
        await rig.until(DeliveryState.SENT, 60)
    assert lost_and_twice(rig, 60) == (0, 0)


async def test_d17_one_failure_in_twenty_loses_no_update(
    make: Make, both: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await make("telegram", strict=False, on=both)
    follow(both, "telegram", 40)
    publish(both)
    monkeypatch.setattr(deliver, "IDLE_SECONDS", 0.05)
    whole, count = Database.write, iter(range(1, 10**9))

    def failing(self: Database) -> Any:
        if next(count) % 20 == 0:
            raise StoreError("another program holds the database; close it")
        return whole(self)

    monkeypatch.setattr(Database, "write", failing)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 40)
    assert lost_and_twice(rig, 40) == (0, 0)


async def test_d18_nothing_is_sent_whose_answer_cannot_be_kept(
    make: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the file may not grow. It goes on by itself when there is room."""
    rig = await make("telegram", strict=False)
    follow(store, "telegram", 40)
    publish(store)
    monkeypatch.setattr(deliver, "IDLE_SECONDS", 0.1)
    whole, full = Database.write, {"now": False}

    def writing(self: Database) -> Any:
        if full["now"]:
            raise StoreError("the disk is full; free some space")
        return whole(self)

    monkeypatch.setattr(Database, "write", writing)
    with structlog.testing.capture_logs() as logs:
        async with rig.running():
            await rig.until(DeliveryState.SENT, 5)
            full["now"] = True
            await asyncio.sleep(1.5)  # what was on its way, a window of it, is posted still
            calls = rig.report["calls"]
            await asyncio.sleep(0.7)
            assert rig.report["calls"] == calls, "not one more"
            full["now"] = False
            await rig.until(DeliveryState.SENT, 40)
    assert lost_and_twice(rig, 40) == (0, 0)
    assert any(
        entry["event"] == "deliver.failed" and "disk is full" in entry["why"] for entry in logs
    )


def test_d18_a_full_disk_is_said_in_words(store: Store) -> None:
    with store.database.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="disk is full"):
        follow(store, "telegram", 2000)
    with store.database.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    follow(store, "telegram", 5)


def test_d19_a_torn_log_is_recovered_and_a_damaged_file_refused(
    store: Store, tmp_path: Path
) -> None:
    follow(store, "telegram", 50)
    assert store.path
    for name, hurt in (("torn", "-wal"), ("damaged", "")):
        copy = tmp_path / f"{name}.db"
        for suffix in ("", "-wal"):
            copy.with_name(copy.name + suffix).write_bytes(
                store.path.with_name(store.path.name + suffix).read_bytes()
            )
        file = copy.with_name(copy.name + hurt)
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) * 2 // 3] if hurt else b"\0" * 200 + whole[200:])
        again = Store(f"sqlite:///{copy}")
        if hurt:
            again.open()
            again.check()
        else:
            copy.with_name(f"{copy.name}-wal").unlink()
            with pytest.raises(StoreError, match="restore a backup"):
                again.open()
            assert file.read_bytes()[:200] == b"\0" * 200, "left as it was found"
        again.close()


async def test_d20_clocks_that_jump_neither_burst_nor_stall(make: Make, store: Store) -> None:
    rig = await make("telegram")
    follow(store, "telegram", 120)
    publish(store)
    async with rig.running():
        for hours in (2, -2, -2, 2):
            await rig.until(
                DeliveryState.SENT, rig.store.outbox.depth().get(DeliveryState.SENT, 0) + 15
            )
            rig.ahead += timedelta(hours=hours)
        await rig.until(DeliveryState.SENT, 120, patience=12)
    assert rig.report["waits_asked"] <= 2, "a loaded machine may be late with a message or two"
    assert lost_and_twice(rig, 120) == (0, 0)


async def test_d21_a_tick_that_is_late_runs_all_the_same() -> None:
    ran: list[float] = []

    async def tick() -> None:
        ran.append(time.monotonic())

    scheduler = schedule({"tick": (0.3, tick)})
    await asyncio.sleep(0.1)
    time.sleep(2.0)  # the loop stands still
    resumed = time.monotonic()
    await asyncio.sleep(0.1)
    scheduler.shutdown(wait=False)
    assert len(ran) == 1
    assert ran[0] - resumed < 0.1, "at once, not at the next time"


async def test_d22_a_message_that_telegram_cannot_parse_goes_out_plainly(
    make: Make, store: Store
) -> None:
    rig = await make("telegram", strict=False)
    follow(store, "telegram", 3)
    publish(store)
    poison = {"ok": False, "description": "Bad Request: can't parse entities: unclosed tag"}
    rig.standin.script.add(status=400, chat="2", body=poison)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 3)
    assert [
        "parse_mode" in message for message in sorted(rig.standin.sent, key=lambda m: m["chat_id"])
    ] == [True, False, True]
    assert lost_and_twice(rig, 3)[0] <= 1


async def test_d23_who_leaves_while_it_is_queued_hears_nothing(make: Make, store: Store) -> None:
    rig = await make("telegram", round_trip=0.3)
    follow(store, "telegram", 60)
    publish(store)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 3)
        for number in range(1, 61):
            store.subscriptions.remove(Address("telegram", str(number)), None, datetime.now(UTC))
        arrived = rig.report["accepted"]
        await asyncio.sleep(1.0)
    assert rig.report["accepted"] - arrived <= 12, "only what was in flight"
    assert store.outbox.depth().get(DeliveryState.QUEUED, 0) == 0


async def test_d24_after_a_day_without_the_platform_each_chat_gets_one_message(
    make: Make, store: Store
) -> None:
    rig = await make("telegram", strict=False)
    follow(store, "telegram", 5)
    rig.standin.down = True
    publish(store, 1)
    assert await rig_once(rig) == 0
    for number in range(2, 9):
        publish(store, number)
    rig.ahead = timedelta(hours=24)
    rig.standin.down = False
    async with rig.running():
        await rig.until(DeliveryState.SENT, 40)
    assert rig.report["accepted"] == 5
    assert all("8 changes · LinkedIn" in message["text"] for message in rig.standin.sent)


async def rig_once(rig: Rig) -> int:
    """Run while the platform is down, and be turned away."""
    with pytest.raises(Exception, match="cannot be reached"):
        await rig.platform.run([], None)
    await rig.deliverer.deliver_due()
    return int(rig.report["accepted"])


async def test_d2_after_the_key_is_forgotten_the_channel_is_looked_at_first(
    make: Make, store: Store
) -> None:
    rig = await make("discord", strict=False, memory=0.0)
    follow(store, "discord", 2)
    publish(store)
    rig.standin.script.add(kind="reset", posted=True, times=1)
    async with rig.running():
        await rig.until(DeliveryState.SENT, 1)
        rig.ahead = timedelta(minutes=10)
        await rig.until(DeliveryState.SENT, 2)
    assert lost_and_twice(rig, 2) == (0, 0)
    assert rig.standin.looked == 1


async def test_a_flood_of_answers_does_not_slow_the_alerts(make: Make, store: Store) -> None:
    """A9: one chat asks without end; alerts keep their pace, and other chats their answers."""
    rig = await make("telegram", strict=False)
    follow(store, "telegram", 60)
    publish(store)
    async with rig.running():
        flood = [
            asyncio.create_task(rig.platform.gate.enter(Lane("999"), first=True))
            for _ in range(1000)
        ]
        await rig.until(DeliveryState.SENT, 60)
        passed = sum(task.done() and task.exception() is None for task in flood)
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
    assert passed <= 5, "at most one a second passes for one chat, whatever it asks"
