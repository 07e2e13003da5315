"""/checklist: every opt-out of the services you follow, and what you did about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.catalogue import Control
from bot.catalogue.offered import usable
from bot.locales import N_, _, content, n_
from bot.message import Action, Menu, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, headed, labelled, listing, say, short, text, title
from bot.render.control import control_steps, doubts, named, opens
from bot.render.labels import day
from bot.render.local import Local
from bot.store.reminders import Acted, ControlKey, Deed, Done
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import page_of, turn

#: The number of opt-outs on a page.
PAGE = 8
#: How long "Later" puts an opt-out aside.
ASIDE = timedelta(days=14)

State = Literal["overdue", "open", "later", "done", "not for me"]
#: The mark of each state, in the order of the list.
MARKS: dict[State, str] = {
    "overdue": "❗",
    "open": "☐",
    "later": "⏳",
    "done": "☑",
    "not for me": "–",
}
#: The states of an opt-out that needs nothing more.
_SETTLED = ("done", "not for me")
_DEEDS: dict[str, Deed] = {"done": "done", "later": "later", "no": "not for me"}


@dataclass(frozen=True, slots=True)
class Point:
    """One opt-out of a service, for the chat's region, and its state.

    `aside` is the day until which it was put off.
    """

    service: str
    control: Control
    state: State
    local: Local
    aside: date | None = None

    def label(self, context: Context) -> str:
        """The label: "LinkedIn: Advertising data"; a title that begins with the service is kept."""
        name = context.names.label(self.service)
        title = named(self.control)
        if title.startswith(name):
            return title
        return headed(name, title)

    @property
    def marked(self) -> str:
        """The mark of its state, to precede its label."""
        return f"{MARKS[self.state]} "

    @property
    def command(self) -> str:
        """The command line that opens it."""
        return f"checklist {self.service} {self.control.id}"


def run(request: Request, context: Context) -> Message:
    """List the opt-outs by page, open one, or record what was done about it."""
    words = request.text.split()
    if len(words) < 2:
        page = words[0] if words else ""
        return _list(page, request, context)
    point = _find(words[0], words[1], request, context)
    if point is None:
        return _list("", request, context)
    match words[2:]:
        case []:
            return _one(point, context)
        case [answer] if answer in _DEEDS:
            deed = _DEEDS[answer]
            control = ControlKey(point.service, point.control.id)
            done = Done(control, deed, point.control.topic)
            context.store.reminders.act(request.address, done, context.now)
        case ["undo"]:
            control = ControlKey(point.service, point.control.id)
            context.store.reminders.undo(request.address, control, context.now)
    return _list("", request, context)


def points(request: Request, context: Context) -> list[Point]:
    """Every opt-out of the services that a chat follows, overdue ones first."""
    acted = context.store.reminders.acted(request.address)
    found: list[Point] = []
    for subscription in context.store.subscriptions.of(request.address):
        service = subscription.service
        local = Local(context.known, service, subscription.regions)
        for control in usable(context.known.guide(service), subscription.regions):
            deed = acted.get(ControlKey(service, control.id))
            state = _state(control, deed, context)
            aside = (deed.at + ASIDE).date() if deed and state == "later" else None
            found.append(Point(service, local.control(control), state, local, aside))
    order = list(MARKS)
    return sorted(found, key=lambda point: order.index(point.state))


def _state(control: Control, acted: Acted | None, context: Context) -> State:
    if acted and acted.deed != "later":
        return acted.deed
    if acted and context.now < acted.at + ASIDE:
        return "later"
    # It is on by default since a past day, so one is late.
    since = _since(control)
    if control.on_by_default and since and since <= context.today:
        return "overdue"
    return "open"


def _find(service: str, control: str, request: Request, context: Context) -> Point | None:
    for point in points(request, context):
        if point.service == service and point.control.id == control:
            return point
    return None


def _list(typed: str, request: Request, context: Context) -> Message:
    if not context.store.subscriptions.of(request.address):
        return _arguments.nothing_followed()
    every = points(request, context)
    if not every:
        return say(_("For what you follow we know no opt-outs yet. A letter always works: /letter"))
    page = page_of(typed, len(every), PAGE)
    shown = every[(page - 1) * PAGE : page * PAGE]
    settled = [point for point in every if point.state in _SETTLED]
    said = say(
        title(bold(_("What you can opt out of"))),
        bar(len(settled), len(every)),
        listing((point.marked, _in_the_list(point, context)) for point in shown),
        _legend(),
    )
    options = tuple(
        Action(short(f"{point.marked}{point.label(context)}"), point.command) for point in shown
    )
    turning = turn("checklist", page, len(every), PAGE)
    return Message(said.blocks, turning, menu=Menu(_("Open one"), options), in_place=True)


def _in_the_list(point: Point, context: Context) -> str:
    """The label, and until when it is put off."""
    label = point.label(context)
    if point.aside is None:
        return label
    until = _("until {day}", day=day(point.aside))
    return f"{label} · {until}"


def _legend() -> str:
    return _(
        "{overdue} overdue · {open} open · {later} later · {done} done · {no} not for me",
        overdue=MARKS["overdue"],
        open=MARKS["open"],
        later=MARKS["later"],
        done=MARKS["done"],
        no=MARKS["not for me"],
    )


def bar(done: int, of: int) -> str:
    """A progress bar of ten squares: ▓▓▓░░░░░░░ 3 of 10."""
    full = round(10 * done / of)
    squares = "▓" * full + "░" * (10 - full)
    return f"{squares} " + n_("{done} of {count}", "{done} of {count}", of, done=done)


def _one(point: Point, context: Context) -> Message:
    """One opt-out in full, with buttons for its state."""
    control = point.control
    head = title(bold(f"{point.marked}{point.label(context)}"))
    blocks = [replace(head, action=opens(control))]
    since = _since(control)
    if since and point.state == "overdue":
        blocks.append(text(_("In use since {day} unless you act.", day=day(since))))
    blocks += [
        control_steps(control, point.local),
        labelled(_("What it does:"), content(control.stops), weight=60),
        labelled(_("Limits:"), content(control.does_not_stop), weight=55),
        *doubts(control, context.store.stories.shaken(point.service)),
    ]
    return Message(tuple(blocks), _answers(point), in_place=True)


def _since(control: Control) -> date | None:
    """The day until which one can act, or else from which it applies; or None."""
    return control.deadline or control.effective


def _answers(point: Point) -> tuple[Action, ...]:
    if point.state in _SETTLED:
        return (
            Action(_("Not done yet"), f"{point.command} undo"),
            Action(_("Back"), "checklist"),
        )
    return (
        Action(_("Done"), f"{point.command} done"),
        Action(_("Later"), f"{point.command} later"),
        Action(_("Not for me"), f"{point.command} no"),
        Action(_("Back"), "checklist"),
    )


COMMAND = Command(
    Entry(
        "checklist",
        N_("Every opt-out of what you follow: done, open, overdue"),
        (Parameter("page", N_("Which page"), required=False),),
        manages=True,
        section=Section.ACT,
    ),
    run,
)
