"""The worker process of `bot.runtime.bounded`.

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


#: The log events of the current work.
_logged: list[Event] = []


def main() -> None:
    """Serve until standard input ends."""
    structlog.configure(processors=[structlog.processors.add_log_level, _note])
    # Printed text must not get between the answers. Signals are left to the parent, which stops us
    # in an orderly way.
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
    """Do a job; return the pickled answer: (success, result or error, log events)."""
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
    """The pickled error, or its text if it cannot be unpickled."""
    try:
        pickle.loads(found := pickle.dumps((False, error, _logged)))  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - whatever a library's error holds
        return pickle.dumps((False, RuntimeError(repr(error)), _logged))
    return found


def _note(_logger: object, _method: str, event: Event) -> NoReturn:
    """Keep a log event for the parent, which writes it where and how the operator wants."""
    _logged.append({name: value for name, value in event.items() if name != "exc_info"})
    raise structlog.DropEvent


def _read(jobs: IO[bytes]) -> bytes | None:
    """The next message; None where the parent is gone, perhaps in the middle of writing it."""
    head = jobs.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    message = jobs.read(size)
    return message if len(message) == size else None


def _peak() -> int:
    """The peak memory of this process in bytes; 0 if the system does not say.

    getrusage would count at least the memory of the parent when it started this process.
    """
    try:
        said = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", said, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _limit_memory(most: int) -> None:
    """Limit this process's own memory, in bytes; shared memory does not count."""
    if resource:
        _set(resource.RLIMIT_DATA, most)


def _limit_time(seconds: int) -> None:
    """Limit the processor time of the next work, on top of what the process has already used."""
    if resource:
        _set(resource.RLIMIT_CPU, int(time.process_time()) + seconds + 1)


def _set(limit: int, soft: int) -> None:
    _soft, hard = resource.getrlimit(limit)
    bounded = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(limit, (bounded, hard))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # nobody is left who wants the answer
        main()
