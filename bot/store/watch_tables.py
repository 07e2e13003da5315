"""The tables of who watches over an instance: processes, what they sent, alarms, operators."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from bot.store.columns import Instant
from bot.store.tables import Key, metadata

# What each process said of itself a moment ago, as JSON.
process = Table(
    "process",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("said", Text, nullable=False),
)

# How many messages a platform took in a minute, refused or failed, and how often it asked to wait.
tally = Table(
    "tally",
    metadata,
    Column("minute", Instant, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("waits", Integer, nullable=False),
)

# What needs a hand now, by its name and what it is about.
alarm = Table(
    "alarm",
    metadata,
    Column("name", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("words", Text, nullable=False),
)

# What operators did, and from which session: its sum, so that nothing here opens a page.
audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("what", Text, nullable=False),
)
Index("audit_at", audit.c.at)

# The sums of what keeps an operator's pages open.
operator_session = Table(
    "operator_session",
    metadata,
    Column("sum", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)
