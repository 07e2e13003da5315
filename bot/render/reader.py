"""For whom a message is worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: the regions of the chat (none where it chose none) and the day it is.

    `shared` is a chat of many people, of whom each opts out alone. `done` are the controls that
    were marked done, each as "service/control"; `full` asks for long alerts. `pages` is the public
    address of the pages on the web, "" where there are none.
    """

    regions: frozenset[str]
    today: date
    shared: bool = False
    done: frozenset[str] = frozenset()
    full: bool = False
    pages: str = ""
