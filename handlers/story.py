"""/story: one change in full, before and after."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.alert import detail
from bot.render.blocks import note
from bot.render.coverage import coverage
from bot.understand.stories import COVERAGE
from handlers._base import Command, Context, Section
from handlers._pieces import no_story, numbered, waiting


def run(request: Request, context: Context) -> Message:
    """Everything that is known of the story whose number was given."""
    story = numbered(request.text, context)
    if story is None:
        return no_story()
    if story.lead.record in COVERAGE:
        return coverage(story, (), context.names)
    said = detail(story, context.known, context.names, context.today)
    held = waiting([story], request, context)
    notes = tuple(note(each, weight=60) for each in held.values())
    return replace(said, blocks=(*said.blocks, *notes))


COMMAND = Command(
    Entry(
        "story",
        N_("One change in full, before and after"),
        (Parameter("number", N_("As /recent shows it")),),
        section=Section.UNDERSTAND,
    ),
    run,
)
