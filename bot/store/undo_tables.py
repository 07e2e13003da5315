"""Tables of temporary data: undo records, link codes and suggestions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Column, Integer, Table, Text

from bot.store.columns import Instant
from bot.store.tables import Key, metadata

#: How long a removal or replacement can be undone.
KEPT = timedelta(days=1)

# Removed subscriptions, kept for a day so that they can be restored.
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

# A chat's settings before they were replaced, as JSON, for a day.
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

# Codes that carry one chat's settings to another, stored as hashes.
link_code = Table(
    "link_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("chat_id", Key, nullable=False),
    Column("until", Instant, nullable=False),
)
