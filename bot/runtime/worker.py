"""The process behind `bot.runtime.bounded`.

It reads a job, does it, and writes the answer, until its parent is gone.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import signal
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import IO, NoReturn

import structlog

from bot.runtime.bounded import FRESH, LENGTH, OUT_OF_MEMORY, TIRED, Event

try:
    import resource
except ImportError:  # Windows: only the parent's clock limits it there
    resource = None  # type: ignore[assignment]


#: What was logged by the work that is being done.
_logged: list[Event] = []


def main() -> None:
    """Serve until standard input ends."""
    structlog.configure(processors=[structlog.processors.add_log_level, _note])
    # What is printed must not get among the answers. Who stops the parent by a signal stops it in
    # order.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    jobs = sys.stdin.buffer
    first = _read(jobs)
    if first is None:
        return
    (cpu, _wall, memory), shared = pickle.loads(first)  # noqa: S301 - our parent
    _limit_memory(memory)
    while (job := _read(jobs)) is not None:
        _limit_time(cpu)
        answer = _done(job, shared)
        answers.write(TIRED if _peak() > memory // 2 else FRESH)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _done(job: bytes, shared: tuple[object, ...]) -> bytes:
    """The pickled answer: whether it went well, what came of it, and what was logged meanwhile."""
    unpickler = pickle.Unpickler(BytesIO(job))  # noqa: S301 - our parent
    unpickler.persistent_load = lambda number: shared[number]  # type: ignore[method-assign]
    _logged.clear()
    try:
        work, arguments = unpickler.load()
        return pickle.dumps((True, work(*arguments), _logged), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except RecursionError:
        return _failed(ValueError("its structure is absurd"))
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        return _failed(error)


def _failed(error: Exception) -> bytes:
    """The error itself, or its words where it cannot be made again from what it holds."""
    try:
        pickle.loads(found := pickle.dumps((False, error, _logged)))  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - whatever a library's error holds
        return pickle.dumps((False, RuntimeError(repr(error)), _logged))
    return found


def _note(_logger: object, _method: str, event: Event) -> NoReturn:
    """Keep what is logged for the parent, which writes it where and how the operator wants."""
    _logged.append({name: value for name, value in event.items() if name != "exc_info"})
    raise structlog.DropEvent


def _read(jobs: IO[bytes]) -> bytes | None:
    head = jobs.read(LENGTH.size)
    return jobs.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def _peak() -> int:
    """The most that this process ever held, in bytes; 0 where the system does not say.

    What getrusage says is at least what the parent held when it started this.
    """
    try:
        said = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", said, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _limit_memory(most: int) -> None:
    """Limit what is this process's own, in bytes; what it shares costs nobody anything."""
    if resource:
        _set(resource.RLIMIT_DATA, most)


def _limit_time(seconds: int) -> None:
    """Limit the processor time of the next work; the system counts it from the process's start."""
    if resource:
        _set(resource.RLIMIT_CPU, int(time.process_time()) + seconds + 1)


def _set(limit: int, soft: int) -> None:
    _soft, hard = resource.getrlimit(limit)
    bounded = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(limit, (bounded, hard))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # nobody is left who wants the answer
        main()
