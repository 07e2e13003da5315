"""The data of each of the operator's pages. Everything here runs in a worker thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.model import Change, Source
from bot.render.reasons import doubt
from bot.states import DeliveryState, SourceState
from bot.store.sources import SourceStatus
from bot.watch import announcement, pulse
from bot.watch.words import lasted
from bot.web.operate import plot, rehearsal
from bot.web.site import Site

#: The most rows of a page.
MOST = 200
#: The states of the outbox, in display order.
STATES = {
    DeliveryState.QUEUED: "To be sent",
    DeliveryState.LEASED: "On its way",
    DeliveryState.HELD: "Put aside",
    DeliveryState.DEAD: "Given up",
}
_PLAIN = {
    SourceState.NEW: "not asked yet",
    SourceState.HEALTHY: "answers",
    SourceState.FAILING: "does not answer as it should",
    SourceState.MOVED: "is read at another address",
    SourceState.GONE: "says that it is gone",
    SourceState.WEB_PAGE: "answers with a page for people",
}

#: Values for a template.
Values = Mapping[str, Any]
#: Makes the values of a page from the site and the query.
View = Callable[[Site, Mapping[str, str]], Values]


@dataclass(frozen=True, slots=True)
class Row:
    """A source: its state in words, and when it is due."""

    status: SourceStatus
    source: Source | None
    words: str
    is_well: bool
    answered: str
    due: str


def overview(site: Site, _query: Mapping[str, str]) -> Values:
    """Alarms, queues and processes."""
    now, store = site.clock(), site.store
    since = now - timedelta(minutes=plot.MINUTES)
    tallies = store.watch.tallies(since)
    processes = []
    for each in store.watch.processes(now):
        processes.append((each, pulse.read(each), pulse.is_silent(each, now)))
    rows = _rows(site, now)
    return {
        "alarms": store.watch.alarms(),
        "queues": store.vitals.queues(now),
        "states": STATES,
        "plots": plot.plots(tallies, now),
        "waits": _waits(site, now),
        "processes": processes,
        "ill": sum(not row.is_well for row in rows),
        "sources": len(rows),
        "copy": site.newest_copy(),
        "now": now,
    }


def sources(site: Site, _query: Mapping[str, str]) -> Values:
    """All sources; those with problems come first."""
    rows = _rows(site, site.clock())
    return {"rows": sorted(rows, key=lambda row: (row.is_well, row.status.id))}


def held(site: Site, _query: Mapping[str, str]) -> Values:
    """Held changes, and why."""
    vitals = site.store.vitals
    rows = [(each, _doubt(each.change)) for each in vitals.held(MOST)]
    return {"rows": rows, "count": vitals.count_held()}


def queue(site: Site, _query: Mapping[str, str]) -> Values:
    """Unsent and dead deliveries."""
    now, store = site.clock(), site.store
    return {
        "queues": store.vitals.queues(now),
        "states": STATES,
        "reasons": store.outbox.given_up(MOST),
        "letters": store.vitals.dead_letters(MOST),
        "now": now,
    }


def chats(site: Site, _query: Mapping[str, str]) -> Values:
    """Unreachable chats by reason; no chat is named."""
    vitals = site.store.vitals
    return {"states": vitals.chats(), "rows": vitals.unreachable(MOST)}


def catalogue(site: Site, _query: Mapping[str, str]) -> Values:
    """Stale controls."""
    return {"rows": site.known.stale(site.clock().date())}


def rehearse(site: Site, query: Mapping[str, str]) -> Values:
    """The dry run of a story."""
    found = rehearsal.rehearse(query, site)
    said = found if isinstance(found, str) else ""
    made = None if isinstance(found, str) else found
    return {"found": made, "wrong": said, "query": query}


def announce(_site: Site, _query: Mapping[str, str]) -> Values:
    """The form for an announcement."""
    return {"draft": None, "text": "", "longest": announcement.LONGEST}


def record(site: Site, _query: Mapping[str, str]) -> Values:
    """The record of the operators' actions."""
    return {"rows": site.store.operators.deeds(MOST)}


#: The pages by name, in menu order; each has a template of its name.
VIEWS: dict[str, tuple[str, View]] = {
    "overview": ("Overview", overview),
    "sources": ("Sources", sources),
    "held": ("Held back", held),
    "queue": ("Queue", queue),
    "chats": ("Chats", chats),
    "catalogue": ("Catalogue", catalogue),
    "rehearse": ("Dry run", rehearse),
    "announce": ("Announce", announce),
    "record": ("Record", record),
}


def _rows(site: Site, now: datetime) -> list[Row]:
    """The sources that are in the list."""
    listed = {source.id: source for source in site.sources}
    found = []
    for status in site.store.sources.status(listed):
        found.append(_row(status, listed.get(status.id), now))
    return found


def _row(status: SourceStatus, source: Source | None, now: datetime) -> Row:
    words = "is paused" if status.paused else _PLAIN[status.state]
    if status.error and not status.paused:
        words = f"{words}: {status.error}"
    answered = f"{lasted(now - status.ok_at)} ago" if status.ok_at else "never"
    due = "now" if status.due_at <= now else f"in {lasted(status.due_at - now)}"
    if status.paused:
        due = "not before it goes on"
    return Row(status, source, words, status.paused or not status.state.is_ill, answered, due)


def _doubt(change: Change) -> str:
    """Why a change is held, in words."""
    return doubt(change.doubt) if change.doubt else "no reason is known"


def _waits(site: Site, now: datetime) -> dict[str, int]:
    """How often each platform asked to wait in the last hour."""
    found: dict[str, int] = {}
    for tally in site.store.watch.tallies(now - timedelta(hours=1)):
        found[tally.platform] = found.get(tally.platform, 0) + tally.waits
    return found
