"""How long each command takes with a million subscriptions in the database, beside the same with a thousand."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import handlers
from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Address
from bot.platform import Request
from bot.store import Store
from lab.bench import crowd
from lab.bench.sending import p95

Report = dict[str, Any]
FEW, MANY, STORIES = 1_000, 1_000_000, 10
#: The first chats of both databases, which follow 51 services in the one as in the other.
ALIKE = 16
#: What follows a command, so that it does its work; several are asked in turn.
ASKED = {
    "subscribe": ("linkdin eu", "gmail, whatsapp, linkedin", "*V2un7IIChDCL"), "unsubscribe": ("", "reddit"), "subscriptions": ("", "linkedin"),
    "howto": ("linkedin", "how do I stop linkedin using my data"), "picture": ("linkedin",), "checklist": ("", "linkedin ai-training", "linkedin ads later"),
    "letter": ("objection linkedin",), "recent": ("", "linkedin"), "story": ("1",), "why": ("", "1", "linkedin"), "status": ("", "linkedin"),
    "services": ("", "goo"), "region": ("", "norway"), "when": ("", "daily 18:00", "now"), "threshold": ("", "changes"), "topics": ("", "all"),
    "mute": ("", "linkedin 3 days", "linkedin off"), "reminders": ("", "on"), "done": ("1",), "dismiss": ("1",), "language": ("", "english"),
    "mention": ("",), "channel": ("",), "link": ("", "aaaaaaaaaa"), "forget": ("",), "setup": ("", "in eu", "pack social", "done"),
    "": ("linkedin", "gmail whatsapp linkdin", "what does linkedn do with my data?"),
}  # fmt: skip


def reply(samples: int, many: int = MANY) -> Report:
    """Each answer is timed in turn in a small and in a large database, so that both meet the same disturbances."""
    known = catalogue.load()
    names = Names(known.services)
    found: dict[str, tuple[list[float], list[float]]] = {}
    with crowd.database() as small, crowd.database() as large:
        for store, size in ((small, FEW), (large, many)):
            crowd.crowd(store, size)
            for number in range(1, STORIES + 1):
                crowd.publish(store, number)
        for name in ("", *(command.entry.name for command in handlers.COMMANDS)):
            lines = ASKED.get(name, ("",))
            for number in range(samples):
                request = Request(
                    name, lines[number % len(lines)], Address("telegram", str(number % ALIKE + 1))
                )
                for store, times in zip(
                    (small, large), found.setdefault(name or "talk", ([], [])), strict=True
                ):
                    times.append(_timed(request, store, known, names))
    return _report(found, many)


def _report(found: dict[str, tuple[list[float], list[float]]], many: int) -> Report:
    tails = {name: (p95(few), p95(lots)) for name, (few, lots) in found.items()}
    slowest = max(tails, key=lambda name: tails[name][1])
    ratios = {name: lots / few for name, (few, lots) in tails.items()}
    pooled = [
        p95([seconds for pair in found.values() for seconds in pair[side]]) for side in (0, 1)
    ]
    return {
        "figure": f"95th percentile of an answer with {many} subscriptions / with {FEW}, all commands alike", "ratio": pooled[1] / pooled[0],
        "worst_ratio": max(ratios.values()), "worst": max(ratios, key=lambda name: ratios[name]),
        "slowest": slowest, "slowest_milliseconds": tails[slowest][1] * 1000,
        "milliseconds": {name: [round(few * 1000, 2), round(lots * 1000, 2)] for name, (few, lots) in tails.items()},
        "items": ratios,
    }  # fmt: skip


def _timed(request: Request, store: Store, known: catalogue.Catalogue, names: Names) -> float:
    context = handlers.Context(store, known, names, datetime.now(UTC))
    start = time.perf_counter()
    handlers.answer(request, context)
    return time.perf_counter() - start
