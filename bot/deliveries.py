"""What is sent: alerts, and the messages in which they go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Address, Story
from bot.preferences import ChatSettings
from bot.states import Part, PartKind


@dataclass(frozen=True, slots=True)
class Alert:
    """A story for a chat: one row of the outbox; `services` are those that the chat follows.

    `digest` marks a smaller change left for a digest; `attempts` counts the tries, this one too.
    """

    id: int
    story: Story
    services: tuple[str, ...]
    part: Part = Part()
    digest: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent to a chat as one message: one alert, or several gathered; claimed by one sender.

    `key`, of at most 25 characters, is the same for every try and of no other message.
    `uncertain` is when an earlier try was made whose answer never came, `failing_since` when the
    first one failed. `reply_to` is the message that told the story, `edits` the same where it told
    nothing else. `publish` is for channels whose messages other servers follow. `late` is what came
    while the chat could not be reached; `tries_again` to see whether it can be now.
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
        """The id of the posted message that this hands on, or ""."""
        part = self.alerts[0].part
        return part.key if part.kind is PartKind.PUBLISHING else ""

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its rows in the outbox."""
        return tuple(alert.id for alert in self.alerts)
