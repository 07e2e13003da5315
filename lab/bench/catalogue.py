"""How long the catalogue takes to load and check, beside reading its YAML alone; and how long a look-up takes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import yaml

from bot import catalogue
from bot.catalogue import FOLDER
from bot.catalogue.names import Names
from bot.catalogue.reading import Loader

Report = dict[str, Any]


def run(rounds: int) -> Report:
    """Milliseconds, and the ratio of loading to its floor; both are taken in turn."""
    ours: list[float] = []
    floor: list[float] = []
    for _round in range(max(rounds, 5)):
        for taken, work in ((floor, _only_read), (ours, catalogue.load)):
            gc.collect()  # neither pays for what the other left behind
            taken.append(_timed(work))
    known = catalogue.load()
    names = Names(known.services)
    typed = [
        form
        for s in known.services
        for name in (s.name, *s.nicknames)
        for form in (name, _misspelt(name))
    ]
    found = sorted(_timed(lambda form=form: names.find(form)) for form in typed)  # type: ignore[misc]
    return {
        "services": len(known.services), "with_a_how_to": len(known.guides), "problems": len(known.problems),
        "load_ms": statistics.median(ours), "first_load_ms": ours[0], "yaml_ms": statistics.median(floor),
        "ratio": statistics.median(ours) / statistics.median(floor), "look_ups": len(found),
        "look_up_median_ms": statistics.median(found), "look_up_p99_ms": found[len(found) * 99 // 100], "look_up_max_ms": found[-1],
    }  # fmt: skip


def _only_read() -> None:
    for path in FOLDER.rglob("*.yaml"):
        yaml.load(path.read_text("utf-8"), Loader=Loader)


def _misspelt(name: str) -> str:
    """A name without its middle letter."""
    return name[: len(name) // 2] + name[len(name) // 2 + 1 :]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
