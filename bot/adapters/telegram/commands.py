"""The bot's commands and descriptions in Telegram, by scope and language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import structlog

from bot import locales
from bot.adapters.telegram.asked import Call
from bot.adapters.telegram.settings import TelegramSettings
from bot.locales import N_, _
from bot.platform import Entry

log = structlog.get_logger()

DESCRIPTION = N_(
    "I tell you when an online service you use changes its terms or its privacy policy, "
    "whether it concerns you (EU, EEA, UK, Switzerland), and how to opt out: step by step, "
    "with the link."
)
SHORT = N_("Tells you when services change their terms, and how to opt out.")
#: The most letters of a command's help, of the description, and of the short one.
HELP_LETTERS = 256
DESCRIPTION_LETTERS = 512
SHORT_LETTERS = 120

#: Scopes: everybody in a private chat, everybody in a group, those who manage a chat.
PRIVATE = "all_private_chats"
GROUP = "all_group_chats"
MANAGERS = "all_chat_administrators"

Parameters = dict[str, Any]


async def offer(call: Call, menu: Sequence[Entry]) -> None:
    """Set the values that differ from Telegram's; most starts change nothing."""
    changed = 0
    for method, asked, wanted in _wanted(menu):
        has = await call(f"get{method}", asked)
        if has is None or has == wanted or has == next(iter(wanted.values())):
            continue
        if await call(f"set{method}", {**asked, **wanted}) is not None:
            changed += 1
    log.info("telegram.menu", changed=changed)


def _wanted(menu: Sequence[Entry]) -> Iterator[tuple[str, Parameters, Parameters]]:
    """The values to set, as (what, parameters of scope and language, value).

    English is the default for all other languages.
    """
    for code in locales.languages():
        language = {} if code == locales.ENGLISH else {"language_code": code}
        with locales.speaking(code):
            for scope in (PRIVATE, GROUP, MANAGERS):
                whom = {"scope": {"type": scope}, **language}
                yield "MyCommands", whom, {"commands": _commands(menu, scope)}
            description = _(DESCRIPTION)[:DESCRIPTION_LETTERS]
            yield "MyDescription", language, {"description": description}
            short = _(SHORT)[:SHORT_LETTERS]
            yield "MyShortDescription", language, {"short_description": short}


def _commands(menu: Sequence[Entry], scope: str) -> list[dict[str, str]]:
    shown = [entry for entry in menu if _shows(entry, scope)]
    return [{"command": entry.name, "description": _(entry.help)[:HELP_LETTERS]} for entry in shown]


def _shows(entry: Entry, scope: str) -> bool:
    if not entry.offered_on(TelegramSettings.name):
        return False
    if scope == PRIVATE:
        return True
    if entry.private_only:
        return False
    return scope == MANAGERS or not entry.manages
