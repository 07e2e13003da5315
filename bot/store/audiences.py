"""Audiences as conditions: which chats of a slice a telling concerns, and who has it already."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, select

from bot.preferences import PRIVATE
from bot.states import DeliveryState, Part
from bot.store import codec, conditions, tables


class Chats(NamedTuple):
    """A slice of chats by their numbers: those behind one, up to another."""

    after: int
    upto: int


def following(row: Row[Any], chats: Chats) -> ColumnElement[bool]:
    """The subscriptions of a slice to one of its services."""
    subscription = tables.subscription.c
    about = subscription.service.in_(row.services.split())
    return and_(about, subscription.chat_id > chats.after, subscription.chat_id <= chats.upto)


def concerned(row: Row[Any], here: ColumnElement[bool]) -> ColumnElement[bool]:
    """The subscriptions that followed by then, in one of its regions."""
    subscription = tables.subscription.c
    concerned = [here, subscription.since <= row.since]
    if row.regions is not None:
        concerned.append(subscription.region.in_(row.regions.split()))
    if row.kinds:
        concerned.append(conditions.has_any(subscription.kinds, row.kinds, ""))
    return and_(*concerned)


def to_the_taste(row: Row[Any], concerned: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Chats that want changes of this level, of one of these topics, for one of these roles.

    A story without a topic is for all: nobody can say that it is not what they asked for. Who
    follows a service that is for others than private people hears what it says to them.
    """
    chat, subscription = tables.chat.c, tables.subscription.c
    wanted: list[ColumnElement[bool]] = [chat.least <= row.level]
    if row.topics:
        wanted.append(conditions.has_any(chat.topics, row.topics, ""))
    for_others = row.for_others.split()
    if row.roles and set(row.services.split()) - set(for_others):
        asked = conditions.has_any(chat.roles, row.roles, *_usual(row.roles))
        if for_others:
            following = select(subscription.chat_id).where(
                concerned, subscription.service.in_(for_others)
            )
            asked |= chat.id.in_(following)
        wanted.append(asked)
    return wanted


def _usual(roles: str) -> list[str]:
    """What most chats chose, where it is among these roles: to compare is faster than to search."""
    usual = codec.dump_words(PRIVATE)
    return [usual] if set(usual.split()) <= set(roles.split()) else []


def having(
    row: Row[Any], chats: Chats, alerted_before: datetime | None = None
) -> Select[tuple[int]]:
    """The chats of a slice that were sent the story itself, or by an alert before a moment."""
    told = tables.outbox.alias("told").c
    having = select(told.chat_id).where(
        told.story_id == row.story_id,
        told.part == Part(),
        told.state == DeliveryState.SENT,
        told.chat_id > chats.after,
        told.chat_id <= chats.upto,
    )
    if alerted_before is None:
        return having
    return having.where(told.digest == 0, told.sent_at < alerted_before)
