"""Capture of the product's log during judging: events are kept, and nothing is written."""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

Event = dict[str, Any]


@contextmanager
def hushed() -> Iterator[list[Event]]:
    """Yield the growing list of events; afterwards logging is as before."""
    events: list[Event] = []

    def keep(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        events.append(dict(event))
        raise structlog.DropEvent

    before, others = structlog.get_config(), logging.root.manager.disable
    structlog.configure(
        processors=[keep],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        cache_logger_on_first_use=False,
    )
    logging.disable(logging.CRITICAL)
    try:
        yield events
    finally:
        structlog.configure(**before)
        logging.disable(others)
