"""/services: all services that can be followed, page by page, or those that match a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.catalogue.offered import usable
from bot.locales import N_, _, n_
from bot.message import Action, Menu, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, listing, note, say, title
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import on_page, page_of, turn

#: The number of services on a page.
PAGE = 20


def run(request: Request, context: Context) -> Message:
    """List a page of the services, or of those with a name that contains the text."""
    typed = request.text.strip()[:100]
    if not typed or _is_number(typed):
        every = _sorted(context.known.services, context)
        heading = n_(
            "{count} service can be followed", "{count} services can be followed", len(every)
        )
        return _page(heading, every, ("services", typed), request, context)
    found = context.names.search(typed)
    rest, _sep, last = typed.rpartition(" ")
    page = ""
    # Some names end in a number; it is a page only if no name contains it.
    if not found and rest and _is_number(last):
        found, typed, page = context.names.search(rest), rest, last
    if not found:
        guess = context.names.find(typed)
        if guess.service is None:
            return _arguments.not_found("subscribe", typed, guess.nearest)
        found = [guess.service]
    heading = n_("{count} service: “{text}”", "{count} services: “{text}”", len(found), text=typed)
    every = _sorted(found, context)
    return _page(heading, every, (f"services {typed}", page), request, context)


def _is_number(typed: str) -> bool:
    return typed.isdecimal() and len(typed) < 4


def _sorted(services: Iterable[Service], context: Context) -> list[Service]:
    """Services by rank: popular ones, those with a how-to, the rest; then by name."""
    popular = context.known.popular

    def place(service: Service) -> tuple[bool, bool, str]:
        is_bare = context.known.guide(service.id) is None
        return service.id not in popular, is_bare, service.name.casefold()

    return sorted(services, key=place)


def _page(
    heading: str,
    every: Sequence[Service],
    turned: tuple[str, str],
    request: Request,
    context: Context,
) -> Message:
    """A page; `turned` is the command that lists it, and the typed page number."""
    command, typed = turned
    page = page_of(typed, len(every), PAGE)
    shown = every[(page - 1) * PAGE : page * PAGE]
    mine = set(_arguments.followed(request, context))
    said = say(
        title(bold(heading + on_page(page, len(every), PAGE))),
        listing([_line(service, service.id in mine, context)] for service in shown),
        note(_("To search: /services and a part of a name, for example: /services google")),
    )
    options = tuple(Action(service.name, f"subscribe {service.id}") for service in shown)
    turning = turn(command, page, len(every), PAGE)
    return Message(said.blocks, turning, menu=Menu(_("Follow one"), options), in_place=True)


def _line(service: Service, is_followed: bool, context: Context) -> str:
    """A line with the service, its number of opt-outs, and whether the chat follows it."""
    said = [service.name]
    if ways := len(usable(context.known.guide(service.id), _arguments.somewhere(context))):
        said.append(n_("{count} way to opt out", "{count} ways to opt out", ways))
    if is_followed:
        said.append(_("you follow it"))
    return " · ".join(said)


COMMAND = Command(
    Entry(
        "services",
        N_("The services you can follow"),
        (Parameter("text", N_("A part of a name"), required=False),),
        section=Section.FOLLOW,
    ),
    run,
)
