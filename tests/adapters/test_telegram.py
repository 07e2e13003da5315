"""Telegram as people use it, and its failures, against a strict stand-in."""

from __future__ import annotations

import asyncio
import io
import logging
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
import structlog

import handlers
from bot.adapters import PlatformError
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address, Subscription
from bot.outcomes import Gone, Later, Moved, Notice, Outcome, Refused, Sent, Unknown
from bot.platform import Hint, Request
from bot.render.blocks import say
from bot.runtime import logs
from bot.store import Store
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support import world
from tests.support.rig import connected
from tests.support.world import paused

GROUP = -1001
USER = {"id": 7, "is_bot": False, "first_name": "A person"}


@pytest.fixture
def talk(telegram: Any, store: Store, known: Catalogue, names: Names) -> Any:
    base = telegram[1]

    async def dispatch(request: Request | Notice | Hint) -> Message:
        return handlers.answer(request, world.context(store, known, names))

    def start(token: str = TOKEN) -> AbstractAsyncContextManager[Telegram]:
        return connected(
            Telegram(token, base), [command.entry for command in handlers.COMMANDS], dispatch
        )

    return start


async def test_private_chat_without_a_slash(talk: Any, telegram: Any) -> None:
    standin: TelegramStandIn = telegram[0]
    async with talk():
        standin.says("howto linkedin")
        shown = await standin.message(1)
    assert "Data for Generative AI Improvement" in shown["plain"]
    assert shown["link_preview_options"] == {"is_disabled": True}


async def test_in_a_group_only_administrators_change_what_it_receives(
    talk: Any, telegram: Any, store: Store
) -> None:
    standin: TelegramStandIn = telegram[0]
    standin.admins = {9}
    group = Address("telegram", str(GROUP))
    async with talk():
        standin.says("hello everybody", chat=GROUP, kind="supergroup")
        standin.says("/subscribe@other_bot linkedin", chat=GROUP, user=9, kind="supergroup")
        standin.says("/subscribe@smallprint_bot linkedin", chat=GROUP, user=7, kind="supergroup")
        assert "Only people who manage this chat" in (await standin.message(1))["plain"]
        assert store.subscriptions.of(group) == []
        standin.says("/subscribe@smallprint_bot linkedin eu", chat=GROUP, user=9, kind="supergroup")
        assert "You now follow LinkedIn" in (await standin.message(2))["plain"]
        standin.presses("unsubscribe linkedin", chat=GROUP, user=7, kind="supergroup")
        await standin.until(lambda: standin.alerts)
        assert "Only people who manage this chat" in standin.alerts[0]["text"]
        assert len(store.subscriptions.of(group)) == 1
        anonymous = {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "A group"}}
        standin.says(
            "/unsubscribe all", chat=GROUP, user=1087968824, kind="supergroup", **anonymous
        )
        assert "nothing more of: LinkedIn" in (await standin.message(3))["plain"]


async def test_a_topic_is_answered_and_subscribed_in_itself(
    talk: Any, telegram: Any, store: Store
) -> None:
    standin: TelegramStandIn = telegram[0]
    standin.admins = {9}
    async with talk():
        topic = {"message_thread_id": 42, "is_topic_message": True}
        standin.says("/subscribe linkedin eu", chat=GROUP, user=9, kind="supergroup", **topic)
        assert (await standin.message(1))["message_thread_id"] == 42
    assert len(store.subscriptions.of(Address("telegram", str(GROUP), "42"))) == 1


@pytest.mark.parametrize(
    ("status", "description", "parameters", "expected"),
    [
        (
            429,
            "Too Many Requests: retry after 30",
            {"retry_after": 30},
            Later(timedelta(seconds=30), "Telegram asks to wait"),
        ),
        (
            403,
            "Forbidden: bot was kicked from the supergroup chat",
            {},
            Gone("Forbidden: bot was kicked from the supergroup chat", left=True),
        ),
        (403, "Forbidden: something new", {}, Unknown("Forbidden: something new")),
        (400, "Bad Request: TOPIC_CLOSED", {}, Gone("Bad Request: TOPIC_CLOSED")),
        (400, "Bad Request: something new", {}, Unknown("Bad Request: something new")),
        (
            403,
            "Forbidden: bot was blocked by the user",
            {},
            Gone("Forbidden: bot was blocked by the user", left=True),
        ),
        (400, "Bad Request: chat not found", {}, Gone("Bad Request: chat not found")),
        (
            400,
            "Bad Request: group chat was upgraded",
            {"migrate_to_chat_id": -1009},
            Moved(Address("telegram", "-1009")),
        ),
        (
            400,
            "Bad Request: can't parse entities: oops",
            {},
            Refused("Bad Request: can't parse entities: oops"),
        ),
        (502, "Bad Gateway", {}, Later(None, "the server answered 502", certain=False)),
    ],
)
async def test_outcomes(
    talk: Any, telegram: Any, status: int, description: str, parameters: Any, expected: Outcome
) -> None:
    standin: TelegramStandIn = telegram[0]
    async with talk() as platform:
        standin.faults.append((status, {"description": description, "parameters": parameters}))
        assert (
            await platform.send(Address("telegram", "7"), platform.body(say("Hello")), "1")
            == expected
        )
        assert isinstance(
            await platform.send(Address("telegram", "7"), platform.body(say("Hello")), "1"), Sent
        )


async def settled(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("order", [("to", "from"), ("from", "to")])
@pytest.mark.parametrize("both_known", [False, True])
async def test_d14_a_group_that_becomes_a_supergroup_moves_once(
    talk: Any, telegram: Any, store: Store, order: tuple[str, str], both_known: bool
) -> None:
    standin: TelegramStandIn = telegram[0]
    old, new = Address("telegram", "-5"), Address("telegram", "-1005")
    for address in (old, *([new] if both_known else [])):
        store.subscriptions.add(Subscription(address, "linkedin", frozenset({"EU"})), world.NOW)
    said = {
        "to": (-5, {"migrate_to_chat_id": -1005}),
        "from": (-1005, {"migrate_from_chat_id": -5}),
    }
    async with talk():
        for which in order:
            chat, more = said[which]
            standin.happens(
                {"message": {**standin.new_message(chat, "supergroup"), "from": USER, **more}}
            )
        await settled(lambda: not store.subscriptions.of(old))
        standin.says("/help", chat=7)
        await standin.message(1)
    assert [s.service for s in store.subscriptions.of(new)] == ["linkedin"]


async def test_who_removes_the_bot_is_paused_at_once(
    talk: Any, telegram: Any, store: Store
) -> None:
    standin: TelegramStandIn = telegram[0]
    here = Address("telegram", "7")
    store.subscriptions.add(Subscription(here, "linkedin", frozenset({"EU"})), world.NOW)
    bot = {"id": 1, "is_bot": True, "first_name": "Smallprint"}
    gone = {
        "chat": {"id": 7, "type": "private", "first_name": "A person"},
        "from": USER,
        "date": 1762200000,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
    }
    async with talk():
        standin.happens({"my_chat_member": gone})
        await settled(lambda: paused(store, here))
        standin.says("/subscriptions")
        back = (await standin.message(1))["plain"]
    assert "I could not reach you here for a while (the bot was removed or blocked)." in back
    assert paused(store, here) is None


async def test_a_wrong_token_is_said_plainly(telegram: Any) -> None:
    with pytest.raises(PlatformError, match="Telegram refuses TELEGRAM_TOKEN"):
        await Telegram("1:wrong", telegram[1]).run([], _silent)


async def test_a_second_process_with_the_same_token_is_told(telegram: Any) -> None:
    standin: TelegramStandIn = telegram[0]
    standin.conflict = True
    with pytest.raises(PlatformError, match="another process already polls"):
        await Telegram(TOKEN, telegram[1]).run([], _silent)


async def test_an_unreachable_server_is_said_plainly() -> None:
    with pytest.raises(PlatformError, match="cannot be reached"):
        await Telegram(TOKEN, "http://127.0.0.1:9").run([], _silent)


@pytest.mark.parametrize("style", ["text", "json"])
async def test_no_token_in_any_log(talk: Any, telegram: Any, style: str) -> None:
    """At DEBUG the library writes the address with the token in it; what we print has not."""
    standin: TelegramStandIn = telegram[0]
    root, lines = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    logs.set_up("DEBUG", style, [TOKEN], lines)
    try:
        async with talk() as platform:
            standin.down = True
            await platform.send(Address("telegram", "7"), platform.body(say("Hello")), "1")
            await asyncio.sleep(0.3)
    finally:
        root.handlers, level = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "Set Bot API URL" in lines.getvalue()
    assert TOKEN not in lines.getvalue()
    assert TOKEN.split(":")[1] not in lines.getvalue()


async def _silent(_: Request | Notice | Hint) -> Message:
    return say("")
