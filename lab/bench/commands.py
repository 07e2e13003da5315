"""The duration of each command with a million subscriptions, relative to a thousand."""

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
#: Subscriptions of the small and the large database, and stories in both.
FEW = 1_000
MANY = 1_000_000
STORIES = 10
#: The first chats of both databases, which follow the same 51 services.
ALIKE = 16
#: Arguments with which a command does its work; several are used in turn.
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


#: For each command, answer times in seconds in the small and in the large database.
Times = dict[str, tuple[list[float], list[float]]]


def reply(samples: int, many: int = MANY) -> Report:
    """The duration of commands in a small and in a large database.

    The two take turns, so that both meet the same disturbances.
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
    """Requests for a command by several chats, in several ways."""
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
    """The duration of an answer, in seconds."""
    context = handlers.Context(store, known, names, datetime.now(UTC))
    start = time.perf_counter()
    handlers.answer(request, context)
    return time.perf_counter() - start
