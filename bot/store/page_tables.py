"""The table of keys to chats' own pages and feeds."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from bot.store.columns import Instant
from bot.store.tables import Key, metadata

# Only hashes of keys are stored, so that a copy of the database opens nothing. A link opens the
# page once, a session keeps it open, a feed's address lasts until it is given up. `places` are the
# channels of a server, as JSON, for people to whom the page shows them.
page_key = Table(
    "page_key",
    metadata,
    Column("sum", Text, primary_key=True),
    Column("chat_id", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("places", Text, nullable=False, server_default=""),
)
Index("page_key_chat", page_key.c.chat_id)
