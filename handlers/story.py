"""/story: one change in full, page by page, with every passage before and after."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render import story as render
from bot.render.blocks import note
from bot.render.coverage import coverage
from bot.render.reader import Reader
from bot.understand.stories import COVERAGE
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import (
    done_here,
    followed_of,
    no_story,
    numbered,
    page_of,
    turn,
    waiting,
)


def run(request: Request, context: Context) -> Message:
    """A page of the story with the given number; by default the first.

    A turned page replaces the one before; the first is a new message.
    """
    number, _sep, typed = request.text.strip().partition(" ")
    story = numbered(number, context)
    if story is None:
        return no_story()
    if story.lead.record in COVERAGE:
        return coverage(story, (), context.names)
    followed = followed_of(story, request, context)
    service = (followed or story.lead.services)[0]
    where = _arguments.regions_of_reader(request, context, service)
    mine = render.for_chat(story, followed, where)
    shown = render.passages(mine, where)
    count = max(1, len(shown.pages))
    page = page_of(typed.strip(), count, 1)
    here = done_here(request, context)
    reader = Reader(
        where, context.today, shared=not request.private, done=here, pages=context.pages
    )
    said = render.whole(mine, shown, page, reader, context.known, context.names)
    blocks = said.blocks
    if page == 1:
        held = waiting([story], request, context)
        blocks += tuple(note(each, weight=60) for each in held.values())
    turning = turn(f"story {story.id}", page, count, 1)
    return replace(said, blocks=blocks, actions=(*turning, *said.actions), in_place=bool(typed))


COMMAND = Command(
    Entry(
        "story",
        N_("One change in full, page by page"),
        (
            Parameter("number", N_("As /recent shows it")),
            Parameter("page", N_("Which page"), required=False),
        ),
        section=Section.UNDERSTAND,
    ),
    run,
)
