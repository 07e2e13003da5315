"""A database with a crowd in it, and stories for the crowd, as the poller publishes them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import matcher
from bot.model import (
    Address,
    Alert,
    Change,
    Cursor,
    Delivery,
    Document,
    Excerpt,
    Item,
    Link,
    OptOut,
    Record,
    Verdict,
)
from bot.reasons import Reason, Weight
from bot.store import Store
from lab.bench.fill import fill

SERVICE = "linkedin"
_LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@contextmanager
def database(address: str = "") -> Iterator[Store]:
    """An empty database: the one at an address, or a file that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="smallprint-bench-") as folder:
        store = Store(address or f"sqlite:///{folder}/bench.db")
        store.open()
        try:
            yield store
        finally:
            store.close()


def gather(store: Store, platform: str, chats: int) -> None:
    """Chats that all follow one service."""
    fill(store, platform, chats, chats, SERVICE, 1.0, _LONG_AGO)


def crowd(store: Store, subscriptions: int, share: float = 0.2) -> int:
    """A million subscriptions of 300,000 chats, or the same in small; how many follow the one service."""
    fill(
        store,
        "telegram",
        max(subscriptions * 3 // 10, 10),
        subscriptions,
        SERVICE,
        share,
        _LONG_AGO,
    )
    return round(subscriptions * share)


def publish(store: Store, number: int) -> None:
    """One more story about the service, into every outbox that it concerns."""
    now = datetime.now(UTC)
    item = Item(f"commit:{number:040}", "bench", Record.CHANGE, now, "Record new changes", "https://example.org/",
                Document("bench", "LinkedIn", "Privacy Policy"))  # fmt: skip
    store.sources.due([item.source], now)
    store.items.keep(item.source, [item], Cursor(learned=True), now, now + timedelta(days=1))
    change = _change(item, number)
    store.stories.publish(item, change, None, None, matcher.audience(change), now)
    while store.outbox.fan_out() is not None:
        pass


def _change(item: Item, number: int) -> Change:
    return Change(
        uid=item.uid, services=(SERVICE,), terms_type="Privacy Policy", recorded=item.when, title=item.title, link=item.link,
        verdict=Verdict.MATERIAL, why=(Reason(Weight.NEW_WORDS, ("33",)),), topics=("ai_training",), opt_out=OptOut.AVAILABLE, collection="bench",
        links=(Link("settings", "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement"),),
        excerpts=(
            Excerpt("We do not train AI on your data.", f"We train AI on your data, version {number}."),
            Excerpt("", "You can opt out at any time in your settings."),
        ),
    )  # fmt: skip


def delivery(store: Store) -> Delivery:
    """The first story as somebody in the EEA gets it."""
    story = store.stories.get(1)
    assert story, "publish one first"
    return Delivery(
        "1", 1, Address("telegram", "1"), (Alert(1, story, (SERVICE,)),), frozenset({"EEA"})
    )


def folder_of(store: Store) -> Path:
    """Where a bot on the same database may keep its other files."""
    return store.path.parent if store.path else Path(tempfile.mkdtemp(prefix="smallprint-bench-"))
