"""Audiences as SQL conditions: the chats that a telling is for, and those that have it already."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, select

from bot.preferences import PRIVATE
from bot.states import DeliveryState, Part
from bot.store import codec, conditions, tables


class Chats(NamedTuple):
    """A slice of chats by their ids: above `after`, up to and including `upto`."""

    after: int
    upto: int


def following(row: Row[Any], chats: Chats) -> ColumnElement[bool]:
    """The condition for a slice's subscriptions to one of the telling's services."""
    subscription = tables.subscription.c
    about = subscription.service.in_(row.services.split())
    return and_(about, subscription.chat_id > chats.after, subscription.chat_id <= chats.upto)


def concerned(row: Row[Any], here: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same, if begun by the telling's `since`, and for its regions and kinds of documents."""
    subscription = tables.subscription.c
    concerned = [here, subscription.since <= row.since]
    if row.regions is not None:
        concerned.append(subscription.region.in_(row.regions.split()))
    if row.kinds:
        concerned.append(conditions.has_any(subscription.kinds, row.kinds, ""))
    return and_(*concerned)


def to_the_taste(row: Row[Any], concerned: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """The conditions for chats that want this level, one of these topics and one of these roles.

    A story without a topic is for all, because nobody can say that they did not ask for it.
    Followers of a service in `for_others` get it whatever their roles.
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
    """The roles of most chats, if among these: comparing is faster than searching with LIKE."""
    usual = codec.dump_words(PRIVATE)
    return [usual] if set(usual.split()) <= set(roles.split()) else []


def having(
    row: Row[Any], chats: Chats, alerted_before: datetime | None = None
) -> Select[tuple[int]]:
    """Select the chats of a slice that were sent the story, or alerted to it before a moment."""
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
