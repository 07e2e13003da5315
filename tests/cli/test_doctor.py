"""`smallprint check`: each possible fault is found, with advice, and no secret is shown."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.adapters.telegram.webhook import Webhook, door_of
from bot.cli import main
from bot.cli._findings import clock, database, files, outside, report, setup
from bot.cli._findings.finding import Finding, Level, Seen, bad, warning, well
from bot.cli._findings.platforms import door_findings, token_finding
from bot.settings import Settings
from bot.store import Store
from bot.store.copies import folder
from bot.web.routes import application
from bot.web.site import Site
from tests.conftest import Clock, Serve
from tests.web.conftest import site_on

SECRET = "123456:a-secret-token-of-telegram"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def configured(**environment: str) -> Settings:
    return settings.load(PLATFORMS, None, environment)


async def found(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


def of(findings: Any, what: str) -> list[Finding]:
    """Those about something that are not well."""
    return [each for each in findings if each.what == what and each.level is not Level.WELL]


# -- on this machine


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> Settings:
    """An instance with which all is well, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    (tmp_path / ".env").touch(0o600)
    assert store.path
    store.path.chmod(0o600)
    for name in ("-wal", "-shm"):
        store.path.with_name(store.path.name + name).chmod(0o600)
    place = tmp_path / "backups"
    folder.make(place)
    store.backup(place / folder.name_of(store.database, datetime.now(UTC)))
    return configured(
        SMALLPRINT_DATABASE=f"sqlite:///{store.path}", SMALLPRINT_OPERATOR="telegram:123"
    )


def test_where_all_is_well_nothing_is_to_do(config: Settings) -> None:
    seen = [*setup.findings(config), *database.findings(config), *files.findings(config)]
    assert [each for each in seen if each.level is not Level.WELL] == []
    assert {each.what for each in seen} >= {"settings", "database", "schema", "copies", "disk"}


def test_the_schema_is_looked_at(config: Settings, store: Store) -> None:
    assert store.path
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0016'")
        connection.commit()
        [old] = of(database.findings(config), "schema")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        [new] = of(database.findings(config), "schema")
    assert (old.level, "migrations to do" in old.words) == (Level.WARNING, True)
    assert "upgrade --dry-run" in old.todo
    assert (new.level, "newer Smallprint" in new.words) == (Level.BAD, True)


def test_copies_are_looked_at(config: Settings, tmp_path: Path) -> None:
    [copy] = (tmp_path / "backups").iterdir()
    copy.rename(copy.with_name("smallprint-2020-01-01T000000Z.db"))
    [old] = of(database.findings(config), "copies")
    assert "2020-01-01" in old.words
    shutil.rmtree(tmp_path / "backups")
    [none] = of(database.findings(config), "copies")
    assert "there is none" in none.words
    [off] = of(database.findings(config.model_copy(update={"backups": "off"})), "copies")
    assert "SMALLPRINT_BACKUPS" in off.todo
    assert {old.level, none.level, off.level} == {Level.WARNING}


@pytest.mark.parametrize(
    ("name", "mode", "todo"),
    [
        (".env", 0o644, "chmod 600 .env"),
        (".env", 0o666, "chmod 600 .env"),
        ("smallprint.db", 0o640, "chmod 600 {}/smallprint.db"),
        ("smallprint.db-wal", 0o604, "chmod 600 {}/smallprint.db-wal"),
        ("backups", 0o777, "chmod 700 {}/backups"),
    ],
)
def test_rights_are_looked_at(
    name: str, mode: int, todo: str, config: Settings, tmp_path: Path
) -> None:
    (tmp_path / name).chmod(mode)
    [loose] = of(files.findings(config), "rights")
    assert (loose.level, loose.todo) == (Level.WARNING, todo.format(tmp_path))
    assert ("change" in loose.words or "put files" in loose.words) == bool(mode & 0o022)


@pytest.mark.parametrize(
    ("free", "level"),
    [(10**9, Level.WELL), (400 * 10**6, Level.WARNING), (10**6, Level.BAD)],
)
def test_room_is_looked_at(
    free: int, level: Level, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, free))
    [disk] = [each for each in files.findings(config) if each.what == "disk"]
    assert disk.level is level


def test_what_was_left_half_done_is_named(config: Settings, tmp_path: Path) -> None:
    left = tmp_path / "smallprint.db.abc.part"
    left.touch(0o600)
    assert of(files.findings(config), "disk") == []
    os.utime(left, (0, 0))
    [named] = of(files.findings(config), "disk")
    assert named.todo == f"rm {left}"


def test_an_operators_token_does_not_travel_in_the_open(config: Settings) -> None:
    told = {
        "admin_token": "a token of more than twenty letters",
        "web": "127.0.0.1:8081",
        "web_url": "http://example.org",
    }
    opened = Settings.model_validate({**told, "operator": "telegram:1"})
    [loud] = of(setup.findings(opened), "operator's pages")
    assert "https" in loud.todo
    [nobody] = of(setup.findings(opened.model_copy(update={"operator": ""})), "operator")
    assert "SMALLPRINT_OPERATOR" in nobody.todo
    assert "twenty letters" not in str(list(setup.findings(opened)))


def test_no_finding_shows_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for address in (
        "postgresql://me:hunter2@127.0.0.1:1/x",
        "postgresql://127.0.0.1:1/x?user=me&password=hunter2",
        "postgres:hunter2",
    ):
        config = configured(SMALLPRINT_DATABASE=address)
        told = [*setup.findings(config), *database.findings(config), *files.findings(config)]
        assert of(told, "database")
        assert "hunter2" not in str(told)
        assert "\n" not in "".join(each.words for each in told)


# -- outside


@pytest.mark.parametrize(
    ("offsets", "level", "words"),
    [
        ([0.1, -0.4, 0.3], Level.WELL, "right"),
        ([0.2, -40_000.0, 0.3], Level.WELL, "right"),
        ([5.2, 5.1], Level.WARNING, "5 seconds ahead"),
        ([-7200.0], Level.BAD, "7,200 seconds behind"),
        ([], Level.WARNING, "nobody"),
    ],
)
def test_the_clock_is_compared(offsets: list[float], level: Level, words: str) -> None:
    told = clock.finding(Seen(len(offsets), offsets))
    assert (told.level, words in told.words) == (level, True)
    assert told.level is Level.WELL or told.todo


async def test_a_platforms_answer_tells_the_time(telegram: tuple[Any, str]) -> None:
    seen = Seen()
    config = configured(TELEGRAM_TOKEN=SECRET, SMALLPRINT_TELEGRAM_API=telegram[1])
    await token_finding(config.platforms[0], seen)
    assert seen.answers == 1
    assert abs(seen.offsets[0]) < 2


def test_nobody_answers_is_another_finding_than_one_does_not() -> None:
    assert outside.network(Seen(3), 50).level is Level.WELL
    assert outside.network(Seen(0), 50).level is Level.BAD
    assert outside.network(Seen(0), 0).level is Level.WELL


async def _taken(_update: dict[str, Any]) -> None:
    """An update that nobody waits for."""


def platform_telling(**told: Any) -> web.Application:
    """A Bot API that knows a webhook."""

    async def info(_request: web.Request) -> web.Response:
        result = {"url": "", "pending_update_count": 0, **told}
        return web.json_response({"ok": True, "result": result})

    app = web.Application()
    app.router.add_get(f"/bot{SECRET}/getWebhookInfo", info)
    return app


async def doors(api: str, public: str) -> list[Finding]:
    config = configured(TELEGRAM_TOKEN=SECRET, SMALLPRINT_TELEGRAM_API=api)
    # The setting wants https; the check itself does not care.
    platform = config.platforms[0].model_copy(update={"webhook": public})
    return await found(door_findings(platform))


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, ""),
        ({"url": "https://other.example/telegram/abc"}, "calls another address"),
        ({"url": ""}, "calls nobody"),
        ({"pending_update_count": 5000}, "5000 updates wait"),
        (
            {
                "last_error_message": "SSL error {certificate verify failed}",
                "last_error_date": int(NOW.timestamp()),
            },
            "certificate verify failed",
        ),
        ({"last_error_message": "long ago", "last_error_date": 1_000_000_000}, ""),
        ({"pending_update_count": "many"}, "does not say how it is"),
    ],
)
async def test_a_webhook_is_called_from_outside(
    served: Serve, told: dict[str, Any], words: str
) -> None:
    ours = (await served(Webhook(SECRET, "", "", _taken).application())).rstrip("/")
    path, secret = door_of(SECRET)
    api = await served(platform_telling(**{"url": ours + path, **told}))
    answers, known = await doors(api, ours)
    assert answers == well("Telegram's webhook", f"{ours} answers, and refuses strangers")
    assert (known.level, words in known.words) == (
        Level.WARNING if words else Level.WELL,
        True,
    )
    assert not any(each in str((answers, known)) for each in (SECRET, secret, path))


@pytest.mark.parametrize("status", [200, 404, 502])
async def test_a_webhook_that_leads_elsewhere(served: Serve, status: int) -> None:
    async def other(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", other)
    public, api = await served(app), await served(platform_telling())
    [answers, _known] = await doors(api, public)
    assert answers.level is Level.BAD
    assert f"answers {status}" in answers.words
    assert "127.0.0.1:8080" in answers.todo
    [nobody, _known] = await doors(api, "http://127.0.0.1:9")
    assert nobody.level is Level.BAD
    assert await doors(api, "") == [], "it asks by itself"


@pytest.fixture
def site(store: Store, known: Any, clock: Clock) -> Site:
    return replace(
        site_on(store, known, clock, clock(), ""), admin_token="a token of more than twenty letters"
    )


async def test_our_pages_are_found_from_outside(served: Serve, site: Site) -> None:
    base = (await served(application(site))).rstrip("/")
    told = await found(outside.pages(Settings.model_validate({"web_url": base})))
    assert told[0] == well("pages", f"{base} shows them")
    assert of(told, "pages") == [
        warning(
            "pages",
            "their public address is http",
            "put a proxy with https before them, and name that address",
        )
    ]


async def test_what_is_for_operators_is_not_open(served: Serve, site: Site) -> None:
    """A proxy that leads to everything, or to something else."""

    async def anything(_request: web.Request) -> web.Response:
        return web.Response(text="smallprint_polls_total 5")

    app = application(site)
    for path in ("/metrics", "/readyz"):
        app.router.add_get(path, anything)
    base = (await served(app)).rstrip("/")
    told = await found(outside.pages(Settings.model_validate({"web_url": base})))
    opened = [each.words for each in told if each.level is Level.BAD]
    assert opened == [f"anybody may see {base}{path}" for path in ("/metrics", "/readyz")]
    other = web.Application()
    other.router.add_get("/robots.txt", anything)
    base = await served(other)
    [told_other] = await found(outside.pages(Settings.model_validate({"web_url": base})))
    assert "other pages than ours" in told_other.words
    nowhere = Settings.model_validate({"web_url": "http://127.0.0.1:9"})
    [silent] = await found(outside.pages(nowhere))
    assert "nobody answers" in silent.words
    unnamed = Settings.model_validate({"web": "127.0.0.1:8081"})
    [alone] = await found(outside.pages(unnamed))
    assert "SMALLPRINT_WEB_URL" in alone.todo


# -- the report


async def _told(*told: Finding) -> AsyncIterator[Finding]:
    for each in told:
        yield each


MADE = (
    well("a", "is well"),
    warning("b", "is odd", "look at it"),
    bad("source x", "is not there", "mend it"),
)


async def test_the_report_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert await report.in_words(_told(*MADE)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok   a: is well",
        "!!   b: is odd",
        "     -> look at it",
        "BAD  source x: is not there",
        "     -> mend it",
        'To do without what does not answer: off = ["x"]',
        "1 to mend.",
    ]
    assert await report.in_words(_told(*MADE[:2])) == 0
    assert capsys.readouterr().out.endswith("All works; 1 to look at.\n")


async def test_the_report_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert await report.as_json(_told(*MADE[:2])) == 0
    assert json.loads(capsys.readouterr().out) == {
        "well": True,
        "findings": [
            {"level": "well", "what": "a", "words": "is well", "todo": ""},
            {"level": "warning", "what": "b", "words": "is odd", "todo": "look at it"},
        ],
    }
    assert await report.as_json(_told(*MADE)) == 1
    assert json.loads(capsys.readouterr().out)["well"] is False


@pytest.mark.parametrize("wrong", [False, True])
def test_json_is_all_that_is_printed(
    wrong: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SMALLPRINT_"):
            monkeypatch.delenv(name)
    if wrong:
        monkeypatch.setenv("SMALLPRINT_NONSENSE", "1")
    assert main(["check", "--offline", "--json"]) == int(wrong)
    out, err = capfd.readouterr()
    assert json.loads(out)["well"] is not wrong
    assert err == ""
