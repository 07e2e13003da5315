"""The states of outbox rows, sources, documents, items and chats, and the parts of a story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    """The state of an outbox row.

    HELD waits for a digest, the end of quiet hours or a mute, or a chat to be reachable; LEASED is
    in flight; DEAD was given up until an operator acts.
    """

    QUEUED = "queued"
    HELD = "held"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


class Rank(IntEnum):
    """The priority of outbox rows: the highest rank is sent first, then the oldest row.

    Digests come last, so that nothing waits while many chats get theirs.
    """

    DIGEST = -1
    USUAL = 0
    URGENT = 1


class SourceState(StrEnum):
    """The health of a source.

    MOVED is read at another address than the operator's; GONE answered 410 Gone; WEB_PAGE answers
    with a web page instead of a feed.
    """

    NEW = "new"
    HEALTHY = "healthy"
    FAILING = "failing"
    MOVED = "moved"
    GONE = "gone"
    WEB_PAGE = "web page"

    @property
    def is_ill(self) -> bool:
        """Whether the source does not answer as it should."""
        return self in (SourceState.FAILING, SourceState.GONE, SourceState.WEB_PAGE)


class CoverageState(StrEnum):
    """Whether a collection still reads a document; LOST has lasted long enough to be believed."""

    READ = "read"
    LOST = "lost"


class ItemState(StrEnum):
    """The state of a feed's item; HELD is a doubtful change that waits before it is told."""

    NEW = "new"
    HELD = "held"
    SEEN = "seen"


class ChatState(StrEnum):
    """Whether a chat can be told.

    An UNREACHABLE chat is tried again after a while; one that LEFT blocked or removed the bot, and
    must write first.
    """

    ACTIVE = "active"
    UNREACHABLE = "paused"
    LEFT = "left"


class PartKind(StrEnum):
    """What an outbox row tells of a story.

    The story itself, what was added to it later, or a reminder of its date. PUBLISHING publishes a
    posted message to the channel's followers.
    """

    STORY = "story"
    ADDITION = "addition"
    REMINDER = "reminder"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a story that one outbox row tells.

    `key` is the uid of an addition, the days left of a reminder, the message id of a publishing,
    and "" for the story itself.
    """

    kind: PartKind = PartKind.STORY
    key: str = ""

    @classmethod
    def addition(cls, uid: str) -> Part:
        """The addition of the item with this uid."""
        return cls(PartKind.ADDITION, uid)

    @classmethod
    def reminder(cls, days: int) -> Part:
        """The reminder that comes `days` days before the date."""
        return cls(PartKind.REMINDER, str(days))

    @classmethod
    def publishing(cls, message_id: str) -> Part:
        """The publishing of the message with this id on its platform."""
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
        """The days left before a reminder's date. Raises ValueError for another kind."""
        return int(self.key)
