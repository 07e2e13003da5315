"""A chat has a page of its own on the web: the sums of what opens it."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant
from bot.store.tables import Key

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Links, sessions and addresses of feeds are one table; each is a sum."""
    op.create_table(
        "page_key",
        sa.Column("sum", sa.Text, primary_key=True),
        sa.Column("chat_id", Key, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant),
        sa.Column("places", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("page_key_chat", "page_key", ["chat_id"])
