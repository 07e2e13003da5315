"""By what an entry of a feed is known again under another id, and when a newer text of it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """What was kept before is known by its uid until a page shows it again."""
    for name in ("site", "link", "title", "text"):
        op.add_column("item", sa.Column(name, sa.Text()))
    for name in ("stamped", "updated_at"):
        op.add_column("item", sa.Column(name, sa.BigInteger()))
    op.add_column("item", sa.Column("updates", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("item_source", "item", ["source_id", "recorded"])
