"""Backups of a PostgreSQL database: made by pg_dump, restored row by row in one transaction."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from bot.store import schema
from bot.store.copies import files, programs
from bot.store.copies.archive import Archive, Block
from bot.store.copies.contents import COUNTED, Contents, counted
from bot.store.database import Database, StoreError

KIND = "PostgreSQL"
#: Options of pg_dump. Owners and privileges are left out: they are the operator's business.
_HOW = (
    "--format=custom",
    "--file=/dev/stdout",  # as a file it is seekable, so the offsets of tables can be written
    "--encoding=UTF8",
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--no-security-labels",
    "--lock-wait-timeout=60s",
)


def back_up(database: Database, target: Path) -> Contents:
    """Dump the tables of a database, which may be in use, to a new file; return its contents.

    Raises StoreError, which says why, if it cannot; then there is no such file.
    """
    program = programs.find("pg_dump")
    files.refuse_existing(target)
    tables = [f"--table={name}" for name in _tables(database)]
    if not tables:
        raise StoreError("There is no Smallprint in the database yet.")
    address, secrets = address_of(database)
    try:
        with files.unfinished(target) as fresh:
            handle = os.open(fresh, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                programs.write([program, *_HOW, *tables, f"--dbname={address}"], handle, secrets)
            finally:
                os.close(handle)
            found = check(fresh, target)
            files.put_new(fresh, target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}.") from error
    return found


@dataclass(slots=True)
class _Read:
    """What has been read of an archive so far."""

    columns: dict[str, frozenset[str]]
    rows: Counter[str]
    outbox: Counter[str]
    revision: str = ""


def check(path: Path, name: Path | None = None) -> Contents:
    """The contents of an archive whose tables and columns are all made by our migrations.

    Nothing of it is run. Raises StoreError otherwise, with a sentence that calls the file `name`.
    """
    with Archive(path) as archive:
        archive.path = name or path
        return check_open(archive)


def check_open(archive: Archive) -> Contents:
    """The same for an open archive."""
    archive.check_entries()
    read = _Read({}, Counter(), Counter())
    for part in archive.parts():
        if isinstance(part, Block):
            if part.table in read.columns:
                raise archive.refused(f"has the table {part.table} twice")
            read.columns[part.table] = frozenset(part.columns)
            _count(part, read)
    _compare(archive, read)
    return Contents(KIND, read.revision, counted(read.rows, read.outbox))


def _count(block: Block, read: _Read) -> None:
    """Count the rows, and read the revision and the states of outbox rows."""
    state = block.columns.index("state") if "state" in block.columns else 0
    for row in block.rows:
        read.rows[block.table] += 1
        if block.table == schema.VERSION_TABLE:
            read.revision = row.decode("utf-8", "replace").strip()
        elif block.table == "outbox":
            values = row.decode("utf-8", "replace").split("\t")
            read.outbox[values[state] if state < len(values) else ""] += 1


def _compare(archive: Archive, read: _Read) -> None:
    """Raise StoreError unless the tables are those of one of our schemas."""
    if read.rows[schema.VERSION_TABLE] != 1:
        raise archive.refused("is no copy of a Smallprint database")
    if not schema.is_known(read.revision):
        raise StoreError(f"{archive.path} was made by a newer Smallprint; update this one.")
    made = schema.made_by(read.revision)
    for table in sorted(made.keys() | read.columns.keys()):
        if table not in read.columns:
            raise archive.refused(f"has no table {table}")
        if table not in made:
            raise archive.refused(f"has a table {table}, which is not of Smallprint")
        if read.columns[table] != made[table].names:
            raise archive.refused(f"has another table {table} than Smallprint makes")


def contents_of(connection: Connection) -> Contents | None:
    """The contents of a database; None if it has none of our tables."""
    revision = schema.revision_of(connection)
    if revision is None:
        return None
    rows = {}
    for table in COUNTED:
        counting = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        rows[table] = connection.execute(counting).scalar_one()
    states = connection.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))
    return Contents(KIND, revision, counted(rows, {row[0]: row[1] for row in states}))


def present_tables(connection: Connection) -> set[str]:
    """Our tables that exist, of whatever revision."""
    query = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return set(connection.execute(query).scalars()) & schema.every_table()


def _tables(database: Database) -> list[str]:
    """The names of our tables for pg_dump, each with its schema."""
    with database.read() as connection:
        place = connection.execute(text("SELECT current_schema()")).scalar_one_or_none()
        return [f'"{place}"."{name}"' for name in sorted(present_tables(connection))]


def address_of(database: Database) -> tuple[str, Mapping[str, str]]:
    """The connection string without its password, and an environment with the password."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - SQLite does without it
    from psycopg.pq import Conninfo  # noqa: PLC0415

    _none, found = database.writer.dialect.create_connect_args(database.url)
    for psycopg_only in found.keys() - {each.keyword.decode() for each in Conninfo.get_defaults()}:
        del found[psycopg_only]
    found.pop("sslpassword", None)  # it could only be passed visibly
    secret = found.pop("password", None)
    more = {} if secret is None else {"PGPASSWORD": str(secret)}
    return make_conninfo("", **found), more
