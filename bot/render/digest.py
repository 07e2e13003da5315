"""Several alerts as one message, grouped by service: what waited for a daily or weekly digest, or for a chat to come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import _, n_
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Alert, Record, Story
from bot.render.alert import MAX_URL, control_for, lead_for
from bot.render.blocks import Words, bold, fill, line, link, note, short, title
from bot.render.headline import headline
from bot.render.howto import in_doubt, named
from bot.render.labels import day, in_days, terms
from bot.render.reminder import dated

#: Buttons that lead to a story.
BUTTONS = 6
#: Services that are named with their way to opt out; the rest are counted. Of more than a few there are no links, because
#: what must not be cut has to fit.
SERVICES, LINKED = 20, 5


def digest(
    alerts: Sequence[Alert], regions: frozenset[str], known: Catalogue, names: Names, today: date,
    touched: Callable[[str], Sequence[Story]] = lambda _: (),
) -> Message:  # fmt: skip
    """One message. Stories give way where there is little room; the way to opt out of each service does not. `touched`
    tells the stories that put a service's controls in doubt."""
    grouped: dict[str, list[Alert]] = {}
    for alert in alerts:
        grouped.setdefault(_service(alert), []).append(alert)
    ordered = sorted(grouped, key=lambda service: names.label(service).casefold())
    count = len({alert.story.id for alert in alerts})
    blocks = [title(bold(_heading(count, ordered, names)))]
    for service in ordered[:SERVICES]:
        mine = grouped[service]
        blocks.append(Block("text", (line(bold(names.label(service))),), KEEP))
        blocks.append(
            Block(
                "list",
                tuple(line(*_told(alert, names.label(service), today)) for alert in mine),
                30,
            )
        )
        way_out = (
            _way_out(mine, service, regions, known, touched(service))
            if len(ordered) <= LINKED
            else (f"{_('How to opt out:')} /howto {service}",)
        )
        blocks.append(Block("text", (line(*way_out),), KEEP))
    if (more := len(ordered) - SERVICES) > 0:
        left = n_("And {count} more service; its changes: {command}", "And {count} more services; their changes: {command}",
                  more, command="/recent")  # fmt: skip
        blocks.append(note(left, weight=KEEP))
    blocks.append(note(_("To stop hearing about one: {stop} and its name. To hear sooner or later: {when}",
                         stop="/unsubscribe", when="/when"), weight=KEEP))  # fmt: skip
    return Message(tuple(blocks), tuple(_actions(alerts, names)), private=False)


def _service(alert: Alert) -> str:
    return (*alert.services, *alert.story.lead.services)[0]


def _heading(count: int, services: list[str], names: Names) -> str:
    changes = n_("{count} change", "{count} changes", count)
    at = (
        names.label(services[0])
        if len(services) == 1
        else n_("{count} service", "{count} services", len(services))
    )
    return f"{changes} · {at}"


def _told(alert: Alert, name: str, today: date) -> Iterator[Words]:
    lead = lead_for(alert.story, alert.services)
    if alert.part.is_reminder:
        yield bold(_("Reminder:") + " ")
        yield f"{in_days(((lead.effective or today) - today).days)}, {dated(lead)}"
        return
    if not alert.part.is_story:
        part = next((part for part in alert.story.parts if part.uid == alert.part.key), None)
        taken = part is not None and part.record is Record.TAKEN_BACK
        yield bold((_("Taken back:") if taken else _("An addition:")) + " ")
    yield f"{short(terms(lead.terms_type)) or _('News')}, {day(lead.recorded)}: {headline(alert.story, name)}"


def _way_out(
    alerts: list[Alert],
    service: str,
    regions: frozenset[str],
    known: Catalogue,
    touched: Sequence[Story],
) -> Iterator[Span | str]:
    found = [control_for(alert.story, service, regions, known) for alert in alerts]
    control = next((control for control in found if control and control.link), None)
    yield bold(_("How to opt out:") + " ")
    command = f"/howto {service}"
    if control and control.link:
        yield link(named(control), control.link)
        if in_doubt(control, [*(alert.story for alert in alerts), *touched]):
            yield " " + _("(in doubt since the text changed)")
        yield " · " + _("step by step: {command}", command=command)
    elif links := [
        found for alert in alerts for found in alert.story.lead.links if len(found.url) <= MAX_URL
    ]:
        label = link(short(links[0].label) or links[0].url, links[0].url)
        yield from fill(
            _("the text itself links {link}; what else you can do: {command}"),
            link=label,
            command=command,
        )
    elif known.guide(service):
        yield command
    else:
        yield _("no opt-out is known. What you can do: {command}", command=command)


def _actions(alerts: Sequence[Alert], names: Names) -> Iterator[Action]:
    seen: dict[int, Alert] = {alert.story.id: alert for alert in alerts}
    for story_id, alert in list(seen.items())[:BUTTONS]:
        yield Action(
            short(f"{names.label(_service(alert))}, {day(alert.story.lead.recorded)}", 40),
            f"story {story_id}",
        )
