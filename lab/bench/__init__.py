"""Benchmarks, each a ratio to a named floor measured in the same run: `smallprint bench NAME`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = (
    "diff",
    "telegram-fanout",
    "discord-fanout",
    "head-of-line",
    "crash",
    "senders",
    "costs",
    "send-cpu",
    "poll-cpu",
    "poll-burst",
    "match",
    "memory",
    "restart",
    "hostile-source",
    "reply-busy",
    "reply",
    "catalogue",
    "names",
    "page-views",
    "pages",
    "life",
)

#: The default size of the crowd (for `crash`, the number of kills), by benchmark.
COUNTS = {
    "telegram-fanout": 1000,
    "discord-fanout": 1000,
    "head-of-line": 300,
    "crash": 100,
    "senders": 9_000,
    "costs": 1_000_000,
    "send-cpu": 3000,
    "poll-cpu": 1000,
    "poll-burst": 5000,
    "memory": 1_000_000,
    "restart": 1_000_000,
    "reply-busy": 10_000,
    "reply": 1_000_000,
    "names": 10_000,
    "page-views": 1000,
    "pages": 1_000_000,
    "life": 3000,
}
#: The recorded hours of `life`, and the minutes in which they pass.
LENGTH = (6.0, 12.0)


def run(
    name: str,
    rounds: int,
    count: int,
    database: str,
    versions: Path | None,
    length: tuple[float, float] = LENGTH,
) -> dict[str, Any]:
    """The figure of a benchmark.

    `rounds` give a median; `count` is the size of the crowd, or the number of kills. `length` is
    the recorded hours of a life, and the minutes in which they pass. Raises KeyError for a name
    that is not in NAMES.
    """
    from lab.bench import catalogue, commands, costs, crash, names, pages, polling, senders, sending
    from lab.bench import database as stored
    from lab.bench import diff as words
    from lab.bench import life as lives

    size = count or COUNTS.get(name, 0)
    figures: dict[str, Callable[[], dict[str, Any]]] = {
        "diff": lambda: words.run(versions),
        "telegram-fanout": lambda: sending.fan_out("telegram", size, rounds),
        "discord-fanout": lambda: sending.fan_out("discord", size, rounds),
        "head-of-line": lambda: sending.head_of_line(size, rounds),
        "crash": lambda: crash.run(size),
        "senders": lambda: senders.run(database, size),
        "costs": lambda: costs.run(size, rounds),
        "send-cpu": lambda: sending.cost(size, rounds),
        "poll-cpu": lambda: polling.cost(size, rounds),
        "poll-burst": lambda: polling.burst(size, rounds),
        "match": lambda: stored.match(database, rounds),
        "memory": lambda: stored.memory(size),
        "restart": lambda: stored.restart(rounds, size),
        "hostile-source": lambda: polling.hostile(rounds),
        "reply-busy": lambda: sending.reply(size, 100),
        "catalogue": lambda: catalogue.run(rounds),
        "names": lambda: names.run(size),
        "page-views": lambda: pages.views(size, rounds),
        "pages": lambda: pages.sizes(10 * rounds, size),
        "reply": lambda: commands.reply(40 * rounds, size),
        "life": lambda: lives.run(lives.Length(*length), size, versions),
    }
    return figures[name]()
