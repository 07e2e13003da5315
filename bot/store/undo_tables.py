"""The tables of what is kept for a while: to be taken back, carried over, or suggested."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Column, Integer, Table, Text

from bot.store.columns import Instant
from bot.store.tables import Key, metadata

#: How long what was taken away or replaced can be taken back.
KEPT = timedelta(days=1)

# What a chat stopped following, for a day, so that it can be taken back.
unfollowed = Table(
    "unfollowed",
    metadata,
    Column("chat_id", Key, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("muted_until", Instant),
    Column("kinds", Text, nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
)

# How a chat was before its settings were replaced, as JSON, for a day.
snapshot = Table(
    "snapshot",
    metadata,
    Column("chat_id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kept", Text, nullable=False),
)

# What people suggest to the operator, counted; not who.
suggestion = Table(
    "suggestion",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", Instant, nullable=False),
)

# Codes that carry the settings of a chat to another one, kept as sums.
link_code = Table(
    "link_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("chat_id", Key, nullable=False),
    Column("until", Instant, nullable=False),
)
