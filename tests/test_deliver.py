"""What the outbox does with every answer a platform can give."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.chat import Gone, Later, Limits, Message, Moved, Outcome, Refused, Sent
from bot.deliver import Deliverer, Gate
from bot.model import Address, Subscription
from bot.store import Store
from bot.understand.names import Names
from tests.conftest import Clock
from tests.world import NOW, tell


class FakeChat:
    """A platform that answers as told."""

    def __init__(self, platform: str = "telegram") -> None:
        self.platform, self.ready = platform, True
        self.limits = Limits(4096, 64, 12, per_second=1000)
        self.answers: list[Outcome | Exception] = []
        self.sent: list[tuple[str, str, str]] = []

    async def run(self, *_: Any) -> None:
        await asyncio.Event().wait()

    async def send(self, address: Address, message: Message, key: str) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Sent("1")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Sent):
            self.sent.append((address.chat, key, message.text))
        return answer


@pytest.fixture
def chats() -> tuple[FakeChat, FakeChat]:
    return FakeChat("telegram"), FakeChat("discord")


@pytest.fixture
def deliverer(store: Store, known: Catalogue, names: Names, clock: Clock, chats: Any) -> Deliverer:
    clock.now = NOW
    for number in range(20):
        store.subscribe(Subscription(Address("telegram", str(number)), "linkedin", frozenset({"EU"})), NOW)
    store.subscribe(Subscription(Address("discord", "1"), "linkedin", frozenset({"EU"})), NOW)
    tell(store)
    return Deliverer(store, chats, known, names, clock)


async def test_everybody_hears_once(deliverer: Deliverer, chats: Any, store: Store) -> None:
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    assert sorted(chat for chat, _, _ in chats[0].sent) == sorted(map(str, range(20)))
    assert len({key for _, key, _ in chats[0].sent + chats[1].sent}) == 21
    assert store.depth() == {"sent": 21}


async def test_one_platform_down_does_not_stop_the_other(deliverer: Deliverer, chats: Any) -> None:
    chats[0].ready = False
    await deliverer.deliver_due()
    assert (len(chats[0].sent), len(chats[1].sent)) == (0, 1)
    chats[0].ready = True
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 20


async def test_later_waits_as_long_as_asked(deliverer: Deliverer, chats: Any, clock: Clock) -> None:
    chats[0].answers = [Later(timedelta(seconds=30), "slow down")]
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 19
    clock.forward(seconds=29)
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 19
    clock.forward(seconds=2)
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 20


async def test_later_without_a_wait_backs_off(deliverer: Deliverer, chats: Any, clock: Clock, store: Store) -> None:
    for seconds in (6, 12, 24):
        chats[1].answers = [Later(None, "reset")]
        await deliverer.deliver_due()
        clock.forward(seconds=seconds)
    await deliverer.deliver_due()
    assert len(chats[1].sent) == 1


async def test_gone_is_paused_and_not_called_again(deliverer: Deliverer, chats: Any, store: Store) -> None:
    chats[1].answers = [Gone("kicked")]
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    assert chats[1].sent == []
    assert store.paused(Address("discord", "1")) == "kicked"
    assert len(store.subscriptions(Address("discord", "1"))) == 1


async def test_moved_is_sent_to_the_new_place(deliverer: Deliverer, chats: Any, store: Store) -> None:
    chats[1].answers = [Moved(Address("discord", "2"))]
    await deliverer.deliver_due()
    assert [chat for chat, _, _ in chats[1].sent] == ["2"]
    assert len(store.subscriptions(Address("discord", "2"))) == 1


@pytest.mark.parametrize("answer", [Refused("can't parse"), RuntimeError("a bug")])
async def test_what_is_our_fault_is_buried_and_the_rest_goes_on(
    deliverer: Deliverer, chats: Any, store: Store, answer: Any
) -> None:
    chats[0].answers = [answer]
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 19
    assert store.depth() == {"sent": 20, "dead": 1}


async def test_the_gate_spaces_out_without_bursts() -> None:
    gate, started, passed = Gate(100), time.monotonic(), []
    for _ in range(20):
        await gate.wait()
        passed.append(time.monotonic() - started)
    assert passed[-1] >= 19 / 100
    assert sum(moment < 0.05 for moment in passed) <= 6
