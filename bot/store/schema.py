"""Schema migrations: the list of them, a database's revision, and the tables that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from bot.store.shapes import Shape, shapes_of

VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class Step:
    """A migration: its number, and its purpose in one sentence."""

    revision: str
    words: str


def upgrade(connection: Connection, to: str = "head") -> None:
    """Migrate within the connection's own transaction.

    Raises alembic's CommandError if the database's revision is unknown.
    """
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@cache
def steps() -> tuple[Step, ...]:
    """All migrations, in order."""
    scripts = ScriptDirectory(str(_folder())).walk_revisions()
    found = [Step(each.revision, (each.doc or "").split("\n")[0].strip()) for each in scripts]
    return tuple(reversed(found))


def is_known(revision: str) -> bool:
    """Whether this version of the bot has that migration."""
    return any(each.revision == revision for each in steps())


def steps_after(revision: str) -> list[Step]:
    """The migrations after a known revision."""
    numbers = [each.revision for each in steps()]
    return list(steps()[numbers.index(revision) + 1 :])


def revision_of(connection: Connection) -> str | None:
    """The revision of a database, or None if it has none of our tables."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


@cache
def made_by(revision: str) -> Mapping[str, Shape]:
    """The tables after a revision, by name, found by migrating a database in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection, revision)
        raw: Any = connection.connection.driver_connection
        found = MappingProxyType(shapes_of(raw))
    engine.dispose()
    return found


@cache
def every_table() -> frozenset[str]:
    """The tables that any revision has."""
    return frozenset(name for step in steps() for name in made_by(step.revision))


def _folder() -> Path:
    return Path(__file__).with_name("migrations")
