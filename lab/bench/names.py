"""The share of typed name forms that find their service, and the time relative to plain floors."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Service
from bot.naming import fold
from lab.eval import names as forms
from lab.eval.names import CHOSEN_WITH, REPORTED_WITH

Report = dict[str, Any]


def run(count: int) -> Report:
    """The figures of the reported seed, and of the one that thresholds were chosen with.

    The worst forms of the reported seed are in `items`.
    """
    services = catalogue.load().services
    names = Names(services)
    reported = forms.figures(
        forms.judged(services, names, forms.forms(services, REPORTED_WITH, count))
    )
    chosen = forms.figures(forms.judged(services, names, forms.forms(services, CHOSEN_WITH, count)))
    return {
        "seed": REPORTED_WITH,
        **reported,
        "chosen_with_seed": CHOSEN_WITH,
        "chosen_top_1": chosen["top_1"],
        "chosen_wrong": chosen["wrong"],
        **strangers(services),
        **_times(services, names, forms.forms(services, REPORTED_WITH, count)),
    }


def strangers(services: Sequence[Service], every: int = 5) -> Report:
    """How often an unknown name is taken for another company's service.

    Every fifth service in turn is left out and searched for by all its names.
    """
    asked = taken = 0
    for service in services[::every]:
        names = Names([other for other in services if other is not service])
        for name in (service.name, *service.nicknames):
            found = names.find(name).service
            asked += 1
            taken += found is not None and not _same_company(found, service)
    return {"strangers": asked, "strangers_taken": taken}


def _same_company(one: Service, other: Service) -> bool:
    return bool(one.owner) and one.owner == other.owner


def _times(services: Sequence[Service], names: Names, typed: Sequence[forms.Form]) -> Report:
    """Milliseconds: ours, a plain look-up of the folded form, and one pass over all names."""
    known = {fold(name) for service in services for name in (service.name, *service.nicknames)}
    every = list(known)
    ours = _timed(typed, names.find)
    plain = _timed(typed, lambda form: fold(form) in known)
    fuzzy = _timed(typed, lambda form: process.extractOne(fold(form), every, scorer=fuzz.ratio))
    return {
        "build_ms": _built(services),
        "look_up_mean_ms": statistics.fmean(ours),
        "look_up_p99_ms": ours[len(ours) * 99 // 100],
        "dictionary_mean_ms": statistics.fmean(plain),
        "extract_one_mean_ms": statistics.fmean(fuzzy),
        "look_up_to_extract_one": statistics.fmean(ours) / statistics.fmean(fuzzy),
    }


def _built(services: Sequence[Service]) -> float:
    """The median time of five to build the index, in milliseconds."""
    taken = []
    for _round in range(5):
        gc.collect()
        began = time.perf_counter()
        Names(services)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _timed(typed: Sequence[forms.Form], look_up: Callable[[str], object]) -> list[float]:
    """The time of each look-up in milliseconds, sorted."""
    taken = []
    for form in typed:
        began = time.perf_counter()
        look_up(form.typed)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)
