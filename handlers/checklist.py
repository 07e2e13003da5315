"""/checklist: every opt-out of the services you follow, with what you did about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.catalogue import Control
from bot.locales import N_, _, content, n_
from bot.message import Action, Menu, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, labelled, listing, say, short, text, title
from bot.render.howto import control_steps, doubts, named, opens, usable
from bot.render.labels import day
from bot.store.reminders import Acted, ControlKey, Deed
from handlers import _arguments
from handlers._base import Command, Context
from handlers.subscriptions import turn

PAGE = 8
#: "Later" puts an opt-out aside for so long.
ASIDE = timedelta(days=14)

State = Literal["overdue", "open", "later", "done", "not for me"]
#: In the order in which they are listed, each with its mark.
MARKS: dict[State, str] = {
    "overdue": "❗",
    "open": "☐",
    "later": "⏳",
    "done": "☑",
    "not for me": "–",
}
_DEEDS: dict[str, Deed] = {"done": "done", "later": "later", "no": "not for me"}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that one can do at one service."""

    service: str
    control: Control
    state: State

    def label(self, context: Context) -> str:
        """LinkedIn: Advertising data; a title that names the service stands alone."""
        name = context.names.label(self.service)
        title = named(self.control)
        return title if title.startswith(name) else f"{name}: {title}"

    @property
    def command(self) -> str:
        return f"checklist {self.service} {self.control.id}"


def run(request: Request, context: Context) -> Message:
    match request.text.split():
        case [service, control, answer] if answer in _DEEDS and _find(
            service, control, request, context
        ):
            context.store.reminders.act(
                request.address, service, control, _DEEDS[answer], context.now
            )
            return _list(request, context, 1)
        case [service, control] if point := _find(service, control, request, context):
            return _one(point, context)
        case [page] if page.isdecimal() and len(page) < 4:
            return _list(request, context, max(int(page), 1))
    return _list(request, context, 1)


def points(request: Request, context: Context) -> list[Point]:
    """Everything that can be done at the services a chat follows, what is overdue first."""
    acted = context.store.reminders.acted(request.address)
    found = []
    for subscription in context.store.subscriptions.of(request.address):
        for control in usable(context.known.guide(subscription.service), subscription.regions):
            said = acted.get(ControlKey(subscription.service, control.id))
            found.append(Point(subscription.service, control, _state(control, said, context)))
    order = list(MARKS)
    return sorted(found, key=lambda point: order.index(point.state))


def _state(control: Control, acted: Acted | None, context: Context) -> State:
    if acted and acted.deed != "later":
        return acted.deed
    if acted and context.now < acted.at + ASIDE:
        return "later"
    # In use without anybody having asked, since a day that has passed: that is what one is late for.
    since = control.deadline or control.effective
    return "overdue" if control.on_by_default and since and since <= context.today else "open"


def _find(service: str, control: str, request: Request, context: Context) -> Point | None:
    return next(
        (p for p in points(request, context) if (p.service, p.control.id) == (service, control)),
        None,
    )


def _list(request: Request, context: Context, page: int) -> Message:
    if not context.store.subscriptions.of(request.address):
        return _arguments.nothing_followed()
    every = points(request, context)
    if not every:
        return say(_("For what you follow we know no opt-outs yet. A letter always works: /letter"))
    page = min(page, (len(every) - 1) // PAGE + 1)
    shown = every[(page - 1) * PAGE : page * PAGE]
    said = say(
        title(bold(_("What you can opt out of"))),
        bar(sum(point.state in ("done", "not for me") for point in every), len(every)),
        listing((f"{MARKS[point.state]} ", point.label(context)) for point in shown),
        _("{overdue} overdue · {open} open · {later} later · {done} done", **{m: MARKS[m] for m in ("overdue", "open", "later", "done")}),
    )  # fmt: skip
    options = tuple(Action(short(f"{MARKS[p.state]} {p.label(context)}"), p.command) for p in shown)
    turning = turn("checklist", page, len(every), PAGE)
    return Message(said.blocks, turning, menu=Menu(_("Open one"), options), in_place=True)


def bar(done: int, of: int) -> str:
    """▓▓▓░░░░░░░ 3 of 10"""
    full = round(10 * done / of)
    return f"{'▓' * full}{'░' * (10 - full)} " + n_(
        "{done} of {count}", "{done} of {count}", of, done=done
    )


def _one(point: Point, context: Context) -> Message:
    control = point.control
    since = control.deadline or control.effective
    late = (
        [text(_("In use since {day} unless you act.", day=day(since)))]
        if since and point.state == "overdue"
        else []
    )
    head = title(bold(f"{MARKS[point.state]} {point.label(context)}"))
    return Message(
        (replace(head, action=opens(control)), *late, control_steps(control), labelled(_("What it does:"), content(control.stops), weight=60),
         labelled(_("Limits:"), content(control.does_not_stop), weight=55),
         *doubts(control, context.store.stories.shaken(point.service))),
        (Action(_("Done"), f"{point.command} done"), Action(_("Later"), f"{point.command} later"),
         Action(_("Not for me"), f"{point.command} no"), Action(_("Back"), "checklist")),
        in_place=True,
    )  # fmt: skip


COMMAND = Command(
    Entry("checklist", N_("Every opt-out of what you follow: done, open, overdue"),
          (Parameter("page", N_("Which page"), required=False),), manages=True),
    run,
)  # fmt: skip
