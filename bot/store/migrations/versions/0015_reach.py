"""What a chat misses while it cannot be reached, and when it is tried again."""

import time

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant
from bot.store.tables import Key

revision = "0015"
down_revision = "0014"

_SPREADING = sa.text("after < upto")
#: What platforms say of chats that blocked or removed the bot.
_LEFT = (
    "blocked",
    "deactivated",
    "kicked",
    "not a member",
    "removed",
    "unknown channel",
    "deleted",
)
_TO_TRY = sa.text("try_at IS NOT NULL")


def upgrade() -> None:
    """Who could not be reached is tried from now on; before, nobody was."""
    for name in ("away_since", "back_at", "try_at"):
        op.add_column("chat", sa.Column(name, Instant))
    op.add_column("chat", sa.Column("away_after", Key))
    op.add_column("chat", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    for name in ("server", "manager"):
        op.add_column("chat", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "heard",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("number", sa.Text(), primary_key=True),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index(
        "chat_to_try",
        "chat",
        ["platform", "try_at"],
        sqlite_where=_TO_TRY,
        postgresql_where=_TO_TRY,
    )
    op.create_index(
        "fan_out_open", "fan_out", ["id"], sqlite_where=_SPREADING, postgresql_where=_SPREADING
    )
    op.create_index("fan_out_due", "fan_out", ["due_at"])
    # Nobody knows since when it is, so it counts from now, and what was told before is not kept. One
    # try says whether it still is, but for those who told us to go.
    now = round(time.time() * 1000)
    away = sa.text(
        "UPDATE chat SET try_at = 0, away_since = :now, away_after = 0 WHERE state = 'paused'"
    )
    op.get_bind().execute(away, {"now": now})
    left = " OR ".join(f"lower(why) LIKE '%{word}%'" for word in _LEFT)
    gone = f"state = 'paused' AND ({left})"
    op.execute(f"UPDATE chat SET state = 'left', try_at = NULL WHERE {gone}")  # noqa: S608 - our own
