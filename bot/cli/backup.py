"""`smallprint backup` and `restore`: copies of the database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from bot.cli._verb import Verb, said

#: A whole database is read to see whether it is sound.
CHECK_CPU_SECONDS = 600
CHECK_WALL_SECONDS = 1200.0


def backup(target: Path) -> int:
    """Copy the database while the bot runs.

    The exit code is 1 where that cannot be done, and then nothing is changed.
    """
    from bot.cli._database import existing
    from bot.settings import SettingsError
    from bot.store import StoreError

    try:
        existing().backup(target)
    except (SettingsError, StoreError, OSError) as error:
        return said(str(error), 1)
    return said(f"Copied to {target}.", 0)


def restore(copy: Path) -> int:
    """Put a backup in place of the database, and keep the present one beside it.

    The exit code is 1 where that cannot be done, and then nothing is changed.
    """
    from bot.cli._database import configured
    from bot.runtime import bounded
    from bot.runtime.bounded import Limits, OverLimitError
    from bot.runtime.lock import Lock, LockError
    from bot.settings import SettingsError
    from bot.store import StoreError, copies

    limits = Limits(cpu=CHECK_CPU_SECONDS, wall=CHECK_WALL_SECONDS)
    try:
        path = configured().path
        if path is None:
            return said("Only SQLite files are restored here; for PostgreSQL use pg_restore.", 1)
        with Lock(path):
            kept = copies.restore(copy, path, partial(bounded.call, copies.check, limits=limits))
    except (SettingsError, StoreError, LockError, OverLimitError, OSError) as error:
        return said(str(error), 1)
    before = f" What it held before is in {kept}." if kept else ""
    return said(f"{path} is as it was in {copy}.{before}", 0)


def _target(parser: ArgumentParser) -> None:
    parser.add_argument("target", type=Path)


def _copy(parser: ArgumentParser) -> None:
    parser.add_argument("backup", type=Path)


def _run_backup(parsed: Namespace) -> int:
    return backup(parsed.target)


def _run_restore(parsed: Namespace) -> int:
    return restore(parsed.backup)


VERB = Verb("backup", "copy the database while the bot runs", _target, _run_backup)
RESTORE = Verb(
    "restore",
    "put a backup in the place of the database; stop the bot first",
    _copy,
    _run_restore,
)
