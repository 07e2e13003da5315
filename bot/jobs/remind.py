"""Reminders before the dates of stories and of the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import structlog

from bot.catalogue import Catalogue, Control
from bot.model import Change, Record
from bot.preferences import Schedule
from bot.regions import area_of
from bot.store import Store
from bot.verdicts import Link, Origin, Reason, Verdict

log = structlog.get_logger()


class Reminder:
    """Starts the reminders that are due; called by a tick."""

    def __init__(self, store: Store, known: Catalogue, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._known = known
        self._clock = clock

    async def remind_due(self) -> None:
        """Store the dates of the catalogue, and start what is due. Raises StoreError."""
        now = self._clock()
        for change in deadlines(self._known, now):
            await asyncio.to_thread(self._store.reminders.add_deadline, change, now)
        begin_due = self._store.reminders.begin_due
        queued = await asyncio.to_thread(begin_due, now, Schedule().zone)
        if queued:
            log.info("reminders.queued", count=queued)


def deadlines(known: Catalogue, now: datetime) -> Iterator[Change]:
    """The dates in the catalogue that have not passed.

    Each is a change that is told only by reminders.
    """
    for service, guide in known.guides.items():
        for control in guide.controls:
            day = _day_of(control)
            if day and day >= now.date():
                yield _deadline(service, control, day)


def _day_of(control: Control) -> date | None:
    """The day by which people must act on a control, or from which it applies; None if none."""
    if control.deadline:
        return control.deadline
    # If it is off by default, nobody has to act.
    if control.on_by_default is False:
        return None
    return control.effective


def _deadline(service: str, control: Control, day: date) -> Change:
    why = Origin.ACT_UNTIL if control.deadline else Origin.APPLIES_FROM
    links = []
    if control.link:
        links.append(Link(control.title, control.link))
    return Change(
        uid=f"control:{service}/{control.id}/{day:%Y-%m-%d}",
        services=(service,),
        terms_type="",
        recorded=datetime(day.year, day.month, day.day, tzinfo=UTC),
        title=control.title,
        link=control.link or "",
        verdict=Verdict.MATERIAL,
        record=Record.DEADLINE,
        why=(Reason(why),),
        area=area_of(control.regions),
        effective=day,
        topics=(control.topic,),
        links=tuple(links),
    )
