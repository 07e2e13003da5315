"""`smallprint eval changes`, `memos` and `flood`: the product's results against labels."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from bot import catalogue, feeds
from bot.feeds.fetch import Page
from bot.model import Change, Item, Record, Source, SourceKind
from bot.regions import GROUPS, countries
from bot.understand import understand_text
from lab.eval.changes import changes, document_of
from lab.eval.figures import Report, mean, read_lines
from lab.eval.life import Life, Lived
from lab.replay.archive import GitArchive

#: The most documents listed in `flood` with their number of alerts.
NOISIEST = 10


def flood(versions: Path) -> Report:
    """Replay the whole repository; what somebody who follows everything would get."""
    recorded = 0
    dropped = 0
    outcomes: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    for lived in Life(GitArchive(versions)).live():
        is_change = lived.version.record is Record.CHANGE
        recorded += is_change
        if is_change or lived.alerted:
            outcomes[_outcome(lived)] += 1
        if lived.held and not lived.told:
            dropped += 1
        if lived.alerted and not lived.joined:
            document = document_of(lived.version)
            documents[document] += 1
            alerts[f"{document} {lived.version.when:%Y-%m}"] += 1
    return {
        "recorded": recorded,
        "stories_alerted": outcomes["material"],
        "joined_a_story": outcomes["joined"],
        "taken_back": outcomes["noted"],
        "minor": outcomes["minor"],
        "noise": outcomes["noise"],
        "held_then_dropped": dropped,
        "alerts_per_document_and_month": dict(sorted(alerts.items())),
        "noisiest": documents.most_common(NOISIEST),
    }


def _outcome(lived: Lived) -> str:
    if lived.noted:
        return "noted"
    if lived.joined:
        return "joined"
    return lived.change.verdict


def memos(feed: Path, labels: Path) -> Report:
    """Every memo of a feed, understood and routed to the four regions."""
    names = catalogue.load().names
    wanted = {label["id"]: label for label in read_lines(labels)}
    source = Source("memos", SourceKind.MEMOS, "")
    found = feeds.read(source, Page(source.url, feed.read_bytes()), datetime.now(UTC)).items
    items = [_memo(item, understand_text(item, names)) for item in found]
    hit = ours = theirs = 0
    narrow: list[bool] = []
    named: list[bool] = []
    for item in items:
        label = wanted[item["id"]]
        delivered = set(item["deliver_to"])
        right = set(label["deliver_to"])
        hit += len(delivered & right)
        ours += len(delivered)
        theirs += len(right)
        if len(right) < len(GROUPS):
            narrow.append(delivered == right)
        named.append(set(label["services"]) <= set(item["services"]))
    return {
        "items": items,
        "delivery_recall": hit / max(theirs, 1),
        "delivery_precision": hit / max(ours, 1),
        "narrow_correct": mean(narrow),
        "service_recall": mean(named),
    }


def _memo(item: Item, change: Change) -> Report:
    reached = list(GROUPS)
    if change.area is not None:
        reached = [code for code in GROUPS if countries(code) & change.area]
    return {
        "id": item.link.rstrip("/").rsplit("/", 1)[-1],
        "services": list(item.services),
        "deliver_to": reached,
        "effective_date": _iso(change.effective),
        "opt_out": change.opt_out.value,
        "topics": list(change.topics),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


__all__ = ["changes", "flood", "memos"]
