"""The toy platform: input from a queue, output to a list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.message import Message
from bot.model import Address
from bot.outcomes import Outcome, Sent
from bot.platform import Body, Dispatch, Entry, Request
from bot.rate_limit import Gate
from bot.render.fit import fit
from bot.render.plain import text_of
from tests.adapters.toy.settings import ToySettings

#: Letters of a message.
LENGTH = 1000


class Toy:
    """The platform, and both ends of it."""

    name = ToySettings.name
    keyed = False
    reached = True

    def __init__(self) -> None:
        self.gate = Gate(per_second=100)
        self.ready = False
        self.menu: list[str] = []
        #: What was said to each chat.
        self.told: list[tuple[str, str]] = []
        self._typed: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def says(self, chat: str, line: str) -> None:
        """A person types a line."""
        self._typed.put_nowait((chat, line))

    async def hears(self, count: int) -> tuple[str, str]:
        """Wait until so many messages were told; the last."""
        async with asyncio.timeout(20):
            while len(self.told) < count:
                await asyncio.sleep(0.02)
        return self.told[count - 1]

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Answer until cancelled."""
        self.menu = [entry.name for entry in menu if entry.offered_on(self.name)]
        self.ready = True
        while dispatch:
            chat, line = await self._typed.get()
            command, _space, text = line.removeprefix("/").partition(" ")
            answer = await dispatch(Request(command, text, Address(self.name, chat)))
            self.told.append((chat, self.body(answer)["text"]))
        await asyncio.Event().wait()

    def invitation(self, line: str) -> str:
        """There is none."""
        return ""

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        """The words."""
        return {"text": text_of(fit(message, lambda shorter: len(text_of(shorter)), LENGTH))}

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,
        reply_to: str = "",
        look: datetime | None = None,
    ) -> Outcome:
        """Tell it."""
        self.told.append((address.chat, body["text"]))
        return Sent(str(len(self.told)))

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        """Change what was told."""
        self.told[int(message_id) - 1] = (address.chat, body["text"])
        return Sent(message_id)

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Nothing: toys have no followers."""
        return Sent(message_id)
