"""When a chat is told: its pace, its mutes, and the reminders of a deadline until it says that it is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from bot.habits import Pace
from bot.matcher import Audience, audience
from bot.model import Address, Change, DeliveryState, Part, Record
from bot.pace import REMIND_AT, at, is_urgent, reminder
from bot.reasons import HeldFor
from bot.store import codec, tables
from bot.store.living import Living
from bot.store.telling import Telling

#: Days before a deadline at which a chat can ask to be reminded.
OFFSETS = (14, 7, 3, 1, 0)
Answer = Literal["done", "not for me"]


class Pacing(Telling, Living):
    def pace(self, address: Address) -> Pace:
        with self._read() as connection:
            text = connection.execute(select(tables.chat.c.pace).where(tables.chat_at(address))).scalar_one_or_none()
        return codec.load_pace(text or "")

    def set_pace(self, address: Address, pace: Pace, now: datetime) -> None:
        """From now on; what was put aside is looked at again."""
        with self._write() as connection:
            chat = self._chat_id(connection, address, now)
            remind = f" {' '.join(map(str, pace.reminders))} "
            here = tables.chat.c.id == chat
            connection.execute(update(tables.chat).where(here).values(pace=codec.dump_pace(pace), remind=remind))
            self._look_again(connection, chat, now)

    def mute(self, address: Address, service: str, until: datetime | None, now: datetime) -> bool:
        """Put aside what comes of one service until then, what is queued included; None ends it. False where the
        chat does not follow the service."""
        s, o = tables.subscription, tables.outbox
        with self._write() as connection:
            chat = self._chat_id(connection, address, now)
            mine = (s.c.chat_id == chat) & (s.c.service == service)
            if connection.execute(update(s).where(mine).values(muted_until=until)).rowcount == 0:
                return False
            if until is None:
                self._look_again(connection, chat, now)
                return True
            about, other = tables.story_service.c, tables.subscription.c
            others = select(about.story_id).join(s, (other.service == about.service) & (other.chat_id == chat)).where(
                other.service != service, other.muted_until.is_(None) | (other.muted_until <= now)
            )  # fmt: skip
            theirs = select(about.story_id).where(about.service == service)
            waiting = (o.c.chat_id == chat) & tables.waiting(o) & (o.c.due_at < until)
            held = update(o).where(waiting, o.c.story_id.in_(theirs), o.c.story_id.not_in(others))
            connection.execute(held.values(state=DeliveryState.HELD, due_at=until, why=HeldFor.MUTE))
            return True

    def muted(self, address: Address, now: datetime) -> dict[str, datetime]:
        """The services that a chat muted, and until when."""
        s, c = tables.subscription.c, tables.chat.c
        query = select(s.service, func.max(s.muted_until)).join(tables.chat, c.id == s.chat_id).where(
            tables.chat_at(address), s.muted_until > now
        ).group_by(s.service)  # fmt: skip
        with self._read() as connection:
            return {service: until for service, until in connection.execute(query)}

    def answer(self, address: Address, story_id: int, answer: Answer, now: datetime) -> bool:
        """Done, or not for me: no more reminders, not even queued ones. False where the story is unknown."""
        with self._write() as connection:
            if not connection.execute(select(exists().where(tables.story.c.id == story_id))).scalar_one():
                return False
            self._answered(connection, self._chat_id(connection, address, now), story_id, answer, now)
            return True

    # -- deadlines

    def add_deadline(self, change: Change, now: datetime) -> bool:
        """A date of the catalogue as a story that is told by its reminders only; False where it is known."""
        with self._write() as connection:
            if self._is_known(connection, change):
                return False
            self._add_part(connection, change, self._new_story(connection, change, now))
            return True

    def tell_one(self, address: Address, change: Change, now: datetime) -> bool:
        """A story for one chat only; False where it was told before."""
        with self._write() as connection:
            if self._is_known(connection, change):
                return False
            story = self._new_story(connection, change, now)
            self._add_change(connection, change, story)
            chat = self._chat_id(connection, address, now)
            connection.execute(insert(tables.outbox).values(
                story_id=story, chat_id=chat, platform=address.platform, due_at=now,
            ))  # fmt: skip
            return True

    @staticmethod
    def _is_known(connection: Connection, change: Change) -> bool:
        return bool(connection.execute(select(exists().where(tables.change.c.uid == change.uid))).scalar_one())

    def remind(self, now: datetime, zone: str) -> int:
        """Begin the reminders whose moment has come; how many were queued at once.

        Each is begun once, because the story keeps the last that was, and queued once, because the outbox takes it once.
        """
        t, queued = tables.story.c, 0
        near = (t.deadline > now - timedelta(days=2)) & (t.deadline < now + timedelta(days=max(OFFSETS) + 2))
        with self._write() as connection:
            for story in connection.execute(select(tables.story).where(near)).all():
                begun = max(OFFSETS) + 1 if story.reminded is None else story.reminded
                due = reminder(story.deadline, OFFSETS, now, zone)
                if due is None or due[0] >= begun:
                    continue
                connection.execute(update(tables.story).where(t.id == story.id).values(reminded=due[0]))
                # The latest comes first: who gets that one gets none of those that were missed.
                for days in [days for days in sorted(OFFSETS) if due[0] <= days < begun]:
                    queued += self._begin_reminder(connection, story, days, now, zone)
        return queued

    def _begin_reminder(self, connection: Connection, story: Row[Any], days: int, now: datetime, zone: str) -> int:
        lead = self._stories(connection, tables.story.c.id == story.id, 1)[0].lead
        about = select(tables.story_service.c.service).where(tables.story_service.c.story_id == story.id)
        services = tuple(connection.execute(about).scalars())
        regions = audience(lead).regions if lead.record is Record.DEADLINE else None
        moment = at(story.deadline.date() - timedelta(days=days), REMIND_AT, zone)
        urgent = is_urgent(story.deadline, now)
        return self._spread(connection, story.id, Part.reminder(days), Audience(services, regions), moment, now, urgent)
