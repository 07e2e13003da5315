"""The store's promises, on a real SQLite file and against a stateful model."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

import bot.store
from bot import matcher
from bot.model import Address, Change, Cursor, Document, Item, Record, Subscription
from bot.regions import EEA, EU, GROUPS
from bot.store import Store, StoreError, codec, fan_out
from bot.store.fates import GivenUp, Retry
from bot.store.tables import metadata
from bot.understand import learn
from bot.verdicts import Verdict
from tests.conftest import new_database
from tests.support.world import CHANGE, ITEM, NOW, RECORDED, paused, tell, verdicts


@pytest.fixture
def store(both: Store) -> Store:
    """Everything here holds on both databases."""
    return both


ANNA = Address("telegram", "1")
BEN = Address("discord", "2")
LEASE = timedelta(minutes=2)


def follow(store: Store, address: Address = ANNA, service: str = "linkedin", *regions: str) -> None:
    store.subscriptions.add(Subscription(address, service, frozenset(regions or ("EU",))), NOW)


def part(uid: str, record: Record = Record.MEMO) -> tuple[Item, Change]:
    item = Item(uid, "memos", record, NOW, "A memo", "https://example.org/memo")
    return item, replace(CHANGE, uid=uid, record=record, title="A memo")


def test_publishing_queues_one_alert_for_each_chat_concerned(store: Store) -> None:
    follow(store)
    follow(store, BEN, "linkedin", "UK", "CH")
    follow(store, Address("telegram", "3"), "tiktok", "EU")
    follow(store, Address("telegram", "4"), "linkedin", "US")
    assert tell(store) == 2
    assert tell(store) == 0, "an item is settled once"
    assert store.outbox.depth() == {"queued": 2}
    assert store.items.due(NOW, 9) == []


def test_an_item_is_seen_only_in_the_transaction_that_queues(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(store)
    monkeypatch.setattr(fan_out, "spread", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tell(store)
    monkeypatch.undo()
    assert [due.item.uid for due in store.items.due(NOW, 10)] == [ITEM.uid]
    assert store.stories.recent(["linkedin"], 5) == []
    assert tell(store) == 1


def test_the_first_sight_of_a_source_is_silent(store: Store) -> None:
    store.sources.due(["s"], NOW)
    assert store.items.keep("s", [ITEM], Cursor(), NOW, NOW) == 1
    assert store.items.due(NOW, 10) == []
    [asked] = store.sources.due(["s"], NOW)
    assert asked.cursor.learned


def test_a_part_that_joins_reaches_nobody_twice_and_nobody_new(store: Store) -> None:
    follow(store)
    tell(store)
    follow_later = Subscription(BEN, "linkedin", frozenset({"EU"}))
    store.subscriptions.add(follow_later, NOW + timedelta(hours=1))
    item, memo = part("memo:1")
    store.items.keep("memos", [item], Cursor(learned=True), NOW, NOW)
    story = store.stories.get(1)
    assert story
    assert (
        store.stories.publish(
            item, memo, None, story, matcher.audience(memo), NOW + timedelta(hours=2)
        )
        == 0
    )
    joined = store.stories.get(1)
    assert joined
    assert [part.uid for part in joined.parts] == [CHANGE.uid, "memo:1"]


def test_minor_changes_and_noise_are_kept_without_a_story(store: Store) -> None:
    follow(store)
    for number, verdict in enumerate((Verdict.MINOR, Verdict.NOISE)):
        item = replace(ITEM, uid=f"commit:{number}")
        assert tell(store, replace(CHANGE, uid=item.uid, verdict=verdict), item) == 0
    assert store.outbox.depth() == {}
    assert [c.uid for c in store.changes.minor(["linkedin"], 5)] == ["commit:0"]
    assert verdicts(store) == {"minor": 1, "noise": 1}


def test_unsubscribing_wins_over_the_queue(store: Store) -> None:
    follow(store)
    follow(store, BEN)
    tell(store)
    assert store.subscriptions.remove(ANNA, "linkedin", NOW) == ["linkedin"]
    assert store.outbox.claim("telegram", "me", NOW, LEASE, 10) == []
    assert [
        delivery.address for delivery in store.outbox.claim("discord", "me", NOW, LEASE, 10)
    ] == [BEN]


def test_unsubscribing_leaves_what_another_subscription_asks_for(store: Store) -> None:
    follow(store)
    follow(store, ANNA, "facebook")
    tell(store, replace(CHANGE, services=("linkedin", "facebook")))
    store.subscriptions.remove(ANNA, "facebook", NOW)
    assert store.outbox.depth() == {"queued": 1}
    store.subscriptions.remove(ANNA, None, NOW)
    assert store.outbox.depth() == {}


def test_claims_are_leased_and_only_the_holder_settles(store: Store) -> None:
    follow(store)
    tell(store)
    [mine] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert (mine.alerts[0].services, mine.regions) == (("linkedin",), frozenset({"EU"}))
    assert (mine.attempts, mine.uncertain) == (1, None)
    assert store.outbox.claim("telegram", "you", NOW, LEASE, 10) == []
    assert store.outbox.sent([(mine, "m")], "you", NOW) == 0
    assert store.outbox.release() == 1
    [again] = store.outbox.claim("telegram", "you", NOW, LEASE, 10)
    assert (again.key, again.attempts, again.uncertain) == (mine.key, 2, NOW), (
        "it may have been posted"
    )
    assert store.outbox.sent([(mine, "m")], "me", NOW) == 0, "the lease is lost"
    assert store.outbox.sent([(again, "m")], "you", NOW) == 1
    assert store.outbox.claim("telegram", "you", NOW + 9 * LEASE, LEASE, 10) == []


def second_story(store: Store, number: int = 2, **fields: Any) -> None:
    item = replace(ITEM, uid=f"commit:{number}")
    tell(store, replace(CHANGE, uid=item.uid, **fields), item)


def test_one_message_at_a_time_for_a_chat(store: Store) -> None:
    follow(store)
    tell(store)
    second_story(store, recorded=RECORDED + timedelta(hours=2))
    [first] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert len(first.alerts) == 1
    assert store.outbox.claim("telegram", "me", NOW, LEASE, 10, [first.chat_id]) == []
    store.outbox.sent([(first, "m")], "me", NOW)
    assert len(store.outbox.claim("telegram", "me", NOW, LEASE, 10)) == 1


def test_documents_of_one_service_that_change_together_are_one_message(store: Store) -> None:
    follow(store)
    follow(store, service="tiktok")
    tell(store)
    second_story(store, 2, recorded=RECORDED + timedelta(minutes=59))
    second_story(store, 3, services=("tiktok",))
    [first] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert [alert.services for alert in first.alerts] == [("linkedin",), ("linkedin",)]
    store.outbox.sent([(first, "m")], "me", NOW)
    [other] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert [alert.services for alert in other.alerts] == [("tiktok",)]


def test_many_that_wait_for_one_chat_become_one_message(store: Store) -> None:
    follow(store)
    follow(store, Address("telegram", "other"))
    for number in range(2, 8):
        second_story(store, number)
    one, other = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert (len(one.alerts), len(other.alerts)) == (6, 6)
    store.outbox.retry(one, "me", Retry(NOW, "reset", certain=False), NOW)
    second_story(store, 8)
    [again] = store.outbox.claim("telegram", "me", NOW, LEASE, 10, [other.chat_id])
    assert (again.key, again.ids) == (one.key, one.ids), "a key names the same words at every try"


def test_the_urgent_come_first_and_then_the_oldest(store: Store) -> None:
    for number, service in enumerate(("linkedin", "tiktok", "facebook")):
        follow(store, Address("telegram", str(number)), service)
    tell(store, replace(CHANGE, effective=None))
    second_story(store, 2, services=("tiktok",), effective=None)
    second_story(store, 3, services=("facebook",), effective=NOW.date() + timedelta(days=1))
    order = [
        store.outbox.claim("telegram", "me", NOW + timedelta(seconds=1), LEASE, 1)[0].address.chat
        for _ in range(3)
    ]
    assert order == ["2", "0", "1"]


def test_an_uncertain_try_is_remembered_and_a_certain_one_is_not(store: Store) -> None:
    follow(store)
    tell(store)
    for certain, expected in ((True, None), (False, NOW), (True, NOW)):
        [delivery] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
        store.outbox.retry(delivery, "me", Retry(NOW, "why", certain), NOW)
        [delivery] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
        assert delivery.uncertain == expected
        assert delivery.failing_since == NOW
        store.outbox.retry(delivery, "me", Retry(NOW, "why"), NOW)


def test_what_was_given_up_can_be_tried_again(store: Store) -> None:
    follow(store)
    tell(store)
    [delivery] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    store.outbox.give_up(delivery, "me", "can't parse")
    assert store.outbox.claim("telegram", "me", NOW, LEASE, 10) == []
    assert store.outbox.given_up() == [GivenUp("can't parse", 1)]
    assert store.outbox.retry_given_up(NOW) == 1
    assert len(store.outbox.claim("telegram", "me", NOW, LEASE, 10)) == 1


def test_a_platform_that_asks_to_leave_a_chat_alone_is_heard(store: Store) -> None:
    follow(store)
    follow(store, Address("telegram", "other"))
    tell(store)
    store.outbox.hold_back(ANNA, NOW + timedelta(seconds=30))
    assert [d.address.chat for d in store.outbox.claim("telegram", "me", NOW, LEASE, 10)] == [
        "other"
    ]
    assert len(store.outbox.claim("telegram", "me", NOW + timedelta(seconds=30), LEASE, 10)) == 1


def test_a_clock_that_is_set_back_stalls_nothing(store: Store) -> None:
    follow(store)
    tell(store)
    [delivery] = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    store.outbox.retry(delivery, "me", Retry(NOW + timedelta(minutes=1), "reset"), NOW)
    back = NOW - timedelta(hours=2)
    store.outbox.set_back(timedelta(hours=2), back)
    assert store.outbox.claim("telegram", "me", back, LEASE, 10) == []
    assert len(store.outbox.claim("telegram", "me", back + timedelta(minutes=1), LEASE, 10)) == 1


def test_a_large_audience_is_queued_in_slices(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.fan_out.SLICE", 3)
    for number in range(10):
        follow(store, Address("telegram", str(number)))
    assert tell(store) == 3
    follow(store, Address("telegram", "late"))
    store.subscriptions.remove(Address("telegram", "9"), "linkedin", NOW)
    queued = []
    while (rows := store.outbox.fan_out()) is not None:
        queued.append(rows)
    assert queued == [3, 3, 0], "who left meanwhile is not told, nor who came"
    assert store.outbox.depth() == {"queued": 9}


def test_blocked_is_paused_and_comes_back(store: Store) -> None:
    follow(store)
    tell(store)
    store.reach.lose([ANNA], "blocked", NOW, left=True)
    assert paused(store, ANNA) == "blocked"
    assert store.outbox.claim("telegram", "me", NOW + timedelta(days=999), LEASE, 10) == []
    assert store.subscriptions.watched(NOW + timedelta(days=61)) == frozenset()
    assert len(store.subscriptions.of(ANNA)) == 1
    store.reach.regain([ANNA], NOW)
    assert paused(store, ANNA) is None
    assert len(store.outbox.claim("telegram", "me", NOW, LEASE, 10)) == 1


@pytest.mark.parametrize("new_is_known", [True, False])
def test_a_chat_that_moves_takes_everything_along(store: Store, new_is_known: bool) -> None:
    new = Address("telegram", "-100")
    follow(store)
    follow(store, replace(ANNA, thread="7"))
    follow(store, ANNA, "tiktok")
    if new_is_known:
        follow(store, new)
    tell(store)
    store.chats.move(ANNA, new)
    assert {s.service for s in store.subscriptions.of(new)} == {"linkedin", "tiktok"}
    assert len(store.subscriptions.of(replace(new, thread="7"))) == 1, "its topics move along"
    assert store.subscriptions.of(ANNA) == []
    told = store.outbox.claim("telegram", "me", NOW, LEASE, 10)
    assert sorted((d.address.chat, d.address.thread) for d in told) == [
        ("-100", ""),
        ("-100", "7"),
    ], "told once each"


def test_what_was_told_before_a_move_is_not_told_after_it(store: Store) -> None:
    new = Address("telegram", "-100")
    follow(store)
    follow(store, new)
    tell(store)
    for delivery in store.outbox.claim("telegram", "me", NOW, LEASE, 1):
        store.outbox.sent([(delivery, "m")], "me", NOW)
    store.chats.move(ANNA, new)
    assert store.outbox.claim("telegram", "me", NOW, LEASE, 10) == []


def test_a_duty_has_one_holder_at_a_time(store: Store) -> None:
    ttl = timedelta(seconds=15)
    follow(store)
    tell(store)
    assert store.leases.take("send:telegram", "me", NOW, ttl)
    assert not store.leases.take("send:telegram", "you", NOW + ttl / 2, ttl)
    assert store.outbox.claim("telegram", "you", NOW, LEASE, 10) == []
    assert store.leases.take("send:telegram", "me", NOW + ttl / 2, ttl), "renewed"
    assert not store.leases.take("send:telegram", "you", NOW + ttl, ttl)
    later = NOW + 2 * ttl
    assert store.leases.take("send:telegram", "you", later, ttl), "its holder is gone"
    assert store.outbox.claim("telegram", "me", later, LEASE, 10) == [], (
        "who lost a duty claims nothing"
    )
    assert len(store.outbox.claim("telegram", "you", later, LEASE, 10)) == 1
    store.leases.leave("send:telegram", "you")
    assert store.leases.take("send:telegram", "me", later, ttl)


def test_a_platform_that_asks_everybody_to_wait_is_remembered(store: Store) -> None:
    assert store.leases.held_off("discord") is None
    store.leases.hold_off("discord", NOW)
    assert store.leases.held_off("discord") == NOW


def test_forgetting_erases_every_row(store: Store) -> None:
    follow(store)
    tell(store)
    assert store.chats.forget(ANNA)
    assert not store.chats.forget(ANNA)
    with store.database.read() as connection:
        for table in ("chat", "subscription", "outbox", "answered"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_what_a_document_held_is_kept(store: Store) -> None:
    held = learn(ITEM, "# One\n\nTwo is here.")
    store.items.keep(ITEM.source, [ITEM], Cursor(learned=True), NOW, NOW)
    store.stories.publish(ITEM, CHANGE, held, None, matcher.audience(CHANGE), NOW)
    assert ITEM.document
    assert store.documents.get(ITEM.document) == held


REGIONS = st.sampled_from([*GROUPS, "NO", "DE", "US", "IS"])
AREAS = (
    st.none()
    | st.frozensets(st.sampled_from(["DE", "FR", "NO", "GB", "CH", "US", "IS"]), min_size=1)
    | st.just(EU)
    | st.just(EEA)
)
SUBSCRIBED = st.dictionaries(
    st.tuples(st.integers(1, 5), st.sampled_from(["linkedin", "tiktok"])),
    st.frozensets(REGIONS, min_size=1),
    max_size=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    subscribed=SUBSCRIBED,
    area=AREAS,
    services=st.sampled_from([("linkedin",), ("tiktok",), ("linkedin", "tiktok")]),
)
def test_the_statement_and_the_predicate_agree(
    tmp_path_factory: pytest.TempPathFactory,
    subscribed: dict[tuple[int, str], frozenset[str]],
    area: frozenset[str] | None,
    services: tuple[str, ...],
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('m')}/m.db")
    store.open()
    mine = [
        Subscription(Address("telegram", str(chat)), service, regions)
        for (chat, service), regions in subscribed.items()
    ]
    for subscription in mine:
        store.subscriptions.add(subscription, NOW)
    change = replace(CHANGE, area=area, services=services)
    tell(store, change)
    queued = {
        delivery.address for delivery in store.outbox.claim("telegram", "me", NOW, LEASE, 100)
    }
    store.close()
    assert queued == {
        subscription.address for subscription in mine if matcher.concerns(change, subscription)
    }


def test_an_address_that_is_no_database_is_explained() -> None:
    with pytest.raises(StoreError, match="not a database address"):
        Store("hello")


def test_a_newer_database_is_refused(store: Store) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Smallprint"):
        store.open()


def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bad.db"
    path.write_bytes(b"this is no database" * 100)
    before = path.read_bytes()
    bad = Store(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="restore a backup"):
        bad.open()
    bad.close()
    assert path.read_bytes() == before


def test_a_backup_while_it_is_in_use(store: Store, tmp_path: Path) -> None:
    follow(store)
    if not store.path:  # tests/store/test_dumps.py
        return
    store.backup(tmp_path / "copy.db")
    follow(store, BEN)
    copy = Store(f"sqlite:///{tmp_path}/copy.db")
    copy.check()
    assert len(copy.subscriptions.of(ANNA)) == 1
    assert copy.subscriptions.of(BEN) == []
    copy.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/m.db"
    return new_database(request.getfixturevalue("postgres"), template="template0")


def test_migrations_make_what_the_tables_say(empty: str) -> None:
    made = Store(empty)
    made.open()
    with made.database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    made.close()
    assert [diff for diff in found if diff[0] not in ("modify_type",)] == []


def test_a_database_of_the_first_version_keeps_its_chats_and_alerts(empty: str) -> None:
    """Later migrations make the outbox and the subscriptions anew; what is in them comes over."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).with_name("migrations")))
    engine = create_engine(empty)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in (
            "INSERT INTO chat VALUES (1, 'console', 'me', '', 'EU', 'active', '', 0)",
            "INSERT INTO chat VALUES (2, 'console', 'you', '', 'EU', 'paused', 'blocked', 0)",
            "INSERT INTO subscription VALUES ('linkedin', 'EU', 1, 5)",
            "INSERT INTO story VALUES (100, 0, 0)",
            "INSERT INTO story_service VALUES ('linkedin', 100)",
            "INSERT INTO outbox"
            " VALUES (7, 100, 1, 'console', 'leased', 0, 2, '', '', 'asked to wait')",
            "INSERT INTO outbox VALUES (8, 100, 2, 'console', 'held', 0, 2, '', '', 'blocked')",
            "INSERT INTO document VALUES ('c/x/y', 0, '', '', '')",
        ):
            connection.exec_driver_sql(row)
        payload = codec.dump_change(CHANGE)
        connection.execute(
            text("INSERT INTO change VALUES ('u', 100, 'linkedin', 0, 'material', :p)"),
            {"p": payload},
        )
    engine.dispose()
    store = Store(empty)
    store.open()
    assert store.outbox.depth() == {"queued": 2, "held": 1}, "one is the notice of what is new"
    assert store.documents.get(Document("c", "x", "y")) is None, (
        "memory is learnt anew: sentences are folded in another way"
    )
    [delivery] = store.outbox.claim("console", "me", NOW, timedelta(minutes=1), 9)
    assert (delivery.ids, delivery.attempts, delivery.alerts[0].services) == (
        (7,),
        3,
        ("linkedin",),
    )
    tell(store, replace(CHANGE, uid="new"), replace(ITEM, uid="new"))
    assert store.outbox.depth() == {"leased": 1, "held": 1, "queued": 2}, (
        "numbers go on where they were"
    )
    store.close()


def test_the_past_of_a_document_takes_nothing_from_what_was_learnt_meanwhile(both: Store) -> None:
    document = ITEM.document
    assert document
    early, late = (replace(ITEM, when=NOW - timedelta(days=days)) for days in (30, 1))
    now, past = learn(late, "We sell your data."), learn(early, "We keep your name.")
    both.documents.add_past(now, "en")
    both.documents.add_past(past, "en")
    held = both.documents.get(document)
    assert held
    assert (held.text, held.recorded) == (now.text, now.recorded), "the newest text stays"
    assert held.sentences >= now.sentences | past.sentences
    assert held.lived == 2
