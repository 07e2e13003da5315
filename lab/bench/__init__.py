"""Figures, each a ratio to a named floor that is measured in the same run: `smallprint bench NAME`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = (
    "diff", "telegram-fanout", "discord-fanout", "head-of-line", "crash", "send-cpu", "poll-cpu", "poll-burst", "match", "memory",
    "restart", "hostile-source", "reply-busy", "reply", "catalogue",
)  # fmt: skip


def run(name: str, rounds: int, count: int, database: str, versions: Path | None) -> dict[str, Any]:
    """One figure. `rounds` are taken for a median; `count` is the size of the crowd, or the kills."""
    from lab.bench import catalogue, commands, crash, polling, sending
    from lab.bench import database as stored
    from lab.bench import diff as words

    figures: dict[str, Callable[[], dict[str, Any]]] = {
        "diff": lambda: words.run(versions),
        "telegram-fanout": lambda: sending.fan_out("telegram", count or 1000, rounds),
        "discord-fanout": lambda: sending.fan_out("discord", count or 1000, rounds),
        "head-of-line": lambda: sending.head_of_line(count or 300, rounds),
        "crash": lambda: crash.run(count or 100),
        "send-cpu": lambda: sending.cost(count or 3000, rounds),
        "poll-cpu": lambda: polling.cost(count or 1000, rounds),
        "poll-burst": lambda: polling.burst(count or 5000, rounds),
        "match": lambda: stored.match(database, rounds),
        "memory": lambda: stored.memory(count or 1_000_000),
        "restart": lambda: stored.restart(rounds, count or 1_000_000),
        "hostile-source": lambda: polling.hostile(rounds),
        "reply-busy": lambda: sending.reply(count or 10_000, 100),
        "catalogue": lambda: catalogue.run(rounds),
        "reply": lambda: commands.reply(40 * rounds, count or commands.MANY),
    }
    return figures[name]()
