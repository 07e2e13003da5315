"""Deadlines: the dates of stories and of the catalogue, and the reminders before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import structlog

from bot.catalogue import Catalogue, Control
from bot.model import Change, Link, Record, Verdict
from bot.preferences import Schedule
from bot.reasons import Origin, Reason
from bot.regions import countries
from bot.store import Store

log = structlog.get_logger()


class Reminder:
    """Begins the reminders whose moment has come; called by a tick."""

    def __init__(self, store: Store, known: Catalogue, clock: Callable[[], datetime]) -> None:
        self._store, self._known, self._clock = store, known, clock

    async def remind_due(self) -> None:
        now = self._clock()
        for change in deadlines(self._known, now):
            await asyncio.to_thread(self._store.reminders.add_deadline, change, now)
        if queued := await asyncio.to_thread(self._store.reminders.begin_due, now, Schedule().zone):
            log.info("reminders.queued", count=queued)


def deadlines(known: Catalogue, now: datetime) -> Iterator[Change]:
    """The dates in the catalogue that have not passed, each as a change that is told by its reminders only."""
    for service, guide in known.guides.items():
        for control in guide.controls:
            # What is off until one turns it on needs nobody to act.
            day = control.deadline or (
                control.effective if control.on_by_default is not False else None
            )
            if day and day >= now.date():
                yield _deadline(
                    service, control, datetime(day.year, day.month, day.day, tzinfo=UTC)
                )


def _deadline(service: str, control: Control, day: datetime) -> Change:
    area = frozenset(country for code in control.regions for country in countries(code))
    return Change(
        uid=f"control:{service}/{control.id}/{day:%Y-%m-%d}", services=(service,), terms_type="", recorded=day,
        title=control.title, link=control.link or "", verdict=Verdict.MATERIAL, record=Record.DEADLINE,
        why=(Reason(Origin.ACT_UNTIL if control.deadline else Origin.APPLIES_FROM),), area=area, effective=day.date(), topics=(control.topic,),
        links=(Link(control.title, control.link),) if control.link else (),
    )  # fmt: skip
