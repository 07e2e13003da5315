"""Upgrades on both databases: a forecast, a backup before, and the way back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.cli import backup, main
from bot.jobs.deliver import Deliverer
from bot.model import Address, Subscription
from bot.render.delivery import Words
from bot.states import DeliveryState
from bot.store import Store, StoreError, schema, upgrades
from tests.conftest import NOW, Clock, new_database
from tests.jobs.test_deliver import FakeChat
from tests.store.test_copies import Capture
from tests.store.test_migrations import NOTICES, at_revision, former
from tests.support import postgres as server

NEWEST = schema.steps()[-1].revision


@pytest.fixture(params=["sqlite", "postgresql"])
def old(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A database of a former version, which the settings name."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path}/bot.db"
    else:
        folder = server.binaries()
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        address = new_database(request.getfixturevalue("postgres"), template="template0")
    at_revision(address, "0005", former())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_DATABASE", address)
    monkeypatch.setenv("SMALLPRINT_BACKUPS", str(tmp_path / "copies"))
    store = Store(address)
    yield store
    store.close()


def revision(store: Store) -> str | None:
    return upgrades.plan(store.database).revision


def test_a_dry_run_says_what_and_how_long_and_changes_nothing(old: Store, capsys: Capture) -> None:
    assert main(["upgrade", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "The database has schema 0005" in out
    for step in schema.steps_after("0005"):
        assert f"  {step.revision}  {step.words}" in out
    assert "it took" in out
    assert revision(old) == "0005"
    if old.path:
        assert not list(old.path.parent.glob("*.part*"))


def test_an_upgrade_makes_a_copy_that_is_the_way_back(old: Store, capsys: Capture) -> None:
    assert main(["upgrade"]) == 0
    out = capsys.readouterr().out
    assert f"schema {NEWEST} now, and is sound" in out
    assert revision(old) == NEWEST
    [kept] = Path("copies").iterdir()
    on_sqlite = old.database.path is not None
    back = "smallprint restore" if on_sqlite else "pg_restore --no-owner --dbname=DATABASE"
    assert f"{back} {Path.cwd()}/{kept}" in out
    assert kept.stat().st_mode & 0o777 == 0o600
    assert backup.verify(kept) == 0
    assert "schema 0005: 8 chats" in capsys.readouterr().out
    assert main(["upgrade"]) == 0
    assert "Nothing to do" in capsys.readouterr().out


async def test_what_version_0_1_0_kept_and_queued_is_there_after_the_upgrade(
    old: Store, known: Catalogue, names: Names
) -> None:
    """What a chat follows and chose, and the alerts that waited; one message says what is new."""
    assert main(["upgrade"]) == 0
    old.open()
    for number in range(1, 9):
        here = Address("telegram" if number == 4 else "discord", str(number))
        assert old.subscriptions.of(here) == [
            Subscription(here, "linkedin", frozenset({"EU"})),
        ]
    chosen = old.preferences.get(Address("discord", "6"))
    assert chosen is not None
    assert chosen.language == "de"
    discord = FakeChat("discord", keyed=True)
    clock = Clock(NOW + timedelta(seconds=1))
    deliverer = Deliverer(old, [discord], Words(known, names), clock)
    await deliverer.take_over("discord")
    await deliverer.deliver_due()
    assert sorted(chat for chat, *_ in discord.sent) == ["2", "3", "5", "7", "8"]
    assert old.outbox.depth()[DeliveryState.QUEUED] == NOTICES


def test_the_copy_leads_back_to_the_former_schema(
    old: Store, request: pytest.FixtureRequest
) -> None:
    """A file by `smallprint restore`, an archive by PostgreSQL's own program: 0.1.0 knows no other.

    `smallprint restore` of this version migrates what it puts into PostgreSQL.
    """
    assert main(["upgrade", "--backup", "mine"]) == 0
    old.close()
    if old.path:
        assert main(["restore", "mine", "--yes"]) == 0
        assert revision(old) == "0005"
        return
    empty = new_database(request.getfixturevalue("postgres"), template="template0")
    address = empty.replace("postgresql+psycopg://", "postgresql://")
    subprocess.run(["pg_restore", "--no-owner", "--dbname", address, "mine"], check=True)
    restored = Store(empty)
    assert revision(restored) == "0005"
    restored.close()


def test_a_service_makes_a_copy_before_it_migrates(old: Store, tmp_path: Path) -> None:
    upgrades.open_safely(old.database, str(tmp_path / "copies"), NOW)
    assert revision(old) == NEWEST
    [kept] = (tmp_path / "copies").iterdir()
    assert "-before-0006-" in kept.name
    upgrades.open_safely(old.database, str(tmp_path / "copies"), NOW)
    assert [kept] == list((tmp_path / "copies").iterdir()), "there was nothing to do"


def test_where_copies_are_off_a_file_has_one_beside_it(old: Store, tmp_path: Path) -> None:
    upgrades.open_safely(old.database, "off", NOW)
    assert revision(old) == NEWEST
    if old.path:
        assert (tmp_path / "bot.db.before-0006").exists()


def test_a_copy_is_made_where_one_says(old: Store, capsys: Capture) -> None:
    assert main(["upgrade", "--backup", "mine"]) == 0
    assert Path("mine").exists()
    assert not Path("copies").exists()


def test_without_room_or_rights_it_says_that_it_cannot_be_tried(
    old: Store, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0))
    if not old.path:
        monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert main(["upgrade", "--dry-run"]) == 1
    out = capsys.readouterr().out
    assert "It cannot be tried" in out
    assert "8 rows in chat" in out


def test_a_file_that_cannot_be_copied_is_not_migrated(tmp_path: Path) -> None:
    at_revision(f"sqlite:///{tmp_path}/bot.db", "0005", former())
    (tmp_path / "file").touch()
    store = Store(f"sqlite:///{tmp_path}/bot.db")
    with pytest.raises(StoreError, match="cannot be made"):
        upgrades.open_safely(store.database, str(tmp_path / "file"), NOW)
    assert revision(store) == "0005"
    store.close()


def test_what_others_added_does_not_keep_a_bot_from_its_start(tmp_path: Path) -> None:
    index: tuple[str, dict[str, Any]] = ("CREATE INDEX mine ON chat (platform)", {})
    at_revision(f"sqlite:///{tmp_path}/bot.db", "0005", [*former(), index])
    store = Store(f"sqlite:///{tmp_path}/bot.db")
    upgrades.open_safely(store.database, "", NOW)
    assert revision(store) == NEWEST
    store.close()


def test_a_new_database_is_just_made(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/bot.db")
    assert revision(store) is None
    assert not (tmp_path / "bot.db").exists()
    upgrades.open_safely(store.database, "", NOW)
    assert revision(store) == NEWEST
    assert not (tmp_path / "backups").exists()
    store.close()
