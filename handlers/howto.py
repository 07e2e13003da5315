"""/howto: how to opt out of a service in your region, step by step."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from bot.conversation import slots
from bot.locales import N_, _
from bot.message import Message
from bot.model import Service
from bot.naming import fold
from bot.platform import Entry, Request
from bot.render import howto
from bot.render.blocks import short, text
from bot.render.reader import Reader
from handlers import _arguments
from handlers._arguments import Asked
from handlers._base import REGION, SERVICE, Command, Context, Section
from handlers._pieces import done_here

#: The file of the source code that says how to contribute steps.
_CONTRIBUTING = "docs/how-tos.md"


def run(request: Request, context: Context) -> Message:
    """The how-to of a service that is named, or that a text is about."""
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("howto")
    asked = _asked(typed, context)
    if asked.service is None:
        return _arguments.not_found("howto", short(typed, 80), asked.nearest)
    said = _answer(asked, asked.service, request, context)
    return _renamed(typed, asked.service, said)


def _asked(typed: str, context: Context) -> Asked:
    """The service of a name, of a question, or of a text that the command was used on."""
    count = len(typed.split())
    is_text = count > _arguments.NAME_AND_REGION
    asked = Asked(None) if is_text else _arguments.read_control(typed, context)
    if asked.service or count <= _arguments.LONGEST_NAME:
        return asked
    named = slots.find(typed, context.names, context.today)
    if is_text and named.services:
        return Asked(named.services[0])
    if len(named.services) == 1:
        return Asked(named.services[0], named.regions)
    return asked


def _answer(asked: Asked, service: Service, request: Request, context: Context) -> Message:
    where = asked.regions or _arguments.regions_of_reader(request, context, service.id)
    guide = context.known.guide(service.id)
    if guide is None:
        listing = context.known.listings[service.id]
        recorded = _recorded(service, context)
        return howto.unknown(listing, where, recorded, _contribute(context), context.known)
    reader = Reader(where, context.today, done=done_here(request, context))
    shaken = context.store.stories.shaken(service.id)
    return howto.howto(service, guide, reader, asked.wrong, shaken, context.known)


def _contribute(context: Context) -> str:
    """Where people who know the steps of a service can contribute them, or ""."""
    if context.code:
        return f"{context.code} ({_CONTRIBUTING})"
    return context.contact


def _recorded(service: Service, context: Context) -> str:
    """The address of its terms as Open Terms Archive recorded them, or ""."""
    for folder, collections in context.known.listings[service.id].folders.items():
        for source in context.sources:
            if source.id in collections and source.github:
                return f"https://github.com/{source.github}/tree/main/{quote(folder)}"
    return ""


def _renamed(typed: str, service: Service, said: Message) -> Message:
    """The answer, with a note if the service was asked for by a former name."""
    for former in service.former:
        if fold(former) not in fold(typed):
            continue
        head, *rest = said.blocks
        today = text(_("{former} is called {name} today.", former=former, name=service.name))
        return replace(said, blocks=(head, today, *rest))
    return said


COMMAND = Command(
    Entry(
        "howto",
        N_("How to opt out of a service, step by step"),
        (SERVICE, REGION),
        section=Section.ACT,
        card=True,
        message_label=N_("How to opt out of this"),
    ),
    run,
)
