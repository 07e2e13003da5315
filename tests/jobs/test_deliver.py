"""The outbox with every outcome a platform can have."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.message import Message
from bot.model import Address, Cursor, Item, Record, Subscription
from bot.outcomes import Gone, Later, Moved, Outcome, Refused, Sent, Unknown
from bot.platform import Body
from bot.rate_limit import Gate, Lane
from bot.render.delivery import Words
from bot.states import DeliveryState
from bot.store import Store
from tests.conftest import Clock
from tests.support.world import CHANGE, ITEM, NOW, paused, tell


class FakeChat:
    """A platform that answers as told."""

    def __init__(self, platform: str = "telegram", keyed: bool = False) -> None:
        self.name, self.keyed, self.ready, self.reached = platform, keyed, True, True
        self.gate = Gate(1000)
        self.answers: list[Outcome | Exception] = []
        self.sent: list[tuple[str, str, str]] = []
        self.tries: list[tuple[str, Body, str, datetime | None]] = []
        self.published: list[str] = []
        self.edited: list[tuple[str, str]] = []
        self.edits: list[Outcome] = []

    async def run(self, *_: Any) -> None:
        await asyncio.Event().wait()

    def invitation(self, line: str) -> str:
        return f"https://{self.name}.example/{line}"

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        return {"text": message.text, "plain": plain}

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,
        reply_to: str = "",
        look: datetime | None = None,
    ) -> Outcome:
        self.tries.append((key, body, reply_to, look))
        answer = self.answers.pop(0) if self.answers else Sent(str(100 + len(self.tries)))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Sent):
            self.sent.append((address.chat, key, body["text"]))
        return answer

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        self.edited.append((message_id, body["text"]))
        return self.edits.pop(0) if self.edits else Sent(message_id)

    async def publish(self, address: Address, message_id: str) -> Outcome:
        self.published.append(message_id)
        return Sent(message_id)


@pytest.fixture
def store(both: Store) -> Store:
    return both


@pytest.fixture
def chats() -> tuple[FakeChat, FakeChat]:
    return FakeChat("telegram"), FakeChat("discord", keyed=True)


@pytest.fixture
def deliverer(store: Store, known: Catalogue, names: Names, clock: Clock, chats: Any) -> Deliverer:
    clock.now = NOW
    for number in range(20):
        store.subscriptions.add(
            Subscription(Address("telegram", str(number)), "linkedin", frozenset({"EU"})), NOW
        )
    store.subscriptions.add(
        Subscription(Address("discord", "1"), "linkedin", frozenset({"EU"})), NOW
    )
    tell(store)
    return Deliverer(store, chats, Words(known, names), clock)


async def test_everybody_hears_once(deliverer: Deliverer, chats: Any, store: Store) -> None:
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    assert sorted(chat for chat, _, _ in chats[0].sent) == sorted(map(str, range(20)))
    assert len({key for _, key, _ in chats[0].sent + chats[1].sent}) == 21
    assert store.outbox.depth() == {"sent": 21}


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


async def test_later_without_a_wait_backs_off(
    deliverer: Deliverer, chats: Any, clock: Clock, store: Store
) -> None:
    for seconds in (6, 12, 24):
        chats[1].answers = [Later(None, "reset")]
        await deliverer.deliver_due()
        clock.forward(seconds=seconds)
    await deliverer.deliver_due()
    assert len(chats[1].sent) == 1


async def test_gone_is_paused_and_not_called_again(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[1].answers = [Gone("kicked")]
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    assert chats[1].sent == []
    assert paused(store, Address("discord", "1")) == "kicked"
    assert len(store.subscriptions.of(Address("discord", "1"))) == 1


async def test_moved_is_sent_to_the_new_place(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[1].answers = [Moved(Address("discord", "2"))]
    await deliverer.deliver_due()
    assert [chat for chat, _, _ in chats[1].sent] == ["2"]
    assert len(store.subscriptions.of(Address("discord", "2"))) == 1


async def test_what_a_platform_does_not_understand_is_said_plainly(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[1].answers = [Refused("can't parse")]
    await deliverer.deliver_due()
    (key, body, *_), (again, plain, *_) = chats[1].tries
    assert (body["plain"], plain["plain"], again) == (False, True, key)
    assert store.outbox.depth() == {"sent": 21}


async def test_what_is_refused_plainly_too_is_said_in_its_first_line(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[1].answers = [Refused("can't parse"), Refused("too long")]
    await deliverer.deliver_due()
    shortest = chats[1].tries[-1][1]
    assert shortest == {"text": "LinkedIn · Privacy Policy", "plain": True}
    assert store.outbox.depth() == {"sent": 21}


async def test_what_is_refused_in_every_form_is_put_aside_and_the_rest_goes_on(
    deliverer: Deliverer, chats: Any, store: Store, clock: Clock
) -> None:
    chats[1].answers = [Refused("can't parse"), Refused("no"), Refused("no")]
    await deliverer.deliver_due()
    assert len(chats[0].sent) == 20
    assert store.outbox.depth() == {"sent": 20, "dead": 1}
    assert store.outbox.retry_given_up(clock()) == 1
    await deliverer.deliver_due()
    assert store.outbox.depth() == {"sent": 21}


async def test_a_refusal_that_we_do_not_know_is_tried_again_and_pauses_nobody(
    deliverer: Deliverer, chats: Any, store: Store, clock: Clock
) -> None:
    chats[1].answers = [Unknown("odd")]
    await deliverer.deliver_due()
    assert paused(store, Address("discord", "1")) is None
    clock.forward(seconds=6)
    await deliverer.deliver_due()
    assert len(chats[1].sent) == 1


async def test_many_refusals_alike_stop_the_platform_and_call_somebody(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[0].answers, chats[0].gate = [Unknown("odd")] * 20, Gate(29.5)
    with structlog.testing.capture_logs() as logs:
        await deliverer.deliver_due()
    assert [entry["log_level"] for entry in logs if entry["event"] == "platform.alarm"] == [
        "critical"
    ]
    assert 10 <= len(chats[0].tries) < 20, "what was in flight, and no more"
    assert len(chats[1].sent) == 1, "the other platform goes on"
    assert paused(store, Address("telegram", "1")) is None


async def test_it_is_given_up_after_days_and_said(
    deliverer: Deliverer, chats: Any, store: Store, clock: Clock
) -> None:
    chats[1].answers = [Later(None, "reset")] * 2
    await deliverer.deliver_due()
    clock.forward(days=3, minutes=1)
    with structlog.testing.capture_logs() as logs:
        await deliverer.deliver_due()
    assert store.outbox.depth() == {"sent": 20, "dead": 1}
    assert [entry["why"] for entry in logs if entry["event"] == "alert.put_aside"] == [
        "for 3 days: reset"
    ]


async def test_a_try_whose_answer_never_came_is_looked_for_once_the_key_is_forgotten(
    deliverer: Deliverer, chats: Any, clock: Clock
) -> None:
    chats[1].answers = [Later(timedelta(seconds=10), "cut", certain=False)] * 2
    await deliverer.deliver_due()
    clock.forward(seconds=11)
    await deliverer.deliver_due()
    clock.forward(seconds=100)
    await deliverer.deliver_due()
    assert [look for *_, look in chats[1].tries] == [None, None, NOW]


async def test_what_an_earlier_process_sent_to_a_group_counts_for_its_minute(
    store: Store, known: Catalogue, names: Names, clock: Clock
) -> None:
    clock.now = NOW
    group = Address("telegram", "-7")
    store.subscriptions.add(Subscription(group, "linkedin", frozenset({"EU"})), NOW)

    def windows(_lane: Lane) -> tuple[tuple[int, float], ...]:
        return ((2, 60.0),)

    for number in (1, 2, 3):
        recorded = CHANGE.recorded + timedelta(hours=2 * number)
        change = replace(CHANGE, uid=f"c{number}", recorded=recorded)
        tell(store, change, replace(ITEM, uid=change.uid), clock())
        chat = FakeChat()
        chat.gate, chat.answers = Gate(1000, windows), [Sent(str(number))]
        deliverer = Deliverer(store, [chat], Words(known, names), clock)
        sending = asyncio.create_task(deliverer.deliver_due())
        await asyncio.sleep(1.0)  # to be sent and acknowledged, on a loaded machine too
        assert len(chat.sent) == (number < 3), "the third of a minute waits, whoever sends it"
        sending.cancel()
        clock.forward(seconds=5)


@pytest.mark.parametrize("turns", range(8))
async def test_it_can_be_cancelled_in_the_moment_in_which_it_is_woken(
    deliverer: Deliverer, turns: int
) -> None:
    sending = asyncio.create_task(deliverer.run("telegram"))
    await asyncio.sleep(0.3)  # until there is nothing left to do
    deliverer.wake()
    for _ in range(turns):  # turns of the loop
        await asyncio.sleep(0)
    sending.cancel()
    done, _ = await asyncio.wait({sending}, timeout=5)
    assert done == {sending}


async def test_what_was_in_flight_at_a_kill_is_claimed_first(
    deliverer: Deliverer, store: Store, clock: Clock
) -> None:
    lost = store.outbox.claim("telegram", "died", clock(), timedelta(minutes=2), 3)
    clock.forward(minutes=1)
    assert store.outbox.release("telegram") == 3
    again = store.outbox.claim("telegram", "heir", clock(), timedelta(minutes=2), 3)
    assert [each.key for each in again] == [each.key for each in lost]


async def test_a_wait_for_everybody_holds_the_platform_and_is_kept(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    chats[1].answers = [Later(timedelta(seconds=120), "global", everyone=True)]
    await deliverer.deliver_due()
    assert chats[1].gate.held_for > 100
    assert store.leases.held_off("discord") == NOW + timedelta(seconds=120)


def joins(store: Store, record: Record, number: int = 1) -> None:
    """Something comes to the story that was told."""
    uid, link = f"part:{number}", f"https://example.org/m{number}"
    part = replace(CHANGE, uid=uid, record=record, title="A memo", link=link)
    item = Item(uid, f"memos{number}", record, NOW, "A memo", link)
    store.items.keep(item.source, [item], Cursor(learned=True), NOW, NOW)
    store.stories.publish(item, part, None, store.stories.get(1), matcher.audience(part), NOW)


async def test_what_came_to_a_story_changes_its_message(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    await deliverer.deliver_due()
    joins(store, Record.MEMO)
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    [(message, text)] = chats[1].edited
    assert message == "101"
    assert text.splitlines()[1] == "A memo.", "a person's words are the headline"
    assert "Explained by Open Terms Archive: A memo" in text
    assert len(chats[1].tries) == 1, "nobody is called"
    assert store.outbox.depth() == {"sent": 42}


async def test_a_message_is_changed_as_often_as_something_comes(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    await deliverer.deliver_due()
    joins(store, Record.MEMO)
    await deliverer.deliver_due()
    joins(store, Record.TAKEN_BACK, 2)
    await deliverer.deliver_due()
    assert [message for message, _text in chats[1].edited] == ["101", "101"]
    assert len(chats[1].tries) == 1, "nobody is called"


async def test_what_was_taken_back_is_corrected_in_place(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    await deliverer.deliver_due()
    joins(store, Record.TAKEN_BACK)
    await deliverer.deliver_due()
    [(_, text)] = chats[1].edited
    assert "Taken back on 3 November 2025: what follows is no longer in the text." in text
    assert len(chats[1].tries) == 1


@pytest.mark.parametrize("answer", [Unknown("message to edit not found"), Refused("too old")])
async def test_where_it_cannot_be_changed_it_is_a_quiet_reply(
    deliverer: Deliverer, chats: Any, store: Store, answer: Outcome
) -> None:
    await deliverer.deliver_due()
    chats[1].edits = [answer]
    joins(store, Record.MEMO)
    await deliverer.deliver_due()
    await deliverer.deliver_due()
    assert [reply for *_, reply, _ in chats[1].tries] == ["", "101"], "once"
    assert "an addition" in chats[1].tries[1][1]["text"]


async def test_an_edit_that_must_wait_is_made_later(
    deliverer: Deliverer, chats: Any, store: Store, clock: Clock
) -> None:
    await deliverer.deliver_due()
    chats[1].edits = [Later(timedelta(seconds=5), "slow down")]
    joins(store, Record.MEMO)
    await deliverer.deliver_due()
    assert len(chats[1].edited) == 1
    clock.forward(seconds=6)
    await deliverer.deliver_due()
    assert len(chats[1].edited) == 2
    assert len(chats[1].tries) == 1


async def test_a_message_that_tells_several_stories_is_left_as_it_is(
    deliverer: Deliverer, chats: Any, store: Store
) -> None:
    tell(store, replace(CHANGE, uid="commit:2"), replace(ITEM, uid="commit:2"))
    await deliverer.deliver_due()
    joins(store, Record.MEMO)
    await deliverer.deliver_due()
    assert chats[1].edited == []
    assert [reply for *_, reply, _ in chats[1].tries] == ["", "101"]


async def test_a_channel_that_others_follow_is_published_within_its_limit(
    deliverer: Deliverer, chats: Any, store: Store, clock: Clock
) -> None:
    store.preferences.set_publish(Address("discord", "1"), True)
    await deliverer.deliver_due()
    assert chats[1].published == ["101"]
    chats[1].gate = Gate(1000, lambda lane: ((1, 3600.0),) if lane.publishing else ())
    await chats[1].gate.enter(Lane("1", publishing=True))
    item = replace(ITEM, uid="commit:2")
    tell(store, replace(CHANGE, uid="commit:2"), item)
    await deliverer.deliver_due()
    assert chats[1].published == ["101"]
    assert store.outbox.depth()[DeliveryState.QUEUED] == 1, (
        "it waits for the hour to pass, and holds up nothing"
    )
