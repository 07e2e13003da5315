"""/howto: how to opt out of a service, step by step, where you are."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from bot.locales import N_, _
from bot.message import Message
from bot.model import Service
from bot.naming import fold
from bot.platform import Entry, Parameter, Request
from bot.render import howto
from bot.render.blocks import short, text
from handlers import _arguments
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("howto")
    if len(typed.split()) > _arguments.NAME_AND_REGION:  # somebody pointed at a text
        named = context.names.in_sentence(typed)
        asked = _arguments.Asked(named[0]) if named else _arguments.Asked(None)
    else:
        asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("howto", short(typed, 80), asked.nearest)
    return _renamed(typed, asked.service, _answer(asked, asked.service, request, context))


def _answer(
    asked: _arguments.Asked, service: Service, request: Request, context: Context
) -> Message:
    where = asked.regions or _arguments.regions_here(request, context, service.id)
    guide = context.known.guide(service.id)
    if guide is None:
        return howto.unknown(
            context.known.listings[service.id], where, _recorded(service, context), context.code
        )
    return howto.howto(
        service, guide, where, context.today, asked.wrong, context.store.stories.shaken(service.id)
    )


def _recorded(service: Service, context: Context) -> str:
    """Where its terms can be read as Open Terms Archive recorded them, or ""."""
    folders = context.known.listings[service.id].folders
    found = ((folder, source) for folder, collections in folders.items() for source in context.sources
             if source.id in collections and source.github)  # fmt: skip
    return next(
        (
            f"https://github.com/{source.github}/tree/main/{quote(folder)}"
            for folder, source in found
        ),
        "",
    )


def _renamed(typed: str, service: Service, said: Message) -> Message:
    """Who asks by a former name is told today's."""
    former = next((name for name in service.former if fold(name) in fold(typed)), None)
    if former is None:
        return said
    head, *rest = said.blocks
    today = text(_("{former} is called {name} today.", former=former, name=service.name))
    return replace(said, blocks=(head, today, *rest))


COMMAND = Command(
    Entry("howto", N_("How to opt out of a service, step by step"),
          (Parameter("service", N_("Which service, for example linkedin"), kind="service"),
           Parameter("region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region")),
          card=True, message_label=N_("How to opt out of this")),
    run,
)  # fmt: skip
