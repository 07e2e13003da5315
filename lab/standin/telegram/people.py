"""Chats of a Telegram server: what people do there, and what they were shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from lab.standin.control import Controlled
from lab.standin.telegram import shapes


class Chats(Controlled):
    """What was said in chats. `sent` are the messages of the bot that were accepted."""

    def __init__(self, round_trip: float) -> None:
        super().__init__(round_trip)
        self.sent: list[dict[str, Any]] = []
        self.edited: list[dict[str, Any]] = []
        self.files: list[bytes] = []
        #: Answers to inline queries.
        self.inline: list[dict[str, Any]] = []
        #: Ids of presses that were answered.
        self.answered: list[str] = []
        #: What only the person who pressed was shown, or the link that was opened for them.
        self.alerts: list[dict[str, Any]] = []
        #: Updates that were not confirmed, and the number of the last that was given.
        self._updates: list[dict[str, Any]] = []
        self._given = 0
        self._woken = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._number = 0

    def says(
        self, text: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any
    ) -> None:
        """Somebody writes in a chat; `more` are other fields of the message."""
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
        """Somebody presses a button of a message that has it, or has only the `keyboard`.

        A client can send what it likes as pressed.
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
        """Somebody types behind the bot's name in another chat."""
        number = str(self.next_number())
        query = {"id": number, "from": shapes.user(user), "query": text, "offset": ""}
        self.happens({"inline_query": query})

    def happens(self, update: dict[str, Any]) -> None:
        """Queue an update for the bot."""
        self._updates.append({"update_id": self.next_number(), **update})
        self._woken.set()

    async def updates(self, offset: int, seconds: float, new: int) -> list[dict[str, Any]]:
        """What is not confirmed by an offset; it is waited for so long where there is nothing.

        At most so many of them are `new`.
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
        """Wait until something that arrived makes it true."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(true)

    async def message(self, number: int, patience: float = 10) -> dict[str, Any]:
        """The message with that number, counted from 1, once it has come."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    def new_message(self, chat: int, kind: str, **more: Any) -> dict[str, Any]:
        """A message without words and sender, with an id of its own."""
        return shapes.message(self.next_number(), chat, kind, **more)

    def next_number(self) -> int:
        """The next id of a message, a press or an update."""
        self._number += 1
        return self._number
