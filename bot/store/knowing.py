"""What a chat chose for itself: its language, its taste, the role that its alerts call, and what it has done."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, case, delete, insert, select, update

from bot.habits import Chatter, Level, Taste
from bot.model import Address, ChatState
from bot.store import tables
from bot.store.living import Living

#: What a person said about a control of a service.
Deed = Literal["done", "later", "not for me"]


class Knowing(Living):
    def chatter(self, address: Address) -> Chatter | None:
        """What we know of a chat; None where it never chose anything."""
        with self._read() as connection:
            row = connection.execute(select(tables.chat).where(tables.chat_at(address))).one_or_none()
        return chatter_of(row) if row else None

    def taste(self, address: Address) -> Taste:
        """What a chat wants to hear of."""
        return (self.chatter(address) or Chatter()).taste

    def meet(self, address: Address, language: str, shared: bool) -> None:
        """Keep what the platform says of a chat that we know; the language only where nobody has chosen one."""
        c = tables.chat
        spoken = case((c.c.language == "", language), else_=c.c.language)
        with self._write() as connection:
            connection.execute(update(c).where(tables.chat_at(address)).values(language=spoken, shared=int(shared)))

    def set_language(self, address: Address, language: str, now: datetime) -> None:
        self._set(address, now, language=language)

    def set_mention(self, address: Address, role: str, now: datetime) -> None:
        """The role that alerts call in a channel; "" calls nobody."""
        self._set(address, now, mention=role)

    def set_taste(self, address: Address, taste: Taste, now: datetime) -> None:
        self._set(address, now, least=int(taste.least), topics=_joined(taste.topics))

    def act(self, address: Address, service: str, control: str, deed: Deed, now: datetime) -> None:
        """What a person did about a control; done and not for me also end the reminders of its date."""
        a = tables.acted
        with self._write() as connection:
            chat = self._chat_id(connection, address, now)
            connection.execute(delete(a).where(a.c.chat_id == chat, a.c.service == service, a.c.control == control))
            connection.execute(insert(a).values(chat_id=chat, service=service, control=control, answer=deed, at=now))
            if deed == "later":
                return
            dates = tables.change.c.uid.startswith(f"control:{service}/{control}/", autoescape=True)
            for story_id in connection.execute(select(tables.change.c.story_id).where(dates)).scalars().all():
                self._answered(connection, chat, story_id, deed, now)

    def acted(self, address: Address) -> dict[tuple[str, str], tuple[Deed, datetime]]:
        """What a chat did, and when, by service and control."""
        a, c = tables.acted.c, tables.chat.c
        query = select(a.service, a.control, a.answer, a.at).join(tables.chat, c.id == a.chat_id).where(tables.chat_at(address))
        with self._read() as connection:
            return {(row.service, row.control): (row.answer, row.at) for row in connection.execute(query)}

    def _set(self, address: Address, now: datetime, **values: Any) -> None:
        c = tables.chat
        with self._write() as connection:
            chat = self._chat_id(connection, address, now)
            connection.execute(update(c).where(c.c.id == chat).values(**values))


def chatter_of(row: Row[Any]) -> Chatter:
    """From the columns of a chat."""
    taste = Taste(Level(row.least), frozenset(row.topics.split()))
    paused = row.why if row.state is ChatState.PAUSED else None
    return Chatter(row.language, bool(row.shared), row.mention, taste, paused)


def _joined(topics: frozenset[str]) -> str:
    """With a space before and behind each, so that one is found by LIKE."""
    return f" {' '.join(sorted(topics))} " if topics else ""
