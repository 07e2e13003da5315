"""The tables. Times are UTC in whole milliseconds, so that both databases compare them alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from bot.model import Address

metadata = MetaData()
Key = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else round(value.timestamp() * 1000)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


source = Table(
    "source", metadata,
    Column("id", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("ok_at", Instant),
    Column("error", Text, nullable=False),
)  # fmt: skip

# What feeds gave. `payload` is kept until the item is understood, the uid for ever: it is the memory of
# what has been seen. `held` is the change that waits to be told, if it lasts.
item = Table(
    "item", metadata,
    Column("uid", Text, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("payload", Text),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("held", Text),
)  # fmt: skip
Index(
    "item_open", item.c.due_at, sqlite_where=text("state IN ('new', 'held')"), postgresql_where=text("state IN ('new', 'held')")
)

document = Table(
    "document", metadata,
    Column("key", Text, primary_key=True),
    Column("recorded", Instant, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("versions", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("lived", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
)  # fmt: skip

story = Table(
    "story", metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("told_at", Instant, nullable=False),
    Column("recorded", Instant, nullable=False),
)  # fmt: skip
Index("story_recorded", story.c.recorded)

story_service = Table(
    "story_service", metadata,
    Column("service", Text, primary_key=True),
    Column("story_id", ForeignKey("story.id"), primary_key=True),
)  # fmt: skip

# Every change we understood; minor ones and noise have no story but can be looked up with their reasons.
change = Table(
    "change", metadata,
    Column("uid", Text, primary_key=True),
    Column("story_id", ForeignKey("story.id")),
    Column("service", Text, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("payload", Text, nullable=False),
)  # fmt: skip
Index("change_story", change.c.story_id)
Index("change_service", change.c.service, change.c.recorded)

chat = Table(
    "chat", metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("regions", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("since", Instant, nullable=False),
    UniqueConstraint("platform", "chat", "thread"),
)  # fmt: skip

# One row a region: the regions that a story reaches are compared with an index, not with arithmetic.
subscription = Table(
    "subscription", metadata,
    Column("service", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("chat_id", ForeignKey("chat.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)  # fmt: skip
Index("subscription_chat", subscription.c.chat_id)

# What a chat is sent: a story, and later what is added to it (`part`, the uid of the change, memo or article).
outbox = Table(
    "outbox", metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("story_id", ForeignKey("story.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("part", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("why", Text, nullable=False),
    UniqueConstraint("story_id", "chat_id", "part"),
)  # fmt: skip
Index("outbox_chat", outbox.c.chat_id)
Index("outbox_open", outbox.c.platform, outbox.c.due_at,
      sqlite_where=text("state IN ('queued', 'leased')"), postgresql_where=text("state IN ('queued', 'leased')"))  # fmt: skip


def chat_at(address: Address) -> ColumnElement[bool]:
    """The condition that a chat row is the one at an address."""
    c = chat.c
    return (c.platform == address.platform) & (c.chat == address.chat) & (c.thread == address.thread)
