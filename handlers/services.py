"""/services: what can be followed, page by page; with a text, the ones that match."""

from __future__ import annotations

from bot.locales import N_, _, n_
from bot.message import Action, Menu, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, say, title
from handlers import _arguments
from handlers._base import Command, Context
from handlers.subscriptions import turn

PAGE = 20


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()[:100]
    every = sorted(
        context.known.services,
        key=lambda service: (_bare(service, context), service.name.casefold()),
    )
    if not typed or (typed.isdecimal() and len(typed) < 4):
        page = max(1, min(int(typed or 1), (len(every) - 1) // PAGE + 1))
        heading = n_(
            "{count} service can be followed", "{count} services can be followed", len(every)
        )
        shown = every[(page - 1) * PAGE : page * PAGE]
        return _shown(heading, shown, context, turn("services", page, len(every), PAGE))
    found = sorted(context.names.search(typed), key=lambda service: _bare(service, context))
    if not found:
        guess = context.names.find(typed)
        return _arguments.not_found(
            "subscribe", typed, (guess.service,) if guess.service else guess.nearest
        )
    more = (
        " " + n_("And {count} more.", "And {count} more.", len(found) - PAGE)
        if len(found) > PAGE
        else ""
    )
    return _shown(f"{typed}.{more}", found[:PAGE], context, ())


def _bare(service: Service, context: Context) -> bool:
    """Whether there are no steps for it; such services come behind those that have some."""
    return context.known.guide(service.id) is None


def _shown(
    heading: str, services: list[Service], context: Context, turning: tuple[Action, ...]
) -> Message:
    """A star marks those for which there are steps to opt out."""
    names = ", ".join(
        f"{service.name}{'*' if context.known.guide(service.id) else ''}" for service in services
    )
    said = say(
        title(bold(heading)), names,
        _("With a star: steps to opt out. To search: /services and a part of a name, for example: /services google"),
    )  # fmt: skip
    options = tuple(Action(service.name, f"subscribe {service.id}") for service in services)
    return Message(said.blocks, turning, menu=Menu(_("Follow one"), options), in_place=True)


COMMAND = Command(
    Entry(
        "services",
        N_("The services you can follow"),
        (Parameter("text", N_("A part of a name"), required=False),),
    ),
    run,
)
