"""The status report of an instance that an operator reads in a chat."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from bot.states import DeliveryState
from bot.store import Store
from bot.watch import pulse
from bot.watch.words import counted, lasted

TITLE = "How this instance is"
#: The most processes that it lists, as a message is limited.
MOST = 10
_SENT_NOT = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.HELD)


def report(store: Store, now: datetime, on: Collection[str] = ()) -> list[str]:
    """The lines of the report; `on` are the sources that are on, if known. Raises StoreError."""
    return [
        *_alarms(store, now),
        *_sources(store, now, on),
        *_queue(store, now),
        *_processes(store, now),
    ]


def _alarms(store: Store, now: datetime) -> Iterator[str]:
    alarms = store.watch.alarms()
    for each in alarms:
        about = f" {each.about}" if each.about else ""
        yield f"{each.name}{about}, for {lasted(now - each.since)}: {each.words}"
    if not alarms:
        yield "Nothing needs a hand."


def _processes(store: Store, now: datetime) -> Iterator[str]:
    latest = sorted(store.watch.processes(now), key=lambda each: each.seen_at, reverse=True)
    for process in latest[:MOST]:
        if pulse.is_silent(process, now):
            yield f"{process.owner[:8]} has said nothing for {lasted(now - process.seen_at)}"
            continue
        said = pulse.read(process)
        is_up = {True: "connected", False: "not connected"}
        on = ", ".join(f"{each.platform} {is_up[each.ready]}" for each in said.connections)
        heard = lasted(now - process.seen_at)
        yield f"{process.owner[:8]} ({', '.join(said.roles)}), {heard} ago: {on or 'no platform'}"


def _sources(store: Store, now: datetime, on: Collection[str]) -> Iterator[str]:
    listed = [each for each in store.sources.status(on) if not each.paused]
    ill = sum(each.state.is_ill for each in listed)
    answered = store.vitals.last_answer()
    last = (
        f"the last answered {lasted(now - answered)} ago" if answered else "none has answered yet"
    )
    yield f"{counted(len(listed), 'source')}, {ill} of them ill; {last}"


def _queue(store: Store, now: datetime) -> Iterator[str]:
    for each in store.vitals.queues(now):
        waits = sum(each.rows.get(state, 0) for state in _SENT_NOT)
        dead = each.rows.get(DeliveryState.DEAD, 0)
        late = f", the most overdue by {lasted(now - each.oldest)}" if each.oldest else ""
        yield f"{each.platform}: {counted(waits, 'message')} waiting{late}; {dead} given up"
    yield f"{counted(store.vitals.count_held(), 'change')} held back"
