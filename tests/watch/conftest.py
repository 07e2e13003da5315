"""Fixtures of the watch: a served platform, and the state of this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.store import Store
from bot.watch.checkup import Checkup
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat


@dataclass
class Serves:
    """A platform, and whether it is this process that serves it."""

    platform: Any
    serves: bool = True


@pytest.fixture
def telegram() -> Serves:
    return Serves(FakeChat())


@pytest.fixture
def checkup(store: Store, clock: Clock, telegram: Serves) -> Checkup:
    return Checkup(store, clock, [telegram], polls=True)
