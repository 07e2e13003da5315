"""Outgoing alerts, and the deliveries that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Address, Story
from bot.preferences import ChatSettings
from bot.states import Part, PartKind


@dataclass(frozen=True, slots=True)
class Alert:
    """A story for a chat: one row of the outbox.

    `services` are the story's services that the chat follows. `digest` marks a smaller change left
    for a digest; `attempts` counts the tries, including this one.
    """

    id: int
    story: Story
    services: tuple[str, ...]
    part: Part = Part()
    digest: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to a chat, claimed by one sender: a single alert, or several gathered.

    `key`, of at most 25 characters, is the same for every try and unique to this message.
    `uncertain` is the time of an earlier try whose answer never came, `failing_since` that of the
    first try that failed. `reply_to` is the id of the message that told the story, `edits` the same
    if that message told nothing else. `publish` is set for channels that other servers can follow.
    `late` marks alerts that came while the chat could not be reached; `tries_again` marks a try
    to find out whether it can be reached now.
    """

    key: str
    chat_id: int
    address: Address
    alerts: tuple[Alert, ...]
    regions: frozenset[str]
    attempts: int = 1
    uncertain: datetime | None = None
    failing_since: datetime | None = None
    reply_to: str = ""
    edits: str = ""
    publish: bool = False
    late: bool = False
    tries_again: bool = False
    chat: ChatSettings = ChatSettings()

    @property
    def publishes(self) -> str:
        """The id of the posted message that this delivery publishes, or ""."""
        part = self.alerts[0].part
        return part.key if part.kind is PartKind.PUBLISHING else ""

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its rows in the outbox."""
        return tuple(alert.id for alert in self.alerts)
