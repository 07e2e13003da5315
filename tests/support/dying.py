"""Forked processes that are killed in the middle of their work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any


def begun(work: Callable[[], object]) -> int:
    """Do something in a process of its own; the number of the process."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def ended(number: int) -> int:
    """Wait for it; 0, or the signal that ended it. What it raised fails the test."""
    _number, status = os.waitpid(number, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    assert os.WEXITSTATUS(status) == 0, "it raised something"
    return 0


def killed_at(owner: Any, name: str, time: int, after: bool, work: Callable[[], object]) -> int:
    """Do something, and be killed before or after a function is called so many times.

    The signal that ended it; 0 where it was never called so often.
    """
    real, calls = getattr(owner, name), [0]

    def dying(*arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] == time and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(*arguments)
        if calls[0] == time:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    def all_of_it() -> None:
        setattr(owner, name, dying)
        work()

    return ended(begun(all_of_it))
