"""Our own errors: they drop nothing at once, repeat little, and block nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
import structlog

from bot.adapters.connection import Connection
from bot.adapters.http import call
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Delivery
from bot.jobs import faults
from bot.jobs.deliver import Deliverer
from bot.jobs.in_flight import LEASE
from bot.model import Address, Subscription
from bot.outcomes import Later, Outcome, Refused
from bot.platform import Body, Platform
from bot.rate_limit import Gate
from bot.render.delivery import Worded, Words
from bot.states import DeliveryState
from bot.store import Store
from bot.store.fates import GivenUp
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat
from tests.support.rig import Rig, connected, follow, publish
from tests.support.world import CHANGE, ITEM, NOW, tell

ANNA = Address("discord", "1")
ERRORS: list[Exception] = [
    KeyError("what somebody wrote"),
    MemoryError(),
    ValueError(),
    RuntimeError(),
    AssertionError(),
]


class Planted(Words):
    """Words with a bug for some stories, or for messages of more than one."""

    def __init__(self, known: Catalogue, names: Names) -> None:
        super().__init__(known, names)
        self.stories: set[int] = set()
        self.gathered = False
        #: Each message says which changes it is about.
        self.names_changes = False
        self.error: Exception = KeyError("planted")

    def of(self, delivery: Delivery, chat: Platform, now: datetime) -> Worded:
        if self.gathered and len(delivery.alerts) > 1:
            raise self.error
        if any(alert.story.id in self.stories for alert in delivery.alerts):
            raise self.error
        worded = super().of(delivery, chat, now)
        if not self.names_changes:
            return worded
        uids = " ".join(alert.story.lead.uid for alert in delivery.alerts)
        return replace(worded, rich={**worded.rich, "text": f"{worded.rich['text']} {uids}"})


class Scene:
    """One chat on Discord, one on Telegram, and a platform of each that does as told."""

    def __init__(self, store: Store, clock: Clock, words: Planted) -> None:
        clock.now = NOW
        self.store, self.clock, self.words = store, clock, words
        self.discord, self.telegram = FakeChat("discord", keyed=True), FakeChat("telegram")
        for platform in ("discord", "telegram"):
            store.subscriptions.add(
                Subscription(Address(platform, "1"), "linkedin", frozenset({"EU"})), NOW
            )
        self.troubles: list[str] = []
        self.deliverer = Deliverer(
            store,
            [self.discord, self.telegram],
            words,
            clock,
            trouble=lambda words, _now: self.troubles.append(words),
        )
        self.count = 0

    def tell(self, stories: int = 1) -> None:
        for _ in range(stories):
            self.count += 1
            item = replace(ITEM, uid=f"commit:{self.count}")
            tell(self.store, replace(CHANGE, uid=item.uid), item, self.clock())

    async def after(self, **wait: float) -> dict[DeliveryState, int]:
        """The outbox when so much time has passed and everything that is due was tried."""
        self.clock.forward(**wait)
        await self.deliverer.deliver_due()
        return self.store.outbox.depth()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Writing out so many tracebacks takes longer than all the rest."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def words(known: Catalogue, names: Names) -> Planted:
    return Planted(known, names)


@pytest.fixture
def scene(both: Store, clock: Clock, words: Planted) -> Scene:
    return Scene(both, clock, words)


# -- a platform that is just being lost


@pytest.fixture(params=["discord", "telegram"])
def rig(request: pytest.FixtureRequest, store: Store, known: Catalogue, names: Names) -> Rig:
    standin, base = request.getfixturevalue(request.param)
    return Rig(store, standin, base, known, names)


async def test_an_alert_that_meets_a_closed_session_comes_later(
    rig: Rig, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[aiohttp.ClientSession] = []
    monkeypatch.setattr(aiohttp, "ClientSession", _kept_in(sessions))
    platform = rig.platform.name
    follow(store, platform, 3)
    publish(store)
    async with connected(rig.platform):
        await sessions[0].close()
        await rig.deliverer.deliver_due()
    assert (store.outbox.depth(), rig.standin.sent) == ({"queued": 3}, [])
    rig.ahead = timedelta(seconds=10)
    async with connected(rig.platform):
        await rig.deliverer.deliver_due()
    assert (store.outbox.depth(), len(rig.standin.sent)) == ({"sent": 3}, 3)


def _kept_in(sessions: list[aiohttp.ClientSession]) -> Callable[..., aiohttp.ClientSession]:
    """Opens a session as aiohttp does, and remembers it."""
    real = aiohttp.ClientSession

    def opened(*given: Any, **named: Any) -> aiohttp.ClientSession:
        sessions.append(real(*given, **named))
        return sessions[-1]

    return opened


async def test_alerts_in_flight_when_the_platform_is_lost_are_not_buried(
    rig: Rig, store: Store
) -> None:
    follow(store, rig.platform.name, 4)
    publish(store)
    rig.standin.round_trip = 0.2
    async with connected(rig.platform):
        sending = asyncio.create_task(rig.deliverer.deliver_due())
        await asyncio.sleep(0.1)
    await sending
    rig.standin.round_trip = 0.0
    assert "dead" not in store.outbox.depth()
    rig.ahead = timedelta(minutes=5)
    async with connected(rig.platform):
        await rig.deliverer.deliver_due()
    assert store.outbox.depth() == {"sent": 4}


async def test_a_closed_session_is_no_answer_and_nothing_went_out() -> None:
    session = aiohttp.ClientSession()
    await session.close()
    answer = await call(session, "POST", "http://127.0.0.1:9/")
    assert isinstance(answer, Later)
    assert answer.certain


async def test_a_platform_is_not_ready_while_its_session_closes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions: list[aiohttp.ClientSession] = []
    monkeypatch.setattr(aiohttp, "ClientSession", _kept_in(sessions))
    seen: list[bool] = []

    class Short(Connection):
        """A platform whose connection ends at once."""

        name = "discord"

        async def run(self) -> None:
            async with self._connected():
                self.ready = True
                connector = sessions[0].connector
                assert connector
                close = connector.close

                def closing(*given: Any, **named: Any) -> Any:
                    seen.append(self.ready)
                    return close(*given, **named)

                monkeypatch.setattr(connector, "close", closing)

    await Short(Gate(1)).run()
    assert seen == [False]


# -- errors while an alert is sent


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_an_error_while_sending_is_tried_again(scene: Scene, error: Exception) -> None:
    scene.discord.answers = [error]
    scene.tell()
    assert await scene.after() == {"sent": 1, "queued": 1}
    assert await scene.after(seconds=6) == {"sent": 2}
    assert len({key for key, *_ in scene.discord.tries}) == 1, (
        "with the same key, for it may have been posted"
    )


async def test_an_error_in_the_plain_text_is_tried_again(scene: Scene) -> None:
    scene.discord.answers = [Refused("can't parse"), ValueError()]
    scene.tell()
    assert await scene.after() == {"sent": 1, "queued": 1}
    assert await scene.after(seconds=6) == {"sent": 2}


async def test_an_error_while_publishing_is_tried_again(scene: Scene) -> None:
    scene.store.preferences.set_publish(ANNA, True)
    real, errors = scene.discord.publish, [KeyError("id")]

    async def fails_once(address: Address, message_id: str) -> Outcome:
        if errors:
            raise errors.pop()
        return await real(address, message_id)

    scene.discord.publish = fails_once  # type: ignore[method-assign]
    scene.tell()
    assert await scene.after() == {"sent": 2, "queued": 1}
    assert await scene.after(seconds=6) == {"sent": 3}
    assert scene.discord.published == ["101"]


async def test_what_comes_later_for_the_chat_does_not_wait_for_it(scene: Scene) -> None:
    scene.discord.answers = [ValueError()]
    scene.tell()
    await scene.after()
    scene.tell()
    assert await scene.after() == {"sent": 3, "queued": 1}


async def test_after_three_tries_it_is_put_aside_and_named(scene: Scene) -> None:
    """An error after the posting repeats the alert at every try where a platform knows no keys."""
    scene.telegram.answers = [ValueError() for _ in range(30)]
    scene.tell()
    for tries in range(1, faults.TRIES + 1):
        depth = await scene.after(seconds=1.3 * faults.wait(tries).total_seconds())
        assert len(scene.telegram.tries) == tries, "tried once each time it is due"
    assert depth == {"sent": 1, "dead": 1}
    await scene.after(days=30)
    assert len(scene.telegram.tries) == faults.TRIES
    assert scene.store.outbox.given_up() == [GivenUp("our own error: ValueError", 1)]
    assert len(scene.troubles) == 1
    assert "our own error: ValueError" in scene.troubles[0]


async def test_what_was_put_aside_is_tried_again_when_the_bot_starts_again(scene: Scene) -> None:
    scene.telegram.answers = [ValueError() for _ in range(faults.TRIES)]
    scene.tell()
    for _ in range(faults.TRIES):
        await scene.after(minutes=10)
    assert scene.store.outbox.depth() == {"sent": 1, "dead": 1}
    again = Deliverer(scene.store, [scene.telegram], scene.words, scene.clock)
    await again.take_over("telegram")
    await again.deliver_due()
    assert scene.store.outbox.depth() == {"sent": 2}


async def test_one_alert_that_the_adapter_cannot_send_does_not_keep_its_message(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gathered with others, it fails them all at first; from then on each goes its own way."""
    real = scene.discord.send

    async def stumbles(address: Address, body: Body, *rest: Any) -> Outcome:
        if "poison" in body["text"]:
            raise ValueError
        return await real(address, body, *rest)

    monkeypatch.setattr(scene.discord, "send", stumbles)
    scene.tell(4)
    item = replace(ITEM, uid="poison")
    tell(
        scene.store,
        replace(CHANGE, uid="poison", excerpts=(replace(CHANGE.excerpts[0], after="poison"),)),
        item,
        NOW,
    )
    scene.words.names_changes = True
    await scene.after()
    assert len(scene.discord.sent) == 0
    await scene.after(seconds=6)
    await scene.after(seconds=60)
    assert len(scene.discord.sent) == 4
    assert scene.store.outbox.depth() == {"sent": 9, "dead": 1}, "it had its three tries"


# -- errors while an alert is worded


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_an_alert_that_cannot_be_worded_waits_and_the_others_go(
    scene: Scene, error: Exception
) -> None:
    scene.words.stories, scene.words.error = {1}, error
    scene.tell()
    scene.tell()
    assert await scene.after() == {"sent": 2, "queued": 2}
    scene.words.stories = set()
    assert await scene.after(seconds=6) == {"sent": 4}
    assert len({key for key, *_ in scene.discord.tries}) == 2


@pytest.mark.parametrize("bad", [{1}, {3}, {6}, {1, 2}, {2, 4, 6}])
async def test_one_that_cannot_be_worded_does_not_keep_its_message(
    scene: Scene, bad: set[int]
) -> None:
    scene.words.stories = bad
    scene.tell(6)
    assert await scene.after() == {"sent": 2 * (6 - len(bad)), "queued": 2 * len(bad)}
    assert len(scene.discord.sent) == 1, "the others are still one message"
    scene.words.stories = set()
    assert await scene.after(seconds=10) == {"sent": 12}
    keys = [key for _, key, _ in scene.discord.sent]
    assert len(set(keys)) == len(keys), "or the platform would swallow the later one"


async def test_stories_that_cannot_be_gathered_are_told_one_by_one(scene: Scene) -> None:
    scene.words.gathered, scene.words.error = True, MemoryError()
    scene.tell(6)
    assert await scene.after() == {"sent": 12}
    assert len(scene.discord.sent) == 6


@pytest.mark.parametrize("stories", [1, 6])
async def test_what_may_have_been_posted_keeps_its_key(scene: Scene, stories: int) -> None:
    """A process died with it in flight; then there is a bug in its words, and then none."""
    scene.tell(stories)
    [lost] = scene.store.outbox.claim("discord", "died", scene.clock(), LEASE, 1)
    scene.store.outbox.release("discord")
    scene.words.stories = {stories}
    await scene.after()
    assert scene.discord.sent == []
    scene.words.stories = set()
    await scene.after(minutes=10)
    assert [key for _, key, _ in scene.discord.sent] == [lost.key], "or it could come twice"


async def test_when_nothing_can_be_worded_nothing_is_lost(scene: Scene) -> None:
    scene.words.stories = set(range(1, 7))
    scene.tell(6)
    assert await scene.after() == {"queued": 12}
    scene.words.stories = set()
    assert await scene.after(seconds=10) == {"sent": 12}


async def test_a_bug_of_days_leaves_every_day_its_alerts(scene: Scene) -> None:
    scene.words.stories = {1}
    scene.tell()
    for day in range(1, 6):
        scene.tell(5)
        depth = await scene.after(days=1)
        assert depth[DeliveryState.SENT] == 10 * day
    assert depth == {"sent": 50, "dead": 2}


async def test_what_shares_a_message_with_an_old_failure_is_not_given_up_with_it(
    scene: Scene,
) -> None:
    scene.words.stories = {1}
    scene.tell()
    for _ in range(faults.TRIES - 1):
        await scene.after(minutes=10)
    scene.clock.forward(days=4)
    scene.tell(5)
    scene.discord.answers = [Later(None, "reset")]
    scene.telegram.answers = [Later(None, "reset")]
    assert await scene.after() == {"dead": 2, "queued": 10}
    assert await scene.after(minutes=1) == {"dead": 2, "sent": 10}


async def test_the_error_says_its_type_and_nothing_that_somebody_wrote(scene: Scene) -> None:
    scene.discord.answers = [KeyError("what somebody wrote")]
    scene.tell()
    await scene.after()
    with scene.store.database.read() as connection:
        why = connection.exec_driver_sql(
            "SELECT why FROM outbox WHERE state = 'queued'"
        ).scalar_one()
    assert why == "our own error: KeyError"
