"""The small world of every dialogue: one story about LinkedIn, a clock, and a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import (
    Address,
    Change,
    Cursor,
    Document,
    Excerpt,
    Item,
    Link,
    OptOut,
    Record,
    Verdict,
)
from bot.reasons import Reason, Weight
from bot.regions import EUROPE
from bot.store import Store, tables
from handlers import Context

NOW = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
RECORDED = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)
COMMIT = "50dcbecfd7c391c0aaa4cf0db72ffc9763f85cd3"
SETTING = "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement"

CHANGE = Change(
    uid=f"commit:{COMMIT}",
    services=("linkedin",),
    terms_type="Privacy Policy",
    recorded=RECORDED,
    title="Record new changes of LinkedIn Privacy Policy",
    collection="vlopses-ie",
    link=f"https://github.com/OpenTermsArchive/vlopses-ie-versions/commit/{COMMIT}",
    verdict=Verdict.MATERIAL,
    why=(Reason(Weight.NEW_WORDS, ("33",)),),
    area=EUROPE,
    effective=date(2025, 11, 3),
    topics=("ai_training",),
    opt_out=OptOut.AVAILABLE,
    links=(Link("settings", SETTING),),
    excerpts=(
        Excerpt("We do not train AI on your data.", "We train AI on your data."),
        Excerpt("", "You can opt out at any time in your settings."),
    ),
)
ITEM = Item(
    CHANGE.uid,
    "vlopses-ie",
    Record.CHANGE,
    RECORDED,
    CHANGE.title,
    CHANGE.link,
    Document("vlopses-ie", "LinkedIn", "Privacy Policy"),
)


def tell(store: Store, change: Change = CHANGE, item: Item = ITEM, now: datetime = NOW) -> int:
    """Publish a change as the poller does; returns how many alerts it queued."""
    store.sources.due([item.source], now)
    store.items.keep(item.source, [item], Cursor(learned=True), now, now)
    return store.stories.publish(item, change, None, None, matcher.audience(change), now)


def paused(store: Store, address: Address) -> str | None:
    """Why a chat is paused; None where it is not, or is unknown."""
    known = store.preferences.get(address)
    return known.paused if known else None


def verdicts(store: Store) -> dict[str, int]:
    """How many changes were kept, by verdict."""
    change = tables.change.c
    query = select(change.verdict, func.count()).group_by(change.verdict)
    with store.database.read() as connection:
        return {str(verdict): count for verdict, count in connection.execute(query)}


def context(store: Store, known: Catalogue, names: Names) -> Context:
    return Context(store, known, names, NOW, contact="https://example.org/smallprint")
