"""Telegram updates: confirmed when processed, and processed once, even after a kill."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import handlers
from bot.adapters.telegram.answers import Answers
from bot.adapters.telegram.asked import Asked
from bot.adapters.telegram.platform import Telegram
from bot.adapters.telegram.polling import Window
from bot.catalogue import Catalogue
from bot.message import Message
from bot.model import Address
from bot.outcomes import Gone, Notice, Sent
from bot.platform import Request
from bot.rate_limit import Gate
from bot.render.blocks import say
from bot.runtime import answering as runtime_answering
from bot.runtime.answering import Answering
from bot.settings import Settings
from bot.store import Store, StoreError
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support.rig import connected
from tests.support.world import NOW, paused

MENU = [command.entry for command in handlers.COMMANDS]
ANNA = Address("telegram", "7")


def update(number: int) -> dict[str, Any]:
    return {"update_id": number}


async def test_only_what_is_done_is_confirmed_and_nothing_behind_what_is_not() -> None:
    gates = {number: asyncio.Event() for number in (5, 6, 8)}

    async def take(given: dict[str, Any]) -> None:
        await gates[given["update_id"]].wait()

    window = Window(take)
    window.add([update(5), update(6), update(8)])
    gates[6].set()
    await window.settle(0.1)
    assert window.offset == 5
    gates[5].set()
    await window.settle(0.1)
    await window.settle(0.1)
    assert window.offset == 7
    gates[8].set()
    await window.settle(0.1)
    assert window.offset == 9
    assert not window.is_open


async def test_what_is_given_again_while_it_is_worked_on_is_begun_once() -> None:
    begun: list[int] = []

    async def take(given: dict[str, Any]) -> None:
        begun.append(given["update_id"])
        await asyncio.sleep(0.05)

    window = Window(take)
    for _ in range(3):
        window.add([update(5), update(6)])
        await window.settle(0.01)
    await window.finish(1)
    window.add([update(5), update(6)])
    assert begun == [5, 6]


async def test_one_that_fails_is_confirmed_too() -> None:
    async def take(_given: dict[str, Any]) -> None:
        raise ValueError

    window = Window(take)
    window.add([update(5)])
    await window.settle(0.1)
    assert window.offset == 6


async def test_updates_of_a_killed_bot_are_worked_on_by_the_next(
    standin: TelegramStandIn, telegram: Any, dispatch: Any
) -> None:
    standin.together = 100
    stuck = asyncio.Event()

    async def dies(_request: Any) -> Message:
        stuck.set()
        await asyncio.Event().wait()
        raise AssertionError

    for number in range(30):
        standin.says("/help", chat=100 + number)
    first = asyncio.create_task(Telegram(TOKEN, telegram[1]).run(MENU, dies))
    await stuck.wait()
    # It hangs there, as one that was killed: nothing of it is confirmed.
    async with connected(Telegram(TOKEN, telegram[1]), MENU, dispatch):
        await standin.until(lambda: len({each["chat_id"] for each in standin.sent}) == 30, 30)
    first.cancel()


# -- done once


def answering(store: Store, known: Catalogue) -> Answering:
    return Answering(store, known, known.names, lambda: NOW, Settings.model_validate({}), ())


async def test_what_was_done_before_a_kill_is_not_done_again(
    store: Store, known: Catalogue
) -> None:
    asked = Request("subscribe", "linkedin eu", ANNA, number="5 subscribe")
    said = await answering(store, known).answer(asked)
    assert "You now follow LinkedIn" in said.text
    store.subscriptions.remove(ANNA, "linkedin", NOW)
    again = await answering(store, known).answer(asked)
    assert again.text.startswith("This is done. I was interrupted before I could say so")
    assert store.subscriptions.of(ANNA) == []


async def test_work_and_that_it_is_done_are_one(
    store: Store, known: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("the disk is full")

    asked = Request("subscribe", "linkedin eu", ANNA, number="5 subscribe")
    with monkeypatch.context() as broken:
        broken.setattr(store.heard, "done", fails)
        said = await answering(store, known).answer(asked)
    assert said.text.startswith("Something went wrong on my side")
    assert store.subscriptions.of(ANNA) == []
    assert "You now follow LinkedIn" in (await answering(store, known).answer(asked)).text


async def test_what_a_platform_notices_waits_for_the_database(
    store: Store, known: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answering(store, known).answer(Request("subscribe", "linkedin eu", ANNA))
    lose, fails = store.reach.lose, [StoreError("locked"), StoreError("locked")]

    def loses(*given: Any, **more: Any) -> None:
        if fails:
            raise fails.pop()
        lose(*given, **more)

    monkeypatch.setattr(store.reach, "lose", loses)
    monkeypatch.setattr(runtime_answering, "NOTE_AGAIN_FIRST", timedelta())
    await answering(store, known).answer(Notice((ANNA,), Gone("blocked", left=True)))
    assert paused(store, ANNA) == "blocked"


async def test_a_group_whose_turn_is_far_off_stalls_nobody() -> None:
    gate, sent = Gate(1000, lambda _: ((1, 30.0),)), []

    async def send(address: Address, *_: object) -> Sent:
        sent.append(address.chat)
        return Sent("1")

    answers = Answers("bot", gate, send, None, None)  # type: ignore[arg-type]
    group = Address("telegram", "-5")
    asked = Asked(Request("help", "", group), group)
    for _ in range(3):
        async with asyncio.timeout(1):
            await answers.tell(asked, say("Hello"))
    assert sent == ["-5"]
    await answers.close()


async def test_what_changes_nothing_is_answered_again(store: Store, known: Catalogue) -> None:
    asked = Request("howto", "linkedin", ANNA, number="5 howto")
    first = await answering(store, known).answer(asked)
    assert (await answering(store, known).answer(asked)).text == first.text


async def test_what_was_heard_is_forgotten_after_two_days(store: Store) -> None:
    store.heard.done("telegram", "5 x", NOW)
    store.heard.tidy(NOW + timedelta(days=1))
    assert store.heard.is_done("telegram", "5 x")
    store.heard.tidy(NOW + timedelta(days=3))
    assert not store.heard.is_done("telegram", "5 x")
