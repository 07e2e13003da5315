"""Conversations, which are documentation too: what is typed stands behind `> `, the answer below it.

UPDATE_DIALOGUES=1 writes the answers anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from bot.adapters.console import request_of
from bot.adapters.discord import Discord
from bot.adapters.telegram import Telegram
from bot.adapters.telegram_html import TURNING, size
from bot.catalogue import Catalogue
from bot.chat import Message
from bot.render.fit import fit
from bot.render.plain import text_of
from bot.store import Store
from bot.understand.names import Names
from tests import judges, world

FOLDER = Path(__file__).with_name("dialogues")
FILES = sorted(FOLDER.glob("*.txt"))


def answers(path: Path, store: Store, known: Catalogue, names: Names) -> Iterator[tuple[str, Message]]:
    world.tell(store)
    context = world.context(store, known, names)
    for line in path.read_text().splitlines():
        if line.startswith("> "):
            typed = line.removeprefix("> ")
            yield typed, handlers.answer(request_of(typed), context)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_console(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    transcript = "\n".join(f"> {typed}\n{text_of(message)}\n" for typed, message in answers(path, store, known, names))
    if os.environ.get("UPDATE_DIALOGUES"):
        path.write_text(transcript)
    assert transcript == path.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_telegram(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    """Telegram's own parser takes every answer, and every word of it arrives."""
    platform = Telegram("unused")
    for _typed, message in answers(path, store, known, names):
        parsed = judges.telegram("sendMessage", {"chat_id": 1, **platform.body(message)})
        shown = parsed["text"].replace("\u2060", "")
        for span in (span for block in fit(message, size, 4096).blocks for line in block.lines for span in line):
            assert TURNING.sub("", span.text).strip() in shown


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_discord(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    """Discord's own document takes every answer, as components and as the embed that stands in for them."""
    platform = Discord("unused")
    for _typed, message in answers(path, store, known, names):
        for plain in (False, True):
            judges.discord_body("MessageCreateRequest", platform.body(message, plain))


def test_every_command_has_a_dialogue() -> None:
    typed = {
        line[2:].split()[0].removeprefix("/") for path in FILES for line in path.read_text().splitlines() if line[:2] == "> "
    }
    assert {command.entry.name for command in handlers.COMMANDS} <= typed
