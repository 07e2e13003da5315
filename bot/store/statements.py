"""Prebuilt SQL statements that run for every message: building them costs more than running."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Integer,
    Select,
    bindparam,
    case,
    func,
    select,
    tuple_,
    type_coerce,
    update,
)

from bot.model import Address
from bot.states import DeliveryState, Part
from bot.store import conditions, tables
from bot.store.columns import Instant
from bot.timing import MOST_LATE, MOST_SMALL

_queue = tables.outbox.c
_chat = tables.chat.c
_change = tables.change.c
_subscription = tables.subscription.c
_about = tables.story_service.c
_ids: BindParameter[int] = bindparam("ids", expanding=True)
_mine = _queue.id.in_(_ids)
_waiting = conditions.waiting(tables.outbox)
_is_due = _queue.due_at <= bindparam("now")

_place = tuple_(bindparam("due", type_=Instant), bindparam("id"))
#: The next due rows of one rank, in order, after the last that was read.
NEXT = (
    select(_queue.chat_id, _queue.due_at, _queue.id)
    .where(
        _waiting,
        _queue.platform == bindparam("platform"),
        _queue.urgent == bindparam("urgent"),
        _is_due,
        tuple_(_queue.due_at, _queue.id) > _place,
    )
    .order_by(_queue.due_at, _queue.id)
    .limit(bindparam("many"))
    .with_for_update(skip_locked=True)
)

#: The same for the chats of some shards.
NEXT_OF_SHARDS = NEXT.where(
    (_queue.chat_id % bindparam("count", type_=Integer)).in_(bindparam("held", expanding=True))
)

#: More rows than this for one chat are spread over the following hours; a message holds no more.
AT_ONCE = MOST_LATE
_HOUR_MILLISECONDS = 3_600_000
_size = case((_queue.digest == 1, MOST_SMALL), else_=AT_ONCE)
_in_turn = (_queue.urgent.desc(), _queue.due_at, _queue.id)
_behind = func.row_number().over(partition_by=_queue.digest, order_by=_in_turn) - 1
_masses = (
    select(_queue.id, _behind.label("behind"), _size.label("size"))
    .where(_queue.chat_id == bindparam("chat"), _waiting, _is_due)
    .subquery()
)
_wait = _masses.c.behind // _masses.c.size * _HOUR_MILLISECONDS
#: Keep the first due rows of a chat due, and spread the rest over the following hours.
BIT_BY_BIT = (
    update(tables.outbox)
    .where(_queue.id == _masses.c.id, _masses.c.behind >= _masses.c.size)
    .values(
        state=DeliveryState.HELD,
        due_at=type_coerce(bindparam("now", type_=Instant), BigInteger) + _wait,
        why=bindparam("why"),
    )
)

_chats: BindParameter[int] = bindparam("chats", expanding=True)
_first_service = (
    select(func.min(tables.story_service.c.service))
    .where(tables.story_service.c.story_id == _queue.story_id)
    .correlate(tables.outbox)
    .scalar_subquery()
)
# Written differently from `_waiting`, so that rows are looked up by chat: PostgreSQL, which has no
# statistics on the rows of a new story yet, would scan the index of all waiting rows.
_waiting_there = _queue.state.not_in([DeliveryState.LEASED, DeliveryState.SENT, DeliveryState.DEAD])
#: All rows that are due for some chats, oldest first.
DUE = (
    select(
        _queue.chat_id,
        _queue.id,
        _queue.story_id,
        _queue.part,
        _queue.bundle,
        _queue.state,
        _queue.why,
        _queue.attempts,
        _queue.digest,
        tables.story.c.deadline,
        tables.story.c.recorded,
        tables.story.c.void,
        _first_service.label("service"),
        _chat.pace,
    )
    .join(tables.chat, _chat.id == _queue.chat_id)
    .join(tables.story, tables.story.c.id == _queue.story_id)
    .where(_queue.chat_id.in_(_chats), _waiting_there, _is_due)
    .order_by(_queue.urgent.desc(), _queue.due_at, _queue.id)
    # Rows that an unfollowing chat is deleting at this moment are not sent.
    .with_for_update(of=tables.outbox, skip_locked=True)
)

_acted = tables.acted.c
#: The controls that some chats have marked done.
DONE = select(_acted.chat_id, _acted.service, _acted.control).where(
    _acted.chat_id.in_(_chats), _acted.answer == "done"
)

_told = tables.outbox.alias("told")
_same_story = (_told.c.chat_id == _queue.chat_id) & (_told.c.story_id == _queue.story_id)
_told_it = (_told.c.part == Part()) & (_queue.part != Part())
_others = tables.outbox.alias("others").c
#: How many stories were in the message that told a story; what was edited into it later does not
#: count.
_told_with_others = (
    select(func.count())
    .where(
        _others.chat_id == _told.c.chat_id,
        _others.message_id == _told.c.message_id,
        _others.part == Part(),
    )
    .correlate(_told)
    .scalar_subquery()
)
#: All that is needed to send some rows; `reply_to` is the message that told the story.
TO_SEND = (
    select(
        _queue.id,
        _queue.story_id,
        _queue.part,
        _queue.digest,
        _queue.why,
        _queue.attempts,
        _queue.bundle,
        _queue.salt,
        _queue.uncertain,
        _queue.failing_since,
        _queue.chat_id,
        _chat.platform,
        _chat.chat,
        _chat.thread,
        _chat.pace,
        _chat.publish,
        _chat.language,
        _chat.shared,
        _chat.mention,
        _chat.away_after,
        _told.c.message_id.label("reply_to"),
        _told_with_others.label("with_others"),
        _told.c.digest.label("told_in_digest"),
    )
    .join(tables.chat, _chat.id == _queue.chat_id)
    .outerjoin(_told, _same_story & _told_it)
    .where(_mine)
)

_follows = (_subscription.chat_id == _queue.chat_id) & (_subscription.service == _about.service)
#: For each row, the services of its story that the chat follows, and the regions for each.
FOLLOWED = (
    select(_queue.id, _subscription.service, _subscription.region)
    .join(tables.story_service, _about.story_id == _queue.story_id)
    .join(tables.subscription, _follows)
    .where(_mine)
)

_stories: BindParameter[int] = bindparam("stories", expanding=True)
#: How many parts each story has.
SIZES = (
    select(_change.story_id, func.count())
    .where(_change.story_id.in_(_stories))
    .group_by(_change.story_id)
)

_untried = _queue.bundle.is_(None)
#: Lease rows: from now on each may have been posted, until its sender reports otherwise.
TAKE = (
    update(tables.outbox)
    .where(_mine)
    .values(
        state=DeliveryState.LEASED,
        owner=bindparam("holder"),
        due_at=bindparam("until"),
        attempts=_queue.attempts + 1,
        bundle=case((_untried, _queue.id), else_=_queue.bundle),
        salt=case((_untried, bindparam("fresh")), else_=_queue.salt),
        uncertain=func.coalesce(_queue.uncertain, bindparam("now", type_=Instant)),
    )
)
_first = tables.outbox.alias("first").c
_number = select(func.min(_first.bundle)).where(_first.id.in_(_ids)).scalar_subquery()
#: Give all rows of a message the first one's id.
BUNDLE = update(tables.outbox).where(_mine).values(bundle=_number)

#: Mark a row as sent; only the holder of its lease may do so.
SENT = (
    update(tables.outbox)
    .where(
        _queue.id == bindparam("row"),
        _queue.owner == bindparam("holder"),
        _queue.state == DeliveryState.LEASED,
    )
    .values(
        state=DeliveryState.SENT,
        owner=None,
        message_id=bindparam("message"),
        sent_at=bindparam("now"),
        why=None,
    )
)

#: The holder of a duty, and until when.
LEASE = select(tables.lease.c.owner, tables.lease.c.until).where(
    tables.lease.c.name == bindparam("duty")
)


def followed_since(address: Address, story_id: int) -> Select[Any]:
    """Select the time at which a chat began to follow one of a story's services."""
    subscription, about = tables.subscription.c, tables.story_service.c
    here = conditions.chat_ids(address).scalar_subquery()
    same = about.service == subscription.service
    since = select(func.min(subscription.since)).join(tables.story_service, same)
    return since.where(subscription.chat_id == here, about.story_id == story_id)
