"""The tables of coverage, of collections' addresses, and of services that replaced others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from bot.states import CoverageState
from bot.store.columns import Instant, Named
from bot.store.tables import metadata
from bot.verdicts import Origin

# Every document that a collection lists or that we have read, and whether the collection still
# reads it.
coverage = Table(
    "coverage",
    metadata,
    Column("key", Text, primary_key=True),
    Column("collection", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("terms_type", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("state", Named(CoverageState), nullable=False),
    Column("why", Named(Origin)),
    Column("since", Instant),
    Column("missed_at", Instant),
    Column("looks", Integer, nullable=False),
    Column("told_at", Instant),
    Column("times", Integer, nullable=False),
)
Index("coverage_collection", coverage.c.collection)
Index("coverage_service", coverage.c.service)

# What is known of each collection: its own identity, when it was last checked, and the `address` at
# which it is read instead of the `configured` one. `listed` is an address that the published list
# has named `times` times in a row.
collection = Table(
    "collection",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("identity", Text, nullable=False, server_default=""),
    Column("looked_at", Instant),
    Column("configured", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("listed", Text, nullable=False, server_default=""),
    Column("times", Integer, nullable=False, server_default="0"),
)

# Successions that were settled, so that a service that was divided and lives on passes its
# subscriptions on only once.
succession = Table(
    "succession",
    metadata,
    Column("former", Text, primary_key=True),
    Column("successor", Text, primary_key=True),
)
