"""For whom the text of a document is written."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What was read before is looked at with its next version."""
    op.add_column("document", sa.Column("readers", sa.Text()))
