"""`smallprint upgrade`: back up and migrate the database, or only say how long that takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli._verb import Verb, said

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store import Store
    from bot.store.upgrades import Plan


def arguments(parser: ArgumentParser) -> None:
    """Add the option for a dry run, and the path of the backup."""
    words = "only say what there is to do, and how long it takes: tried on a copy"
    parser.add_argument("--dry-run", action="store_true", help=words)
    words = "where the copy is made before; without it in the folder of copies"
    parser.add_argument("--backup", type=Path, metavar="FILE", help=words)


def run(parsed: Namespace) -> int:
    """Print the migrations, and run them; return the exit code, which is 1 on failure."""
    from bot.cli._database import existing, loaded
    from bot.runtime.lock import LockError
    from bot.settings import SettingsError
    from bot.store import StoreError, upgrades

    try:
        config = loaded()
        with closing(existing(config)) as store:
            plan = upgrades.plan(store.database)
            if not plan.steps:
                return said(_nothing(plan), 0)
            print(_listed(plan), flush=True)
            if parsed.dry_run:
                return _try(store)
            with _alone(store):
                return _upgrade(config, store, plan, parsed.backup)
    except (SettingsError, StoreError, LockError, OSError) as error:
        return said(str(error), 1)


def _nothing(plan: Plan) -> str:
    if plan.revision is None:
        return "There are no tables yet; the first start makes them."
    return f"Nothing to do: the database has schema {plan.revision}, which is the newest."


def _listed(plan: Plan) -> str:
    lines = [f"The database has schema {plan.revision}. What there is to do:"]
    lines += [f"  {step.revision}  {step.words}" for step in plan.steps]
    return "\n".join(lines)


def _try(store: Store) -> int:
    """Print how long it takes; or the number of rows, if that cannot be tried."""
    from bot.store import StoreError, upgrades

    try:
        seconds = upgrades.time(store.database)
    except StoreError as error:
        print(f"It cannot be tried: {error}")
        for table, count in upgrades.rows(store.database).items():
            print(f"  {count:12,} rows in {table}")
        return 1
    words = "Tried on a copy of the database, which is gone again: it took"
    return said(f"{words} {seconds:.1f} seconds.", 0)


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Raise LockError or StoreError if the bot is running."""
    from datetime import UTC, datetime

    from bot.runtime.lock import Lock
    from bot.store.copies import refill

    if store.path:
        with Lock(store.path):
            yield
        return
    with store.database.read() as connection:
        refill.refuse_busy(connection, datetime.now(UTC))
    yield


def _upgrade(config: Settings, store: Store, plan: Plan, copy: Path | None) -> int:
    from datetime import UTC, datetime

    from bot.store import StoreError, upgrades

    if copy:
        upgrades.back_up(store.database, copy)
    else:
        first = plan.steps[0].revision
        copy = upgrades.keep(store.database, first, config.backups, datetime.now(UTC))
    if copy is None:
        raise StoreError("Set SMALLPRINT_BACKUPS, or say --backup FILE: a copy is made before.")
    print(f"Copied to {copy}.", flush=True)
    store.open()
    store.check()
    newest = plan.steps[-1].revision
    print(f"The database has schema {newest} now, and is sound.")
    return said(f"To go back: stop the bot, {_way_back(store, copy)}", 0)


def _way_back(store: Store, copy: Path) -> str:
    """How to put a copy back. 0.1.0 restores SQLite files only."""
    if store.database.path is not None:
        return f"install the former Smallprint, then smallprint restore {copy}"
    filled = f"fill an empty database with pg_restore --no-owner --dbname=DATABASE {copy}"
    return f"install the former Smallprint, and {filled}"


VERB = Verb(
    "upgrade", "migrate the database after a copy was made; or say how long", arguments, run
)
