"""Queueing, claiming, memory and restart with a million subscriptions."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes
from lab.bench.fill import empty, matched
from lab.bench.processes import check

Report = dict[str, Any]
SIZES = (10_000, 100_000, 1_000_000)
#: The number of earlier stories in the outbox, which slow queueing down.
HISTORY = 8
#: The number queued after those, for a median.
AGED = 3
#: The number of messages a bot sends before its memory is read.
SENT_BEFORE = 300
#: The bot's imports, which together are the floor of its memory.
LIBRARIES = (
    "discord",
    "telegram.ext",
    "apscheduler.schedulers.asyncio",
    "aiohttp.web",
    "feedparser",
    "sqlalchemy",
    "alembic.command",
    "babel",
    "rapidfuzz",
    "sentencex",
    "nh3",
    "yaml",
    "pydantic_settings",
    "structlog",
    "dotenv",
)


def match(address: str, rounds: int) -> Report:
    """Rows queued per second, committed, relative to rows per second of reading the same.

    Also how long other writers must wait meanwhile.
    """
    sizes = SIZES[-1:] if address else SIZES
    found = {size: _match(address, size, rounds) for size in sizes}
    largest = found[SIZES[-1]]
    return {
        "figure": "rows queued a second, committed / rows a second of the SELECT alone, "
        "200,000 of 1,000,000",
        "ratio": largest["ratio"],
        "longest_block_milliseconds": largest["block"] * 1000,
        "rows_a_second": {str(size): report["rows"] for size, report in found.items()},
        "claim_microseconds": {str(size): report["claim"] * 1e6 for size, report in found.items()},
        "items": largest["ratios"],
        f"ratio_with_{HISTORY}_stories_before_it": largest["aged"],
    }


def _match(address: str, size: int, rounds: int) -> Report:
    ratios: list[float] = []
    blocks: list[float] = []
    rates: list[float] = []
    floor = 0.0
    with crowd.database(address) as store:
        concerned = crowd.crowd(store, size)
        for number in range(1, rounds + 1):
            floor = _floor(store)
            fresh = _timed(partial(crowd.publish, store, 2 * number))
            check(store.outbox.depth() == {DeliveryState.QUEUED: concerned}, "once for each")
            ratios.append(floor / fresh)
            rates.append(concerned / fresh)
            blocks.append(_block(store, 2 * number + 1))
            if number < rounds:
                empty(store)
        history = 2 * rounds + 2
        took = [
            _timed(partial(crowd.publish, store, number))
            for number in range(history, history + HISTORY + AGED)
        ]
        aged = statistics.median(took[-AGED:])
        claim = _claim(store)
    return {
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "block": max(blocks),
        "rows": statistics.median(rates),
        "claim": claim,
        "aged": floor / aged,
    }


def _floor(store: Store) -> float:
    """Seconds of the SELECT alone, the median of three."""
    read = partial(matched, store, crowd.SERVICE, datetime.now(UTC))
    return statistics.median(_timed(read) for _ in range(3))


def _claim(store: Store) -> float:
    """Seconds of one claim of four messages, the median of fifty."""

    def claim() -> None:
        store.outbox.claim("telegram", "bench", datetime.now(UTC), processes.LEASE, 4)

    return statistics.median(_timed(claim) for _ in range(50))


def _block(store: Store, number: int) -> float:
    """The longest that another thread waits to write while a story is queued, in seconds."""
    waits = [0.0]
    done = threading.Event()

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
    """The bot's memory with both platforms on and a backlog, relative to its libraries' alone."""
    bare = _imported()
    with (
        crowd.database() as store,
        processes.standin("telegram") as telegram,
        processes.standin("discord") as discord,
    ):
        crowd.crowd(store, size)
        crowd.publish(store, 1)
        settings = {**telegram.settings, **discord.settings}
        database = store.database.url.render_as_string(hide_password=False)
        folder = Path(crowd.folder_of(store), "bot")
        with processes.bot(folder, database, settings) as bot:
            bot.start()
            processes.until(lambda: telegram.report()["accepted"] > SENT_BEFORE)
            ours = _rss(bot.pid)
    return {
        "figure": "resident memory, 1,000,000 subscriptions, 200,000 queued, both platforms on "
        "/ bare imports",
        "ratio": ours / bare,
        "mebibytes": ours / 2**20,
        "bare_mebibytes": bare / 2**20,
    }


def restart(rounds: int, size: int = SIZES[-1]) -> Report:
    """Time from start to the first message, with 200,000 queued relative to one."""
    few = _restarts(rounds, 10)
    many = _restarts(rounds, size)
    with_it = statistics.median(many)
    without = statistics.median(few)
    return {
        "figure": "start to first message with 200,000 queued / with a few",
        "ratio": with_it / without,
        "seconds": with_it,
        "without_seconds": without,
        "items": many,
    }


def _restarts(rounds: int, size: int) -> list[float]:
    """Seconds from start to the first message, each time with one more story."""
    found: list[float] = []
    with crowd.database() as store, processes.standin("telegram", "--loose") as standin:
        crowd.crowd(store, size)
        crowd.publish(store, 1)
        folder = Path(crowd.folder_of(store), "bot")
        with processes.bot(folder, str(store.database.url), standin.settings) as bot:
            for number in range(rounds):
                crowd.publish(store, number + 2)
                before = standin.report()["accepted"]
                start = time.monotonic()
                bot.start()
                while standin.report()["accepted"] == before:
                    time.sleep(0.01)
                found.append(time.monotonic() - start)
                bot.kill()
                time.sleep(0.5)
    return found


def _timed(work: Callable[[], object]) -> float:
    """The duration of work, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _imported() -> float:
    """The memory in bytes of a Python process that only imported the libraries."""
    program = f"import {', '.join(LIBRARIES)}; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        processes.output_of(process).readline()
        found = _rss(process.pid)
        process.kill()
    return found


def _rss(pid: int) -> float:
    """The memory of a process in bytes, from /proc. Raises LookupError if it has none."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return float(line.split()[1]) * 1024
    raise LookupError(f"process {pid} has no memory")
