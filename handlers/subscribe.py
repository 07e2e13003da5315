"""/subscribe: ask to be told when a service changes its terms."""

from __future__ import annotations

from collections.abc import Sequence

from bot.locales import N_, _, n_
from bot.message import Action, Block, Message
from bot.model import Service, Subscription
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, listing, note, say
from bot.render.howto import named, open_controls
from bot.render.labels import join, places
from handlers import _arguments
from handlers._base import Command, Context
from handlers.recent import told


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("subscribe")
    asked = _arguments.read(typed, context)
    if asked.service is None or asked.wrong:
        services, where, unknown = _arguments.several(typed, context)
        if services and not unknown:
            return _follow(services, where, request, context)
        if asked.service is None:
            return _arguments.not_found("subscribe", typed, asked.nearest)
        return _arguments.wrong_region(asked.wrong)
    return _follow([asked.service], asked.regions, request, context)


def _follow(
    services: Sequence[Service], asked: frozenset[str], request: Request, context: Context
) -> Message:
    first = services[0]
    chosen = asked or _arguments.regions_here(request, context, first.id)
    where = chosen or _arguments.EVERYWHERE
    new = [
        context.store.subscriptions.add(Subscription(request.address, each.id, where), context.now)
        for each in services
    ]
    if request.announces:
        context.store.preferences.set_publish(request.address, True)
    names = join([service.name for service in services])
    said = (
        _("You now follow {names}.", names=names)
        if any(new)
        else _("You follow {names} already.", names=names)
    )
    blocks: list[str | Block] = [
        f"{said} {_('You will hear what concerns: {places}.', places=places(where))}"
    ]
    if not chosen:
        blocks.append(_("To hear only of your own region: /region eu, for example."))
    if request.lacks:
        blocks.append(
            _(
                "But I cannot post here yet. Give me these rights in this channel: {rights}.",
                rights=join([_(right) for right in request.lacks]),
            )
        )
    blocks += useful_at_once([service.id for service in services], where, context)
    return say(*blocks, actions=_next(services, context))


def _next(services: Sequence[Service], context: Context) -> list[Action]:
    if len(services) > 1:
        return [
            Action(_("What you can opt out of"), "checklist"),
            Action(_("Recent changes"), "recent"),
        ]
    service = services[0]
    return [
        Action(_("How to opt out"), f"howto {service.id}", personal=True),
        Action(_("Recent changes"), f"recent {service.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service.id}"),
    ]


def useful_at_once(
    services: Sequence[str], where: frozenset[str], context: Context
) -> list[Block | str]:
    """The last stories and the opt-outs that are open, because the feeds start in silence."""
    found: list[Block | str] = []
    if stories := context.store.stories.recent(services, limit=3):
        found.append(
            listing(
                [[bold(_("Lately:") + " "), told(story, context)] for story in stories], weight=20
            )
        )
    guides = {service: open_controls(context.known.guide(service), where) for service in services}
    offers = [
        f"“{named(control)}”" if len(services) == 1 else f"{context.names.label(service)}: “{named(control)}”"
        for service, controls in guides.items() for control in controls[: 3 if len(services) == 1 else 1]
    ]  # fmt: skip
    if offers:
        found.append(_("You can opt out right now:"))
        found.append(listing([[offer] for offer in offers[:8]], weight=60))
    if (more := len(offers) - 8) > 0:
        found.append(note(n_("And {count} more.", "And {count} more.", more)))
    return found


COMMAND = Command(
    Entry(
        "subscribe", N_("Be told when a service changes its terms"),
        (Parameter("service", N_("Which service, for example linkedin"), kind="service"),
         Parameter("region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region")),
        manages=True, aliases=("follow",),
    ),
    run,
)  # fmt: skip
