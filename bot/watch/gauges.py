"""Prometheus gauges, measured on request: the queue, the sources, the backups."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.catalogue import Catalogue
from bot.runtime.metrics import REGISTRY
from bot.states import ChatState, DeliveryState, SourceState
from bot.store import Store, StoreError
from bot.store.vitals import Queue
from bot.watch.checkup import Served, is_up

_SHOWN = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.HELD, DeliveryState.DEAD)


class Gauges(Collector):
    """A collector that measures an instance.

    `newest_copy` is when its newest backup was made; `listed` are the sources that are on, if
    known.
    """

    def __init__(
        self,
        store: Store,
        known: Catalogue,
        served: Sequence[Served],
        clock: Callable[[], datetime],
        newest_copy: Callable[[], datetime | None] = lambda: None,
        listed: Collection[str] = (),
    ) -> None:
        self._store = store
        self._known = known
        self._served = served
        self._clock = clock
        self._newest_copy = newest_copy
        self._listed = frozenset(listed)

    def text(self) -> bytes:
        """All metrics in Prometheus's text format; call it in a worker thread."""
        return _text(self)

    def text_without_database(self) -> bytes:
        """The metrics that need no database, which is reported as down."""
        return _text(_Listed([*self._of_process(self._clock()), _database_up(False)]))

    def describe(self) -> Iterable[Metric]:
        """Describe nothing, so that registering does not measure."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Measure. If the database fails, its metrics are left out."""
        now = self._clock()
        yield from self._of_process(now)
        yield from _files(self._store.path)
        try:
            found = list(self._of_database(now))
        except StoreError:
            found = []
        yield _database_up(bool(found))
        yield from found

    def _of_process(self, now: datetime) -> Iterator[Metric]:
        """The metrics that need no database."""
        yield _one("info", "The version that runs", 1, version=__version__)
        yield self._platforms()
        yield from self._catalogue(now)
        yield _one("backup_age_seconds", "Age of the newest backup", self._copy_age(now))

    def _platforms(self) -> Metric:
        up = _family(
            "platform_up", "Whether a platform that is served here is connected", "platform"
        )
        for served in self._served:
            if served.serves:
                up.add_metric([served.platform.name], int(is_up(served)))
        return up

    def _catalogue(self, now: datetime) -> Iterator[Metric]:
        today = now.date()
        seen = [
            control.verified
            for guide in self._known.guides.values()
            for control in guide.controls
            if control.verified
        ]
        age = (today - date.fromisoformat(f"{max(seen)}-01")).days if seen else math.nan
        yield _one("catalogue_age_days", "Days since somebody last looked at an opt-out", age)
        stale = len(self._known.stale(today))
        yield _one("catalogue_stale", "Opt-outs at which nobody has looked for long", stale)

    def _copy_age(self, now: datetime) -> float:
        with suppress(OSError):
            if newest := self._newest_copy():
                return (now - newest).total_seconds()
        return math.nan

    def _of_database(self, now: datetime) -> Iterator[Metric]:
        vitals = self._store.vitals
        answered = vitals.last_answer()
        age = (now - answered).total_seconds() if answered else math.nan
        yield _one("poll_age_seconds", "Time since a source last answered as it should", age)
        yield self._sources()
        yield from _queues(vitals.queues(now), now)
        chats = vitals.chats()
        family = _family("chats", "Chats by whether they can be told", "state")
        for state in ChatState:
            family.add_metric([state.value], chats.get(state, 0))
        yield family
        yield _one("held_items", "Changes that wait to be told if they last", vitals.count_held())

    def _sources(self) -> Metric:
        family = _family("sources", "Sources by how they fare", "state")
        states = Counter[str]()
        for each in self._store.sources.status(self._listed):
            states["paused" if each.paused else each.state.value] += 1
        for state in (*(each.value for each in SourceState), "paused"):
            family.add_metric([state], states[state])
        return family


class _Listed(Collector):
    """A collector of metrics that have already been measured."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return self._metrics


class _Together(Collector):
    """Several collectors combined."""

    def __init__(self, parts: Iterable[CollectorRegistry | Collector]) -> None:
        self._parts = parts

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        for part in self._parts:
            yield from part.collect()


def _text(measured: Collector) -> bytes:
    """Counters and gauges as one page of text."""
    registry = CollectorRegistry()
    registry.register(_Together((REGISTRY, measured)))
    return generate_latest(registry)


def _database_up(answers: bool) -> Metric:
    return _one("database_up", "Whether the database answers", int(answers))


def _queues(queues: Sequence[Queue], now: datetime) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        "smallprint_queue", "Messages that were not sent, by state", labels=["platform", "state"]
    )
    late = _family("queue_age_seconds", "How late the message is that is latest", "platform")
    for queue in queues:
        for state in _SHOWN:
            rows.add_metric([queue.platform, state.value], queue.rows.get(state, 0))
        age = (now - queue.oldest).total_seconds() if queue.oldest else 0.0
        late.add_metric([queue.platform], max(age, 0.0))
    yield rows
    yield late


def _files(path: Path | None) -> Iterator[Metric]:
    """The sizes of a SQLite file and its log, and the free space beside it."""
    if path is None:
        return
    with suppress(OSError):
        free = shutil.disk_usage(path.resolve().parent).free
        yield _one("disk_free_bytes", "Free space where the database is", free)
    for name, file in (("database", path), ("wal", path.with_name(path.name + "-wal"))):
        size = file.stat().st_size if file.exists() else 0
        yield _one(f"{name}_bytes", f"Size of the file: {name}", size)


def _family(name: str, words: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"smallprint_{name}", words, labels=[label])


def _one(name: str, words: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(f"smallprint_{name}", words, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
