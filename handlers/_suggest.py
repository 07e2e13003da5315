"""Autocompletion: suggestions for an argument while somebody types it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot import locales, regions
from bot.conversation import slots, vocabulary, zones
from bot.locales import _
from bot.message import Action, Message
from bot.model import Service
from bot.naming import NOWHERE, nearness
from bot.platform import Hint
from bot.preferences import DAYS
from bot.render import labels
from bot.understand import topics
from handlers import threshold
from handlers._base import Context

#: The most suggestions at once.
MOST = 25
#: The characters that are read.
LONGEST = 100
#: The zones offered before anything is typed.
_USUAL_ZONES = ("Europe/Brussels", "Europe/London", "Europe/Lisbon", "Europe/Athens")


def suggest(hint: Hint, context: Context) -> Message:
    """Up to 25 suggestions as actions: the label, and what to type."""
    typed = hint.typed.strip()[:LONGEST]
    offers = _MAKERS[hint.kind](typed, hint, context)
    return Message((), tuple(offers[:MOST]))


# -- services


def _services(typed: str, _hint: Hint, context: Context) -> list[Action]:
    """All services: popular ones if nothing is typed, else the nearest."""
    popular = _popular(context)
    if not typed:
        return _offers(popular.values())
    guess = context.names.find(typed, limit=5)
    found = context.names.search(typed, [popular, context.known.guides])
    if guess.service:
        found.insert(0, guess.service)
    return _offers([*found, *guess.nearest])


def _cards(typed: str, hint: Hint, context: Context) -> list[Action]:
    """Services with regions after them: "linkedin switzerland"."""
    named = slots.find(typed, context.names, context.today)
    behind = "".join(f" {code.casefold()}" for code in sorted(named.regions))
    if not named.services:
        return _services(typed, hint, context)
    return [Action(each.name, f"{each.id}{behind}") for each in named.services]


def _followed(typed: str, hint: Hint, context: Context) -> list[Action]:
    """The services that the chat follows; before anything is typed, also "all"."""
    mine = _mine(hint, context)
    found = context.names.search(typed, [mine]) if typed else list(mine.values())
    offers = _offers(each for each in found if each.id in mine)
    if not typed or "all".startswith(typed.casefold()):
        offers.append(Action(_("All of them"), "all"))
    return offers


def _followed_first(typed: str, hint: Hint, context: Context) -> list[Action]:
    """All services, those that the chat follows first."""
    mine = _followed(typed, hint, context)
    others = _services(typed, hint, context)
    unique = {each.command: each for each in (*mine, *others) if each.command != "all"}
    return list(unique.values())


def _mine(hint: Hint, context: Context) -> dict[str, Service]:
    if hint.address is None:
        return {}
    followed = context.store.subscriptions.of(hint.address)
    services = (context.names.get(each.service) for each in followed)
    return {service.id: service for service in services if service}


def _popular(context: Context) -> dict[str, Service]:
    """The services of the starter packs, by id."""
    services = (context.names.get(service_id) for service_id in context.known.popular)
    return {service.id: service for service in services if service}


def _offers(services: Iterable[Service]) -> list[Action]:
    unique = {service.id: service for service in services}
    return [Action(service.name, service.id) for service in unique.values()]


# -- closed sets


def _regions(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    """Regions by their names in English and in the current language, and by their codes."""
    exact = set(regions.meant(typed)) if typed else set()
    codes = (*regions.GROUPS, *sorted(regions.EEA, key=labels.in_order))
    found = [(code, (labels.label(code), *_names_of_region(code))) for code in codes]
    near = _nearest(typed, [(names, Action(names[0], code.casefold())) for code, names in found])
    first = [Action(labels.label(code), code.casefold()) for code in codes if code in exact]
    return list({each.command: each for each in (*first, *near)}.values())


def _names_of_region(code: str) -> Iterator[str]:
    for where in locales.both():
        yield where.territories.get({"UK": "GB"}.get(code, code), "")


def _topics(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    """Topics; after a comma another one, so that several can be chosen at once."""
    before, comma, last = typed.rpartition(",")
    ready = f"{before.strip()} " if comma else ""
    offers = [
        ((labels.topic(topic), topic), Action(f"{ready}{labels.topic(topic)}", f"{ready}{topic}"))
        for topic in topics.TOPICS
    ]
    meant = vocabulary.chosen(last, "topics")
    named = [action for names, action in offers if names[1] in meant]
    return list(dict.fromkeys([*named, *_nearest(last.strip(), offers)]))


def _levels(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    choices = threshold.LEVELS.values()
    return _nearest(
        typed, [((_(each.label), each.name), Action(_(each.label), each.name)) for each in choices]
    )


def _languages(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    offers = []
    for code in locales.languages():
        names = [code, locales.name_of(code)]
        names += [where.languages.get(code, code) for where in locales.both()]
        offers.append((names, Action(locales.name_of(code), code)))
    return _nearest(typed, offers)


def _days(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    offers = []
    for number, name in enumerate(DAYS):
        label = labels.weekday(number)
        offers.append(((label, name), Action(label, name)))
    return _nearest(typed, offers)


def _switches(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    return _of_two(typed, _("on"), _("off"))


def _reminders(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    return _of_two(typed, _("As usual"), _("Off"))


def _of_two(typed: str, on: str, off: str) -> list[Action]:
    """A suggestion to switch on or off, by its label."""
    offers = [(on, "on"), (off, "off")]
    return _nearest(typed, [((label, name), Action(label, name)) for label, name in offers])


def _zones(typed: str, _hint: Hint, _context: Context) -> list[Action]:
    found = [*([zones.zone_of(typed)] if typed else _USUAL_ZONES), *zones.beginning(typed)]
    unique = dict.fromkeys(zone for zone in found if zone)
    return [Action(zones.label(zone), zone) for zone in unique]


def _nearest(typed: str, offers: Iterable[tuple[Sequence[str], Action]]) -> list[Action]:
    """The offers with a name that matches the input, the nearest first."""
    ranked = []
    for names, action in offers:
        near = min((nearness(typed, name) for name in names if name), default=NOWHERE)
        if near < NOWHERE:
            ranked.append((near, action))
    return [action for _near, action in sorted(ranked, key=lambda each: each[0])]


_MAKERS: dict[str, Callable[[str, Hint, Context], list[Action]]] = {
    "service": _services,
    "card": _cards,
    "followed": _followed,
    "followed first": _followed_first,
    "region": _regions,
    "topic": _topics,
    "level": _levels,
    "language": _languages,
    "day": _days,
    "switch": _switches,
    "zone": _zones,
    "reminders": _reminders,
}
