"""A short fuzzing run, with inputs that once broke a promise and feeds that are expensive."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.fuzz import command, hostile
from lab.fuzz.targets import TARGETS

SEEDS = Path(__file__).parents[1] / "seeds"
#: For each target; by hand it is half an hour.
SECONDS = 5.0


@pytest.mark.parametrize("name", TARGETS)
def test_no_bytes_break_a_promise(name: str) -> None:
    report = command.thrown(name, SECONDS, command.kept(name, SEEDS))
    assert report.broken is None, f"{report.why}: {report.broken!r}"
    assert report.inputs > 20


async def test_hostile_feeds_cost_the_others_nothing() -> None:
    """Some of them: each is read or refused, and the worker then reads the next one."""
    chosen = [body for _, body in hostile.bodies()][::3]
    cost = await hostile.strain(chosen)
    assert cost.refused < len(chosen)
    assert cost.memory <= 300 * 2**20
