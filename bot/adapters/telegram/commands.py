"""What Telegram shows of a bot before anybody speaks: its commands, by scope and language, and its descriptions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import structlog

from bot import locales
from bot.locales import N_, _
from bot.platform import Entry

log = structlog.get_logger()

#: Calls the Bot API: (method, parameters) -> its result, or None where it failed.
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]

DESCRIPTION = N_(
    "I tell you when an online service you use changes its terms or its privacy policy, whether it concerns you (EU, EEA, UK, "
    "Switzerland), and how to opt out: step by step, with the link."
)
SHORT = N_("Tells you when services change their terms, and how to opt out.")
#: What is of no use in a group.
_PRIVATE_ONLY = frozenset({"channel", "link", "start"})
_SCOPES = ("all_private_chats", "all_group_chats", "all_chat_administrators")


async def publish(call: Call, menu: Sequence[Entry]) -> None:
    """Set what differs from what Telegram has, so that a start changes nothing most of the time."""
    changed = 0
    for method, asked, wanted in _wanted(menu):
        has = await call(f"get{method}", asked)
        if has is not None and has != wanted and has != next(iter(wanted.values())):
            changed += await call(f"set{method}", {**asked, **wanted}) is not None
    log.info("telegram.menu", changed=changed)


def _wanted(menu: Sequence[Entry]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(what, for whom, the value) of everything that is shown; English is for all who have no language of ours."""
    for code in locales.languages():
        language = {} if code == locales.ENGLISH else {"language_code": code}
        with locales.speaking(code):
            for scope in _SCOPES:
                shown = [
                    {"command": e.name, "description": _(e.help)[:256]}
                    for e in menu
                    if _shows(e, scope)
                ]
                yield "MyCommands", {"scope": {"type": scope}, **language}, {"commands": shown}
            yield "MyDescription", language, {"description": _(DESCRIPTION)[:512]}
            yield "MyShortDescription", language, {"short_description": _(SHORT)[:120]}


def _shows(entry: Entry, scope: str) -> bool:
    if not entry.listed or entry.name == "mention":
        return False
    if scope == "all_private_chats":
        return True
    return entry.name not in _PRIVATE_ONLY and (
        scope == "all_chat_administrators" or not entry.manages
    )
