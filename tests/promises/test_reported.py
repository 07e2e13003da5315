"""Faults that people reported of other bots, as promises of this one.

A promise that is not kept yet is marked so; the mark is strict, so that who keeps it takes it away.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import handlers
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address
from bot.preferences import Schedule
from bot.store import Store
from bot.timing import Waiting, opens
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support.rig import Rig, connected, follow, publish
from tests.support.world import paused

MENU = [command.entry for command in handlers.COMMANDS]
#: Seconds in which something comes that must come, on a busy machine.
PATIENCE = 15.0


# -- the night in which the clocks go back, and the one in which they go forward


@pytest.mark.parametrize(
    ("zone", "night", "end"),
    [
        ("Europe/Brussels", datetime(2026, 10, 24, tzinfo=UTC), 150),
        ("Europe/London", datetime(2026, 10, 24, tzinfo=UTC), 90),
        ("Atlantic/Azores", datetime(2026, 10, 24, tzinfo=UTC), 45),
        ("America/New_York", datetime(2026, 10, 31, tzinfo=UTC), 119),
        ("Europe/Brussels", datetime(2026, 10, 24, tzinfo=UTC), 180),
        ("Europe/Brussels", datetime(2026, 3, 28, tzinfo=UTC), 150),
        ("Europe/London", datetime(2026, 3, 28, tzinfo=UTC), 90),
        ("Europe/Brussels", datetime(2026, 6, 1, tzinfo=UTC), 150),
    ],
)
def test_quiet_hours_end_in_the_same_night(zone: str, night: datetime, end: int) -> None:
    """Nothing waits longer than from 22:00 to their end, and the hour that repeats."""
    schedule = replace(Schedule(), zone=zone, quiet=(22 * 60, end))
    longest = timedelta(minutes=2 * 60 + end + 60)
    moments = [night + timedelta(minutes=5 * number) for number in range(2 * 24 * 12)]
    waits = {moment: opens(Waiting(1), schedule, moment)[0] - moment for moment in moments}
    late = {
        moment.astimezone(ZoneInfo(zone)): wait for moment, wait in waits.items() if wait > longest
    }
    assert not late
    assert any(waits.values()), "there are quiet hours in that night"


# -- commands as the clients of Telegram send them


@pytest.mark.parametrize(
    "line",
    [
        "/subscribe linkedin eu",
        "/subscribe  linkedin",
        "/subscribe \nlinkedin",
        "/SUBSCRIBE linkedin",
        "/subscribe@Smallprint_Bot linkedin",
        "/subscribe\nlinkedin eu",
        "/subscribe\u00a0linkedin eu",
        "/subscribe\tlinkedin",
        "/subscribe\u202flinkedin",
        "/subscribe\r\nlinkedin",
        "/subscribe\nlinkedin\ntiktok\nwhatsapp",
        "/subscribe@smallprint_bot\nlinkedin",
        "/subscribe@smallprint_bot\u00a0linkedin",
    ],
)
@pytest.mark.parametrize(("kind", "chat"), [("private", 7), ("supergroup", -1005)])
async def test_any_white_space_ends_a_command(
    standin: TelegramStandIn, telegram: Any, dispatch: Any, kind: str, chat: int, line: str
) -> None:
    standin.admins = {7}
    async with connected(Telegram(TOKEN, telegram[1]), MENU, dispatch):
        standin.says(line, chat=chat, kind=kind)
        # Answered behind it: nobody need wait for an answer that does not come.
        standin.says("/about", chat=chat, kind=kind)
        await standin.until(
            lambda: any("Smallprint" in each["plain"] for each in standin.sent), PATIENCE
        )
    assert "You now follow LinkedIn" in standin.sent[0]["plain"]


# -- chats that the bot comes back to

BOT = {"id": 1, "is_bot": True, "first_name": "Smallprint", "username": "smallprint_bot"}
PERSON = {"id": 9, "is_bot": False, "first_name": "A"}
RIGHTS = """can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats
can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories
can_edit_stories can_delete_stories can_post_messages""".split()
LEFT = {"user": BOT, "status": "left"}
KICKED = {"user": BOT, "status": "kicked", "until_date": 0}
MEMBER = {"user": BOT, "status": "member"}
ADMIN = {"user": BOT, "status": "administrator", **dict.fromkeys(RIGHTS, True)}


@pytest.mark.parametrize(
    ("kind", "chat", "out", "back"),
    [
        ("group", -8, LEFT, MEMBER),
        ("supergroup", -1008, LEFT, MEMBER),
        ("supergroup", -1008, KICKED, ADMIN),
        ("channel", -1007, LEFT, ADMIN),
        ("channel", -1007, KICKED, ADMIN),
        ("private", 55, KICKED, MEMBER),
    ],
)
async def test_a_chat_is_told_again_when_the_bot_is_back(
    standin: TelegramStandIn,
    telegram: Any,
    dispatch: Any,
    store: Store,
    kind: str,
    chat: int,
    out: dict[str, Any],
    back: dict[str, Any],
) -> None:
    """Nobody types anything there: Telegram says that the bot is in it again."""
    where = {"id": chat, "type": kind} | (
        {"first_name": "A"} if kind == "private" else {"title": "C"}
    )
    follow(store, "telegram", 1, first=chat)
    here = Address("telegram", str(chat))

    def becomes(before: dict[str, Any], after: dict[str, Any]) -> None:
        change = {"chat": where, "from": PERSON, "date": 1762200000}
        standin.happens(
            {"my_chat_member": change | {"old_chat_member": before, "new_chat_member": after}}
        )

    async with connected(Telegram(TOKEN, telegram[1]), MENU, dispatch):
        becomes(back, out)
        await settled(lambda: paused(store, here) is not None, PATIENCE)
        becomes(out, back)
        await settled(lambda: paused(store, here) is None, 3)


# -- a platform that refuses everybody for some hours, and is wrong

CHATS = 6


@pytest.mark.parametrize(
    "said",
    [
        "not enough rights to send text messages to the chat",
        "CHAT_RESTRICTED",
        "TOPIC_CLOSED",
        "need administrator rights in the channel chat",
    ],
)
async def test_channels_are_told_after_a_refusal_that_was_not_true(
    standin: TelegramStandIn, telegram: Any, store: Store, known: Catalogue, names: Names, said: str
) -> None:
    """A day later, at the latest with the next change, and without anybody typing there."""
    first = -1001000000000
    follow(store, "telegram", CHATS, first=first)
    rig = Rig(store, standin, telegram[1], known, names)
    standin.faults = refusals = deque([(400, {"description": f"Bad Request: {said}"})] * 1000)
    async with rig.running():
        publish(store, 1)
        await settled(lambda: len(refusals) <= 1000 - CHATS, PATIENCE)
        # What was answered is written before the clock moves on.
        await settled(lambda: "leased" not in store.outbox.depth(), PATIENCE)
        refusals.clear()
        rig.ahead = timedelta(days=1)
        publish(store, 2)
        await standin.until(lambda: _reached(standin) == CHATS, 4)


def _reached(standin: TelegramStandIn) -> int:
    return len({str(each["chat_id"]) for each in standin.sent})


# -- a database that another program keeps locked for a while


async def test_who_asks_while_the_database_is_locked_is_answered(
    standin: TelegramStandIn, telegram: Any, dispatch: Any, tmp_path: Path, store: Store
) -> None:
    """Late, but nothing is lost."""
    here = Address("telegram", "7")
    async with connected(Telegram(TOKEN, telegram[1]), MENU, dispatch):
        loop = asyncio.get_running_loop()
        with closing(
            sqlite3.connect(
                tmp_path / "smallprint.db", isolation_level=None, check_same_thread=False
            )
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            # Answers may be written on this thread, so that another one has to let go.
            freed = loop.run_in_executor(None, _let_go, other)
            standin.says("/subscribe linkedin eu")
            said = await standin.message(1, PATIENCE)
            await freed
    assert "You now follow LinkedIn" in said["plain"]
    assert [each.service for each in store.subscriptions.of(here)] == ["linkedin"]


def _let_go(other: sqlite3.Connection) -> None:
    time.sleep(1.5)
    other.execute("ROLLBACK")


async def settled(true: Callable[[], bool], patience: float) -> None:
    """Wait until it is true. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not true():
            await asyncio.sleep(0.02)
