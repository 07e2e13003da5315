"""/recent: the last changes of what you follow, or of one service."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Action, Message
from bot.model import Story
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, listing, say, short, title
from bot.render.headline import headline
from bot.render.labels import day, terms
from handlers import _arguments
from handlers._base import Command, Context

SHOWN = 5


def run(request: Request, context: Context) -> Message:
    services, name = _asked(request, context)
    if name is None:
        guess = _arguments.read(request.text, context)
        return _arguments.not_found("recent", request.text.strip(), guess.nearest)
    if not services:
        return _arguments.nothing_followed()
    stories = context.store.stories.recent(services, SHOWN)
    minor = context.store.stories.recent_minor(services, 3)
    if not stories and not minor:
        return say(_("Nothing has changed since this bot began to watch: {name}.", name=name))
    blocks = [title(bold(_("The last changes: {name}", name=name)))]
    blocks += [listing([[told(story, context)]], weight=60) for story in stories]
    if minor:
        small = "; ".join(
            f"{context.names.label(c.services[0])} {terms(c.terms_type)}, {day(c.recorded)}"
            for c in minor
        )
        blocks.append(listing([[bold(_("Small edits:") + " "), small]], weight=10))
    labels = [
        (story, f"{context.names.label(story.lead.services[0])}, {day(story.lead.recorded)}")
        for story in stories
    ]
    return say(
        *blocks, actions=[Action(short(label), f"story {story.id}") for story, label in labels]
    )


def _asked(request: Request, context: Context) -> tuple[list[str], str | None]:
    if not request.text.strip():
        return _arguments.followed(request, context), _("what you follow")
    asked = _arguments.read(request.text, context)
    return ([asked.service.id], asked.service.name) if asked.service else ([], None)


def told(story: Story, context: Context) -> str:
    """A story in one line."""
    return f"{day(story.lead.recorded)}: {headline(story, context.names.label(story.lead.services[0]))}"


COMMAND = Command(
    Entry("recent", N_("The last changes of what you follow"),
          (Parameter("service", N_("Only this one"), required=False, kind="service"),)),
    run,
)  # fmt: skip
