"""Several alerts as one message, grouped by service.

They waited for a daily or weekly digest, or for a chat to come back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.catalogue.offered import control_for
from bot.locales import _, n_
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Alert, Link, Record, Story
from bot.render.alert import MAX_URL, is_elsewhere, lead_for, main_service
from bot.render.blocks import Words, bold, fill, line, link, note, short, title
from bot.render.control import in_doubt, named
from bot.render.headline import headline
from bot.render.labels import day, in_days, terms
from bot.render.reader import Reader
from bot.render.reminder import dated

#: Buttons that lead to a story.
BUTTONS = 6
#: Services that are named with their way to opt out; the rest are counted.
SERVICES = 20
#: Of more services than this there are no links, because what must not be cut has to fit.
LINKED = 5


def digest(
    alerts: Sequence[Alert],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Callable[[str], Sequence[Story]] = lambda _: (),
) -> Message:
    """One message.

    Stories give way where there is little room; the way to opt out of each service does not.
    `touched` tells the stories that put a service's controls in doubt.
    """
    grouped = _by_service(alerts)
    ordered = sorted(grouped, key=lambda service: names.label(service).casefold())
    blocks = [title(bold(_heading(alerts, ordered, names)))]
    for service in ordered[:SERVICES]:
        mine = grouped[service]
        name = names.label(service)
        told = tuple(line(*_told(alert, name, reader)) for alert in mine)
        way_out: list[Words] = [f"{_('How to opt out:')} /howto {service}"]
        if len(ordered) <= LINKED:
            way_out = list(_way_out(mine, service, reader.regions, known, touched(service)))
        blocks += [
            Block("text", (line(bold(name)),), KEEP),
            Block("list", told, 30),
            Block("text", (line(*way_out),), KEEP),
        ]
    blocks += _notes(len(ordered) - SERVICES)
    return Message(tuple(blocks), tuple(_actions(alerts, names)), private=False)


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
        kind = _("Taken back:") if _is_taken_back(alert) else _("An addition:")
        yield bold(kind + " ")
    about = short(terms(lead.terms_type)) or _("News")
    yield f"{about}, {day(lead.recorded)}: {headline(Story(alert.story.id, lead), name)}"


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
