"""Rate limits of answers: one person's flood takes nothing from others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from bot.app import App
from bot.message import Action, Message
from bot.model import Address
from bot.outcomes import Notice
from bot.platform import Hint, Request
from bot.runtime.answering import TYPING_ANSWERS
from bot.settings import Settings

HERE = Address("discord", "5")
MANY = 2 * TYPING_ANSWERS


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A bot that has one suggestion for everything."""

    def answer(_request: Request | Notice | Hint, _context: handlers.Context) -> Message:
        return Message((), (Action("LinkedIn", "linkedin"),))

    monkeypatch.setattr(handlers, "answer", answer)
    made = App(Settings.model_validate({"database": f"sqlite:///{tmp_path}/x.db"}), [], [])
    made.store.open()
    yield made
    made.store.close()


@pytest.mark.parametrize("where", [HERE, None])
async def test_suggestions_are_counted_for_each_person(app: App, where: Address | None) -> None:
    """In a chat, and where nobody knows in which."""
    made = [await app.dispatch(Hint("service", "l", "en", where, "7")) for _letter in range(MANY)]
    suggested = sum(bool(each.actions) for each in made)
    assert TYPING_ANSWERS <= suggested < MANY
    other = await app.dispatch(Hint("service", "l", "en", where, "8"))
    assert other.actions, "another person in the same place"


async def test_who_typed_much_can_still_say_something(app: App) -> None:
    for _letter in range(MANY):
        await app.dispatch(Hint("service", "l", "en", HERE, "7"))
    assert (await app.dispatch(Request("help", "", HERE, person="7"))).actions
