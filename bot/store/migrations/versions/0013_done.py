"""For what a control is that a person has acted on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """What was done before ends the reminders of its own control's dates, as it did."""
    op.add_column("acted", sa.Column("topic", sa.Text(), nullable=False, server_default=""))
