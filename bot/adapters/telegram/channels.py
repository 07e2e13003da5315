"""Channels and groups that a person manages from a private chat with the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from telegram import MaybeInaccessibleMessage
from telegram.constants import ChatMemberStatus

from bot.adapters.telegram.asked import Asked, Bot, address_of, chat_address, place_of
from bot.locales import _, best, speaking
from bot.message import Block, Message, Span
from bot.model import Address
from bot.platform import Request
from bot.render.blocks import bold, say, short, text

ADMINISTRATORS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
#: The beginning of a link to a channel, before its name.
_LINK = re.compile(r"^(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?", re.I)
#: The most letters of a name that are repeated.
NAME_LETTERS = 60
#: The weight of a channel's name above an answer; the answer itself is shortened first.
NAME_WEIGHT = 90


@dataclass(frozen=True, slots=True)
class There:
    """A channel or group that a person manages from a private chat, and the line for it."""

    address: Address
    title: str
    line: str


class Missing(Enum):
    """Why a line cannot be used for a channel."""

    CHANNEL = auto()
    FOUND = auto()
    SEEN = auto()
    RIGHT = auto()
    COMMAND = auto()


def explained(missing: Missing, said: str, language: str) -> Message:
    """The answer to a person whose line cannot be used for a channel; `said` is that line."""
    name = short(said.partition(" ")[0], NAME_LETTERS)
    with speaking(best(language)):
        match missing:
            case Missing.CHANNEL:
                why = _("Name the channel, and what I shall do there.")
            case Missing.FOUND:
                why = _("I cannot find the channel {name}. Is that its name?", name=name)
            case Missing.SEEN:
                why = _("I am not in {name}. Make me an administrator there first.", name=name)
            case Missing.RIGHT:
                why = _("You are no administrator of {name}, so I change nothing there.", name=name)
            case Missing.COMMAND:
                why = _("What shall I do in {name}?", name=name)
        example = Span("/channel @mychannel subscribe linkedin eu")
        return say(why, _("For example:"), Block("copy", ((example,),)))


def _name_of(typed: str) -> str:
    """The name of a channel as the Bot API takes it, from a link or a name without its @."""
    if typed.lstrip("-").isdecimal():
        return typed
    name = _LINK.sub("", typed).strip("/").partition("/")[0].partition("?")[0]
    return f"@{name.removeprefix('@')}"


class Channels:
    """Finds the channel that a person names, and answers for it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def is_administrator(self, chat: int | str, user: int) -> bool:
        """Whether a person manages a chat; False if Telegram does not say."""
        return await self._status(chat, user) in ADMINISTRATORS

    async def _status(self, chat: int | str, user: int) -> str:
        """A person's status in a chat; "" if Telegram does not say."""
        asked = {"chat_id": chat, "user_id": user}
        member = await self._bot.call("getChatMember", asked)
        return str(member.get("status")) if isinstance(member, dict) else ""

    async def named(self, said: str, user: int) -> There | Missing:
        """The channel that a person names, and a line for it, if they are its administrator."""
        name, _space, line = said.strip().partition(" ")
        if not name:
            return Missing.CHANNEL
        chat = await self._bot.call("getChat", {"chat_id": _name_of(name)})
        if not isinstance(chat, dict) or "id" not in chat:
            return Missing.FOUND
        status = await self._status(chat["id"], user)
        if not status:
            return Missing.SEEN
        if status not in ADMINISTRATORS:
            return Missing.RIGHT
        if not line.strip():
            return Missing.COMMAND
        title = str(chat.get("title") or "")
        return There(chat_address(chat["id"]), title, line.strip().removeprefix("/"))

    async def answer(
        self,
        there: There,
        message: MaybeInaccessibleMessage,
        language: str,
        person: str,
        pressed: bool = False,
    ) -> Message:
        """Answer a line for a channel in the private chat, headed by the channel's name."""
        command, _space, rest = there.line.partition(" ")
        request = Request(
            command,
            rest.strip(),
            there.address,
            private=False,
            language=language,
            pressed=pressed,
            person=person,
            unseen=True,
        )
        answer = await self._bot.dispatch(request)
        if answer.blocks and there.title:
            name = text(bold(there.title), weight=NAME_WEIGHT)
            answer = replace(answer, blocks=(name, *answer.blocks))
        place = place_of(message) if pressed else ""
        await self._bot.tell(Asked(request, address_of(message), pressed_on=place), answer)
        return answer
