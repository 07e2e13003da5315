"""Work on what strangers wrote, done by a process that can be stopped: no feed and no text can stop the loop.

The process is a Python of its own, spoken to by pickles over its pipes, and kept warm. It has none
of the environment's secrets, ends with its parent, and after too much time or memory another one
takes its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import astuple, dataclass
from io import BytesIO
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import structlog

log = structlog.get_logger()

Answer = TypeVar("Answer")
#: Something logged: its name as "event", its "level", and what else was said.
Event = MutableMapping[str, Any]

#: The length of a message, in front of it: eight bytes, the highest first.
LENGTH = struct.Struct(">Q")
#: In front of an answer: whether the worker has so much memory left as it needs for any work.
FRESH, TIRED = b"+", b"-"
#: What a worker ends with that had not enough memory; no program of ours ends with it otherwise.
OUT_OF_MEMORY = 77
#: Of the environment a worker needs no more than where to find Python's modules.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
#: Set by whoever measures which lines ran in processes that a test starts.
_MEASURING = "COVERAGE_"


class OverLimitError(Exception):
    """A piece of work took more time or memory than it may; the message says which, for people."""


class Worker(Protocol):
    """Does one piece of work at a time, away from the event loop."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """What the function answers. Raises what it raises, and OverLimitError."""
        ...


class Here:
    """A thread of this process: no limits. For tests, and for what comes from ourselves."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        return await asyncio.to_thread(work, *arguments)


HERE = Here()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may take: seconds of processor and of time; bytes of the whole process."""

    cpu: int = 5
    wall: float = 20.0
    memory: int = 300 * 2**20


class Bounded:
    """A worker in a process of its own; an async context manager.

    `shared` are values that every piece of work gets: they are sent once, when a process starts.
    """

    def __init__(self, limits: Limits | None = None, shared: tuple[object, ...] = ()) -> None:
        self._limits, self._shared = limits or Limits(), shared
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        async with self._turn:
            await self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a module's function answers; it, its arguments and its answer are pickled.

        Raises what the function raises, and OverLimitError.
        """
        async with self._turn:
            process = self._process or await self._start()
            try:
                async with asyncio.timeout(self._limits.wall):
                    good, answer = await self._asked(process, (work, arguments))
            except TimeoutError:
                raise await self._over("time") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                await process.wait()
                raise await self._over(_taken(process.returncode)) from None
            except BaseException:
                await self._end()  # a half-read answer would be taken for the next one's
                raise
        if good:
            return answer  # type: ignore[no-any-return]
        raise answer

    async def _asked(self, process: asyncio.subprocess.Process, job: object) -> tuple[bool, Any]:
        assert process.stdin, "it was made with pipes"
        assert process.stdout, "it was made with pipes"
        process.stdin.write(_message(self._pickled(job)))
        await process.stdin.drain()
        tired = await process.stdout.readexactly(1) == TIRED
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        body = await process.stdout.readexactly(length)
        good, answer, logged = pickle.loads(body)  # noqa: S301 - our own process
        for event in logged:
            getattr(log, event.pop("level"))(event.pop("event"), **event)
        if (
            tired
        ):  # memory comes back in pieces that do not fit; the next work gets all that it may have
            await self._end()
            await self._start()
        return good, answer

    def _pickled(self, job: object) -> bytes:
        """A job in which what is shared is named by its number."""
        shared = {id(value): number for number, value in enumerate(self._shared)}
        buffer = BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = lambda value: shared.get(id(value))  # type: ignore[method-assign]
        pickler.dump(job)
        return buffer.getvalue()

    async def _start(self) -> asyncio.subprocess.Process:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in _ENVIRONMENT or name.startswith(_MEASURING)
        }
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.runtime.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=kept,
            start_new_session=True,  # a Ctrl-C in the terminal is for the parent alone
        )
        assert process.stdin, "it was made with pipes"
        start = pickle.dumps((astuple(self._limits), self._shared), pickle.HIGHEST_PROTOCOL)
        process.stdin.write(_message(start))
        return process

    async def _over(self, what: str) -> OverLimitError:
        log.warning("work.stopped", over=what)
        await self._end()
        await self._start()  # the next one need not wait for it
        return OverLimitError(f"it takes more {what} to read than it may")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        # Else the pipes would be closed by the garbage collector, perhaps after the loop.
        process._transport.close()  # type: ignore[attr-defined]


def call(work: Callable[..., Answer], *arguments: Any, limits: Limits) -> Answer:
    """Do one piece of work in a process of its own, for programs without a loop. Raises as `Bounded.run`."""

    async def once() -> Answer:
        async with Bounded(limits) as worker:
            return await worker.run(work, *arguments)

    return asyncio.run(once())


def _message(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def _taken(returncode: int | None) -> str:
    """What a worker had too much of that ended so. A system without memory kills, and libraries abort."""
    return "time" if returncode == -getattr(signal, "SIGXCPU", 0) else "memory"
