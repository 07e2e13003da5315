"""Reminders: the dates by which people can act, and what they said that they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from bot.matcher import Audience, audience
from bot.model import Address, Change, Record
from bot.states import DeliveryState, Part
from bot.store import chats, fan_out, stories, tables
from bot.store.database import Database
from bot.timing import REMIND_AT, at, is_urgent, reminder

#: Days before a deadline at which a chat can ask to be reminded.
OFFSETS = (14, 7, 3, 1, 0)
#: Deadlines are looked at from so long before the first reminder until so long after the day: every zone's day is over.
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
        """A date of the catalogue as a story that is told by its reminders only; False where it is known."""
        with self._database.write() as connection:
            if stories.is_known(connection, change):
                return False
            stories.add_part(connection, change, stories.add_story(connection, change, now))
            return True

    def begin_due(self, now: datetime, zone: str) -> int:
        """Begin the reminders whose moment has come; how many were queued at once.

        Each is begun once, because the story keeps the last that was, and queued once, because the outbox takes it once.
        """
        t = tables.story.c
        near = (t.deadline > now - MARGIN) & (
            t.deadline < now + timedelta(days=max(OFFSETS)) + MARGIN
        )
        with self._database.write() as connection:
            dated = connection.execute(select(tables.story).where(near)).all()
            return sum(_begin(connection, story, now, zone) for story in dated)

    def answer(self, address: Address, story_id: int, answer: Answer, now: datetime) -> bool:
        """Done, or not for me: no more reminders, not even queued ones. False where the story is unknown."""
        known = exists().where(tables.story.c.id == story_id)
        with self._database.write() as connection:
            if not connection.execute(select(known)).scalar_one():
                return False
            _answer(connection, chats.find_or_add(connection, address, now), story_id, answer, now)
            return True

    def act(self, address: Address, service: str, control: str, deed: Deed, now: datetime) -> None:
        """What a person did about a control; done and not for me also end the reminders of its date."""
        a, change = tables.acted, tables.change.c
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            mine = (a.c.chat_id == chat_id) & (a.c.service == service) & (a.c.control == control)
            connection.execute(delete(a).where(mine))
            values = {
                "chat_id": chat_id,
                "service": service,
                "control": control,
                "answer": deed,
                "at": now,
            }
            connection.execute(insert(a).values(**values))
            if deed == "later":
                return
            dates = change.uid.startswith(f"control:{service}/{control}/", autoescape=True)
            for story_id in (
                connection.execute(select(change.story_id).where(dates)).scalars().all()
            ):
                _answer(connection, chat_id, story_id, deed, now)

    def acted(self, address: Address) -> dict[ControlKey, Acted]:
        """What a chat did about controls."""
        a, c = tables.acted.c, tables.chat.c
        columns = select(a.service, a.control, a.answer, a.at)
        mine = columns.join(tables.chat, c.id == a.chat_id).where(tables.chat_at(address))
        with self._database.read() as connection:
            rows = connection.execute(mine).all()
        return {ControlKey(row.service, row.control): Acted(row.answer, row.at) for row in rows}


def _begin(connection: Connection, story: Row[Any], now: datetime, zone: str) -> int:
    """Begin the reminders of one date whose moment has come since the last that was begun."""
    begun = max(OFFSETS) + 1 if story.reminded is None else story.reminded
    due = reminder(story.deadline, OFFSETS, now, zone)
    if due is None or due[0] >= begun:
        return 0
    days_left = due[0]
    t = tables.story
    connection.execute(update(t).where(t.c.id == story.id).values(reminded=days_left))
    # The latest comes first: who gets that one gets none of those that were missed.
    missed = [days for days in sorted(OFFSETS) if days_left <= days < begun]
    return sum(_spread(connection, story, days, now, zone) for days in missed)


def _spread(connection: Connection, story: Row[Any], days: int, now: datetime, zone: str) -> int:
    about = tables.story_service.c
    lead = stories.read(connection, tables.story.c.id == story.id, 1)[0].lead
    services = tuple(
        connection.execute(select(about.service).where(about.story_id == story.id)).scalars()
    )
    regions = audience(lead).regions if lead.record is Record.DEADLINE else None
    whom = Audience(services, regions)
    moment = at(story.deadline.date() - timedelta(days=days), REMIND_AT, zone)
    urgent = is_urgent(story.deadline, now)
    return fan_out.spread(connection, story.id, Part.reminder(days), whom, moment, now, urgent)


def _answer(
    connection: Connection, chat_id: int, story_id: int, answer: str, now: datetime
) -> None:
    """A story with a date is answered: its reminders end, queued ones too."""
    a, o = tables.answered, tables.outbox
    connection.execute(delete(a).where(a.c.chat_id == chat_id, a.c.story_id == story_id))
    connection.execute(insert(a).values(chat_id=chat_id, story_id=story_id, answer=answer, at=now))
    unsent = (o.c.state != DeliveryState.SENT) & tables.is_reminder(o)
    connection.execute(delete(o).where(o.c.chat_id == chat_id, o.c.story_id == story_id, unsent))
