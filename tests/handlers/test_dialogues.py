"""Conversations, which also serve as documentation: each answer follows the typed `> ` line.

UPDATE_DIALOGUES=1 writes the answers anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simcord

import handlers
from bot.adapters.console import ME, request_of
from bot.adapters.discord.layout import words
from bot.adapters.discord.markup import escape
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.markup import size
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import TURNING, Message, Span
from bot.outcomes import Notice
from bot.platform import Dispatch, Entry, Hint, Request
from bot.rate_limit import Gate
from bot.render.fit import fit
from bot.render.plain import text_of
from bot.store import Store
from handlers._base import Section
from lab.standin import telegram as telegram_standin
from tests.support import judges, many, world
from tests.support.rig import connected

FOLDER = Path(__file__).with_name("dialogues")
FILES = sorted(FOLDER.glob("*.txt"))
#: Those in whose world much has happened, to the chat at the console.
BUSY = ("many",)
AFRESH = [path for path in FILES if path.stem not in BUSY]


def answers(
    path: Path, store: Store, known: Catalogue, names: Names
) -> Iterator[tuple[str, Message]]:
    context = _told(path, store, known, names)
    for line in path.read_text().splitlines():
        if line.startswith("> "):
            typed = line.removeprefix("> ")
            yield typed, handlers.answer(request_of(typed), context)


def _told(path: Path, store: Store, known: Catalogue, names: Names) -> handlers.Context:
    """What has happened before a conversation, and what it is held with."""
    world.tell(store)
    context = world.context(store, known, names)
    if path.stem not in BUSY:
        return context
    many.tell_many(store)
    return replace(context, sources=many.SOURCES)


def spans(message: Message) -> Iterator[Span]:
    """Every run of words of a message."""
    for block in message.blocks:
        for line in block.lines:
            yield from line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_console(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    transcript = "\n".join(
        f"> {typed}\n{text_of(message)}\n" for typed, message in answers(path, store, known, names)
    )
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
        for span in spans(fit(message, size, 4096)):
            assert TURNING.sub("", span.text).strip() in shown


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_discord(path: Path, store: Store, known: Catalogue, names: Names) -> None:
    """Discord's own document takes every answer, as components and as the embed in their place."""
    platform = Discord("unused")
    for _typed, message in answers(path, store, known, names):
        for plain in (False, True):
            judges.discord_body("MessageCreateRequest", platform.body(message, plain))


@pytest.mark.parametrize("path", AFRESH, ids=lambda path: path.stem)
async def test_through_the_telegram_stand_in(
    path: Path, store: Store, known: Catalogue, names: Names, telegram: Any
) -> None:
    """The same conversation typed to the running adapter: what arrives says every word."""
    standin, base = telegram
    expected = list(answers(path, store, known, names))
    store.chats.forget(ME)
    platform = Telegram(telegram_standin.TOKEN, base)
    platform.gate = Gate(1000)
    async with connected(platform, [], _dispatch(store, known, names)):
        for number, (typed, message) in enumerate(expected, 1):
            standin.says(typed)
            shown = (await standin.message(number))["plain"].replace("\u2060", "")
            if not CHANGING.search(message.text):
                for span in spans(fit(message, size, 4096)):
                    assert TURNING.sub("", span.text).strip() in shown, (typed, span.text)


@pytest.mark.parametrize(
    "path",
    [path for path in AFRESH if path.stem not in ("talk", "elsewhere", "sentences", "admin")],
    ids=lambda path: path.stem,
)
async def test_through_the_discord_simulator(
    path: Path, store: Store, known: Catalogue, names: Names
) -> None:
    """The same conversation by slash commands, as far as they can say it.

    They cannot say sentences, nor what needs an option.
    """
    expected = list(answers(path, store, known, names))
    store.chats.forget(ME)
    client = Discord("unused").client(
        [command.entry for command in handlers.COMMANDS], _dispatch(store, known, names)
    )
    said = 0
    async with simcord.run(client, shard_count=1) as env:
        anna = env.create_user("anna")
        for typed, message in expected:
            if (call := _slash(typed)) is None:
                continue
            result = await anna.slash(call[0], **call[1])
            shown = "\n".join(words({"components": result.response.components}))
            shown = re.sub(r"</([\w ]+):\d+>", r"/\1", shown)  # mentions of commands
            said += 1
            # The console's conversation was at another address, so only what does not depend on
            # earlier lines is compared.
            if not CHANGING.search(message.text) and len(shown) < 3000:
                first = next(span.text.strip() for span in spans(message) if span.text.strip())
                assert escape(first).split("…")[0][:40] in shown, (typed, first, shown[:200])
    assert said


def _dispatch(store: Store, known: Catalogue, names: Names) -> Dispatch:
    async def dispatch(request: Request | Notice | Hint) -> Message:
        return handlers.answer(request, world.context(store, known, names))

    return dispatch


#: Codes are made by chance; what belongs to a platform differs on it.
CHANGING = re.compile(
    r"/link \w+|only in a Discord server|/channel @|in the channel itself|Time zone"
    r"|kept about this chat"
)


def _slash(typed: str) -> tuple[str, dict[str, str]] | None:
    """A typed line as a slash command and its options, or None where nobody can say it by one."""
    name, _sep, rest = typed.removeprefix("/").partition(" ")
    entry = _entry(name)
    if entry is None or not _is_on_discord(entry):
        return None
    path = entry.name
    if entry.forms:
        first, _sep, rest = rest.partition(" ")
        entry = next((form for form in entry.forms if form.name == first), None)
        if entry is None:
            return None
        path = f"{path} {first}"
    required = [parameter.required for parameter in entry.parameters]
    if not rest:
        return None if any(required) else (path, {})
    if not required or any(required[1:]) or entry.parameters[0].kind == "file":
        return None
    return path, {entry.parameters[0].name: rest}


def _entry(name: str) -> Entry | None:
    for command in handlers.COMMANDS:
        if name in (command.entry.name, *command.entry.aliases):
            return command.entry
    return None


def _is_on_discord(entry: Entry) -> bool:
    """Whether it is offered there, and asks for no role, which the simulator cannot choose."""
    if not entry.offered_on("discord"):
        return False
    return "role" not in {parameter.kind for parameter in entry.parameters}


def test_every_command_has_a_dialogue() -> None:
    typed = {
        line[2:].split()[0].removeprefix("/")
        for path in FILES
        for line in path.read_text().splitlines()
        if line[:2] == "> "
    }
    assert {command.entry.name for command in handlers.COMMANDS} <= typed


def test_every_command_has_a_place_in_help() -> None:
    assert {command.entry.section for command in handlers.COMMANDS} == set(Section)
