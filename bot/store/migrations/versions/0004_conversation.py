"""What a chat speaks, wants to hear of and has done; and codes that carry its settings to another platform."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for table, name, default in (
        ("chat", "language", ""),
        ("chat", "mention", ""),
        ("chat", "topics", ""),
        ("fan_out", "topics", ""),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=default))
    for table, name, number in (("chat", "shared", "0"), ("chat", "least", "1"), ("fan_out", "level", "2")):
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default=number))
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "acted",
        sa.Column("chat_id", key, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("service", "control")),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "link_code",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("chat_id", key, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
