"""/howto: how to opt out of a service, step by step, where you are."""

from __future__ import annotations

from bot.chat import Entry, Message, Parameter, Request
from bot.locales import N_
from bot.render import howto
from bot.render.words import short
from handlers import asking
from handlers.base import Command, Context

#: Of so many stories of the service one may put a control in doubt.
LATELY = 10


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return asking.missing("howto")
    if len(typed.split()) > asking.NAME_AND_REGION:  # somebody pointed at a text
        named = context.names.in_sentence(typed)
        asked = asking.Asked(named[0]) if named else asking.Asked(None)
    else:
        asked = asking.read(typed, context)
    if asked.service is None:
        return asking.not_found("howto", short(typed, 80), asked.nearest)
    guide = context.known.guide(asked.service.id)
    where = asked.regions or asking.regions_here(request, context, asked.service.id)
    if guide is None:
        return howto.unknown(asked.service, where)
    stories = context.store.recent([asked.service.id], LATELY)
    return howto.howto(asked.service, guide, where, context.today, asked.wrong, stories)


COMMAND = Command(
    Entry("howto", N_("How to opt out of a service, step by step"),
          (Parameter("service", N_("Which service, for example linkedin"), kind="service"),
           Parameter("region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region"))),
    run,
)  # fmt: skip
