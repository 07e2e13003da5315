"""The rate limiter of a token: even pace, answers first, and windows per chat."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot import rate_limit
from bot.rate_limit import CrowdedError, Gate, Lane


async def passes(made: Gate, count: int, first: bool = False) -> list[float]:
    started, moments = time.monotonic(), []
    for number in range(count):
        await made.enter(Lane(str(number)), first)
        moments.append(time.monotonic() - started)
    return moments


async def test_it_spaces_out_without_bursts() -> None:
    moments = await passes(Gate(100), 40)
    assert moments[-1] >= 39 / 100 - rate_limit.SLACK_SECONDS
    for start in moments:
        assert sum(start <= moment < start + 0.1 for moment in moments) <= 12


async def test_a_pause_of_the_loop_does_not_become_a_burst() -> None:
    made, moments = Gate(100), []

    async def one(number: int) -> None:
        await made.enter(Lane(str(number)))
        moments.append(time.monotonic())

    tasks = [asyncio.create_task(one(number)) for number in range(30)]
    await asyncio.sleep(0.05)
    time.sleep(0.1)  # the loop stands still
    await asyncio.gather(*tasks)
    for start in moments:
        assert sum(start <= moment < start + 0.05 for moment in moments) <= 8


async def test_answers_go_first() -> None:
    made, order = Gate(50), []

    async def one(name: str, first: bool) -> None:
        await made.enter(Lane(name), first)
        order.append(name)

    alerts = [asyncio.create_task(one(f"alert {number}", False)) for number in range(10)]
    await asyncio.sleep(0.05)
    await one("answer", True)
    assert len(order) < 10
    await asyncio.gather(*alerts)


async def test_a_chat_keeps_to_its_windows() -> None:
    made = Gate(1000, lambda chat: ((2, 0.3),))
    started = time.monotonic()
    for _ in range(2):
        await made.enter(Lane("group"))
    assert made.free_in(Lane("group")) > 0
    assert made.free_in(Lane("another")) == 0
    await made.enter(Lane("group"))
    assert time.monotonic() - started >= 0.3


async def test_who_asks_too_fast_gets_no_answer() -> None:
    made = Gate(1000, lambda _: ((1, 0.5),))
    await made.enter(Lane("loud"), first=True)
    waiting = [
        asyncio.create_task(made.enter(Lane("loud"), first=True)) for _ in range(rate_limit.CROWD)
    ]
    await asyncio.sleep(0.01)
    with pytest.raises(CrowdedError):
        await made.enter(Lane("loud"), first=True)
    await made.enter(Lane("another"), first=True)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_nothing_passes_while_everybody_is_asked_to_wait() -> None:
    made, started = Gate(1000), time.monotonic()
    made.hold(0.2)
    await made.enter(Lane("a"), first=True)
    assert time.monotonic() - started >= 0.2


async def test_too_many_invalid_requests_close_it_to_alerts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "INVALID", (3, 0.4))
    made, started = Gate(1000), time.monotonic()
    assert [made.invalid() for _ in range(4)] == [False, False, True, False]
    await made.enter(Lane("answer"), first=True)
    assert time.monotonic() - started < 0.3
    await made.enter(Lane("alert"))
    assert time.monotonic() - started >= 0.3
