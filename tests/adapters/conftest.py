"""Fixtures for tests of the platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simcord import interactions

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.store import Store
from tests.adapters.discord_bot import Bot
from tests.adapters.world import World
from tests.support import world as small_world


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def bot(store: Store, known: Catalogue, names: Names) -> Bot:
    small_world.tell(store)
    return Bot(store, known, names)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the client of a person says beyond what the simulator does.

    Its language, and for whom the app is installed.
    """
    made = interactions.base_payload
    more: dict[str, Any] = {}

    def payload(*args: Any, **kwargs: Any) -> Any:
        record, found = made(*args, **kwargs)
        return record, {**found, **more}

    monkeypatch.setattr(interactions, "base_payload", payload)
    return more
