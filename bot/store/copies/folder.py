"""The folder of backups: their names, and which of them are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.database import Database

DAYS = 7
WEEKS = 4
OFF = "off"
_STAMP = "%Y-%m-%dT%H%M%SZ"
_NAME = re.compile(r"smallprint-(\d{4}-\d\d-\d\dT\d{6}Z)\.(?:db|dump)")
#: The name of an unfinished backup; an old one was left by a process that was killed.
_UNFINISHED = re.compile(
    r"smallprint-\d{4}-\d\d-\d\dT\d{6}Z\.(?:db|dump)\.\w+\.part(?:-journal|-wal|-shm)?"
)
_OLD = timedelta(days=1)
#: If the newest backup is this old, an operator must look: one is made every day.
NEWEST_OLD = timedelta(days=2)
#: A backup dated further ahead than this was made with a wrong clock.
AHEAD = timedelta(hours=1)


def folder_of(setting: str, database: Database) -> Path | None:
    """The folder of backups according to SMALLPRINT_BACKUPS, or None if none are made."""
    if setting == OFF:
        return None
    if setting:
        return Path(setting)
    return database.path.parent / "backups" if database.path else None


def name_of(database: Database, now: datetime, why: str = "") -> str:
    """The name of a backup made now; those with a `why` are not counted among the others."""
    ending = "db" if database.path else "dump"
    return f"smallprint-{why}{now.astimezone(UTC):{_STAMP}}.{ending}"


def make(folder: Path) -> None:
    """Create the folder with mode 700. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def made_at(name: str) -> datetime | None:
    """When a backup was made; None if the name is not a backup's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(folder: Path, by: datetime | None = None) -> datetime | None:
    """When the newest backup was made, or None; backups later than `by` are ignored.

    Raises OSError.
    """
    if not folder.is_dir():
        return None
    found = []
    for path in folder.iterdir():
        when = made_at(path.name)
        if when is not None and (by is None or when <= by):
            found.append(when)
    return max(found, default=None)


def to_keep(names: Iterable[str]) -> set[str]:
    """The names of backups to keep: the newest of each of the last 7 days and 4 weeks with any.

    Other names are ignored.
    """
    dated = []
    for name in names:
        when = made_at(name)
        if when is not None:
            dated.append((when, name))
    dated.sort(reverse=True)
    days: dict[object, str] = {}
    weeks: dict[object, str] = {}
    for when, name in dated:
        days.setdefault(when.date(), name)
        weeks.setdefault(when.isocalendar()[:2], name)
    return {*list(days.values())[:DAYS], *list(weeks.values())[:WEEKS]}


def tidy(folder: Path, now: datetime) -> list[str]:
    """Remove backups that are not kept, and old unfinished ones; return their names.

    Raises OSError.
    """
    names = [path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    # A date in the future says nothing about when a backup was made, so it replaces no other.
    copies = {name for name in names if (when := made_at(name)) and when <= now + AHEAD}
    gone = copies - to_keep(copies)
    for name in names:
        if _UNFINISHED.fullmatch(name):
            changed = datetime.fromtimestamp((folder / name).stat().st_mtime, UTC)
            if now - changed > _OLD:
                gone.add(name)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return sorted(gone)
