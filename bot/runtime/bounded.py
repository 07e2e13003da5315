"""Running work on untrusted input in a worker process with limits on time and memory.

No feed and no text can block the event loop. The worker is a Python process of its own, which
gets pickles over its pipes and is kept warm. It has none of the environment's secrets, ends with
its parent, and is replaced after it has used too much time or memory.
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
#: A log event: its name as "event", its "level", and its other fields.
Event = MutableMapping[str, Any]

#: The length prefix of a message: eight bytes, big-endian.
LENGTH = struct.Struct(">Q")
#: The prefix of an answer: the worker has enough memory left for any work.
FRESH = b"+"
#: The prefix of an answer: the worker has not, and should be replaced.
TIRED = b"-"
#: The exit code of a worker that ran out of memory; no program of ours uses it otherwise.
OUT_OF_MEMORY = 77
#: The environment variables of a worker: only what Python needs to find modules.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
#: The prefix of variables that measure code coverage in child processes of tests.
_MEASURING = "COVERAGE_"


class OverLimitError(Exception):
    """A piece of work took more time or memory than it may; the message says which, for people."""


class Worker(Protocol):
    """Does one piece of work at a time, away from the event loop."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function; return its result. Raises what it raises, and OverLimitError."""
        ...


class Here:
    """A worker in a thread of this process, without limits, for tests and trusted input."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function in a thread; return its result. Raises what it raises."""
        return await asyncio.to_thread(work, *arguments)


@dataclass(frozen=True, slots=True)
class _Child:
    """A worker's process, and the pipes to it."""

    process: asyncio.subprocess.Process
    jobs: asyncio.StreamWriter
    answers: asyncio.StreamReader

    @classmethod
    def of(cls, process: asyncio.subprocess.Process) -> Self:
        """Wrap a process that was started with pipes."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the worker was made without pipes")
        return cls(process, process.stdin, process.stdout)

    async def end(self) -> None:
        """Kill the process and close its pipes."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        # Otherwise the garbage collector would close the pipes, perhaps after the loop.
        self.process._transport.close()  # type: ignore[attr-defined]


HERE = Here()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one piece of work: processor seconds, seconds, and bytes of its process."""

    cpu: int = 5
    wall: float = 20.0
    memory: int = 300 * 2**20


class Bounded:
    """A worker in a process of its own; an async context manager.

    `shared` are values that all work can use; they are sent once, when the process starts.
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
        """Run a module-level function; it, its arguments and its result are pickled.

        Returns its result. Raises what the function raises, and OverLimitError.
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
                await self._end()  # a half-read answer would be read as the next one
                raise
        if good:
            return answer  # type: ignore[no-any-return]
        raise answer

    async def _asked(self, child: _Child, job: object) -> tuple[bool, Any]:
        """Send a job; return whether it succeeded, and its result or error."""
        child.jobs.write(_message(self._pickled(job)))
        await child.jobs.drain()
        tired = await child.answers.readexactly(1) == TIRED
        (length,) = LENGTH.unpack(await child.answers.readexactly(LENGTH.size))
        body = await child.answers.readexactly(length)
        good, answer, logged = pickle.loads(body)  # noqa: S301 - our own process
        for event in logged:
            getattr(log, event.pop("level"))(event.pop("event"), **event)
        if tired:
            # Its memory is fragmented; a new process has all the memory that the next work may use.
            await self._end()
            await self._start()
        return good, answer

    def _pickled(self, job: object) -> bytes:
        """Pickle a job; shared values are replaced by their index."""
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
    """The environment of a worker, which contains no secrets."""
    kept = {}
    for name, value in os.environ.items():
        if name in _ENVIRONMENT or name.startswith(_MEASURING):
            kept[name] = value
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    return kept


def call(work: Callable[..., Answer], *arguments: Any, limits: Limits) -> Answer:
    """Run one piece of work in a process of its own, for programs without an event loop.

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
    """The limit that a worker exceeded, by its exit code.

    A system without memory kills, and libraries abort.
    """
    out_of_time = -getattr(signal, "SIGXCPU", 0)
    return "time" if returncode == out_of_time else "memory"
