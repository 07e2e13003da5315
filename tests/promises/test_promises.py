"""The delivery promises against a model, with events in any order, and detected faults."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, update

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.model import Address, Cursor, Subscription
from bot.outcomes import Gone, Later, Outcome, Refused, Sent
from bot.preferences import Schedule
from bot.render.delivery import Words
from bot.states import DeliveryState, ItemState
from bot.store import Store, fan_out, fates, leaving, missed, outbox, tables
from bot.store.missed import KEPT
from bot.store.reach import Reach
from bot.store.stories import Stories
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, ITEM, NOW

CHATS = st.integers(1, 3)
SERVICES = st.sampled_from(["linkedin", "tiktok"])
LEASE = timedelta(minutes=2)


class Recording(FakeChat):
    """Remembers which stories each message told, by the story buttons and words that it carries."""

    def __init__(self, machine: Delivery) -> None:
        super().__init__("telegram")
        self.machine = machine

    async def send(
        self,
        address: Address,
        body: Any,
        key: str,
        reply_to: str = "",
        look: datetime | None = None,
    ) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Sent(key)
        assert isinstance(answer, Outcome)
        if isinstance(answer, Sent):
            self.machine.hears(address.chat, key)
        return answer


class Delivery(RuleBasedStateMachine):
    """Chats are numbers; a chat that moved has the next hundred.

    `owed` are pairs (chat, story) that are to be told.
    """

    template: ClassVar[Path]
    words: ClassVar[Words]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "m.db")
        self.store = Store(f"sqlite:///{self.folder}/m.db")
        self.now: datetime = NOW
        self.follows: dict[int, set[str]] = {}
        self.place = {number: str(number) for number in range(1, 4)}
        self.owed: set[tuple[int, int]] = set()
        self.told: Counter[tuple[int, int]] = Counter()
        self.may_repeat: set[tuple[int, int]] = set()
        self.stories = 0
        self.broken: list[str] = []
        #: Chats that blocked us: they are not tried, and come back when they speak.
        self.blocked: set[int] = set()
        self.copied: Copied | None = None

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert not self.broken

    # -- what the model knows

    def address(self, chat: int) -> Address:
        return Address("telegram", self.place[chat])

    def hears(self, place: str, key: str) -> None:
        """A message with this key arrived: these stories were told there."""
        message = int(key.partition("-")[0])
        chat = next(number for number, where in self.place.items() if where == place)
        with self.store.database.read() as connection:
            alert = tables.outbox.c
            of_message = (alert.bundle == message) | (alert.id == message)
            leased = alert.state == DeliveryState.LEASED
            rows = connection.execute(tables.outbox.select().where(of_message, leased)).all()
        for row in rows:
            pair = (chat, row.story_id)
            self.told[pair] += 1
            # Kept, because whoever sends would take an assertion for a failure of the platform.
            if pair not in self.owed and pair not in self.may_repeat:
                self.broken.append(f"{pair} was not to be told")
            if self.told[pair] > 1 and pair not in self.may_repeat:
                self.broken.append(f"{pair} was told twice")

    def deliver(self, *answers: Outcome) -> None:
        chat = Recording(self)
        chat.answers = list(answers)
        asyncio.run(Deliverer(self.store, [chat], self.words, lambda: self.now).deliver_due())

    # -- what can happen

    @initialize()
    def everybody_follows(self) -> None:
        for chat in self.place:
            self.subscribe(chat, "linkedin")

    @rule(chat=CHATS, service=SERVICES)
    def subscribe(self, chat: int, service: str) -> None:
        self.store.subscriptions.add(
            Subscription(self.address(chat), service, frozenset({"EU"})), self.now
        )
        self.follows.setdefault(chat, set()).add(service)
        self.blocked.discard(chat)

    @rule(chat=CHATS, service=SERVICES)
    def unsubscribe(self, chat: int, service: str) -> None:
        followed = sorted(self.follows.get(chat, ()))
        service = service if service in followed or not followed else followed[0]
        self.store.subscriptions.remove(self.address(chat), service, NOW)
        self.follows.get(chat, set()).discard(service)
        self.owed = {
            (who, story)
            for who, story in self.owed
            if who != chat or self.told[who, story] or self._about(story) != service
        }

    @rule(service=SERVICES, crash=st.booleans(), at_once=st.booleans(), then=st.booleans())
    def publish(self, service: str, crash: bool, at_once: bool, then: bool) -> None:
        """A change is understood; the process may die in the middle and do it again.

        What is not told at once is left for a digest; the rest may be sent `then`.
        """
        followed = sorted(set().union(*self.follows.values()))
        service = service if service in followed or not followed else followed[0]
        self.stories += 1
        item = replace(ITEM, uid=f"commit:{self.stories}")
        change = replace(CHANGE, uid=item.uid, services=(service,), effective=None)
        change = replace(change, at_once=at_once)
        self.store.sources.due([item.source], self.now)
        self.store.items.keep(item.source, [item], Cursor(learned=True), self.now, self.now)
        if crash:
            whole = fan_out.spread
            fan_out.spread = _dies
            with pytest.raises(ZeroDivisionError):
                self.store.stories.publish(
                    item, change, None, None, matcher.audience(change), self.now
                )
            fan_out.spread = whole
        if self.store.items.due(self.now, 9):
            self.store.stories.publish(item, change, None, None, matcher.audience(change), self.now)
        self.owed |= {
            (chat, self.stories) for chat, services in self.follows.items() if service in services
        }
        if then:
            self.deliver()

    def _about(self, story: int) -> str:
        found = self.store.stories.get(story)
        return found.lead.services[0] if found else ""

    @rule(
        answers=st.lists(
            st.sampled_from(
                [
                    Sent("1"),
                    Later(None, "reset"),
                    Later(timedelta(seconds=30), "slow"),
                    Refused("no"),
                    Gone("not enough rights"),
                ]
            ),
            max_size=4,
        )
    )
    def go_on(self, answers: list[Outcome]) -> None:
        self.deliver(*[answer for answer in answers if not isinstance(answer, Sent)])
        self.store.outbox.retry_given_up(self.now)

    @rule()
    def crash(self) -> None:
        """Killed with messages posted and not acknowledged: on Telegram those may repeat."""
        posted = self.store.outbox.claim("telegram", "dead", self.now, LEASE, 2)
        for delivery in posted:
            self.hears(delivery.address.chat, delivery.key)
            chat = next(n for n, where in self.place.items() if where == delivery.address.chat)
            self.may_repeat |= {(chat, alert.story.id) for alert in delivery.alerts}
        self.store.outbox.release()

    @rule()
    def speak_from_the_grave(self) -> None:
        """A process that lost its lease settles late; whoever has it now goes on undisturbed."""
        lost = self.store.outbox.claim("telegram", "zombie", self.now, LEASE, 1)
        if not lost:
            return
        self.store.outbox.release()
        heirs = self.store.outbox.claim("telegram", "heir", self.now, LEASE, 1)
        self.store.outbox.retry(lost[0], "zombie", fates.Retry(self.now, "late"), self.now)
        third = self.store.outbox.claim(
            "telegram",
            "third",
            self.now,
            LEASE,
            9,
            [heir.chat_id for heir in heirs if heir.key != lost[0].key],
        )
        for delivery in [*heirs, *third]:
            self.hears(delivery.address.chat, delivery.key)
        self.store.outbox.sent([(heir, "m") for heir in heirs], "heir", self.now)
        self.store.outbox.sent([(other, "m") for other in third], "third", self.now)

    @rule(chat=CHATS)
    def move(self, chat: int) -> None:
        old = self.address(chat)
        self.place[chat] = str(int(self.place[chat]) + 100)
        if self.follows.get(chat):
            self.store.chats.move(old, self.address(chat))
        else:
            self.store.chats.forget(old)

    @rule(chat=CHATS)
    def block(self, chat: int) -> None:
        self.store.reach.lose([self.address(chat)], "blocked", self.now, left=True)
        if chat in self.follows:
            self.blocked.add(chat)

    @rule()
    def everybody_is_refused(self) -> None:
        """The platform says of every chat that we may not post there, and is wrong."""
        self.deliver(*[Gone("not enough rights")] * 9)

    @rule(chat=CHATS)
    def erase_and_follow_again(self, chat: int) -> None:
        """What was published before is not for them."""
        self.store.chats.forget(self.address(chat))
        self.blocked.discard(chat)
        self.owed = {pair for pair in self.owed if pair[0] != chat or self.told[pair]}
        for service in self.follows.pop(chat, set()):
            self.subscribe(chat, service)

    @rule()
    def copy_or_restore(self) -> None:
        if self.copied:
            self.restore(self.copied)
        else:
            self.copy()

    def copy(self) -> None:
        (self.folder / "copy.db").unlink(missing_ok=True)
        self.store.backup(self.folder / "copy.db")
        follows = {chat: set(services) for chat, services in self.follows.items()}
        self.copied = Copied(
            follows, dict(self.place), set(self.owed), set(self.blocked), self.told, self.stories
        )
        self.told = Counter(self.told)

    def restore(self, copied: Copied) -> None:
        """An older copy is put in place: what was told since may be told again, nothing is lost."""
        self.store.close()
        for leftover in self.folder.glob("m.db*"):
            leftover.unlink()
        shutil.move(self.folder / "copy.db", self.folder / "m.db")
        self.store = Store(f"sqlite:///{self.folder}/m.db")
        self.may_repeat |= {pair for pair in self.told if self.told[pair] > copied.told[pair]}
        self.follows, self.place, self.owed = copied.follows, copied.place, copied.owed
        self.blocked, self.told, self.stories = copied.blocked, copied.told, copied.stories
        self.copied = None

    @precondition(lambda self: self.follows)
    @rule(chat=CHATS)
    def come_back(self, chat: int) -> None:
        if chat in self.follows:
            self.store.reach.regain([self.address(chat)], self.now)
            self.blocked.discard(chat)

    @rule(chat=CHATS, service=SERVICES, days=st.integers(1, 20))
    def mute(self, chat: int, service: str, days: int) -> None:
        if service in self.follows.get(chat, ()):
            self.store.subscriptions.mute(
                self.address(chat), service, self.now + timedelta(days=days), self.now
            )
            self.blocked.discard(chat)

    @rule(
        chat=CHATS,
        mode=st.sampled_from(["now", "daily", "weekly"]),
        quiet=st.none() | st.just((0, 12 * 60)),
    )
    def choose(self, chat: int, mode: Any, quiet: tuple[int, int] | None) -> None:
        if chat in self.follows:
            self.store.preferences.set_schedule(
                self.address(chat), Schedule(mode, quiet=quiet), self.now
            )
            self.blocked.discard(chat)

    @rule(minutes=st.sampled_from([-120, 1, 30, 60 * 12, 60 * 24 * 3]))
    def time_passes(self, minutes: int) -> None:
        """Never so long that what a chat missed is too old for it."""
        if self.now < NOW + KEPT / 2:
            self.now += timedelta(minutes=minutes)

    # -- what must be so in the end

    def teardown(self) -> None:
        try:
            for chat in self.blocked & set(self.follows):
                self.store.reach.regain([self.address(chat)], self.now)
            for _ in range(8):  # a week is the longest wait before another try
                self.deliver()
                self.now += timedelta(days=1)
            self.deliver()
            self.now += timedelta(days=400)
            for chat in self.follows:
                self.store.preferences.set_schedule(self.address(chat), Schedule(), self.now)
            for hours in (1, 1, 24 * 8, 1):
                self.deliver()
                self.now += timedelta(hours=hours)
            self.deliver()
            missing = {
                pair for pair in self.owed if not self.told[pair] and self.follows.get(pair[0])
            }
            assert not self.broken
            assert not missing, f"{missing} was never told"
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Copied:
    """The model when the database was copied."""

    follows: dict[int, set[str]]
    place: dict[int, str]
    owed: set[tuple[int, int]]
    blocked: set[int]
    told: Counter[tuple[int, int]]
    stories: int


def _dies(*_: object, **__: object) -> int:
    raise ZeroDivisionError


QUICK = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    phases=(Phase.generate,),
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _template(migrated: Path, known: Catalogue, names: Names) -> None:
    Delivery.template = migrated
    Delivery.words = Words(known, names)


def test_the_promises_hold_in_any_order() -> None:
    run_state_machine_as_test(Delivery, settings=QUICK)


# -- planted faults


def keeps_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsubscribing forgets to purge what is queued."""
    monkeypatch.setattr(leaving, "purge", lambda *_: set())


def marks_seen_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The item counts as seen in a transaction of its own, before its alerts are queued."""
    whole = Stories.publish

    def publish(self: Stories, item: Any, *rest: Any) -> int:
        if fan_out.spread is not _dies:
            return whole(self, item, *rest)
        with self._database.write() as connection:
            seen = (
                update(tables.item)
                .where(tables.item.c.uid == item.uid)
                .values(state=ItemState.SEEN)
            )
            connection.execute(seen)
        return _dies()

    monkeypatch.setattr(Stories, "publish", publish)


def settles_for_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settling does not look at who has the lease."""

    def settle(connection: Any, delivery: Any, _owner: str, values: dict[str, Any]) -> bool:
        mine = update(tables.outbox).where(tables.outbox.c.id.in_(delivery.ids))
        return bool(connection.execute(mine.values(owner=None, **values)).rowcount)

    monkeypatch.setattr(outbox, "settle", settle)


def forgets_when_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pausing a chat drops what waits for it."""
    whole = Reach.lose

    def lose(self: Reach, *rest: Any, **more: Any) -> None:
        whole(self, *rest, **more)
        with self._database.write() as connection:
            connection.execute(delete(tables.outbox).where(tables.outbox.c.state == "held"))

    monkeypatch.setattr(Reach, "lose", lose)


def forgets_what_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes back gets what waited, and nothing of what came meanwhile."""
    monkeypatch.setattr(missed, "_missed", lambda *_: [])


def gives_up_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat that cannot be reached is never tried again."""
    whole = Reach.lose

    def lose(self: Reach, addresses: Any, why: str, now: datetime, left: bool, **more: Any) -> None:
        whole(self, addresses, why, now, left=True, **more)

    monkeypatch.setattr(Reach, "lose", lose)


def tells_all_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes back is told once more what they were told before."""
    whole = missed.come_back

    def come_back(connection: Any, chat: Any, now: datetime) -> None:
        whole(connection, chat, now)
        mine = update(tables.outbox).where(tables.outbox.c.chat_id == chat.id)
        connection.execute(mine.values(state=DeliveryState.QUEUED, due_at=now, bundle=None))

    monkeypatch.setattr(missed, "come_back", come_back)


FAULTS = (
    keeps_the_queue,
    marks_seen_first,
    settles_for_anybody,
    forgets_when_blocked,
    forgets_what_is_missed,
    gives_up_for_good,
    tells_all_again,
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError, match="told"):
        run_state_machine_as_test(
            Delivery, settings=settings(QUICK, max_examples=400, report_multiple_bugs=False)
        )
