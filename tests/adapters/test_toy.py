"""A minimal platform: one folder and one line, with no mention in the core."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.cli._findings.finding import Finding, bad, well
from bot.cli._findings.platforms import token_finding
from bot.cli._service import platforms
from bot.model import Address
from bot.platform import Entry
from bot.platform_settings import PlatformSettings, address_of, no_address
from bot.runtime import logs
from bot.settings import Settings, SettingsError
from tests.adapters.toy.platform import Toy
from tests.adapters.toy.settings import ToySettings
from tests.adapters.world import CHANGED, World

#: The registry with one more line.
WITH_TOY: tuple[type[PlatformSettings], ...] = (*PLATFORMS, ToySettings)


def configured(**environment: str) -> Settings:
    return settings.load(WITH_TOY, None, environment)


async def test_a_person_subscribes_gets_an_alert_and_asks(
    world: World, served: Any, tmp_path: Path
) -> None:
    world.settings = configured(
        TOY_TOKEN="toy-secret",
        SMALLPRINT_DATABASE=f"sqlite:///{tmp_path}/toy.db",
        SMALLPRINT_ALLOW_PRIVATE_NETWORKS="1",
        SMALLPRINT_POLL_TICK="0.05",
    )
    base = await served(world.application())
    [toy] = platforms(world.settings)
    assert isinstance(toy, Toy)
    async with world.running(base, toy) as app:
        toy.says("anna", "/subscribe linkedin eu")
        assert "You now follow LinkedIn" in (await toy.hears(1))[1]
        world.clock.move(CHANGED)
        chat, alert = await toy.hears(2)
        assert chat == "anna"
        assert "LinkedIn · Privacy Policy" in alert
        assert "How to opt out: Data for Generative AI Improvement" in alert
        toy.says("anna", "/howto linkedin")
        assert "LinkedIn: how to opt out" in (await toy.hears(3))[1]
        assert app.store.outbox.depth() == {"sent": 1}
    assert {"subscribe", "howto", "forget"} <= set(toy.menu)
    assert not {"channel", "mention"} & set(toy.menu), "those are for other platforms"


def test_its_settings_are_read_checked_and_kept_secret() -> None:
    config = configured(TOY_TOKEN="toy-secret", SMALLPRINT_OPERATOR="toy:anna")
    assert [type(each) for each in config.platforms] == list(WITH_TOY)
    assert settings.secrets_of(config) == ["toy-secret"]
    assert "toy-secret" not in repr(config)
    assert settings.names_of(WITH_TOY)["TOY_TOKEN"] == "The toy's token"
    with pytest.raises(SettingsError, match="did you mean SMALLPRINT_TOY_API"):
        configured(SMALLPRINT_TOY_APPI="x")
    with pytest.raises(SettingsError, match="'toy:7' is no place"):
        configured(SMALLPRINT_OPERATOR="toy:7")


def test_an_operator_names_its_chats() -> None:
    assert address_of("toy:anna", WITH_TOY) == Address("toy", "anna")
    assert address_of("toy:anna", PLATFORMS) is None
    assert no_address("x", WITH_TOY).endswith(" or toy:anna")


def test_no_log_line_shows_what_looks_like_its_token() -> None:
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    logs.set_up("INFO", "text", stream=written, patterns=ToySettings.secret_patterns)
    try:
        logging.getLogger("toys").warning("refused toy-another1")
    finally:
        root.handlers, level = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "refused [secret]" in written.getvalue()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, well("Toy", "off, because TOY_TOKEN is not set")),
        ({"TOY_TOKEN": "good"}, well("Toy", "the token is good")),
        (
            {"TOY_TOKEN": "bad"},
            bad("Toy", "refuses TOY_TOKEN (401)", "copy it again from the toy box"),
        ),
    ],
)
async def test_check_tries_its_token(
    served: Any, environment: Mapping[str, str], expected: Finding
) -> None:
    async def me(request: web.Request) -> web.Response:
        good = request.headers["Authorization"] == "good"
        return web.Response(status=200 if good else 401)

    app = web.Application()
    app.router.add_get("/me", me)
    config = configured(SMALLPRINT_TOY_API=await served(app), **environment)
    assert await token_finding(config.platforms[-1]) == expected


def test_the_page_about_platforms_is_true() -> None:
    """Each platform has what it says that each has, and an entry the fields that it names."""
    root = Path(__file__).resolve().parents[2]
    page = (root / "docs/architecture/platforms.md").read_text()
    files = set(re.findall(r"(?m)^\| `(\w+\.py)` \|", page))
    assert len(files) == 7
    for platform in PLATFORMS:
        folder = root / "bot/adapters" / platform.name
        assert files <= {path.name for path in folder.iterdir()}
        for module, names in re.findall(r"(?m)^\| `(\w+\.py)` \|.*\| (`.+`) \|$", page):
            for name in re.findall(r"`([a-z_]+)`", names):
                assert f"def {name}(" in (folder / module).read_text()
    named = re.findall(r"(?m)^\| `(\w+)(?:\(\w+\))?` \|", page)
    assert len(named) == 11
    assert all(hasattr(Entry("x", "x"), field) for field in named)
