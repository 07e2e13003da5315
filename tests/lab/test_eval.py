"""The evaluation code, on a small repository; the real figures come from `./run eval`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from lab.eval import report as reporting
from lab.eval.changes import figures_of
from lab.eval.figures import Report
from tests.support.shared import MEMOS, SHARED, needs_shared

OLD = "We collect your name.\n"
NEW = (
    "We collect your name.\n\n"
    "From 3 November 2025 people in the EU can opt out of the training of our AI models.\n"
)


def test_changes_and_flood(tmp_path: Path) -> None:
    repository, labels = tmp_path / "vlopses-ie-versions", tmp_path / "labels.jsonl"
    (repository / "LinkedIn").mkdir(parents=True)

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@t"]
        done = subprocess.run(
            ["git", "-C", str(repository), *who, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(text: str, day: int, subject: str) -> str:
        (repository / "LinkedIn/Privacy Policy.md").write_text(text)
        git("add", ".")
        git(
            "commit",
            "-q",
            "-m",
            f"{subject} LinkedIn Privacy Policy",
            "--date",
            f"2025-11-0{day}T12:00:00Z",
        )
        return git("rev-parse", "HEAD")

    git("init", "-q")
    commit(OLD, 1, "First record of")
    label = {
        "document": "LinkedIn/Privacy Policy",
        "regions": ["EU"],
        "topics": ["ai_training", "user_rights"],
        "opt_out": True,
    }
    shas = [
        (commit(NEW, 3, "Record new changes of"), "material"),
        (commit(OLD, 4, "Record new changes of"), "noise"),
    ]
    rows = [
        {**label, "sha": sha, "verdict": verdict, "effective_date": "2025-11-03"}
        for sha, verdict in shas
    ]
    rows[1] |= {"regions": [], "topics": [], "opt_out": False, "effective_date": None}
    labels.write_text("\n".join(map(json.dumps, rows)))

    report = reporting.changes(repository, labels)
    assert [item["verdict"] for item in report["items"]] == ["material", "taken back"]
    figures = ("material_recall", "area_f1", "topic_f1", "effective_date_accuracy", "opt_out_f1")
    assert [report[name] for name in figures] == [1.0] * len(figures)
    assert report["noise_alert_rate"] == 0.0
    told, undone = report["items"]
    assert told["alerted"] == (told["way"] in ("now", "digest"))
    assert told["severity"] in (2, 3)
    assert told["excerpts"][0] == ["", NEW.splitlines()[-1]]
    assert told["headline"]
    assert (undone["alerted"], undone["way"]) == (False, "quiet")
    assert isinstance(told["audience"], list)
    assert told["direction"] in (None, "worse", "better", "mixed", "neutral")
    counted = reporting.flood(repository)
    assert (counted["recorded"], counted["stories_alerted"], counted["taken_back"]) == (2, 1, 1)


def test_labels_of_both_forms_say_whether_there_is_an_opt_out() -> None:
    found: Report = {
        "alerted": True,
        "area": [],
        "topics": [],
        "effective_date": None,
        "opt_out": "removed",
    }
    label: Report = {"verdict": "material", "regions": [], "topics": [], "effective_date": None}
    for said in (True, "available", "removed"):
        assert figures_of([(found, {**label, "opt_out": said})])["opt_out_f1"] == 1.0
    for denied in (False, "none"):
        assert figures_of([(found, {**label, "opt_out": denied})])["opt_out_f1"] == 0.0


@needs_shared
def test_no_memo_misses_anybody() -> None:
    report = reporting.memos(MEMOS, SHARED / "data/labels/memos.jsonl")
    assert report["delivery_recall"] == 1.0
    assert report["service_recall"] >= 0.98
    assert report["delivery_precision"] > 0.9
