"""/why: why you were told of a change, or were not, from the recorded reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from bot.locales import N_, _
from bot.matcher import Hindrance, hindrance, level_of, roles_of
from bot.message import Action, Message
from bot.model import Change, Story, Subscription
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests, Level
from bot.render.alert import lead_for
from bot.render.blocks import bold, short, text, title
from bot.render.labels import area, day, join, kinds, places, roles, topic
from bot.render.story import about
from bot.render.weighed import weighed
from bot.states import DeliveryState
from bot.store import Fate
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._judged import came_later, judged
from handlers._pieces import followed_of, no_story, numbered, waits

#: Hindrances that are explained by the change alone, not by the chat's choices.
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
        return judged(followed, "", request, context)
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return _arguments.not_found("why", typed, asked.nearest)
    return judged([asked.service.id], asked.service.name, request, context)


def _of_story(story: Story, request: Request, context: Context) -> Message:
    """The reasons for the verdict, and why the story reached this chat or did not."""
    followed = followed_of(story, request, context)
    lead = lead_for(story, followed, context.chat.regions)
    name = context.names.label((followed or lead.services)[0])
    fate = context.store.outbox.fate(request.address, story.id)
    mine = context.store.subscriptions.of(request.address)
    document = short(about(lead))
    blocks = (
        title(bold(f"{name} · {document} · {day(lead.recorded)}")),
        text(weighed(lead.why, lead.verdict)),
        text(_for_you(lead, fate, mine, context)),
    )
    return Message(blocks, (Action(_("What changed"), f"story {story.id}"),))


def _for_you(change: Change, fate: Fate, mine: Sequence[Subscription], context: Context) -> str:
    """The fate of a change for a chat with these subscriptions, and why, as a sentence."""
    if fate.state is DeliveryState.SENT:
        return _reached(change, fate.sent_at or change.recorded, mine, context)
    if fate.state is DeliveryState.DEAD:
        return _("It could not be delivered: the platform refused it.")
    if fate.state:
        return _("It is waiting for you: {why}.", why=waits(fate, context))
    found = hindrance(change, mine, context.chat.interests, context.names.for_others)
    match found:
        case None if came_later(fate):
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


def _reached(change: Change, when: datetime, mine: Sequence[Subscription], context: Context) -> str:
    """The sentence that the chat was told, and which of its choices let the change through."""
    clauses: list[str] = []
    for subscription in mine:
        if subscription.service in change.services:
            name = context.names.label(subscription.service)
            where = places(subscription.regions)
            clauses.append(_("you follow {name} ({regions})", name=name, regions=where))
    if not clauses:
        return _("You were told on {day}; you no longer follow it.", day=day(when))
    clauses += _let_through(change, context.chat.interests)
    return _("You were told on {day} because {clauses}.", day=day(when), clauses=join(clauses))


def _let_through(change: Change, interests: Interests) -> Iterator[str]:
    """The place, roles, level and topics that let a change through, as clauses."""
    if change.area is not None and (named := area(change.area)):
        yield _("the text names {places}", places=named)
    whom = roles_of([change])
    if whom & interests.roles:
        yield _("it is for {whom}", whom=roles(whom & interests.roles))
    match level_of(change):
        case Level.MUST_KNOW:
            yield _("it is something that one must know")
        case Level.SHOULD_KNOW:
            yield _("it is something that one should know")
        case Level.EVERYTHING:
            yield _("you asked for small edits too")
    if chosen := [each for each in change.topics if each in interests.topics]:
        named = join([topic(each) for each in chosen])
        yield _("it is about one of your topics ({topics})", topics=named)


def _of_other_documents(change: Change, mine: Sequence[Subscription], context: Context) -> str:
    """The documents of the service that the chat chose."""
    [chosen, *_others] = [each for each in mine if each.service in change.services]
    return _(
        "You were not told: of {name} you hear only of {kinds}. To change that: {command}",
        name=context.names.label(chosen.service),
        kinds=kinds(chosen.kinds),
        command=f"/documents {chosen.service}",
    )


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
                "what",
                N_("A service, or the number of a story"),
                required=False,
                kind="followed first",
            ),
        ),
        section=Section.UNDERSTAND,
    ),
    run,
)
