"""/picture: the steps of one opt-out as a picture."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue import Control
from bot.locales import N_, _
from bot.message import Action, File, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, say, title
from bot.render.howto import doubts, named, opens, usable
from handlers import _arguments
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("picture")
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("picture", typed, asked.nearest)
    where = asked.regions or _arguments.regions_here(request, context, asked.service.id)
    offered = usable(context.known.guide(asked.service.id), where)
    if not offered:
        return say(
            _(
                "There is nothing to draw for {name}: {command}",
                name=asked.service.name,
                command=f"/howto {asked.service.id}",
            )
        )
    control = next((control for control in offered if control.id == asked.wrong), offered[0])
    said = _drawn(asked.service, control)
    return replace(
        said,
        blocks=(*said.blocks, *doubts(control, context.store.stories.shaken(asked.service.id))),
    )


def _drawn(service: Service, control: Control) -> Message:
    from bot.render import (
        picture as drawing,
    )  # the drawing library is loaded when somebody asks

    words = Action(_("In words"), f"howto {service.id} {control.id}")
    page = opens(control)
    said = say(
        title(bold(f"{service.name}: {named(control)}")), actions=[*([page] if page else []), words]
    )
    picture = File(
        f"{service.id}-{control.id}.png",
        drawing.card(service.name, control),
        drawing.alt(control),
    )
    return replace(said, file=picture)


COMMAND = Command(
    Entry("picture", N_("The steps of an opt-out as a picture"),
          (Parameter("service", N_("Which service, for example linkedin"), kind="service"),)),
    run,
)  # fmt: skip
