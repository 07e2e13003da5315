"""Backups of a SQLite database: made while it is in use, and checked before they are trusted.

At every moment one complete database exists.
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

#: The first bytes of a SQLite file.
MAGIC = b"SQLite format 3\0"
KIND = "SQLite"
#: Suffixes of SQLite's side files of a database that is open, or was not closed.
_BESIDE = ("-wal", "-journal")
#: Pragmas for untrusted files: nothing in them is run, whatever their schema says.
_CAREFULLY = ("trusted_schema = off", "query_only = on", "cell_size_check = on")

#: Checks a file, which error messages call by another name. Raises StoreError.
Checked = Callable[[Path, Path], Contents]


def check(path: Path, name: Path | None = None) -> Contents:
    """The contents of a complete database that this version made or can migrate.

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
    """The contents of a file of our own; what others added to it is ignored.

    Raises StoreError if it is damaged.
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
    """The contents of a database, which may be in use; None if it cannot be read."""
    try:
        with _read_only(path) as connection:
            return Contents(KIND, _revision(connection, path), _counts(connection))
    except (StoreError, sqlite3.Error):
        return None


def _revision(connection: sqlite3.Connection, name: Path) -> str:
    """The revision of a database of ours. Raises StoreError if it is anything else."""
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
    """Raise StoreError if there is anything that our migrations do not make, such as a trigger."""
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
    """Back up a database, which may be in use, to a new file; return the backup's contents.

    Raises StoreError, which says why, if it cannot; then there is no such file.
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
    """Copy an untrusted file into an empty one, and check the result.

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
    """Replace an unused database with a backup; None if `agreed` says no.

    `taken` reads the backup. At every moment one of the two is there, complete. Raises StoreError
    and leaves everything as it was.
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
    """A read-only connection, which creates no files."""
    with _translated(path):
        _refuse_no_file(path)
    how = "mode=ro"
    # Without a log beside it the file is complete; otherwise SQLite would write beside it even for
    # reading.
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
    """Copy a database into an empty file. A failed copy is thrown away, so no journal is needed."""
    with closing(sqlite3.connect(fresh)) as writing:
        writing.execute("PRAGMA synchronous = off")
        reading.backup(writing)


def _keep(path: Path) -> Path:
    """Keep a database under a second, unused name.

    Its log is written into it or, if it is damaged, moved along with it: a log that stayed behind
    would be applied to the next database.
    """
    if _is_readable(path):
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = delete")
    kept = files.free(path.with_name(f"{path.name}.before-restore"))
    with suppress(PermissionError):
        path.chmod(0o600)
    try:
        kept.hardlink_to(path)
    except OSError:  # not every file system has hard links
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

    It is opened read-only, because otherwise SQLite deletes the log of a file that it does not
    recognise as a database. Raises sqlite3.OperationalError if it cannot even try.
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
    """The path that a name resolves to; a link's target is replaced, not the link."""
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
