"""Repeated kill -9 during fan-outs, counting lost and duplicate messages."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path
from typing import Any

from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes

Report = dict[str, Any]
#: Chats of one story; a new one is published when all have it.
CHATS = 1000
#: A new story is published when fewer than this are queued.
LEAST_QUEUED = 200
ROUND_TRIP_SECONDS = 0.06
#: The longest that a bot runs before it is killed, after its first message.
MOST_SECONDS = 2
#: The time within which the rest must be sent after the last kill.
PATIENCE_SECONDS = 600
#: Messages per second.
RATES = {"telegram": 29.5, "discord": 48.0}


def run(kills: int) -> Report:
    """The figures of both platforms, each with this many kills."""
    found = {platform: _kills(platform, kills) for platform in RATES}
    bound = RATES["telegram"] * ROUND_TRIP_SECONDS * kills
    duplicates = found["telegram"]["duplicates"]
    return {
        "figure": f"{kills} kills: lost; duplicates on Telegram / (rate x round trip x kills); "
        "duplicates on Discord",
        "lost": sum(report["lost"] for report in found.values()),
        "telegram_ratio": duplicates / bound,
        "telegram_duplicates": duplicates,
        "discord_duplicates": found["discord"]["duplicates"],
        "discord_suppressed": found["discord"]["suppressed"],
        "items": found,
    }


def _kills(platform: str, kills: int) -> Report:
    dice = random.Random(1)
    stories = 0
    with crowd.database() as store, processes.standin(platform) as standin:
        crowd.gather(store, platform, CHATS)
        database = store.database.url.render_as_string(hide_password=False)
        folder = Path(crowd.folder_of(store), "bot")
        with processes.bot(folder, database, standin.settings) as bot:
            for _ in range(kills):
                if _count(store, DeliveryState.QUEUED) < LEAST_QUEUED:
                    stories += 1
                    crowd.publish(store, stories)
                before = standin.report()["accepted"]
                bot.start()
                processes.until(partial(_has_accepted, standin, before + 1))
                time.sleep(dice.random() * MOST_SECONDS)
                bot.kill()
            bot.start()
            owed = stories * CHATS
            sent = partial(_count, store, DeliveryState.SENT)
            processes.until(lambda: sent() == owed, patience=PATIENCE_SECONDS)
        report = standin.report()
    counted = ("duplicates", "suppressed", "waits_asked", "calls")
    return {
        "stories": stories,
        "lost": owed - report["distinct"],
        **{name: report[name] for name in counted},
    }


def _count(store: Store, state: DeliveryState) -> int:
    """The number of outbox rows in a state."""
    return store.outbox.depth().get(state, 0)


def _has_accepted(standin: processes.StandIn, messages: int) -> bool:
    accepted: int = standin.report()["accepted"]
    return accepted >= messages
