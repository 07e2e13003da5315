"""In what capacity a chat uses services, and which documents of one it follows; a notice of both."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# What whoever followed something before is told once. It is about no service, so that nothing joins it.
_PAYLOAD = {
    "uid": "notice:audience",
    "services": [],
    "terms_type": "",
    "recorded": "2026-11-27T00:00:00Z",
    "title": "What you hear of, and when",
    "link": "",
    "verdict": "material",
    "why": [],
    "record": "notice",
}
# Milliseconds between two notices: what happens meanwhile is told between them, and does not wait for the last.
_APART = 100
# Due for no one until it is back, as the store has it.
_NEVER = 253_370_764_800_000
_NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER) * 1000",
    "postgresql": "CAST(extract(epoch FROM now()) AS BIGINT) * 1000",
}


def upgrade() -> None:
    op.add_column("chat", sa.Column("roles", sa.Text(), nullable=False, server_default=" users "))
    op.add_column("subscription", sa.Column("kinds", sa.Text(), nullable=False, server_default=""))
    for name in ("roles", "kinds", "for_others"):
        op.add_column("fan_out", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _queue_notice()


def _queue_notice() -> None:
    """Tell every chat that follows something, each once; a new database has none.

    Who cannot be reached is told when it is back.
    """
    bind = op.get_bind()
    follows = "EXISTS (SELECT 1 FROM subscription WHERE subscription.chat_id = chat.id)"
    if bind.execute(sa.text(f"SELECT 1 FROM chat WHERE {follows} LIMIT 1")).first() is None:  # noqa: S608 - our own
        return
    now = _NOW[bind.dialect.name]
    begun = f"INSERT INTO story (told_at, recorded) VALUES ({now}, {now}) RETURNING id"  # noqa: S608 - our own
    story = bind.execute(sa.text(begun)).scalar_one()
    change = f"""INSERT INTO change (uid, story_id, service, recorded, verdict, payload)
                 VALUES (:uid, :story, '', {now}, 'material', :payload)"""  # noqa: S608 - our own
    values = {"uid": _PAYLOAD["uid"], "story": story, "payload": json.dumps(_PAYLOAD)}
    bind.execute(sa.text(change), values)
    due = f"{now} + {_APART} * row_number() OVER (ORDER BY chat.id)"
    rows = f"""INSERT INTO outbox (story_id, chat_id, part, platform, state, due_at, why)
               SELECT {story}, chat.id, '', chat.platform,
                      CASE chat.state WHEN 'paused' THEN 'held' ELSE 'queued' END,
                      CASE chat.state WHEN 'paused' THEN {_NEVER} ELSE {due} END,
                      CASE chat.state WHEN 'paused' THEN chat.why END
               FROM chat WHERE {follows}"""  # noqa: S608 - our own
    bind.execute(sa.text(rows))
