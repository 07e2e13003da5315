"""Where things are on their way: rows of the outbox, items and chats; and which part of a story a row tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a row of the outbox is on its way. HELD waits for a digest, a quiet hour, a mute or a chat; LEASED is in
    flight; DEAD was given up until an operator acts."""

    QUEUED = "queued"
    HELD = "held"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


class SourceState(StrEnum):
    """How a source fares. MOVED is read at another address than the operator's; GONE said that it is gone for good;
    WEB_PAGE answers with a page for people in place of a feed."""

    NEW = "new"
    HEALTHY = "healthy"
    FAILING = "failing"
    MOVED = "moved"
    GONE = "gone"
    WEB_PAGE = "web page"


class CoverageState(StrEnum):
    """Whether a collection still reads a document. LOST has lasted long enough to be believed."""

    READ = "read"
    LOST = "lost"


class ItemState(StrEnum):
    """What became of an item of a feed. HELD is a doubtful change that waits to be told."""

    NEW = "new"
    HELD = "held"
    SEEN = "seen"


class ChatState(StrEnum):
    """Whether a chat can be told. PAUSED could not be reached; it is active again once it speaks."""

    ACTIVE = "active"
    PAUSED = "paused"


class PartKind(StrEnum):
    """What of a story a row of the outbox tells: the story, what was added to it later, a reminder of its date; or that
    a posted message is handed on to those who follow the channel."""

    STORY = "story"
    ADDITION = "addition"
    REMINDER = "reminder"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a story. `key` is the uid of an addition, the days left at a reminder, the id of the posted message at a
    publishing; the story itself has none."""

    kind: PartKind = PartKind.STORY
    key: str = ""

    @classmethod
    def addition(cls, uid: str) -> Part:
        return cls(PartKind.ADDITION, uid)

    @classmethod
    def reminder(cls, days: int) -> Part:
        return cls(PartKind.REMINDER, str(days))

    @classmethod
    def publishing(cls, message_id: str) -> Part:
        return cls(PartKind.PUBLISHING, message_id)

    @property
    def is_story(self) -> bool:
        return self.kind is PartKind.STORY

    @property
    def is_reminder(self) -> bool:
        return self.kind is PartKind.REMINDER

    @property
    def days(self) -> int:
        """Of a reminder: days left before the date. ValueError for another kind."""
        return int(self.key)
