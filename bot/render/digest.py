"""Digests: several alerts as one message, by service, then the smaller changes.

The alerts waited for a daily or weekly digest, or for a chat to return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert
from bot.locales import _, n_
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Story
from bot.render.alert import lead_for
from bot.render.blocks import (
    MAX_URL,
    Words,
    bold,
    fill,
    headed,
    link,
    listing,
    note,
    short,
    text,
    title,
)
from bot.render.control import in_doubt, named
from bot.render.digest_lines import (
    BUTTONS,
    in_a_line,
    number_of,
    numbered,
    quoted,
    service_of,
    told,
)
from bot.render.excerpts import for_reader
from bot.render.labels import day, terms
from bot.render.opt_out import Way, control_of
from bot.render.reader import Reader
from bot.verdicts import Link

#: With more changes than this, none is quoted.
QUOTED = 8
#: The most services that are named with their opt-out; the rest are counted.
SERVICES = 20
#: With more services than this there are no links, because the parts to keep must fit.
LINKED = 5
#: The most characters of all lines of smaller changes: about half of a platform's limit.
SMALL_LENGTH = 2000
#: Changes recorded longer ago than this are not of this week.
LATELY_DAYS = 8


def digest(
    alerts: Sequence[Alert],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Callable[[str], Sequence[Story]] = lambda _: (),
    daily: bool = False,
) -> Message:
    """One message: the main changes by service, then the smaller ones, a line each.

    Stories are shortened if there is little room; the opt-out of each service is not. `touched`
    returns the stories that put a service's controls in doubt. Smaller changes alone make no sound;
    their heading mentions the week unless they come `daily`.
    """
    main = sorted(
        (alert for alert in alerts if not alert.digest),
        key=lambda alert: (names.label(service_of(alert)).casefold(), *_weightiest_first(alert)),
    )
    small = sorted((alert for alert in alerts if alert.digest), key=_weightiest_first)
    heading = _heading(alerts, _sorted(_by_service(alerts), names), names)
    if not main:
        heading = headed(_smaller(small, reader.today, daily), heading)
    blocks = [title(bold(heading))]
    numbers = numbered([*main, *small])
    blocks += _main(main, reader, known, names, touched, numbers)
    if small:
        blocks += _small(small, bool(main), numbers, reader, names)
    blocks += _notes(len(_by_service(main)) - SERVICES)
    buttons = tuple(_actions([*main, *small], numbers, names))
    return Message(tuple(blocks), buttons, private=False, quiet=not main)


def _main(
    alerts: Sequence[Alert],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Callable[[str], Sequence[Story]],
    numbers: Mapping[int, int],
) -> Iterator[Block]:
    """The main changes by service, each with its opt-out; `numbers` are those of the buttons.

    If there are few changes, they are quoted.
    """
    grouped = _by_service(alerts)
    ordered = _sorted(grouped, names)
    for service in ordered[:SERVICES]:
        mine = grouped[service]
        name = names.label(service)
        way_out: list[Words] = [_("How to opt out:") + f" /howto {service}"]
        if len(ordered) <= LINKED:
            way = Way(service, reader, known, names, touched(service))
            way_out = list(_way_out(mine, way))
        yield text(bold(name))
        if len(alerts) <= QUOTED:
            for alert in mine:
                yield listing([list(told(alert, numbers, name, reader))], 30)
                yield from quoted(alert, reader)
        else:
            yield listing([list(told(alert, numbers, name, reader)) for alert in mine], 30)
        yield text(*way_out)


def _small(
    alerts: Sequence[Alert],
    below_others: bool,
    numbers: Mapping[int, int],
    reader: Reader,
    names: Names,
) -> Iterator[Block]:
    """The smaller changes, a line each, as many as fit; the rest are counted."""
    if below_others:
        yield text(bold(_("Smaller changes")))
    lines: list[tuple[Span, ...]] = []
    length = 0
    for alert in alerts:
        said = in_a_line(alert, numbers, reader, names)
        length += sum(len(span.text) for span in said)
        if lines and length > SMALL_LENGTH:
            break
        lines.append(said)
    yield Block("list", tuple(lines), 20)
    if more := len(alerts) - len(lines):
        command = "/recent"
        left = n_(
            "And {count} more: {command}", "And {count} more: {command}", more, command=command
        )
        yield note(left, weight=KEEP)
    howtos = [f"/howto {service}" for service in _sorted(_by_service(alerts), names)[:SERVICES]]
    yield text(bold(_("How to opt out:") + " "), " · ".join(howtos))


def _smaller(alerts: Sequence[Alert], today: date, daily: bool) -> str:
    """The heading of smaller changes alone."""
    since = min(alert.story.lead.recorded for alert in alerts)
    if (today - since.date()).days > LATELY_DAYS:
        return _("Smaller changes since {day}", day=day(since))
    return _("Smaller changes") if daily else _("This week’s smaller changes")


def _weightiest_first(alert: Alert) -> tuple[int, datetime, int]:
    lead = lead_for(alert.story, alert.services)
    return -lead.severity, lead.recorded, alert.id


def _sorted(services: Iterable[str], names: Names) -> list[str]:
    return sorted(services, key=lambda service: names.label(service).casefold())


def _by_service(alerts: Sequence[Alert]) -> dict[str, list[Alert]]:
    grouped: dict[str, list[Alert]] = {}
    for alert in alerts:
        grouped.setdefault(service_of(alert), []).append(alert)
    return grouped


def _heading(alerts: Sequence[Alert], services: Sequence[str], names: Names) -> str:
    """The number of changes and of services; a single service is named."""
    changes = n_("{count} change", "{count} changes", len({alert.story.id for alert in alerts}))
    if len(services) == 1:
        return f"{changes} · {names.label(services[0])}"
    of = n_("{count} service", "{count} services", len(services))
    return f"{changes} · {of}"


def _notes(more: int) -> Iterator[Block]:
    """The number of services that are not named, and how to hear less."""
    if more > 0:
        left = n_(
            "And {count} more service; its changes: {command}",
            "And {count} more services; their changes: {command}",
            more,
            command="/recent",
        )
        yield note(left, weight=KEEP)
    stop = _(
        "To stop hearing about one: {stop} and its name. To hear sooner or later: {when}",
        stop="/unsubscribe",
        when="/when",
    )
    yield note(stop, weight=KEEP)


def _way_out(alerts: Sequence[Alert], way: Way) -> Iterator[Words]:
    """The opt-out of a service: a control's page, else the text's own link, else a command."""
    command = f"/howto {way.service}"
    stories = [alert.story for alert in alerts]
    yield bold(_("How to opt out:") + " ")
    for story in stories:
        shown = for_reader(story.lead, way.reader.regions)[:1]
        control = control_of(story, shown, way)
        if control is None or not control.link:
            continue
        yield link(named(control), control.link)
        if in_doubt(control, [*stories, *way.touched]):
            yield " " + _("(in doubt since the text changed)")
        yield " · " + _("step by step: {command}", command=command)
        return
    if found := _own_link(stories):
        template = _("the text itself links {link}; what else you can do: {command}")
        yield from fill(template, link=found, command=command)
    elif way.known.guide(way.service):
        yield command
    else:
        yield _("no opt-out is known. What you can do: {command}", command=command)


def _own_link(stories: Sequence[Story]) -> Span | None:
    """The first opt-out link in the changed texts, or None."""
    for story in stories:
        for found in story.lead.links:
            if len(found.url) <= MAX_URL:
                return _link(found)
    return None


def _link(found: Link) -> Span:
    return link(short(found.label) or found.url, found.url)


def _actions(alerts: Sequence[Alert], numbers: Mapping[int, int], names: Names) -> Iterator[Action]:
    """A button for each of the first stories, labelled with its document."""
    seen = {alert.story.id: alert for alert in alerts}
    for story_id, alert in list(seen.items())[:BUTTONS]:
        document = short(terms(alert.story.lead.terms_type)) or _("News")
        label = f"{number_of(alert, numbers)}{names.label(service_of(alert))} {document}"
        yield Action(short(label, 40), f"story {story_id}")
