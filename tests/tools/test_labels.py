"""The labels in the repository: complete, valid, and without the texts they judge."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime

import pytest

from bot.regions import GROUPS, all_countries
from bot.understand.topics import TOPICS
from bot.verdicts import Direction, OptOut, Role, Severity, Verdict
from tests.support.shared import SHARED, needs_shared
from tools.labels import LABELS, MEMOS, QUOTES, Label, published, written

PLACES = {*GROUPS, *all_countries(), "GLOBAL", "OTHER"}
OTHER_TOPICS = {"other"}
#: Labels of many collections, made by reading the diff alone; they are only learnt from.
BY_DIFF = "by-diff"


def in_file(name: str) -> list[Label]:
    lines = (LABELS / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def collections() -> list[str]:
    return sorted(path.stem for path in LABELS.glob("*.jsonl") if path.stem != MEMOS)


@needs_shared
def test_the_labels_are_those_that_were_made() -> None:
    made = published(SHARED / "data/labels")
    assert sorted([*made, BY_DIFF]) == sorted([*collections(), MEMOS])
    for name, labels in made.items():
        assert (LABELS / f"{name}.jsonl").read_text("utf-8") == written(labels)


def test_how_many_there_are() -> None:
    counted = {name: len(in_file(name)) for name in collections()}
    assert counted.pop(BY_DIFF) == 1560
    assert sum(counted.values()) == 847
    assert len(in_file(MEMOS)) == 46


@pytest.mark.parametrize("name", collections())
def test_labels_are_sound(name: str) -> None:
    labels = in_file(name)
    assert [
        sha for sha, times in Counter(each["sha"] for each in labels).items() if times > 1
    ] == []
    for label in labels:
        assert label["collection"] == name or name == BY_DIFF
        assert re.fullmatch(r"[0-9a-f]{40}", label["sha"])
        assert datetime.fromisoformat(label["date"]).tzinfo
        assert "/" in label["document"]
        assert label["verdict"] in tuple(Verdict)
        assert set(label["regions"]) <= PLACES
        assert label["effective_date"] is None or date.fromisoformat(label["effective_date"])
        assert not QUOTES & label.keys()


@pytest.mark.parametrize("name", collections())
def test_the_second_form_is_sound(name: str) -> None:
    for label in in_file(name):
        if "severity" not in label:
            assert label["opt_out"] in (True, False)
            continue
        assert label["opt_out"] in tuple(OptOut)
        assert label["direction"] in (None, *Direction)
        assert set(label["audience"]) <= set(Role)
        assert set(label["topics"]) <= TOPICS.keys() | OTHER_TOPICS
        is_material = label["severity"] >= Severity.SHOULD_KNOW
        assert is_material == (label["verdict"] == Verdict.MATERIAL)
        assert (label["severity"] == Severity.NOISE) == (label["verdict"] == Verdict.NOISE)
        assert len(label["headline"] or "") <= 140
