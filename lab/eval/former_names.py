"""Runs a program that was written against version 0.1.0; the names that moved since lead to where they are now.

python -m lab.eval.former_names PROGRAM [ARGUMENT ...]
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from bot.model import Address
from bot.store import Store

#: Verbs of the one store there was, and the facets that have them.
VERBS = {
    "subscribe": "subscriptions.add",
    "unsubscribe": "subscriptions.remove",
    "sources_due": "sources.due",
    "items_due": "items.due",
    "keep": "items.keep",
    "publish": "stories.publish",
    "recent": "stories.recent",
    "claim": "outbox.claim",
    "sent": "outbox.sent",
    "depth": "outbox.depth",
    "fan_out": "outbox.fan_out",
    "pause": "chats.pause",
    "resume": "chats.resume",
    "forget": "chats.forget",
    "set_schedule": "preferences.set_schedule",
    "chatter": "preferences.get",
}


def main() -> None:
    """Give the store its former names, then be the program."""
    sys.argv = sys.argv[1:]
    Store.__getattr__ = _former  # type: ignore[attr-defined]
    runpy.run_path(sys.argv[0], run_name="__main__")


def _former(store: Store, name: str) -> Any:
    if name == "_url":
        return f"sqlite:///{store.path}"
    if name == "paused":
        return _paused(store)
    if name in VERBS:
        return attrgetter(VERBS[name])(store)
    raise AttributeError(f"{type(store).__name__!r} object has no attribute {name!r}")


def _paused(store: Store) -> Callable[[Address], str | None]:
    def paused(address: Address) -> str | None:
        known = store.preferences.get(address)
        return known.paused if known else None

    return paused


if __name__ == "__main__":
    main()
