"""A site with ten recorded changes, drawn by a seed, for tests of pages and for viewing.

Their texts are quoted in passages of at most 300 characters from the collections of the Open Terms
Archive contributors, under ODC-BY 1.0.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from bot import matcher
from bot.model import Change, Cursor, Item
from bot.store import Store, codec

COUNT = 10
STORIES = Path(__file__).parent / "stories.json"


def changes() -> list[Change]:
    """The changes, the oldest first."""
    rows = json.loads(STORIES.read_text("utf-8"))
    return [codec.load_change(json.dumps(row)) for row in rows]


def fill(store: Store) -> datetime:
    """Tell each change as a story; returns the day after the last."""
    found = changes()
    for change in found:
        item = Item(
            change.uid, change.collection, change.record, change.recorded, change.uid, change.link
        )
        when = change.recorded
        store.sources.due([item.source], when)
        store.items.keep(item.source, [item], Cursor(learned=True), when, when)
        store.stories.publish(item, change, None, None, matcher.audience(change), when)
    return found[-1].recorded + timedelta(days=1)
