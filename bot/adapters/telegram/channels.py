"""Channels and groups that a person manages from the private chat with the bot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from telegram import MaybeInaccessibleMessage
from telegram.constants import ChatMemberStatus

from bot.adapters.telegram.asked import Asked, Bot, address_of, chat_address, place_of
from bot.model import Address
from bot.platform import Request
from bot.render.blocks import bold, text

ADMINISTRATORS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
#: The weight of a channel's name above an answer: what the answer says is shortened first.
NAME_WEIGHT = 90


@dataclass(frozen=True, slots=True)
class There:
    """A channel or group that a person manages from the private chat, and the line for it."""

    address: Address
    title: str
    line: str


class Channels:
    """Finds the channel that a person names, and answers for it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def is_administrator(self, chat: int | str, user: int) -> bool:
        """Whether a person manages a chat; also no where Telegram does not say."""
        asked = {"chat_id": chat, "user_id": user}
        member = await self._bot.call("getChatMember", asked)
        return isinstance(member, dict) and member.get("status") in ADMINISTRATORS

    async def named(self, said: str, user: int) -> There | None:
        """The channel that a person names and a line for it, where they are its administrator."""
        name, _space, line = said.strip().partition(" ")
        if not line:
            return None
        if not name.startswith("@") and not name.lstrip("-").isdecimal():
            return None
        chat = await self._bot.call("getChat", {"chat_id": name})
        if not isinstance(chat, dict) or "id" not in chat:
            return None
        if not await self.is_administrator(chat["id"], user):
            return None
        title = str(chat.get("title") or "")
        return There(chat_address(chat["id"]), title, line.strip().removeprefix("/"))

    async def answer(
        self,
        there: There,
        message: MaybeInaccessibleMessage,
        language: str,
        person: str,
        pressed: bool = False,
    ) -> None:
        """Answer in the private chat what was asked for a channel, with its name on top."""
        command, _space, rest = there.line.partition(" ")
        request = Request(
            command,
            rest.strip(),
            there.address,
            private=False,
            language=language,
            pressed=pressed,
            person=person,
        )
        answer = await self._bot.dispatch(request)
        if answer.blocks and there.title:
            name = text(bold(there.title), weight=NAME_WEIGHT)
            answer = replace(answer, blocks=(name, *answer.blocks))
        place = place_of(message) if pressed else ""
        await self._bot.tell(Asked(request, address_of(message), pressed_on=place), answer)
