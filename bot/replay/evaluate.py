"""`smallprint eval`: the code that serves people, measured against labels and lived through a whole repository."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import catalogue, feeds
from bot.model import Area, Change, Document, Held, Item, Record, Source, SourceKind, Verdict
from bot.replay.archive import GitArchive, Version
from bot.understand import Edition, learn, understand_change, understand_text
from bot.understand.names import Names
from bot.understand.regions import EEA, EU, GROUPS, countries

Report = dict[str, Any]


def changes(versions: Path, labels: Path) -> Report:
    """Live each labelled document through from its first version; compare with the labels."""
    wanted = {label["sha"]: label for label in _lines(labels)}
    documents = {label["document"] for label in wanted.values()}
    items = [
        _item(version, change)
        for version, change in _live(GitArchive(versions), lambda v: f"{v.service}/{v.terms_type}" in documents)
        if version.commit in wanted
    ]
    pairs = [(item, wanted[item["sha"]]) for item in items]
    dated = [(i, label) for i, label in pairs if label["effective_date"]]
    return {
        "items": items,
        **{f"{name}_{kind}": _share(pairs, name) for name, kind in (("material", "recall"), ("noise", "alert_rate"), ("minor", "alert_rate"))},
        "area_f1": _f1((set(i["area"]), set(label["regions"])) for i, label in pairs),
        "topic_f1": _f1((set(i["topics"]), set(label["topics"]) - {"other"}) for i, label in pairs if label["verdict"] == "material"),
        "effective_date_accuracy": _mean(i["effective_date"] == label["effective_date"] for i, label in dated),
        "opt_out_f1": _f1(({i["opt_out"] != "none"} - {False}, {label["opt_out"]} - {False}) for i, label in pairs),
    }  # fmt: skip


def flood(versions: Path) -> Report:
    """Live the whole repository through; what somebody who follows everything would get."""
    verdicts: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for version, change in _live(GitArchive(versions), lambda _: True):
        verdicts[change.verdict] += 1
        if change.verdict is Verdict.MATERIAL:
            alerts[f"{version.service}/{version.terms_type}"] += 1
            months[f"{version.when:%Y-%m}"] += 1
    return {
        "recorded": verdicts.total(), "stories_alerted": verdicts["material"], "minor": verdicts["minor"], "noise": verdicts["noise"],
        "held_then_dropped": 0, "alerts_per_month": dict(sorted(months.items())), "noisiest": alerts.most_common(10),
    }  # fmt: skip


def memos(feed: Path, labels: Path) -> Report:
    """Every memo of a feed, understood and routed to the four regions."""
    names = Names(catalogue.load().services)
    wanted = {label["id"]: label for label in _lines(labels)}
    source = Source("memos", SourceKind.MEMOS, "")
    found = feeds.read(source, feed.read_bytes(), datetime.now(UTC))
    items = [_memo(item, understand_text(item, names)) for item in found]
    routed = [(set(i["deliver_to"]), set(wanted[i["id"]]["deliver_to"])) for i in items]
    narrow = [ours == theirs for ours, theirs in routed if len(theirs) < len(GROUPS)]
    hit = sum(len(ours & theirs) for ours, theirs in routed)
    named = [set(wanted[i["id"]]["services"]) <= set(i["services"]) for i in items]
    return {
        "items": items,
        "delivery_recall": hit / max(sum(len(theirs) for _, theirs in routed), 1),
        "delivery_precision": hit / max(sum(len(ours) for ours, _ in routed), 1),
        "narrow_correct": _mean(narrow), "service_recall": _mean(named),
    }  # fmt: skip


def _live(archive: GitArchive, wanted: Callable[[Version], bool]) -> Iterator[tuple[Version, Change]]:
    """What the poller would understand of each change, in the order in which they were recorded."""
    names, held = Names(catalogue.load().services), dict[str, Held]()
    edition = Edition(frozenset({"IE"}) if archive.name.endswith("ie") else frozenset())
    for version in filter(wanted, archive.versions):
        document = Document(archive.name, version.service, version.terms_type)
        item = Item(f"commit:{version.commit}", archive.name, version.record, version.when, version.subject, "", document)
        text, known = archive.text(version), held.get(document.key)
        if version.record is Record.CHANGE and known:
            yield version, understand_change(item, known, text, edition, names)
        held[document.key] = learn(item, text, known, edition.language)


def _item(version: Version, change: Change) -> Report:
    return {
        "sha": version.commit, "document": f"{version.service}/{version.terms_type}", "verdict": change.verdict.value,
        "alerted": change.verdict is Verdict.MATERIAL, "area": sorted(_codes(change.area)), "topics": list(change.topics),
        "effective_date": change.effective.isoformat() if change.effective else None, "opt_out": change.opt_out.value,
        "why": "; ".join(change.why),
    }  # fmt: skip


def _memo(item: Item, change: Change) -> Report:
    reached = [code for code in GROUPS if change.area is None or countries(code) & change.area]
    return {
        "id": item.link.rstrip("/").rsplit("/", 1)[-1], "services": list(item.services), "deliver_to": reached,
        "effective_date": change.effective.isoformat() if change.effective else None, "opt_out": change.opt_out.value,
        "topics": list(change.topics),
    }  # fmt: skip


def _codes(area: Area) -> set[str]:
    """An area in the codes of the labels."""
    if area is None:
        return set()
    groups = {"EU", "EEA"} if area >= EEA else {"EU"} if area >= EU else set()
    rest = area - EEA if area >= EEA else area - EU if area >= EU else area
    return groups | {"UK" if code == "GB" else code for code in rest}


def _share(pairs: list[tuple[Report, Report]], verdict: str) -> float:
    return _mean(item["alerted"] for item, label in pairs if label["verdict"] == verdict)


def _f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """Micro-averaged over all labels."""
    both = ours = theirs = 0
    for found, right in pairs:
        both, ours, theirs = both + len(found & right), ours + len(found), theirs + len(right)
    return 2 * both / (ours + theirs) if ours + theirs else 1.0


def _mean(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 1.0


def _lines(path: Path) -> list[Report]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
