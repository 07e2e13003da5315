"""`smallprint eval all`: every label, judged by a model that has not seen its service.

Once, a fold leaves out every document of some owners, in every collection; then each collection in
turn is left out, with all its owners elsewhere. Thresholds are set with the remaining examples.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bot import catalogue
from bot.understand.model import Model, load
from bot.verdicts import Role, Severity, Verdict, Way
from lab.eval.changes import document_of, figures_of, item_of
from lab.eval.figures import Pair, Report, mean, read_lines
from lab.eval.life import Life
from lab.replay.archive import GitArchive, Version
from lab.train import command, fit, invented, topics
from lab.train.examples import Example, Label
from lab.train.gather import LANGUAGES
from lab.train.model import model_of, written
from lab.train.owners import fold_of, owner_of

#: The number of groups of owners.
FOLDS = 8
#: The labels of this file were made from diffs alone: they are learnt from, but never measured.
NOT_MEASURED = "by-diff.jsonl"
#: The most errors of each kind that are shown.
WORST = 20
#: The questions with figures; direction has none.
MEASURED = ("decided", "matters", "must", "worse", "better")
#: The recalls at which the curve is given.
CURVE = (0.80, 0.85, 0.90, 0.92, 0.94, 0.96, 0.98)

#: For each left-out group, the model that has not seen it, as text.
Models = dict[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """A collection to replay: its bundle, its labels, and the models by group."""

    bundle: Path
    labels: tuple[Label, ...]
    models: Models


def everything(data: Path, kept: Path | None = None) -> Report:
    """The figures of all labels below `data`, by left-out owners and by left-out collections.

    Examples are cached in the file `kept`.
    """
    examples = [*command.recorded(data, kept), *invented.examples()]
    with ProcessPoolExecutor(command.PROCESSES) as pool:
        without = [pool.submit(_without_fold, fold, examples) for fold in range(FOLDS)]
        by_owner = {str(fold): done.result() for fold, done in enumerate(without)}
    tasks = list(_tasks(data, by_owner))
    with ProcessPoolExecutor(command.PROCESSES) as pool:
        pairs = [pair for found in pool.map(_lived, tasks) for pair in found]
    measured = measured_shas()
    recorded = [each for each in examples if each.label.get("sha") in measured]
    return {
        "labels": len(measured),
        "by_owner": {**figures_of(pairs), **_more(pairs), "topic_f1": topic_f1(examples, measured)},
        "curve": _curve(recorded, by_owner),
        "by_collection": _by_collection(recorded, examples),
        "confusion": _confusion(pairs),
        "worst": _worst(pairs),
        "items": [item for item, _ in pairs],
    }


def topic_f1(examples: Sequence[Example], measured: frozenset[str]) -> float:
    """The F1 of topics found by weights that have not seen the owner.

    The topics of items are from the packaged weights, which have.
    """
    known: list[topics.Example] = []
    for example in examples:
        counts = example.label.get("sha") in measured
        for each in command.topic_examples([example]):
            known.append(replace(each, judged=each.judged and counts))
    return topics.agreement(list(topics.left_out(known)))


def measured_shas() -> frozenset[str]:
    """The ids of the labels that are measured."""
    found: set[str] = set()
    for path in command.LABELS.glob("*.jsonl"):
        if path.name != NOT_MEASURED:
            found |= {label["sha"] for label in read_lines(path) if "sha" in label}
    return frozenset(found)


def _without_fold(fold: int, examples: Sequence[Example]) -> str:
    seen = [each for each in examples if fold_of(each.owner, FOLDS) != fold]
    print(f"fold {fold}: learning from {len(seen)} examples", file=sys.stderr, flush=True)
    return written(model_of(seen, fit.head, MEASURED))


def _tasks(data: Path, models: Models) -> Iterable[Task]:
    measured = measured_shas()
    for _, bundle, labels in command.bundles(data):
        yield Task(bundle, tuple(each for each in labels if each["sha"] in measured), models)


def _lived(task: Task) -> list[Pair]:
    """(result, label) of each labelled change of a collection."""
    archive = GitArchive(task.bundle)
    models = {part: load(text) for part, text in task.models.items()}

    def model_for(version: Version) -> Model:
        return models[str(fold_of(owner_of(version.service), FOLDS))]

    wanted = {label["sha"]: label for label in task.labels}
    documents = {label["document"] for label in task.labels}
    life = Life(archive, language=LANGUAGES.get(archive.name, "en"), model_of=model_for)
    names = catalogue.load().names
    found: dict[str, Pair] = {}
    for lived in life.live(lambda version: document_of(version) in documents):
        label = wanted.get(lived.version.commit)
        if label is not None:
            found[label["sha"]] = (item_of(lived, names), label)
    return list(found.values())


def _more(pairs: Sequence[Pair]) -> Report:
    """The figures by severity, certainty of the labeller, way and audience."""
    severe = [item for item, label in pairs if label.get("severity") == Severity.MUST_KNOW]
    sure = [(item, label) for item, label in pairs if label.get("sure") == "high"]
    return {
        "severity_3": len(severe),
        "severity_3_recall_now": mean(map(_is_now, severe)),
        "severity_3_missed": [item["sha"] for item in severe if not _is_now(item)],
        "told_now": {verdict.value: _share_now(pairs, verdict) for verdict in Verdict},
        "sure": _rates(sure),
        **_of_users(pairs),
        "collections": _rates_by_collection(pairs),
    }


def _is_now(item: Report) -> bool:
    return bool(item["way"] == Way.NOW)


def _share_now(pairs: Sequence[Pair], verdict: Verdict) -> float:
    """The share of changes with this label that are told at once."""
    return mean(_is_now(item) for item, label in pairs if label["verdict"] == verdict)


def _rates(pairs: Sequence[Pair]) -> Report:
    return {
        name: value
        for name, value in figures_of(list(pairs)).items()
        if "_rate" in name or "recall" in name
    }


def _of_users(pairs: Sequence[Pair]) -> Report:
    """Whether material changes are for users; an unknown audience counts as users, too."""
    counted = Counter[str]()
    for item, label in pairs:
        if label["verdict"] == Verdict.MATERIAL and label.get("audience"):
            found = not item["audience"] or Role.USERS in item["audience"]
            counted[_cell(found, Role.USERS in label["audience"])] += 1
    wrong = counted["false"] + counted["missed"]
    return {
        "users_f1": 2 * counted["hit"] / max(1, 2 * counted["hit"] + wrong),
        "users": dict(counted),
    }


def _cell(found: bool, right: bool) -> str:
    if found:
        return "hit" if right else "false"
    return "missed" if right else "rightly not"


def _rates_by_collection(pairs: Sequence[Pair]) -> Report:
    found: Report = {}
    for name in sorted({label["collection"] for _, label in pairs}):
        of_it = [pair for pair in pairs if pair[1]["collection"] == name]
        found[name] = {key: round(value, 3) for key, value in figures_of(of_it).items()}
    return found


def _curve(recorded: Sequence[Example], models: Models) -> list[Report]:
    """The noise and minor changes told at each recall, if these labels set the threshold."""
    loaded = {part: load(text) for part, text in models.items()}
    chances = []
    for each in recorded:
        chance = 0.0
        if each.features and each.lasted:
            model = loaded[str(fold_of(each.owner, FOLDS))]
            chance = model.answer("matters", each.features)
        chances.append((chance, each.label["verdict"]))
    material = sorted(
        (chance for chance, verdict in chances if verdict == "material"), reverse=True
    )
    rows = []
    for recall in CURVE:
        at = material[min(len(material), round(recall * len(material))) - 1]
        row = {"recall": recall, "threshold": round(at, 3)}
        for verdict in ("noise", "minor"):
            of_it = [chance >= at for chance, given in chances if given == verdict]
            row[verdict] = round(mean(of_it), 3)
        rows.append(row)
    return rows


def _by_collection(recorded: Sequence[Example], examples: Sequence[Example]) -> Report:
    """Each collection judged by a model that saw none of its owners anywhere."""
    found: Report = {}
    for name in sorted({each.collection for each in recorded}):
        mine = [each for each in recorded if each.collection == name]
        owners = {each.owner for each in mine}
        seen = [each for each in examples if each.owner not in owners]
        model = load(written(model_of(seen, fit.head, ("matters", "must"))))
        told = [(_is_told(each, model), each.label["verdict"]) for each in mine]
        found[name] = {"learnt_from": len(seen)} | {
            verdict: round(mean(is_told for is_told, given in told if given == verdict), 3)
            for verdict in ("material", "minor", "noise")
        }
        print(f"without {name}: {json.dumps(found[name])}", file=sys.stderr, flush=True)
    return found


def _is_told(each: Example, model: Model) -> bool:
    if not each.features:
        return False
    if not each.lasted:
        return False
    chance = max(model.answer("matters", each.features), model.answer("must", each.features))
    return chance >= model.thresholds["digest"]


def _confusion(pairs: Sequence[Pair]) -> Report:
    """The number of changes with each label told in each way."""
    counted = Counter((label["verdict"], item["way"]) for item, label in pairs)
    return {f"{verdict} → {way}": count for (verdict, way), count in sorted(counted.items())}


def _worst(pairs: Sequence[Pair]) -> list[Report]:
    """The errors in which the model was surest."""
    missed = [
        (1 - item["probability"], item, label)
        for item, label in pairs
        if label["verdict"] == Verdict.MATERIAL and not item["alerted"]
    ]
    told = [
        (item["probability"], item, label)
        for item, label in pairs
        if label["verdict"] != Verdict.MATERIAL and item["alerted"]
    ]
    ranked = sorted([*missed, *told], key=lambda error: -error[0])
    return [
        {
            "sha": item["sha"],
            "document": item["document"],
            "label": label["verdict"],
            "way": item["way"],
            "probability": item["probability"],
            "labeller": label["why"],
            "reasons": item["why"],
        }
        for _, item, label in ranked[:WORST]
    ]
