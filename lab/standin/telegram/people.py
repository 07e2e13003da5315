"""The people and chats of the Telegram stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from lab.standin.control import Controlled
from lab.standin.telegram import shapes


class Chats(Controlled):
    """Messages in chats. `sent` are the bot's accepted messages."""

    def __init__(self, round_trip: float) -> None:
        super().__init__(round_trip)
        self.sent: list[dict[str, Any]] = []
        self.edited: list[dict[str, Any]] = []
        self.files: list[bytes] = []
        #: Answers to inline queries.
        self.inline: list[dict[str, Any]] = []
        #: Ids of presses that were answered.
        self.answered: list[str] = []
        #: Private replies to presses, or links that were opened for them.
        self.alerts: list[dict[str, Any]] = []
        #: Updates that are not confirmed, and the id of the last one delivered.
        self._updates: list[dict[str, Any]] = []
        self._given = 0
        self._woken = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._number = 0

    def says(
        self, text: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any
    ) -> None:
        """Let somebody write in a chat; `more` are other fields of the message."""
        written = self.new_message(chat, kind, **more)
        message = {"from": shapes.user(user), **written, "text": text}
        if text.startswith("/"):
            command = text.split(maxsplit=1)[0]
            entity = {"type": "bot_command", "offset": 0, "length": len(command)}
            message["entities"] = [entity]
        self.happens({"channel_post" if kind == "channel" else "message": message})

    def presses(
        self,
        data: str,
        chat: int = 7,
        user: int = 7,
        kind: str = "private",
        keyboard: Sequence[str] | None = None,
        **more: Any,
    ) -> None:
        """Let somebody press a button of a message that has it, or has only the `keyboard`.

        A client can claim any press.
        """
        shown = [data] if keyboard is None else keyboard
        rows = [[{"text": "A button", "callback_data": each}] for each in shown]
        query = {
            "id": str(self.next_number()),
            "from": shapes.user(user),
            "chat_instance": "1",
            "data": data,
        }
        message = self.new_message(chat, kind)
        message |= {"text": "before", "reply_markup": {"inline_keyboard": rows}}
        self.happens({"callback_query": {**query, "message": message, **more}})

    def asks_inline(self, text: str, user: int = 7) -> None:
        """Let somebody type an inline query in another chat."""
        number = str(self.next_number())
        query = {"id": number, "from": shapes.user(user), "query": text, "offset": ""}
        self.happens({"inline_query": query})

    def happens(self, update: dict[str, Any]) -> None:
        """Queue an update for the bot."""
        self._updates.append({"update_id": self.next_number(), **update})
        self._woken.set()

    async def updates(self, offset: int, seconds: float, new: int) -> list[dict[str, Any]]:
        """The updates from `offset` on; if there are none, wait for up to `seconds`.

        At most `new` of them have not been delivered before.
        """
        self._updates = [each for each in self._updates if each["update_id"] >= offset]
        if not self._updates and seconds:
            self._woken.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
        fresh = [each for each in self._updates if each["update_id"] > self._given][:new]
        again = [each for each in self._updates if each["update_id"] <= self._given]
        self._given = max([self._given, *(each["update_id"] for each in fresh)])
        return [*again, *fresh]

    async def until(self, true: Callable[[], Any], patience: float = 10) -> None:
        """Wait until an arrival makes a condition true."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(true)

    async def message(self, number: int, patience: float = 10) -> dict[str, Any]:
        """The message with that number, counted from 1, once it has arrived."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    def new_message(self, chat: int, kind: str, **more: Any) -> dict[str, Any]:
        """A message without text and sender, with an id of its own."""
        return shapes.message(self.next_number(), chat, kind, **more)

    def next_number(self) -> int:
        """The next id of a message, a press or an update."""
        self._number += 1
        return self._number
