"""/recent: the latest changes of what you follow, or of one service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.conversation import times
from bot.conversation.time_words import table
from bot.locales import N_, _
from bot.message import Action, Block, Message
from bot.model import Change
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, foreign, labelled, listing, title
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

#: The longest period, in days.
LONGEST_DAYS = 3650
#: The number of stories on a page, and of small edits after the last one.
PAGE = 5
_SHOWN_MINOR = 3


def run(request: Request, context: Context) -> Message:
    """List a page of the changes of a service, or of all that the chat follows."""
    typed, days = _lately(request.text.strip(), context)
    typed, page = page_behind(typed, context)
    command = "recent"
    name = ""
    services = _arguments.followed(request, context)
    if typed:
        asked = _arguments.read(typed, context)
        if asked.service is None:
            return _arguments.not_found("recent", typed, asked.nearest)
        name, services = asked.service.name, [asked.service.id]
        command = f"recent {asked.service.id}"
    if not services:
        return _arguments.nothing_followed()
    if days:
        command += f" {days}d"
    since = context.now - timedelta(days=days) if days else None
    return _listed(services, name, (command, page), since, request, context)


def _lately(typed: str, context: Context) -> tuple[str, int]:
    """The text without its "last 30 days", and the number of days; 0 if none."""
    named = times.find(typed, context.today)
    if not named.days:
        return typed, 0
    left = [word for word in times.left(typed, named) if word not in table("marks")["lately"]]
    return " ".join(left), min(named.days, LONGEST_DAYS)


def _listed(
    services: Sequence[str],
    name: str,
    turned: tuple[str, str],
    since: datetime | None,
    request: Request,
    context: Context,
) -> Message:
    """A page of the changes of one service by its name, or of all that are followed ("").

    `turned` is the command that lists them, and the typed page number; `since` is the first day of
    the list, or None.
    """
    command, typed = turned
    count = context.store.stories.count(services, since)
    page = page_of(typed, count, PAGE)
    stories = context.store.stories.told(services, PAGE, (page - 1) * PAGE, since)
    is_last = page * PAGE >= count
    minor = context.store.changes.minor(services, _SHOWN_MINOR) if is_last else []
    if not stories and not minor:
        return nothing_yet(name, since)
    heading = _("The last changes: {name}", name=name or _("what you follow"))
    blocks = [title(bold(heading + on_page(page, count, PAGE)))]
    actions: list[Action] = []
    held = waiting(stories, request, context)
    lines = []
    for story in stories:
        said = told(story, context)
        if story.id in held:
            said += " " + held[story.id]
        lines.append([foreign(said)])
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
        (
            Parameter("service", N_("Only this one"), required=False, kind="followed first"),
            Parameter("days", N_("Only lately, for example: 30 days"), required=False),
        ),
        section=Section.UNDERSTAND,
    ),
    run,
)
