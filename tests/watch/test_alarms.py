"""Alarms: the operator is told once of a problem, and when it is over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.jobs.trouble import Trouble, for_operator
from bot.model import Address, Cursor, Record
from bot.runtime.metrics import SENDS, WAITS
from bot.states import SourceState
from bot.store import Store, StoreError
from bot.store.watch import Tally
from bot.verdicts import Origin
from bot.watch.alarms import Alarms
from bot.watch.checkup import Checkup
from bot.watch.pulse import Pulse
from tests.conftest import Clock
from tests.watch.conftest import Serves

OPERATOR = Address("telegram", "4711")
SOMEBODY = Address("discord", "1")


class Ward:
    """An instance that is watched over."""

    def __init__(self, store: Store, clock: Clock, telegram: Serves, checkup: Checkup) -> None:
        self.store, self.clock, self.telegram = store, clock, telegram
        self.checkup = checkup
        self.copies: list[datetime] = [clock()]
        self.pulse = Pulse(store, "me", ["poll"], [telegram], checkup, clock)
        self.pulse.tell = Trouble(store, OPERATOR).tell
        self.anew()
        self.answer()

    def anew(self) -> None:
        """The process is started again."""
        self.alarms = Alarms(
            self.store, OPERATOR, self.clock, lambda: max(self.copies, default=None)
        )

    def answer(self) -> None:
        """A source answers."""
        self.store.sources.due(["noyb"], self.clock())
        self.store.sources.unchanged({"noyb": self.clock()}, self.clock())

    async def minutes(self, count: int, answering: bool = True) -> None:
        """Time goes by."""
        for _ in range(count):
            self.clock.forward(minutes=1)
            if answering:
                self.answer()
            await self.pulse.beat()
            await self.alarms.look_due()

    def told(self) -> list[str]:
        """What the operator was told, and forget it."""
        claimed = self.store.outbox.claim("telegram", "x", self.clock(), timedelta(1), 100)
        said = [alert.story.lead.title for each in claimed for alert in each.alerts]
        self.store.outbox.sent([(each, "1") for each in claimed], "x", self.clock())
        return sorted(said)


@pytest.fixture
def ward(store: Store, clock: Clock, telegram: Serves, checkup: Checkup) -> Ward:
    return Ward(store, clock, telegram, checkup)


def queue_one(ward: Ward) -> None:
    change = for_operator("one", "words", Record.TROUBLE, Origin.TROUBLE, ward.clock())
    ward.store.stories.tell_one(SOMEBODY, change, ward.clock())


def platform_goes(ward: Ward) -> Callable[[], None]:
    ward.telegram.platform.ready = False
    return lambda: setattr(ward.telegram.platform, "ready", True)


def source_fails(ward: Ward) -> Callable[[], None]:
    ward.store.sources.due(["eff"], ward.clock())
    ward.store.sources.unchanged({"eff": ward.clock()}, ward.clock())
    ward.store.sources.failed("eff", Cursor(), "404", ward.clock(), SourceState.FAILING)
    return lambda: ward.store.sources.unchanged({"eff": ward.clock()}, ward.clock())


def nobody_sends(ward: Ward) -> Callable[[], None]:
    queue_one(ward)

    def send() -> None:
        claimed = ward.store.outbox.claim("discord", "x", ward.clock(), timedelta(1), 10)
        ward.store.outbox.sent([(each, "1") for each in claimed], "x", ward.clock())

    return send


def message_is_given_up(ward: Ward) -> Callable[[], None]:
    queue_one(ward)
    [claimed] = ward.store.outbox.claim("discord", "x", ward.clock(), timedelta(1), 10)
    ward.store.outbox.give_up(claimed, "x", "Bad Gateway")

    def send() -> None:
        ward.store.outbox.retry_given_up(ward.clock())
        nobody_left = ward.store.outbox.claim("discord", "x", ward.clock(), timedelta(1), 10)
        ward.store.outbox.sent([(each, "1") for each in nobody_left], "x", ward.clock())

    return send


def platform_asks_to_wait(ward: Ward) -> Callable[[], None]:
    minutes = [ward.clock() - timedelta(minutes=each) for each in range(5)]
    tallies = [Tally(minute, "telegram", 0, 0, 1) for minute in minutes]
    ward.store.watch.beat("me", '{"connections": []}', tallies, ward.clock())
    return lambda: None


def nothing_is_copied(ward: Ward) -> Callable[[], None]:
    ward.copies[:] = [ward.clock() - timedelta(days=2)]
    return lambda: ward.copies.append(ward.clock())


CASES = [
    (platform_goes, 6, "PlatformDown telegram: not connected for 5 minutes"),
    (source_fails, 1440, "SourceFailing eff: has failed for 1 day: 404"),
    (nobody_sends, 15, "QueueOld discord: a message is late by 15 minutes"),
    (message_is_given_up, 1, "DeadLetters discord: 1 message given up"),
    (
        platform_asks_to_wait,
        1,
        "AskedToWait telegram: asked us to wait in 5 of the last 10 minutes",
    ),
    (nothing_is_copied, 1, "BackupOld: the newest is 2 days old"),
]


@pytest.mark.parametrize(
    ("goes_wrong", "after", "words"), CASES, ids=[c[0].__name__ for c in CASES]
)
async def test_the_operator_hears_once_and_when_it_is_over(
    ward: Ward, goes_wrong: Callable[[Ward], Callable[[], None]], after: int, words: str
) -> None:
    mend = goes_wrong(ward)
    if after > 100:
        await ward.minutes(1)
        ward.clock.forward(minutes=after - 10)
        await ward.minutes(8)
        ward.copies.append(ward.clock())
    else:
        await ward.minutes(after - 1)
    assert ward.told() == []
    await ward.minutes(2)
    name = words.split(" ", maxsplit=1)[0].rstrip(":").lower()
    assert ward.told() == [f"{words}. What to do: docs/operators/runbook.md#{name}"]
    ward.anew()
    await ward.minutes(3)
    assert ward.told() == [], "not again, even by another process"
    mend()
    await ward.minutes(20)
    [over] = ward.told()
    assert over.startswith(words.partition(":")[0] + " is over, after ")
    assert ward.store.watch.alarms() == []


async def test_no_source_answers(ward: Ward) -> None:
    await ward.minutes(30, answering=False)
    assert ward.told() == []
    await ward.minutes(1, answering=False)
    [said] = ward.told()
    assert said.startswith("PollsOld: no source has answered for 31 minutes")


async def test_what_comes_and_goes_is_one_alarm(ward: Ward) -> None:
    mend = platform_goes(ward)
    await ward.minutes(7)
    assert len(ward.told()) == 1
    for _ in range(3):
        mend()
        await ward.minutes(5)
        platform_goes(ward)
        await ward.minutes(7)
    assert ward.told() == []


async def test_a_source_that_is_paused_needs_no_hand(ward: Ward) -> None:
    source_fails(ward)
    ward.store.sources.pause("eff")
    ward.clock.forward(days=1, minutes=-3)
    await ward.minutes(5)
    assert not any("eff" in each for each in ward.told())


async def test_the_disk_is_full(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    little = SimpleNamespace(free=100 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: little)
    await ward.minutes(1)
    assert ward.told() == [
        "DiskFull: 100 MB are free. What to do: docs/operators/runbook.md#diskfull"
    ]


async def test_the_database_was_away(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever serves nothing but pages knows it, too."""

    def away(*_: object) -> None:
        raise StoreError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(ward.store.watch, "beat", away)
        for _ in range(3):
            ward.clock.forward(minutes=1)
            await ward.pulse.beat()
    assert ward.told() == []
    await ward.minutes(1)
    said = "DatabaseAway is over: since 09:04 UTC the database answers again."
    assert ward.told() == [said]


async def test_that_it_was_away_is_told_when_that_can_be(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(ward.store.watch, "beat", away)
        await ward.pulse.beat()
    with monkeypatch.context() as patched:
        patched.setattr(ward.store.stories, "tell_one", away)
        await ward.pulse.beat()
    assert ward.told() == []
    await ward.minutes(1)
    assert len(ward.told()) == 1


async def test_a_process_that_was_killed_leaves_its_platform_alone(ward: Ward) -> None:
    await ward.pulse.beat()
    ward.telegram.serves = False
    ward.pulse = Pulse(ward.store, "another", ["poll"], [ward.telegram], ward.checkup, ward.clock)
    ward.store.watch.alone = lambda owner: None  # type: ignore[method-assign]
    await ward.minutes(4)
    assert ward.told() == []
    await ward.minutes(2)
    [said] = ward.told()
    assert said.startswith("PlatformDown telegram: the process that served it has said nothing")
    ward.telegram.serves = True
    await ward.minutes(12)
    assert len(ward.told()) == 1, "another took over"


async def test_one_that_was_down_when_it_was_killed_says_nothing_more(ward: Ward) -> None:
    platform_goes(ward)
    await ward.pulse.beat()
    ward.telegram.platform.ready = True
    ward.pulse = Pulse(ward.store, "another", ["poll"], [ward.telegram], ward.checkup, ward.clock)
    ward.store.watch.alone = lambda owner: None  # type: ignore[method-assign]
    await ward.minutes(8)
    assert ward.told() == []


async def test_two_that_look_tell_it_once(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    message_is_given_up(ward)
    monkeypatch.setattr(ward.store.watch, "alarms", list)
    await ward.alarms.look_due()
    ward.anew()
    await ward.alarms.look_due()
    assert len(ward.told()) == 1


def words_of(ward: Ward, about: str) -> str:
    [found] = [each for each in ward.store.watch.alarms() if each.about == about]
    return found.words


@pytest.mark.parametrize("goes_wrong", [nothing_is_copied, source_fails, platform_goes])
async def test_who_cannot_judge_it_ends_nothing(
    ward: Ward, goes_wrong: Callable[[Ward], Callable[[], None]]
) -> None:
    """Another process looks too: one that makes no copies, or began a moment ago."""
    goes_wrong(ward)
    if goes_wrong is source_fails:
        ward.clock.forward(days=1)
    await ward.minutes(7)
    assert ward.store.watch.alarms()
    before = [(each.name, each.about) for each in ward.store.watch.alarms()]
    ward.told()
    ward.alarms = Alarms(ward.store, OPERATOR, ward.clock)
    await ward.minutes(25)
    assert ward.told() == []
    assert [(each.name, each.about) for each in ward.store.watch.alarms()] == before


async def test_a_restart_ends_no_silence_of_the_sources(ward: Ward) -> None:
    await ward.minutes(32, answering=False)
    assert len(ward.told()) == 1
    ward.anew()
    await ward.minutes(29, answering=False)
    assert ward.told() == []
    await ward.minutes(12)
    [over] = ward.told()
    assert over.startswith("PollsOld is over")


async def test_a_platform_that_was_given_up_is_no_alarm_for_ever(ward: Ward) -> None:
    platform_goes(ward)
    await ward.minutes(7)
    assert len(ward.told()) == 1
    ward.pulse = Pulse(ward.store, "me", ["send"], [], ward.checkup, ward.clock)
    await ward.minutes(12)
    [over] = ward.told()
    assert over.startswith("PlatformDown telegram is over")


async def test_its_words_are_those_of_now(ward: Ward) -> None:
    source_fails(ward)
    ward.clock.forward(days=1)
    await ward.minutes(1)
    assert "for 1 day" in words_of(ward, "eff")
    ward.clock.forward(days=2)
    await ward.minutes(1)
    assert "for 3 days" in words_of(ward, "eff")


async def test_a_clock_that_is_set_back_keeps_no_alarm_open(ward: Ward) -> None:
    message_is_given_up(ward)
    await ward.minutes(1)
    ward.store.outbox.retry_given_up(ward.clock())
    await ward.minutes(2)
    ward.clock.forward(days=-1)
    await ward.minutes(12)
    assert ward.store.watch.alarms() == []


async def test_a_source_that_is_off_needs_no_hand(ward: Ward) -> None:
    ward.alarms = Alarms(ward.store, OPERATOR, ward.clock, None, ["noyb"])
    source_fails(ward)
    ward.clock.forward(days=2)
    await ward.minutes(1)
    assert ward.told() == []


async def test_a_source_that_has_just_been_added_gets_its_day(ward: Ward) -> None:
    ward.store.sources.due(["new"], ward.clock())
    ward.store.sources.failed("new", Cursor(), "404", ward.clock(), SourceState.FAILING)
    await ward.minutes(5)
    assert ward.told() == []


async def test_without_an_operator_the_log_has_it(ward: Ward) -> None:
    ward.alarms = Alarms(ward.store, None, ward.clock)
    message_is_given_up(ward)
    await ward.minutes(1)
    assert [each.name for each in ward.store.watch.alarms()] == ["DeadLetters"]
    assert ward.told() == []


# -- the pulse


async def test_what_was_sent_is_added_up_by_minutes(ward: Ward) -> None:
    await ward.pulse.beat()
    SENDS.labels("telegram", "sent").inc(5)
    SENDS.labels("telegram", "gone").inc(2)
    await ward.pulse.beat()
    SENDS.labels("telegram", "sent").inc(1)
    WAITS.labels("telegram", "chat").inc()
    await ward.pulse.beat()
    [tally] = ward.store.watch.tallies(ward.clock() - timedelta(minutes=1))
    assert (tally.sent, tally.failed, tally.waits) == (6, 2, 1)


async def test_a_beat_that_cannot_be_written_is_known(
    ward: Ward, checkup: Checkup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full; free some space")

    await ward.pulse.beat()
    SENDS.labels("telegram", "sent").inc(5)
    with monkeypatch.context() as patched:
        patched.setattr(ward.store.watch, "beat", full)
        await ward.pulse.beat()
    assert checkup.unwritable == "the disk is full; free some space"
    await ward.pulse.beat()
    assert checkup.unwritable == ""
    [tally] = ward.store.watch.tallies(ward.clock() - timedelta(minutes=1))
    assert tally.sent == 5, "what was counted meanwhile is not lost"
