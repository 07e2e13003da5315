"""The store of alarms, processes and tallies, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from bot.jobs.trouble import for_operator
from bot.model import Address, Change, Cursor, Record
from bot.states import ChatState, DeliveryState
from bot.store import Store, codec
from bot.store.watch import Alarm, Tally
from bot.verdicts import Doubt, Origin
from tests.support.world import CHANGE, ITEM, NOW

MINUTE = timedelta(minutes=1)
#: Long before anything was kept.
LONG_AGO = NOW - timedelta(days=365)


def words_to(store: Store, chat: str, number: int = 1) -> None:
    uid = f"{chat}:{number}"
    change = for_operator(uid, "words", Record.TROUBLE, Origin.TROUBLE, NOW)
    store.stories.tell_one(Address("telegram", chat), change, NOW)


def test_the_queue_is_counted_without_what_was_sent(both: Store) -> None:
    for chat in "abcd":
        words_to(both, chat)
    sent, dead, flying = both.outbox.claim("telegram", "me", NOW, MINUTE, 3)
    both.outbox.sent([(sent, "1")], "me", NOW)
    both.outbox.give_up(dead, "me", "too long")
    both.vitals.ping()
    [queue] = both.vitals.queues(NOW + 3 * MINUTE)
    one = dict.fromkeys((DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEAD), 1)
    assert (queue.rows, queue.oldest) == (one, NOW)
    both.outbox.release("telegram")
    [queue] = both.vitals.queues(NOW + 3 * MINUTE)
    assert (queue.rows[DeliveryState.QUEUED], queue.oldest) == (2, NOW), "it is next, and not late"
    [letter] = both.vitals.dead_letters(10)
    assert (letter.id, letter.why) == (dead.ids[0], "too long")
    assert both.outbox.retry_given_up(NOW, why="another") == 0
    assert both.outbox.retry_given_up(NOW, row=letter.id) == 1
    assert flying.chat_id != dead.chat_id


def test_who_cannot_be_told_is_counted_by_reason(both: Store) -> None:
    for chat in "abc":
        words_to(both, chat)
        if chat != "c":
            both.reach.lose([Address("telegram", chat)], "blocked", NOW, left=True)
    assert both.vitals.chats() == {ChatState.ACTIVE: 1, ChatState.LEFT: 2}
    [away] = both.vitals.unreachable(10)
    assert (away.why, away.state, away.count) == ("blocked", ChatState.LEFT, 2)
    assert both.announcing.everybody() == {"telegram": 1}


def test_what_is_held_is_read(both: Store) -> None:
    both.items.keep("pga", [ITEM], Cursor(learned=True), NOW, NOW)
    change = codec.dump_change(replace(CHANGE, doubt=Doubt.ONLY_GONE))
    with both.database.write() as connection:
        held = {"state": "held", "held": change}
        connection.exec_driver_sql(
            f"UPDATE item SET state = '{held['state']}', held = '{change.replace(chr(39), '')}'"
        )
    [found] = both.vitals.held(10)
    assert found.change.doubt is Doubt.ONLY_GONE
    assert both.vitals.held_item(found.uid) == found
    assert both.vitals.held_item("another") is None
    assert both.vitals.count_held() == 1


def test_minutes_are_added_up_whoever_sent(both: Store) -> None:
    for owner in ("one", "two", "one"):
        both.watch.beat(owner, "{}", [Tally(NOW, "telegram", 2, 1, 0)], NOW)
    assert both.watch.tallies(NOW) == [Tally(NOW, "telegram", 6, 3, 0)]
    assert [each.owner for each in both.watch.processes(NOW)] == ["one", "two"]
    both.watch.leave("one")
    assert [each.owner for each in both.watch.processes(NOW)] == ["two"]
    both.watch.tidy(NOW + timedelta(days=8))
    assert both.watch.tallies(LONG_AGO) == []
    assert both.watch.processes(NOW) == []


def test_an_alarm_begins_and_ends_once(both: Store) -> None:
    alarm = Alarm("PlatformDown", "discord", NOW, "not connected")
    assert both.watch.begin_alarm(alarm)
    assert not both.watch.begin_alarm(replace(alarm, since=NOW + MINUTE))
    assert both.watch.alarms() == [alarm]
    assert both.watch.end_alarm(alarm)
    assert not both.watch.end_alarm(alarm)


def test_sessions_end_and_deeds_are_kept(both: Store) -> None:
    both.operators.open("key", NOW + MINUTE, NOW)
    assert both.operators.is_open("key", NOW)
    assert not both.operators.is_open("key", NOW + MINUTE)
    assert not both.operators.is_open("kex", NOW)
    both.operators.close("key")
    assert not both.operators.is_open("key", NOW)
    for number in range(3):
        both.operators.note("who", "pause", str(number), NOW)
    assert [each.what for each in both.operators.deeds(2)] == ["2", "1"]
    both.operators.tidy(NOW + timedelta(days=401))
    assert both.operators.deeds(9) == []


def test_everybody_is_told_at_once_and_once(both: Store) -> None:
    for chat in "abc":
        words_to(both, chat)
    change: Change = for_operator("all", "words", Record.ANNOUNCEMENT, Origin.OPERATOR, NOW)
    done = both.announcing.announce(change, NOW)
    assert done
    assert done.count == 3
    assert both.announcing.announce(change, NOW) is None
    assert both.outbox.depth() == {DeliveryState.QUEUED: 6}


def test_a_paused_source_is_not_due(both: Store) -> None:
    both.sources.due(["noyb"], LONG_AGO)
    assert both.sources.pause("noyb")
    assert both.sources.due(["noyb"], NOW) == []
    assert both.sources.status()[0].paused
    both.sources.pause("noyb", paused=False)
    both.sources.unchanged({"noyb": NOW + MINUTE}, NOW)
    assert both.vitals.last_answer() == NOW
    assert both.sources.due(["noyb"], NOW) == []
    assert both.sources.ask_now("noyb", NOW)
    assert [each.id for each in both.sources.due(["noyb"], NOW)] == ["noyb"]
    assert not both.sources.pause("nothing")


@pytest.mark.parametrize("telling", ["announcement", "word to the operator", "deadline"])
def test_what_several_say_at_once_is_said_once(both: Store, telling: str) -> None:
    """Two presses, or two processes, at the same moment: no story is left without its change."""
    words_to(both, "a")
    record = Record.DEADLINE if telling == "deadline" else Record.ANNOUNCEMENT
    ready = Barrier(4)

    def tell(number: int) -> bool:
        change = for_operator(f"same {number}", "words", record, Origin.OPERATOR, NOW)
        ready.wait()
        if telling == "announcement":
            return both.announcing.announce(change, NOW) is not None
        if telling == "deadline":
            return both.reminders.add_deadline(replace(change, services=("linkedin",)), NOW)
        return both.stories.tell_one(Address("telegram", "a"), change, NOW)

    with ThreadPoolExecutor(4) as threads:
        for number in range(5):
            assert sum(threads.map(tell, [number] * 4)) == 1
    told = both.outbox.claim("telegram", "me", NOW, MINUTE, 10)
    assert sum(len(each.alerts) for each in told) == (1 if telling == "deadline" else 6)


def test_a_row_without_a_story_stops_nobody_else(both: Store) -> None:
    words_to(both, "a")
    words_to(both, "b")
    with both.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM change WHERE uid = 'a:1'")
    claimed = both.outbox.claim("telegram", "me", NOW, MINUTE, 10)
    assert [each.address.chat for each in claimed] == ["b"]
    assert [each.why for each in both.vitals.dead_letters(9)] == ["its story is gone"]


def test_only_polled_sources_say_when_one_last_answered(both: Store) -> None:
    both.sources.due(["memory:x", "noyb"], LONG_AGO)
    both.sources.unchanged({"memory:x": NOW}, NOW)
    assert both.vitals.last_answer() is None
