"""The folder of copies: their names, and which of them are kept."""

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
#: What a copy is called while it is made; one that is old was left by a process that was killed.
_UNFINISHED = re.compile(
    r"smallprint-\d{4}-\d\d-\d\dT\d{6}Z\.(?:db|dump)\.\w+\.part(?:-journal|-wal|-shm)?"
)
_OLD = timedelta(days=1)
#: A newest copy of this age needs a hand: one a day is made.
NEWEST_OLD = timedelta(days=2)
#: A copy of later than this from now was made by a clock that was wrong.
AHEAD = timedelta(hours=1)


def folder_of(setting: str, database: Database) -> Path | None:
    """Where copies are made, as SMALLPRINT_BACKUPS says it; None where none are made."""
    if setting == OFF:
        return None
    if setting:
        return Path(setting)
    return database.path.parent / "backups" if database.path else None


def name_of(database: Database, now: datetime, why: str = "") -> str:
    """The name of a copy that is made now; those with a `why` are not counted among the others."""
    ending = "db" if database.path else "dump"
    return f"smallprint-{why}{now.astimezone(UTC):{_STAMP}}.{ending}"


def make(folder: Path) -> None:
    """Make the folder, for nobody else to enter. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def made_at(name: str) -> datetime | None:
    """When a copy was made; None for what is no copy by its name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(folder: Path, by: datetime | None = None) -> datetime | None:
    """When the newest copy was made, if any was; without those of later than `by`.

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
    """Of copies by their names, the newest of each of the last 7 days and 4 weeks that have one.

    What is no copy is not looked at.
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
    """Remove copies that are not kept, and what was left unfinished; their names.

    Raises OSError.
    """
    names = [path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    # One of later than now says nothing of when it was made, and takes no other's place.
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
