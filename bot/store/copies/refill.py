"""Restoring a backup into PostgreSQL: its rows in our own tables, all in one transaction.

If it is killed halfway, the database stays as it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import Connection, text

from bot.store import schema
from bot.store.columns import milliseconds
from bot.store.copies import postgres
from bot.store.copies.archive import Archive, Block, Sequence
from bot.store.copies.contents import Agreed, Restored
from bot.store.database import MIGRATING, Database, StoreError

#: A process that reported within this time may still be running.
SILENT = timedelta(minutes=1)
#: Waits for table locks are short: whoever holds them is a running program.
_PATIENCE = (
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL client_encoding = 'UTF8'",
)


def restore(
    path: Path, database: Database, keep: Path, agreed: Agreed, now: datetime
) -> Restored | None:
    """Replace our tables with an archive; None if `agreed` says no.

    The current tables are dumped to `keep` first. Raises StoreError and leaves everything as it
    was.
    """
    with Archive(path) as archive:
        found = postgres.check_open(archive)
        with database.read() as connection:
            refuse_busy(connection, now)
            before = postgres.contents_of(connection)
        if not agreed(found, before):
            return None
        if before:
            postgres.back_up(database, keep)
        with database.write() as connection:
            for statement in _PATIENCE:
                connection.execute(text(statement))
            _lock(connection)
            refuse_busy(connection, now)
            fill(connection, archive, found.revision)
            if postgres.contents_of(connection) != found:
                raise archive.refused("did not give what it holds")
            schema.upgrade(connection)
    return Restored(found, keep if before else None)


def refuse_busy(connection: Connection, now: datetime) -> None:
    """Raise StoreError if a process is working on the database."""
    tables = postgres.present_tables(connection)
    asked = []
    if "lease" in tables:
        asked.append("SELECT 1 FROM lease WHERE owner <> '' AND until > :now")
    if "process" in tables:
        asked.append("SELECT 1 FROM process WHERE seen_at > :lately")
    moments = {"now": milliseconds(now), "lately": milliseconds(now - SILENT)}
    for query in asked:
        if connection.execute(text(query), moments).first():
            said = "A Smallprint works on this database, or did a minute ago."
            raise StoreError(f"{said} Stop it, and try again in a minute.")


def _lock(connection: Connection) -> None:
    """Lock everybody else out until the end, including those who would migrate."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
    if tables := sorted(postgres.present_tables(connection)):
        connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))


def fill(connection: Connection, archive: Archive, revision: str) -> None:
    """Replace our tables with those of a revision, filled with the rows of an archive.

    All of it belongs to the connection's transaction. Raises StoreError and the driver's errors.
    """
    old = ", ".join(sorted(postgres.present_tables(connection)))
    if old:
        connection.execute(text(f"DROP TABLE {old}"))
    schema.upgrade(connection, revision)
    made = schema.made_by(revision)
    tables = [name for name in sorted(made) if name != schema.VERSION_TABLE]
    connection.execute(text(f"TRUNCATE {', '.join(tables)}"))  # migrations may write rows
    again = _without_foreign_keys(connection, tables)
    seen: set[str] = set()
    for part in archive.parts():
        if isinstance(part, Sequence):
            _set_sequence(connection, part)
        elif part.table in tables and part.table not in seen:
            seen.add(part.table)
            _copy_in(connection, part, made[part.table].names, archive)
        elif part.table != schema.VERSION_TABLE:
            raise archive.refused(f"has a table {part.table} that it had not before")
    if seen != set(tables):
        raise archive.refused("has fewer tables than before")
    for statement in again:
        connection.execute(text(statement))


def _copy_in(connection: Connection, block: Block, names: frozenset[str], archive: Archive) -> None:
    """Copy the rows of a block into its table, with a statement of our own."""
    if frozenset(block.columns) != names or len(block.columns) != len(names):
        raise archive.refused(f"has other columns in {block.table} than before")
    columns = ", ".join(f'"{name}"' for name in block.columns)
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - it is open
    try:
        with (
            raw.cursor() as cursor,
            cursor.copy(f'COPY "{block.table}" ({columns}) FROM STDIN') as copying,
        ):
            for row in block.rows:
                copying.write(row)
    except psycopg.Error as error:  # its message would contain the row
        why = error.diag.message_primary or type(error).__name__
        raise archive.refused(f"has rows in {block.table} that cannot be used ({why})") from None


def _without_foreign_keys(connection: Connection, tables: list[str]) -> list[str]:
    """Drop the foreign keys while rows come in any order; return statements to restore them.

    They are ours: the tables have just been made.
    """
    query = text(
        "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
        " JOIN pg_class r ON r.oid = c.conrelid"
        " WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace"
        " AND r.relname = ANY(:tables)"
    )
    again = []
    for table, name, definition in connection.execute(query, {"tables": tables}).all():
        connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'))
        again.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
    return again


def _set_sequence(connection: Connection, found: Sequence) -> None:
    """Continue a sequence of ours where it stood, so that ids are never given twice."""
    ours = text(
        "SELECT 1 FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = :name"
    )
    if connection.execute(ours, {"name": found.name}).first() is None:
        return
    stand = text("SELECT setval(CAST(:name AS regclass), :value, :called)")
    values = {"name": f'"{found.name}"', "value": max(found.value, 1), "called": found.called}
    connection.execute(stand, values)
