"""What may be meant while somebody types a service or a region."""

from __future__ import annotations

from bot import regions
from bot.message import Action, Message
from bot.platform import Hint
from bot.render import labels
from handlers._base import Context

MOST = 25


def suggest(hint: Hint, context: Context) -> Message:
    """Up to 25 actions: what each is called, and what to type for it."""
    typed = hint.typed.strip()[:100]
    offers = _services(typed, context) if hint.kind == "service" else _regions(typed)
    return Message((), tuple(offers[:MOST]))


def _services(typed: str, context: Context) -> list[Action]:
    """Names that hold the text, then those that are near to it; with nothing typed, the starter packs."""
    if not typed:
        found = [
            context.names.get(service) for pack in context.known.packs.values() for service in pack
        ]
    else:
        guess = context.names.find(typed, limit=5)
        found = [guess.service, *context.names.search(typed), *guess.nearest]
    unique = {service.id: service for service in found if service}
    return [Action(service.name, service.id) for service in unique.values()]


def _regions(typed: str) -> list[Action]:
    codes = [*regions.GROUPS, *sorted(regions.EEA, key=labels.label)]
    exact = regions.parse(typed)
    hits = [
        code for code in codes if typed.casefold() in labels.label(code).casefold() or code == exact
    ]
    return [Action(labels.label(code), code.casefold()) for code in hits]
