"""/done: mark an opt-out as done; end its reminders, here and everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.catalogue import Control
from bot.catalogue.offered import usable
from bot.locales import N_, _
from bot.message import Action, Message
from bot.model import Story
from bot.platform import Entry, Parameter, Request
from bot.render.alert import SHOWN, about_some, main_service
from bot.render.blocks import bold, headed, say
from bot.render.control import named
from bot.render.excerpts import for_reader
from bot.render.opt_out import Way, control_of
from bot.render.reader import Reader
from bot.store.reminders import Answer, ControlKey, Done
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import no_story, numbered


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a person says about a control, and the answer."""

    what: Answer
    said: str


def answer(request: Request, context: Context, what: Answer, said: str) -> Message:
    """Mark the control of a story or of a service, end its reminders, and confirm.

    A story is given by its number, a control by its service and id.
    """
    mark = _Mark(what, said)
    match request.text.split():
        case [number] if number.isdecimal() and number.isascii() and len(number) <= 15:
            return _of_story(mark, request, context)
        case [service, control, "undo"]:
            return _undone(ControlKey(service, control), request, context)
        case [service, control]:
            return _of_control(ControlKey(service, control), mark, request, context)
        case _:
            return say(_("Which one? The buttons under a reminder know its number."))


def _of_story(mark: _Mark, request: Request, context: Context) -> Message:
    story = numbered(request.text, context)
    if story is None:
        return no_story()
    context.store.reminders.answer(request.address, story.id, mark.what, context.now)
    mine = about_some(story, _arguments.followed(request, context))
    service = main_service(story, tuple(sorted(mine)))  # the order in which an alert has them
    control = _control_of(story, service, request, context)
    if control is None:
        return say(mark.said)
    return _marked(service, control, mark, request, context)


def _of_control(key: ControlKey, mark: _Mark, request: Request, context: Context) -> Message:
    for control in usable(context.known.guide(key.service), frozenset()):
        if control.id == key.control:
            return _marked(key.service, control, mark, request, context)
    return say(_("I do not know that opt-out. All of yours: {command}", command="/checklist"))


def _undone(key: ControlKey, request: Request, context: Context) -> Message:
    context.store.reminders.undo(request.address, key, context.now)
    again = Action(_("Done"), f"done {key.service} {key.control}")
    return replace(say(_("It is open again."), actions=[_checklist()]), becomes=again)


def _marked(
    service: str, control: Control, mark: _Mark, request: Request, context: Context
) -> Message:
    """Store the mark, which shows everywhere, and offer to undo it."""
    done = Done(ControlKey(service, control.id), mark.what, control.topic)
    context.store.reminders.act(request.address, done, context.now)
    undo = Action(_("Not done yet"), f"done {service} {control.id} undo")
    named_in_full = headed(context.names.label(service), named(control))
    said = say(bold(named_in_full), mark.said, actions=[undo, _checklist()])
    return replace(said, becomes=undo)


def _control_of(story: Story, service: str, request: Request, context: Context) -> Control | None:
    """The control that an alert of the story shows this chat, or None."""
    where = _arguments.regions_here(request, context, service)
    reader = Reader(where, context.today)
    shown = for_reader(story.lead, where)[:SHOWN]
    return control_of(story, shown, Way(service, reader, context.known, context.names))


def _checklist() -> Action:
    return Action(_("What you can opt out of"), "checklist")


def run(request: Request, context: Context) -> Message:
    """Mark a control as done."""
    return answer(request, context, "done", _("Well done. I will not remind you of this again."))


COMMAND = Command(
    Entry(
        "done",
        N_("You have acted: no more reminders of it"),
        (Parameter("story", N_("The number of the story")),),
        manages=True,
        listed=False,
        section=Section.ACT,
    ),
    run,
)
