"""Queueing, claiming, memory and restart with a million subscriptions."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes
from lab.bench.fill import empty, matched

Report = dict[str, Any]
SIZES = (10_000, 100_000, 1_000_000)
#: A story is queued more slowly where the outbox holds earlier ones.
HISTORY = 8
BARE = (
    "import discord, telegram.ext, apscheduler.schedulers.asyncio, aiohttp.web, feedparser, sqlalchemy, alembic.command, babel, "
    "rapidfuzz, sentencex, nh3, yaml, pydantic_settings, structlog, dotenv"
)


def match(address: str, rounds: int) -> Report:
    """Rows queued a second, committed, over rows a second of reading the same; and how long others must wait to write."""
    found = {size: _match(address, size, rounds) for size in (SIZES if not address else SIZES[-1:])}
    largest = found[SIZES[-1]]
    return {
        "figure": "rows queued a second, committed / rows a second of the SELECT alone, 200,000 of 1,000,000",
        "ratio": largest["ratio"], "longest_block_milliseconds": largest["block"] * 1000,
        "rows_a_second": {str(size): report["rows"] for size, report in found.items()},
        "claim_microseconds": {str(size): report["claim"] * 1e6 for size, report in found.items()}, "items": largest["ratios"],
        f"ratio_with_{HISTORY}_stories_before_it": largest["aged"],
    }  # fmt: skip


def _match(address: str, size: int, rounds: int) -> Report:
    with crowd.database(address) as store:
        concerned = crowd.crowd(store, size)
        ratios, blocks, rates = [], [], []
        for number in range(1, rounds + 1):
            floors = [
                _timed(lambda: matched(store, crowd.SERVICE, datetime.now(UTC))) for _ in range(3)
            ]
            took = _timed(lambda number=2 * number: crowd.publish(store, number))
            assert store.outbox.depth() == {DeliveryState.QUEUED: concerned}, "once for each"
            ratios.append(statistics.median(floors) / took)
            rates.append(concerned / took)
            blocks.append(_block(store, 2 * number + 1))
            if number < rounds:
                empty(store)
        history = 2 * rounds + 2
        for number in range(history, history + HISTORY):
            aged = _timed(lambda number=number: crowd.publish(store, number))
        claims = [
            _timed(
                lambda: store.outbox.claim(
                    "telegram", "bench", datetime.now(UTC), processes.LEASE, 4
                )
            )
            for _ in range(50)
        ]
    return {
        "ratio": statistics.median(ratios), "ratios": ratios, "block": max(blocks), "rows": statistics.median(rates),
        "claim": statistics.median(claims), "aged": statistics.median(floors) / aged,
    }  # fmt: skip


def _block(store: Store, number: int) -> float:
    """The longest that another writer waits while a story is queued, as another thread of the bot does."""
    waits, done = [0.0], threading.Event()

    def write() -> None:
        while not done.is_set():
            waits.append(_timed(lambda: store.leases.hold_off("bench", datetime.now(UTC))))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        crowd.publish(store, number)
    finally:
        done.set()
        writer.join()
    return max(waits)


def memory(size: int = SIZES[-1]) -> Report:
    """The bot's memory with both platforms on and a backlog, over that of its libraries just imported."""
    bare = _imported()
    with (
        crowd.database() as store,
        processes.standin("telegram") as one,
        processes.standin("discord") as two,
    ):
        crowd.crowd(store, size)
        crowd.publish(store, 1)
        settings = {**one.settings, **two.settings}
        with processes.bot(
            Path(crowd.folder_of(store), "bot"),
            store.database.url.render_as_string(hide_password=False),
            settings,
        ) as bot:
            bot.start()
            processes.until(lambda: one.report()["accepted"] > 300)
            assert bot.process
            ours = _rss(bot.process.pid)
    return {
        "figure": "resident memory, 1,000,000 subscriptions, 200,000 queued, both platforms on / bare imports",
        "ratio": ours / bare, "mebibytes": ours / 2**20, "bare_mebibytes": bare / 2**20,
    }  # fmt: skip


def restart(rounds: int, size: int = SIZES[-1]) -> Report:
    """From start to the first message, with 200,000 queued and with one."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for backlog in (False, True):
        with crowd.database() as store, processes.standin("telegram", "--loose") as standin:
            crowd.crowd(store, size if backlog else 10)
            crowd.publish(store, 1)
            with processes.bot(
                Path(crowd.folder_of(store), "bot"), str(store.database.url), standin.settings
            ) as bot:
                for number in range(rounds):
                    crowd.publish(store, number + 2)
                    before, start = standin.report()["accepted"], time.monotonic()
                    bot.start()
                    while standin.report()["accepted"] == before:
                        time.sleep(0.01)
                    found[backlog].append(time.monotonic() - start)
                    bot.kill()
                    time.sleep(0.5)
    with_it, without = statistics.median(found[True]), statistics.median(found[False])
    return {
        "figure": "start to first message with 200,000 queued / with a few", "ratio": with_it / without,
        "seconds": with_it, "without_seconds": without, "items": found[True],
    }  # fmt: skip


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _imported() -> float:
    """Bytes of a Python that has imported the libraries, and nothing else."""
    command = [sys.executable, "-c", f"{BARE}; print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        found = _rss(process.pid)
        process.kill()
    return found


def _rss(pid: int) -> float:
    """Bytes; from Linux's own table."""
    line = next(
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    return float(line.split()[1]) * 1024
