"""Announcements to all chats, and dry runs that count the chats a story would reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Row, Select, String, func, literal, null, select

from bot.matcher import Audience
from bot.model import Change
from bot.states import ChatState, DeliveryState, Part, Rank
from bot.store import audiences, fan_out, stories, tables
from bot.store.database import Database, insert_new


@dataclass(frozen=True, slots=True)
class Reached:
    """A number of chats of a platform: told at once, or held for a mute or a digest (`why`)."""

    platform: str
    state: DeliveryState
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Announced:
    """The story id of an announcement, and how many chats it is queued for."""

    story_id: int
    count: int


class Announcing:
    """The facet `store.announcing`: announcements. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def everybody(self) -> dict[str, int]:
        """How many chats an announcement would reach, by platform."""
        chat = tables.chat.c
        count = select(chat.platform, func.count()).where(chat.state == ChatState.ACTIVE)
        with self._database.read() as connection:
            rows = connection.execute(count.group_by(chat.platform).order_by(chat.platform))
            return dict(rows.all())

    def announce(self, change: Change, now: datetime) -> Announced | None:
        """Queue a text for every reachable chat, in one transaction.

        The same text is queued only once: None the second time.
        """
        chat, queue = tables.chat.c, tables.outbox.c
        with self._database.write() as connection:
            story_id = stories.begin(connection, change, now)
            if story_id is None:
                return None
            rows = select(
                literal(story_id), chat.id, chat.platform, literal(now, queue.due_at.type)
            ).where(chat.state == ChatState.ACTIVE)
            columns = ["story_id", "chat_id", "platform", "due_at"]
            fresh = insert_new(tables.outbox, connection).from_select(columns, rows)
            return Announced(story_id, connection.execute(fresh).rowcount)

    def would_reach(self, audience: Audience, now: datetime, digest: bool) -> list[Reached]:
        """The chats that a story would be queued for now, counted; nothing is written.

        It runs the SELECT statements of the real inserts.
        """
        chats = select(func.max(tables.chat.c.id))
        row = cast(Row[Any], _telling(audience, now, digest))
        found = []
        with self._database.read() as connection:
            all_chats = audiences.Chats(0, connection.execute(chats).scalar_one() or 0)
            before: list[Select[Any]] = []
            for rows in fan_out.rows_of(row, all_chats):
                counted = connection.execute(_counted(rows, digest, before))
                found += [Reached(*each) for each in counted]
                before.append(rows)
        return found


def _telling(audience: Audience, now: datetime, digest: bool) -> SimpleNamespace:
    """A `fan_out` row that is not in the table."""
    rank = Rank.DIGEST if digest else Rank.USUAL
    return SimpleNamespace(
        story_id=0,
        part=Part(),
        services=" ".join(audience.services),
        regions=None if audience.regions is None else " ".join(sorted(audience.regions)),
        since=tables.NEVER,
        due_at=now,
        urgent=int(rank),
        digest=int(digest),
        level=int(audience.level),
        topics=" ".join(audience.topics),
        roles=" ".join(sorted(audience.roles)),
        kinds=" ".join(sorted(audience.kinds)),
        for_others=" ".join(audience.for_others),
    )


def _counted(rows: Select[Any], digest: bool, before: Sequence[Select[Any]]) -> Select[Any]:
    """A query for the number of rows by platform and state.

    A chat that has a row in one of `before` gets no other, as in the outbox.
    """
    columns = rows.subquery().c
    others = [columns[1].not_in(select(each.subquery().c[1])) for each in before]
    platform, state = columns[3], columns[4]
    why = columns[8] if digest else null()
    waits_for = func.coalesce(why, literal("", String))
    counted = select(platform, state, waits_for, func.count()).where(*others)
    return counted.group_by(platform, state, waits_for).order_by(platform)
