"""/howto: how to opt out of a service, step by step, where you are."""

from __future__ import annotations

from bot.chat import Entry, Message, Parameter, Request
from bot.render import howto
from handlers import asking
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    if not request.text.strip():
        return asking.missing("howto")
    asked = asking.read(request.text, context)
    if asked.service is None:
        return asking.not_found("howto", request.text.strip(), asked.nearest)
    guide = context.known.guide(asked.service.id)
    if guide is None:
        return howto.unknown(asked.service)
    where = asked.regions or asking.regions_here(request, context, asked.service.id)
    return howto.howto(asked.service, guide, where, context.today, wanted=asked.wrong)


COMMAND = Command(
    Entry("howto", "How to opt out of a service, step by step",
          (Parameter("service", "Which service, for example linkedin"),)),
    run,
)  # fmt: skip
