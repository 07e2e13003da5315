"""The worker: strangers' data may exceed its bounds without cost to anything else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import psutil
import pytest
import structlog

from bot.runtime import bounded
from bot.runtime.bounded import LENGTH, Bounded, Here, Limits, OverLimitError
from tests.support import heavy_work

SHARED = {"names": ["many"] * 1000}
LIMITS = Limits(cpu=1, wall=3.0, memory=200 * 2**20)


@pytest.fixture
async def worker() -> AsyncIterator[Bounded]:
    async with Bounded(LIMITS, (SHARED,)) as made:
        yield made


async def test_it_answers_and_raises_as_the_work_does(worker: Bounded) -> None:
    value = {"a": (1, "ö"), "b": b"\0" * 3_000_000}
    assert await worker.run(heavy_work.same, value) == value
    with pytest.raises(KeyError, match="why"):
        await worker.run(heavy_work.fails, "why")
    with pytest.raises(RuntimeError, match="onetwo"):
        await worker.run(heavy_work.fails_oddly)
    assert await worker.run(heavy_work.same, 1) == 1


async def test_what_is_printed_is_no_answer(worker: Bounded) -> None:
    answer: object = await worker.run(heavy_work.prints)
    assert answer is None
    assert await worker.run(heavy_work.same, 2) == 2


async def test_what_it_logs_is_logged_here(worker: Bounded) -> None:
    with structlog.testing.capture_logs() as logged:
        assert await worker.run(heavy_work.logs, "a") == 1
        assert await worker.run(heavy_work.logs, "b") == 1
    assert logged == [{"event": "work.odd", "log_level": "warning", "name": name} for name in "ab"]


async def test_what_is_shared_is_sent_once(worker: Bounded) -> None:
    first = await worker.run(heavy_work.identity, SHARED)
    assert await worker.run(heavy_work.identity, SHARED) == first, "the same object each time"


TOO_MUCH: dict[str, tuple[Callable[[], object], str]] = {
    "endless": (heavy_work.spins, "time"),
    "waits": (heavy_work.sleeps, "time"),
    "one large thing": (heavy_work.eats, "memory"),
    "many small things": (heavy_work.grows, "memory"),
    "a library that aborts": (heavy_work.dies, "memory"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of memory are Linux's")
@pytest.mark.parametrize("name", TOO_MUCH)
async def test_what_takes_too_much_is_stopped_and_the_next_is_done(
    name: str, worker: Bounded
) -> None:
    work, what = TOO_MUCH[name]
    with pytest.raises(OverLimitError, match=f"more {what} to read"):
        await worker.run(work)
    assert await worker.run(heavy_work.same, name) == name


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of memory are Linux's")
async def test_who_has_held_much_is_replaced(worker: Bounded) -> None:
    """What was given back may be in pieces, and the next work may need as much at once."""
    first = await worker.run(heavy_work.process)
    for _ in range(3):
        assert await worker.run(heavy_work.holds, LIMITS.memory // 4) == LIMITS.memory // 4
    assert await worker.run(heavy_work.process) != first


async def test_too_deep_is_said_in_words(worker: Bounded) -> None:
    with pytest.raises(ValueError, match="absurd"):
        await worker.run(heavy_work.recurses)
    assert await worker.run(heavy_work.same, 3) == 3


async def test_the_loop_goes_on_meanwhile(worker: Bounded) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(beat())
    with suppress(OverLimitError):
        await worker.run(heavy_work.spins)
    beating.cancel()
    assert beats > 20, "the work, of a second or two, held the processor"


async def test_each_is_done_by_itself(worker: Bounded) -> None:
    """One that is stopped takes none of those with it that wait behind it."""
    first = asyncio.create_task(worker.run(heavy_work.spins))
    others = [asyncio.create_task(worker.run(heavy_work.same, number)) for number in range(20)]
    assert await asyncio.gather(*others) == list(range(20))
    with pytest.raises(OverLimitError):
        await first


async def test_who_gives_up_gets_no_answer_of_another(worker: Bounded) -> None:
    asked = asyncio.create_task(worker.run(heavy_work.sleeps))
    await asyncio.sleep(0.2)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    assert await worker.run(heavy_work.same, "mine") == "mine"


async def test_secrets_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")
    monkeypatch.setenv("SMALLPRINT_DATABASE", "postgresql://u:a-secret@db/x")
    async with Bounded(LIMITS) as worker:
        seen = await worker.run(heavy_work.environment)
    assert not [name for name, value in seen.items() if "secret" in value]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent there")
async def test_who_stops_the_bot_does_not_stop_its_worker(worker: Bounded) -> None:
    number = await worker.run(heavy_work.process)
    os.kill(number, signal.SIGTERM)
    os.kill(number, signal.SIGINT)
    assert await worker.run(heavy_work.process) == number, "it ends with its parent"


async def test_it_ends_with_its_parent(worker: Bounded) -> None:
    program = (
        "import asyncio, os\nfrom bot.runtime.bounded import Bounded\n"
        "from tests.support import heavy_work\n"
        "async def main():\n    worker = await Bounded().__aenter__()\n"
        "    print(await worker.run(heavy_work.process), flush=True)\n    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await parent.communicate()
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        psutil.Process(int(said)).wait(30)
    assert not psutil.pid_exists(int(said)) or psutil.Process(int(said)).status() == "zombie"


@pytest.mark.parametrize("sent", [b"", b"\0\0", LENGTH.pack(99) + b"half of it"])
async def test_a_parent_that_dies_while_it_speaks_is_no_error(sent: bytes) -> None:
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.runtime.worker"), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert await worker.communicate(sent) == (b"", b"")
    assert worker.returncode == 0


async def test_none_is_left_when_it_is_closed() -> None:
    async with Bounded(LIMITS) as worker:
        number = await worker.run(heavy_work.process)
    assert not psutil.pid_exists(number)


def test_programs_without_a_loop_have_it_too() -> None:
    assert bounded.call(heavy_work.same, 5, limits=LIMITS) == 5
    with pytest.raises(OverLimitError):
        bounded.call(heavy_work.spins, limits=LIMITS)


async def test_a_thread_does_for_what_comes_from_ourselves() -> None:
    assert await Here().run(heavy_work.process) == os.getpid()
