"""Stories: publishing them with their outbox rows, and finding them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    func,
    insert,
    select,
    true,
    update,
)

from bot.matcher import Audience
from bot.model import Address, Change, Item, Record, Story
from bot.preferences import Level
from bot.states import Part
from bot.store import chats, codec, documents, fan_out, items, tables
from bot.store.database import Database, insert_new
from bot.store.fan_out import Telling
from bot.timing import is_urgent
from bot.understand.memory import Held
from bot.understand.opt_out import puts_in_doubt
from bot.understand.stories import MEMORY, Mark, is_event, story_from, told_to_all, worth_a_note
from bot.verdicts import Verdict

#: The most stories that are searched for one that a new part could join.
MOST_NEAR = 100
#: The most stories that are read of those that put a service's how-to in doubt.
MOST_SHAKEN = 20
#: How many more stories are read than shown, because some are not told on their own.
SPARE = 5
#: The stories that are told to all, by the same rule as `told_to_all`: something happened, and it
#: is more than a small edit.
TOLD_TO_ALL = exists().where(
    tables.change.c.story_id == tables.story.c.id,
    tables.change.c.verdict == Verdict.MATERIAL,
    tables.change.c.uid.not_like("control:%"),
)


class OvertakenError(Exception):
    """A story was published since the candidates for a change to join were read."""


class Stories:
    """The facet `store.stories`: writing and reading stories. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(  # noqa: PLR0913, PLR0917 - all of one transaction
        self,
        item: Item,
        change: Change,
        held: Held | None,
        story: Story | None,
        audience: Audience,
        now: datetime,
        due: datetime | None = None,
        mark: Mark | None = None,
    ) -> int:
        """Settle an item in one transaction; return the number of alerts queued.

        Alerts are sent when they are `due`, or now by default; urgent ones do not wait. Raises
        OvertakenError if, since the `mark`, another story was told that this one may be a part of.

        The item is marked as seen; the change, the document's memory and the story are written, and
        one outbox row for each chat. If there are many chats, the first slice is written, and the
        mark from which `fan_out` goes on. Returns 0 if the item was settled before.

        A change that is not material is stored without a story. A part that joins a story reaches
        only those who would have got it at the time and were not told.
        """
        why = "; ".join(reason.code for reason in change.why)
        with self._database.write() as connection:
            if mark and _newest(connection, mark.services, mark.when) != mark.newest:
                raise OvertakenError
            if not items.mark_seen(connection, item.uid, why):
                return 0
            if held:
                documents.write(connection, held)
            if story:
                story_id, since = _join(connection, story, change, now)
            elif _to_be_told(connection, change):
                story_id = add_story(connection, change, now)
                add_part(connection, change, story_id)
                # For all current followers, even if the clock was set back since they began to
                # follow.
                since = tables.NEVER
            else:
                add_change(connection, change, None)
                return 0
            if change.record is Record.TAKEN_BACK:
                return 0
            urgent = is_urgent(change.deadline, now)
            digest = change.is_for_a_digest
            when = now if urgent or due is None else due
            telling = Telling(story_id, Part(), audience, since, when, urgent, digest)
            return fan_out.spread(connection, telling)

    def tell_one(self, address: Address, change: Change, now: datetime) -> bool:
        """Queue a story for one chat only; False if it was told before."""
        with self._database.write() as connection:
            story_id = begin(connection, change, now)
            if story_id is None:
                return False
            chat_id = chats.find_or_add(connection, address, now)
            row = {"story_id": story_id, "chat_id": chat_id, "platform": address.platform}
            connection.execute(insert(tables.outbox).values(**row, due_at=now))
            return True

    def get(self, story_id: int) -> Story | None:
        """A story by its id; None if there is none."""
        with self._database.read() as connection:
            found = read(connection, tables.story.c.id == story_id, 1)
        if not found:
            return None
        return found[0]

    def mark(self, services: tuple[str, ...], when: datetime) -> Mark:
        """The newest story of some services near a date, to detect later ones."""
        with self._database.read() as connection:
            return Mark(services, when, _newest(connection, services, when))

    def near(self, services: Sequence[str], when: datetime) -> list[Story]:
        """The stories that a part dated `when` about these services could join; latest first."""
        with self._database.read() as connection:
            return list(filter(is_event, read(connection, _near(services, when), MOST_NEAR)))

    def recent(self, services: Sequence[str], limit: int) -> list[Story]:
        """The newest stories of some services, the latest first."""
        with self._database.read() as connection:
            return list(filter(told_to_all, read(connection, of(services), limit + SPARE)))[:limit]

    def told(
        self, services: Sequence[str], limit: int, skip: int = 0, since: datetime | None = None
    ) -> list[Story]:
        """Stories of some services that were told to all, latest first, after the first `skip`."""
        with self._database.read() as connection:
            return read(connection, of(services) & TOLD_TO_ALL & _after(since), limit, skip)

    def count(self, services: Sequence[str], since: datetime | None = None) -> int:
        """The number of stories of some services that were told to all whom they concern."""
        query = select(func.count()).select_from(tables.story)
        theirs = query.where(of(services), TOLD_TO_ALL, _after(since))
        with self._database.read() as connection:
            return int(connection.execute(theirs).scalar_one())

    def shaken(self, service: str) -> list[Story]:
        """The newest stories of a service that removed or reworded a way to opt out."""
        touched = select(tables.change.c.story_id).where(tables.SHAKEN)
        with self._database.read() as connection:
            return read(connection, of([service]) & tables.story.c.id.in_(touched), MOST_SHAKEN)


# -- within a transaction


def read(
    connection: Connection, where: ColumnElement[bool], limit: int, skip: int = 0
) -> list[Story]:
    """Read stories with all their parts, the latest first, after the first `skip`."""
    story, part = tables.story.c, tables.change.c
    latest_first = select(story.id).order_by(story.recorded.desc(), story.id.desc())
    newest = connection.execute(latest_first.where(where).limit(limit).offset(skip)).scalars()
    parts: dict[int, list[Change]] = {story_id: [] for story_id in newest}
    theirs = select(part.story_id, part.payload).where(part.story_id.in_(parts))
    for row in connection.execute(theirs):
        parts[row.story_id].append(codec.load_change(row.payload))
    return [story_from(story_id, changes) for story_id, changes in parts.items() if changes]


def begin(connection: Connection, change: Change, now: datetime) -> int | None:
    """Add a story for a new change; return its id, or None if the change is known.

    Of two concurrent calls the second waits for the first, and then finds the change known.
    """
    story_id = add_story(connection, change, now)
    if add_change(connection, change, story_id):
        return story_id
    connection.execute(delete(tables.story).where(tables.story.c.id == story_id))
    return None


def add_story(connection: Connection, change: Change, now: datetime) -> int:
    """Add a story that begins with a change; return its id."""
    values = {"told_at": now, "recorded": change.recorded, "deadline": change.deadline}
    row = insert(tables.story).values(**values).returning(tables.story.c.id)
    return int(connection.execute(row).scalar_one())


def add_change(connection: Connection, change: Change, story_id: int | None) -> bool:
    """Store a change, as a part of a story if it has one; False if it is known."""
    values = {
        "uid": change.uid,
        "story_id": story_id,
        "service": change.services[0] if change.services else "",
        "recorded": change.recorded,
        "verdict": change.verdict,
        "payload": codec.dump_change(change),
        "shaken": int(puts_in_doubt(change)),
    }
    fresh = insert_new(tables.change, connection)
    return connection.execute(fresh.values(**values)).rowcount > 0


def add_part(connection: Connection, change: Change, story_id: int) -> None:
    """Store a change as a part of a story; the story is then about the change's services, too."""
    add_change(connection, change, story_id)
    add_services(connection, change, story_id)


def add_services(connection: Connection, change: Change, story_id: int) -> None:
    """Record that a story is about the services of a change."""
    services = [{"service": service, "story_id": story_id} for service in change.services]
    connection.execute(insert_new(tables.story_service, connection), services)


def _join(
    connection: Connection, story: Story, change: Change, now: datetime
) -> tuple[int, datetime]:
    """Add a part to a published story; return the story's id and when it was told.

    Chats that have the story get a note if the part is worth one. Chats that still wait for it are
    not told of what the service took back meanwhile.
    """
    add_part(connection, change, story.id)
    if not change.record.told_by_people:
        void = int(change.record is Record.TAKEN_BACK)
        mine = update(tables.story).where(tables.story.c.id == story.id)
        connection.execute(mine.values(void=void))
    if worth_a_note(story, change):
        everywhere = Audience(change.services, None)
        part, digest = Part.addition(change.uid), change.is_for_a_digest
        note = Telling(story.id, part, everywhere, now, now, digest=digest)
        fan_out.spread(connection, note)
    told_at = select(tables.story.c.told_at).where(tables.story.c.id == story.id)
    return story.id, connection.execute(told_at).scalar_one()


def _to_be_told(connection: Connection, change: Change) -> bool:
    """Whether a change becomes a story.

    A material change does; a small edit does if a follower of the service asked for everything.
    """
    if change.verdict is not Verdict.MINOR:
        return change.verdict is Verdict.MATERIAL
    subscription, chat = tables.subscription.c, tables.chat.c
    follows = subscription.service.in_(change.services) & (subscription.chat_id == chat.id)
    keen = exists().where(follows, chat.least == Level.EVERYTHING)
    return bool(connection.execute(select(keen)).scalar_one())


def _newest(connection: Connection, services: Sequence[str], when: datetime) -> int:
    newest = select(func.max(tables.story.c.id)).where(_near(services, when))
    return int(connection.execute(newest).scalar_one() or 0)


def _near(services: Sequence[str], when: datetime) -> ColumnElement[bool]:
    """The condition that a part about some services, dated `when`, could join a story."""
    return of(services) & tables.story.c.recorded.between(when - MEMORY, when + MEMORY)


def _after(since: datetime | None) -> ColumnElement[bool]:
    """The condition that a story was recorded at a moment or later; None is no condition."""
    return true() if since is None else tables.story.c.recorded >= since


def of(services: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a story is about one of some services."""
    about = tables.story_service.c
    theirs = select(about.story_id).where(about.service.in_(services))
    return tables.story.c.id.in_(theirs)
