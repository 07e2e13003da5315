"""Fixtures: a clock that stands still, a store in a file, stand-ins of platforms, no network."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import coverage
import psycopg
import pytest
import structlog
from aiohttp import web
from discord.http import Route
from hypothesis import Phase, settings

import handlers
from bot import catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.outcomes import Notice
from bot.platform import Hint, Request
from bot.runtime.http_server import serve
from bot.store import Store
from lab.standin.discord import DiscordStandIn
from lab.standin.telegram import TelegramStandIn
from tests.support import judges, world
from tests.support import postgres as postgres_server

# Shrinking a long text can take minutes; the first failing example is enough to see what is wrong.
settings.register_profile(
    "full",
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    derandomize="CI" in os.environ,
)
settings.register_profile("quick", settings.get_profile("full"), max_examples=20)
settings.load_profile("full")

# A traceback as structlog's default draws it, with every variable, takes longer than most tests.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

#: What `./run test --quick` leaves out: real processes, real time, hostile input, and what other
#: tests say too, of one platform and one language.
SLOW = (
    "tests/promises/",
    "tests/lab/",
    "tests/cli/",
    "tests/deploy/",
    "tests/runtime/",
    "tests/store/test_copies.py",
    "tests/store/test_hostile_copies.py",
    "tests/understand/test_readers_recorded.py",
    "tests/adapters/test_platforms.py",
    "tests/adapters/test_walk_",
    "tests/feeds/test_identity.py::test_guids_by_place_",
    "tests/handlers/test_dialogues.py::test_discord",
    "tests/handlers/test_dialogues.py::test_through_",
    "tests/test_locales.py::test_every_conversation_in_every_language",
)


#: Where coverage says to the processes that a test starts that they are measured.
MEASURE_CHILDREN = "COVERAGE_PROCESS_CONFIG"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow: what stands in `SLOW`, and what runs on PostgreSQL as well as SQLite.

    What waits in real time is put first, so that no worker is left alone with it at the end.
    """
    for item in items:
        if item.nodeid.startswith(SLOW) or _needs_postgres(item):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: not item.nodeid.startswith("tests/promises/"))


def _needs_postgres(item: pytest.Item) -> bool:
    chosen = getattr(item, "callspec", None)
    if chosen is not None and "postgresql" in chosen.params.values():
        return True
    return "postgres" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Count lines in quick tests only: it doubles the time of the others and of their processes."""
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("slow") is None:
        return (yield)
    inherited = os.environ.pop(MEASURE_CHILDREN, None)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
        if inherited is not None:
            os.environ[MEASURE_CHILDREN] = inherited


NOW = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)


class Clock:
    """A clock for tests: call it for the time, move it by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    real = socket.socket.connect
    internet = (socket.AF_INET, socket.AF_INET6)
    here = ("127.0.0.1", "::1", "localhost")

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in internet and address[0] not in here:
            raise AssertionError(f"a test tried to reach {address[0]}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _discord_is_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo where a test moves the library's one address of Discord."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, to copy: to make one takes ten times as long."""
    folder = tmp_path_factory.mktemp("migrated")
    made = Store(f"sqlite:///{folder}/made.db")
    made.open()
    made.backup(folder / "copied.db")
    made.close()
    return folder / "copied.db"


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    """A store in a file of its own."""
    made = Store(new_file(tmp_path, migrated))
    made.open()
    yield made
    made.close()


def new_file(folder: Path, migrated: Path) -> str:
    """The address of a SQLite database of its own, with all tables."""
    shutil.copy(migrated, folder / "smallprint.db")
    return f"sqlite:///{folder}/smallprint.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, with {} for the name of a database."""
    with postgres_server.running() as address:
        template = Store(address.format("template1"))
        template.open()
        template.close()
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on each of the two databases."""
    if request.param == "sqlite":
        made = Store(new_file(tmp_path, request.getfixturevalue("migrated")))
    else:
        made = Store(new_database(request.getfixturevalue("postgres")))
    made.open()
    yield made
    made.close()
    if request.param == "postgresql":
        # The server keeps its databases in memory, and there are hundreds.
        name = made.database.url.database
        _tell(request.getfixturevalue("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def new_database(address: str, template: str = "template1") -> str:
    """A database of its own, with all tables where it is copied from the template."""
    name = f"t{uuid4().hex}"
    _tell(address, f"CREATE DATABASE {name} TEMPLATE {template}")
    return address.format(name)


def _tell(address: str, statement: str) -> None:
    """Execute a statement at the server itself, outside the databases of tests."""
    server = address.replace("+psycopg", "").format("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def known() -> catalogue.Catalogue:
    return catalogue.load()


@pytest.fixture(scope="session")
def names(known: catalogue.Catalogue) -> Names:
    return known.names


Serve = Callable[[web.Application], Any]


@pytest.fixture
async def served() -> AsyncIterator[Serve]:
    """Serve applications on this machine until the test ends; returns their base address."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner, base = await serve(app)
        runners.append(runner)
        return base

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def telegram(served: Serve) -> tuple[TelegramStandIn, str]:
    standin = TelegramStandIn(judge=judges.telegram)
    return standin, await served(standin.application())


@pytest.fixture
async def discord(served: Serve) -> tuple[DiscordStandIn, str]:
    standin = DiscordStandIn(judge=judges.discord)
    return standin, await served(standin.application())


@pytest.fixture
def standin(telegram: Any) -> TelegramStandIn:
    """The stand-in of Telegram by itself."""
    found: TelegramStandIn = telegram[0]
    return found


@pytest.fixture
def dispatch(
    store: Store, known: catalogue.Catalogue, names: Names
) -> Callable[[Any], Awaitable[Message]]:
    """Answers as the bot does, in the small world."""
    world.tell(store)

    async def answer(request: Request | Notice | Hint) -> Message:
        return handlers.answer(request, world.context(store, known, names))

    return answer
