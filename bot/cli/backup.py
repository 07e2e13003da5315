"""`smallprint backup`, `verify` and `restore`: backups of the database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli._verb import Verb, said

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.copies.contents import Contents, Restored
    from bot.store.database import Database

#: The limits for checking a backup, for which all of it is read.
CHECK_CPU_SECONDS = 600
CHECK_WALL_SECONDS = 1200.0


def backup(target: Path | None = None) -> int:
    """Back up the database while the bot runs, by default into the folder of backups.

    Returns the exit code, which is 1 on failure; then nothing is changed.
    """
    from bot.cli._database import existing, loaded
    from bot.settings import SettingsError
    from bot.store import StoreError

    try:
        config = loaded()
        with closing(existing(config)) as store:
            target = target or _new_name(config, store.database)
            found = store.backup(target)
    except (SettingsError, StoreError, OSError) as error:
        return said(str(error), 1)
    return said(f"Copied to {target}.\n{found.words}.", 0)


def verify(copy: Path) -> int:
    """Print the contents of a backup; return the exit code, which is 1 if it cannot be restored."""
    from bot.runtime import bounded
    from bot.runtime.bounded import Limits, OverLimitError
    from bot.store import StoreError, copies

    limits = Limits(cpu=CHECK_CPU_SECONDS, wall=CHECK_WALL_SECONDS)
    try:
        if copies.is_dump(copy):  # pg_restore is a process of its own
            found = copies.check(copy)
        else:
            found = bounded.call(copies.check, copy, limits=limits)
    except (StoreError, OverLimitError, OSError) as error:
        return said(str(error), 1)
    return said(f"{copy} is sound. {found.words}.", 0)


def restore(copy: Path, yes: bool = False) -> int:
    """Replace the database with a backup and keep the old one; on a terminal, ask first.

    Returns the exit code, which is 1 on failure; then nothing is changed.
    """
    from bot.cli._database import loaded
    from bot.runtime.bounded import OverLimitError
    from bot.runtime.lock import LockError
    from bot.settings import SettingsError
    from bot.store import Store, StoreError

    try:
        config = loaded()
        with closing(Store(config.database).database) as database:
            if database.path:
                done = _into_file(copy, database.path, yes)
            else:
                done = _into_postgres(copy, config, database, yes)
    except (SettingsError, StoreError, LockError, OverLimitError, OSError) as error:
        return said(str(error), 1)
    if done is None:
        return said("Nothing was changed.", 1)
    before = f" What it held before is in {done.kept}." if done.kept else ""
    place = database.path or "The database"
    return said(f"{place} is as it was in {copy}.{before}", 0)


def _into_file(copy: Path, path: Path, yes: bool) -> Restored | None:
    from functools import partial

    from bot.runtime import bounded
    from bot.runtime.bounded import Limits
    from bot.runtime.lock import Lock
    from bot.store import StoreError, copies
    from bot.store.copies import sqlite

    limits = Limits(cpu=CHECK_CPU_SECONDS, wall=CHECK_WALL_SECONDS)
    with Lock(path):
        if copies.is_dump(copy):
            raise StoreError(f"{copy} is a PostgreSQL dump, but the database is a SQLite file.")
        taken = partial(bounded.call, sqlite.take, limits=limits)
        return sqlite.restore(copy, path, taken, partial(_agreed, yes))


def _into_postgres(copy: Path, config: Settings, database: Database, yes: bool) -> Restored | None:
    from datetime import UTC, datetime
    from functools import partial

    from bot.store import StoreError, copies
    from bot.store.copies import files, folder, refill

    if not copies.is_dump(copy):
        raise StoreError(f"{copy} is not an archive of pg_dump, which is what PostgreSQL takes.")
    now = datetime.now(UTC)
    place = folder.folder_of(config.backups, database) or copy.absolute().parent
    folder.make(place)
    keep = files.free(place / folder.name_of(database, now, "before-restore-"))
    return refill.restore(copy, database, keep, partial(_agreed, yes), now)


def _agreed(yes: bool, found: Contents, now: Contents | None) -> bool:
    """Print the contents of the backup and of the database, and ask, if somebody is there."""
    import sys

    print(f"There is now: {now.words if now else 'nothing that can be read'}.")
    print(f"The copy has: {found.words}.", flush=True)
    if yes or not sys.stdin.isatty():
        return True
    try:
        return input("Put this in its place? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _new_name(config: Settings, database: Database) -> Path:
    """The path of a backup without a given name. Raises StoreError if there is no folder for it."""
    from datetime import UTC, datetime

    from bot.store import StoreError
    from bot.store.copies import folder

    place = folder.folder_of(config.backups, database)
    if place is None:
        raise StoreError("Name a file, or set SMALLPRINT_BACKUPS to a folder for copies.")
    folder.make(place)
    return place / folder.name_of(database, datetime.now(UTC))


def _target(parser: ArgumentParser) -> None:
    words = "a new file; without it one in the folder of copies, named by the time"
    parser.add_argument("target", type=Path, nargs="?", metavar="FILE", help=words)


def _copy(parser: ArgumentParser) -> None:
    parser.add_argument("backup", type=Path, metavar="FILE")


def _restored(parser: ArgumentParser) -> None:
    _copy(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _run_backup(parsed: Namespace) -> int:
    return backup(parsed.target)


def _run_verify(parsed: Namespace) -> int:
    return verify(parsed.backup)


def _run_restore(parsed: Namespace) -> int:
    return restore(parsed.backup, parsed.yes)


VERB = Verb("backup", "copy the database while the bot runs", _target, _run_backup)
VERIFY = Verb("verify", "say what a backup holds, and whether it is sound", _copy, _run_verify)
RESTORE = Verb(
    "restore",
    "put a backup in the place of the database; stop the bot first",
    _restored,
    _run_restore,
)
