"""The statements that run for every message, made once: building them costs more than running them."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, case, func, select, tuple_, update

from bot.states import DeliveryState, Part
from bot.store import tables
from bot.store.columns import Instant

_o, _c, _t = tables.outbox.c, tables.chat.c, tables.story.c
_ids: BindParameter[int] = bindparam("ids", expanding=True)

#: The next rows of one urgency in their order, behind the last that was looked at.
NEXT = (
    select(_o.chat_id, _o.due_at, _o.id)
    .where(
        tables.waiting(tables.outbox), _o.platform == bindparam("platform"), _o.urgent == bindparam("urgent"),
        _o.due_at <= bindparam("now"), tuple_(_o.due_at, _o.id) > tuple_(bindparam("due", type_=Instant), bindparam("id")),
    )
    .order_by(_o.due_at, _o.id).limit(bindparam("many")).with_for_update(skip_locked=True)
)  # fmt: skip

#: All that is due for some chats, oldest first.
DUE = (
    select(_o.chat_id, _o.id, _o.story_id, _o.part, _o.bundle, _o.state, _t.deadline, _c.pace)
    .join(tables.chat, _c.id == _o.chat_id).join(tables.story, _t.id == _o.story_id)
    .where(_o.chat_id.in_(bindparam("chats", expanding=True)), tables.waiting(tables.outbox), _o.due_at <= bindparam("now"))
    .order_by(_o.urgent.desc(), _o.due_at, _o.id)
)  # fmt: skip

_told = tables.outbox.alias("told")
#: What is needed to send some rows; `reply_to` is the message that told the story.
TO_SEND = (
    select(
        _o.id, _o.story_id, _o.part, _o.attempts, _o.bundle, _o.salt, _o.uncertain, _o.failing_since, _o.chat_id,
        _c.platform, _c.chat, _c.thread, _c.pace, _c.publish, _c.language, _c.shared, _c.mention, _told.c.message_id.label("reply_to"),
    )
    .join(tables.chat, _c.id == _o.chat_id)
    .outerjoin(
        _told, (_told.c.chat_id == _o.chat_id) & (_told.c.story_id == _o.story_id) & (_told.c.part == Part()) & (_o.part != Part())
    )
    .where(_o.id.in_(_ids))
)  # fmt: skip

_s, _about = tables.subscription.c, tables.story_service.c
#: Of each row, the services of its story that the chat follows, and the regions in which it does.
FOLLOWED = (
    select(_o.id, _s.service, _s.region).join(tables.story_service, _about.story_id == _o.story_id)
    .join(tables.subscription, (_s.chat_id == _o.chat_id) & (_s.service == _about.service)).where(_o.id.in_(_ids))
)  # fmt: skip

_change = tables.change.c
#: How many parts each story has.
SIZES = (
    select(_change.story_id, func.count())
    .where(_change.story_id.in_(bindparam("stories", expanding=True))).group_by(_change.story_id)
)  # fmt: skip

#: From now on each of these rows may have been posted, until its sender says otherwise.
TAKE = (
    update(tables.outbox).where(_o.id.in_(_ids)).values(
        state=DeliveryState.LEASED, owner=bindparam("holder"), due_at=bindparam("until"), attempts=_o.attempts + 1,
        bundle=case((_o.bundle.is_(None), _o.id), else_=_o.bundle),
        salt=case((_o.bundle.is_(None), bindparam("fresh")), else_=_o.salt),
        uncertain=func.coalesce(_o.uncertain, bindparam("now", type_=Instant)),
    )
)  # fmt: skip
_first = tables.outbox.alias("first").c
#: The other rows of a message carry the first one's id.
BUNDLE = (
    update(tables.outbox)
    .where(_o.id.in_(_ids))
    .values(bundle=select(func.min(_first.bundle)).where(_first.id.in_(_ids)).scalar_subquery())
)

#: A message arrived; only its holder may say so.
SENT = (
    update(tables.outbox).where(_o.id == bindparam("row"), _o.owner == bindparam("holder"), _o.state == DeliveryState.LEASED)
    .values(state=DeliveryState.SENT, owner=None, message_id=bindparam("message"), sent_at=bindparam("now"), why=None)
)  # fmt: skip

LEASE = select(tables.lease.c.owner, tables.lease.c.until).where(
    tables.lease.c.name == bindparam("duty")
)
