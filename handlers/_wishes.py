"""The command lines that do what a sentence asks for; each is a wish, shown as a button.

Wishes that take something away, and guesses, need a press.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import regions
from bot.catalogue.names import BUNDLE
from bot.conversation import vocabulary, zones
from bot.conversation.intents import Intent
from bot.conversation.reading import Reading
from bot.locales import N_, _, name_of
from bot.model import Service
from bot.preferences import Schedule
from bot.render import labels
from bot.render.blocks import headed, short
from bot.render.labels import day, join, places, weekday
from handlers import _arguments, setup, threshold, when
from handlers._base import Context
from handlers.letter import FORMS

#: The most services of a sentence that are offered.
MOST = 8
#: The most services of a button.
BUNDLED = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """A command line, and the label of its button.

    `asks` says that it needs a press.
    """

    line: str
    label: str
    asks: bool = False


def wishes(reading: Reading, context: Context) -> tuple[Wish, ...]:
    """The command lines for a reading, the likeliest first; empty for small talk."""
    make = _MAKERS.get(reading.intent)
    return tuple(make(reading, context)) if make else ()


def _where(reading: Reading) -> str:
    """The regions of a sentence as typed after a service in a command line."""
    return _arguments.regions_typed(reading.slots.regions)


def _howto(reading: Reading, context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        label = _("How to opt out: {name}", name=short(service.name, 40))
        about = _arguments.control_typed(reading.said, service.id, context)
        yield Wish(f"howto {service.id}{about}{_where(reading)}", label)
    if not reading.services:
        yield Wish("checklist", _("What you can opt out of"))


def _subscribe(reading: Reading, context: Context) -> Iterator[Wish]:
    if not reading.services:
        for pack in vocabulary.chosen(reading.said, "packs"):
            yield Wish(f"setup pack {pack}", _(setup.PACKS[pack]))
        yield Wish("setup packs", _("Choose services"))
        return
    if reading.any_of_them:
        for service in reading.services[:MOST]:
            yield _following([service], reading, context, asks=True)
        return
    for part in parts(reading.services):
        yield _following(part, reading, context)


def parts(services: Sequence[Service]) -> Iterator[Sequence[Service]]:
    """Groups of services, each as many as a button carries."""
    for start in range(0, len(services), BUNDLED):
        yield services[start : start + BUNDLED]


def _bundle(services: Sequence[Service], context: Context) -> str:
    """Services as a command line on a button names them."""
    return services[0].id if len(services) == 1 else bundled(services, context)


def bundled(services: Sequence[Service], context: Context) -> str:
    """The bundle of several services in one short word."""
    return BUNDLE + context.names.bundled(service.id for service in services)


def named(services: Sequence[Service]) -> str:
    """Services as a button's label names them."""
    return short(", ".join(service.name for service in services), 60)


def _following(
    services: Sequence[Service], reading: Reading, context: Context, asks: bool = False
) -> Wish:
    names = named(services)
    what = _bundle(services, context)
    return Wish(f"subscribe {what}{_where(reading)}", _("Follow {names}", names=names), asks)


def _unsubscribe(reading: Reading, context: Context) -> Iterator[Wish]:
    several = len(reading.services) > 1
    if several and not reading.any_of_them:
        for part in parts(reading.services):
            names = short(", ".join(service.name for service in part), 50)
            label = _("Unsubscribe: {name}", name=names)
            yield Wish(f"unsubscribe {_bundle(part, context)}", label, asks=True)
    for service in reading.services[:MOST]:
        label = _("Unsubscribe: {name}", name=short(service.name, 40))
        yield Wish(f"unsubscribe {service.id}", label, asks=True)
    if not reading.services:
        yield Wish("unsubscribe all", _("Unsubscribe from all"), asks=True)
        yield Wish("mute all", _("Mute everything for a week"), asks=True)


def _delete_account(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        name = short(service.name, 40)
        label = _("Letter to {name}: erase my data", name=name)
        yield Wish(f"letter erasure {service.id}{_where(reading)}", label, asks=True)
    if not reading.services:
        yield Wish("letter", _("Write a letter"), asks=True)
        yield Wish("forget", _("Erase everything about this chat"), asks=True)


def _letter(reading: Reading, _context: Context) -> Iterator[Wish]:
    chosen = vocabulary.chosen(reading.said, "letters")
    kinds = {form.name: form.help for form in FORMS}
    if not reading.services:
        yield Wish("letter", _("Write a letter"))
    for service in reading.services[:MOST]:
        for kind in chosen[:1] or kinds:
            label = headed(short(service.name, 30), _(kinds[kind]))
            line = f"letter {kind} {service.id}{_where(reading)}"
            yield Wish(line, label, asks=not chosen or reading.any_of_them)


def _recent(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        line = f"recent {service.id}{_lately(reading)}"
        yield Wish(line, _("Recent changes: {name}", name=service.name))
    if not reading.services:
        yield Wish(f"recent{_lately(reading)}", _("Recent changes"))


def _lately(reading: Reading) -> str:
    days = reading.slots.times.days
    return f" {days}d" if days else ""


def _why(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        yield Wish(f"why {service.id}", _("Told, or not: {name}", name=service.name))
    if not reading.services:
        yield Wish("why", _("Why I was told"))


def _status(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        yield Wish(f"status {service.id}", service.name)
    if not reading.services:
        yield Wish("subscriptions", _("What I follow"))


def _services(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        yield Wish(f"services {service.id}", service.name)
    if not reading.services:
        yield Wish("services", _("See all services"))


def _region(reading: Reading, _context: Context) -> Iterator[Wish]:
    codes = sorted(reading.slots.regions)
    if codes:
        is_ours = all(regions.countries(code) <= regions.EUROPE for code in codes)
        yield Wish(f"region {', '.join(codes).casefold()}", places(codes), asks=not is_ours)
    else:
        yield Wish("region", _("Choose where you are"))


def _language(reading: Reading, _context: Context) -> Iterator[Wish]:
    for code in reading.slots.languages[:1]:
        yield Wish(f"language {code}", name_of(code))
    if not reading.slots.languages:
        yield Wish("language", _("Choose a language"))


def _mute(reading: Reading, context: Context) -> Iterator[Wish]:
    times = reading.slots.times
    days = times.days or 7
    until = times.until or context.today + timedelta(days=days)
    said = f"{days} days"
    if times.until:
        said = f"until {until.isoformat()}"
    for service in reading.services[:MOST]:
        label = _("Mute {name} until {day}", name=short(service.name, 30), day=day(until))
        yield Wish(f"mute {service.id} {said}", label, asks=True)
    if not reading.services:
        label = _("Mute everything until {day}", day=day(until))
        yield Wish(f"mute all {said}", label, asks=True)


def _unmute(reading: Reading, _context: Context) -> Iterator[Wish]:
    for service in reading.services[:MOST]:
        yield Wish(f"mute {service.id} off", _("Hear of {name} again", name=service.name))
    if not reading.services:
        yield Wish("mute all off", _("Hear of everything again"))


def _topics(reading: Reading, _context: Context) -> Iterator[Wish]:
    topics = vocabulary.chosen(reading.said, "topics")
    if topics and not reading.slots.times.negated:
        label = _("Only {topics}", topics=join([labels.topic(topic) for topic in topics]))
        yield Wish(f"topics only {' '.join(topics)}", short(label), asks=True)
    else:
        yield Wish("topics", _("Choose topics"))


def _threshold(reading: Reading, _context: Context) -> Iterator[Wish]:
    levels = {choice.name: choice.label for choice in threshold.LEVELS.values()}
    chosen = vocabulary.chosen(reading.said, "levels")[:1] or tuple(levels)
    for name in chosen:
        yield Wish(f"threshold {name}", _(levels[name]), asks=True)


def _when(reading: Reading, context: Context) -> Iterator[Wish]:
    lines = list(when.lines_of(reading.slots.times))
    several = len(reading.slots.times.weekdays) > 1
    for line in lines:
        label = _label_of(context.chat.schedule, line)
        yield Wish(f"when {line}", label, asks=several)
    if reading.slots.zone:
        yield Wish(f"when zone {reading.slots.zone.casefold()}", zones.label(reading.slots.zone))
    elif not lines:
        yield Wish("when", _("When you are told"))


def _label_of(schedule: Schedule, line: str) -> str:
    """The effect of a line on a schedule as a label: "Once a week · Friday, 18:00"."""
    made = when.chosen(schedule, line)
    if made.quiet and made.quiet != schedule.quiet:
        start, end = made.quiet
        return _(
            "Quiet from {start} to {end}.", start=when.clock(start), end=when.clock(end)
        ).rstrip(".")
    if made.silent != schedule.silent:
        return _("Without a sound")
    details = {"weekly": f" · {weekday(made.weekday)}, {when.clock(made.at)}", "now": ""}
    return _(when.MODES[made.mode]) + details.get(made.mode, f" · {when.clock(made.at)}")


def _reminders(reading: Reading, _context: Context) -> Iterator[Wish]:
    if reading.slots.times.negated:
        yield Wish("reminders off", _("No reminders"), asks=True)
    yield Wish("reminders", _("When you are reminded of a coming date"))


def _plain(line: str, label: str) -> Callable[[Reading, Context], Iterator[Wish]]:
    def make(_reading: Reading, _context: Context) -> Iterator[Wish]:
        yield Wish(line, _(label))

    return make


_MAKERS: dict[Intent, Callable[[Reading, Context], Iterator[Wish]]] = {
    Intent.ABOUT: _plain("about", N_("About me")),
    Intent.CHECKLIST: _plain("checklist", N_("What you can opt out of")),
    Intent.EXPORT: _plain("export", N_("What I hold about you, as a file")),
    Intent.FORGET: _plain("forget", N_("Erase everything about this chat")),
    Intent.HELP: _plain("help", N_("Help")),
    Intent.PRIVACY: _plain("privacy", N_("What I store")),
    Intent.SHARE: _plain("share", N_("Share my list")),
    Intent.UNDO: _plain("unsubscribe undo", N_("Undo")),
    Intent.REMINDERS: _reminders,
    Intent.HOWTO: _howto,
    Intent.SUBSCRIBE: _subscribe,
    Intent.UNSUBSCRIBE: _unsubscribe,
    Intent.DELETE_ACCOUNT: _delete_account,
    Intent.LETTER: _letter,
    Intent.RECENT: _recent,
    Intent.WHY: _why,
    Intent.STATUS: _status,
    Intent.SERVICES: _services,
    Intent.REGION: _region,
    Intent.LANGUAGE: _language,
    Intent.MUTE: _mute,
    Intent.UNMUTE: _unmute,
    Intent.TOPICS: _topics,
    Intent.THRESHOLD: _threshold,
    Intent.WHEN: _when,
}
