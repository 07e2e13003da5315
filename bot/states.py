"""The states of outbox rows, sources, documents, items and chats, and the parts of a story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    """The state of a row of the outbox.

    HELD waits for a digest, a quiet hour, a mute or a chat; LEASED is in flight; DEAD was given
    up until an operator acts.
    """

    QUEUED = "queued"
    HELD = "held"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


class Rank(IntEnum):
    """In which order rows of the outbox are sent: the highest first, then the oldest.

    What is for a digest lets all else pass, so that nothing waits while a crowd gets its digests.
    """

    DIGEST = -1
    USUAL = 0
    URGENT = 1


class SourceState(StrEnum):
    """The health of a source.

    MOVED is read at another address than the operator's; GONE said that it is gone for good;
    WEB_PAGE answers with a page for people in place of a feed.
    """

    NEW = "new"
    HEALTHY = "healthy"
    FAILING = "failing"
    MOVED = "moved"
    GONE = "gone"
    WEB_PAGE = "web page"

    @property
    def is_ill(self) -> bool:
        """Whether it does not answer as it should."""
        return self in (SourceState.FAILING, SourceState.GONE, SourceState.WEB_PAGE)


class CoverageState(StrEnum):
    """Whether a collection still reads a document; LOST has lasted long enough to be believed."""

    READ = "read"
    LOST = "lost"


class ItemState(StrEnum):
    """The state of a feed's item; HELD is a doubtful change that waits to be told."""

    NEW = "new"
    HELD = "held"
    SEEN = "seen"


class ChatState(StrEnum):
    """Whether a chat can be told.

    One that is UNREACHABLE is tried again after a while; one that LEFT blocked or removed us, and
    speaks first.
    """

    ACTIVE = "active"
    UNREACHABLE = "paused"
    LEFT = "left"


class PartKind(StrEnum):
    """What a row of the outbox tells of a story.

    The story itself, what was added to it later, or a reminder of its date; PUBLISHING hands a
    posted message on to those who follow the channel.
    """

    STORY = "story"
    ADDITION = "addition"
    REMINDER = "reminder"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a story: what one row of the outbox tells.

    `key` is the uid of an addition, the days left of a reminder, the id of the posted message of a
    publishing; the story itself has none.
    """

    kind: PartKind = PartKind.STORY
    key: str = ""

    @classmethod
    def addition(cls, uid: str) -> Part:
        """What the item with this uid added to the story."""
        return cls(PartKind.ADDITION, uid)

    @classmethod
    def reminder(cls, days: int) -> Part:
        """The reminder that comes so many days before the date."""
        return cls(PartKind.REMINDER, str(days))

    @classmethod
    def publishing(cls, message_id: str) -> Part:
        """The handing on of the message that has this id on its platform."""
        return cls(PartKind.PUBLISHING, message_id)

    @property
    def is_story(self) -> bool:
        """Whether it is the story itself."""
        return self.kind is PartKind.STORY

    @property
    def is_reminder(self) -> bool:
        """Whether it reminds of the story's date."""
        return self.kind is PartKind.REMINDER

    @property
    def days(self) -> int:
        """Days left before the date, of a reminder. Raises ValueError for another kind."""
        return int(self.key)
