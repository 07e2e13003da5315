"""Engines and transactions: one SQLite writer at a time; driver errors become StoreErrors."""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import Table

from bot.store import schema

_PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "busy_timeout=10000",
    "foreign_keys=on",
    "temp_store=memory",
    "wal_autocheckpoint=4000",
)
#: The page cache of a connection in KiB; there are several readers, and each reads little.
_WRITER_CACHE = 16_384
_READER_CACHE = 4_096
#: SQLite has one writing connection; others wait for it for up to `pool_timeout` seconds.
_ONE_WRITER = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
#: Substrings of driver errors, with what an operator can do about each.
_HINTS = {
    "malformed": "the database file is damaged; restore a backup",
    "not a database": "the file is not a Smallprint database;"
    " restore a backup or name another file",
    "full": "the disk is full; free some space",
    "locked": "another program holds the database; close it",
    "unable to open": "the database file cannot be opened; check its folder and its rights",
    "readonly": "the database cannot be written; check its rights",
}
#: The id of the PostgreSQL advisory lock for migrations: any that nobody else uses.
MIGRATING = 5_071_825


class StoreError(Exception):
    """The database cannot do what was asked; the message tells an operator what to do."""


class Turnstile:
    """A fair lock: threads get it in the order in which they asked.

    Many short turns of one thread do not starve the others.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting = deque[threading.Event]()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class _Here(threading.local):
    """A thread's transaction in `together`: its exit stack, and its connection once begun."""

    stack: ExitStack | None = None
    connection: Connection | None = None

    def __init__(self) -> None:
        self.withdrawn: set[int] = set()


class Database:
    """The engines and transactions of a database. Raises StoreError if the URL is invalid."""

    def __init__(self, url: str) -> None:
        # Operators write postgresql:// or postgres://; SQLAlchemy would look for another driver.
        self._here = _Here()
        #: Ids of outbox rows that were erased while they were in flight.
        self.withdrawn: set[int] = set()
        url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
        try:
            self.url = make_url(url)
            self.writer = _engine(url, immediate=True)
            self.reader = _engine(url, immediate=False)
            # SQLite allows one writer at a time; the turnstile makes it fair.
            self._turn = Turnstile() if self.path else nullcontext()
        except (ArgumentError, ModuleNotFoundError, ValueError):
            # Neither the message nor the cause may show the password, which can be anywhere in the
            # URL.
            raise StoreError(
                f"{_scheme(url)} is not a database address; try sqlite:///data/smallprint.db"
            ) from None
        if "@" in (self.url.host or ""):
            raise StoreError("the database's password has an @ in it; write it as %40")

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None for another kind, or for one in memory."""
        name = self.url.database
        if not name or self.url.get_backend_name() != "sqlite":
            return None
        return Path(name)

    def open(self) -> None:
        """Create or migrate the tables.

        Raises StoreError on a newer, damaged or unreachable database.
        """
        if self.path:
            _make(self.path)
        try:
            with self.write() as connection:
                if not self.path:  # several processes may start at once
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
                schema.upgrade(connection)
        except CommandError as error:
            raise StoreError(
                "the database was made by a newer Smallprint; update this one"
            ) from error

    def close(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()

    def check(self) -> None:
        """Raise StoreError if the SQLite file is damaged."""
        if not self.path:
            return
        with self.read() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
        if said != "ok":
            raise StoreError(f"{self.path} is damaged ({said}); restore a backup")

    def outside(self, statement: str) -> None:
        """Run a statement that PostgreSQL allows only outside a transaction. Raises StoreError."""
        with _translated(), self.reader.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A read-write transaction; on SQLite one at a time, in the order of asking.

        Raises StoreError.
        """
        if self._here.stack is None:
            with self._begin() as connection:
                yield connection
            return
        if self._here.connection is None:
            self._here.connection = self._here.stack.enter_context(self._begin())
        with _translated():
            yield self._here.connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Join all writes of this thread in the block into one transaction.

        It begins with the first write; on SQLite other writers wait from then until the end.
        Nothing is committed earlier.
        """
        withdrawn: set[int] = set()
        with ExitStack() as stack:
            self._here.stack, self._here.withdrawn = stack, withdrawn
            try:
                yield
            finally:
                self._here.stack = self._here.connection = None
        self.withdrawn |= withdrawn

    def withdraw(self, rows: set[int]) -> None:
        """Note outbox rows that were erased in flight, once the erasure is committed."""
        if self._here.stack is None:
            self.withdrawn |= rows
        else:
            self._here.withdrawn |= rows

    @property
    def wrote_here(self) -> bool:
        """Whether this thread has written anything since `together` began."""
        return self._here.connection is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction, concurrent with the writer.

        Inside `together`, a thread that has written reads its own writes.
        """
        if self._here.connection is not None:
            with _translated():
                yield self._here.connection
            return
        with _translated(), self.reader.begin() as connection:
            yield connection

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with self._turn, _translated(), self.writer.begin() as connection:
            yield connection


def _make(path: Path) -> None:
    """Create the database file with mode 600, in a folder with mode 700.

    SQLite gives its side files the same mode. Files and folders that exist are left alone.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # SQLite has a better error message
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _scheme(url: str) -> str:
    """A description of a database URL that shows no password."""
    kind, sep, _ = url.partition("://")
    if sep and re.fullmatch(r"[A-Za-z][\w+.-]*", kind):
        return f"'{kind}://...'"
    if re.fullmatch(r"[\w./\\-]*", url):
        return repr(url)
    return "what is set"


def insert_new(table: Table, connection: Connection) -> Insert:
    """An INSERT that leaves existing rows as they are."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _engine(url: str, immediate: bool) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, execution_options={"preserve_rowcount": True}, pool_pre_ping=True)
    engine = create_engine(url, **(_ONE_WRITER if immediate else {}))

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        """Set up a new connection."""
        # SQLite's own transactions lose updates silently; BEGIN IMMEDIATE takes the one write lock
        # first.
        connection.isolation_level = None
        cache = _WRITER_CACHE if immediate else _READER_CACHE
        for pragma in (*_PRAGMAS, f"cache_size=-{cache}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Begin a SQLite transaction."""
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise StoreError(_hint(str(error.orig))) from error


def _hint(said: str) -> str:
    """What an operator can do about a driver's error, or else the error itself."""
    for part, hint in _HINTS.items():
        if part in said:
            return hint
    return " ".join(said.split())
