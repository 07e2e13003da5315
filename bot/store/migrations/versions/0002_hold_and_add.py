"""Changes can be held, and stories added to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = sa.text("state IN ('queued', 'leased')")
_KEPT = "id, story_id, chat_id, platform, state, due_at, attempts, owner, message_id, why"


def upgrade() -> None:
    _feeds()
    _outbox()


def _feeds() -> None:
    waiting = sa.text("state IN ('new', 'held')")
    op.add_column("item", sa.Column("held", sa.Text(), nullable=True))
    op.drop_index("item_new", "item")
    op.create_index("item_open", "item", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    # Sentences are folded in another way now, so what was remembered would not be recognised: it is learnt anew.
    op.execute("DELETE FROM document")
    op.add_column("document", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("lived", "returns", "pages"):
        op.add_column("document", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def _outbox() -> None:
    op.rename_table("outbox", "outbox_0001")
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outbox",
        sa.Column("id", key, sa.Identity(), primary_key=True, nullable=False),
        sa.Column("story_id", key, sa.ForeignKey("story.id"), nullable=False),
        sa.Column("chat_id", key, sa.ForeignKey("chat.id"), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, server_default=""),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("platform", "state")),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("owner", "message_id", "why")),
        sa.UniqueConstraint("story_id", "chat_id", "part"),
    )
    op.execute(f"INSERT INTO outbox ({_KEPT}) SELECT {_KEPT} FROM outbox_0001")  # noqa: S608 - our own column names
    op.drop_table("outbox_0001")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('outbox', 'id'), COALESCE(MAX(id), 1)) FROM outbox")
    op.create_index("outbox_chat", "outbox", ["chat_id"])
    op.create_index("outbox_open", "outbox", ["platform", "due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
