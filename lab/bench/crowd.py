"""A database with a crowd of chats, and stories for them, published as the poller does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import matcher
from bot.deliveries import Alert, Delivery
from bot.model import Address, Change, Cursor, Document, Item, Record
from bot.store import Store
from bot.verdicts import Excerpt, Link, OptOut, Reason, Verdict, Weight
from lab.bench.fill import Crowd, fill

SERVICE = "linkedin"
_SETTINGS = "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement"
_LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@contextmanager
def database(address: str = "") -> Iterator[Store]:
    """An empty database: the one at an address, or a temporary file."""
    with tempfile.TemporaryDirectory(prefix="smallprint-bench-") as folder:
        store = Store(address or f"sqlite:///{folder}/bench.db")
        store.open()
        try:
            yield store
        finally:
            store.close()


def gather(store: Store, platform: str, chats: int) -> None:
    """Add chats that all follow one service."""
    fill(store, Crowd(platform, chats, chats, SERVICE, 1.0, _LONG_AGO))


def crowd(store: Store, subscriptions: int, share: float = 0.2) -> int:
    """Add a million subscriptions of 300,000 chats, or the same at a smaller scale.

    Returns how many of them are for the one service.
    """
    chats = max(subscriptions * 3 // 10, 10)
    fill(store, Crowd("telegram", chats, subscriptions, SERVICE, share, _LONG_AGO))
    return round(subscriptions * share)


def publish(store: Store, number: int) -> None:
    """Publish one more story about the service to every outbox that it concerns."""
    now = datetime.now(UTC)
    item = Item(
        uid=f"commit:{number:040}",
        source="bench",
        record=Record.CHANGE,
        when=now,
        title="Record new changes",
        link="https://example.org/",
        document=Document("bench", "LinkedIn", "Privacy Policy"),
    )
    store.sources.due([item.source], now)
    store.items.keep(item.source, [item], Cursor(learned=True), now, now + timedelta(days=1))
    change = _change(item, number)
    store.stories.publish(item, change, None, None, matcher.audience(change), now)
    while store.outbox.fan_out() is not None:
        pass


def _change(item: Item, number: int) -> Change:
    return Change(
        uid=item.uid,
        services=(SERVICE,),
        terms_type="Privacy Policy",
        recorded=item.when,
        title=item.title,
        link=item.link,
        verdict=Verdict.MATERIAL,
        why=(Reason(Weight.NEW_WORDS, ("33",)),),
        topics=("ai_training",),
        opt_out=OptOut.AVAILABLE,
        collection="bench",
        links=(Link("settings", _SETTINGS),),
        excerpts=(
            Excerpt(
                "We do not train AI on your data.",
                f"We train AI on your data, version {number}.",
            ),
            Excerpt("", "You can opt out at any time in your settings."),
        ),
    )


def delivery(store: Store) -> Delivery:
    """The first story as a delivery to a chat in the EEA. Raises LookupError if there is none."""
    story = store.stories.get(1)
    if story is None:
        raise LookupError("no story was published")
    alert = Alert(1, story, (SERVICE,))
    return Delivery("1", 1, Address("telegram", "1"), (alert,), frozenset({"EEA"}))


def folder_of(store: Store) -> Path:
    """A folder for the other files of a bot on the same database."""
    if store.path:
        return store.path.parent
    return Path(tempfile.mkdtemp(prefix="smallprint-bench-"))
