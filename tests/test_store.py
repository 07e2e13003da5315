"""The store keeps the promises: on a real SQLite file, and against a model without end."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

import bot.store
from bot import matcher
from bot.model import Address, Change, Cursor, Document, Item, Record, Subscription, Verdict
from bot.store import Store, StoreError, codec
from bot.understand import learn
from bot.understand.regions import EEA, EU, GROUPS
from tests.world import CHANGE, ITEM, NOW, tell

ANNA, BEN = Address("telegram", "1"), Address("discord", "2")
LEASE = timedelta(minutes=2)


def follow(store: Store, address: Address = ANNA, service: str = "linkedin", *regions: str) -> None:
    store.subscribe(Subscription(address, service, frozenset(regions or ("EU",))), NOW)


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
    assert store.depth() == {"queued": 2}
    assert store.items_due(NOW, 9) == []


def test_an_item_is_seen_only_in_the_transaction_that_queues(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(store)
    monkeypatch.setattr(Store, "_queue", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tell(store)
    monkeypatch.undo()
    assert [item.uid for item, _ in store.items_due(NOW, 10)] == [ITEM.uid]
    assert store.recent(["linkedin"], 5) == []
    assert tell(store) == 1


def test_the_first_sight_of_a_source_is_silent(store: Store) -> None:
    store.sources_due(["s"], NOW)
    assert store.keep("s", [ITEM], Cursor(), NOW, NOW) == 1
    assert store.items_due(NOW, 10) == []
    [(_, cursor)] = store.sources_due(["s"], NOW)
    assert cursor.learned


def test_a_part_that_joins_reaches_nobody_twice_and_nobody_new(store: Store) -> None:
    follow(store)
    tell(store)
    follow_later = Subscription(BEN, "linkedin", frozenset({"EU"}))
    store.subscribe(follow_later, NOW + timedelta(hours=1))
    item, memo = part("memo:1")
    store.keep("memos", [item], Cursor(learned=True), NOW, NOW)
    story = store.story(1)
    assert story
    assert store.publish(item, memo, None, story, matcher.audience(memo), NOW + timedelta(hours=2)) == 0
    assert [p.uid for p in store.story(1).parts] == [CHANGE.uid, "memo:1"]


def test_minor_changes_and_noise_are_kept_without_a_story(store: Store) -> None:
    follow(store)
    for number, verdict in enumerate((Verdict.MINOR, Verdict.NOISE)):
        item = replace(ITEM, uid=f"commit:{number}")
        assert tell(store, replace(CHANGE, uid=item.uid, verdict=verdict), item) == 0
    assert store.depth() == {}
    assert [c.uid for c in store.recent_minor(["linkedin"], 5)] == ["commit:0"]
    assert store.counts() == {"minor": 1, "noise": 1}


def test_unsubscribing_wins_over_the_queue(store: Store) -> None:
    follow(store)
    follow(store, BEN)
    tell(store)
    assert store.unsubscribe(ANNA, "linkedin") == ["linkedin"]
    assert [alert.address for alert in store.claim("telegram", "me", NOW, LEASE, 10)] == []
    assert [alert.address for alert in store.claim("discord", "me", NOW, LEASE, 10)] == [BEN]


def test_unsubscribing_leaves_what_another_subscription_asks_for(store: Store) -> None:
    follow(store)
    follow(store, ANNA, "facebook")
    tell(store, replace(CHANGE, services=("linkedin", "facebook")))
    store.unsubscribe(ANNA, "facebook")
    assert store.depth() == {"queued": 1}
    store.unsubscribe(ANNA, None)
    assert store.depth() == {}


def test_claims_are_leased_and_only_the_holder_settles(store: Store) -> None:
    follow(store)
    tell(store)
    [alert] = store.claim("telegram", "me", NOW, LEASE, 10)
    assert (alert.services, alert.regions, alert.attempts) == (("linkedin",), {"EU"}, 1)
    assert store.claim("telegram", "you", NOW, LEASE, 10) == []
    assert not store.sent(alert.id, "you", "m")
    assert store.claim("telegram", "you", NOW + 2 * LEASE, LEASE, 10)[0].attempts == 2
    assert not store.sent(alert.id, "me", "m"), "the lease is lost"
    assert store.sent(alert.id, "you", "m")
    assert store.claim("telegram", "you", NOW + 9 * LEASE, LEASE, 10) == []


def test_one_alert_at_a_time_for_a_chat(store: Store) -> None:
    follow(store)
    tell(store)
    other = replace(ITEM, uid="commit:2")
    tell(store, replace(CHANGE, uid=other.uid), other)
    assert len(store.claim("telegram", "me", NOW, LEASE, 10)) == 1
    assert store.claim("telegram", "me", NOW, LEASE, 10) == []


def test_blocked_is_paused_and_comes_back(store: Store) -> None:
    follow(store)
    tell(store)
    store.pause(ANNA, "blocked")
    assert store.paused(ANNA) == "blocked"
    assert store.claim("telegram", "me", NOW, LEASE, 10) == []
    assert store.watched() == frozenset()
    assert len(store.subscriptions(ANNA)) == 1
    assert store.resume(ANNA)
    assert store.unhold(ANNA, NOW) == 1
    assert len(store.claim("telegram", "me", NOW, LEASE, 10)) == 1


def test_a_chat_that_moves_takes_everything_along(store: Store) -> None:
    new = Address("telegram", "-100")
    follow(store)
    follow(store, ANNA, "tiktok")
    follow(store, new)
    tell(store)
    store.move(ANNA, new)
    assert {s.service for s in store.subscriptions(new)} == {"linkedin", "tiktok"}
    assert store.subscriptions(ANNA) == []
    assert len(store.claim("telegram", "me", NOW, LEASE, 10)) == 1, "both knew the story: it is told once"


def test_forgetting_erases_every_row(store: Store) -> None:
    follow(store)
    tell(store)
    assert store.forget(ANNA)
    assert not store.forget(ANNA)
    with sqlite3.connect(store.path) as connection:
        for table in ("chat", "subscription", "outbox"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_what_a_document_held_is_kept(store: Store) -> None:
    held = learn(ITEM, "# One\n\nTwo is here.")
    store.keep(ITEM.source, [ITEM], Cursor(learned=True), NOW, NOW)
    store.publish(ITEM, CHANGE, held, None, matcher.audience(CHANGE), NOW)
    assert store.held(ITEM.document) == held


REGIONS = st.sampled_from([*GROUPS, "NO", "DE", "US", "IS"])
AREAS = (
    st.none()
    | st.frozensets(st.sampled_from(["DE", "FR", "NO", "GB", "CH", "US", "IS"]), min_size=1)
    | st.just(EU)
    | st.just(EEA)
)
SUBSCRIBED = st.dictionaries(
    st.tuples(st.integers(1, 5), st.sampled_from(["linkedin", "tiktok"])), st.frozensets(REGIONS, min_size=1), max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subscribed=SUBSCRIBED, area=AREAS, services=st.sampled_from([("linkedin",), ("tiktok",), ("linkedin", "tiktok")]))
def test_the_statement_and_the_predicate_agree(
    tmp_path_factory: pytest.TempPathFactory, subscribed: dict, area: frozenset | None, services: tuple
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('m')}/m.db")
    store.open()
    mine = [Subscription(Address("telegram", str(chat)), service, regions) for (chat, service), regions in subscribed.items()]
    for subscription in mine:
        store.subscribe(subscription, NOW)
    change = replace(CHANGE, area=area, services=services)
    tell(store, change)
    queued = {alert.address for alert in store.claim("telegram", "me", NOW, LEASE, 100)}
    store.close()
    assert queued == {subscription.address for subscription in mine if matcher.concerns(change, subscription)}


def test_an_address_that_is_no_database_is_explained() -> None:
    with pytest.raises(StoreError, match="not a database address"):
        Store("hello")


def test_a_newer_database_is_refused(store: Store) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer Smallprint"):
        Store(f"sqlite:///{store.path}").open()


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
    store.backup(tmp_path / "copy.db")
    follow(store, BEN)
    copy = Store(f"sqlite:///{tmp_path}/copy.db")
    copy.check()
    assert len(copy.subscriptions(ANNA)) == 1
    assert copy.subscriptions(BEN) == []
    copy.close()


def test_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bot.store.tables import metadata

    made = Store(f"sqlite:///{tmp_path}/m.db")
    made.open()
    with made._read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    made.close()
    assert [diff for diff in found if diff[0] not in ("modify_type",)] == []
    shutil.rmtree(tmp_path)


def test_a_database_of_the_first_version_keeps_its_chats_and_alerts(tmp_path: Path) -> None:
    """The outbox is made anew by the second migration; what is queued in it must come over."""
    path = tmp_path / "old.db"
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in (
            "INSERT INTO chat VALUES (1, 'console', 'me', '', 'EU', 'active', '', 0)",
            "INSERT INTO story VALUES (1, 0, 0)",
            "INSERT INTO outbox VALUES (7, 1, 1, 'console', 'queued', 0, 2, '', '', 'asked to wait')",
            "INSERT INTO document VALUES ('c/x/y', 0, x'00', x'', x'')",
        ):
            connection.exec_driver_sql(row)
        connection.exec_driver_sql(
            "INSERT INTO change VALUES ('u', 1, 'linkedin', 0, 'material', ?)", (codec.dump_change(CHANGE),)
        )
    engine.dispose()
    store = Store(f"sqlite:///{path}")
    store.open()
    assert store.depth() == {"queued": 1}
    assert store.held(Document("c", "x", "y")) is None, "memory is learnt anew: sentences are folded in another way"
    [alert] = store.claim("console", "me", NOW, timedelta(minutes=1), 9)
    assert (alert.id, alert.attempts, alert.part) == (7, 3, "")
    store.close()
