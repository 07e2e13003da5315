"""Copies of a SQLite database: made while it is in use, and checked before they are trusted.

At every moment there is one whole database.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.store import schema
from bot.store.copies import files
from bot.store.copies.contents import COUNTED, Agreed, Contents, Restored, counted
from bot.store.database import StoreError
from bot.store.shapes import shapes_of, strangers_in

#: How a file begins that is one.
MAGIC = b"SQLite format 3\0"
KIND = "SQLite"
#: What SQLite keeps beside a database that is open, or was not closed.
_BESIDE = ("-wal", "-journal")
#: Nothing of a file from anywhere is run, whatever its schema says.
_CAREFULLY = ("trusted_schema = off", "query_only = on", "cell_size_check = on")

#: Looks at a file that it calls by another name. Raises StoreError.
Checked = Callable[[Path, Path], Contents]


def check(path: Path, name: Path | None = None) -> Contents:
    """What a file holds, if it is a whole database that this version made or can migrate.

    It has the tables of its schema, as our migrations make them, and nothing else. Raises
    StoreError otherwise, with a sentence for an operator that calls the file `name`.
    """
    name = name or path
    with _read_only(path) as connection, _translated(name):
        for pragma in _CAREFULLY:
            connection.execute(f"PRAGMA {pragma}")
        _refuse_strangers(connection, _revision(connection, name), name)
    return check_sound(path, name)


def check_sound(path: Path, name: Path | None = None) -> Contents:
    """What a file of our own holds; what others added to it is not looked at.

    Raises StoreError where it is damaged.
    """
    name = name or path
    with _read_only(path) as connection, _translated(name):
        for pragma in _CAREFULLY:
            connection.execute(f"PRAGMA {pragma}")
        revision = _revision(connection, name)
        said = connection.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise StoreError(f"{name} is damaged ({said}).")
        if row := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(f"{name} is damaged (table {row[0]} refers to rows that are gone).")
        return Contents(KIND, revision, _counts(connection))


def contents_of(path: Path) -> Contents | None:
    """What a database holds, which may be in use; None where it cannot be read."""
    try:
        with _read_only(path) as connection:
            return Contents(KIND, _revision(connection, path), _counts(connection))
    except (StoreError, sqlite3.Error):
        return None


def _revision(connection: sqlite3.Connection, name: Path) -> str:
    """The revision that a database of ours names. Raises StoreError where it is something else."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (?, 'outbox')"
    ours = connection.execute(query, (schema.VERSION_TABLE,)).fetchone()[0] == 2
    rows = []
    if ours:
        versions = f"SELECT version_num FROM {schema.VERSION_TABLE}"  # noqa: S608 - our own name
        rows = connection.execute(versions).fetchall()
    if len(rows) != 1:
        raise StoreError(f"{name} is not a Smallprint database; name another file.")
    if not schema.is_known(rows[0][0]):
        raise StoreError(f"{name} was made by a newer Smallprint; update this one.")
    return str(rows[0][0])


def _refuse_strangers(connection: sqlite3.Connection, revision: str, name: Path) -> None:
    """Raise StoreError where there is what our migrations do not make: it could run at any time."""
    if strangers := strangers_in(connection):
        raise StoreError(f"{name} has a {strangers[0]}, which is not of Smallprint.")
    made, found = schema.made_by(revision), shapes_of(connection)
    for table in sorted(made.keys() | found.keys()):
        if table not in found:
            raise StoreError(f"{name} is not a Smallprint database; it has no table {table}.")
        if table not in made:
            raise StoreError(f"{name} has a table {table}, which is not of Smallprint.")
        if not found[table].is_like(made[table]):
            raise StoreError(f"{name} has another table {table} than Smallprint makes.")


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    rows = {}
    for table in COUNTED:
        [rows[table]] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    outbox = connection.execute("SELECT state, count(*) FROM outbox GROUP BY state")
    return counted(rows, dict(outbox.fetchall()))


def back_up(source: Path, target: Path, checked: Checked = check) -> Contents:
    """Copy a database, which may be in use, to a new file; what the copy holds.

    Raises StoreError, which says why not, and then there is no such file.
    """
    if target.exists() and target.samefile(source):
        raise StoreError(f"{target} is the database itself; name another file.")
    files.refuse_existing(target)
    with _translated(target), files.unfinished(target) as fresh:
        with _opened(source, "mode=rw") as reading:
            _copy(reading, fresh)
        files.keep_owner(fresh, source)
        found = checked(fresh, source)
        files.put_new(fresh, target)
    return found


def take(copy: Path, fresh: Path) -> Contents:
    """Copy a file from anywhere into an empty one, and check what came of it.

    Raises StoreError. It may keep SQLite busy for ever, so it is called in a process of its own.
    """
    with _translated(copy), _read_only(copy) as reading:
        _copy(reading, fresh)
    return check(fresh, copy)


def restore(
    copy: Path,
    path: Path,
    taken: Checked = take,
    agreed: Agreed = lambda _found, _now: True,
) -> Restored | None:
    """Put a copy in the place of a database that nobody uses; None where that was not agreed to.

    `taken` is how the copy is read. At every moment there is one of the two, whole. Raises
    StoreError and leaves everything as it was.
    """
    path = _real(path)
    if copy.exists() and path.exists() and copy.samefile(path):
        raise StoreError(f"{copy} is the database itself; name a copy of it.")
    _refuse_no_file(copy)
    with _translated(path), files.unfinished(path) as fresh:
        found = taken(copy, fresh)
        files.keep_owner(fresh, path)
        if not agreed(found, contents_of(path) if path.exists() else None):
            return None
        kept = _keep(path) if path.exists() else None
        files.put(fresh, path)
    return Restored(found, kept)


def duplicate(path: Path, fresh: Path) -> None:
    """Copy a database, which may be in use, into an empty file. Raises StoreError."""
    with _translated(path), _opened(path, "mode=rw") as reading:
        _copy(reading, fresh)


def _refuse_no_file(path: Path) -> None:
    if not path.exists():
        raise StoreError(f"There is no file {path}.")
    if not path.is_file():
        raise StoreError(f"{path} is not a file.")


@contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, and makes nothing where there is nothing."""
    with _translated(path):
        _refuse_no_file(path)
    how = "mode=ro"
    # Without a log beside it the file is all there is; SQLite would want to write beside it even
    # to read it.
    if not _has_beside(path.resolve(), _BESIDE):
        how = "mode=ro&immutable=1"
    with _opened(path, how) as connection:
        yield connection


@contextmanager
def _opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    with _translated(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    with closing(connection):
        yield connection


def _copy(reading: sqlite3.Connection, fresh: Path) -> None:
    """Fill an empty file with a database. What fails is thrown away, so nothing is logged."""
    with closing(sqlite3.connect(fresh)) as writing:
        writing.execute("PRAGMA synchronous = off")
        reading.backup(writing)


def _keep(path: Path) -> Path:
    """Give a database a second name that no file has yet.

    Its log goes into it, or, where it is damaged, along with it: a log that stays behind would be
    played into the next database.
    """
    if _is_readable(path):
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = delete")
    kept = files.free(path.with_name(f"{path.name}.before-restore"))
    with suppress(PermissionError):
        path.chmod(0o600)
    try:
        kept.hardlink_to(path)
    except OSError:  # not every file system has second names
        with files.unfinished(kept) as fresh:
            shutil.copyfile(path, fresh)
            files.keep_owner(fresh, path)
            files.put_new(fresh, kept)
    for suffix in ("-wal", "-journal", "-shm"):
        if _beside(path, suffix).exists():
            _beside(path, suffix).replace(_beside(kept, suffix))
    return kept


def _is_readable(path: Path) -> bool:
    """Whether SQLite can read a file's tables.

    Asked read-only: else it would throw away the log of one that it does not take for a database.
    Raises sqlite3.OperationalError where it cannot even ask.
    """
    try:
        with _opened(path, "mode=ro") as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    return True


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _has_beside(path: Path, suffixes: Iterable[str]) -> bool:
    return any(_beside(path, suffix).exists() for suffix in suffixes)


def _real(path: Path) -> Path:
    """Where a name leads; what a link points to is replaced, not the link."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{path} leads nowhere.") from error


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "not a database" in str(error):
            raise StoreError(f"{path} is not a Smallprint database; name another file.") from error
        raise StoreError(f"{path} cannot be used: {error}.") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror or error}.") from error
