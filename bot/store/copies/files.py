"""Files of copies: for nobody else to read from their first byte, and none is ever half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.store.database import StoreError


def refuse_existing(target: Path) -> None:
    """Raise StoreError unless a new file can be made under that name."""
    if os.path.lexists(target):
        raise StoreError(f"{target} exists; name a new file.")
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}.")


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """An empty file beside `target`, under a name of its own; it is gone at the end.

    Raises OSError where it cannot be made.
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
    """Give a file to whom `target` or its folder belongs; only root can give one away."""
    with suppress(PermissionError):
        place = target if target.exists() else target.parent
        owner = place.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)


def put_new(fresh: Path, target: Path) -> None:
    """Give a finished file a new name, for good. Raises StoreError where a file has it."""
    sync(fresh)
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise StoreError(f"{target} exists; name a new file.") from None
    except OSError:  # not every file system has second names
        _move(fresh, target)
    sync(target.parent)


def put(fresh: Path, target: Path) -> None:
    """Put a finished file in the place of another, for good. Raises OSError."""
    sync(fresh)
    fresh.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free(path: Path) -> Path:
    """The first of `path`, `path-2`, `path-3` and so on that no file has."""
    number, found = 1, path
    while os.path.lexists(found):
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _move(fresh: Path, target: Path) -> None:
    """Take the name for us, and then put the file there."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreError(f"{target} exists; name a new file.") from None
    fresh.replace(target)
