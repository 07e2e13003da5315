"""The catalogue's loading time relative to its YAML alone, and look-ups of names and facts.

The tables of facts, which are read when first needed, are compared with their CSV alone.
"""

from __future__ import annotations

import csv
import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import yaml

from bot import catalogue
from bot.catalogue import FOLDER, Catalogue
from bot.catalogue.facts import FOLDER as TABLES
from bot.catalogue.facts import Facts
from bot.catalogue.reading import Loader

Report = dict[str, Any]
LEAST_ROUNDS = 5


def run(rounds: int) -> Report:
    """Milliseconds, and the ratio of loading to its floor; both are measured in turn."""
    ours: list[float] = []
    floor: list[float] = []
    for _round in range(max(rounds, LEAST_ROUNDS)):
        for taken, work in ((floor, _only_read), (ours, catalogue.load)):
            gc.collect()  # neither pays for the other's garbage
            taken.append(_timed(work))
    known = catalogue.load()
    load_ms = statistics.median(ours)
    yaml_ms = statistics.median(floor)
    return {
        "services": len(known.services),
        "with_a_how_to": len(known.guides),
        "problems": len(known.problems),
        "load_ms": load_ms,
        "first_load_ms": ours[0],
        "yaml_ms": yaml_ms,
        "ratio": load_ms / yaml_ms,
        **_look_ups(known),
        **_facts(rounds),
    }


def _look_ups(known: Catalogue) -> Report:
    """Look-up times of all names, typed correctly and with one letter missing."""
    names = known.names
    times: list[float] = []
    for service in known.services:
        for name in (service.name, *service.nicknames):
            times.append(_timed(partial(names.find, name)))
            times.append(_timed(partial(names.find, _misspelt(name))))
    times.sort()
    return {
        "look_ups": len(times),
        "look_up_median_ms": statistics.median(times),
        "look_up_p99_ms": times[len(times) * 99 // 100],
        "look_up_max_ms": times[-1],
    }


def _facts(rounds: int) -> Report:
    """The reading time of the tables, and look-up times of each document."""
    ours: list[float] = []
    floor: list[float] = []
    for _round in range(max(rounds, LEAST_ROUNDS)):
        gc.collect()
        floor.append(_timed(_only_read_tables))
        facts = Facts(TABLES)
        gc.collect()
        ours.append(_timed(partial(_read_tables, facts)))
    times = []
    for row in facts.documents:
        look_up = partial(facts.document, row.service, row.terms_type, countries=("DE",))
        times.append(_timed(look_up))
    facts_ms = statistics.median(ours)
    csv_ms = statistics.median(floor)
    return {
        "facts_ms": facts_ms,
        "csv_ms": csv_ms,
        "facts_ratio": facts_ms / csv_ms,
        "document_median_ms": statistics.median(times),
        "document_max_ms": max(times),
    }


def _read_tables(facts: Facts) -> None:
    """The first look-up in each table, which reads it."""
    facts.controller("", "")
    facts.document("", "")
    facts.national("", "DE")
    facts.edition("", "", "")


def _only_read_tables() -> None:
    for path in TABLES.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.reader(file))


def _only_read() -> None:
    for path in FOLDER.rglob("*.yaml"):
        yaml.load(path.read_text("utf-8"), Loader=Loader)


def _misspelt(name: str) -> str:
    """A name without its middle letter."""
    return name[: len(name) // 2] + name[len(name) // 2 + 1 :]


def _timed(work: Callable[[], object]) -> float:
    """The duration of work, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
