"""Reminders: the dates by which people can act, and what they said they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, exists, func, insert, literal, select, update

from bot.matcher import Audience, audience
from bot.model import Address, Change, Record, Story
from bot.preferences import at
from bot.states import DeliveryState, Part
from bot.store import chats, conditions, fan_out, stories, tables
from bot.store.database import Database
from bot.timing import REMIND_AT, is_urgent, reminder

#: Days before a deadline at which a chat can ask to be reminded.
OFFSETS = (14, 7, 3, 1, 0)
#: The time before the first reminder and after the day itself during which a deadline is
#: considered; in every zone the day is over by then.
MARGIN = timedelta(days=2)
#: The most dated stories of one service that are considered.
MOST_DATED = 200
#: What a person said about a story with a date.
Answer = Literal["done", "not for me"]
#: What a person said about a control of a service.
Deed = Literal["done", "later", "not for me"]


class ControlKey(NamedTuple):
    """The ids of a control and of its service."""

    service: str
    control: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What a person said about a control, and when."""

    deed: Deed
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did about a control; `topic` is the control's topic, or "" if unknown."""

    control: ControlKey
    deed: Deed
    topic: str = ""


class Reminders:
    """The facet `store.reminders`: reminders and answers. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_deadline(self, change: Change, now: datetime) -> bool:
        """Store a date of the catalogue as a story that is told only by reminders.

        False if it is known.
        """
        with self._database.write() as connection:
            story_id = stories.begin(connection, change, now)
            if story_id is None:
                return False
            stories.add_services(connection, change, story_id)
            return True

    def begin_due(self, now: datetime, zone: str) -> int:
        """Start the reminders that are due; return how many rows were queued at once.

        `zone` is the time zone by whose days they count. Each reminder is started once, because the
        story stores the last one, and queued once, because the outbox takes it once.
        """
        deadline = tables.story.c.deadline
        first = now + timedelta(days=max(OFFSETS)) + MARGIN
        near = select(tables.story).where(deadline > now - MARGIN, deadline < first)
        queued = 0
        with self._database.write() as connection:
            for story in connection.execute(near).all():
                queued += _begin(connection, story, now, zone)
        return queued

    def answer(self, address: Address, story_id: int, answer: Answer, now: datetime) -> bool:
        """Store the answer to a dated story and delete its reminders, including queued ones.

        False if the story is unknown.
        """
        known = exists().where(tables.story.c.id == story_id)
        with self._database.write() as connection:
            if not connection.execute(select(known)).scalar_one():
                return False
            _answer(connection, chats.find_or_add(connection, address, now), story_id, answer, now)
            return True

    def act(self, address: Address, done: Done, now: datetime) -> None:
        """Store what a person did about a control.

        "done" and "not for me" also end the reminders of every date about the same control, or
        about its topic at its service.
        """
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            _put_deed(connection, chat_id, done, now)
            if done.deed == "later":
                _open_again(connection, chat_id, done.control, done.topic, now)
                return
            for story in _dated(connection, done.control.service, now):
                if _is_about(story.lead, done.control, done.topic):
                    _answer(connection, chat_id, story.id, done.deed, now)

    def undo(self, address: Address, control: ControlKey, now: datetime) -> None:
        """Delete what a person did about a control; its dates have reminders again."""
        acted = tables.acted.c
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            theirs = (acted.chat_id == chat_id) & (acted.service == control.service)
            mine = theirs & (acted.control == control.control)
            topic = connection.execute(select(acted.topic).where(mine)).scalar_one_or_none()
            if topic is None:
                return
            connection.execute(delete(tables.acted).where(mine))
            _open_again(connection, chat_id, control, topic, now)

    def acted(self, address: Address) -> dict[ControlKey, Acted]:
        """What a chat did about controls, by control."""
        acted, chat = tables.acted.c, tables.chat.c
        columns = select(acted.service, acted.control, acted.answer, acted.at)
        theirs = columns.join(tables.chat, chat.id == acted.chat_id)
        with self._database.read() as connection:
            rows = connection.execute(theirs.where(conditions.chat_at(address))).all()
        return {ControlKey(row.service, row.control): Acted(row.answer, row.at) for row in rows}


def _dated(connection: Connection, service: str, now: datetime) -> list[Story]:
    """The stories of a service whose date has not passed yet."""
    story, about = tables.story.c, tables.story_service.c
    of_it = select(about.story_id).where(about.service == service)
    ahead = story.id.in_(of_it) & (story.deadline > now - MARGIN)
    return stories.read(connection, ahead, MOST_DATED)


def _is_about(lead: Change, control: ControlKey, topic: str) -> bool:
    """Whether a dated story is about a control, or about its topic."""
    if lead.uid.startswith(f"control:{control.service}/{control.control}/"):
        return True
    return bool(topic) and topic in lead.topics


def _begin(connection: Connection, story: Row[Any], now: datetime, zone: str) -> int:
    """Start the reminders of one date that have become due since the last one started."""
    begun = max(OFFSETS) + 1
    if story.reminded is not None:
        begun = story.reminded
    due = reminder(story.deadline, OFFSETS, now, zone)
    if due is None or due[0] >= begun:
        return 0
    days_left = due[0]
    mine = update(tables.story).where(tables.story.c.id == story.id)
    connection.execute(mine.values(reminded=days_left))
    queued = 0
    # The latest comes first: a chat that gets it gets none of those that were missed.
    for days in sorted(OFFSETS):
        if days_left <= days < begun:
            queued += _spread(connection, story, days, now, zone)
    return queued


def _spread(connection: Connection, story: Row[Any], days: int, now: datetime, zone: str) -> int:
    """Queue one reminder; return the number of rows."""
    about = tables.story_service.c
    lead = stories.read(connection, tables.story.c.id == story.id, 1)[0].lead
    _answered_before(connection, story.id, lead)
    services = connection.execute(select(about.service).where(about.story_id == story.id))
    regions = None
    if lead.record is Record.DEADLINE:
        regions = audience(lead).regions
    telling = fan_out.Telling(
        story.id,
        Part.reminder(days),
        Audience(tuple(services.scalars()), regions),
        since=at(story.deadline.date() - timedelta(days=days), REMIND_AT, zone),
        due=now,
        urgent=is_urgent(story.deadline, now),
    )
    return fan_out.spread(connection, telling)


def _open_again(
    connection: Connection, chat_id: int, control: ControlKey, topic: str, now: datetime
) -> None:
    """Restore the reminders about a control, unless acting on another one answers them."""
    answered = tables.answered.c
    for story in _dated(connection, control.service, now):
        if _is_about(story.lead, control, topic):
            mine = (answered.chat_id == chat_id) & (answered.story_id == story.id)
            connection.execute(delete(tables.answered).where(mine))
            _answered_before(connection, story.id, story.lead)


def _put_deed(connection: Connection, chat_id: int, done: Done, now: datetime) -> None:
    """Store what was done about a control, in place of what was said before."""
    row = {
        "chat_id": chat_id,
        "service": done.control.service,
        "control": done.control.control,
        "answer": done.deed,
        "at": now,
    }
    same = [tables.acted.c[name] == row[name] for name in ("chat_id", "service", "control")]
    connection.execute(delete(tables.acted).where(*same))
    connection.execute(insert(tables.acted).values(**row, topic=done.topic))


def _answered_before(connection: Connection, story_id: int, lead: Change) -> None:
    """Answer a date for those who have already acted on its control, or on one for its topic."""
    acted, answered = tables.acted.c, tables.answered.c
    if lead.record is Record.DEADLINE:
        key = lead.uid.removeprefix("control:").rpartition("/")[0]
        about = (acted.service + literal("/") + acted.control) == key
    else:
        about = acted.service.in_(lead.services) & acted.topic.in_(lead.topics)
    has_answered = exists().where(answered.chat_id == acted.chat_id, answered.story_id == story_id)
    settled = acted.answer.in_(("done", "not for me"))
    rows = (
        select(acted.chat_id, literal(story_id), func.min(acted.answer), func.max(acted.at))
        .where(about, settled, ~has_answered)
        .group_by(acted.chat_id)
    )
    columns = ["chat_id", "story_id", "answer", "at"]
    connection.execute(insert(tables.answered).from_select(columns, rows))


def _answer(
    connection: Connection, chat_id: int, story_id: int, answer: str, now: datetime
) -> None:
    """Store the answer to a dated story and delete its queued reminders."""
    answered, queue = tables.answered.c, tables.outbox.c
    former = (answered.chat_id == chat_id) & (answered.story_id == story_id)
    connection.execute(delete(tables.answered).where(former))
    values = {"chat_id": chat_id, "story_id": story_id, "answer": answer, "at": now}
    connection.execute(insert(tables.answered).values(**values))
    theirs = (queue.chat_id == chat_id) & (queue.story_id == story_id)
    unsent = (queue.state != DeliveryState.SENT) & conditions.is_reminder(tables.outbox)
    connection.execute(delete(tables.outbox).where(theirs, unsent))
