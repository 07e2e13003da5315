"""`smallprint eval`: the code that serves people, measured against labels and lived through a whole repository."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import catalogue, feeds
from bot.catalogue.names import Names
from bot.feeds.fetch import Page
from bot.model import Change, Item, Record, Source, SourceKind
from bot.regions import GROUPS, countries
from bot.render.reasons import reasons
from bot.understand import understand_text
from lab.eval.life import Life, Lived
from lab.replay.archive import GitArchive, Version

Report = dict[str, Any]


def changes(versions: Path, labels: Path) -> Report:
    """Live each labelled document through from its first version, holds included; compare with the labels."""
    wanted = {label["sha"]: label for label in _lines(labels)}
    documents = {label["document"] for label in wanted.values()}
    life = Life(GitArchive(versions))
    lived = list(life.live(lambda version: _document(version) in documents))
    items = [_item(one) for one in lived if one.version.commit in wanted]
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
    recorded, dropped = 0, 0
    verdicts: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    for one in Life(GitArchive(versions)).live():
        recorded += one.version.record is Record.CHANGE
        if one.version.record is Record.CHANGE or one.alerted:
            verdicts["noted" if one.noted else "joined" if one.joined else one.change.verdict] += 1
        dropped += one.held and not (one.alerted or one.noted)
        if one.alerted and not one.joined:
            documents[_document(one.version)] += 1
            alerts[f"{_document(one.version)} {one.version.when:%Y-%m}"] += 1
    return {
        "recorded": recorded, "stories_alerted": verdicts["material"], "joined_a_story": verdicts["joined"], "taken_back": verdicts["noted"],
        "minor": verdicts["minor"], "noise": verdicts["noise"], "held_then_dropped": dropped,
        "alerts_per_document_and_month": dict(sorted(alerts.items())), "noisiest": documents.most_common(10),
    }  # fmt: skip


def memos(feed: Path, labels: Path) -> Report:
    """Every memo of a feed, understood and routed to the four regions."""
    names = Names(catalogue.load().services)
    wanted = {label["id"]: label for label in _lines(labels)}
    source = Source("memos", SourceKind.MEMOS, "")
    found = feeds.read(source, Page(source.url, feed.read_bytes()), datetime.now(UTC)).items
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


def _document(version: Version) -> str:
    return f"{version.service}/{version.terms_type}"


def _item(one: Lived) -> Report:
    change = one.change
    return {
        "sha": one.version.commit, "document": _document(one.version), "verdict": change.record.value if one.noted else change.verdict.value,
        "alerted": one.alerted, "held": one.held, "area": list(change.places), "topics": list(change.topics),
        "effective_date": change.effective.isoformat() if change.effective else None, "opt_out": change.opt_out.value,
        "why": reasons(change.why),
    }  # fmt: skip


def _memo(item: Item, change: Change) -> Report:
    reached = [code for code in GROUPS if change.area is None or countries(code) & change.area]
    return {
        "id": item.link.rstrip("/").rsplit("/", 1)[-1], "services": list(item.services), "deliver_to": reached,
        "effective_date": change.effective.isoformat() if change.effective else None, "opt_out": change.opt_out.value,
        "topics": list(change.topics),
    }  # fmt: skip


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
