"""Texts beyond our limits: they delay nothing for ever, and are finally told unread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.catalogue.names import Names
from bot.feeds.fetch import Fetcher
from bot.jobs import interpret as interpreting
from bot.jobs.item_reader import GIVE_UP
from bot.model import Source, SourceKind
from bot.runtime.bounded import OverLimitError
from bot.store import Store
from bot.understand import decide as deciding
from bot.verdicts import Origin, Reason
from lab.replay.server import application
from tests.conftest import Clock
from tests.jobs.test_poll import NEW, OLD, Scene


@pytest.fixture
async def collection(store: Store, names: Names, clock: Clock, served: Any) -> AsyncIterator[Scene]:
    """A collection in which LinkedIn's policy is known, and changes."""
    async with Fetcher("test", allow_private=True) as fetcher:
        scene = Scene(store, names, clock, fetcher)
        base = await served(application(scene.archive, scene.archive_clock))
        scene.listen(Source("vlopses-ie", SourceKind.COLLECTION, base, every=60))
        scene.record(-5, OLD)
        await scene.at(0)
        scene.record(1, NEW)
        yield scene


async def test_a_text_beyond_our_limits_is_told_without_it(
    collection: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker ends what takes too much time or memory, and would again at every try."""
    tried: list[bool] = []
    real = deciding.decide

    def limited(reading: Any, *more: Any) -> Any:
        tried.append(reading.text is not None)
        if reading.text is not None:
            raise OverLimitError("more memory than it may have")
        return real(reading, *more)

    monkeypatch.setattr(interpreting, "decide", limited)
    for _day in range(GIVE_UP + 3):
        await collection.at(2)
        collection.clock.forward(days=2)
    assert tried == [True] * GIVE_UP + [False]
    assert collection.told == 1
    [story] = collection.store.stories.recent(["linkedin"], 5)
    assert story.lead.why == (Reason(Origin.UNREAD),)
