"""Unreachable chats: what they miss, when they are retried, and doubtful reports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

import handlers
from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.jobs.refusals import Refusals
from bot.model import Address, Cursor, Subscription
from bot.outcomes import Back, Gone, Notice, Sent
from bot.platform import Request
from bot.preferences import Schedule
from bot.render.delivery import Words
from bot.store import Store, missed
from handlers import Context
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, ITEM, NOW, paused, tell

ANNA = Address("telegram", "1")
CLOSED = Gone("not enough rights")
BLOCKED = Gone("bot was blocked by the user", left=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store(both: Store) -> Store:
    return both


class Scene:
    """One platform whose chats follow LinkedIn, and stories that come one after the other."""

    def __init__(self, store: Store, known: Catalogue, names: Names, clock: Clock) -> None:
        self.store, self.known, self.names, self.clock = store, known, names, clock
        self.chat = FakeChat()
        self.stories = 0
        self.troubles: list[str] = []
        self.deliverer = Deliverer(
            store,
            [self.chat],
            Words(known, names),
            clock,
            trouble=lambda words, _now: self.troubles.append(words),
        )

    def follow(self, *chats: int) -> None:
        for chat in chats:
            address = Address("telegram", str(chat))
            subscription = Subscription(address, "linkedin", frozenset({"EU"}))
            self.store.subscriptions.add(subscription, self.clock.now)

    def happens(self, count: int = 1) -> None:
        """So many changes are told, hours apart."""
        for _ in range(count):
            self.stories += 1
            recorded = CHANGE.recorded + timedelta(hours=2 * self.stories)
            item = replace(ITEM, uid=f"commit:{self.stories}")
            change = replace(CHANGE, uid=item.uid, recorded=recorded, effective=None)
            tell(self.store, change, item, self.clock.now)

    async def deliver(self, *answers: Gone) -> list[str]:
        """What is sent now, the words of each message."""
        self.chat.answers = list(answers)
        before = len(self.chat.sent)
        await self.deliverer.deliver_due()
        return [text for _chat, _key, text in self.chat.sent[before:]]

    def refuses(self, outcome: Gone, *chats: int) -> set[str]:
        """Some chats are refused from now on, as long as they are in the set that is returned."""
        refused = {str(number) for number in chats}
        send = self.chat.send

        async def sends(address: Address, *rest: object, **more: object) -> object:
            if address.chat in refused:
                return outcome
            return await send(address, *rest, **more)  # type: ignore[arg-type]

        self.chat.send = sends  # type: ignore[method-assign,assignment]
        return refused

    def due_on_return(self) -> int:
        """How many stories are due for Anna when she is back."""
        self.store.reach.regain([ANNA], self.clock.now)
        waiting = self.store.reach.waiting(ANNA, self.clock.now)
        return waiting.due if waiting else 0

    def whys(self, chats: Collection[str]) -> list[str | None]:
        """Why some chats cannot be reached; None for each that can."""
        return [paused(self.store, Address("telegram", chat)) for chat in sorted(chats)]

    def says(self, words: str) -> str:
        """What Anna is answered."""
        context = Context(self.store, self.known, self.names, self.clock.now)
        command, _space, rest = words.partition(" ")
        return handlers.answer(Request(command, rest, ANNA), context).text

    def notices(self, outcome: Back | Gone) -> None:
        context = Context(self.store, self.known, self.names, self.clock.now)
        handlers.answer(Notice((ANNA,), outcome), context)


@pytest.fixture
def scene(store: Store, known: Catalogue, names: Names, clock: Clock) -> Scene:
    clock.now = NOW
    made = Scene(store, known, names, clock)
    made.follow(1)
    return made


# -- what one misses


async def test_what_was_missed_comes_as_one_message_when_the_right_is_back(scene: Scene) -> None:
    scene.happens()
    assert await scene.deliver(CLOSED) == []
    scene.happens(5)
    scene.notices(Back())
    [said] = await scene.deliver()
    assert "6 changes" in said
    assert "This comes late" in said
    assert await scene.deliver() == [], "once"


async def test_the_answer_says_exactly_what_comes(scene: Scene) -> None:
    scene.happens(3)
    await scene.deliver(BLOCKED)
    said = scene.says("status")
    assert "I could not reach you here for a while (bot was blocked by the user)." in said
    assert "What you missed, 3 changes, comes now as one message." in said
    [message] = await scene.deliver()
    assert "3 changes" in message


async def test_it_says_so_where_nothing_was_missed(scene: Scene) -> None:
    scene.notices(BLOCKED)
    assert "Nothing changed for you in that time." in scene.says("status")
    assert await scene.deliver() == []


async def test_what_was_missed_waits_for_the_moment_that_was_chosen(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("daily"), scene.clock.now)
    scene.notices(BLOCKED)
    scene.happens(2)
    assert "What you missed, 2 changes, waits for: your daily message." in scene.says("status")
    assert await scene.deliver() == []
    scene.clock.forward(days=1)
    [message] = await scene.deliver()
    assert "2 changes" in message


async def test_quiet_hours_do_not_tear_apart_what_was_missed(scene: Scene) -> None:
    quiet = Schedule(quiet=(0, 20 * 60), zone="UTC")
    scene.store.preferences.set_schedule(ANNA, quiet, scene.clock.now)
    scene.notices(CLOSED)
    scene.happens(2)
    scene.notices(Back())
    assert await scene.deliver() == []
    scene.clock.forward(hours=12)
    assert len(await scene.deliver()) == 1


async def test_what_is_muted_stays_muted_when_the_chat_is_back(scene: Scene) -> None:
    scene.store.subscriptions.mute(ANNA, "linkedin", scene.clock.now + DAY, scene.clock.now)
    scene.happens()
    scene.notices(CLOSED)
    scene.happens()
    scene.clock.forward(hours=1)
    assert "about what you muted, and comes when the mute ends." in scene.says("status")
    assert await scene.deliver() == []
    scene.clock.forward(hours=24)
    assert len(await scene.deliver()) == 2


async def test_all_topics_of_a_group_are_away_and_back_with_it(scene: Scene) -> None:
    topic = replace(ANNA, thread="7")
    subscription = Subscription(topic, "linkedin", frozenset({"EU"}))
    scene.store.subscriptions.add(subscription, scene.clock.now)
    scene.notices(BLOCKED)
    assert paused(scene.store, topic) == BLOCKED.why
    scene.happens()
    assert await scene.deliver() == []
    scene.notices(Back())
    assert paused(scene.store, topic) is None
    assert len(await scene.deliver()) == 2


async def test_nothing_comes_of_what_one_stopped_following_meanwhile(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.happens(2)
    scene.store.subscriptions.remove(ANNA, "linkedin", scene.clock.now)
    scene.notices(Back())
    assert await scene.deliver() == []


async def test_what_came_before_one_followed_is_not_missed(scene: Scene) -> None:
    scene.happens()
    scene.clock.forward(hours=1)
    scene.follow(2)
    scene.store.reach.lose([Address("telegram", "2")], "closed", scene.clock.now, left=False)
    scene.store.reach.regain([Address("telegram", "2")], scene.clock.now)
    await scene.deliver()
    assert [chat for chat, _, _ in scene.chat.sent] == ["1"]


async def test_only_the_newest_are_kept_and_none_that_is_old(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.happens(3)
    scene.clock.forward(days=61)
    scene.happens(2)
    assert scene.due_on_return() == 2


async def test_more_than_the_newest_two_hundred_are_left_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "MOST", 4)
    scene.happens(3)
    await scene.deliver(CLOSED)
    scene.happens(6)
    assert scene.due_on_return() == 4
    [message] = await scene.deliver()
    assert "4 changes" in message


async def test_the_clock_being_set_back_meanwhile_loses_nothing(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.clock.forward(hours=-3)
    scene.happens()
    scene.notices(Back())
    assert len(await scene.deliver()) == 1


async def test_a_story_half_way_into_the_outbox_reaches_who_comes_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.fan_out.SLICE", 1)
    scene.follow(2, 3)
    scene.happens()
    three = Address("telegram", "3")
    scene.store.reach.lose([three], "closed", scene.clock.now, left=False)
    while scene.store.outbox.fan_out() is not None:
        pass
    scene.store.reach.regain([three], scene.clock.now)
    await scene.deliver()
    assert sorted(chat for chat, _, _ in scene.chat.sent) == ["1", "2", "3"]


async def test_undo_brings_back_what_was_queued(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("daily"), scene.clock.now)
    scene.happens(2)
    await scene.deliver()
    scene.store.subscriptions.remove(ANNA, "linkedin", scene.clock.now)
    scene.store.subscriptions.restore(ANNA, ["linkedin"], scene.clock.now + HOUR)
    assert await scene.deliver() == []
    scene.clock.forward(days=1)
    [message] = await scene.deliver()
    assert "2 changes" in message


async def test_a_service_whose_only_follower_is_away_is_still_read(scene: Scene) -> None:
    scene.notices(BLOCKED)
    watched = scene.store.subscriptions.watched
    assert watched(scene.clock.now + 59 * DAY) == {"linkedin"}
    assert watched(scene.clock.now + 61 * DAY) == frozenset()


# -- when it is tried again


async def test_a_chat_is_tried_after_an_hour_six_a_day_and_each_week(scene: Scene) -> None:
    scene.happens()
    await scene.deliver(CLOSED)
    tries = len(scene.chat.tries)
    for wait in (HOUR, 6 * HOUR, DAY, 7 * DAY, 7 * DAY):
        scene.clock.now += wait - timedelta(minutes=1)
        await scene.deliver(CLOSED)
        assert len(scene.chat.tries) == tries, f"not before {wait}"
        scene.clock.forward(minutes=2)
        await scene.deliver(CLOSED)
        tries += 1
        assert len(scene.chat.tries) == tries, f"after {wait}"
    scene.clock.now += 8 * DAY
    assert len(await scene.deliver()) == 1


async def test_a_try_writes_one_story_and_the_rest_comes_when_it_arrived(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.happens(5)
    scene.clock.forward(hours=1)
    await scene.deliver(CLOSED)
    assert sum(scene.store.outbox.depth().values()) == 1
    scene.clock.forward(hours=6)
    told = await scene.deliver()
    assert len(told) == 2
    assert "4 changes" in told[1], "and what was told already is not told again"


async def test_what_happens_while_a_chat_is_tried_is_not_lost(scene: Scene) -> None:
    scene.happens()
    await scene.deliver(CLOSED)
    scene.happens(2)
    for _ in range(3):
        scene.clock.forward(days=1)
        scene.happens()
        await scene.deliver(CLOSED)
    scene.clock.forward(days=7)
    _first, rest = await scene.deliver()
    assert "5 changes" in rest


async def test_after_an_arrival_the_waits_begin_anew(scene: Scene) -> None:
    for _ in range(2):
        scene.happens()
        await scene.deliver(CLOSED)
        scene.clock.now += HOUR + timedelta(minutes=1)
        assert len(await scene.deliver()) == 1


async def test_who_blocked_the_bot_is_not_tried(scene: Scene) -> None:
    scene.happens()
    await scene.deliver(BLOCKED)
    scene.clock.forward(days=30)
    assert await scene.deliver() == []
    assert len(scene.chat.tries) == 1


# -- many at once


async def test_many_at_once_are_no_verdict_and_the_operator_is_told(scene: Scene) -> None:
    scene.follow(*range(2, 13))
    scene.happens()
    with structlog.testing.capture_logs() as logs:
        await scene.deliver(*[CLOSED] * 12)
    assert [each["event"] for each in logs if each["log_level"] == "critical"] == [
        "platform.refuses_many"
    ]
    [trouble] = scene.troubles
    assert trouble.startswith("telegram refuses")
    assert all(paused(scene.store, Address("telegram", str(n))) is None for n in range(1, 13))
    tried = len(scene.chat.tries)
    scene.clock.forward(minutes=9)
    await scene.deliver()
    assert len(scene.chat.tries) == tried, "it rests"
    scene.clock.forward(minutes=2)
    assert len(await scene.deliver()) == 12, "and goes on by itself"


async def test_what_came_between_the_refusals_and_the_alarm_is_told_too(scene: Scene) -> None:
    scene.follow(*range(2, 6))
    scene.happens()
    await scene.deliver(*[CLOSED] * 4)
    scene.happens()
    scene.follow(6)
    scene.happens()
    await scene.deliver(CLOSED)
    assert all(paused(scene.store, Address("telegram", str(n))) is None for n in range(1, 7))
    scene.clock.forward(minutes=11)
    told = await scene.deliver()
    assert sum("3 changes" in text for text in told) >= 4


async def test_while_nobody_is_reached_nobody_is_given_up(scene: Scene) -> None:
    scene.follow(*range(2, 13))
    scene.happens()
    for _ in range(20):
        await scene.deliver(*[CLOSED] * 24)
        scene.clock.forward(minutes=11)
    assert len(await scene.deliver()) == 12


async def test_where_others_are_reached_the_refusals_are_believed_the_second_time(
    scene: Scene,
) -> None:
    scene.follow(*range(2, 31))
    scene.happens()
    refused = scene.refuses(CLOSED, *range(1, 11))
    for _ in range(3):
        await scene.deliver()
        scene.clock.forward(minutes=11)
    assert len(scene.chat.sent) == 20, "nobody waits for long behind them"
    assert scene.whys(refused) == ["not enough rights"] * 10
    refused.clear()
    scene.clock.forward(hours=1)
    await scene.deliver()
    assert len(scene.chat.sent) == 30, "they are tried again"


async def test_a_crowd_that_blocked_the_bot_is_believed_after_a_day(scene: Scene) -> None:
    scene.follow(*range(2, 31))
    scene.happens()
    refused = scene.refuses(BLOCKED, *range(1, 11))
    for _ in range(6):
        await scene.deliver()
        scene.clock.forward(minutes=11)
    assert len(scene.chat.sent) == 20
    assert scene.whys(refused) == [BLOCKED.why] * 10
    for _ in range(3):
        scene.clock.forward(days=1)
        await scene.deliver()
    refused.clear()
    scene.clock.forward(days=30)
    assert await scene.deliver() == [], "they are not tried again"


async def test_the_tail_of_a_false_removal_is_not_believed(scene: Scene) -> None:
    """The platform comes to itself while some are refused, or while one is on its way."""
    scene.follow(*range(2, 13))
    scene.happens()
    scene.chat.answers = [Sent("1"), *[BLOCKED] * 24]
    await scene.deliverer.deliver_due()
    scene.clock.forward(minutes=11)
    scene.happens()
    await scene.deliver(*[BLOCKED] * 4)
    for _ in range(3):
        scene.clock.forward(days=7)
        await scene.deliver()
    assert all(paused(scene.store, Address("telegram", str(n))) is None for n in range(1, 13))


async def test_a_try_in_a_false_removal_is_not_believed(scene: Scene) -> None:
    scene.happens()
    await scene.deliver(CLOSED)
    scene.clock.forward(hours=2)
    await scene.deliver(BLOCKED)
    scene.clock.forward(days=1)
    assert len(await scene.deliver()) == 1


async def test_a_chat_is_tried_with_what_concerns_it(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.happens(2)
    audience = replace(matcher.audience(CHANGE), regions=frozenset({"US"}))
    item = replace(ITEM, uid="commit:us")
    change = replace(CHANGE, uid=item.uid, recorded=CHANGE.recorded + timedelta(days=1))
    scene.store.sources.due([item.source], scene.clock.now)
    cursor = Cursor(learned=True)
    scene.store.items.keep(item.source, [item], cursor, scene.clock.now, scene.clock.now)
    scene.store.stories.publish(item, change, None, None, audience, scene.clock.now)
    scene.clock.forward(hours=1)
    assert len(await scene.deliver()) == 2, "what it is tried with, and the rest"


async def test_who_is_tried_with_nothing_is_back(scene: Scene) -> None:
    scene.notices(CLOSED)
    scene.clock.forward(hours=1)
    assert await scene.deliver() == []
    scene.happens()
    assert len(await scene.deliver()) == 1


async def test_the_numbers_of_tellings_do_not_come_again(scene: Scene) -> None:
    scene.happens(30)
    scene.notices(CLOSED)
    scene.clock.forward(days=61)
    scene.store.chats.tidy(scene.clock.now)
    scene.happens(3)
    assert scene.due_on_return() == 3


@pytest.mark.parametrize("words", ["unsubscribe linkedin", "forget yes", "mute linkedin"])
async def test_no_answer_promises_what_its_own_command_ended(scene: Scene, words: str) -> None:
    scene.happens(3)
    await scene.deliver(BLOCKED)
    assert "comes now" not in scene.says(words)


async def test_that_everybody_removed_the_bot_is_not_believed_for_hours(scene: Scene) -> None:
    scene.follow(*range(2, 13))
    scene.happens()
    for _ in range(20):
        await scene.deliver(*[BLOCKED] * 24)
        scene.clock.forward(minutes=11)
    assert len(await scene.deliver()) == 12


@pytest.mark.parametrize(
    ("lost", "arrived", "believed"),
    [(4, 0, True), (5, 0, False), (5, 19, False), (5, 20, True), (5, 26, True), (40, 400, True)],
)
def test_a_fifth_of_those_tried_and_at_least_five(lost: int, arrived: int, believed: bool) -> None:
    refusals = Refusals()
    for chat in range(arrived):
        refusals.arrived(1000 + chat, NOW)
    losses = [refusals.lost(chat, NOW, left=False) for chat in range(lost)]
    assert any(loss.is_alarm for loss in losses) is not believed


def test_what_was_lost_long_ago_does_not_count() -> None:
    refusals = Refusals()
    for chat in range(20):
        when = NOW + timedelta(minutes=3 * chat)
        assert not refusals.lost(chat, when, left=False).is_alarm


# -- places that removed the bot


def test_a_place_that_removed_the_bot_is_erasable_after_a_while(scene: Scene) -> None:
    group = Address("telegram", "-5")
    scene.store.subscriptions.add(
        Subscription(group, "linkedin", frozenset({"EU"})), scene.clock.now
    )
    scene.store.chats.meet(group, "en", shared=True)
    scene.store.reach.lose([group, ANNA], "removed", scene.clock.now, left=True)
    assert scene.store.reach.erasable(scene.clock.now + 29 * DAY) == []
    assert scene.store.reach.erasable(scene.clock.now + 31 * DAY) == [group]


def test_the_days_count_from_the_removal_and_not_from_a_right_that_was_missing(
    scene: Scene,
) -> None:
    group = Address("telegram", "-5")
    scene.follow(-5)
    scene.store.chats.meet(group, "en", shared=True)
    scene.store.reach.lose([group], "no right", scene.clock.now, left=False)
    removed = scene.clock.now + 40 * DAY
    scene.store.reach.lose([group], "removed", removed, left=True)
    assert scene.store.reach.erasable(removed) == []
    assert scene.store.reach.erasable(removed + 31 * DAY) == [group]


@pytest.mark.parametrize(("gone", "believed"), [(1, True), (5, False), (6, False)])
def test_that_most_servers_removed_the_bot_meanwhile_is_not_believed(
    scene: Scene, gone: int, believed: bool
) -> None:
    channels = [Address("discord", str(number)) for number in range(6)]
    for number, channel in enumerate(channels):
        subscription = Subscription(channel, "linkedin", frozenset({"EU"}))
        scene.store.subscriptions.add(subscription, scene.clock.now)
        scene.store.chats.meet(channel, "en", shared=True, server=f"server {number}")
    still = [f"server {number}" for number in range(gone, 6)]
    scene.store.reach.lose_other_servers("discord", still, "removed", scene.clock.now)
    assert (paused(scene.store, channels[0]) == "removed") is believed


def test_channels_of_an_earlier_version_learn_where_they_are(scene: Scene) -> None:
    channel = Address("discord", "5")
    subscription = Subscription(channel, "linkedin", frozenset({"EU"}))
    scene.store.subscriptions.add(subscription, scene.clock.now)
    scene.store.chats.meet(channel, "en", shared=True)
    context = Context(scene.store, scene.known, scene.names, scene.clock.now)
    handlers.answer(Notice((channel,), Back(), server=("discord", "9")), context)
    scene.store.reach.lose_server("discord", "9", "removed", scene.clock.now)
    assert paused(scene.store, channel) == "removed"


class Managed:
    """A group that somebody manages, who also speaks to the bot in private."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.group = scene, Address("telegram", "-5")
        self.secrets = {"telegram": "a token"}
        self.asks("subscribe", "tiktok", self.group, "77", private=False)

    def asks(self, command: str, text: str, where: Address, person: str, private: bool) -> str:
        scene = self.scene
        context = Context(
            scene.store, scene.known, scene.names, scene.clock.now, secrets=self.secrets
        )
        request = Request(command, text, where, private=private, person=person)
        answer = handlers.answer(request, context)
        return answer.file.content.decode() if answer.file else answer.text

    def export(self, person: str = "77") -> str:
        """What a person is given in private."""
        return self.asks("export", "", Address("telegram", person), person, private=True)

    def is_removed(self) -> None:
        self.scene.store.reach.lose([self.group], "removed", self.scene.clock.now, left=True)


def test_who_managed_it_last_has_it_in_their_export(scene: Scene) -> None:
    managed = Managed(scene)
    assert "tiktok" not in managed.export()
    managed.is_removed()
    assert "tiktok" in managed.export()
    assert "tiktok" not in managed.export("78")


def test_who_managed_it_is_known_to_nobody_without_the_bots_tokens(scene: Scene) -> None:
    managed = Managed(scene)
    managed.is_removed()
    managed.secrets = {}
    assert "tiktok" not in managed.export()


def test_who_erases_everything_is_no_longer_known_as_a_manager(scene: Scene) -> None:
    managed = Managed(scene)
    managed.asks("forget", "yes", Address("telegram", "77"), "77", private=True)
    managed.is_removed()
    assert "tiktok" not in managed.export()
