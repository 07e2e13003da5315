"""How long each command takes with a million subscriptions, beside the same with a thousand."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
#: Subscriptions of the small and of the large database, and the stories in both.
FEW = 1_000
MANY = 1_000_000
STORIES = 10
#: The first chats of both databases, which follow 51 services in the one as in the other.
ALIKE = 16
#: What follows a command, so that it does its work; several are asked in turn.
ASKED = {
    "subscribe": ("linkdin eu", "gmail, whatsapp, linkedin", "*V2un7IIChDCL"),
    "unsubscribe": ("", "reddit"),
    "subscriptions": ("", "linkedin"),
    "howto": ("linkedin", "how do I stop linkedin using my data"),
    "picture": ("linkedin",),
    "checklist": ("", "linkedin ai-training", "linkedin ads later"),
    "letter": ("objection linkedin",),
    "recent": ("", "linkedin"),
    "story": ("1",),
    "why": ("", "1", "linkedin"),
    "status": ("", "linkedin"),
    "services": ("", "goo"),
    "region": ("", "norway"),
    "when": ("", "daily 18:00", "now"),
    "threshold": ("", "changes"),
    "topics": ("", "all"),
    "mute": ("", "linkedin 3 days", "linkedin off"),
    "reminders": ("", "on"),
    "done": ("1",),
    "dismiss": ("1",),
    "language": ("", "english"),
    "mention": ("",),
    "channel": ("",),
    "link": ("", "aaaaaaaaaa"),
    "forget": ("",),
    "setup": ("", "in eu", "pack social", "done"),
    "": ("linkedin", "gmail whatsapp linkdin", "what does linkedn do with my data?"),
}


#: Of each command the times of an answer, in seconds, in the small and in the large database.
Times = dict[str, tuple[list[float], list[float]]]


def reply(samples: int, many: int = MANY) -> Report:
    """How long commands take in a small and in a large database.

    Each answer is timed in both in turn, so that they meet the same disturbances.
    """
    known = catalogue.load()
    names = known.names
    found: Times = {}
    with crowd.database() as small, crowd.database() as large:
        for store, size in ((small, FEW), (large, many)):
            crowd.crowd(store, size)
            for number in range(1, STORIES + 1):
                crowd.publish(store, number)
        for name in ("", *(command.entry.name for command in handlers.COMMANDS)):
            few, lots = found.setdefault(name or "talk", ([], []))
            for request in _requests(name, samples):
                few.append(_timed(request, small, known, names))
                lots.append(_timed(request, large, known, names))
    return _report(found, many)


def _requests(name: str, samples: int) -> Iterator[Request]:
    """A command as several chats ask it, in several ways."""
    lines = ASKED.get(name, ("",))
    for number in range(samples):
        asking = Address("telegram", str(number % ALIKE + 1))
        yield Request(name, lines[number % len(lines)], asking)


def _report(found: Times, many: int) -> Report:
    all_few: list[float] = []
    all_many: list[float] = []
    ratios: dict[str, float] = {}
    tails: dict[str, float] = {}
    milliseconds: dict[str, list[float]] = {}
    for name, (few, lots) in found.items():
        all_few += few
        all_many += lots
        tails[name] = p95(lots)
        ratios[name] = tails[name] / p95(few)
        milliseconds[name] = [round(p95(few) * 1000, 2), round(tails[name] * 1000, 2)]
    slowest = max(tails, key=tails.__getitem__)
    worst = max(ratios, key=ratios.__getitem__)
    return {
        "figure": f"95th percentile of an answer with {many} subscriptions / with {FEW}, "
        "all commands alike",
        "ratio": p95(all_many) / p95(all_few),
        "worst_ratio": ratios[worst],
        "worst": worst,
        "slowest": slowest,
        "slowest_milliseconds": tails[slowest] * 1000,
        "milliseconds": milliseconds,
        "items": ratios,
    }


def _timed(request: Request, store: Store, known: catalogue.Catalogue, names: Names) -> float:
    """How long an answer takes, in seconds."""
    context = handlers.Context(store, known, names, datetime.now(UTC))
    start = time.perf_counter()
    handlers.answer(request, context)
    return time.perf_counter() - start
