"""Copies of a SQLite database: made while it is in use, and checked before they are trusted.

None is ever half written.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.store.database import StoreError

#: Every version of ours has these tables.
_OURS = frozenset(
    {
        "alembic_version",
        "source",
        "item",
        "document",
        "story",
        "story_service",
        "change",
        "chat",
        "subscription",
        "outbox",
    }
)
#: What SQLite keeps beside a database that is open, or was not closed.
_BESIDE = ("-wal", "-journal")


def check(path: Path) -> None:
    """Raise StoreError unless a file is a whole database that this version can read.

    The error's sentence is for an operator.
    """
    with _read_only(path) as connection, _translated(path):
        revisions = _revisions(connection)
        if len(revisions) != 1:
            raise StoreError(f"{path} is not a Smallprint database; name another file.")
        if not revisions <= _known():
            raise StoreError(f"{path} was made by a newer Smallprint; update this one.")
        said = connection.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise StoreError(f"{path} is damaged ({said}); name another file.")


def _revisions(connection: sqlite3.Connection) -> set[str]:
    """The revisions that a database of ours names; none where it is something else."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in rows}
    if not tables.issuperset(_OURS):
        return set()
    return {number for (number,) in connection.execute("SELECT version_num FROM alembic_version")}


def back_up(source: Path, target: Path) -> None:
    """Copy a database, which may be in use. Only an earlier copy is overwritten.

    Raises StoreError, which says why not.
    """
    target = _real(target)
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}.")
    if target.exists():
        _check_earlier_copy(source, target)
    with _translated(target), _opened(source, "mode=rw") as reading:
        fresh = _copied(reading, target)
        _put(fresh, target)


def _check_earlier_copy(source: Path, target: Path) -> None:
    """Raise StoreError unless the file at `target` is a copy that nobody uses."""
    if target.samefile(source):
        raise StoreError(f"{target} is the database itself; name another file.")
    if _has_beside(target, (*_BESIDE, ".lock")):
        raise StoreError(f"{target} is a database in use; name another file.")
    try:
        check(target)
    except StoreError as error:
        said = f"{target} exists and is no copy of a database; name another file."
        raise StoreError(said) from error


def restore(copy: Path, path: Path, checked: Callable[[Path], None] = check) -> Path | None:
    """Put a copy in the place of a database that nobody uses.

    Returns where the former one is kept, None where there was none. `checked` is how the copy is
    looked at: a file from anywhere may keep SQLite busy for ever. At every moment there is one of
    the two, whole. Raises StoreError and leaves everything as it was.
    """
    path = _real(path)
    if copy.exists() and path.exists() and copy.samefile(path):
        raise StoreError(f"{copy} is the database itself; name a copy of it.")
    checked(copy)
    kept = None
    with _translated(path):
        with _read_only(copy) as reading:
            fresh = _copied(reading, path)
        try:
            if path.exists():
                kept = _keep(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        _put(fresh, path)
    return kept


def _known() -> set[str]:
    scripts = ScriptDirectory(str(Path(__file__).with_name("migrations")))
    return {script.revision for script in scripts.walk_revisions()}


@contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, and makes nothing where there is nothing."""
    if not path.exists():
        raise StoreError(f"There is no file {path}.")
    if not path.is_file():
        raise StoreError(f"{path} is not a file.")
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


def _copied(reading: sqlite3.Connection, target: Path) -> Path:
    """A whole copy under a name of its own beside `target`, for nobody else to read."""
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    fresh = Path(name)
    try:
        with closing(sqlite3.connect(fresh)) as writing:
            reading.backup(writing)
        # The bot must be able to read it; but only root can give a file away.
        with suppress(PermissionError):
            place = target if target.exists() else target.parent
            owner = place.stat()
            os.chown(fresh, owner.st_uid, owner.st_gid)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def _put(fresh: Path, target: Path) -> None:
    """Give a finished file its name, for good."""
    try:
        _sync(fresh)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep(path: Path) -> Path:
    """Give a database a second name that no file has yet.

    Its log goes into it, or, where it is damaged, along with it: a log that stays behind would be
    played into the next database.
    """
    if _is_readable(path):
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = delete")
    kept = _free(path)
    with suppress(PermissionError):
        path.chmod(0o600)
    try:
        os.link(path, kept)
    except OSError:  # not every file system has second names
        shutil.copy2(path, kept)
        _sync(kept)
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


def _free(path: Path) -> Path:
    """The first of `.before-restore`, `.before-restore-2` and so on that no file has."""
    name = f"{path.name}.before-restore"
    number = 1
    kept = path.with_name(name)
    while kept.exists():
        number += 1
        kept = path.with_name(f"{name}-{number}")
    return kept


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
