"""The list of what a chat was told about some services, what it was not told, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.locales import N_, _, n_
from bot.matcher import Hindrance, hindrance, roles_of
from bot.message import Action, Block, Message
from bot.model import Change, Record, Story, Subscription
from bot.platform import Request
from bot.render.blocks import bold, foreign, headed, labelled, listing, note, say, title
from bot.render.labels import area, day, kinds, roles
from bot.states import DeliveryState
from bot.store import Fate
from bot.store.changes import JudgedChange
from bot.verdicts import Verdict
from handlers._base import Context
from handlers._pieces import document_of, nothing_yet, story_button, told, waits

#: The most changes read, and the most shown of those told and of those not told.
LOOKED_AT = 60
SHOWN = 5

#: Why a change was not told, if there is nothing more to say about it.
_BRIEFLY = {
    Hindrance.VERDICT: N_("a small edit."),
    Hindrance.SERVICE: N_("you do not follow it."),
    Hindrance.LEVEL: N_("it matters less than what you chose."),
    Hindrance.TOPIC: N_("none of your topics."),
}


_Kind = Literal["told", "waiting", "untold"]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A change, the id of its story (None if it has none), and its fate for the chat."""

    change: Change
    story_id: int | None
    fate: Fate

    @property
    def kind(self) -> _Kind:
        """Whether it was sent, is still to be sent, or was not told."""
        if self.fate.state is DeliveryState.SENT:
            return "told"
        return "untold" if self.fate.state in (None, DeliveryState.DEAD) else "waiting"

    def place(self) -> tuple[bool, bool, float]:
        """The sort key: told ones first, then material ones; the newest first."""
        is_small = self.change.verdict is not Verdict.MATERIAL
        return self.kind != "told", is_small, -self.change.recorded.timestamp()

    @property
    def story(self) -> Story:
        """The change as a story."""
        return Story(self.story_id or 0, self.change)


def judged(services: Sequence[str], name: str, request: Request, context: Context) -> Message:
    """The newest changes of a service by its name, or of all that are followed ("").

    Those that were told come first; noise is only counted.
    """
    found = _found(services, request, context)
    noise = context.store.changes.counts(services)[Verdict.NOISE]
    if not found and not noise:
        return nothing_yet(name)
    heading = _("Told, or not, and why: {name}", name=name or _("what you follow"))
    blocks: list[Block] = [title(bold(heading)), *_groups(found, request, context)]
    if noise:
        said = n_(
            "{count} new version of a text changed nothing that matters.",
            "{count} new versions of texts changed nothing that matters.",
            noise,
        )
        blocks.append(note(said))
    return say(*blocks, actions=list(_buttons(found, context)))


def _groups(found: Sequence[_Judged], request: Request, context: Context) -> Iterator[Block]:
    """The told, waiting and untold changes, each group under its heading."""
    mine = context.store.subscriptions.of(request.address)
    by_fate: dict[_Kind, list[str]] = {"told": [], "waiting": [], "untold": []}
    for each in found:
        by_fate[each.kind].append(_line(each, mine, context))
    yield from _group(_("You were told:"), by_fate["told"])
    yield from _group(_("Waiting for you:"), by_fate["waiting"])
    yield from _group(_("You were not told:"), by_fate["untold"])


def came_later(fate: Fate) -> bool:
    """Whether the chat began to follow the service after the story was told."""
    if fate.since is None or fate.told is None:
        return False
    return fate.since > fate.told


def _found(services: Sequence[str], request: Request, context: Context) -> list[_Judged]:
    """The newest changes, the first of each story; dates of controls are not changes."""
    stories: dict[int | str, JudgedChange] = {}
    for each in context.store.changes.newest(services, LOOKED_AT, noise=False):
        if each.change.record is not Record.DEADLINE:
            stories[each.story_id or each.change.uid] = each
    found: list[_Judged] = []
    for each in stories.values():
        fate = Fate()
        if each.story_id:
            fate = context.store.outbox.fate(request.address, each.story_id)
        found.append(_Judged(each.change, each.story_id, fate))
    return sorted(found, key=_Judged.place)


def _group(heading: str, lines: Sequence[str]) -> Iterator[Block]:
    """A heading with the first lines and the number of the others; nothing if there are none."""
    if not lines:
        return
    yield labelled(heading)
    yield listing([foreign(line)] for line in lines[:SHOWN])
    more = len(lines) - SHOWN
    if more > 0:
        yield note(n_("And {count} more.", "And {count} more.", more))


def _line(each: _Judged, mine: Sequence[Subscription], context: Context) -> str:
    """A line for a change: its headline if it was told, else why it was not."""
    match each.kind:
        case "told":
            return told(each.story, context)
        case "waiting":
            return f"{told(each.story, context)} ({waits(each.fate, context)})"
        case _:
            head = f"{day(each.change.recorded)} · {document_of(each.change, context)}"
            return headed(head, _why_not(each, mine, context))


def _why_not(each: _Judged, mine: Sequence[Subscription], context: Context) -> str:
    """Why a change was not told to the chat, in a few words."""
    if each.fate.state is DeliveryState.DEAD:
        return _("the platform refused it.")
    found = hindrance(each.change, mine, context.chat.interests, context.names.for_others)
    if found is None:
        return _unhindered(each.fate)
    if found in _BRIEFLY:
        return _(_BRIEFLY[found])
    return _by_what_it_is(found, each.change, mine)


def _by_what_it_is(found: Hindrance, change: Change, mine: Sequence[Subscription]) -> str:
    """The reason, if it depends on the place, document or audience of a change."""
    match found:
        case Hindrance.REGION:
            return _("it concerns {places}.", places=area(change.area or frozenset()))
        case Hindrance.DOCUMENT:
            [chosen, *_others] = [one for one in mine if one.service in change.services]
            return _("you hear only of {kinds}.", kinds=kinds(chosen.kinds))
        case _:
            return _("it is for {whom}.", whom=roles(roles_of([change])))


def _unhindered(fate: Fate) -> str:
    """The reason, if nothing hindered the change."""
    if came_later(fate):
        return _("you began to follow it later.")
    if fate.void:
        return _("it was taken back before its turn came.")
    return _("it came while you could not be reached, or before you came.")


def _buttons(found: Sequence[_Judged], context: Context) -> Iterator[Action]:
    """A button for each listed story."""
    shown: Counter[_Kind] = Counter()
    for each in found:
        shown[each.kind] += 1
        if each.story_id and shown[each.kind] <= SHOWN:
            yield story_button(f"why {each.story_id}", each.change, context)
