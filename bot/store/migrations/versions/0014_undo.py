"""What a chat was before, so that it can be taken back; and what people suggest."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant
from bot.store.tables import Key

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing was kept of what was stopped before."""
    op.create_table(
        "unfollowed",
        sa.Column("chat_id", Key, primary_key=True),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("region", sa.Text(), primary_key=True),
        sa.Column("since", Instant, nullable=False),
        sa.Column("muted_until", Instant),
        sa.Column("kinds", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("chat_id", Key, primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
    )
    op.create_table(
        "suggestion",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("what", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", Instant, nullable=False),
    )
