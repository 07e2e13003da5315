"""kill -9, again and again, in the middle of fan-outs: what is lost, and what comes twice."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from bot.states import DeliveryState
from lab.bench import crowd, processes

Report = dict[str, Any]
#: Chats of one story; a new one is published when all have it.
CHATS = 1000
ROUND_TRIP = 0.06
RATES = {"telegram": 29.5, "discord": 48.0}


def run(kills: int) -> Report:
    """Both platforms, each with so many kills."""
    found = {platform: _kills(platform, kills) for platform in RATES}
    bound = RATES["telegram"] * ROUND_TRIP * kills
    return {
        "figure": f"{kills} kills: lost; duplicates on Telegram / (rate x round trip x kills); duplicates on Discord",
        "lost": sum(report["lost"] for report in found.values()),
        "telegram_ratio": found["telegram"]["duplicates"] / bound, "telegram_duplicates": found["telegram"]["duplicates"],
        "discord_duplicates": found["discord"]["duplicates"], "discord_suppressed": found["discord"]["suppressed"],
        "items": found,
    }  # fmt: skip


def _kills(platform: str, kills: int) -> Report:
    dice = random.Random(1)
    with crowd.database() as store, processes.standin(platform) as standin:
        crowd.gather(store, platform, CHATS)
        stories = 0
        with processes.bot(
            Path(crowd.folder_of(store), "bot"),
            store.database.url.render_as_string(False),
            standin.settings,
        ) as bot:
            for _ in range(kills):
                if store.outbox.depth().get(DeliveryState.QUEUED, 0) < 200:
                    stories += 1
                    crowd.publish(store, stories)
                before = standin.report()["accepted"]
                bot.start()
                processes.until(lambda least=before: standin.report()["accepted"] > least)
                time.sleep(dice.random() * 2)
                bot.kill()
            bot.start()
            owed = stories * CHATS
            processes.until(
                lambda: store.outbox.depth().get(DeliveryState.SENT, 0) == owed, patience=600
            )
        report = standin.report()
        return {
            "stories": stories, "lost": owed - report["distinct"],
            **{name: report[name] for name in ("duplicates", "suppressed", "waits_asked", "calls")},
        }  # fmt: skip
