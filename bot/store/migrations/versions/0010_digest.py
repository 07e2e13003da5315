"""What is left for a digest, and which stories were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What is queued was judged to be told at once, and no story that still waits is void."""
    for table in ("outbox", "fan_out"):
        op.add_column(table, sa.Column("digest", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("story", sa.Column("void", sa.Integer(), nullable=False, server_default="0"))
