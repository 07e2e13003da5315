"""The heartbeat to the service manager, and the end of a process with a blocked loop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bot.runtime.bounded import Bounded, Limits, OverLimitError
from bot.runtime.metrics import STUCK, total
from bot.watch import heart as hearts
from bot.watch.heart import Heart
from bot.watch.patience import again_and_again, with_patience
from bot.watch.systemd import Notifier
from tests.support.heavy_work import same

ROOT = Path(__file__).parents[2]


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    """A socket as systemd has it, and what it puts into our environment."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(5)
        yield heard, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}


def lines(heard: socket.socket) -> list[str]:
    return heard.recv(4096).decode().split("\n")


def forget(heard: socket.socket) -> int:
    """Hear all that was said by now; how much that was."""
    heard.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while heard.recv(4096):
            count += 1
    return count


async def test_systemd_hears_that_we_are_ready_alive_and_stopping(
    systemd: tuple[socket.socket, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, environ = systemd
    monkeypatch.setattr(hearts, "BEAT_SECONDS", 0.02)
    async with Heart(Notifier(environ)).beating():
        await asyncio.sleep(0.3)
    assert lines(heard)[0] == "READY=1"
    said = [lines(heard)[0]]
    while said[-1] != "STOPPING=1":
        said += lines(heard)
    assert said[:-1] == ["WATCHDOG=1"] * len(said[:-1])
    assert 2 <= len(said[:-1]) <= 4, "a third of the time that it allows, no more often"


def test_without_systemd_nothing_is_said() -> None:
    Notifier().say("READY=1")
    Notifier({"NOTIFY_SOCKET": "/nowhere/at/all"}).say("READY=1")
    assert Notifier({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}).watchdog_seconds == 0
    assert Notifier({"WATCHDOG_USEC": "60000000"}).watchdog_seconds == 60


async def test_where_no_thread_is_free_systemd_hears_nothing(
    systemd: tuple[socket.socket, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, environ = systemd
    for name, value in (("BEAT_SECONDS", 0.02), ("LOOK_SECONDS", 0.0), ("STIFLED_SECONDS", 0.2)):
        monkeypatch.setattr(hearts, name, value)
    heart = Heart(Notifier(environ))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    async with heart.beating():
        assert heart.is_well
        taken = [asyncio.create_task(asyncio.to_thread(time.sleep, 1.2))]
        await asyncio.sleep(0.5)
        assert not heart.is_well, "systemd would start us anew"
        forget(heard)
        await asyncio.sleep(0.3)
        assert forget(heard) == 0
        await asyncio.gather(*taken)
        await asyncio.sleep(0.1)
        assert heart.is_well


STANDS_STILL = """
import asyncio, sys, time
from bot.watch import heart
heart.STILL_SECONDS, heart.LOOK_SECONDS, heart.BEAT_SECONDS = 0.5, 0.05, 0.05

async def main():
    async with heart.Heart(ends=True).beating():
        await asyncio.sleep(0.3)
        print("still", flush=True)
        time.sleep(float(sys.argv[1]))
        print("on", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(("seconds", "code"), [("30", 1), ("0.1", 0)])
def test_a_loop_that_stands_still_ends_the_process(seconds: str, code: int) -> None:
    command = [sys.executable, "-c", STANDS_STILL, seconds]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=20, check=False
    )
    assert done.returncode == code
    assert ("in main" in done.stderr) == bool(code), "it says where it stood"


@pytest.mark.slow
def test_a_process_that_is_stopped_is_noticed(
    systemd: tuple[socket.socket, dict[str, str]], tmp_path: Path
) -> None:
    """kill -STOP: no beat comes, by which systemd knows; after kill -CONT they come again."""
    heard, environ = systemd
    kept = {name: value for name, value in os.environ.items() if "TOKEN" not in name}
    settings = {"SMALLPRINT_DATABASE": f"sqlite:///{tmp_path}/a.db", "SMALLPRINT_ROLES": "chat"}
    environ = {**kept, **environ, **settings, "WATCHDOG_USEC": "1500000"}
    command = [sys.executable, "-m", "bot", "bot"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        heard.settimeout(30)
        assert lines(heard)[0] == "READY=1"
        assert lines(heard) == ["WATCHDOG=1"]
        os.kill(process.pid, signal.SIGSTOP)
        forget(heard)
        heard.settimeout(1.5)
        with pytest.raises(TimeoutError):
            heard.recv(4096)
        os.kill(process.pid, signal.SIGCONT)
        heard.settimeout(10)
        assert lines(heard) == ["WATCHDOG=1"]
        process.terminate()
        while lines(heard) != ["STOPPING=1"]:
            pass
        assert process.wait(timeout=20) == 0


async def test_a_reader_that_is_stopped_is_begun_anew() -> None:
    """kill -STOP on the process that reads what strangers wrote."""
    before = total(STUCK, task="reader")
    async with Bounded(Limits(wall=1.0)) as worker:
        await worker.run(same, 1)
        child = worker._child
        assert child
        os.kill(child.process.pid, signal.SIGSTOP)
        with pytest.raises(OverLimitError, match="time"):
            await worker.run(same, 1)
        await worker.run(same, 1)
    assert total(STUCK, task="reader") == before + 1


# -- tasks


async def test_a_task_that_does_not_come_on_is_begun_anew() -> None:
    begun, stuck = [], []

    async def work(beat: object) -> None:
        begun.append(beat)
        if len(begun) < 3:
            await asyncio.Event().wait()

    async def note(name: str) -> None:
        stuck.append(name)

    await again_and_again("send:telegram", work, 0.05, note)
    assert (len(begun), stuck) == (3, ["send:telegram"] * 2)


async def test_one_that_comes_on_may_take_its_time() -> None:
    async def work(beat: object) -> None:
        for _ in range(10):
            await asyncio.sleep(0.03)
            beat()  # type: ignore[operator]

    async def note(name: str) -> None:
        pytest.fail(name)

    assert await with_patience("remember", work, 0.15, note)


async def test_what_a_task_raises_is_its_own() -> None:
    async def work(_beat: object) -> None:
        raise TimeoutError("of its own")

    async def note(name: str) -> None:
        pytest.fail(name)

    with pytest.raises(TimeoutError, match="of its own"):
        await with_patience("poll", work, 5, note)
