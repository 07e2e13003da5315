"""/subscribe: ask to be told when a service changes its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.locales import N_, _
from bot.message import Action, Block, Message
from bot.model import Service, Subscription
from bot.platform import Entry, Request
from bot.render.blocks import say
from bot.render.labels import join, kinds, places, roles
from handlers import _arguments, setup
from handlers._base import REGION, SERVICE, Command, Context, Section
from handlers._pieces import follow_zone, useful_at_once


def run(request: Request, context: Context) -> Message:
    """Follow a service in some regions, or all services of a list."""
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("subscribe")
    asked = _arguments.read(typed, context)
    if asked.service and not asked.wrong:
        return _follow([asked.service], asked.regions, request, context)
    listed = _arguments.several(typed, context)
    if listed.services and (not listed.unknown or "," in typed):
        followed = _follow(listed.services, listed.regions, request, context)
        return _arguments.with_unknown(followed, listed.unknown)
    if asked.service is None:
        return _arguments.not_found("subscribe", typed, asked.nearest)
    return _arguments.wrong_region(asked.wrong)


def _follow(
    services: Sequence[Service], asked: frozenset[str], request: Request, context: Context
) -> Message:
    """Add the subscriptions. The default regions are those of the chat."""
    chosen = asked or _arguments.regions_here(request, context, services[0].id)
    if not context.chat.regions:
        follow_zone(request, asked, context)  # it is the first country that they name
    where = chosen or _arguments.EVERYWHERE
    before = context.store.subscriptions.of(request.address)
    is_new = _add(services, where, request, context)
    if request.announces:
        context.store.preferences.set_publish(request.address, True)
    said = f"{_done(services, is_new, _moved(services, where, before))} {_concerns(where)}"
    blocks: list[str | Block] = [said]
    blocks += _for_others(services)
    blocks += _only_some(services, request, context)
    actions = _next(services)
    if not chosen:
        blocks.append(_("Where do you live? I then tell you only what concerns you."))
        actions = [*setup.places_offered("region"), *actions]
    if request.lacks:
        blocks.append(_cannot_post(request.lacks))
    blocks += useful_at_once([service.id for service in services], where, context)
    return replace(say(*blocks, actions=actions), becomes=_becomes(services))


def _add(
    services: Sequence[Service], where: frozenset[str], request: Request, context: Context
) -> bool:
    """Add the subscriptions; returns whether any of them is new."""
    is_new = False
    for service in services:
        wanted = Subscription(request.address, service.id, where)
        if context.store.subscriptions.add(wanted, context.now):
            is_new = True
    return is_new


def _moved(
    services: Sequence[Service], where: frozenset[str], before: Sequence[Subscription]
) -> bool:
    """Whether one of the services was followed for other regions before."""
    wanted = {service.id for service in services}
    return any(each.service in wanted and each.regions != where for each in before)


def _done(services: Sequence[Service], is_new: bool, is_moved: bool) -> str:
    names = join([service.name for service in services])
    if is_new:
        return _("You now follow {names}.", names=names)
    if is_moved:
        return _("You now follow {names} for other regions.", names=names)
    return _("You follow {names} already.", names=names)


def _concerns(where: frozenset[str]) -> str:
    return _("You will hear what concerns: {places}.", places=places(where))


def _for_others(services: Sequence[Service]) -> list[str]:
    """A note for each service that is not for private people: its followers hear everything."""
    return [
        _("{name} is for {whom}: you will hear all of it.", name=each.name, whom=roles(each.serves))
        for each in services
        if each.serves
    ]


def _only_some(services: Sequence[Service], request: Request, context: Context) -> list[str]:
    """A note for each service with a choice of documents, which stays."""
    names = {service.id: service.name for service in services}
    return [
        _("Of {name} you hear only of: {kinds}.", name=names[each.service], kinds=kinds(each.kinds))
        for each in context.store.subscriptions.of(request.address)
        if each.kinds and each.service in names
    ]


def _cannot_post(rights: Sequence[str]) -> str:
    return _(
        "But I cannot post here yet. Give me these rights in this channel: {rights}.",
        rights=join([_(right) for right in rights]),
    )


def _becomes(services: Sequence[Service]) -> Action | None:
    """The button that replaces the one to follow a service."""
    if len(services) > 1:
        return None
    return Action(_("Unsubscribe"), f"unsubscribe {services[0].id}")


def _next(services: Sequence[Service]) -> list[Action]:
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


COMMAND = Command(
    Entry(
        "subscribe",
        N_("Be told when a service changes its terms"),
        (SERVICE, REGION),
        manages=True,
        aliases=("follow",),
        section=Section.FOLLOW,
    ),
    run,
)
