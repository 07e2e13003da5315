"""/test: a sample alert now, as it would look here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.locales import N_, _
from bot.matcher import hindrance
from bot.message import Message
from bot.model import Change, Story, Subscription
from bot.platform import Entry, Request
from bot.regions import EUROPE
from bot.render.alert import alert
from bot.render.blocks import note
from bot.render.reader import Reader
from bot.understand.stories import is_event
from bot.verdicts import Excerpt, OptOut, Reason, Verdict, Weight
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import done_here, waiting

#: The number of stories searched for one that is about a change.
MANY = 5
_WHEN = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)
#: An event of November 2025, in our own words.
SAMPLE = Story(
    0,
    Change(
        uid="sample",
        services=("linkedin",),
        terms_type="Privacy Policy",
        recorded=_WHEN,
        title="",
        link="",
        verdict=Verdict.MATERIAL,
        why=(Reason(Weight.NEW_WORDS, ("33",)),),
        area=EUROPE,
        effective=_WHEN.date(),
        topics=("ai_training",),
        opt_out=OptOut.AVAILABLE,
        excerpts=(
            Excerpt("", "From 3 November 2025 we train AI on your data unless you opt out."),
        ),
    ),
)


def run(request: Request, context: Context) -> Message:
    """The alert of the newest story that the chat would have been told, or of a sample."""
    mine = context.store.subscriptions.of(request.address)
    story = _newest(mine, context)
    followed = [each.service for each in mine]
    service = _service(story, followed)
    where = _arguments.regions_here(request, context, service) or _arguments.EVERYWHERE
    here = done_here(request, context)
    reader = Reader(
        where,
        context.today,
        not request.private,
        here,
        context.chat.schedule.full,
        context.pages,
    )
    said = alert(story, (service,), reader, context.known, context.names)
    told = [note(_("This is a test: an alert looks like this."), weight=60)]
    told += [note(each) for each in waiting([story], request, context).values()]
    actions = said.actions
    if story is SAMPLE:  # it is not stored, so no button may lead to it
        actions = tuple(action for action in actions if not action.command.endswith(" 0"))
    mention = context.chat.mention
    return replace(said, blocks=(*told, *said.blocks), actions=actions, mention=mention)


def _newest(mine: Sequence[Subscription], context: Context) -> Story:
    interests, for_others = context.chat.interests, context.names.for_others
    if mine:
        for story in context.store.stories.recent([each.service for each in mine], MANY):
            if is_event(story) and not hindrance(story.lead, mine, interests, for_others):
                return story
    return SAMPLE


def _service(story: Story, followed: Sequence[str]) -> str:
    """The first service of a story that the chat follows, else the story's first."""
    for service in story.lead.services:
        if service in followed:
            return service
    return story.lead.services[0]


COMMAND = Command(
    Entry(
        "test",
        N_("A sample alert now"),
        manages=True,
        section=Section.WHEN_AND_HOW,
        posts=True,
    ),
    run,
)
