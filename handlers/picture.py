"""/picture: the steps of one opt-out as a picture."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue import Control
from bot.catalogue.offered import usable
from bot.locales import N_, _
from bot.message import Action, File, Message
from bot.model import Service
from bot.platform import Entry, Request
from bot.render.blocks import bold, headed, say, title
from bot.render.control import doubts, named, opens
from bot.render.local import Local
from handlers import _arguments
from handlers._base import SERVICE, Command, Context, Section


def run(request: Request, context: Context) -> Message:
    """Draw the named control, or the most important one."""
    typed = request.text.strip()
    if not typed:
        return _arguments.missing("picture")
    asked = _arguments.read_control(typed, context)
    if asked.service is None:
        return _arguments.not_found("picture", typed, asked.nearest)
    service = asked.service
    where = asked.regions or _arguments.regions_of_reader(request, context, service.id)
    from bot.render import picture as drawing  # noqa: PLC0415 - loaded when somebody asks

    offered = [
        control
        for control in usable(context.known.guide(service.id), where)
        if drawing.is_drawable(control)
    ]
    if not offered:
        return _nothing(service)
    control = next((control for control in offered if control.id == asked.wrong), offered[0])
    said = _drawn(service, Local(context.known, service.id, where).control(control), where)
    in_doubt = doubts(control, context.store.stories.shaken(service.id))
    return replace(said, blocks=(*said.blocks, *in_doubt))


def _nothing(service: Service) -> Message:
    return say(
        _(
            "There is no way through menus to draw for {name}; in words: {command}",
            name=service.name,
            command=f"/howto {service.id}",
        )
    )


def _drawn(service: Service, control: Control, where: frozenset[str]) -> Message:
    from bot.render import picture as drawing  # noqa: PLC0415 - loaded when somebody asks

    actions: list[Action] = []
    if page := opens(control):
        actions.append(page)
    actions.append(Action(_("In words"), f"howto {service.id} {control.id}"))
    picture = File(
        f"{service.id}-{control.id}.png",
        drawing.card(service.name, control, where),
        drawing.alt(control),
    )
    said = say(title(bold(headed(service.name, named(control)))), actions=actions)
    return replace(said, file=picture)


COMMAND = Command(
    Entry(
        "picture",
        N_("The steps of an opt-out as a picture"),
        (SERVICE,),
        section=Section.ACT,
    ),
    run,
)
