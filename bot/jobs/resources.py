"""Resources that the jobs reading sources share."""

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

    `clock` returns aware datetimes; the `worker` does slow work; `facts` are the tables of facts
    about services.
    """

    store: Store
    fetcher: Fetcher
    sources: Sequence[Source]
    names: Names
    clock: Callable[[], datetime]
    worker: Worker = HERE
    facts: Facts = field(default_factory=Facts)
