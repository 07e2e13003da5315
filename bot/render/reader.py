"""The reader for whom a message is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of a message: the chat's regions (empty if it chose none) and today's date.

    `shared` is a chat of many people, each of whom opts out alone. `done` are the controls marked
    as done, each as "service/control"; `full` asks for long alerts. `pages` is the public address
    of the web pages, "" if there are none.
    """

    regions: frozenset[str]
    today: date
    shared: bool = False
    done: frozenset[str] = frozenset()
    full: bool = False
    pages: str = ""
