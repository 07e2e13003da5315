"""What may be meant while somebody types a service or a region."""

from __future__ import annotations

from bot import regions
from bot.message import Action, Message
from bot.platform import Hint
from bot.render import labels
from handlers._base import Context

#: Suggestions that are made at once.
MOST = 25


def suggest(hint: Hint, context: Context) -> Message:
    """Up to 25 actions: what each is called, and what to type for it."""
    typed = hint.typed.strip()[:100]
    offers = _regions(typed)
    if hint.kind == "service":
        offers = _services(typed, context)
    return Message((), tuple(offers[:MOST]))


def _services(typed: str, context: Context) -> list[Action]:
    """Names that hold the text, then those that are near to it."""
    if not typed:
        return _starters(context)
    guess = context.names.find(typed, limit=5)
    found = [*context.names.search(typed), *guess.nearest]
    if guess.service:
        found.insert(0, guess.service)
    unique = {service.id: service for service in found}
    return [Action(service.name, service.id) for service in unique.values()]


def _starters(context: Context) -> list[Action]:
    """The services of the starter packs."""
    found: dict[str, Action] = {}
    for pack in context.known.packs.values():
        for service_id in pack:
            service = context.names.get(service_id)
            if service:
                found[service.id] = Action(service.name, service.id)
    return list(found.values())


def _regions(typed: str) -> list[Action]:
    """Regions whose name holds the text, or whose code it is."""
    exact = regions.parse(typed)
    found: list[Action] = []
    for code in (*regions.GROUPS, *sorted(regions.EEA, key=labels.label)):
        label = labels.label(code)
        if typed.casefold() in label.casefold() or code == exact:
            found.append(Action(label, code.casefold()))
    return found
