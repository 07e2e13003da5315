"""/services: what can be followed, page by page; with a text, the ones that match."""

from __future__ import annotations

from collections.abc import Sequence

from bot.locales import N_, _, n_
from bot.message import Action, Menu, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, say, title
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import page_of, turn

#: Services on a page.
PAGE = 20


def run(request: Request, context: Context) -> Message:
    """List a page of the services, or those whose name holds the text."""
    typed = request.text.strip()[:100]
    is_page = typed.isdecimal() and len(typed) < 4
    if not typed or is_page:
        return _page(typed, context)
    return _search(typed, context)


def _page(typed: str, context: Context) -> Message:
    every = sorted(context.known.services, key=lambda service: service.name.casefold())
    every.sort(key=lambda service: _is_bare(service, context))
    page = page_of(typed, len(every), PAGE)
    heading = n_("{count} service can be followed", "{count} services can be followed", len(every))
    shown = every[(page - 1) * PAGE : page * PAGE]
    return _shown(heading, shown, context, turn("services", page, len(every), PAGE))


def _search(typed: str, context: Context) -> Message:
    found = sorted(context.names.search(typed), key=lambda service: _is_bare(service, context))
    if not found:
        guess = context.names.find(typed)
        nearest = (guess.service,) if guess.service else guess.nearest
        return _arguments.not_found("subscribe", typed, nearest)
    heading = f"{typed}."
    more = len(found) - PAGE
    if more > 0:
        heading += " " + n_("And {count} more.", "And {count} more.", more)
    return _shown(heading, found[:PAGE], context, ())


def _is_bare(service: Service, context: Context) -> bool:
    """Whether there are no steps for it; such services come behind those that have some."""
    return context.known.guide(service.id) is None


def _shown(
    heading: str, services: Sequence[Service], context: Context, turning: tuple[Action, ...]
) -> Message:
    """A star marks those for which there are steps to opt out."""
    names: list[str] = []
    for service in services:
        star = "" if _is_bare(service, context) else "*"
        names.append(service.name + star)
    legend = _(
        "With a star: steps to opt out. "
        "To search: /services and a part of a name, for example: /services google"
    )
    said = say(title(bold(heading)), ", ".join(names), legend)
    options = tuple(Action(service.name, f"subscribe {service.id}") for service in services)
    return Message(said.blocks, turning, menu=Menu(_("Follow one"), options), in_place=True)


COMMAND = Command(
    Entry(
        "services",
        N_("The services you can follow"),
        (Parameter("text", N_("A part of a name"), required=False),),
        section=Section.FOLLOW,
    ),
    run,
)
