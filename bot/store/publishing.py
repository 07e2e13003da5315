"""Queuing messages in a channel to be published to its followers on other servers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.deliveries import Delivery
from bot.model import Record
from bot.states import Part
from bot.store import tables
from bot.store.database import insert_new

_ABOUT_US = (Record.NOTICE, Record.ANNOUNCEMENT)


def queue(connection: Connection, delivery: Delivery, message_id: str, now: datetime) -> None:
    """Queue the publishing of a message that arrived, if the chat wants that."""
    if not _is_to_be_published(delivery):
        return
    values = {
        "story_id": delivery.alerts[0].story.id,
        "chat_id": delivery.chat_id,
        "part": Part.publishing(message_id),
        "platform": delivery.address.platform,
        "due_at": now,
    }
    connection.execute(insert_new(tables.outbox, connection).values(**values))


def _is_to_be_published(delivery: Delivery) -> bool:
    """Whether to publish a message to followers: not if it is only about this bot itself."""
    if not delivery.publish or delivery.publishes:
        return False
    return any(each.story.lead.record not in _ABOUT_US for each in delivery.alerts)
