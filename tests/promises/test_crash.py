"""Real processes and real kills (D1 to D6, D16); `./run bench crash` does the full counts."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from contextlib import ExitStack
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import bot.store
from bot.model import Address
from bot.states import DeliveryState
from bot.store import Store, fan_out
from lab.bench import processes
from lab.bench.processes import until
from tests.conftest import new_database
from tests.support.rig import follow, publish

PEOPLE = 150
KILLS = 3


@pytest.fixture
def store(both: Store) -> Store:
    return both


def address_of(store: Store) -> str:
    return store.database.url.render_as_string(hide_password=False)


def seeded(store: Store, platform: str, people: int = PEOPLE) -> str:
    """A story for so many chats, and the database's address; nobody holds it."""
    follow(store, platform, people)
    publish(store)
    store.close()
    return address_of(store)


def accepts_more_than(standin: Any, messages: int) -> None:
    """Wait until the platform has taken so many messages and one."""
    until(lambda: standin.report()["accepted"] > messages)


@pytest.mark.parametrize("platform", ["telegram", "discord"])
def test_d1_d2_kills_in_the_middle_of_a_fan_out(
    store: Store, platform: str, tmp_path: Path
) -> None:
    """Lost 0. Telegram repeats at most what was posted and not acknowledged; Discord nothing."""
    database, dice = seeded(store, platform), random.Random(7)
    with (
        processes.standin(platform) as standin,
        processes.bot(tmp_path / "bot", database, standin.settings) as running,
    ):
        for kill in range(KILLS):
            running.start()
            begun = PEOPLE * kill // (KILLS + 1)
            accepts_more_than(standin, begun)
            time.sleep(dice.random() * 0.5)
            running.kill()
        running.start()
        until(lambda: standin.report()["distinct"] == PEOPLE)
        again = Store(database)
        until(lambda: again.outbox.depth() == {"sent": PEOPLE})
        again.close()
        report = standin.report()
        assert not any(
            value in running.log.read_text()
            for name, value in standin.settings.items()
            if name.endswith("_TOKEN")
        )
    assert report["waits_asked"] <= 2 * KILLS, "what a killed process just sent still counts"
    assert report["duplicates"] <= (3 * KILLS if platform == "telegram" else 0)


def _publishes(database: str, begun: Event) -> None:
    fan_out.SLICE = 7
    store = Store(database)
    begun.set()
    publish(store)
    while store.outbox.fan_out() is not None:
        pass


def test_d3_kills_between_the_story_and_its_outbox(store: Store) -> None:
    """Whenever it is killed, there is exactly one row for each chat; running again adds nothing."""
    follow(store, "telegram", 300)
    database, dice = address_of(store), random.Random(3)
    store.close()
    spawn = multiprocessing.get_context("spawn")
    halfway = 0
    for _ in range(5):
        begun = spawn.Event()
        process = spawn.Process(target=_publishes, args=(database, begun))
        process.start()
        assert begun.wait(30)
        time.sleep(dice.random() * 0.08)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        again = Store(database)
        queued = again.outbox.depth().get(DeliveryState.QUEUED, 0)
        halfway += 0 < queued < 300
        if again.stories.get(1) and dice.random() < 0.5:
            again.outbox.fan_out()
        again.close()
    again = Store(database)
    publish(again)
    while again.outbox.fan_out() is not None:
        pass
    assert again.outbox.depth() == {"queued": 300}
    assert publish(again) == 0
    assert again.outbox.fan_out() is None
    again.close()


def _migrates(database: str, begun: Event) -> None:
    store = Store(database)
    begun.set()
    store.open()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_d4_kills_during_a_migration(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The next start finishes or begins anew, and every chat is still there.

    Each has what was queued for it and one notice of what is new, however often it was begun.
    """
    if kind == "sqlite":
        database = f"sqlite:///{tmp_path}/m.db"
    else:
        database = new_database(request.getfixturevalue("postgres"), template="template0")
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).with_name("migrations")))
    engine = create_engine(database)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql("INSERT INTO story (told_at, recorded) VALUES (0, 0)")
        for table, values in (
            ("chat", "{0}, 'telegram', '{0}', '', 'EU', 'active', '', 0"),
            ("subscription", "'linkedin', 'EU', {0}, 0"),
            ("outbox", "{0}, 1, {0}, '', 'telegram', 'queued', 0, 0, '', '', ''"),
        ):
            for start in range(0, 20_000, 2000):
                rows = ", ".join(
                    f"({values.format(number)})" for number in range(start + 1, start + 2001)
                )
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES {rows}")
    engine.dispose()
    spawn, dice = multiprocessing.get_context("spawn"), random.Random(4)
    for _ in range(4):
        begun = spawn.Event()
        process = spawn.Process(target=_migrates, args=(database, begun))
        process.start()
        assert begun.wait(30)
        time.sleep(dice.random() * 0.25)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    store = Store(database)
    store.open()
    store.check()
    assert store.outbox.depth() == {"queued": 2 * 20_000}
    assert len(store.subscriptions.of(Address("telegram", "20000"))) == 1
    store.close()


def test_d5_a_copy_at_any_moment_is_whole_and_forgets_no_acknowledged_message(
    tmp_path: Path,
) -> None:
    """What a power cut would leave: the file and its log as they are on the disk at that moment."""
    store = Store(f"sqlite:///{tmp_path}/smallprint.db")
    store.open()
    database, dice = seeded(store, "telegram"), random.Random(5)
    with (
        processes.standin("telegram") as standin,
        processes.bot(tmp_path / "bot", database, standin.settings) as running,
    ):
        running.start()
        for number in range(5):
            accepts_more_than(standin, number * 20)
            time.sleep(dice.random() * 0.3)
            with sqlite3.connect(tmp_path / "smallprint.db") as reader:
                acknowledged = reader.execute(
                    "SELECT count(*) FROM outbox WHERE state = 'sent'"
                ).fetchone()[0]
            reader.close()
            copy = tmp_path / f"copy{number}.db"
            # The log first: what the file gains meanwhile by a checkpoint is in the log as well.
            for suffix in ("-wal", ""):
                copy.with_name(copy.name + suffix).write_bytes(
                    (tmp_path / f"smallprint.db{suffix}").read_bytes()
                )
            after = Store(f"sqlite:///{copy}")
            after.check()
            depth = after.outbox.depth()
            after.close()
            assert depth[DeliveryState.SENT] >= acknowledged
            assert sum(depth.values()) == PEOPLE


def test_d6_a_stop_finishes_what_is_in_flight(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/smallprint.db")
    store.open()
    database = seeded(store, "telegram")
    with (
        processes.standin("telegram") as standin,
        processes.bot(tmp_path / "bot", database, standin.settings) as running,
    ):
        for _ in range(3):
            running.start()
            before = standin.report()["accepted"]
            accepts_more_than(standin, before + 10)
            stopped = time.monotonic()
            assert running.stop() == 0
            assert time.monotonic() - stopped <= 10
            accepted = standin.report()["accepted"]
            time.sleep(0.3)
            assert standin.report()["accepted"] == accepted, "it claims no more"
            after = Store(database)
            assert after.outbox.depth()[DeliveryState.SENT] == accepted
            after.close()
        running.start()
        until(lambda: standin.report()["distinct"] == PEOPLE)
        assert standin.report()["duplicates"] == 0


def test_d16_a_second_process_on_one_file_or_one_token_says_so(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/smallprint.db")
    store.open()
    database = seeded(store, "telegram", 5)
    with (
        processes.standin("telegram") as standin,
        processes.bot(tmp_path / "one", database, standin.settings) as first,
    ):
        first.start()
        until(lambda: standin.report()["distinct"] == 5)
        other_file = f"sqlite:///{tmp_path}/other.db"
        for folder, file, settings in (
            ("two", database, {}),
            ("three", other_file, standin.settings),
        ):
            with processes.bot(tmp_path / folder, file, settings) as second:
                second.start()
                assert second.process
                assert second.process.wait(30) == 1
                said = second.log.read_text()
                assert "Another Smallprint (process" in said
                assert (
                    "already works on" if folder == "two" else "already uses this bot token"
                ) in said


def test_d16_on_postgresql_another_process_stands_by_and_takes_over(
    postgres: str, tmp_path: Path
) -> None:
    # So many that the second process is up, on a slow machine too, before all of them are told.
    crowd = 700
    store = Store(new_database(postgres))
    store.open()
    database = seeded(store, "telegram", crowd)
    with (
        processes.standin("telegram") as standin,
        processes.bot(tmp_path / "one", database, standin.settings) as first,
        processes.bot(tmp_path / "two", database, standin.settings) as second,
    ):
        first.start()
        until(lambda: standin.report()["accepted"] > 20)
        second.start()
        until(lambda: any(event["event"] == "duty.standing_by" for event in second.events()))
        time.sleep(3)
        assert standin.report()["duplicates"] == 0
        assert standin.report()["waits_asked"] <= 2, (
            "one paces for both: two would be sent away every other time"
        )
        first.kill()
        killed, before = time.monotonic(), standin.report()["accepted"]
        until(lambda: standin.report()["accepted"] > before + 3)
        assert time.monotonic() - killed <= 25, "on a busy machine; 15 s are asked of an idle one"
        until(lambda: standin.report()["distinct"] == crowd)
        assert standin.report()["duplicates"] <= 3
        again = Store(database)
        until(lambda: again.outbox.depth() == {"sent": crowd})
        again.close()


@pytest.mark.parametrize("order", [("send", "all"), ("all", "send,chat"), ("chat", "poll", "send")])
def test_d16_roles_are_served_in_any_mix_and_order(
    postgres: str, tmp_path: Path, order: tuple[str, ...]
) -> None:
    """Whoever starts first: what is due is sent, and who asks is answered."""
    store = Store(new_database(postgres))
    store.open()
    database = seeded(store, "telegram", 3)
    with processes.standin("telegram") as standin, ExitStack() as stack:
        for number, roles in enumerate(order):
            settings = {**standin.settings, "SMALLPRINT_ROLES": roles}
            running = stack.enter_context(processes.bot(tmp_path / str(number), database, settings))
            running.start()
            until(partial(_has_begun, running))
            time.sleep(1)
        standin.told(says=[{"text": "/help", "chat": 77, "user": 77}])
        until(lambda: standin.report()["distinct"] == 3 + 1)
        assert standin.report()["duplicates"] == 0


def _has_begun(running: processes.Bot) -> bool:
    return "app.starting" in running.log.read_text()


ASKING = 30
ASKED_KILLS = 2


def test_what_people_say_survives_a_kill(tmp_path: Path) -> None:
    """Thirty people leave in a burst and the bot dies in it: all are answered, and have left."""
    store = Store(f"sqlite:///{tmp_path}/smallprint.db")
    store.open()
    follow(store, "telegram", ASKING)
    database, dice = address_of(store), random.Random(11)
    store.close()
    lines = [
        {"text": "/unsubscribe linkedin", "chat": number, "user": number}
        for number in range(1, ASKING + 1)
    ]
    with (
        processes.standin("telegram", "--loose") as standin,
        processes.bot(tmp_path / "bot", database, standin.settings) as running,
    ):
        running.start()
        until(lambda: "telegram.ready" in running.log.read_text())
        standin.told(says=lines)
        for _ in range(ASKED_KILLS):
            time.sleep(dice.random() * 0.6)
            running.kill()
            running.start()
        until(lambda: len({chat for chat, _words, _count in standin.chats()}) == ASKING)
    again = Store(database)
    left = [again.subscriptions.of(Address("telegram", str(n))) for n in range(1, ASKING + 1)]
    assert left == [[]] * ASKING
    again.close()
