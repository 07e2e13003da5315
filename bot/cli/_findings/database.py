"""The checks of the database: where it is, whether it is sound, its schema and its backups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.cli._findings.finding import Finding, bad, warning, well
from bot.settings import Settings
from bot.store import Store, StoreError, schema, upgrades
from bot.store.copies import folder, programs

WHAT = "database"
SCHEMA = "schema"
COPIES = "copies"


def findings(config: Settings) -> Iterator[Finding]:
    """Whether the database can be used, and whether there are backups of it."""
    try:
        with closing(Store(config.database)) as store:
            if store.path and not store.path.exists():
                yield well(WHAT, f"{store.path} will be made at the first start")
                return
            store.check()
            store.vitals.ping()
            yield well(WHAT, f"{_place(store)} answers and is sound")
            yield _schema(store)
            yield _copies(config, store)
    except StoreError as error:
        todo = "see that its server runs, and that the address and the password are right"
        if config.database.startswith("sqlite"):
            todo = "mend what it names; if it is damaged, smallprint restore puts a backup there"
        yield bad(WHAT, str(error), todo)


def _place(store: Store) -> str:
    """The place of the database, without its credentials."""
    url = store.database.url
    return str(store.path or f"PostgreSQL's {url.database} on {url.host or 'this machine'}")


def _schema(store: Store) -> Finding:
    try:
        plan = upgrades.plan(store.database)
    except StoreError as error:
        todo = "install the Smallprint that made it, or a newer one"
        return bad(SCHEMA, str(error), todo)
    if plan.revision is None:
        return well(SCHEMA, "the tables will be made at the first start")
    if plan.steps:
        words = f"{plan.revision}; {len(plan.steps)} migrations to do, up to {_newest()}"
        todo = "the next start does them; smallprint upgrade --dry-run says how long it takes"
        return warning(SCHEMA, words, todo)
    return well(SCHEMA, f"{plan.revision}, which is the newest")


def _newest() -> str:
    return schema.steps()[-1].revision


def _copies(config: Settings, store: Store) -> Finding:
    place = folder.folder_of(config.backups, store.database)
    if place is None:
        words = "none are made by Smallprint"
        todo = "set SMALLPRINT_BACKUPS to a folder, unless others make them"
        return warning(COPIES, words, todo)
    if not store.path:
        try:
            programs.find("pg_dump")
        except StoreError as error:
            return warning(COPIES, "none can be made", str(error))
    return _age(place)


def _age(place: Path) -> Finding:
    todo = "smallprint backup makes one; copy.failed in the log says what went wrong"
    try:
        newest = folder.newest(place, datetime.now(UTC) + folder.AHEAD)
    except OSError as error:
        return bad(COPIES, f"{place} cannot be read: {error.strerror}", "check its rights")
    if newest is None:
        return warning(COPIES, f"there is none in {place}", todo)
    age = datetime.now(UTC) - newest
    words = f"the newest in {place} is of {newest:%Y-%m-%d %H:%M} UTC"
    return warning(COPIES, words, todo) if age > folder.NEWEST_OLD else well(COPIES, words)
