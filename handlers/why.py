"""/why: why you were told of a change, or were not, from the recorded reasons."""

from __future__ import annotations

from collections.abc import Sequence

from bot.locales import N_, _
from bot.matcher import Hindrance, hindrance
from bot.message import Action, Block, Message
from bot.model import Change, Story, Subscription
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests
from bot.render.blocks import bold, labelled, listing, say, short, text, title
from bot.render.labels import area, day, places, terms
from bot.render.reasons import held_for, reason, reasons
from bot.states import DeliveryState
from bot.store import Fate
from handlers import _arguments
from handlers._base import Command, Context
from handlers.story import numbered, unknown

SHOWN = 6


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if typed.isdecimal():
        story = numbered(typed, context)
        return _of_story(story, request, context) if story else unknown()
    if not typed:
        followed = _arguments.followed(request, context)
        return (
            _of_services(followed, _("what you follow"), request, context)
            if followed
            else _arguments.nothing_followed()
        )
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("why", typed, asked.nearest)
    return _of_services([asked.service.id], asked.service.name, request, context)


def _of_story(story: Story, request: Request, context: Context) -> Message:
    lead = story.lead
    name = context.names.label(lead.services[0])
    fate, mine = (
        context.store.outbox.fate(request.address, story.id),
        context.store.subscriptions.of(request.address),
    )
    blocks = [
        title(bold(f"{name} · {short(terms(lead.terms_type) or lead.title)}")),
        labelled(_("Why it counts:"), f"{reasons(lead.why)}."),
        labelled(_("You and this change:"), _for_you(lead, fate, mine, context.chat.interests)),
    ]
    return Message(tuple(blocks), (Action(_("What changed"), f"story {story.id}"),))


def _of_services(services: list[str], name: str, request: Request, context: Context) -> Message:
    """The newest changes of each, told or not."""
    found = context.store.stories.changes(services, SHOWN)
    if not found:
        return say(_("Nothing has changed since this bot began to watch: {name}.", name=name))
    blocks: list[Block] = [title(bold(_("Told, or not, and why: {name}", name=name)))]
    mine, interests = context.store.subscriptions.of(request.address), context.chat.interests
    for judged in found:
        change, story_id = judged.change, judged.story_id
        fate = context.store.outbox.fate(request.address, story_id) if story_id else Fate()
        head = f"{day(change.recorded)} · {context.names.label(change.services[0])} · {short(terms(change.terms_type))}"
        blocks.append(text(bold(head), weight=40))
        blocks.append(
            listing(
                [
                    [
                        f"{_for_you(change, fate, mine, interests)} ({reason(change.why[0]) if change.why else '–'})"
                    ]
                ]
            )
        )
    return say(*blocks)


def _for_you(change: Change, fate: Fate, mine: Sequence[Subscription], interests: Interests) -> str:
    """What became of a change for a chat with these subscriptions, as a sentence."""
    if fate.state is DeliveryState.SENT:
        return _("You were told on {day}.", day=day(fate.sent_at or change.recorded))
    if fate.state is DeliveryState.DEAD:
        return _("It could not be delivered: the platform refused it.")
    if fate.state:
        return _("It is waiting for you: {why}.", why=waiting(fate))
    found = hindrance(change, mine, interests)
    if found is None and fate.since and fate.told and fate.since > fate.told:
        return _("You were not told: you began to follow it later.")
    return _not_told(found, change, mine)


def waiting(fate: Fate) -> str:
    """What an alert waits for."""
    if fate.held_for:
        return held_for(fate.held_for)
    return fate.why or _("it is on its way")


def _not_told(found: Hindrance | None, change: Change, mine: Sequence[Subscription]) -> str:
    match found:
        case Hindrance.VERDICT:
            return _("Nobody was told: it changes nothing that matters.")
        case Hindrance.SERVICE:
            return _("You were not told: you do not follow this service.")
        case Hindrance.REGION:
            chosen = {
                region
                for each in mine
                if each.service in change.services
                for region in each.regions
            }
            where = area(change.area or frozenset())
            return _(
                "You were not told: it concerns {places}, and you chose {mine}.",
                places=where,
                mine=places(chosen),
            )
        case Hindrance.LEVEL:
            return _("You were not told: /threshold asks for more.")
        case Hindrance.TOPIC:
            return _("You were not told: it is about none of your /topics.")
        case None:
            return _(
                "It is not queued for you: it was published while you could not be reached, or before you came."
            )


COMMAND = Command(
    Entry("why", N_("Why you were told of a change, or were not"),
          (Parameter("what", N_("A service, or the number of a story"), required=False, kind="service"),)),
    run,
)  # fmt: skip
