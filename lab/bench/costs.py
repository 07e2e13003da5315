"""The cost of a story by number of subscribers: processes, hours and bytes."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Any

from bot.store import Store
from lab.bench import crowd, processes
from lab.bench.sending import FLOORS, PAID_PER_SECOND, cost

Report = dict[str, Any]
#: Sizes that are measured, with the largest requested; larger ones are extrapolated from it.
MEASURED = (1_000, 100_000)
CALCULATED = 50_000_000
#: The number of messages sent to measure the cost of one.
SENT = 3_000
#: Messages that are claimed and acknowledged at once.
AT_ONCE = 128
HOUR = 3600.0
MEBI = 2**20


def run(largest: int, rounds: int) -> Report:
    """Messages per CPU second, bytes per delivered message, and a table by subscribers."""
    cpu = cost(SENT, rounds)["microseconds"] / 1e6
    table = {}
    bytes_a_message = per_subscriber = queued_per_second = 0.0
    for subscribers in (*MEASURED, largest):
        with crowd.database() as store:
            crowd.gather(store, "telegram", subscribers)
            filled = _bytes(store)
            start = time.perf_counter()
            crowd.publish(store, 1)
            queued_per_second = subscribers / (time.perf_counter() - start)
            if subscribers in MEASURED:
                _deliver(store)
                bytes_a_message = (_bytes(store) - filled) / subscribers
            per_subscriber = filled / subscribers
        table[f"{subscribers:,}"] = _row(
            subscribers, cpu, queued_per_second, per_subscriber + bytes_a_message
        )
    table[f"{CALCULATED:,} (calculated)"] = _row(
        CALCULATED, cpu, queued_per_second, per_subscriber + bytes_a_message
    )
    return {
        "figure": "database bytes of a delivered message / of its subscription",
        "ratio": bytes_a_message / per_subscriber,
        "messages_a_cpu_second": 1 / cpu,
        "bytes_a_message": bytes_a_message,
        "bytes_a_subscriber": per_subscriber,
        "table": table,
    }


def _row(subscribers: int, cpu: float, queued: float, size: float) -> Report:
    """The cost of one story for all of them."""
    return {
        "queued_seconds": round(subscribers / queued, 1),
        "cpu_hours": round(subscribers * cpu / HOUR, 3),
        "hours_free": round(subscribers / FLOORS["telegram"] / HOUR, 2),
        "hours_paid": round(subscribers / PAID_PER_SECOND / HOUR, 3),
        "hours_discord": round(subscribers / FLOORS["discord"] / HOUR, 2),
        "senders_for_paid": math.ceil(PAID_PER_SECOND * cpu),
        "mebibytes": round(subscribers * size / MEBI, 1),
    }


def _deliver(store: Store) -> None:
    """Claim and acknowledge everything that is due, without a platform."""
    now = datetime.now(UTC)
    while claimed := store.outbox.claim("telegram", "bench", now, processes.LEASE, AT_ONCE):
        store.outbox.sent([(each, each.address.chat) for each in claimed], "bench", now)


def _bytes(store: Store) -> int:
    """The size of a SQLite database."""
    with store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return int(pages) * int(size)
