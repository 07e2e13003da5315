"""Work on what strangers wrote, done by a process that can be stopped.

No feed and no text can stop the loop.

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

from bot.runtime.metrics import STUCK

log = structlog.get_logger()

Answer = TypeVar("Answer")
#: Something logged: its name as "event", its "level", and what else was said.
Event = MutableMapping[str, Any]

#: The length of a message, in front of it: eight bytes, the highest first.
LENGTH = struct.Struct(">Q")
#: In front of an answer: the worker has so much memory left as it needs for any work.
FRESH = b"+"
#: In front of an answer: the worker has not, and another one should take its place.
TIRED = b"-"
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
        """What the function answers. Raises what it raises."""
        return await asyncio.to_thread(work, *arguments)


@dataclass(frozen=True, slots=True)
class _Child:
    """A worker's process, and the pipes to it."""

    process: asyncio.subprocess.Process
    jobs: asyncio.StreamWriter
    answers: asyncio.StreamReader

    @classmethod
    def of(cls, process: asyncio.subprocess.Process) -> Self:
        """A process that was started with pipes."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the worker was made without pipes")
        return cls(process, process.stdin, process.stdout)

    async def end(self) -> None:
        """Kill the process and close its pipes."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        # Else the pipes would be closed by the garbage collector, perhaps after the loop.
        self.process._transport.close()  # type: ignore[attr-defined]


HERE = Here()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may take: seconds of processor, seconds, bytes of its process."""

    cpu: int = 5
    wall: float = 20.0
    memory: int = 300 * 2**20


class Bounded:
    """A worker in a process of its own; an async context manager.

    `shared` are values that every piece of work gets: they are sent once, when a process starts.
    """

    def __init__(self, limits: Limits | None = None, shared: tuple[object, ...] = ()) -> None:
        self._limits = limits or Limits()
        self._shared = shared
        self._child: _Child | None = None
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
            child = self._child or await self._start()
            try:
                async with asyncio.timeout(self._limits.wall):
                    good, answer = await self._asked(child, (work, arguments))
            except TimeoutError:
                raise await self._over("time") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                await child.process.wait()
                raise await self._over(_taken(child.process.returncode)) from None
            except BaseException:
                await self._end()  # a half-read answer would be taken for the next one's
                raise
        if good:
            return answer  # type: ignore[no-any-return]
        raise answer

    async def _asked(self, child: _Child, job: object) -> tuple[bool, Any]:
        """Whether the work went well, and what came of it."""
        child.jobs.write(_message(self._pickled(job)))
        await child.jobs.drain()
        tired = await child.answers.readexactly(1) == TIRED
        (length,) = LENGTH.unpack(await child.answers.readexactly(LENGTH.size))
        body = await child.answers.readexactly(length)
        good, answer, logged = pickle.loads(body)  # noqa: S301 - our own process
        for event in logged:
            getattr(log, event.pop("level"))(event.pop("event"), **event)
        if tired:
            # Memory comes back in pieces that do not fit; the next work gets all that it may have.
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

    async def _start(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.runtime.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for the parent alone
        )
        self._child = _Child.of(process)
        start = pickle.dumps((astuple(self._limits), self._shared), pickle.HIGHEST_PROTOCOL)
        self._child.jobs.write(_message(start))
        return self._child

    async def _over(self, what: str) -> OverLimitError:
        log.warning("work.stopped", over=what)
        if what == "time":
            STUCK.labels("reader").inc()
        await self._end()
        await self._start()  # the next one need not wait for it
        return OverLimitError(f"it takes more {what} to read than it may")

    async def _end(self) -> None:
        child = self._child
        self._child = None
        if child is not None:
            await child.end()


def _environment() -> dict[str, str]:
    """What a worker gets of our environment: no secret is in it."""
    kept = {}
    for name, value in os.environ.items():
        if name in _ENVIRONMENT or name.startswith(_MEASURING):
            kept[name] = value
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    return kept


def call(work: Callable[..., Answer], *arguments: Any, limits: Limits) -> Answer:
    """Do one piece of work in a process of its own, for programs without a loop.

    Raises what the function raises, and OverLimitError.
    """

    async def once() -> Answer:
        """Start a worker, and end it after this work."""
        async with Bounded(limits) as worker:
            return await worker.run(work, *arguments)

    return asyncio.run(once())


def _message(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def _taken(returncode: int | None) -> str:
    """What a worker had too much of that ended so.

    A system without memory kills, and libraries abort.
    """
    out_of_time = -getattr(signal, "SIGXCPU", 0)
    return "time" if returncode == out_of_time else "memory"
