"""/test: a sample alert now, as it would look here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.locales import N_, _
from bot.message import Message
from bot.model import Change, Excerpt, OptOut, Story, Verdict
from bot.platform import Entry, Request
from bot.reasons import Reason, Weight
from bot.regions import EUROPE
from bot.render.alert import alert
from bot.render.blocks import note
from bot.understand.stories import is_event
from handlers import _arguments
from handlers._base import Command, Context

#: So many are looked through for one that tells a change.
MANY = 5
_WHEN = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)
#: What happened in November 2025, in words of our own.
SAMPLE = Story(0, Change(
    uid="sample", services=("linkedin",), terms_type="Privacy Policy", recorded=_WHEN, title="", link="", verdict=Verdict.MATERIAL,
    why=(Reason(Weight.NEW_WORDS, ("33",)),), area=EUROPE, effective=_WHEN.date(), topics=("ai_training",),
    opt_out=OptOut.AVAILABLE, excerpts=(Excerpt("", "From 3 November 2025 we train AI on your data unless you opt out."),),
))  # fmt: skip


def run(request: Request, context: Context) -> Message:
    followed = _arguments.followed(request, context)
    newest = context.store.stories.recent(followed, MANY) if followed else []
    last = [story for story in newest if is_event(story)]
    story = last[0] if last else SAMPLE
    service = next(
        (each for each in story.lead.services if each in followed), story.lead.services[0]
    )
    where = _arguments.regions_here(request, context, service) or _arguments.EVERYWHERE
    said = alert(
        story,
        (service,),
        where,
        context.known,
        context.names,
        context.today,
        shared=not request.private,
    )
    told = note(_("This is a test: an alert looks like this."), weight=60)
    actions = tuple(
        action
        for action in said.actions
        if story is not SAMPLE or not action.command.endswith(" 0")
    )
    return replace(said, blocks=(told, *said.blocks), actions=actions)


COMMAND = Command(Entry("test", N_("A sample alert now"), manages=True), run)
