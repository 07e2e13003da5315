"""Upgrades: the migrations a database lacks, how long they take, and a backup before they run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from time import perf_counter

import structlog
from sqlalchemy import text

from bot.store import schema
from bot.store.copies import files, folder, postgres, refill, sqlite
from bot.store.copies.archive import Archive
from bot.store.database import Database, StoreError
from bot.store.schema import Step

log = structlog.get_logger()

#: Free space for a trial, as a multiple of the file: a migration may rewrite a table of the copy.
ROOM = 2.5


@dataclass(frozen=True, slots=True)
class Plan:
    """A database's revision, or None if it has none yet, and the migrations that it lacks."""

    revision: str | None
    steps: tuple[Step, ...] = ()


def plan(database: Database) -> Plan:
    """Plan an upgrade. Raises StoreError, including if a newer Smallprint made the database."""
    if database.path and not database.path.exists():
        return Plan(None)
    with database.read() as connection:
        revision = schema.revision_of(connection)
    if revision is None:
        return Plan(None)
    if not schema.is_known(revision):
        raise StoreError("the database was made by a newer Smallprint; update this one")
    return Plan(revision, tuple(schema.steps_after(revision)))


def keep(database: Database, revision: str, backups: str, now: datetime) -> Path | None:
    """Back up a database before it is migrated from `revision`; None if there is no folder for it.

    `backups` is the setting of that name. Raises StoreError.
    """
    place = folder.folder_of(backups, database)
    path = database.path
    if place is None:
        if path is None:
            return None
        target = files.free(path.with_name(f"{path.name}.before-{revision}"))
    else:
        try:
            folder.make(place)
        except OSError as error:
            raise StoreError(f"{place} cannot be made: {error.strerror}.") from error
        target = files.free(place / folder.name_of(database, now, f"before-{revision}-"))
    back_up(database, target)
    return target


def back_up(database: Database, target: Path) -> None:
    """Back up a database as it is, including what others added to it. Raises StoreError."""
    if database.path:
        sqlite.back_up(database.path, target, sqlite.check_sound)
    else:
        postgres.back_up(database, target)


def open_safely(database: Database, backups: str, now: datetime) -> None:
    """Open a database, and back it up first if it must be migrated.

    Raises StoreError, including if a SQLite file cannot be copied: then it is not migrated either.
    """
    if steps := plan(database).steps:
        try:
            kept, why = (
                keep(database, steps[0].revision, backups, now),
                "SMALLPRINT_BACKUPS names no folder",
            )
        except StoreError as error:
            # PostgreSQL's own programs are not installed everywhere; its operators make their own
            # backups.
            if database.path:
                raise
            kept, why = None, str(error)
        if kept:
            log.info("upgrade.copied", to=str(kept))
        else:
            log.warning("upgrade.no_copy", why=why)
    database.open()


def time(database: Database) -> float:
    """Migrate a throw-away copy of the database; return how many seconds that took.

    Raises StoreError if that cannot be tried, or fails: then the real migration would fail, too.
    """
    with _on_a_copy(database) as copy:
        began = perf_counter()
        copy.open()
        took = perf_counter() - began
        if copy.path:
            sqlite.check_sound(copy.path, database.path)
    return took


def rows(database: Database) -> dict[str, int]:
    """The number of rows of each table, for operators who cannot try it. Raises StoreError."""
    found = {}
    with database.read() as connection:
        for table in sorted(schema.made_by(plan(database).revision or "head")):
            counting = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            found[table] = int(connection.execute(counting).scalar_one())
    return found


@contextmanager
def _on_a_copy(database: Database) -> Iterator[Database]:
    if database.path:
        with _on_a_file(database.path, database) as copy:
            yield copy
        return
    with tempfile.TemporaryDirectory(prefix="smallprint-") as place:
        dump = Path(place, "now.dump")
        revision = postgres.back_up(database, dump).revision
        with _scratch(database) as copy:
            with copy.write() as connection, Archive(dump) as archive:
                refill.fill(connection, archive, revision)
            yield copy


@contextmanager
def _on_a_file(path: Path, database: Database) -> Iterator[Database]:
    needed, there = path.stat().st_size * ROOM, shutil.disk_usage(path.parent).free
    if there < needed:
        said = f"{needed / 1e6:,.0f} MB are needed in {path.parent}, {there / 1e6:,.0f} MB are free"
        raise StoreError(f"There is no room for a copy to try it on: {said}.")
    with files.unfinished(path) as fresh:
        sqlite.duplicate(path, fresh)
        copy = _beside(database, str(fresh))
        try:
            yield copy
        finally:
            copy.close()


@contextmanager
def _scratch(database: Database) -> Iterator[Database]:
    """A new empty database on the same server. Raises StoreError if the role may not create one."""
    name = f"smallprint_trial_{token_hex(4)}"
    database.outside(f"CREATE DATABASE {name} TEMPLATE template0")
    copy = _beside(database, name)
    try:
        yield copy
    finally:
        copy.close()
        database.outside(f"DROP DATABASE {name}")


def _beside(database: Database, name: str) -> Database:
    """Another database of the same kind, with the same connection settings."""
    return Database(database.url.set(database=name).render_as_string(hide_password=False))
