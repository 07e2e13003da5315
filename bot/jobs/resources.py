"""What the jobs that read sources have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.catalogue.facts import Facts
from bot.catalogue.names import Names
from bot.feeds.fetch import Fetcher
from bot.model import Source
from bot.runtime.bounded import HERE, Worker
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Resources:
    """The store, the fetcher, the sources and the rest that a job works with.

    `clock` gives aware datetimes; the `worker` does what may take long; `facts` are what is known
    of services besides their names.
    """

    store: Store
    fetcher: Fetcher
    sources: Sequence[Source]
    names: Names
    clock: Callable[[], datetime]
    worker: Worker = HERE
    facts: Facts = field(default_factory=Facts)
