"""/threshold: how much a change must matter before you are told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests, Level
from bot.render.blocks import say
from handlers._base import Command, Context, Section
from handlers._pieces import ticked


@dataclass(frozen=True, slots=True)
class Choice:
    """A level: what one types for it, what its button says, and what it means."""

    name: str
    label: str
    meaning: str


LEVELS = {
    Level.EVERYTHING: Choice(
        "everything", N_("Everything"), N_("You hear of everything, small edits too.")
    ),
    Level.CHANGES: Choice(
        "changes",
        N_("Changes that matter"),
        N_("You hear of every change that matters, not of small edits."),
    ),
    Level.CHOICES: Choice(
        "choices",
        N_("Only what I can act on"),
        N_(
            "You hear only of what you can act on: "
            "a choice, a coming date, AI trained on your data."
        ),
    ),
}


def run(request: Request, context: Context) -> Message:
    """Set the level, or show which there are."""
    interests = context.chat.interests
    typed = request.text.strip().casefold()
    if not typed:
        return _shown(interests)
    level = _level(typed)
    if level is None:
        return say(
            _("I do not understand “{typed}”.", typed=typed[:60]),
            _("For example: /threshold choices"),
        )
    interests = Interests(level, interests.topics)
    context.store.preferences.set_interests(request.address, interests, context.now)
    return _shown(interests)


def _level(typed: str) -> Level | None:
    for level, choice in LEVELS.items():
        if choice.name == typed:
            return level
    return None


def _shown(interests: Interests) -> Message:
    """What the level means, and buttons for all."""
    offers: list[Action] = []
    for level, choice in LEVELS.items():
        label = ticked(_(choice.label), level is interests.least)
        offers.append(Action(label, f"threshold {choice.name}"))
    return replace(say(_(LEVELS[interests.least].meaning), actions=offers), in_place=True)


COMMAND = Command(
    Entry(
        "threshold",
        N_("How much a change must matter before you are told"),
        (Parameter("level", N_("everything, changes or choices"), required=False),),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
