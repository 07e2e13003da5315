"""/recent: the last changes of what you follow, or of one service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.locales import N_, _
from bot.message import Action, Block, Message
from bot.model import Change
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, labelled, listing, title
from bot.render.labels import day
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import (
    document_of,
    nothing_yet,
    on_page,
    page_behind,
    page_of,
    story_button,
    told,
    turn,
    waiting,
)

#: Stories on a page, and small edits below the last one.
PAGE = 5
_SHOWN_MINOR = 3


def run(request: Request, context: Context) -> Message:
    """List a page of the changes of a service, or of all that the chat follows."""
    typed, page = page_behind(request.text.strip(), context)
    if not typed:
        services = _arguments.followed(request, context)
        if not services:
            return _arguments.nothing_followed()
        return _listed(services, "", ("recent", page), request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("recent", typed, asked.nearest)
    service = asked.service
    command = f"recent {service.id}"
    return _listed([service.id], service.name, (command, page), request, context)


def _listed(
    services: Sequence[str], name: str, turned: tuple[str, str], request: Request, context: Context
) -> Message:
    """A page of the changes of one service by its name, or of all that are followed ("").

    `turned` are the command that lists it, and the number of the page as it was typed.
    """
    command, typed = turned
    count = context.store.stories.count(services)
    page = page_of(typed, count, PAGE)
    stories = context.store.stories.told(services, PAGE, (page - 1) * PAGE)
    is_last = page * PAGE >= count
    minor = context.store.stories.recent_minor(services, _SHOWN_MINOR) if is_last else []
    if not stories and not minor:
        return nothing_yet(name)
    heading = _("The last changes: {name}", name=name or _("what you follow"))
    blocks = [title(bold(heading + on_page(page, count, PAGE)))]
    actions: list[Action] = []
    held = waiting(stories, request, context)
    lines = []
    for story in stories:
        said = told(story, context)
        if story.id in held:
            said += " " + held[story.id]
        lines.append([said])
        actions.append(story_button(f"story {story.id}", story.lead, context))
    if lines:
        blocks.append(listing(lines, weight=60))
    if minor:
        blocks += _small_edits(minor, context)
    actions += turn(command, page, count, PAGE)
    return Message(tuple(blocks), tuple(actions), in_place=bool(typed))


def _small_edits(changes: Sequence[Change], context: Context) -> Iterator[Block]:
    yield labelled(_("Small edits:"), weight=10)
    yield listing(
        ([f"{day(change.recorded)} · {document_of(change, context)}"] for change in changes),
        weight=10,
    )


COMMAND = Command(
    Entry(
        "recent",
        N_("The last changes of what you follow"),
        (Parameter("service", N_("Only this one"), required=False, kind="followed first"),),
        section=Section.UNDERSTAND,
    ),
    run,
)
