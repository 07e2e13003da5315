"""Backup and restore: nothing is lost, with any target.

They say in a sentence why they will not.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.cli import backup
from bot.model import Address, Subscription
from bot.runtime.lock import Lock
from bot.store import Store, StoreError, copies, schema
from bot.store.copies import sqlite
from bot.store.copies.folder import made_at
from tests.store.test_migrations import at_revision
from tests.support.world import NOW

Capture = pytest.CaptureFixture[str]


def follow(path: Path, first: int, last: int) -> None:
    store = Store(f"sqlite:///{path}")
    store.open()
    for number in range(first, last + 1):
        store.subscriptions.add(
            Subscription(Address("telegram", str(number)), "linkedin", frozenset({"EU"})), NOW
        )
    store.close()


def followers(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM subscription").fetchone()[0])


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the settings name, with five that follow."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "smallprint.db"
    monkeypatch.setenv("SMALLPRINT_DATABASE", f"sqlite:///{path}")
    path.parent.mkdir()
    follow(path, 1, 5)
    return path


@pytest.fixture
def copy(live: Path, tmp_path: Path) -> Path:
    """A copy of it with three."""
    path = tmp_path / "copy.db"
    follow(path, 1, 3)
    return path


def refused(code: int, said: Capture, *words: str) -> None:
    out, err = said.readouterr()
    assert (code, out) == (1, "")
    assert err.count("\n") == 1, "one sentence"
    assert "Traceback" not in err
    assert any(word in err for word in words), err


# -- what is no copy of ours


def missing(path: Path, _: Path) -> None:
    """A name with a typo."""


def empty(path: Path, _: Path) -> None:
    path.touch()


def prose(path: Path, _: Path) -> None:
    path.write_text("a shopping list\n" * 400)


def foreign(path: Path, _: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE moz_places (x)")


def foreign_with_alembic(path: Path, _: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE alembic_version (version_num);INSERT INTO alembic_version VALUES ('0005')"
        )


def without_revision(path: Path, live: Path) -> None:
    changed(path, live, "DELETE FROM alembic_version")


def newer(path: Path, live: Path) -> None:
    changed(path, live, "UPDATE alembic_version SET version_num = '9999'")


def without_a_table(path: Path, live: Path) -> None:
    changed(path, live, "DROP TABLE outbox")


def cut_short(path: Path, live: Path) -> None:
    shutil.copy(live, path)
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path, live: Path) -> None:
    shutil.copy(live, path)
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 8)


def folder(path: Path, _: Path) -> None:
    path.mkdir()


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def dangling(path: Path, _: Path) -> None:
    path.symlink_to("nowhere.db")


def link_to_itself(path: Path, _: Path) -> None:
    path.symlink_to(path.name)


def changed(path: Path, live: Path, statement: str) -> None:
    shutil.copy(live, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


NO_COPIES = [
    missing,
    empty,
    prose,
    foreign,
    foreign_with_alembic,
    without_revision,
    newer,
    without_a_table,
    cut_short,
    overwritten,
    folder,
    pipe,
    dangling,
    link_to_itself,
]
Make = Callable[[Path, Path], None]


@pytest.mark.parametrize("make", NO_COPIES, ids=lambda make: make.__name__)
def test_what_is_no_copy_of_ours_is_not_restored(
    make: Make, live: Path, tmp_path: Path, capsys: Capture
) -> None:
    wrong = tmp_path / "wrong.db"
    make(wrong, live)
    before = sorted(path.name for path in live.parent.iterdir())
    words = ["no file", "not a", "damaged", "cannot be used"]
    if make is newer:
        words = ["newer Smallprint"]
    refused(backup.restore(wrong), capsys, *words)
    assert followers(live) == 5
    with pytest.raises(StoreError, match="|".join(words)):
        sqlite.restore(wrong, live)
    assert followers(live) == 5
    with pytest.raises(StoreError, match="|".join(words)):
        copies.check(wrong)
    left = {path.name for path in live.parent.iterdir()} - {"smallprint.db.lock"}
    assert left == set(before), "nothing half done is left"


@pytest.mark.parametrize(
    "make",
    [make for make in NO_COPIES if make is not missing],
    ids=lambda make: make.__name__,
)
def test_a_backup_overwrites_nothing(
    make: Make, live: Path, tmp_path: Path, capsys: Capture
) -> None:
    target = tmp_path / "target.db"
    make(target, live)
    before = target.read_bytes() if target.is_file() else None
    refused(backup.backup(target), capsys, "exists")
    assert (target.read_bytes() if target.is_file() else None) == before
    assert not list(tmp_path.glob("*.part"))


# -- the database itself


def its_name(live: Path, _: Path) -> Path:
    return live


def symbolic(live: Path, place: Path) -> Path:
    (place / "link.db").symlink_to(live)
    return place / "link.db"


def hard(live: Path, place: Path) -> Path:
    os.link(live, place / "link.db")
    return place / "link.db"


def roundabout(live: Path, place: Path) -> Path:
    return Path("data/../data/./smallprint.db")


@pytest.mark.parametrize(
    "way", [its_name, symbolic, hard, roundabout], ids=lambda way: way.__name__
)
@pytest.mark.parametrize("verb", [backup.restore, backup.backup], ids=lambda verb: verb.__name__)
def test_the_database_is_no_copy_of_itself(
    verb: Callable[[Path], int],
    way: Callable[[Path, Path], Path],
    live: Path,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    refused(verb(way(live, tmp_path)), capsys, "is the database itself")
    assert followers(live) == 5


def test_a_restore_through_a_link_replaces_what_it_points_to(
    live: Path, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.db").symlink_to(live)
    monkeypatch.setenv("SMALLPRINT_DATABASE", f"sqlite:///{tmp_path}/link.db")
    assert backup.restore(copy) == 0
    assert (tmp_path / "link.db").is_symlink()
    assert followers(live) == 3


# -- restoring


def test_every_restore_can_be_undone(live: Path, copy: Path, capsys: Capture) -> None:
    kept = [live.with_name(f"smallprint.db.before-restore{suffix}") for suffix in ("", "-2", "-3")]
    for number, source in enumerate((copy, kept[0], copy)):
        assert backup.restore(source) == 0
        assert str(kept[number]) in capsys.readouterr().out
        assert followers(live) == (3, 5, 3)[number]
    assert [followers(path) for path in kept] == [5, 3, 5]


def test_nothing_is_restored_while_the_bot_runs(live: Path, copy: Path, capsys: Capture) -> None:
    with Lock(live):
        refused(backup.restore(copy), capsys, "Stop it first")
    assert followers(live) == 5


def test_nothing_is_restored_while_another_program_has_it_open(
    live: Path, copy: Path, capsys: Capture
) -> None:
    with closing(sqlite3.connect(live)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("SELECT count(*) FROM chat").fetchall()
        assert backup.restore(copy) == 1
    assert "locked" in capsys.readouterr().err
    assert followers(live) == 5
    assert not list(live.parent.glob("*.part"))


def test_a_copy_with_a_log_is_read_whole(live: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(live)) as writing:
        writing.execute("PRAGMA wal_autocheckpoint = 0")
        writing.execute(
            "INSERT INTO subscription (service, chat_id, region, since)"
            " SELECT 'tiktok', chat_id, region, since FROM subscription"
        )
        writing.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{live}{suffix}", tmp_path / f"raw.db{suffix}")
    with closing(sqlite3.connect(live)) as writing:
        writing.execute("DELETE FROM subscription")
        writing.commit()
    assert backup.restore(tmp_path / "raw.db") == 0
    assert not live.with_name("smallprint.db-wal").exists()
    assert followers(live) == 10


def test_the_log_of_the_former_database_is_kept_with_it_and_not_played_into_the_next(
    live: Path, copy: Path
) -> None:
    """As a bot that was killed leaves it."""
    with closing(sqlite3.connect(live)) as writing:
        writing.execute("PRAGMA wal_autocheckpoint = 0")
        writing.execute("DELETE FROM subscription WHERE chat_id > 1")
        writing.commit()
        raw = {suffix: Path(f"{live}{suffix}").read_bytes() for suffix in ("", "-wal")}
    for suffix, content in raw.items():
        Path(f"{live}{suffix}").write_bytes(content)
    assert backup.restore(copy) == 0
    assert followers(live) == 3
    assert followers(live.with_name("smallprint.db.before-restore")) == 1


def test_a_damaged_database_is_replaced_and_kept_as_it_is(live: Path, copy: Path) -> None:
    live.write_bytes(b"this is no database" * 100)
    live.with_name("smallprint.db-wal").write_bytes(b"nor is this a log")
    assert backup.restore(copy) == 0
    assert not live.with_name("smallprint.db-wal").exists()
    assert followers(live) == 3
    kept = live.with_name("smallprint.db.before-restore")
    assert kept.read_bytes() == b"this is no database" * 100
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"nor is this a log"


def test_where_there_is_no_database_yet_a_copy_becomes_it(
    live: Path, copy: Path, capsys: Capture
) -> None:
    live.unlink()
    assert backup.restore(copy) == 0
    assert followers(live) == 3
    assert "before" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["a copy.db", "what?.db", "100%.db", "file:x.db?mode=memory", "no#1.db", "ünï.db"]
)
def test_names_are_names(live: Path, tmp_path: Path, name: str) -> None:
    assert backup.backup(tmp_path / name) == 0
    follow(live, 6, 9)
    assert backup.restore(tmp_path / name) == 0
    assert followers(live) == 5


@pytest.mark.parametrize("revision", ["0001", "0003", "0005"])
def test_copies_of_former_versions_are_restored(live: Path, tmp_path: Path, revision: str) -> None:
    at_revision(f"sqlite:///{tmp_path}/former.db", revision, [])
    assert backup.restore(tmp_path / "former.db") == 0
    store = Store(f"sqlite:///{live}")
    store.open()
    assert store.outbox.depth() == {}
    store.close()


# -- backing up


def test_a_backup_replaces_no_earlier_one(live: Path, copy: Path, capsys: Capture) -> None:
    refused(backup.backup(copy), capsys, "exists")
    assert followers(copy) == 3


def test_a_backup_without_a_name_goes_into_the_folder_of_copies(
    live: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backup.backup() == 0
    [made] = (live.parent / "backups").iterdir()
    assert made_at(made.name)
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    words = f"schema {schema.steps()[-1].revision}: 5 chats, 5 subscriptions, 0 stories"
    assert words in capsys.readouterr().out
    assert backup.verify(made) == 0
    assert words in capsys.readouterr().out
    monkeypatch.setenv("SMALLPRINT_BACKUPS", "off")
    refused(backup.backup(), capsys, "Name a file")


@pytest.mark.parametrize("name", ["no/such/copy.db", "data/smallprint.db/copy.db", "x" * 300])
def test_a_place_that_cannot_be_written_is_named(live: Path, capsys: Capture, name: str) -> None:
    refused(
        backup.backup(Path(name)),
        capsys,
        "no folder",
        "cannot be used",
        "too long",
        "leads nowhere",
    )


def test_what_is_made_is_for_nobody_else_to_read(live: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        follow(tmp_path / "new.db", 1, 1)
        assert backup.backup(tmp_path / "copy.db") == 0
        live.chmod(0o644)
        assert backup.restore(tmp_path / "copy.db") == 0
    finally:
        os.umask(before)
    made = [
        tmp_path / "new.db",
        tmp_path / "copy.db",
        live,
        live.with_name("smallprint.db.before-restore"),
    ]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o600] * 4


def test_a_check_changes_nothing(copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in copy.parent.iterdir() if path.is_file()}
    copies.check(copy)
    assert {
        path.name: path.read_bytes() for path in copy.parent.iterdir() if path.is_file()
    } == before


# -- passwords


WRONG = [
    "postgress://smallprint:hunter2secret@db/smallprint",
    "mysql://smallprint:hunter2secret@db/smallprint",
    "postgresql://smallprint:hunter2secret@db:port/smallprint",
    "postgresql://smallprint:x@hunter2secret@db/smallprint",
    "postgresql://smallprint:x@hunter2:secret@db/smallprint",
    "postgresql:smallprint:hunter2secret@db",
    "postgress://db/smallprint?user=smallprint&password=hunter2secret",
    "//smallprint:hunter2secret@db/smallprint",
]


@pytest.mark.parametrize("address", WRONG)
def test_no_error_shows_the_password_of_the_database(address: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store(address)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("postgresql://me:hunter2secret@db/name", ["hunter2secret"]),
        ("postgresql://me:hunter%402@db/name", ["hunter%402", "hunter@2"]),
        ("postgresql://me:hunter@2@db/name", ["hunter@2"]),
        ("postgresql://me@db/name?password=hunter+2", ["hunter 2", "hunter+2"]),
        ("postgresql://me@db/name", []),
        ("sqlite:///data/smallprint.db", []),
    ],
)
def test_the_password_of_the_database_is_a_secret(address: str, secret: list[str]) -> None:
    loaded = settings.load(PLATFORMS, None, {"SMALLPRINT_DATABASE": address})
    assert settings.secrets_of(loaded) == secret


def test_a_database_whose_tables_cannot_be_read_is_replaced_all_the_same(
    live: Path, copy: Path
) -> None:
    """Its first page is a database's, the list of its tables is not.

    SQLite takes it for a database until it is asked.
    """
    with live.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3900)
    assert backup.restore(copy) == 0
    assert followers(live) == 3


def test_no_half_copy_is_left_where_the_last_step_fails(
    live: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    assert backup.restore(copy) == 1
    assert followers(live) == 5
    assert not list(live.parent.glob("*.part"))
