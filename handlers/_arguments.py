"""Arguments of commands: services, regions, or a question back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot import regions
from bot.catalogue.names import BUNDLE, MAX_TYPED
from bot.catalogue.offered import control_about
from bot.conversation import vocabulary
from bot.locales import _
from bot.message import Action, Message
from bot.model import Service
from bot.naming import fold
from bot.platform import Request
from bot.render.blocks import quoted, say, short
from bot.render.labels import join
from bot.understand import typed_regions
from handlers._base import Context

#: The default regions: everything the product is for.
EVERYWHERE = frozenset({"EEA", "UK", "CH"})
#: The most entries of a pasted list that are read, and the most words of a part.
MANY = 60
#: The most words of a service's name in a list.
LONGEST_NAME = 3
#: A longer line, in words, is not a name followed by regions.
NAME_AND_REGION = 10
_BETWEEN = re.compile(r"[,;\n•|]+")
_AND = ("and", "und", "et", "e", "y", "en", "i")
#: The most regions in a button's command.
FEW = 3
#: The most letters of a name that a button suggests.
SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A service and region codes; `wrong` is what was typed in place of a region."""

    service: Service | None
    regions: frozenset[str] = frozenset()
    wrong: str = ""
    nearest: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """The services of a pasted list, the regions after it, and the words that name neither."""

    services: list[Service]
    regions: frozenset[str]
    unknown: list[str]


def read(text: str, context: Context) -> Asked:
    """A service with its regions: `google maps in norway, uk` is Google Maps in NO and UK."""
    found, words = _regions_of_list(text[: 2 * MAX_TYPED], context)
    answer = context.names.find(" ".join(words))
    if answer.service is not None or found or answer.close:
        return Asked(answer.service, found, nearest=answer.nearest)
    for cut in range(len(words) - 1, 0, -1):
        exact = context.names.find(" ".join(words[:cut]))
        if exact.service is None:
            continue
        rest = words[cut:]
        if typed_regions.only_around(rest):
            return Asked(exact.service)
        return Asked(exact.service, wrong=" ".join(rest))
    return Asked(None, nearest=answer.nearest)


def read_control(text: str, context: Context) -> Asked:
    """A service with the id of one of its controls in `wrong`, else as `read`.

    In buttons, "google ads" is Google's control of ads and not the service Google Ads.
    """
    service, control, *where = [*text.split(), "", ""]
    guide = context.known.guide(service)
    if guide is None or control not in {each.id for each in guide.controls}:
        return read(text, context)
    codes, _left = _regions_behind(list(filter(None, where)), context)
    return Asked(context.names.get(service), codes, wrong=control)


def _regions_of_list(text: str, context: Context) -> tuple[frozenset[str], list[str]]:
    """The region codes at the end of a line, with or without commas, and the words before them."""
    *parts, last = text.split(",")
    found, left = _regions_behind(last.split(), context, alone=not parts)
    while parts and not left:
        *parts, last = parts
        codes, left = _regions_behind(last.split(), context, alone=not parts)
        found |= codes
    return found, " ".join([*parts, *left]).split()


def several(text: str, context: Context) -> Listed:
    """The services of a pasted list and the regions after it; longer names are tried first."""
    if text.startswith(BUNDLE):
        return _unbundled(text.removeprefix(BUNDLE).split(), context)
    found: dict[str, Service] = {}
    unknown: list[str] = []
    where: frozenset[str] = frozenset()
    for part in _BETWEEN.split(text[: MANY * 40]):
        codes, words = _regions_behind(part.split()[:MANY], context)
        where |= codes
        left = []
        while words:
            service, used = _longest(words, context)
            if service:
                found[service.id] = service
            elif words[0].casefold() not in _AND:
                left.append(words[0])
            words = words[used:]
        if left:
            unknown.append(" ".join(left))
    return Listed(list(found.values()), where, unknown)


def _unbundled(words: list[str], context: Context) -> Listed:
    """The services and regions of a button: a bundle in one word, then region codes."""
    bundle = words[0] if words else ""
    behind = words[1:]
    codes = {regions.parse(word) for word in behind}
    services = {service.id: service for service in context.names.unbundled(bundle[: MANY * 4])}
    return Listed(list(services.values()), frozenset(filter(None, codes)), [])


def _longest(words: list[str], context: Context) -> tuple[Service | None, int]:
    """The service that the first words name, or None, and the number of words used."""
    for used in range(min(LONGEST_NAME, len(words)), 0, -1):
        if service := context.names.exactly(" ".join(words[:used])):
            return service, used
    return context.names.find(words[0]).service, 1


def _regions_behind(
    words: list[str], context: Context, alone: bool = True
) -> tuple[frozenset[str], list[str]]:
    """The region codes that the last words name, and the words before them.

    Air France is a service, not air in France. Words that are `alone` and resemble a service's name
    ("ch", "x") are taken as that service.
    """
    codes, left = typed_regions.behind(
        words, lambda before: context.names.exactly(" ".join(before)) is not None
    )
    is_one_code = len(codes) == 1 and not left
    if alone and is_one_code and context.names.find(" ".join(words)).service:
        return frozenset(), words
    return codes, left


def regions_typed(codes: Iterable[str]) -> str:
    """Regions as typed after a service in a command line; a button has room for a few."""
    return "".join(f" {code.casefold()}" for code in sorted(codes)[:FEW])


def control_typed(said: str, service: str, context: Context) -> str:
    """The control that a sentence is about, as typed after a service in a command line; or ""."""
    topics = vocabulary.chosen(said, "topics")
    control = control_about(topics, service, context.chat.regions, context.known)
    return f" {control.id}" if control else ""


def is_all(typed: str) -> bool:
    """Whether somebody types "all", in any language."""
    return len(typed.split()) == 1 and bool(vocabulary.chosen(typed, "everything"))


def regions_here(request: Request, context: Context, service: str) -> frozenset[str]:
    """The regions of the subscription to a service, else of the chat; empty if unknown."""
    for subscription in context.store.subscriptions.of(request.address):
        if subscription.service == service:
            return subscription.regions
    return context.chat.regions


def regions_of_reader(request: Request, context: Context, service: str) -> frozenset[str]:
    """The regions of the reader; if nobody else reads the answer, those of their own chat.

    Somebody who follows everything for one region lives there, whatever service they ask about.
    """
    if request.unseen and request.home:
        settings = context.store.preferences.get(request.home)
        if settings and settings.regions:
            return settings.regions
    return regions_here(request, context, service) or regions_of_all(request, context)


def regions_of_all(request: Request, context: Context) -> frozenset[str]:
    """The regions of a chat's subscriptions if they are the same for all, else empty."""
    found = {each.regions for each in context.store.subscriptions.of(request.address)}
    if len(found) != 1 or EVERYWHERE in found:
        return frozenset()
    return found.pop()


def followed(request: Request, context: Context) -> list[str]:
    """The services that a chat follows."""
    return [each.service for each in context.store.subscriptions.of(request.address)]


def somewhere(context: Context) -> frozenset[str]:
    """The regions of a chat, or EVERYWHERE if it chose none."""
    return context.chat.regions or EVERYWHERE


def missing(command: str) -> Message:
    """Ask for the service that a command needs."""
    return say(_("Which service? For example: {example}", example=f"/{command} linkedin"))


def not_found(command: str, typed: str, nearest: tuple[Service, ...]) -> Message:
    """Offer the nearest services, or say how to suggest a missing one."""
    if len(typed) > MAX_TYPED:
        return say(
            _(
                "That is too long for the name of a service. "
                "Send just its name, for example: linkedin"
            )
        )
    if nearest:
        return _meant_perhaps(command, typed, nearest)
    said = say(_("I do not know “{typed}”.", typed=typed), _("/services lists what I know."))
    return replace(said, actions=(_suggesting(typed),))


def with_unknown(answer: Message, unknown: Sequence[str]) -> Message:
    """The answer to a list, preceded by the names in it that are unknown."""
    if not unknown:
        return answer
    names = join([quoted(short(name, 40)) for name in unknown])
    left_out = say(_("I do not know {names}.", names=names)).blocks
    suggestions = tuple(map(_suggesting, unknown[:1]))
    return replace(
        answer, blocks=(*left_out, *answer.blocks), actions=(*answer.actions, *suggestions)
    )


def _suggesting(typed: str) -> Action:
    """The button that suggests a missing service to the operator."""
    return Action(_("Suggest this service"), f"suggest {short(typed, SUGGESTED)}", personal=True)


def _meant_perhaps(command: str, typed: str, nearest: tuple[Service, ...]) -> Message:
    names = join([service.name for service in nearest], "or")
    offers = [Action(service.name, f"{command} {service.id}") for service in nearest]
    unknown = _("I do not know “{typed}”.", typed=typed)
    if {fold(service.owner) for service in nearest} == {fold(typed)}:
        unknown = _("{company} runs several services.", company=nearest[0].owner)
    else:
        offers.append(_suggesting(typed))
    listed = _("/services lists what I know.")
    return say(_("Did you mean {names}?", names=names), f"{unknown} {listed}", actions=offers)


def wrong_region(typed: str) -> Message:
    """The answer to an unknown region, with the possible ones."""
    return say(
        _("I do not know the region “{typed}”.", typed=typed[:60]),
        _("Regions are EU, EEA, UK, Switzerland, or a country by its name, for example: norway"),
    )


def nothing_followed() -> Message:
    """The answer to a chat without subscriptions."""
    return say(
        _("You follow nothing yet. Start with one: /subscribe linkedin eu"),
        actions=[Action(_("Choose services"), "setup"), Action(_("See all services"), "services")],
    )
