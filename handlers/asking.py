"""Reading what people type after a command: a service, regions, or something to ask back about."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat import Action, Message, Request
from bot.model import Service
from bot.render.words import join, say
from bot.understand import regions
from bot.understand.names import MAX_TYPED
from handlers.base import Context

#: Where nothing was chosen: everything the product is for.
EVERYWHERE = frozenset({"EEA", "UK", "CH"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A service and region codes; `wrong` is what was typed where a region was expected."""

    service: Service | None
    regions: frozenset[str] = frozenset()
    wrong: str = ""
    nearest: tuple[Service, ...] = ()


def read(text: str, context: Context) -> Asked:
    """`google maps in norway, uk` is Google Maps in NO and UK."""
    words = text.replace(",", " ").split()
    found: set[str] = set()
    while words and (hit := _last_region(words)):
        code, used = hit
        if used == len(words) and not found and context.names.find(" ".join(words)).service:
            break  # "ch" or "x" alone is asked for as a service
        found.add(code)
        words = words[:-used]
        if words and words[-1].casefold() in ("in", "and", "for", "the"):
            words = words[:-1]
    answer = context.names.find(" ".join(words))
    if answer.service is None and not found:
        for cut in range(len(words) - 1, 0, -1):
            exact = context.names.find(" ".join(words[:cut]))
            if exact.service:
                return Asked(exact.service, wrong=" ".join(words[cut:]))
    return Asked(answer.service, frozenset(found), nearest=answer.nearest)


def _last_region(words: list[str]) -> tuple[str, int] | None:
    """The region that the last words name, and how many words it took; the longest name wins."""
    for used in range(min(4, len(words)), 0, -1):
        if code := regions.parse(" ".join(words[-used:])):
            return code, used
    return None


def regions_here(request: Request, context: Context, service: str) -> frozenset[str]:
    """The regions of a person: of the subscription, else of the chat, else unknown."""
    for subscription in context.store.subscriptions(request.address):
        if subscription.service == service:
            return subscription.regions
    return context.store.regions(request.address)


def missing(command: str, what: str = "a service") -> Message:
    return say(f"/{command} needs {what}, for example: /{command} linkedin")


def not_found(command: str, typed: str, nearest: tuple[Service, ...]) -> Message:
    """Offer the nearest; say how to ask for what we do not have."""
    if len(typed) > MAX_TYPED:
        return say("That is too long for the name of a service. Send just its name, for example: linkedin")
    if nearest:
        names = join([service.name for service in nearest], "or")
        offers = [Action(service.name, f"{command} {service.id}") for service in nearest]
        return say(f"Did you mean {names}?", f"I do not know “{typed}”. /services lists what I know.", actions=offers)
    return say(
        f"I do not know “{typed}”.",
        "/services lists what I know. To ask for a service, open an issue where this bot's source code is, "
        "or write to the operator: /privacy says how.",
    )


def wrong_region(typed: str) -> Message:
    return say(
        f"I do not know the region “{typed[:60]}”.",
        "Regions are EU, EEA, UK, Switzerland, or a country by its name, for example: norway",
    )
