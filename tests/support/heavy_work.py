"""Work for the worker in tests, as module-level functions."""

from __future__ import annotations

import os
import time
from typing import Any

import structlog


class OddError(Exception):
    """It cannot be made again from what it holds."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def same(value: Any) -> Any:
    return value


def identity(value: object) -> int:
    return id(value)


def environment() -> dict[str, str]:
    return dict(os.environ)


def process() -> int:
    return os.getpid()


def spins() -> None:
    while True:
        pass


def sleeps() -> None:
    time.sleep(1000)


def eats() -> int:
    return len(bytearray(2**30))


def holds(size: int) -> int:
    return len(bytearray(b"x" * size))


def grows() -> list[bytes]:
    kept = []
    while True:
        kept.append(bytes(2**20))


def recurses(depth: int = 0) -> int:
    return recurses(depth + 1) + 1


def dies() -> None:
    os.abort()


def prints() -> None:
    print("{}" * 1000)


def logs(name: str) -> int:
    structlog.get_logger().warning("work.odd", name=name)
    return 1


def fails(text: str) -> None:
    raise KeyError(text)


def fails_oddly() -> None:
    raise OddError("one", "two")
