"""/why: why you were told of a change, or were not, from the recorded reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from bot.locales import N_, _
from bot.matcher import Hindrance, hindrance, roles_of
from bot.message import Action, Block, Message
from bot.model import Change, Story, Subscription
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, labelled, listing, say, short, text, title
from bot.render.labels import area, day, kinds, places, roles, terms
from bot.render.reasons import reason, reasons
from bot.states import DeliveryState
from bot.store import Fate
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import no_story, numbered, waits

#: Changes that are looked at.
SHOWN = 6
#: What is said of the change alone, and nothing of what the chat chose for a service or itself.
_Told = Literal[
    Hindrance.VERDICT,
    Hindrance.SERVICE,
    Hindrance.REGION,
    Hindrance.LEVEL,
    Hindrance.TOPIC,
    None,
]


def run(request: Request, context: Context) -> Message:
    """Explain one story by its number, or the newest changes of a service or of all."""
    typed = request.text.strip()
    if typed.isdecimal():
        story = numbered(typed, context)
        if story is None:
            return no_story()
        return _of_story(story, request, context)
    if not typed:
        followed = _arguments.followed(request, context)
        if not followed:
            return _arguments.nothing_followed()
        return _of_services(followed, _("what you follow"), request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("why", typed, asked.nearest)
    return _of_services([asked.service.id], asked.service.name, request, context)


def _of_story(story: Story, request: Request, context: Context) -> Message:
    lead = story.lead
    name = context.names.label(lead.services[0])
    fate = context.store.outbox.fate(request.address, story.id)
    mine = context.store.subscriptions.of(request.address)
    blocks = (
        title(bold(f"{name} · {short(terms(lead.terms_type) or lead.title)}")),
        labelled(_("Why it counts:"), f"{reasons(lead.why)}."),
        labelled(_("You and this change:"), _for_you(lead, fate, mine, context)),
    )
    return Message(blocks, (Action(_("What changed"), f"story {story.id}"),))


def _of_services(services: Sequence[str], name: str, request: Request, context: Context) -> Message:
    """The newest changes of each, told or not."""
    found = context.store.stories.changes(services, SHOWN)
    if not found:
        return say(_("Nothing has changed since this bot began to watch: {name}.", name=name))
    blocks: list[Block] = [title(bold(_("Told, or not, and why: {name}", name=name)))]
    mine = context.store.subscriptions.of(request.address)
    for judged in found:
        fate = Fate()
        if judged.story_id:
            fate = context.store.outbox.fate(request.address, judged.story_id)
        blocks += _judged(judged.change, fate, mine, context)
    return say(*blocks)


def _judged(
    change: Change, fate: Fate, mine: Sequence[Subscription], context: Context
) -> Iterator[Block]:
    """One change: which it is, what became of it for the chat, and the first reason."""
    service = context.names.label(change.services[0])
    head = f"{day(change.recorded)} · {service} · {short(terms(change.terms_type))}"
    yield text(bold(head), weight=40)
    why = reason(change.why[0]) if change.why else "–"
    yield listing([[f"{_for_you(change, fate, mine, context)} ({why})"]])


def _for_you(change: Change, fate: Fate, mine: Sequence[Subscription], context: Context) -> str:
    """What became of a change for a chat with these subscriptions, as a sentence."""
    if fate.state is DeliveryState.SENT:
        return _("You were told on {day}.", day=day(fate.sent_at or change.recorded))
    if fate.state is DeliveryState.DEAD:
        return _("It could not be delivered: the platform refused it.")
    if fate.state:
        return _("It is waiting for you: {why}.", why=waits(fate, context))
    found = hindrance(change, mine, context.chat.interests, context.names.for_others)
    match found:
        case None if _came_later(fate):
            return _("You were not told: you began to follow it later.")
        case None if fate.void:
            return _("You were not told: it was taken back before its turn came.")
        case Hindrance.DOCUMENT:
            return _of_other_documents(change, mine, context)
        case Hindrance.AUDIENCE:
            return _(
                "You were not told: it is for {whom}. You hear what is for {mine}: {command}",
                whom=roles(roles_of([change])),
                mine=roles(context.chat.interests.roles),
                command="/audience",
            )
        case _:
            return _not_told(found, change, mine)


def _of_other_documents(change: Change, mine: Sequence[Subscription], context: Context) -> str:
    """Which documents the chat chose of the service."""
    [chosen, *_others] = [each for each in mine if each.service in change.services]
    return _(
        "You were not told: of {name} you hear only of {kinds}. To change that: {command}",
        name=context.names.label(chosen.service),
        kinds=kinds(chosen.kinds),
        command=f"/documents {chosen.service}",
    )


def _came_later(fate: Fate) -> bool:
    """Whether the chat began to follow the service after the story was told."""
    if fate.since is None or fate.told is None:
        return False
    return fate.since > fate.told


def _not_told(found: _Told, change: Change, mine: Sequence[Subscription]) -> str:
    match found:
        case Hindrance.VERDICT:
            return _("Nobody was told: it changes nothing that matters.")
        case Hindrance.SERVICE:
            return _("You were not told: you do not follow this service.")
        case Hindrance.REGION:
            return _(
                "You were not told: it concerns {places}, and you chose {mine}.",
                places=area(change.area or frozenset()),
                mine=places(_regions(change, mine)),
            )
        case Hindrance.LEVEL:
            return _(
                "You were not told: it matters less than what you chose to hear of. "
                "To change that: /threshold"
            )
        case Hindrance.TOPIC:
            return _("You were not told: it is about none of your /topics.")
        case None:
            return _(
                "It is not queued for you: it was published while you could not be reached, "
                "or before you came."
            )


def _regions(change: Change, mine: Sequence[Subscription]) -> set[str]:
    """The regions that a chat chose for the services of a change."""
    found: set[str] = set()
    for subscription in mine:
        if subscription.service in change.services:
            found |= subscription.regions
    return found


COMMAND = Command(
    Entry(
        "why",
        N_("Why you were told of a change, or were not"),
        (
            Parameter(
                "what", N_("A service, or the number of a story"), required=False, kind="service"
            ),
        ),
        section=Section.UNDERSTAND,
    ),
    run,
)
