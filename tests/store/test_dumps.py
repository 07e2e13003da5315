"""PostgreSQL: dumped by pg_dump, restored in one transaction, without running its content."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bot.cli import backup, main
from bot.model import Address, Subscription
from bot.store import Store, StoreError, copies, schema
from bot.store.copies import postgres as postgres_copies
from bot.store.copies import programs, refill
from bot.store.copies.contents import Contents
from tests.conftest import new_database
from tests.store.test_copies import refused
from tests.store.test_migrations import at_revision, former
from tests.support import dying
from tests.support import postgres as server
from tests.support.world import NOW

Capture = pytest.CaptureFixture[str]
SECRET = "hunter2:secret%&"


@pytest.fixture
def programs_here(monkeypatch: pytest.MonkeyPatch) -> Path:
    """pg_dump and pg_restore are on the PATH."""
    folder = server.binaries()
    assert folder
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def live(
    postgres: str, programs_here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """The database that the settings name, with five that follow."""
    monkeypatch.chdir(tmp_path)
    address = new_database(postgres)
    monkeypatch.setenv("SMALLPRINT_DATABASE", address)
    store = Store(address)
    follow(store, 1, 5)
    yield store
    store.close()


@pytest.fixture
def dump(live: Store, tmp_path: Path) -> Path:
    """A copy with five; nine follow now."""
    live.backup(tmp_path / "copy.dump")
    follow(live, 6, 9)
    return tmp_path / "copy.dump"


def follow(store: Store, first: int, last: int) -> None:
    for number in range(first, last + 1):
        who = Address("telegram", str(number))
        store.subscriptions.add(Subscription(who, "linkedin", frozenset({"EU"})), NOW)


def plain(store: Store) -> str:
    """The address as PostgreSQL's own programs take it."""
    return store.database.url.render_as_string(hide_password=False).replace("+psycopg", "")


def run(store: Store, *statements: str) -> None:
    with psycopg.connect(plain(store), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def followers(store: Store) -> int:
    with psycopg.connect(plain(store)) as connection:
        row = connection.execute("SELECT count(*) FROM subscription").fetchone()
    assert row
    return int(row[0])


# -- copying and putting back


def test_a_dump_is_put_back_and_what_was_there_is_kept(
    live: Store, dump: Path, capsys: Capture
) -> None:
    assert dump.stat().st_mode & 0o777 == 0o600
    assert backup.verify(dump) == 0
    assert "PostgreSQL, schema" in capsys.readouterr().out
    assert backup.restore(dump) == 0
    out = capsys.readouterr().out
    assert "There is now: PostgreSQL" in out
    assert "9 subscriptions" in out
    assert "5 subscriptions" in out
    assert followers(live) == 5
    [kept] = dump.parent.glob("smallprint-before-restore-*.dump")
    assert backup.restore(kept) == 0
    assert followers(live) == 9


def test_numbers_that_were_given_away_are_not_given_twice(live: Store, tmp_path: Path) -> None:
    run(live, "DELETE FROM subscription", "DELETE FROM chat")
    live.backup(tmp_path / "copy.dump")
    assert backup.restore(tmp_path / "copy.dump") == 0
    follow(live, 10, 10)
    with psycopg.connect(plain(live)) as connection:
        row = connection.execute("SELECT id FROM chat").fetchone()
    assert row == (6,)


def test_an_older_dump_is_migrated(
    postgres: str, live: Store, tmp_path: Path, capsys: Capture
) -> None:
    address = new_database(postgres, template="template0")
    at_revision(address, "0005", former())
    old = Store(address)
    old.backup(tmp_path / "old.dump")
    assert backup.restore(tmp_path / "old.dump") == 0
    assert "schema 0005: 8 chats" in capsys.readouterr().out
    assert live.outbox.depth()
    with live.database.read() as connection:
        assert schema.revision_of(connection) == schema.steps()[-1].revision
    old.close()


@pytest.mark.parametrize("revision", ["0001", "0005", "0012", schema.steps()[-1].revision])
def test_both_databases_have_the_same_tables(
    postgres: str, programs_here: Path, tmp_path: Path, revision: str
) -> None:
    """A dump is compared with what the migrations make in SQLite: pass, so they are alike."""
    address = new_database(postgres, template="template0")
    at_revision(address, revision, [])
    store = Store(address)
    assert store.backup(tmp_path / "copy.dump").revision == revision
    store.close()


def test_a_whole_database_by_pg_dump_is_taken_too(
    live: Store, programs_here: Path, tmp_path: Path
) -> None:
    """As the documentation told operators to do before."""
    path = tmp_path / "by-hand.dump"
    command = [str(programs_here / "pg_dump"), "-Fc", f"--file={path}", plain(live)]
    subprocess.run(command, check=True)
    assert backup.restore(path) == 0
    assert followers(live) == 5


def test_an_empty_database_takes_a_dump(
    live: Store, dump: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Store(new_database(postgres, template="template0"))
    monkeypatch.setenv("SMALLPRINT_DATABASE", empty.database.url.render_as_string(False))
    assert backup.restore(dump) == 0
    assert followers(empty) == 5
    assert not list(dump.parent.glob("*before-restore*"))
    empty.close()


# -- in the middle of it


def test_a_restore_that_is_killed_changes_nothing(live: Store, dump: Path) -> None:
    chance = random.Random(7)
    began = time.monotonic()
    assert backup.restore(dump) == 0
    whole = time.monotonic() - began
    for _ in range(4):
        follow(live, 6, 9)
        live.close()
        doing = dying.begun(partial(backup.restore, dump))
        time.sleep(whole * chance.uniform(0.2, 1))
        os.kill(doing, signal.SIGKILL)
        dying.ended(doing)
        assert followers(live) in (9, 5)
    assert backup.restore(dump) == 0


@pytest.mark.parametrize(
    ("name", "time"), [("_copy_in", 1), ("_copy_in", 20), ("_set_sequence", 3)]
)
def test_a_restore_that_dies_within_its_transaction_changes_nothing(
    live: Store, dump: Path, name: str, time: int
) -> None:
    live.close()
    restoring = partial(backup.restore, dump)
    assert dying.killed_at(refill, name, time, True, restoring) == signal.SIGKILL
    assert followers(live) == 9
    assert backup.restore(dump) == 0
    assert followers(live) == 5


def test_nothing_is_restored_while_the_bot_runs(live: Store, dump: Path, capsys: Capture) -> None:
    now = datetime.now(UTC)
    live.leases.take("poll", "me", now, timedelta(minutes=1))
    assert backup.restore(dump) == 1
    assert "Stop it" in capsys.readouterr().err
    live.leases.leave("poll", "me")
    live.watch.beat("me", "{}", (), now)
    assert backup.restore(dump) == 1
    assert "Stop it" in capsys.readouterr().err
    live.watch.leave("me")
    live.leases.hold_off("telegram", now + timedelta(hours=1))
    assert backup.restore(dump) == 0


def test_who_is_asked_may_say_no(
    live: Store, dump: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _asked: "")
    assert backup.restore(dump) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert followers(live) == 9
    assert backup.restore(dump, yes=True) == 0


def test_what_was_there_cannot_be_kept_so_nothing_is_restored(
    live: Store, dump: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = programs.find

    def without(name: str) -> Path:
        return found("no-such-program" if name == "pg_dump" else name)

    monkeypatch.setattr(programs, "find", without)
    assert backup.restore(dump) == 1
    assert "PATH" in capsys.readouterr().err
    assert followers(live) == 9


# -- dumps that are not ours, and hostile ones

Spoil = Callable[[Store], None]


def with_a_trigger(store: Store) -> None:
    run(
        store,
        "CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER evil BEFORE DELETE ON chat FOR EACH ROW EXECUTE FUNCTION evil()",
    )


def with_a_view(store: Store) -> None:
    run(store, "CREATE VIEW all_chats AS SELECT * FROM chat")


def with_a_rule(store: Store) -> None:
    run(store, "CREATE RULE never AS ON DELETE TO chat DO INSTEAD NOTHING")


def with_a_table(store: Store) -> None:
    run(store, "CREATE TABLE pg_evil (x text)")


def with_a_column(store: Store) -> None:
    run(store, "ALTER TABLE chat ADD evil text")


def without_a_table(store: Store) -> None:
    run(store, "DROP TABLE lease")


def without_a_revision(store: Store) -> None:
    run(store, "DELETE FROM alembic_version")


def newer(store: Store) -> None:
    run(store, "UPDATE alembic_version SET version_num = '9999'")


def with_a_large_object(store: Store) -> None:
    run(store, "SELECT lo_from_bytea(0, 'evil')")


@pytest.mark.parametrize(
    "spoil",
    [
        with_a_trigger,
        with_a_view,
        with_a_rule,
        with_a_table,
        with_a_column,
        without_a_table,
        without_a_revision,
        newer,
        with_a_large_object,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_what_is_no_dump_of_ours_is_refused(
    spoil: Spoil, postgres: str, live: Store, programs_here: Path, tmp_path: Path, capsys: Capture
) -> None:
    other = Store(new_database(postgres))
    spoil(other)
    path = tmp_path / "other.dump"
    command = [str(programs_here / "pg_dump"), "-Fc", f"--file={path}", plain(other)]
    subprocess.run(command, check=True)
    refused(backup.verify(path), capsys, "not of Smallprint", "no ", "another", "newer")
    refused(backup.restore(path), capsys, "not of Smallprint", "no ", "another", "newer")
    assert followers(live) == 5
    other.close()


#: What a crafted archive may say in place of `COPY public.chat (`, in as many letters.
CRAFTED = [
    b"COPY public.evil (",
    b"COPY pg_proc.x  (x",
    b"DROP TABLE  chat;(",
]


@pytest.mark.parametrize("words", CRAFTED)
def test_a_crafted_statement_is_not_run(
    words: bytes, live: Store, dump: Path, capsys: Capture
) -> None:
    whole = dump.read_bytes()
    assert whole.count(b"COPY public.chat (") == 1
    dump.write_bytes(whole.replace(b"COPY public.chat (", words))
    refused(backup.restore(dump), capsys, "not of Smallprint", "no table")
    assert followers(live) == 9


def test_a_program_in_a_crafted_archive_is_not_run(
    live: Store, dump: Path, tmp_path: Path, capsys: Capture
) -> None:
    whole = dump.read_bytes()
    begin = whole.index(b"COPY public.chat (")
    end = whole.index(b";", begin)
    crafted = b"COPY public.chat FROM PROGRAM 'touch " + str(tmp_path / "x").encode() + b"'"
    dump.write_bytes(whole[:begin] + crafted.ljust(end - begin) + whole[end:])
    refused(backup.restore(dump), capsys, "statement that is not of Smallprint")
    assert not (tmp_path / "x").exists()
    assert followers(live) == 9


def test_damaged_archives_are_refused_in_a_sentence(
    live: Store, dump: Path, capsys: Capture
) -> None:
    """Cut short, and overwritten here and there."""
    whole = dump.read_bytes()
    chance = random.Random(3)
    tried = [whole[: len(whole) // 2], whole[:5], whole[:-1200]]
    for _ in range(8):
        place = chance.randrange(5, len(whole) - 40)
        tried.append(whole[:place] + chance.randbytes(40) + whole[place + 40 :])
    for each in tried:
        dump.write_bytes(each)
        if backup.verify(dump):
            out, err = capsys.readouterr()
            assert (out, err.count("\n")) == ("", 1), err
        capsys.readouterr()
    assert followers(live) == 9


def test_rows_that_do_not_fit_change_nothing(live: Store, tmp_path: Path, capsys: Capture) -> None:
    """Rows that refer to chats that are gone, as a foreign key that was away lets them in."""
    run(
        live,
        "ALTER TABLE subscription DISABLE TRIGGER ALL",
        "INSERT INTO subscription (service, chat_id, region, since) VALUES ('x', 999, 'EU', 0)",
    )
    run(live, "ALTER TABLE subscription ENABLE TRIGGER ALL")
    live.backup(tmp_path / "odd.dump")
    run(live, "DELETE FROM subscription WHERE chat_id = 999")
    assert backup.restore(tmp_path / "odd.dump") == 1
    assert "foreign key" in capsys.readouterr().err
    assert followers(live) == 5


# -- programs and passwords


def test_without_the_programs_it_says_so(
    live: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(backup.backup(tmp_path / "copy.dump"), capsys, "pg_dump is not on the PATH")
    assert not list(tmp_path.iterdir())


def test_no_error_and_no_command_line_shows_the_password(
    live: Store, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(live.database.url.set(password=SECRET).render_as_string(False))
    address, more = postgres_copies.address_of(store.database)
    assert SECRET not in address
    assert more == {"PGPASSWORD": SECRET}
    nowhere = store.database.url.set(host="127.0.0.1", port=1, query={})
    monkeypatch.setenv("SMALLPRINT_DATABASE", nowhere.render_as_string(False))
    for verb in (["backup", "x.dump"], ["upgrade", "--dry-run"], ["outbox"]):
        assert main(verb) == 1
        out, err = capsys.readouterr()
        assert "hunter2" not in out + err


def test_pg_dump_fails_and_nothing_is_left(
    live: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho PGDMP\necho 'pg_dump: error: no luck' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(StoreError, match="pg_dump failed: no luck"):
        live.backup(tmp_path / "copy.dump")
    shutil.rmtree(fake.parent)
    assert not list(tmp_path.iterdir())


def test_no_token_is_handed_to_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:x")
    monkeypatch.setenv("PGSSLMODE", "prefer")
    found = programs.environment({"PGPASSWORD": "x"})
    assert "TELEGRAM_TOKEN" not in found
    assert found["PGSSLMODE"] == "prefer"


def test_a_dump_is_not_for_sqlite_and_a_file_not_for_postgresql(
    live: Store, dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    other = Store(f"sqlite:///{tmp_path}/s.db")
    other.open()
    other.backup(tmp_path / "s-copy.db")
    other.close()
    refused(backup.restore(tmp_path / "s-copy.db"), capsys, "not an archive of pg_dump")
    monkeypatch.setenv("SMALLPRINT_DATABASE", f"sqlite:///{tmp_path}/s.db")
    refused(backup.restore(dump), capsys, "PostgreSQL dump")


def test_what_is_said_of_a_database_without_tables(postgres: str) -> None:
    store = Store(new_database(postgres, template="template0"))
    with store.database.read() as connection:
        assert postgres_copies.contents_of(connection) is None
    with pytest.raises(StoreError, match="no Smallprint in the database"):
        copies.back_up(store.database, Path("nowhere.dump"))
    store.close()
    assert Contents("PostgreSQL", "0001", {"chats": 1}).words.endswith("1 chats")
