"""Alerting rules, dashboard and runbook: consistent with each other and the metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.catalogue import Catalogue
from bot.store import Store
from bot.watch.gauges import Gauges
from tests.conftest import Clock
from tests.deploy.judges import DEPLOY, ROOT, documents, passed
from tests.deploy.metrics import ADDED, ALARMS, METRICS

PROMETHEUS = DEPLOY / "prometheus"
RUNBOOK = (ROOT / "docs/operators/runbook.md").read_text()
DASHBOARD = json.loads((DEPLOY / "grafana/smallprint.json").read_text())
ROWS = ["Delivery", "Noticing", "Answers", "Process"]
#: What an entry of the runbook answers, in this order.
ANSWERS = ("**People notice**", "**Look at**", "**Do**", "**Over**")
#: What looks like a line of a log and is a file.
FILES = {"backup.yaml", "compose.yaml", "operator.yaml", "alerts.yaml"}
#: Columns of a dashboard.
WIDTH = 24
#: prometheus-client's own metrics of the process.
OF_THE_PROCESS = {
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
}


def _rules() -> list[dict[str, Any]]:
    (whole,) = documents(PROMETHEUS / "alerts.yaml")
    return [rule for group in whole["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in _rules() if "alert" in rule}


def _panels(kind: str = "") -> list[dict[str, Any]]:
    """The panels of the dashboard that are no rows; or its rows."""
    return [each for each in DASHBOARD["panels"] if (each["type"] == "row") == (kind == "row")]


def _expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in _rules())
    for panel in _panels():
        yield from (target["expr"] for target in panel["targets"])


def test_every_alert_is_silent_fires_and_is_over() -> None:
    """promtool plays the hours of each."""
    passed("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
    assert "SUCCESS" in passed("promtool", "test", "rules", PROMETHEUS / "alerts_test.yaml")


def test_every_alert_has_such_a_test() -> None:
    (whole,) = documents(PROMETHEUS / "alerts_test.yaml")
    played = {}
    for test in whole["tests"]:
        told = [bool(each["exp_alerts"]) for each in test["alert_rule_test"]]
        assert {each["alertname"] for each in test["alert_rule_test"]} == {test["name"]}
        played[test["name"]] = told
    assert played == {key: [False, True, False] for key in ALERTS}


def test_every_alarm_has_a_rule_and_every_rule_an_entry() -> None:
    """And the runbook has none of which nobody is told."""
    section = RUNBOOK.split("\n## Alerts\n")[1].split("\n## ")[0]
    entries = re.findall(r"(?m)^### (\w+)$", section)
    assert sorted(entries) == sorted(ALERTS)
    assert set(ALERTS) >= ALARMS
    for name, text in zip(entries, re.split(r"(?m)^### \w+$", section)[1:], strict=True):
        places = [text.find(each) for each in ANSWERS]
        assert -1 not in places, name
        assert places == sorted(places), name
        assert ("Only\nPrometheus" in text or "Only Prometheus" in text) == (name not in ALARMS)


def test_every_alert_says_where_to_read_on() -> None:
    for name, rule in ALERTS.items():
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url"}
        assert notes["runbook_url"].endswith(f"/docs/operators/runbook.md#{name.lower()}")
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_metrics_are_those_that_a_process_has(store: Store, known: Catalogue, clock: Clock) -> None:
    """By their names and, where there is anything to measure, by their labels."""
    text = Gauges(store, known, [], clock).text().decode()
    found = set()
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if family.name.startswith("smallprint_"):
            found.add(name)
            for sample in family.samples:
                assert frozenset(sample.labels) - ADDED == METRICS[name]
        else:
            assert family.name.startswith("process_")
    assert found == set(METRICS)
    assert {name.removesuffix("_total") for name in OF_THE_PROCESS} <= {
        family.name for family in text_string_to_metric_families(text)
    }


def test_alarms_are_those_that_the_program_raises() -> None:
    """As its own words name them; how-tos to look at again come once a month, under no name."""
    sources = [
        ROOT / "bot/watch/alarms.py",
        ROOT / "bot/watch/pulse.py",
        ROOT / "bot/runtime/watching.py",
    ]
    code = "".join(path.read_text() for path in sources)
    named = set(re.findall(r'(?:Symptom\(|alarm=)"(\w+)"|f"(TaskStuck)\b', code))
    assert {name for pair in named for name in pair if name} == ALARMS - {"CatalogueStale"}


def test_log_lines_are_those_that_the_program_writes() -> None:
    """Whoever searches a log for one finds it."""
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)(?:`| \w+=)", RUNBOOK)) - FILES
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_rules_and_dashboard_name_what_there_is() -> None:
    """Every metric exists, and has the labels by which it is chosen or divided."""
    made = {rule["record"] for rule in _rules() if "record" in rule}
    for expression in _expressions():
        named = set(re.findall(r"\b(?:smallprint|process)[_:][\w:]+", expression))
        labels = set(re.findall(r"(\w+)=~?\"", expression))
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            labels |= set(group.replace(" ", "").split(","))
        known = set(ADDED)
        for name in named - made - OF_THE_PROCESS:
            known |= METRICS[re.sub(r"_(bucket|count)$", "", name)]
        if made & named:
            known |= METRICS["smallprint_sends_total"]
        assert labels <= known, expression


def test_the_dashboard_can_be_read() -> None:
    """Every panel says what it shows and in which unit, is known by a number, and has its place."""
    assert [row["title"] for row in _panels("row")] == ROWS
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= WIDTH
        cells = {
            (place["x"] + across, place["y"] + down)
            for across in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    for panel in _panels():
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"]["uid"] == "${datasource}"
        for alert in re.findall(r"Alert: (\w+)", panel["description"]):
            assert alert in ALERTS


def test_every_alert_can_be_seen_on_the_dashboard() -> None:
    said = " ".join(panel["description"] for panel in _panels())
    assert set(re.findall(r"Alert: (\w+)", said)) == set(ALERTS)


def test_promtool_reads_what_the_dashboard_asks(tmp_path: Path) -> None:
    """As rules, because promtool reads those."""
    rules = []
    for number, expression in enumerate(_expressions()):
        asked = expression.replace("$__rate_interval", "5m").replace("$job", "smallprint")
        rules.append({"record": f"asked:{number}", "expr": asked})
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    assert f"{len(rules)} rules found" in passed("promtool", "check", "rules", file)
