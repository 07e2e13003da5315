"""The main tables. Times are whole milliseconds in UTC, which both databases compare alike."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.states import ChatState, DeliveryState, ItemState, SourceState
from bot.store.columns import Instant, Named, Parts
from bot.verdicts import Readers

metadata = MetaData()
Key = BigInteger().with_variant(Integer, "sqlite")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The due time of what waits for an event, not for a time.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("ok_at", Instant),
    Column("error", Text, nullable=False),
    Column("state", Named(SourceState), nullable=False, server_default=SourceState.NEW),
    Column("remark", Text, nullable=False, server_default=""),
    Column("paused", Integer, nullable=False, server_default="0"),
)

# Items of feeds. `payload` is kept until the item is understood, the uid much longer, as the memory
# of what has been seen. `held` is a change that is told if it lasts. What people wrote is also
# recognised by hashes of its address, title and text, and by its newest date.
item = Table(
    "item",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("payload", Text),
    Column("state", Named(ItemState), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("held", Text),
    Column("site", Text),
    Column("link", Text),
    Column("title", Text),
    Column("text", Text),
    Column("stamped", Instant),
    Column("updated_at", Instant),
    Column("updates", Integer, nullable=False, server_default="0"),
)
Index("item_source", item.c.source_id, item.c.recorded)
Index(
    "item_open",
    item.c.due_at,
    sqlite_where=text("state IN ('new', 'held')"),
    postgresql_where=text("state IN ('new', 'held')"),
)

document = Table(
    "document",
    metadata,
    Column("key", Text, primary_key=True),
    Column("recorded", Instant, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("versions", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("lived", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("readers", Named(Readers)),
)

# A `void` story was taken back: chats that have not been told of it by then never are.
story = Table(
    "story",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("told_at", Instant, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("deadline", Instant),
    Column("reminded", Integer),
    Column("void", Integer, nullable=False, server_default="0"),
)
Index("story_recorded", story.c.recorded)
Index("story_deadline", story.c.deadline)

story_service = Table(
    "story_service",
    metadata,
    Column("service", Text, primary_key=True),
    Column("story_id", ForeignKey("story.id"), primary_key=True),
)

# Every change that was understood; minor ones and noise have no story, but can be looked up with
# their reasons.
change = Table(
    "change",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("story_id", ForeignKey("story.id")),
    Column("service", Text, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("shaken", Integer, nullable=False, server_default="0"),
)
Index("change_story", change.c.story_id)
SHAKEN = text("shaken = 1")
Index("change_shaken", change.c.story_id, sqlite_where=SHAKEN, postgresql_where=SHAKEN)
Index("change_service", change.c.service, change.c.recorded)

# An unreachable chat has been so since `away_since`, heard of the tellings up to id `away_after`,
# was tried `tries` times without success, and is tried again at `try_at`; `back_at` is when it was
# last made active. `server` is the id of a channel's server, `manager` a hash of who last changed
# something there, to recognise them.
chat = Table(
    "chat",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("regions", Text, nullable=False),
    Column("state", Named(ChatState), nullable=False),
    Column("why", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("pace", Text, nullable=False, server_default=""),
    Column("remind", Text, nullable=False, server_default=" 7 1 0 "),
    Column("publish", Integer, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default=""),
    Column("shared", Integer, nullable=False, server_default="0"),
    Column("mention", Text, nullable=False, server_default=""),
    Column("least", Integer, nullable=False, server_default="1"),
    Column("topics", Text, nullable=False, server_default=""),
    Column("roles", Text, nullable=False, server_default=" users "),
    Column("away_since", Instant),
    Column("away_after", Key),
    Column("back_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("try_at", Instant),
    Column("server", Text, nullable=False, server_default=""),
    Column("manager", Text, nullable=False, server_default=""),
    UniqueConstraint("platform", "chat", "thread"),
    sqlite_autoincrement=True,
)
TO_TRY = text("try_at IS NOT NULL")
Index("chat_to_try", chat.c.platform, chat.c.try_at, sqlite_where=TO_TRY, postgresql_where=TO_TRY)

# One row for each region, so that a story's regions are looked up in an index, without arithmetic.
# The chat comes second in the key, so that an audience is read in slices of chats.
subscription = Table(
    "subscription",
    metadata,
    Column("service", Text, primary_key=True),
    Column("chat_id", ForeignKey("chat.id"), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("muted_until", Instant),
    Column("kinds", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
Index("subscription_chat", subscription.c.chat_id)
MUTED = text("muted_until IS NOT NULL")
Index(
    "subscription_muted",
    subscription.c.service,
    subscription.c.chat_id,
    sqlite_where=MUTED,
    postgresql_where=MUTED,
)

# A story on its way into the outbox, one slice of chats after another; `after` is the last chat
# done. A finished row is kept for a while, for unreachable chats.
fan_out = Table(
    "fan_out",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("story_id", Key, nullable=False),
    Column("part", Parts, nullable=False),
    Column("services", Text, nullable=False),
    Column("regions", Text),
    Column("since", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("urgent", Integer, nullable=False),
    Column("after", Key, nullable=False),
    Column("upto", Key, nullable=False),
    Column("level", Integer, nullable=False, server_default="2"),
    Column("topics", Text, nullable=False, server_default=""),
    Column("roles", Text, nullable=False, server_default=""),
    Column("kinds", Text, nullable=False, server_default=""),
    Column("for_others", Text, nullable=False, server_default=""),
    Column("digest", Integer, nullable=False, server_default="0"),
)
IS_SPREADING = text("after < upto")
Index("fan_out_open", fan_out.c.id, sqlite_where=IS_SPREADING, postgresql_where=IS_SPREADING)
Index("fan_out_due", fan_out.c.due_at)

# What a chat is sent: a story, and later additions to it. There are no foreign keys and few columns
# are set, because a story can queue a million rows at once. The id of its message (`bundle`) and a
# random `salt` are the message's key; the first try sets both. `urgent` is a `Rank`, `digest` marks
# a row for a digest.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("story_id", Key, nullable=False),
    Column("chat_id", Key, nullable=False),
    Column("part", Parts, nullable=False, server_default=""),
    Column("platform", Text, nullable=False),
    Column("state", Named(DeliveryState), nullable=False, server_default=DeliveryState.QUEUED),
    Column("urgent", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("bundle", Key),
    Column("salt", Text, nullable=False, server_default=""),
    Column("owner", Text),
    Column("uncertain", Instant),
    Column("failing_since", Instant),
    Column("sent_at", Instant),
    Column("message_id", Text),
    Column("why", Text),
    Column("digest", Integer, nullable=False, server_default="0"),
    UniqueConstraint("chat_id", "story_id", "part"),
    sqlite_autoincrement=True,
)
WAITING = text("state IN ('queued', 'held')")
LEASED = text("state = 'leased'")
# The id is in it because PostgreSQL would otherwise sort all that is due at the same moment.
Index(
    "outbox_waiting",
    outbox.c.platform,
    outbox.c.urgent,
    outbox.c.due_at,
    outbox.c.id,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    "outbox_leased",
    outbox.c.platform,
    outbox.c.due_at,
    sqlite_where=LEASED,
    postgresql_where=LEASED,
)

DEAD = text("state = 'dead'")
Index("outbox_dead", outbox.c.platform, sqlite_where=DEAD, postgresql_where=DEAD)

# What a person answered to a dated story: done, or not for me. It then has no more reminders.
answered = Table(
    "answered",
    metadata,
    Column("chat_id", Key, primary_key=True),
    Column("story_id", Key, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# What a person did about a control of a service: done, later, or not for me.
acted = Table(
    "acted",
    metadata,
    Column("chat_id", Key, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("control", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
)

# Leases of duties, for processes that share a database; and until when a platform asked the whole
# token to wait.
lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("wait_until", Instant),
)
