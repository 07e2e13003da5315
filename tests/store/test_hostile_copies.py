"""Untrusted copies of SQLite files, and crashes at any moment."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.cli import backup
from bot.store import Store, StoreError, copies
from bot.store.copies import files, sqlite
from bot.store.database import Database
from tests.store.test_copies import Capture, changed, follow, followers, refused
from tests.support import dying

ROOT = Path(__file__).resolve().parents[2]
#: What somebody may have put into a file of ours, by what it is.
PUT_IN = {
    "trigger": "CREATE TRIGGER evil AFTER DELETE ON chat BEGIN DELETE FROM outbox; END",
    "view": "CREATE VIEW evil AS SELECT * FROM chat",
    "virtual table": "CREATE VIRTUAL TABLE evil USING fts5(x)",
    "table": "CREATE TABLE evil (x)",
    "column": "ALTER TABLE chat ADD evil TEXT",
    "computed column": "ALTER TABLE chat ADD evil TEXT AS (upper(chat))",
    "index": "CREATE INDEX evil ON chat (server)",
    "index of an expression": "CREATE INDEX evil ON chat (upper(server))",
    "unique index": "CREATE UNIQUE INDEX evil ON chat (chat)",
}
#: The same, where SQLite would not let one write it: what the schema says is replaced.
WRITTEN_IN = {
    "check": ("story", "CHECK (told_at > 0), recorded BIGINT"),
    "check in a comment": ("story", "/* ' */ CHECK (told_at > 0) /* ' */, recorded BIGINT"),
    "collation": ("story", "COLLATE nocase, recorded BIGINT"),
    "conflict": ("story", "ON CONFLICT REPLACE, recorded BIGINT"),
    "default": ("story", "DEFAULT (random()), recorded BIGINT"),
}


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the settings name, with five that follow."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "smallprint.db"
    monkeypatch.setenv("SMALLPRINT_DATABASE", f"sqlite:///{path}")
    follow(path, 1, 5)
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return tmp_path / "wrong.db"


@pytest.mark.parametrize("what", PUT_IN)
def test_what_is_not_ours_is_not_restored(
    what: str, live: Path, wrong: Path, capsys: Capture
) -> None:
    changed(wrong, live, PUT_IN[what])
    for used in (lambda: copies.check(wrong), lambda: sqlite.restore(wrong, live)):
        with pytest.raises(StoreError, match=r"not of Smallprint|another table"):
            used()
    if what == "trigger":
        refused(backup.verify(wrong), capsys, "has a trigger evil, which is not of Smallprint")
        refused(backup.restore(wrong), capsys, "has a trigger evil, which is not of Smallprint")
    assert followers(live) == 5


@pytest.mark.parametrize("what", WRITTEN_IN)
def test_what_hides_in_a_table_of_ours_is_found(what: str, live: Path, wrong: Path) -> None:
    table, words = WRITTEN_IN[what]
    changed(wrong, live, "SELECT 1")
    with closing(sqlite3.connect(wrong)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ', \n\trecorded BIGINT', ' ' || ?)"
            " WHERE name = ?",
            (words, table),
        )
        connection.commit()
    with pytest.raises(StoreError, match="another table story"):
        copies.check(wrong)


def test_rows_that_refer_to_nothing_are_damage(live: Path, wrong: Path) -> None:
    changed(wrong, live, "DELETE FROM chat WHERE id = 1")
    with pytest.raises(StoreError, match="refers to rows that are gone"):
        copies.check(wrong)


def test_statistics_of_sqlite_are_no_strangers(live: Path, wrong: Path) -> None:
    changed(wrong, live, "ANALYZE")
    assert copies.check(wrong).counts["subscriptions"] == 5


def test_what_others_added_to_the_database_is_said_when_it_is_copied(
    live: Path, tmp_path: Path, capsys: Capture
) -> None:
    """A copy that could not be restored is none."""
    with closing(sqlite3.connect(live)) as connection:
        connection.execute(PUT_IN["index"])
    refused(backup.backup(tmp_path / "copy.db"), capsys, "another table chat")
    assert not list(tmp_path.glob("copy.db*"))


# -- killed, full, two at once


@pytest.fixture
def large(live: Path) -> Path:
    """The database with some megabytes in it."""
    with closing(sqlite3.connect(live)) as connection:
        connection.executemany(
            "INSERT INTO item (uid, source_id, payload, state, due_at, recorded, attempts, why)"
            " VALUES (?, 'x', ?, 'seen', 0, 0, 0, '')",
            ((str(number), "x" * 30_000) for number in range(300)),
        )
        connection.commit()
    return live


def test_a_backup_that_is_killed_leaves_no_half_copy(large: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    for number in range(8):
        target = tmp_path / f"copy{number}.db"
        doing = dying.begun(partial(sqlite.back_up, large, target))
        time.sleep(chance.uniform(0, 0.08))
        os.kill(doing, signal.SIGKILL)
        dying.ended(doing)
        for part in tmp_path.glob("*.part*"):
            assert part.stat().st_mode & 0o777 == 0o600
            part.unlink()
        if target.exists():
            assert sqlite.check(target).counts["items"] == 300
    assert followers(large) == 5


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(sqlite, "_keep"), (files, "put"), (files, "sync"), (Path, "replace"), (Path, "hardlink_to")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_a_restore_that_is_killed_leaves_one_of_the_two_whole(
    owner: object, name: str, after: bool, live: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    follow(copy, 1, 3)
    restoring = partial(sqlite.restore, copy, live)
    assert dying.killed_at(owner, name, 1, after, restoring) == signal.SIGKILL
    assert followers(live) in (5, 3)
    sqlite.check(live)
    restoring()
    assert followers(live) == 3


@pytest.fixture
def full() -> Iterator[None]:
    """No file may grow over a megabyte, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_everything_as_it_was(
    large: Path, tmp_path: Path, full: None, capsys: Capture
) -> None:
    refused(backup.backup(tmp_path / "copy.db"), capsys, "full", "cannot be used")
    assert not list(tmp_path.glob("copy.db*"))


def test_two_backups_at_once_do_not_get_the_same_name(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"

    def copied(_number: int) -> str:
        try:
            sqlite.back_up(live, target)
        except StoreError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(copied, range(4)))
    assert said.count("") == 1
    assert sum("exists" in words for words in said) == 3
    assert followers(target) == 5
    assert not list(tmp_path.glob("*.part"))


def test_without_second_names_a_copy_still_overwrites_nothing(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fails)
    sqlite.back_up(live, tmp_path / "copy.db")
    assert followers(tmp_path / "copy.db") == 5
    fresh, taken = tmp_path / "fresh", tmp_path / "taken"
    fresh.write_text("new")
    taken.write_text("old")
    with pytest.raises(StoreError, match="exists"):
        files.put_new(fresh, taken)
    assert taken.read_text() == "old"


def test_a_link_is_not_followed_to_another_file(
    live: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "copy.db").symlink_to(tmp_path / "elsewhere")
    refused(backup.backup(tmp_path / "copy.db"), capsys, "exists")
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_database_is_for_nobody_else(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(f"sqlite:///{tmp_path}/new/bot.db")
        database.open()
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM chat")
            modes = {
                path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()
            }
        database.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm"), 0o600)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_who_is_asked_may_say_no(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert backup.backup(tmp_path / "copy.db") == 0
    follow(live, 6, 9)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _asked: "whatever")
    assert backup.restore(tmp_path / "copy.db") == 1
    said = capsys.readouterr()
    assert "There is now: SQLite" in said.out
    assert "9 subscriptions" in said.out
    assert "5 subscriptions" in said.out
    assert followers(live) == 9
    assert not list(live.parent.glob("*.before-restore"))
    monkeypatch.setattr("builtins.input", lambda _asked: "y")
    assert backup.restore(tmp_path / "copy.db") == 0
    assert followers(live) == 5


def test_verify_needs_no_settings(live: Path, tmp_path: Path, capsys: Capture) -> None:
    made = Store(f"sqlite:///{live}").backup(tmp_path / "copy.db")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "verify", "copy.db"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "SMALLPRINT_NONSENSE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.words in done.stdout
