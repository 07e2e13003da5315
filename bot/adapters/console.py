"""The console as a chat platform: commands are typed, answers and alerts are printed."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.message import File, Message
from bot.model import Address
from bot.outcomes import Gone, Outcome, Refused, Sent
from bot.platform import Body, Dispatch, Entry, Request, command_of
from bot.rate_limit import Gate
from bot.render.fit import fit
from bot.render.plain import WIDTH, text_of

#: The person at the keyboard.
ME = Address("console", "me")
#: How long the line `wait` waits for an alert, in seconds.
PATIENCE_SECONDS = 60.0
#: Extensions of files whose content is printed.
_TEXTS = (".txt", ".json")


def _shown(file: File) -> str:
    """The content of a text file; of any other the path where it was put, and a picture's text."""
    if file.alt or not file.name.endswith(_TEXTS):
        place = Path(tempfile.mkdtemp(prefix="smallprint-"), Path(file.name).name)
        place.write_bytes(file.content)
        return f"\n[{place}]" if not file.alt else f"\n[{place}: {file.alt}]"
    return f"\n{file.content.decode()}"


def request_of(line: str) -> Request:
    """A typed line: a command with or without its slash, or a sentence."""
    command, text = command_of(line)
    return Request(command, text, ME, local=True)


class Console:
    """A platform that reads commands from a stream or from lines; `wait` waits for an alert."""

    name = "console"
    keyed = False
    reached = True
    #: The most characters of an answer.
    length = 20_000

    def __init__(
        self,
        source: TextIO | Iterable[str] | None = None,
        out: TextIO | None = None,
        prompt: str = "> ",
    ) -> None:
        self._source = sys.stdin if source is None else source
        self._out = out or sys.stdout
        self._prompt = prompt
        self.gate = Gate(per_second=1000)
        self.ready = True
        self._alerted = asyncio.Event()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        #: Set once the input has ended and everything in it is answered.
        self.ended = asyncio.Event()

    def invitation(self, line: str) -> str:  # noqa: ARG002 - who types is there already
        """ "", because the person is already there."""
        return ""

    async def run(
        self,
        menu: Sequence[Entry],  # noqa: ARG002 - a console shows no menu
        dispatch: Dispatch | None,
    ) -> None:
        """Answer until the input ends."""
        if dispatch is None:
            await self.ended.wait()
            return
        loop = asyncio.get_running_loop()
        # A daemon thread, because a blocked read of the keyboard cannot be cancelled.
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()
        while (line := await self._next()) is not None:
            await self._answer(line.strip().removeprefix("> "), dispatch)
        self.ended.set()

    def body(
        self,
        message: Message,
        plain: bool = False,  # noqa: ARG002 - a console has no markup
        shared: bool = False,  # noqa: ARG002 - and one reader
    ) -> Body:
        """The text, with buttons as lines to type."""
        said = fit(message, lambda shorter: len(self._said(shorter)), self.length)
        return {"text": self._said(said)}

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,
        reply_to: str = "",  # noqa: ARG002 - lines stand in the order they came
        look: datetime | None = None,  # noqa: ARG002 - what was printed was seen
    ) -> Outcome:
        """Print an alert."""
        if not self.ready:
            return Gone("the console was closed", left=True)
        whose = "" if address == ME else f" for {address.chat}"
        self._print(f"\n[alert{whose}]\n{body['text']}\n")
        self._alerted.set()
        return Sent(key)

    async def edit(
        self,
        address: Address,  # noqa: ARG002 - the port's signature
        message_id: str,  # noqa: ARG002
        body: Body,  # noqa: ARG002
    ) -> Outcome:
        """Refuse: what was printed stays."""
        return Refused("a console cannot change what it printed")

    async def publish(
        self,
        address: Address,  # noqa: ARG002 - the port's signature
        message_id: str,
    ) -> Outcome:
        """Do nothing: nobody follows a console."""
        return Sent(message_id)

    async def wait_for_alert(self) -> None:
        """Wait for an alert that has not been waited for, or print that there was none."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._alerted.wait()
        except TimeoutError:
            self._print(f"(no alert within {PATIENCE_SECONDS:.0f} s)")
        self._alerted.clear()

    async def _answer(self, line: str, dispatch: Dispatch) -> None:
        if not line or line.startswith("#"):
            return
        if line == "wait":
            await self.wait_for_alert()
            return
        if self._prompt and not self._typing:
            self._print(f"{self._prompt}{line}")
        self._show(await dispatch(request_of(line)))

    def _said(self, message: Message) -> str:
        """A message at most as wide as the terminal, with a line for each button."""
        width = WIDTH
        if self._out.isatty():
            width = min(width, shutil.get_terminal_size().columns)
        return text_of(message, width, between="\n")

    def _show(self, answer: Message) -> None:
        shown = self._said(answer)
        if answer.file:
            shown += _shown(answer.file)
        self._print(f"{shown}\n")

    @property
    def _typing(self) -> bool:
        return isinstance(self._source, io.TextIOBase) and self._source.isatty()

    async def _next(self) -> str | None:
        if self._typing:
            self._out.write(self._prompt)
            self._out.flush()
        return await self._lines.get()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in self._source:
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            loop.call_soon_threadsafe(self._lines.put_nowait, None)
        except RuntimeError:
            return  # the loop ended while we were reading

    def _print(self, text: str) -> None:
        try:
            print(text, file=self._out, flush=True)
        except BrokenPipeError:
            # Whoever read us has gone, as in `demo | head`; whatever Python still buffers is
            # dropped.
            self.ready = False
            self._out = io.StringIO()
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.ended.set()
