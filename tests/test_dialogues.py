"""Conversations, which are documentation too: what is typed stands behind `> `, the answer below it.

UPDATE_DIALOGUES=1 writes the answers anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from bot.adapters.console import ME, text_of
from bot.adapters.discord import payload
from bot.adapters.telegram import keyboard
from bot.adapters.telegram_html import html_of, size
from bot.catalogue import Catalogue
from bot.chat import Message, Request
from bot.render.fit import fit
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
            command, _, text = typed.removeprefix("/").partition(" ")
            yield typed, handlers.answer(Request(command, text, ME), context)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_console(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    transcript = "\n".join(f"> {typed}\n{text_of(message)}\n" for typed, message in answers(path, store, known, names))
    if os.environ.get("UPDATE_DIALOGUES"):
        path.write_text(transcript)
    assert transcript == path.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_telegram(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    """Telegram's own parser takes every answer, and every word of it arrives."""
    for _, message in answers(path, store, known, names):
        fitted = fit(message, size, 4096)
        parsed = judges.telegram_text(html_of(fitted))
        for span in (span for block in fitted.blocks for line in block.lines for span in line):
            assert span.text.strip() in parsed["text"]
        markup = keyboard(fitted.actions)
        if markup:
            judges.telegram_call("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": markup.to_dict()})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_discord(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    """Discord's own document takes every answer."""
    for _, message in answers(path, store, known, names):
        given = payload(message)
        body = {"embeds": [given["embed"].to_dict()]}
        if "view" in given:
            body["components"] = given["view"].to_components()
        judges.discord_body("MessageCreateRequest", body)


def test_every_command_has_a_dialogue() -> None:
    typed = {
        line[2:].split()[0].removeprefix("/") for path in FILES for line in path.read_text().splitlines() if line[:2] == "> "
    }
    assert {command.entry.name for command in handlers.COMMANDS} <= typed
