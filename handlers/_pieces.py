"""Parts that the answers of several commands share."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.catalogue.offered import open_controls
from bot.conversation import zones
from bot.locales import _, locale, n_
from bot.matcher import is_for, level_of
from bot.message import Action, Block, Message
from bot.model import Change, Record, Service, Story
from bot.platform import Request
from bot.preferences import Schedule
from bot.render.alert import is_elsewhere, lead_for
from bot.render.blocks import bold, foreign, headed, listing, note, quoted, say, short, term_list
from bot.render.control import named
from bot.render.headline import headline
from bot.render.labels import day, weekday
from bot.render.reasons import reason
from bot.render.story import about, for_chat
from bot.render.waits import held_for
from bot.store import Fate
from bot.understand.stories import COVERAGE
from bot.verdicts import HeldFor
from handlers._base import Context

#: The most recent stories searched for those that are for the chat.
_LOOKED_AT = 40
#: The most stories told to a chat that begins to follow something, and the most opt-outs offered.
_LATELY = 3
_OFFERED = 8
#: The most stories of the last year told to a chat that begins to follow a single service.
_YEAR = timedelta(days=365)
_OF_A_YEAR = 2
#: The most opt-outs of a service that is followed alone.
_OF_ONE = 3


def told(story: Story, context: Context) -> str:
    """A story in one line."""
    lead = lead_for(story, (), context.chat.regions)
    if lead.record in COVERAGE:
        return headed(f"{day(lead.recorded)} · {document_of(lead, context)}", _read_or_not(lead))
    regions = context.chat.regions
    shown = for_chat(story, (), regions)
    said = headline(shown, context.names.label(lead.services[0]), regions)
    if is_elsewhere(lead, regions):
        said = _("Not for Europe:") + " " + said
    return headed(f"{day(lead.recorded)} · {document_of(lead, context)}", said)


def _read_or_not(change: Change) -> str:
    """The line that a service's texts are not read, and why, or are read again."""
    names = term_list(change.terms_type)
    if change.record is Record.READ_AGAIN:
        return _("read again ({terms}).", terms=names)
    why = reason(change.why[0])
    return _("not read for now ({terms}) because {reason}.", terms=names, reason=why)


def document_of(change: Change, context: Context) -> str:
    """The service and document of a change: LinkedIn · Privacy Policy."""
    service = context.names.label(change.services[0])
    if change.record in COVERAGE:
        return service
    return f"{service} · {about(change)}"


def story_button(command: str, change: Change, context: Context) -> Action:
    """The button to a story, labelled with its document and day."""
    when = format_date(change.recorded, "medium", locale=locale())
    return Action(short(f"{document_of(change, context)}, {when}"), command)


def person_sum(request: Request, context: Context) -> str:
    """A keyed hash that identifies the person who asks; "" if they are unknown.

    Without the bot's token, the database reveals nothing about them.
    """
    if not request.person:
        return ""
    platform = request.address.platform
    secret = context.secrets.get(platform, "")
    digest = hmac.digest(secret.encode(), f"{platform}:{request.person}".encode(), "sha256")
    return digest.hex()[:32]


def waits(fate: Fate, context: Context) -> str:
    """What an alert waits for; for a weekly digest, also the day."""
    if fate.held_for is None:
        return fate.why or _("it is on its way")
    said = held_for(fate.held_for)
    if fate.held_for is not HeldFor.WEEKLY_DIGEST or fate.due is None:
        return said
    there = fate.due.astimezone(ZoneInfo(context.chat.schedule.zone))
    return f"{said} ({weekday(there.weekday())})"


def waiting(stories: Sequence[Story], request: Request, context: Context) -> dict[int, str]:
    """The sentence on what each story that was put aside for the chat waits for."""
    numbers = [story.id for story in stories]
    found = context.store.outbox.put_aside(request.address, numbers)
    return {
        number: _("It is waiting for you: {why}.", why=waits(fate, context))
        for number, fate in found.items()
    }


def turn(command: str, page: int, count: int, size: int) -> tuple[Action, ...]:
    """The buttons to turn the pages of a list of `count` things, `size` on each."""
    found: list[Action] = []
    if page > 1:
        found.append(Action("◀ " + _("Previous"), f"{command} {page - 1}"))
    if page * size < count:
        found.append(Action(_("Next") + " ▶", f"{command} {page + 1}"))
    return tuple(found)


def on_page(page: int, count: int, size: int) -> str:
    """The page number for a heading, or "" if there is only one page."""
    if count <= size:
        return ""
    last = (count - 1) // size + 1
    return " · " + _("page {number} of {count}", number=page, count=last)


def page_of(typed: str, count: int, size: int) -> int:
    """The typed page number, at most the last; 1 if it is no number."""
    if not typed.isdecimal() or len(typed) >= 4:
        return 1
    last = (count - 1) // size + 1
    return max(1, min(int(typed), last))


def page_behind(typed: str, context: Context) -> tuple[str, str]:
    """The typed text, and the page number after it, or "".

    Some names end in a number, so a number counts only alone or after the id of a service.
    """
    rest, _sep, last = typed.rpartition(" ")
    if last.isdecimal() and (not rest or context.names.get(rest)):
        return rest, last
    return typed, ""


def works_once(valid: timedelta) -> str:
    """The sentence that something works once, and for how long."""
    return n_(
        "It works once, for {count} minute.",
        "It works once, for {count} minutes.",
        round(valid.total_seconds() / 60),
    )


def ticked(label: str, is_chosen: bool) -> str:
    """The label of a button for a choice, ticked if it is chosen."""
    return f"✓ {label}" if is_chosen else label


def following(count: int) -> str:
    """The number of services that a chat follows, as a sentence."""
    return n_("You follow {count} service.", "You follow {count} services.", count)


def not_followed(service: Service) -> Message:
    """The answer to a change of a subscription that does not exist."""
    said = _("You do not follow {name}. /subscriptions lists what you follow.", name=service.name)
    return say(said)


def numbered(typed: str, context: Context) -> Story | None:
    """The story with a typed number, or None.

    A record about no service, such as the operator's chores, is not a story for people.
    """
    number = typed.strip()
    if not (number.isdecimal() and number.isascii()) or len(number) > 15:
        return None
    story = context.store.stories.get(int(number))
    if story is None or not story.lead.services:
        return None
    return story


def followed_of(story: Story, request: Request, context: Context) -> tuple[str, ...]:
    """The services of a story that a chat follows."""
    mine = {each.service for each in context.store.subscriptions.of(request.address)}
    return tuple(service for service in story.lead.services if service in mine)


def no_story() -> Message:
    """The answer to a request for an unknown story."""
    return say(_("I do not know that story. /recent lists the last ones."))


def nothing_yet(name: str, since: datetime | None = None) -> Message:
    """The answer that nothing has changed for a service, or ("") for all that are followed."""
    if since:
        what = name or _("what you follow")
        return say(_("Nothing has changed since {day}: {name}.", day=day(since), name=what))
    if name:
        return say(_("Nothing has changed since this bot began to watch: {name}.", name=name))
    return say(_("Nothing of what you follow has changed since this bot began to watch."))


def useful_at_once(
    services: Sequence[str], where: frozenset[str], context: Context
) -> list[Block | str]:
    """The latest stories and the open opt-outs, because a new subscription starts in silence."""
    found: list[Block | str] = []
    recent = context.store.stories.recent(services, limit=_LOOKED_AT)
    for_me = [story for story in recent if _is_for_chat(story, services, context)]
    if len(services) == 1:
        for_me = _weightiest(for_me, context)
    if for_me:
        lines = [
            (bold(_("Lately:") + " "), foreign(told(each, context))) for each in for_me[:_LATELY]
        ]
        found.append(listing(lines, weight=20))
    offers = _open(services, where, context)
    if offers:
        found.append(_("You can opt out right now:"))
        found.append(listing([[offer] for offer in offers[:_OFFERED]], weight=60))
    more = len(offers) - _OFFERED
    if more > 0:
        left = n_(
            "And {count} more: {command}",
            "And {count} more: {command}",
            more,
            command="/checklist",
        )
        found.append(note(left))
    return found


def _weightiest(stories: Sequence[Story], context: Context) -> list[Story]:
    """The weightiest stories of the last year; among equals the later first."""
    lately = [story for story in stories if story.lead.recorded > context.now - _YEAR]

    def weight(story: Story) -> tuple[int, int, datetime]:
        lead = story.lead
        return level_of(lead), len(lead.topics), lead.recorded

    return sorted(lately, key=weight, reverse=True)[:_OF_A_YEAR]


def _is_for_chat(story: Story, services: Sequence[str], context: Context) -> bool:
    """Whether a story is for one of the roles in which the chat uses these services."""
    followed = [service for service in story.lead.services if service in services]
    return is_for(story.lead, context.chat.interests, followed, context.names.for_others)


def _open(services: Sequence[str], where: frozenset[str], context: Context) -> list[str]:
    """Controls that are on by default: several of a single service, else the first of each."""
    found: list[str] = []
    for service in services:
        controls = open_controls(context.known.guide(service), where)
        if len(services) == 1:
            found += [quoted(named(control)) for control in controls[:_OF_ONE]]
        elif controls:
            found.append(headed(context.names.label(service), quoted(named(controls[0]))))
    return found


def done_here(request: Request, context: Context) -> frozenset[str]:
    """The controls that a chat has marked as done, each as "service/control"."""
    acted = context.store.reminders.acted(request.address)
    return frozenset("/".join(key) for key, what in acted.items() if what.deed == "done")


def follow_zone(request: Request, chosen: frozenset[str], context: Context) -> None:
    """Set the time zone to the country's, unless the chat has chosen one."""
    schedule = context.chat.schedule
    zone = zones.of_regions(chosen)
    # A zone that came from the previous country is replaced, too.
    is_chosen = schedule.zone not in (Schedule().zone, zones.of_regions(context.chat.regions))
    if zone and not is_chosen:
        schedule = replace(schedule, zone=zone)
        context.store.preferences.set_schedule(request.address, schedule, context.now)
