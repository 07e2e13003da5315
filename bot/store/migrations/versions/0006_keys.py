"""Numbers of chats and messages that never come again, and a salt in the key of each message."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING, _LEASED = sa.text("state IN ('queued', 'held')"), sa.text("state = 'leased'")
_CHAT = """id, platform, chat, thread, regions, state, why, since, pace, remind, publish,
           language, shared, mention, least, topics"""
_OUTBOX = """id, story_id, chat_id, part, platform, state, urgent, due_at, attempts, bundle,
             owner, uncertain, failing_since, sent_at, message_id, why"""


def upgrade() -> None:
    """Messages that were tried keep the key that they were tried with: it had no salt."""
    if op.get_bind().dialect.name != "sqlite":
        # Sequences do not go back by themselves.
        op.add_column("outbox", sa.Column("salt", sa.Text(), nullable=False, server_default=""))
        return
    _chat()
    _outbox()


def _chat() -> None:
    """SQLite cannot alter this; the table is made anew under its own name, so that those that refer to it still do.

    Dropping it counts as deleting its rows, which is looked at only when the transaction ends; by then they are back.
    """
    op.execute("PRAGMA defer_foreign_keys = on")
    op.execute(f"CREATE TABLE chat_0005 AS SELECT {_CHAT} FROM chat")  # noqa: S608 - our own column names
    op.drop_table("chat")
    op.create_table(
        "chat",
        sa.Column("id", _KEY, primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("platform", "chat", "thread")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("regions", "state", "why")),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False, server_default=""),
        sa.Column("remind", sa.Text(), nullable=False, server_default=" 7 1 0 "),
        sa.Column("publish", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("language", sa.Text(), nullable=False, server_default=""),
        sa.Column("shared", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("mention", sa.Text(), nullable=False, server_default=""),
        sa.Column("least", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("topics", sa.Text(), nullable=False, server_default=""),
        sa.UniqueConstraint("platform", "chat", "thread"),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO chat ({_CHAT}) SELECT {_CHAT} FROM chat_0005")  # noqa: S608
    op.drop_table("chat_0005")


def _outbox() -> None:
    op.rename_table("outbox", "outbox_0005")
    op.drop_index("outbox_waiting", "outbox_0005")
    op.drop_index("outbox_leased", "outbox_0005")
    op.create_table(
        "outbox",
        sa.Column("id", _KEY, primary_key=True, nullable=False),
        sa.Column("story_id", _KEY, nullable=False),
        sa.Column("chat_id", _KEY, nullable=False),
        sa.Column("part", sa.Text(), nullable=False, server_default=""),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="queued"),
        sa.Column("urgent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("bundle", _KEY),
        sa.Column("salt", sa.Text(), nullable=False, server_default=""),
        sa.Column("owner", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("uncertain", "failing_since", "sent_at")),
        *(sa.Column(name, sa.Text()) for name in ("message_id", "why")),
        sa.UniqueConstraint("chat_id", "story_id", "part"),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO outbox ({_OUTBOX}) SELECT {_OUTBOX} FROM outbox_0005")  # noqa: S608
    op.drop_table("outbox_0005")
    columns = ["platform", "urgent", "due_at", "id"]
    op.create_index("outbox_waiting", "outbox", columns, sqlite_where=_WAITING)
    op.create_index("outbox_leased", "outbox", ["platform", "due_at"], sqlite_where=_LEASED)
