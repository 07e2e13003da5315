"""The rate of two processes that send with one token, relative to the token's limit."""

from __future__ import annotations

import time
from typing import Any

from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes

Report = dict[str, Any]
#: Messages per second that both may send together.
PACE = 300.0
SENDERS = 2
#: The rate is measured between these shares of all messages, while both are running.
FROM, TO = 0.2, 0.8
LOOK_SECONDS = 0.02


def run(address: str, count: int) -> Report:
    """The rate of two senders, relative to their token's.

    `address` is that of an empty PostgreSQL database.
    """
    processes.check(bool(address), "--database names an empty PostgreSQL database")
    with crowd.database(address) as store, processes.standin("telegram", "--loose") as standin:
        crowd.gather(store, "telegram", count)
        settings = {
            **standin.settings,
            "SMALLPRINT_SENDERS": str(SENDERS),
            "SMALLPRINT_TELEGRAM_PAID": "true",
            "SMALLPRINT_TELEGRAM_PACE": str(PACE),
        }
        folder = crowd.folder_of(store)
        with (
            processes.bot(folder / "one", address, settings) as one,
            processes.bot(folder / "two", address, settings) as two,
        ):
            for each in (one, two):
                each.start()
            processes.until(lambda: all(_sends(each) for each in (one, two)))
            crowd.publish(store, 1)
            pace = _pace(standin, count)
            processes.until(lambda: _acknowledged(store) == count)
        report = standin.report()
    return {
        "figure": f"messages a second of {SENDERS} senders / the {PACE:.0f} of their token",
        "ratio": pace / PACE,
        "per_second": pace,
        "lost": count - report["distinct"],
        "duplicates": report["duplicates"],
    }


def _sends(bot: processes.Bot) -> bool:
    """Whether a bot sends to some of the chats, after handing on its surplus."""
    events = [each["event"] for each in bot.events() if "send:" in str(each.get("names"))]
    return events.count("duty.taken") - events.count("duty.handed_on") == 1


def _pace(standin: processes.StandIn, count: int) -> float:
    """Messages per second in the middle of a story."""
    moments = []
    for part in (FROM, TO):
        while standin.report()["accepted"] < part * count:
            time.sleep(LOOK_SECONDS)
        moments.append((time.monotonic(), standin.report()["accepted"]))
    (began, first), (ended, last) = moments
    return float(last - first) / (ended - began)


def _acknowledged(store: Store) -> int:
    return store.outbox.depth().get(DeliveryState.SENT, 0)
