"""Outcomes of outbox rows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.states import DeliveryState
from bot.verdicts import HeldFor


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a story for a chat.

    `state` is the outbox row's, or None if there is no row. `held_for` is what the row waits for
    and `due` until when; `why` is what the platform said. `since` is when the chat began to follow
    one of the story's services, `told` when the story was published; a `void` one was taken back.
    """

    state: DeliveryState | None = None
    held_for: HeldFor | None = None
    why: str = ""
    sent_at: datetime | None = None
    since: datetime | None = None
    told: datetime | None = None
    due: datetime | None = None
    void: bool = False


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A reason for which messages were given up, and their number."""

    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Retry:
    """A further try of a message: when, and why the last one failed.

    `certain`: the last try was certainly not posted; otherwise the platform may have it already.
    `regroup`: the next try may include other rows of the chat, under another key.
    `apart`: from now on each row is a message of its own.
    """

    due: datetime
    why: str
    certain: bool = True
    regroup: bool = False
    apart: bool = False
