"""/subscriptions: what this chat follows, and where; one of them to change."""

from __future__ import annotations

from datetime import datetime

from bot.locales import N_, _, n_
from bot.message import Action, Menu, Message
from bot.model import Subscription
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import Words, bold, listing, say, title
from bot.render.labels import day, places
from handlers import _arguments
from handlers._base import Command, Context

PAGE = 20


def run(request: Request, context: Context) -> Message:
    mine = context.store.subscriptions.of(request.address)
    if not mine:
        return _arguments.nothing_followed()
    typed = request.text.strip()
    if one := next((each for each in mine if each.service == typed), None):
        return _one(one, request, context)
    page = (
        min(int(typed), (len(mine) - 1) // PAGE + 1)
        if typed.isdecimal() and len(typed) < 4 and typed != "0"
        else 1
    )
    muted = context.store.subscriptions.muted(request.address, context.now)
    shown = mine[(page - 1) * PAGE : page * PAGE]
    said = say(
        title(bold(n_("You follow {count} service.", "You follow {count} services.", len(mine)))),
        listing(_line(each, muted.get(each.service), context) for each in shown),
        _("To stop one: /unsubscribe, then its name. To stop all: /unsubscribe all"),
    )
    options = tuple(
        Action(context.names.label(each.service), f"subscriptions {each.service}") for each in shown
    )
    return Message(
        said.blocks,
        turn("subscriptions", page, len(mine), PAGE),
        menu=Menu(_("Change one"), options),
        in_place=True,
    )


def turn(command: str, page: int, count: int, size: int) -> tuple[Action, ...]:
    """The buttons that turn a page."""
    back = (Action("◀", f"{command} {page - 1}"),) if page > 1 else ()
    return (*back, Action("▶", f"{command} {page + 1}")) if page * size < count else back


def _line(
    subscription: Subscription, muted: datetime | None, context: Context
) -> tuple[Words, ...]:
    until = f" · {_('muted until {day}', day=day(muted))}" if muted else ""
    return bold(
        context.names.label(subscription.service)
    ), f" · {places(subscription.regions)}{until}"


def _one(subscription: Subscription, request: Request, context: Context) -> Message:
    service = subscription.service
    muted = context.store.subscriptions.muted(request.address, context.now).get(service)
    said = say(listing([_line(subscription, muted, context)]))
    actions = (
        Action(_("How to opt out"), f"howto {service}", personal=True),
        Action(_("Recent changes"), f"recent {service}"),
        Action(_("Hear of it again"), f"mute {service} off")
        if muted
        else Action(_("Mute for two weeks"), f"mute {service} 14 days"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
        Action(_("Back"), "subscriptions"),
    )
    return Message(said.blocks, actions, in_place=True)


COMMAND = Command(
    Entry("subscriptions", N_("What you follow, and for which regions"),
          (Parameter("page", N_("Which page"), required=False),)),
    run,
)  # fmt: skip
