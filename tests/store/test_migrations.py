"""A database of the former schema: opened, migrated, and delivered from.

It has everything in it that can wait.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

import bot.store
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.model import Address, Subscription
from bot.render.delivery import Words
from bot.store import Store, codec, tables
from tests.conftest import Clock, new_database
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, ITEM, NOW, tell

#: 2025-11-04 09:00 UTC in milliseconds: `NOW`, as columns have it.
MOMENT = 1_762_246_800_000
NEVER = 253_370_764_800_000
#: Chats that can be reached and are told what is new. It is due when the database was migrated,
#: which is after all that happens here.
NOTICES = 7
#: A change as it was written then: the reasons are English sentences.
PAYLOAD: dict[str, Any] = {
    "uid": "commit:1",
    "services": ["linkedin"],
    "terms_type": "Privacy Policy",
    "recorded": "2025-11-03T17:46:00Z",
    "title": "Record new changes of LinkedIn Privacy Policy",
    "link": "https://github.com/OpenTermsArchive/vlopses-ie-versions/commit/1",
    "verdict": "material",
    "why": ["33 words that this document never had", "it speaks of AI training"],
    "record": "change",
    "collection": "vlopses-ie",
    "area": ["DE", "FR", "IE"],
    "places": [],
    "effective": "2025-11-11",
    "topics": ["ai_training"],
    "opt_out": "available",
    "links": [],
    "excerpts": [
        {"before": "We do not train AI on your data.", "after": "We train AI on your data."}
    ],
    "commits": [],
    "fingerprint": [],
    "gone": [],
    "version": 0,
    "doubt": "",
    "summary": "",
}
CHATS = """INSERT INTO chat (id, platform, chat, thread, regions, state, why, since)
           VALUES ({0}, '{1}', '{0}', '', 'EU', '{2}', '{3}', 0)"""
FOLLOWS = (
    "INSERT INTO subscription (service, chat_id, region, since) VALUES ('linkedin', {0}, 'EU', 5)"
)
ROWS = """INSERT INTO outbox (id, story_id, chat_id, part, platform, state, due_at, attempts,
          bundle, owner, uncertain, sent_at, message_id, why)
          VALUES (:id, :story, :chat, :part, :platform, :state, :due, :attempts, :bundle,
                  :owner, :uncertain, :sent_at, :message_id, :why)"""
#: One story that reaches eight chats, and a second one; what came of them, by the row's number.
OUTBOX: tuple[dict[str, Any], ...] = (
    {"id": 1, "chat": 1, "state": "sent", "bundle": 1, "attempts": 1, "message_id": "m1"},
    {"id": 2, "chat": 1, "part": "memo:1"},
    {"id": 3, "chat": 2},
    {
        "id": 4,
        "chat": 3,
        "state": "leased",
        "bundle": 4,
        "attempts": 1,
        "owner": "gone",
        "uncertain": MOMENT,
    },
    {"id": 5, "chat": 4, "platform": "telegram", "state": "held", "due": NEVER, "why": "blocked"},
    {"id": 6, "chat": 5, "state": "sent", "bundle": 6, "attempts": 1, "message_id": "m6"},
    {"id": 7, "chat": 5, "part": "remind:7"},
    {"id": 8, "chat": 6, "state": "sent", "bundle": 8, "attempts": 1, "message_id": "123"},
    {"id": 9, "chat": 6, "part": "publish:123"},
    {
        "id": 10,
        "chat": 7,
        "state": "dead",
        "bundle": 10,
        "attempts": 1,
        "why": "our own error: RuntimeError",
    },
    {"id": 11, "chat": 8, "bundle": 11, "attempts": 1, "uncertain": MOMENT, "why": "cut"},
    {
        "id": 12,
        "chat": 8,
        "story": 101,
        "bundle": 11,
        "attempts": 1,
        "uncertain": MOMENT,
        "why": "cut",
    },
    {
        "id": 13,
        "chat": 2,
        "story": 101,
        "state": "held",
        "due": MOMENT + 3_600_000,
        "why": "quiet hours",
    },
)
_DEFAULTS = {
    "story": 100,
    "part": "",
    "platform": "discord",
    "state": "queued",
    "due": MOMENT,
    "attempts": 0,
    "bundle": None,
    "owner": None,
    "uncertain": None,
    "sent_at": MOMENT,
    "message_id": None,
    "why": None,
}


def at_revision(
    address: str, revision: str, statements: Iterable[tuple[str, dict[str, Any]]]
) -> None:
    """Make a database as the migrations up to one make it, and fill it.

    `statements` are SQL with its values.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).with_name("migrations")))
    engine = create_engine(address)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement, values in statements:
            connection.execute(text(statement), values)
        # Numbers that were given by hand do not move PostgreSQL's sequences.
        if engine.dialect.name == "postgresql":
            for table in ("story", "chat", "outbox"):
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                last = f"SELECT setval({sequence}, COALESCE(MAX(id), 1)) FROM {table}"
                connection.exec_driver_sql(last)
    engine.dispose()


def former() -> Iterable[tuple[str, dict[str, Any]]]:
    """Everything that can wait in a database of revision 0005."""
    for story, uid in ((100, "commit:1"), (101, "commit:2")):
        yield (
            f"INSERT INTO story VALUES ({story}, {MOMENT}, {MOMENT}, {MOMENT + 7 * 86_400_000}, 7)",
            {},
        )
        yield f"INSERT INTO story_service VALUES ('linkedin', {story})", {}
        yield _change(uid, story, PAYLOAD["record"])
    yield _change("memo:1", 100, "memo")
    for chat in range(1, 9):
        paused = chat == 4
        platform = "telegram" if paused else "discord"
        yield (
            CHATS.format(chat, platform, *(("paused", "blocked") if paused else ("active", ""))),
            {},
        )
        yield FOLLOWS.format(chat), {}
    yield "UPDATE chat SET publish = 1, language = 'de' WHERE id = 6", {}
    for row in OUTBOX:
        yield ROWS, {**_DEFAULTS, **row}


def _change(uid: str, story: int, record: str) -> tuple[str, dict[str, Any]]:
    payload = json.dumps({**PAYLOAD, "uid": uid, "record": record})
    columns = f"'{uid}', {story}, 'linkedin', {MOMENT}, 'material', :payload, 0"
    return f"INSERT INTO change VALUES ({columns})", {"payload": payload}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/m.db"
    return new_database(request.getfixturevalue("postgres"), template="template0")


@pytest.fixture
def migrated(empty: str) -> Any:
    at_revision(empty, "0005", former())
    store = Store(empty)
    store.open()
    yield store
    store.close()


def _count(store: Store, query: str) -> int:
    with store.database.read() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def test_every_row_comes_over(migrated: Store) -> None:
    """A table that is made anew must take nothing along when it goes.

    Neither its rows, nor those that refer to them.
    """
    assert migrated.outbox.depth() == {
        "sent": 3,
        "queued": 6 + NOTICES,
        "leased": 1,
        "held": 2 + 1,
        "dead": 1,
    }
    for table, count in (
        ("chat", 8),
        ("subscription", 8),
        ("outbox", 13 + NOTICES + 1),
        ("change", 3 + 1),
        ("story_service", 2),
    ):
        assert _count(migrated, f"SELECT count(*) FROM {table}") == count
    with migrated.database.read() as connection:
        rows = {row.id: row for row in connection.execute(tables.outbox.select())}
    for given in OUTBOX:
        expected = {**_DEFAULTS, **given}
        row = rows[given["id"]]
        assert (codec.dump_part(row.part), row.state, row.attempts) == (
            expected["part"],
            expected["state"],
            expected["attempts"],
        )
        assert (row.bundle, row.owner, row.why) == (
            expected["bundle"],
            expected["owner"],
            expected["why"],
        )


def test_what_refers_to_a_chat_still_does(migrated: Store) -> None:
    with pytest.raises(bot.store.StoreError) as refused, migrated.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM chat WHERE id = 1")
    assert isinstance(refused.value.__cause__, IntegrityError)
    if migrated.path:
        with migrated.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_nothing_of_the_rebuilding_is_left(migrated: Store) -> None:
    with migrated.database.read() as connection:
        found = connection.dialect.get_table_names(connection)
    assert not [name for name in found if re.search(r"_\d{4}$", name)]


def test_numbers_go_on_where_they_were(migrated: Store) -> None:
    late = Address("discord", "late")
    migrated.subscriptions.add(Subscription(late, "linkedin", frozenset({"EU"})), NOW)
    assert tell(migrated, CHANGE, ITEM, NOW) == 8
    newest = "SELECT max(id) FROM {}"
    before = _count(migrated, newest.format("chat")), _count(migrated, newest.format("outbox"))
    assert before == (9, 21 + NOTICES + 1)
    assert migrated.chats.forget(late)
    migrated.subscriptions.add(Subscription(late, "linkedin", frozenset({"EU"})), NOW)
    assert _count(migrated, newest.format("chat")) == 10


async def test_what_waited_is_delivered(migrated: Store, known: Catalogue, names: Names) -> None:
    clock = Clock(NOW + timedelta(seconds=1))
    discord, telegram = FakeChat("discord", keyed=True), FakeChat("telegram")
    deliverer = Deliverer(migrated, [discord, telegram], Words(known, names), clock)
    await deliverer.take_over("discord")
    await deliverer.deliver_due()
    assert sorted(chat for chat, _, _ in discord.sent) == ["2", "3", "5", "7", "8"]
    assert [message for message, _ in discord.edited] == ["m1"], "what came to its story"
    assert discord.published == ["123"]
    keys = {chat: key for chat, key, _ in discord.sent}
    assert (keys["3"], keys["8"]) == ("4", "11"), (
        "what may have been posted keeps the key that it was tried with"
    )
    assert re.fullmatch(r"3-[0-9a-f]{8}", keys["2"])
    replies = {key: reply for key, _, reply, _ in discord.tries}
    assert replies[keys["5"]] == "m6"
    assert migrated.outbox.depth() == {"sent": 10 + 1, "held": 2 + 1, "queued": NOTICES}
    assert telegram.sent == []


async def test_what_was_put_aside_comes_when_it_may(
    migrated: Store, known: Catalogue, names: Names
) -> None:
    clock = Clock(NOW + timedelta(hours=2))
    discord, telegram = FakeChat("discord", keyed=True), FakeChat("telegram")
    deliverer = Deliverer(migrated, [discord, telegram], Words(known, names), clock)
    await deliverer.take_over("discord")
    migrated.reach.regain([Address("telegram", "4")], clock())
    await deliverer.deliver_due()
    assert migrated.outbox.depth() == {"sent": 13 + 1, "queued": NOTICES}
    assert [chat for chat, _, _ in telegram.sent] == ["4"], "an alert and the notice, in one"
    assert [key for chat, key, _ in discord.sent if chat == "7"] == ["10"]


def test_a_large_table_is_not_read_row_by_row(empty: str) -> None:
    """What is done with a table is one statement, however many rows it has."""
    crowd = "INSERT INTO chat (id, platform, chat, thread, regions, state, why, since) VALUES "
    values = ", ".join(f"({n}, 'discord', '{n}', '', '', 'active', '', 0)" for n in range(1, 5001))
    follows = ", ".join(f"('linkedin', {n}, 'EU', 5)" for n in range(1, 5001))
    queued = ", ".join(f"({n}, 100, {n}, 'discord', 0)" for n in range(1, 5001))
    at_revision(
        empty,
        "0005",
        [
            (crowd + values, {}),
            (f"INSERT INTO subscription (service, chat_id, region, since) VALUES {follows}", {}),
            (f"INSERT INTO outbox (id, story_id, chat_id, platform, due_at) VALUES {queued}", {}),
        ],
    )
    store = Store(empty)
    said: list[str] = []
    event.listen(
        store.database.writer, "before_cursor_execute", lambda *given: said.append(given[2])
    )
    store.open()
    assert store.outbox.depth() == {"queued": 5000 + 5000}, "each is told once what is new"
    assert _count(store, "SELECT count(*) FROM subscription JOIN chat ON chat.id = chat_id") == 5000
    assert len(said) < 100
    store.close()
