"""Withdrawing queued rows when a chat stops following services; within a transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from bot.model import Address
from bot.states import DeliveryState
from bot.store import conditions, tables

#: The uid of the notice that chats with subscriptions older than audiences are told once.
NOTICE = "notice:audience"


def purge(connection: Connection, address: Address, services: Sequence[str]) -> set[int]:
    """Delete a chat's unsent rows for services, unless another subscription still asks for them.

    Opting out takes precedence over the queue. Returns the ids of those rows that are in flight.
    """
    queue, about = tables.outbox.c, tables.story_service.c
    subscription = tables.subscription.c
    here = conditions.chat_ids(address)
    mine = select(subscription.service).where(subscription.chat_id.in_(here))
    still = select(about.story_id).where(about.service.in_(mine))
    gone = select(about.story_id).where(about.service.in_(services))
    unsent = delete(tables.outbox).where(queue.chat_id.in_(here), queue.state != DeliveryState.SENT)
    dropped = queue.story_id.in_(gone) & queue.story_id.not_in(still)
    in_flight = flying(connection, queue.chat_id.in_(here) & dropped)
    connection.execute(unsent.where(dropped))
    # A chat that follows nothing any more need not know how this bot works now.
    notice = select(tables.change.c.story_id).where(tables.change.c.uid == NOTICE)
    following = exists().where(subscription.chat_id == queue.chat_id)
    connection.execute(unsent.where(queue.story_id.in_(notice), ~following))
    return in_flight


def flying(connection: Connection, which: ColumnElement[bool]) -> set[int]:
    """The ids of those rows that are in flight."""
    queue = tables.outbox.c
    leased = select(queue.id).where(which, queue.state == DeliveryState.LEASED)
    return set(connection.execute(leased).scalars())
