"""Several alerts as one message: what matters by service, then the smaller changes.

They waited for a daily or weekly digest, or for a chat to come back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.catalogue.offered import control_for
from bot.locales import _, n_
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Alert, Record, Story
from bot.render.alert import MAX_URL, is_elsewhere, lead_for, main_service
from bot.render.blocks import Words, bold, fill, line, link, note, short, text, title
from bot.render.control import in_doubt, named
from bot.render.headline import headline
from bot.render.labels import day, in_days, terms
from bot.render.reader import Reader
from bot.render.reminder import dated
from bot.verdicts import Link

#: Buttons that lead to a story.
BUTTONS = 6
#: Services that are named with their way to opt out; the rest are counted.
SERVICES = 20
#: Of more services than this there are no links, because what must not be cut has to fit.
LINKED = 5
#: Characters of all the lines of smaller changes: about half of what the platforms allow.
SMALL_LENGTH = 2000
#: What was recorded before so many days is not of this week.
LATELY_DAYS = 8


def digest(
    alerts: Sequence[Alert],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Callable[[str], Sequence[Story]] = lambda _: (),
    daily: bool = False,
) -> Message:
    """One message: what matters by service, then the smaller changes, a line each.

    Stories give way where there is little room; the way to opt out of each service does not.
    `touched` tells the stories that put a service's controls in doubt. Smaller changes by
    themselves make no sound; their heading speaks of the week unless they come `daily`.
    """
    main = [alert for alert in alerts if not alert.digest]
    small = sorted((alert for alert in alerts if alert.digest), key=_weightiest_first)
    heading = _heading(alerts, _sorted(_by_service(alerts), names), names)
    if not main:
        heading = f"{_smaller(small, reader.today, daily)}: {heading}"
    blocks = [title(bold(heading))]
    blocks += _main(main, reader, known, names, touched)
    if small:
        blocks += _small(small, bool(main), reader, names)
    blocks += _notes(len(_by_service(main)) - SERVICES)
    buttons = tuple(_actions([*main, *small], names))
    return Message(tuple(blocks), buttons, private=False, quiet=not main)


def _main(
    alerts: Sequence[Alert],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Callable[[str], Sequence[Story]],
) -> Iterator[Block]:
    """What matters, by service, each with its way to opt out."""
    grouped = _by_service(alerts)
    ordered = _sorted(grouped, names)
    for service in ordered[:SERVICES]:
        mine = grouped[service]
        name = names.label(service)
        told = tuple(line(*_told(alert, name, reader)) for alert in mine)
        way_out: list[Words] = [f"{_('How to opt out:')} /howto {service}"]
        if len(ordered) <= LINKED:
            way_out = list(_way_out(mine, service, reader.regions, known, touched(service)))
        yield Block("text", (line(bold(name)),), KEEP)
        yield Block("list", told, 30)
        yield Block("text", (line(*way_out),), KEEP)


def _small(alerts: Sequence[Alert], headed: bool, reader: Reader, names: Names) -> Iterator[Block]:
    """The smaller changes, a line each, as many as there is room for; the rest are counted."""
    if headed:
        yield text(bold(_("Smaller changes")))
    lines: list[tuple[Span, ...]] = []
    length = 0
    for alert in alerts:
        said = _in_a_line(alert, reader, names)
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


def _in_a_line(alert: Alert, reader: Reader, names: Names) -> tuple[Span, ...]:
    """A smaller change: its day, service, document, what it is about, and where to read more."""
    name = names.label(_service(alert))
    lead = lead_for(alert.story, alert.services, reader.regions)
    about = headline(alert.story, name)
    words: list[Words] = []
    if is_elsewhere(lead, reader.regions):
        words.append(bold(_("Not for Europe:") + " "))
    if name not in about:
        words.append(bold(f"{name} · "))
    if not alert.part.is_story:
        words.append(_addition(alert) + " ")
    words.append(f"{day(lead.recorded)}: {about} /story {alert.story.id}")
    return line(*words)


def _smaller(alerts: Sequence[Alert], today: date, daily: bool) -> str:
    """What smaller changes by themselves are called."""
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
        grouped.setdefault(_service(alert), []).append(alert)
    return grouped


def _service(alert: Alert) -> str:
    return main_service(alert.story, alert.services)


def _heading(alerts: Sequence[Alert], services: Sequence[str], names: Names) -> str:
    """How many changes, and of how many services; of one, which."""
    changes = n_("{count} change", "{count} changes", len({alert.story.id for alert in alerts}))
    if len(services) == 1:
        return f"{changes} · {names.label(services[0])}"
    of = n_("{count} service", "{count} services", len(services))
    return f"{changes} · {of}"


def _notes(more: int) -> Iterator[Block]:
    """How many services are not named, and how to hear less."""
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


def _told(alert: Alert, name: str, reader: Reader) -> Iterator[Words]:
    """One alert in a line."""
    lead = lead_for(alert.story, alert.services, reader.regions)
    if is_elsewhere(lead, reader.regions):
        yield bold(_("Not for Europe:") + " ")
    if alert.part.is_reminder:
        yield bold(_("Reminder:") + " ")
        when = lead.effective or reader.today
        yield f"{in_days((when - reader.today).days)}, {dated(lead)}"
        return
    if not alert.part.is_story:
        yield bold(_addition(alert) + " ")
    about = short(terms(lead.terms_type)) or _("News")
    yield f"{about}, {day(lead.recorded)}: {headline(Story(alert.story.id, lead), name)}"


def _addition(alert: Alert) -> str:
    """What came to a story, in a word."""
    return _("Taken back:") if _is_taken_back(alert) else _("An addition:")


def _is_taken_back(alert: Alert) -> bool:
    """Whether the part that came to the story says that the change was undone."""
    for part in alert.story.parts:
        if part.uid == alert.part.key:
            return part.record is Record.TAKEN_BACK
    return False


def _way_out(
    alerts: Sequence[Alert],
    service: str,
    regions: frozenset[str],
    known: Catalogue,
    touched: Sequence[Story],
) -> Iterator[Words]:
    """How to opt out of one service: a control's page, else the text's own link, else a command."""
    command = f"/howto {service}"
    stories = [alert.story for alert in alerts]
    yield bold(_("How to opt out:") + " ")
    for story in stories:
        control = control_for(story, service, regions, known)
        if control is None or not control.link:
            continue
        yield link(named(control), control.link)
        if in_doubt(control, [*stories, *touched]):
            yield " " + _("(in doubt since the text changed)")
        yield " · " + _("step by step: {command}", command=command)
        return
    if found := _own_link(stories):
        template = _("the text itself links {link}; what else you can do: {command}")
        yield from fill(template, link=found, command=command)
    elif known.guide(service):
        yield command
    else:
        yield _("no opt-out is known. What you can do: {command}", command=command)


def _own_link(stories: Sequence[Story]) -> Span | None:
    """The first link to a way of opting out that the changed texts give themselves."""
    for story in stories:
        for found in story.lead.links:
            if len(found.url) <= MAX_URL:
                return _link(found)
    return None


def _link(found: Link) -> Span:
    return link(short(found.label) or found.url, found.url)


def _actions(alerts: Sequence[Alert], names: Names) -> Iterator[Action]:
    """A button for each of the first stories."""
    seen = {alert.story.id: alert for alert in alerts}
    for story_id, alert in list(seen.items())[:BUTTONS]:
        recorded = day(alert.story.lead.recorded)
        label = short(f"{names.label(_service(alert))}, {recorded}", 40)
        yield Action(label, f"story {story_id}")
