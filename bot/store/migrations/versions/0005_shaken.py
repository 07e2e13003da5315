"""Which changes took away or reworded a way to say no, so that how-tos can say that they are in doubt."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("change", sa.Column("shaken", sa.Integer(), nullable=False, server_default="0"))
    shaken = sa.text("shaken = 1")
    op.create_index("change_shaken", "change", ["story_id"], sqlite_where=shaken, postgresql_where=shaken)
