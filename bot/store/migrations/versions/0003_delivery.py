"""Digests, deadlines, several processes, and an outbox that takes a million rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WAITING, _LEASED = sa.text("state IN ('queued', 'held')"), sa.text("state = 'leased'")
#: Held rows waited for a paused chat; they still do.
_NEVER = 253_370_764_800_000


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("story", sa.Column("deadline", sa.BigInteger(), nullable=True))
    op.add_column("story", sa.Column("reminded", sa.Integer(), nullable=True))
    op.create_index("story_deadline", "story", ["deadline"])
    op.add_column("chat", sa.Column("pace", sa.Text(), nullable=False, server_default=""))
    op.add_column("chat", sa.Column("remind", sa.Text(), nullable=False, server_default=" 7 1 0 "))
    op.add_column("chat", sa.Column("publish", sa.Integer(), nullable=False, server_default="0"))
    _subscriptions(key)
    _outbox(key)
    _fan_out(key)
    op.create_table(
        "answered",
        sa.Column("chat_id", key, nullable=False),
        sa.Column("story_id", key, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "story_id"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("wait_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _subscriptions(key: sa.types.TypeEngine[int]) -> None:
    op.rename_table("subscription", "subscription_0002")
    op.drop_index("subscription_chat", "subscription_0002")
    op.create_table(
        "subscription",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("chat_id", key, sa.ForeignKey("chat.id"), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("muted_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("service", "chat_id", "region"),
        sqlite_with_rowid=False,
    )
    op.execute("""INSERT INTO subscription (service, chat_id, region, since)
                  SELECT service, chat_id, region, since FROM subscription_0002""")
    op.drop_table("subscription_0002")
    op.create_index("subscription_chat", "subscription", ["chat_id"])
    muted = sa.text("muted_until IS NOT NULL")
    op.create_index("subscription_muted", "subscription", ["service", "chat_id"], sqlite_where=muted, postgresql_where=muted)


def _outbox(key: sa.types.TypeEngine[int]) -> None:
    op.rename_table("outbox", "outbox_0002")
    op.drop_index("outbox_chat", "outbox_0002")
    op.drop_index("outbox_open", "outbox_0002")
    op.create_table(
        "outbox",
        sa.Column("id", key, sa.Identity(), primary_key=True, nullable=False),
        sa.Column("story_id", key, nullable=False),
        sa.Column("chat_id", key, nullable=False),
        sa.Column("part", sa.Text(), nullable=False, server_default=""),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="queued"),
        sa.Column("urgent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("bundle", key),
        sa.Column("owner", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("uncertain", "failing_since", "sent_at")),
        *(sa.Column(name, sa.Text()) for name in ("message_id", "why")),
        sa.UniqueConstraint("chat_id", "story_id", "part"),
    )
    kept = "id, story_id, chat_id, part, platform, attempts, message_id, why"
    op.execute(f"""INSERT INTO outbox ({kept}, state, due_at, bundle, sent_at)
                   SELECT {kept}, CASE state WHEN 'leased' THEN 'queued' ELSE state END,
                          CASE state WHEN 'held' THEN {_NEVER} ELSE due_at END,
                          CASE WHEN state = 'leased' THEN id END, CASE WHEN state = 'sent' THEN due_at END
                   FROM outbox_0002""")  # noqa: S608 - our own column names
    op.drop_table("outbox_0002")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('outbox', 'id'), COALESCE(MAX(id), 1)) FROM outbox")
    columns = ["platform", "urgent", "due_at", "id"]
    op.create_index("outbox_waiting", "outbox", columns, sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_index("outbox_leased", "outbox", ["platform", "due_at"], sqlite_where=_LEASED, postgresql_where=_LEASED)


def _fan_out(key: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "fan_out",
        sa.Column("id", key, sa.Identity(), primary_key=True, nullable=False),
        sa.Column("story_id", key, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("part", "services")),
        sa.Column("regions", sa.Text()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("since", "due_at")),
        sa.Column("urgent", sa.Integer(), nullable=False),
        *(sa.Column(name, key, nullable=False) for name in ("after", "upto")),
    )
