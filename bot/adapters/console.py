"""The console as a chat platform: type a command, read the answer; alerts appear by themselves."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import textwrap
import threading
from collections.abc import Iterable, Sequence
from typing import TextIO

from bot.chat import Block, Dispatch, Entry, Gone, Limits, Message, Outcome, Request, Sent, Span
from bot.model import Address
from bot.render.fit import fit

#: The person at the keyboard.
ME = Address("console", "me")
#: How long the line `wait` waits for an alert, in seconds.
PATIENCE = 60.0
WIDTH = 96


class Console:
    """Reads commands from a stream, or from lines given; a line `wait` waits for the next alert."""

    platform = "console"
    limits = Limits(length=20_000, command_bytes=200, buttons=25, per_second=1000)

    def __init__(self, source: TextIO | Iterable[str] | None = None, out: TextIO | None = None, prompt: str = "> ") -> None:
        self._source = sys.stdin if source is None else source
        self._out = out or sys.stdout
        self._prompt = prompt
        self.ready = True
        self._alerted = asyncio.Event()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        #: Set once the input has ended and everything in it is answered.
        self.ended = asyncio.Event()

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        """Answer until the input ends."""
        loop = asyncio.get_running_loop()
        # A daemon thread, because a blocked read of the keyboard cannot be cancelled.
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()
        while (line := await self._next()) is not None:
            await self._answer(line.strip().removeprefix("> "), dispatch)
        self.ended.set()

    async def send(self, address: Address, message: Message, key: str) -> Outcome:
        if not self.ready:
            return Gone("the console was closed")
        whose = "" if address == ME else f" for {address.chat}"
        self._print(f"\n[alert{whose}]\n{text_of(fit(message, lambda m: len(text_of(m)), self.limits.length))}\n")
        self._alerted.set()
        return Sent(key)

    async def wait_for_alert(self) -> None:
        """Until an alert has been printed that nobody waited for yet, or patience ends."""
        try:
            await asyncio.wait_for(self._alerted.wait(), PATIENCE)
        except TimeoutError:
            self._print(f"(no alert within {PATIENCE:.0f} s)")
        self._alerted.clear()

    async def _answer(self, line: str, dispatch: Dispatch) -> None:
        if not line or line.startswith("#"):
            return
        if line == "wait":
            await self.wait_for_alert()
            return
        if self._prompt and not self._typing:
            self._print(f"{self._prompt}{line}")
        command, _, text = line.removeprefix("/").partition(" ")
        self._print(text_of(await dispatch(Request(command, text, ME))) + "\n")

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
            # Whoever read us has gone, as in `demo | head`; what Python still holds back goes nowhere.
            self.ready, self._out = False, io.StringIO()
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.ended.set()


def text_of(message: Message) -> str:
    """A message as plain text: quotes with a bar, steps with numbers, buttons as what to type."""
    parts = [_block(block) for block in message.blocks]
    buttons = [f"[{a.label}: {a.url or a.command}]" for a in message.actions]
    return "\n".join([*parts, "  ".join(buttons)] if buttons else parts)


def _block(block: Block) -> str:
    lines = []
    for number, line in enumerate(block.lines, 1):
        first = {"quote": "│ ", "steps": f"{number}. ", "list": "- "}.get(block.kind, "")
        rest = "│ " if block.kind == "quote" else " " * len(first)
        text = "".join(_span(span) for span in line)
        lines += textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines)


def _span(span: Span) -> str:
    return f"{span.text} <{span.url}>" if span.url else span.text
