"""`smallprint eval changes`: recorded changes, replayed and compared with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Story
from bot.render.headline import headline
from bot.render.reasons import reasons
from bot.verdicts import OptOut, Verdict, Way
from lab.eval.figures import Pair, Report, f1, mean, read_lines
from lab.eval.life import Life, Lived
from lab.replay.archive import GitArchive, Version


def changes(versions: Path, labels: Path, language: str = "en") -> Report:
    """Replay each labelled document from its first version, holds included, and compare.

    `language` is that of the collection's texts.
    """
    wanted = {label["sha"]: label for label in read_lines(labels)}
    documents = {label["document"] for label in wanted.values()}
    life = Life(GitArchive(versions), language=language)
    names = catalogue.load().names
    pairs: list[Pair] = []
    for lived in life.live(lambda version: document_of(version) in documents):
        label = wanted.get(lived.version.commit)
        if label is not None:
            pairs.append((item_of(lived, names), label))
    return {"items": [item for item, _label in pairs], **figures_of(pairs)}


def figures_of(pairs: list[Pair]) -> Report:
    """The figures of items and their labels."""
    return {
        "material_recall": _share(pairs, Verdict.MATERIAL),
        "noise_alert_rate": _share(pairs, Verdict.NOISE),
        "minor_alert_rate": _share(pairs, Verdict.MINOR),
        "area_f1": f1((set(item["area"]), set(label["regions"])) for item, label in pairs),
        "topic_f1": f1(_topics(pairs)),
        "effective_date_accuracy": mean(_dates_met(pairs)),
        "opt_out_f1": f1(_opt_outs(pairs)),
    }


def document_of(version: Version) -> str:
    """The name of a version's document, as in labels."""
    return f"{version.service}/{version.terms_type}"


def item_of(lived: Lived, names: Names) -> Report:
    """The result of a version for a chat that follows everything, in every region and role."""
    change = lived.change
    way = _way(lived)
    return {
        "sha": lived.version.commit,
        "document": document_of(lived.version),
        "verdict": change.record.value if lived.noted else change.verdict.value,
        "severity": int(change.severity),
        "way": way.value,
        "probability": change.probability,
        "alerted": way is not Way.QUIET,
        "held": lived.held,
        "direction": change.direction,
        "audience": list(change.roles),
        "area": list(change.places),
        "topics": list(change.topics),
        "effective_date": change.effective.isoformat() if change.effective else None,
        "opt_out": change.opt_out.value,
        "headline": headline(Story(0, change), names.label(change.services[0])),
        "excerpts": [[excerpt.before, excerpt.after] for excerpt in change.excerpts],
        "why": reasons(change.why),
    }


def _way(lived: Lived) -> Way:
    """The way it is told; a change that only ends a story is a quiet note."""
    if lived.noted:
        return Way.QUIET
    return lived.change.way


def _topics(pairs: Iterable[Pair]) -> Iterator[tuple[set[str], set[str]]]:
    """(found, labelled) topics of material changes; `other` is none of ours."""
    for item, label in pairs:
        if label["verdict"] == Verdict.MATERIAL:
            yield set(item["topics"]), set(label["topics"]) - {"other"}


def _dates_met(pairs: Iterable[Pair]) -> Iterator[bool]:
    """Whether the effective date is right, for each change that has one."""
    for item, label in pairs:
        if label["effective_date"]:
            yield item["effective_date"] == label["effective_date"]


def _opt_outs(pairs: Iterable[Pair]) -> Iterator[tuple[set[bool], set[bool]]]:
    """Whether an opt-out was found and whether there is one, each as a set that is empty if not.

    A label of the first form says yes or no, one of the second says which.
    """
    for item, label in pairs:
        found = item["opt_out"] != OptOut.NONE
        right = label["opt_out"] not in (False, OptOut.NONE)
        yield {True} & {found}, {True} & {right}


def _share(pairs: Iterable[Pair], verdict: Verdict) -> float:
    """The share of changes with this label that were told."""
    return mean(item["alerted"] for item, label in pairs if label["verdict"] == verdict)
