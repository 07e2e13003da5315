"""/subscriptions: what this chat follows, and for which regions; each can be opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.model import Subscription
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import Words, bold, listing, say, title
from bot.render.labels import day, kinds, places, roles
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import following, on_page, page_of, turn

#: The number of subscriptions on a page.
PAGE = 20


def run(request: Request, context: Context) -> Message:
    """List a page of the subscriptions, or open the one of a given service id."""
    mine = sorted(
        context.store.subscriptions.of(request.address),
        key=lambda each: context.names.label(each.service).casefold(),
    )
    if not mine:
        return _arguments.nothing_followed()
    muted = context.store.subscriptions.muted(request.address, context.now)
    typed = request.text.strip()
    for subscription in mine:
        if subscription.service == typed:
            return _one(subscription, muted.get(typed), context)
    return _list(mine, muted, page_of(typed, len(mine), PAGE), context)


def _list(
    mine: Sequence[Subscription], muted: dict[str, datetime], page: int, context: Context
) -> Message:
    shown = mine[(page - 1) * PAGE : page * PAGE]
    heading = following(len(mine)).removesuffix(".")
    said = say(
        title(bold(heading + on_page(page, len(mine), PAGE))),
        listing(_line(each, muted.get(each.service), context) for each in shown),
        _heard_as(context),
        _("To stop one: /unsubscribe, then its name. To stop all: /unsubscribe all"),
    )
    options = tuple(
        Action(context.names.label(each.service), f"subscriptions {each.service}") for each in shown
    )
    turning = (*turn("subscriptions", page, len(mine), PAGE), Action(_("Share my list"), "share"))
    return Message(said.blocks, turning, menu=Menu(_("Change one"), options), in_place=True)


def _line(
    subscription: Subscription, muted: datetime | None, context: Context
) -> tuple[Words, ...]:
    service = context.names.get(subscription.service)
    said = [places(subscription.regions)]
    if service and service.serves:
        said.append(_("for {whom}", whom=roles(service.serves)))
    if subscription.kinds:
        said.append(_("only {kinds}", kinds=kinds(subscription.kinds)))
    if muted:
        said.append(_("muted until {day}", day=day(muted)))
    return bold(context.names.label(subscription.service)), f" · {' · '.join(said)}"


def _heard_as(context: Context) -> str:
    """The chat's roles, and the command to change them."""
    whom = roles(context.chat.interests.roles)
    return _(
        "You hear what is for: {whom}. To change that: {command}", whom=whom, command="/audience"
    )


def _one(subscription: Subscription, muted: datetime | None, context: Context) -> Message:
    service = subscription.service
    said = say(listing([_line(subscription, muted, context)]))
    mute = Action(_("Mute for two weeks"), f"mute {service} 14 days")
    if muted:
        mute = Action(_("Hear of it again"), f"mute {service} off")
    actions = (
        Action(_("How to opt out"), f"howto {service}", personal=True),
        Action(_("Recent changes"), f"recent {service}"),
        Action(_("Choose documents"), f"documents {service}"),
        mute,
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
        Action(_("Back"), "subscriptions"),
    )
    return Message(said.blocks, actions, in_place=True)


COMMAND = Command(
    Entry(
        "subscriptions",
        N_("What you follow, and for which regions"),
        (Parameter("page", N_("Which page"), required=False),),
        section=Section.FOLLOW,
    ),
    run,
)
