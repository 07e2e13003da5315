"""Fixtures of the platforms' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

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
