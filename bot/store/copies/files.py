"""Backup files: readable by nobody else from their first byte, and never half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.store.database import StoreError


def refuse_existing(target: Path) -> None:
    """Raise StoreError unless a new file can be created at that path."""
    if os.path.lexists(target):
        raise StoreError(f"{target} exists; name a new file.")
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}.")


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A temporary empty file beside `target`; it is removed at the end.

    Raises OSError if it cannot be created.
    """
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def keep_owner(fresh: Path, target: Path) -> None:
    """Give a file the owner of `target` or of its folder; only root can change owners."""
    with suppress(PermissionError):
        place = target if target.exists() else target.parent
        owner = place.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)


def put_new(fresh: Path, target: Path) -> None:
    """Give a finished file its name, durably. Raises StoreError if another file has it."""
    sync(fresh)
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise StoreError(f"{target} exists; name a new file.") from None
    except OSError:  # not every file system has hard links
        _move(fresh, target)
    sync(target.parent)


def put(fresh: Path, target: Path) -> None:
    """Replace a file with a finished one, durably. Raises OSError."""
    sync(fresh)
    fresh.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, so that it survives a power cut. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free(path: Path) -> Path:
    """The first of `path`, `path-2`, `path-3` and so on that does not exist."""
    number, found = 1, path
    while os.path.lexists(found):
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _move(fresh: Path, target: Path) -> None:
    """Reserve the name with an empty file, and then replace that."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreError(f"{target} exists; name a new file.") from None
    fresh.replace(target)
