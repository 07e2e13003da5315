"""Alerts that were put aside are found without a look at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_DEAD = sa.text("state = 'dead'")


def upgrade() -> None:
    """They are few, and asked for at every start."""
    op.create_index(
        "outbox_dead", "outbox", ["platform"], sqlite_where=_DEAD, postgresql_where=_DEAD
    )
