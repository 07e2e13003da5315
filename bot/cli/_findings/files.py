"""The checks of the disk: free space, and file permissions."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.cli._findings.finding import Finding, bad, warning, well
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.store.copies import folder

DISK = "disk"
RIGHTS = "rights"
#: Bytes that should be free, and bytes below which the bot cannot go on.
SHORT = 500_000_000
FULL = 100_000_000
ENV = Path(".env")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def findings(config: Settings) -> Iterator[Finding]:
    """Free space and permissions where the database, its backups and the settings are."""
    try:
        database = Store(config.database).database
    except StoreError:
        return
    copies = folder.folder_of(config.backups, database)
    path = database.path
    places = [place for place in (path.parent if path else None, copies) if place]
    disks: dict[int, Path] = {}
    for place in places:
        disks.setdefault(_nearest(place).stat().st_dev, place)
    for place in disks.values():
        yield _room(place)
    yield from _left(places)
    kept = [ENV]
    if path:
        kept += [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    if copies:
        with suppress(OSError):  # the check of the backups reports it
            kept += sorted(each for each in copies.iterdir() if each.is_file())
    yield from _rights(kept, places)


def _nearest(place: Path) -> Path:
    """The folder, or its nearest ancestor that exists."""
    while place != place.parent:
        with suppress(OSError):
            place.stat()
            return place
        place = place.parent
    return place


def _room(place: Path) -> Finding:
    free = shutil.disk_usage(_nearest(place)).free
    words = f"{free / 1e9:,.1f} GB are free where {place} is"
    if free < FULL:
        return bad(DISK, words, "free some space: soon nothing can be stored")
    if free < SHORT:
        return warning(DISK, words, "free some space")
    return well(DISK, words)


def _left(places: list[Path]) -> Iterator[Finding]:
    """Unfinished backups of processes that were killed."""
    a_day_ago = datetime.now(UTC).timestamp() - 86_400
    for path in sorted(each for place in places for each in place.glob("*.part*")):
        with suppress(OSError):
            if path.stat().st_mtime < a_day_ago:
                words = f"{path} was left by a copy that was never finished"
                yield warning(DISK, words, f"rm {path}")


def _rights(files: list[Path], places: list[Path]) -> Iterator[Finding]:
    loose = [path for path in files if _mode(path) & _OTHERS]
    for path in loose[:5]:
        does = "change" if _mode(path) & _OTHERS_WRITE else "read"
        yield warning(RIGHTS, f"others on this machine may {does} {path}", f"chmod 600 {path}")
    if len(loose) > 5:
        names = " ".join(map(str, loose[5:]))
        yield warning(RIGHTS, f"and {len(loose) - 5} files more", f"chmod 600 {names}")
    for place in dict.fromkeys(places):
        mode = _mode(place)
        if mode & _OTHERS_WRITE and not mode & stat.S_ISVTX:
            words = f"others on this machine may put files into {place}"
            yield warning(RIGHTS, words, f"chmod 700 {place}")
            loose.append(place)
    if not loose:
        what = ".env, database and copies" if ENV.exists() else "database and copies"
        yield well(RIGHTS, f"nobody else may read {what}")


def _mode(path: Path) -> int:
    """The permission bits of a file; 0 if there is no such file."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    return 0
