"""A case about a source: what its server answers, step by step, and what is expected of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab.eval.hushed import Event, hushed
from lab.eval.result import Result, outcome
from lab.eval.scripted import ScriptedServer, Step, serving
from lab.eval.world import TOLD_SERVICE, Told, World, source, world

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
#: Hours from one step to the next.
PAUSE = 2
#: Letters of a difference that the report quotes.
QUOTE = 700
#: What `seen` of a result holds, in this order.
_SEEN = (
    "told titles links services areas effective recorded excerpts trail logs probe troubles"
).split()

Case = Mapping[str, Any]
State = dict[str, Any]
Look = Callable[[], Any]


def judge(folder: Path, case: Case) -> Result:
    """Run a case: SOURCE, STEPS and EXPECT, and, where they are given, START, FOLLOW (services),
    REGIONS, PROBE (called with store and clock; its answer can be expected) and SAYS (what is
    expected, in words). An expectation is a value, or a function that says whether one is right.
    """
    with hushed() as log:
        state = asyncio.run(_lived(folder, case))
    state["logs"] = [_noted(event) for event in log if event.get("event") != "source.items"]
    wrong = tuple(_differences(case, state))
    seen = tuple(f"{name} = {state.get(name)}" for name in _SEEN)
    return Result(folder.name, outcome(not wrong), reasons=wrong, seen=seen)


async def _lived(folder: Path, case: Case) -> State:
    """Everything that an expectation can be of, after the last step."""
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
    """Let time pass, look once; what was asked and known then."""
    server.step = step
    hours = PAUSE if callable(step) else step.get("hours", PAUSE)
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
    return {
        "told": len(told),
        "queued": queued,
        "titles": sorted(story.title for story in told),
        "links": sorted(story.link for story in told),
        "services": sorted(",".join(story.services) for story in told),
        "areas": [None if story.area is None else list(story.area[:60]) for story in told],
        "effective": [str(story.effective) for story in told],
        "recorded": [str(story.recorded) for story in told],
        "excerpts": [list(story.excerpts) for story in told],
    }


def _differences(case: Case, state: State) -> Iterator[str]:
    for name, wanted in case["EXPECT"].items():
        got = state.get(name)
        if wanted(got) if callable(wanted) else got == wanted:
            continue
        said = case.get("SAYS", {}).get(name, wanted)
        yield f"{name}: expected {said!r}, got {got!r}"[:QUOTE]


def _services(case: Case) -> list[str]:
    return list(case.get("FOLLOW", [TOLD_SERVICE]))


def _hours(time: timedelta) -> float:
    return round(time.total_seconds() / 3600, 2)


def _noted(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "exc_info"}
