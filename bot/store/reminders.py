"""Reminders: the dates by which people can act, and what they said that they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from bot.matcher import Audience, audience
from bot.model import Address, Change, Record
from bot.states import DeliveryState, Part
from bot.store import chats, conditions, fan_out, stories, tables
from bot.store.database import Database
from bot.timing import REMIND_AT, at, is_urgent, reminder

#: Days before a deadline at which a chat can ask to be reminded.
OFFSETS = (14, 7, 3, 1, 0)
#: Deadlines are looked at from so long before the first reminder until so long after the day:
#: every zone's day is over then.
MARGIN = timedelta(days=2)
#: What a person said about a story with a date.
Answer = Literal["done", "not for me"]
#: What a person said about a control of a service.
Deed = Literal["done", "later", "not for me"]


class ControlKey(NamedTuple):
    """A control of a service, by their ids."""

    service: str
    control: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What a person said about a control, and when."""

    deed: Deed
    at: datetime


class Reminders:
    """`store.reminders`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_deadline(self, change: Change, now: datetime) -> bool:
        """Keep a date of the catalogue as a story that is told by its reminders only.

        False where it is known.
        """
        with self._database.write() as connection:
            if stories.is_known(connection, change):
                return False
            stories.add_part(connection, change, stories.add_story(connection, change, now))
            return True

    def begin_due(self, now: datetime, zone: str) -> int:
        """Begin the reminders whose moment has come; how many were queued at once.

        `zone` is where a day begins and ends, as the time zone database calls it. Each reminder is
        begun once, because the story keeps the last that was, and queued once, because the outbox
        takes it once.
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
        """Keep the answer to a story with a date: no more reminders, not even queued ones.

        False where the story is unknown.
        """
        known = exists().where(tables.story.c.id == story_id)
        with self._database.write() as connection:
            if not connection.execute(select(known)).scalar_one():
                return False
            _answer(connection, chats.find_or_add(connection, address, now), story_id, answer, now)
            return True

    def act(self, address: Address, service: str, control: str, deed: Deed, now: datetime) -> None:
        """Keep what a person did about a control.

        Done and not for me also end the reminders of its date.
        """
        change = tables.change.c
        dates = change.uid.startswith(f"control:{service}/{control}/", autoescape=True)
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            done = {"service": service, "control": control, "answer": deed, "at": now}
            _put_deed(connection, {"chat_id": chat_id, **done})
            if deed == "later":
                return
            stories_of_dates = connection.execute(select(change.story_id).where(dates)).scalars()
            for story_id in stories_of_dates.all():
                _answer(connection, chat_id, story_id, deed, now)

    def acted(self, address: Address) -> dict[ControlKey, Acted]:
        """What a chat did about controls."""
        acted, chat = tables.acted.c, tables.chat.c
        columns = select(acted.service, acted.control, acted.answer, acted.at)
        theirs = columns.join(tables.chat, chat.id == acted.chat_id)
        with self._database.read() as connection:
            rows = connection.execute(theirs.where(conditions.chat_at(address))).all()
        return {ControlKey(row.service, row.control): Acted(row.answer, row.at) for row in rows}


def _begin(connection: Connection, story: Row[Any], now: datetime, zone: str) -> int:
    """Begin the reminders of one date whose moment has come since the last that was begun."""
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
    # The latest comes first: who gets that one gets none of those that were missed.
    for days in sorted(OFFSETS):
        if days_left <= days < begun:
            queued += _spread(connection, story, days, now, zone)
    return queued


def _spread(connection: Connection, story: Row[Any], days: int, now: datetime, zone: str) -> int:
    """Queue one reminder; how many rows."""
    about = tables.story_service.c
    lead = stories.read(connection, tables.story.c.id == story.id, 1)[0].lead
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


def _put_deed(connection: Connection, done: dict[str, Any]) -> None:
    """Keep what was done about a control in place of what was said before."""
    same = [tables.acted.c[name] == done[name] for name in ("chat_id", "service", "control")]
    connection.execute(delete(tables.acted).where(*same))
    connection.execute(insert(tables.acted).values(**done))


def _answer(
    connection: Connection, chat_id: int, story_id: int, answer: str, now: datetime
) -> None:
    """A story with a date is answered: its reminders end, queued ones too."""
    answered, queue = tables.answered.c, tables.outbox.c
    former = (answered.chat_id == chat_id) & (answered.story_id == story_id)
    connection.execute(delete(tables.answered).where(former))
    values = {"chat_id": chat_id, "story_id": story_id, "answer": answer, "at": now}
    connection.execute(insert(tables.answered).values(**values))
    theirs = (queue.chat_id == chat_id) & (queue.story_id == story_id)
    unsent = (queue.state != DeliveryState.SENT) & conditions.is_reminder(tables.outbox)
    connection.execute(delete(tables.outbox).where(theirs, unsent))
