"""How each source fares, as a state; and what was left out of its last page."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """What answered and has no error is healthy; the next look tells the rest more exactly."""
    op.add_column("source", sa.Column("state", sa.Text(), nullable=False, server_default="new"))
    op.add_column("source", sa.Column("remark", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE source SET state = 'healthy' WHERE ok_at IS NOT NULL")
    op.execute("UPDATE source SET state = 'failing' WHERE error <> ''")
