"""The tables of monitoring: processes, counts, alarms, the audit log, operators' sessions."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from bot.store.columns import Instant
from bot.store.tables import Key, metadata

# The latest report of each process on itself, as JSON.
process = Table(
    "process",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("said", Text, nullable=False),
)

# For each platform and minute: how many messages it accepted, how many failed, and how often it
# asked to wait.
tally = Table(
    "tally",
    metadata,
    Column("minute", Instant, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("waits", Integer, nullable=False),
)

# Current alarms, by name and what they are about.
alarm = Table(
    "alarm",
    metadata,
    Column("name", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("words", Text, nullable=False),
)

# The audit log of operators' actions. A session is named by its hash, so that nothing here opens a
# page.
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

# Hashes of the keys of operators' sessions.
operator_session = Table(
    "operator_session",
    metadata,
    Column("sum", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)
