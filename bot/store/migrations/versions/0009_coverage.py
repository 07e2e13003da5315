"""Which documents a collection reads, where it is found, and what services left to others."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """New tables only; the first look fills them."""
    op.create_table(
        "coverage",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("terms_type", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("since", sa.BigInteger()),
        sa.Column("missed_at", sa.BigInteger()),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    op.create_index("coverage_collection", "coverage", ["collection"])
    op.create_index("coverage_service", "coverage", ["service"])
    op.create_table(
        "collection",
        sa.Column("source_id", sa.Text(), primary_key=True),
        sa.Column("identity", sa.Text(), nullable=False, server_default=""),
        sa.Column("looked_at", sa.BigInteger()),
        sa.Column("configured", sa.Text(), nullable=False, server_default=""),
        sa.Column("address", sa.Text(), nullable=False, server_default=""),
        sa.Column("listed", sa.Text(), nullable=False, server_default=""),
        sa.Column("times", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "succession",
        sa.Column("former", sa.Text(), primary_key=True),
        sa.Column("successor", sa.Text(), primary_key=True),
    )
