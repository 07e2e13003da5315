"""Reading what people type after a command: services, regions, or something to ask back about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import regions
from bot.catalogue.names import MAX_TYPED
from bot.locales import _
from bot.message import Action, Message
from bot.model import Service
from bot.naming import fold
from bot.platform import Request
from bot.render.blocks import say
from bot.render.labels import join
from bot.understand import typed_regions
from handlers._base import Context

#: Where nothing was chosen: everything the product is for.
EVERYWHERE = frozenset({"EEA", "UK", "CH"})
#: Of a pasted list so much is read.
MANY, LONGEST_NAME = 60, 3
#: A longer line is no name with regions behind it.
NAME_AND_REGION = 10
_BETWEEN = re.compile(r"[,;\n•|]+")
#: Marks short names for several services, as buttons carry them.
BUNDLE = "*"


@dataclass(frozen=True, slots=True)
class Asked:
    """A service and region codes; `wrong` is what was typed where a region was expected."""

    service: Service | None
    regions: frozenset[str] = frozenset()
    wrong: str = ""
    nearest: tuple[Service, ...] = ()


def read(text: str, context: Context) -> Asked:
    """`google maps in norway, uk` is Google Maps in NO and UK."""
    found, words = _regions_of_list(text, context)
    answer = context.names.find(" ".join(words))
    if answer.service is None and not found:
        for cut in range(len(words) - 1, 0, -1):
            exact = context.names.find(" ".join(words[:cut]))
            if exact.service:
                rest = words[cut:]
                wrong = "" if typed_regions.only_around(rest) else " ".join(rest)
                return Asked(exact.service, wrong=wrong)
    return Asked(answer.service, found, nearest=answer.nearest)


def _regions_of_list(text: str, context: Context) -> tuple[frozenset[str], list[str]]:
    """Region codes at the end of a line in which commas part them, and the words before them."""
    *parts, last = text.split(",")
    found, left = _regions_behind(last.split(), context, alone=not parts)
    while parts and not left:
        *parts, last = parts
        codes, left = _regions_behind(last.split(), context, alone=not parts)
        found |= codes
    return found, " ".join([*parts, *left]).split()


def several(text: str, context: Context) -> tuple[list[Service], frozenset[str], list[str]]:
    """The services of a pasted list, the regions behind it, and the words that name neither. The longest names first."""
    if text.startswith(BUNDLE):
        bundle, *behind = text.removeprefix(BUNDLE).split()
        codes = frozenset(code for word in behind if (code := regions.parse(word)))
        return context.names.unbundled(bundle), codes, []
    found: dict[str, Service] = {}
    unknown: list[str] = []
    where: frozenset[str] = frozenset()
    for part in _BETWEEN.split(text[: MANY * 40]):
        codes, words = _regions_behind(part.split()[:MANY], context)
        where |= codes
        while words:
            service, used = _longest(words, context)
            if service:
                found[service.id] = service
            elif words[0].casefold() not in ("and", "und", "et", "e", "y", "en", "i"):
                unknown.append(words[0])
            words = words[used:]
    return list(found.values()), where, unknown


def _longest(words: list[str], context: Context) -> tuple[Service | None, int]:
    for used in range(min(LONGEST_NAME, len(words)), 0, -1):
        if service := context.names.exactly(" ".join(words[:used])):
            return service, used
    return context.names.find(words[0]).service, 1


def _regions_behind(
    words: list[str], context: Context, alone: bool = True
) -> tuple[frozenset[str], list[str]]:
    """Region codes that the last words name, and the words before them. Air France is a service, not air in France.

    Words that stand `alone` and are like a service's name ("ch", "x") are asked for as that service.
    """
    codes, left = typed_regions.behind(
        words, lambda before: context.names.exactly(" ".join(before)) is not None
    )
    if (
        alone
        and codes
        and not left
        and len(codes) == 1
        and context.names.find(" ".join(words)).service
    ):
        return frozenset(), words
    return codes, left


def regions_here(request: Request, context: Context, service: str) -> frozenset[str]:
    """The regions of a person: of the subscription, else of the chat, else unknown."""
    for subscription in context.store.subscriptions.of(request.address):
        if subscription.service == service:
            return subscription.regions
    return context.chat.regions


def followed(request: Request, context: Context) -> list[str]:
    """The services that a chat follows."""
    return [
        subscription.service for subscription in context.store.subscriptions.of(request.address)
    ]


def somewhere(request: Request, context: Context) -> frozenset[str]:
    """The regions of a chat, or everywhere where it chose none."""
    return context.chat.regions or EVERYWHERE


def missing(command: str) -> Message:
    return say(_("Which service? For example: {example}", example=f"/{command} linkedin"))


def not_found(command: str, typed: str, nearest: tuple[Service, ...]) -> Message:
    """Offer the nearest; say how to ask for what we do not have."""
    if len(typed) > MAX_TYPED:
        return say(
            _(
                "That is too long for the name of a service. Send just its name, for example: linkedin"
            )
        )
    unknown = _("I do not know “{typed}”.", typed=typed)
    if nearest:
        names = join([service.name for service in nearest], "or")
        offers = [Action(service.name, f"{command} {service.id}") for service in nearest]
        if all(fold(service.owner) == fold(typed) for service in nearest):
            unknown = _("{company} runs several services.", company=nearest[0].owner)
        return say(
            _("Did you mean {names}?", names=names),
            unknown + " " + _("/services lists what I know."),
            actions=offers,
        )
    return say(
        unknown,
        _("/services lists what I know. To ask for a service, open an issue where this bot's source code is, or write to "
          "the operator: /about says where."),
    )  # fmt: skip


def wrong_region(typed: str) -> Message:
    return say(
        _("I do not know the region “{typed}”.", typed=typed[:60]),
        _("Regions are EU, EEA, UK, Switzerland, or a country by its name, for example: norway"),
    )


def nothing_followed() -> Message:
    return say(
        _("You follow nothing yet. Start with one: /subscribe linkedin eu"),
        actions=[Action(_("Choose services"), "setup"), Action(_("See all services"), "services")],
    )
