"""The pages for users: what they show is what the bot answers, and what they claim is so.

UPDATE_DOCS=1 writes the answers anew; read the difference before you keep it.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
import telegram
from babel import Locale

import handlers
from bot import locales
from bot.adapters.telegram.asked import Bot
from bot.adapters.telegram.channels import Channels, There
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Block, Message
from bot.model import Address, Subscription
from bot.outcomes import Notice
from bot.platform import Hint, Place, Request, command_of
from bot.store import Store
from tests.docs import conversations
from tests.docs.conversations import Say
from tests.support import many, world

ROOT = Path(__file__).resolve().parents[2]
USERS = ROOT / "docs/users"
COMMANDS = (USERS / "commands.md").read_text("utf-8")
TALKING = ("index.md", "alerts.md", "commands.md", "pages.md")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
EU = frozenset({"EU"})
#: The role that is named in examples, as Discord numbers it.
ROLE = "@readers", "42"
#: Codes are made by chance; pages show this one.
CODE = "k7m2xq9b4d"
_CODE = re.compile(r"(?<=/link )[a-z2-9]{10}\b")


# -- conversations


@pytest.mark.parametrize("name", TALKING)
def test_a_page_shows_what_is_answered(
    name: str, store: Store, known: Catalogue, names: Names
) -> None:
    path = USERS / name
    page = path.read_text("utf-8")
    say = _world(page, store, known, names, follows=name != "index.md")
    today = conversations.rewritten(page, say)
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(today, "utf-8")
    assert today == page


@pytest.mark.parametrize("name", TALKING)
def test_examples_are_short(name: str) -> None:
    for line in conversations.lines_of((USERS / name).read_text("utf-8")):
        kept = [each for each in line.shown if each != conversations.LEFT_OUT]
        assert 1 <= len(kept) <= conversations.MOST_LINES, line.typed


def _world(page: str, store: Store, known: Catalogue, names: Names, follows: bool) -> Say:
    """A world in which each section of a page is a chat of its own; it may follow LinkedIn."""
    for line in conversations.lines_of(page) if follows else ():
        store.subscriptions.add(Subscription(_address(line), "linkedin", EU), LONG_AGO)
    store.subscriptions.add(Subscription(_OTHER.address, "spotify", EU), LONG_AGO)
    world.tell(store)
    for platform in ("console", "telegram", "discord"):
        for sent in store.outbox.claim(platform, "me", world.NOW, timedelta(minutes=1), 1000):
            store.outbox.sent([(sent, "9")], "me", world.NOW)
    context = replace(
        world.context(store, known, names),
        sources=many.SOURCES,
        pages="https://smallprint.example.org",
    )

    def say(line: conversations.Line) -> Message:
        """Answer one line."""
        request = _request(line)
        if request.command == "channel":
            return _in_a_channel(request, context)
        said = handlers.answer(request, context)
        return replace(said, blocks=tuple(_without_chance(each) for each in said.blocks))

    return say


def _without_chance(block: Block) -> Block:
    """A block with the code of the pages in place of one that was made by chance."""
    lines = tuple(
        tuple(replace(span, text=_CODE.sub(CODE, span.text)) for span in line)
        for line in block.lines
    )
    return replace(block, lines=lines)


#: A channel of the server in examples in which alerts do not arrive.
_OTHER = Place(Address("discord", "99"), "#general", ("Send Messages",))


def _address(line: conversations.Line) -> Address:
    """The chat of a section."""
    platform = next((each for each in ("telegram", "discord") if each in line.stage.casefold()), "")
    return Address(platform or "console", f"{line.section} {line.stage}".strip())


def _request(line: conversations.Line) -> Request:
    """What is asked by a line, where the page says that it is typed."""
    command, text = command_of(line.typed.replace(*ROLE))
    languages = (code for code in locales.languages() if f"in {_english(code)}" in line.stage)
    here = _address(line)
    asked = Request(command, text, here, language=next(languages, ""))
    if "server" not in line.stage:
        return asked
    places = (Place(here, "#privacy"), _OTHER)
    return replace(asked, private=False, unseen=True, server="1", places=places)


def _english(code: str) -> str:
    """The English name of a language."""
    return str(Locale(code).get_display_name("en"))


def _in_a_channel(request: Request, context: handlers.Context) -> Message:
    """What Telegram's adapter answers to a line for a channel that the person manages."""

    async def dispatch(asked: Request | Notice | Hint) -> Message:
        """Answer for the channel."""
        return handlers.answer(asked, context)

    async def call(method: str, _given: dict[str, Any]) -> Any:
        """Know one channel, and its owner."""
        return {"id": -1001, "title": "My channel", "status": "creator"}

    async def answer() -> Message:
        """Find the channel, and answer."""
        bot = Bot("smallprint_bot", dispatch, AsyncMock(), call, AsyncMock())
        channels = Channels(bot)
        there = await channels.named(request.text, 7)
        assert isinstance(there, There)
        message = telegram.Message(1, world.NOW, telegram.Chat(7, "private"))
        return await channels.answer(there, message, "en", "7")

    return asyncio.run(answer())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a", "…", "d"], ["a", "…", "d"]),
        (["a", "…"], ["a", "…"]),
        (["x", "…", "d"], ["a", "…", "d"]),
        (["a", "b", "…", "c", "d"], ["a", "b", "c", "d"]),
        (["x"], ["a", "b", "c", "d"]),
        ([], ["a", "b", "c", "d"]),
    ],
)
def test_what_is_left_out_stays_left_out(before: list[str], after: list[str]) -> None:
    """A mark stands for one line at least; what is true is not touched."""
    assert conversations.answer_as(before, ["a", "b", "c", "d"]) == after
