"""/recent: the last changes of what you follow, or of one service."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.model import Story
from bot.render.headline import headline
from bot.render.words import bold, day, listing, say, title
from handlers import asking
from handlers.base import Command, Context

SHOWN = 5


def run(request: Request, context: Context) -> Message:
    services, name = _asked(request, context)
    if name is None:
        guess = asking.read(request.text, context)
        return asking.not_found("recent", request.text.strip(), guess.nearest)
    if not services:
        return say("You follow nothing yet. Start with one: /subscribe linkedin eu")
    stories = context.store.recent(services, SHOWN)
    minor = context.store.recent_minor(services, 3)
    if not stories and not minor:
        return say(f"Nothing has changed at {name} since this bot began to watch.")
    blocks = [title(bold(f"The last changes at {name}"))]
    blocks += [listing([[told(story, context)]], weight=60) for story in stories]
    if minor:
        small = "; ".join(f"{context.names.label(c.services[0])} {c.terms_type}, {day(c.recorded)}" for c in minor)
        blocks.append(listing([[bold("Small edits, told to nobody: "), small]], weight=10))
    short = [(story, f"{context.names.label(story.lead.services[0])}, {day(story.lead.recorded)}") for story in stories]
    return say(*blocks, actions=[Action(label, f"story {story.id}") for story, label in short])


def _asked(request: Request, context: Context) -> tuple[list[str], str | None]:
    if not request.text.strip():
        return [s.service for s in context.store.subscriptions(request.address)], "the services you follow"
    asked = asking.read(request.text, context)
    return ([asked.service.id], asked.service.name) if asked.service else ([], None)


def told(story: Story, context: Context) -> str:
    """A story in one line."""
    return f"{day(story.lead.recorded)}: {headline(story, context.names.label(story.lead.services[0]))}"


COMMAND = Command(
    Entry("recent", "The last changes of what you follow", (Parameter("service", "Only this one", required=False),)), run
)
