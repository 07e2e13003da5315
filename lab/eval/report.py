"""`smallprint eval changes`, `memos` and `flood`: the code that serves people, against labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot import catalogue, feeds
from bot.feeds.fetch import Page
from bot.model import Change, Item, Record, Source, SourceKind
from bot.regions import GROUPS, countries
from bot.render.reasons import reasons
from bot.understand import understand_text
from bot.verdicts import OptOut, Verdict
from lab.eval.life import Life, Lived
from lab.replay.archive import GitArchive, Version

Report = dict[str, Any]
#: What was found, and the label that it is compared with.
Pair = tuple[Report, Report]

#: Most documents of which `flood` says how often they were told.
NOISIEST = 10


def changes(versions: Path, labels: Path) -> Report:
    """Live each labelled document through from its first version, holds included; compare."""
    wanted = {label["sha"]: label for label in _lines(labels)}
    documents = {label["document"] for label in wanted.values()}
    life = Life(GitArchive(versions))
    pairs: list[Pair] = []
    for lived in life.live(lambda version: _document(version) in documents):
        label = wanted.get(lived.version.commit)
        if label is not None:
            pairs.append((_item(lived), label))
    return {
        "items": [item for item, _label in pairs],
        "material_recall": _share(pairs, Verdict.MATERIAL),
        "noise_alert_rate": _share(pairs, Verdict.NOISE),
        "minor_alert_rate": _share(pairs, Verdict.MINOR),
        "area_f1": _f1((set(item["area"]), set(label["regions"])) for item, label in pairs),
        "topic_f1": _f1(_topics(pairs)),
        "effective_date_accuracy": _mean(_dates_met(pairs)),
        "opt_out_f1": _f1(_opt_outs(pairs)),
    }


def _topics(pairs: Iterable[Pair]) -> Iterator[tuple[set[str], set[str]]]:
    """Topics found and labelled, of material changes; `other` is no topic of ours."""
    for item, label in pairs:
        if label["verdict"] == Verdict.MATERIAL:
            yield set(item["topics"]), set(label["topics"]) - {"other"}


def _dates_met(pairs: Iterable[Pair]) -> Iterator[bool]:
    """Whether the date is right, of each change that has one."""
    for item, label in pairs:
        if label["effective_date"]:
            yield item["effective_date"] == label["effective_date"]


def _opt_outs(pairs: Iterable[Pair]) -> Iterator[tuple[set[bool], set[bool]]]:
    """Whether an opt-out was found, and is there; each as a set that is empty where not."""
    for item, label in pairs:
        found = {True} if item["opt_out"] != OptOut.NONE else set()
        yield found, {label["opt_out"]} - {False}


def flood(versions: Path) -> Report:
    """Live the whole repository through; what somebody who follows everything would get."""
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
            document = _document(lived.version)
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
    wanted = {label["id"]: label for label in _lines(labels)}
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
        "narrow_correct": _mean(narrow),
        "service_recall": _mean(named),
    }


def _document(version: Version) -> str:
    return f"{version.service}/{version.terms_type}"


def _item(lived: Lived) -> Report:
    change = lived.change
    verdict = change.record.value if lived.noted else change.verdict.value
    return {
        "sha": lived.version.commit,
        "document": _document(lived.version),
        "verdict": verdict,
        "alerted": lived.alerted,
        "held": lived.held,
        "area": list(change.places),
        "topics": list(change.topics),
        "effective_date": _iso(change.effective),
        "opt_out": change.opt_out.value,
        "why": reasons(change.why),
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


def _share(pairs: Iterable[Pair], verdict: Verdict) -> float:
    """The share of those labelled so that was told."""
    return _mean(item["alerted"] for item, label in pairs if label["verdict"] == verdict)


def _f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """Micro-averaged over all labels."""
    both = ours = theirs = 0
    for found, right in pairs:
        both += len(found & right)
        ours += len(found)
        theirs += len(right)
    if ours + theirs == 0:
        return 1.0
    return 2 * both / (ours + theirs)


def _mean(values: Iterable[bool]) -> float:
    listed = list(values)
    if not listed:
        return 1.0
    return sum(listed) / len(listed)


def _lines(path: Path) -> list[Report]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
