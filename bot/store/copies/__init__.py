"""Backups of the database: made while it is in use, checked, and restored."""

from __future__ import annotations

from pathlib import Path

from bot.store.copies import archive, postgres, sqlite
from bot.store.copies.contents import Contents
from bot.store.database import Database, StoreError


def back_up(database: Database, target: Path) -> Contents:
    """Back up a database, which may be in use, to a new file; return the backup's contents.

    Raises StoreError, which says why, if it cannot; then there is no such file.
    """
    if database.path:
        return sqlite.back_up(database.path, target)
    return postgres.back_up(database, target)


def check(path: Path) -> Contents:
    """The contents of a backup of either kind.

    Raises StoreError if it is not one, is damaged, or contains anything that is not ours.
    """
    if is_dump(path):
        return postgres.check(path)
    return sqlite.check(path)


def is_dump(path: Path) -> bool:
    """Whether a file is a pg_dump archive. Raises StoreError if there is no file."""
    if not path.exists():
        raise StoreError(f"There is no file {path}.")
    if not path.is_file():
        raise StoreError(f"{path} is not a file.")
    try:
        with path.open("rb") as file:
            return file.read(len(archive.MAGIC)) == archive.MAGIC
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
