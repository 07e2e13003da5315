"""Who runs an instance sees what it does: processes, tallies, alarms, what operators did."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant
from bot.store.tables import Key

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Five small tables; and a source can be paused."""
    op.create_table(
        "process",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    op.create_table(
        "tally",
        sa.Column("minute", Instant, primary_key=True),
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("waits", sa.Integer, nullable=False),
    )
    op.create_table(
        "alarm",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, primary_key=True),
        sa.Column("since", Instant, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", Key, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "operator_session",
        sa.Column("sum", sa.Text, primary_key=True),
        sa.Column("until", Instant, nullable=False),
    )
    op.add_column(
        "source", sa.Column("paused", sa.Integer, nullable=False, server_default="0")
    )
