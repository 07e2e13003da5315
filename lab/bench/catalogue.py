"""How long the catalogue takes to load, beside its YAML alone, and a look-up of a name."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import yaml

from bot import catalogue
from bot.catalogue import FOLDER, Catalogue
from bot.catalogue.names import Names
from bot.catalogue.reading import Loader

Report = dict[str, Any]
LEAST_ROUNDS = 5


def run(rounds: int) -> Report:
    """Milliseconds, and the ratio of loading to its floor; both are taken in turn."""
    ours: list[float] = []
    floor: list[float] = []
    for _round in range(max(rounds, LEAST_ROUNDS)):
        for taken, work in ((floor, _only_read), (ours, catalogue.load)):
            gc.collect()  # neither pays for what the other left behind
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
    }


def _look_ups(known: Catalogue) -> Report:
    """How long a name takes that is typed right, or wrong by a letter; all names are tried."""
    names = Names(known.services)
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


def _only_read() -> None:
    for path in FOLDER.rglob("*.yaml"):
        yaml.load(path.read_text("utf-8"), Loader=Loader)


def _misspelt(name: str) -> str:
    """A name without its middle letter."""
    return name[: len(name) // 2] + name[len(name) // 2 + 1 :]


def _timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
