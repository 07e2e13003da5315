"""Feed cases: what a source's server answers, step by step, and what is expected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab.eval.hushed import Event, hushed
from lab.eval.result import Result, outcome
from lab.eval.scripted import ScriptedServer, Step, serving
from lab.eval.values import Told
from lab.eval.world import TOLD_SERVICE, World, source, world

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
#: Hours from one step to the next.
PAUSE_HOURS = 2
#: The most countries of an area that a case can compare.
AREA_QUOTE = 60
#: The most letters of a difference that the report quotes.
QUOTE = 700
#: The fields of every story, and all fields of a result's `seen`, in order.
_OF_STORIES = ("titles", "links", "services", "areas", "effective", "recorded", "excerpts")
_SEEN = ("told", *_OF_STORIES, "trail", "logs", "probe", "troubles")

Case = Mapping[str, Any]
State = dict[str, Any]
Look = Callable[[], Any]


def judge(folder: Path, case: Case) -> Result:
    """Run a case with SOURCE, STEPS and EXPECT.

    Optional are START, FOLLOW (services), REGIONS, PROBE (called with store and clock; its answer
    can be expected) and SAYS (the expectation in words). An expectation is a value, or a function
    that says whether a value is right.
    """
    with hushed() as log:
        state = asyncio.run(_lived(folder, case))
    state["logs"] = [_noted(event) for event in log if event.get("event") != "source.items"]
    wrong = tuple(_differences(case, state))
    seen = tuple(f"{name} = {state.get(name)}" for name in _SEEN)
    return Result(folder.name, outcome(not wrong), reasons=wrong, seen=seen)


async def _lived(folder: Path, case: Case) -> State:
    """All values that can be expected, after the last step."""
    with world(case.get("START", START)) as made:
        for service in _services(case):
            made.follow("console", "me", service, case.get("REGIONS", {"EEA"}))
        async with serving(folder) as server:
            watched = source(case["SOURCE"], server.base)
            async with made.watching(watched) as look:
                trail = [await _step(made, server, look, step, case) for step in case["STEPS"]]
        state = _state(made.told(_services(case)), made.queued())
        state |= {"error": trail[-1]["error"], "next_hours": trail[-1]["next_hours"]}
        state |= {"trail": trail, "requests": server.requests, "troubles": server.troubles}
        if "PROBE" in case:
            state["probe"] = case["PROBE"](made.store, made.clock)
        return state


async def _step(world: World, server: ScriptedServer, look: Look, step: Step, case: Case) -> State:
    """Let time pass and poll once; returns the requests and the state afterwards."""
    server.step = step
    hours = PAUSE_HOURS
    if not callable(step):
        hours = step.get("hours", PAUSE_HOURS)
    world.clock.now += timedelta(hours=hours)
    asked = len(server.requests)
    await look()
    health = world.health()
    return {
        "asked": len(server.requests) - asked,
        "stories": len(world.told(_services(case))),
        "error": health.error if health else None,
        "next_hours": _hours(health.next_look - world.clock.now) if health else None,
    }


def _state(told: list[Told], queued: int) -> State:
    """What was told: single values sorted, the others in the order of the stories."""
    state: State = {name: [] for name in _OF_STORIES}
    for story in told:
        state["titles"].append(story.title)
        state["links"].append(story.link)
        state["services"].append(",".join(story.services))
        state["areas"].append(None if story.area is None else list(story.area[:AREA_QUOTE]))
        state["effective"].append(str(story.effective))
        state["recorded"].append(str(story.recorded))
        state["excerpts"].append(list(story.excerpts))
    for name in ("titles", "links", "services"):
        state[name].sort()
    return {"told": len(told), "queued": queued, **state}


def _differences(case: Case, state: State) -> Iterator[str]:
    for name, wanted in case["EXPECT"].items():
        got = state.get(name)
        if _is_met(wanted, got):
            continue
        said = case.get("SAYS", {}).get(name, wanted)
        yield f"{name}: expected {said!r}, got {got!r}"[:QUOTE]


def _is_met(wanted: Any, got: Any) -> bool:
    if callable(wanted):
        return bool(wanted(got))
    return bool(got == wanted)


def _services(case: Case) -> list[str]:
    return list(case.get("FOLLOW", [TOLD_SERVICE]))


def _hours(time: timedelta) -> float:
    return round(time.total_seconds() / 3600, 2)


def _noted(event: Event) -> Event:
    """An event in a form that a case can expect, without a traceback."""
    noted = dict(event)
    noted.pop("exc_info", None)
    return noted
