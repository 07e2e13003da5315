"""/recent: the last changes of what you follow, or of one service."""

from __future__ import annotations

from collections.abc import Sequence

from bot.locales import N_, _
from bot.message import Action, Block, Message
from bot.model import Change
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, listing, say, short, title
from bot.render.labels import day, terms
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import told, waiting

#: Changes that matter, and small edits beside them.
SHOWN = 5
_SHOWN_MINOR = 3


def run(request: Request, context: Context) -> Message:
    """List the last changes of a service, or of all that the chat follows."""
    if not request.text.strip():
        services = _arguments.followed(request, context)
        if not services:
            return _arguments.nothing_followed()
        return _listed(services, _("what you follow"), request, context)
    asked = _arguments.read(request.text, context)
    if asked.service is None:
        return _arguments.not_found("recent", request.text.strip(), asked.nearest)
    return _listed([asked.service.id], asked.service.name, request, context)


def _listed(services: Sequence[str], name: str, request: Request, context: Context) -> Message:
    stories = context.store.stories.recent(services, SHOWN)
    minor = context.store.stories.recent_minor(services, _SHOWN_MINOR)
    if not stories and not minor:
        return say(_("Nothing has changed since this bot began to watch: {name}.", name=name))
    blocks = [title(bold(_("The last changes: {name}", name=name)))]
    actions: list[Action] = []
    held = waiting(stories, request, context)
    for story in stories:
        said = [told(story, context)]
        if story.id in held:
            said.append(" " + held[story.id])
        blocks.append(listing([said], weight=60))
        service = context.names.label(story.lead.services[0])
        label = short(f"{service}, {day(story.lead.recorded)}")
        actions.append(Action(label, f"story {story.id}"))
    if minor:
        blocks.append(_small_edits(minor, context))
    return say(*blocks, actions=actions)


def _small_edits(changes: Sequence[Change], context: Context) -> Block:
    edits: list[str] = []
    for change in changes:
        service = context.names.label(change.services[0])
        edits.append(f"{service} {terms(change.terms_type)}, {day(change.recorded)}")
    return listing([[bold(_("Small edits:") + " "), "; ".join(edits)]], weight=10)


COMMAND = Command(
    Entry(
        "recent",
        N_("The last changes of what you follow"),
        (Parameter("service", N_("Only this one"), required=False, kind="service"),),
        section=Section.UNDERSTAND,
    ),
    run,
)
