"""/threshold: how much a change must matter before you are told."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests, Level
from bot.render.blocks import say
from handlers._base import Command, Context

#: What a level is called when it is typed, what its button says, and what it means.
LEVELS = {
    Level.EVERYTHING: ("everything", N_("Everything"), N_("You hear of everything, small edits too.")),
    Level.CHANGES: ("changes", N_("Changes that matter"), N_("You hear of every change that matters, not of small edits.")),
    Level.CHOICES: (
        "choices", N_("Only what I can act on"),
        N_("You hear only of what you can act on: a choice, a coming date, AI trained on your data."),
    ),
}  # fmt: skip


def run(request: Request, context: Context) -> Message:
    interests = context.chat.interests
    typed = request.text.strip().casefold()
    chosen = next((level for level, (name, *_rest) in LEVELS.items() if typed == name), None)
    if typed and chosen is None:
        return say(
            _("I do not understand “{typed}”.", typed=typed[:60]),
            _("For example: /threshold choices"),
        )
    if chosen is not None:
        interests = Interests(chosen, interests.topics)
        context.store.preferences.set_interests(request.address, interests, context.now)
    offers = [
        Action(f"{'✓ ' if level is interests.least else ''}{_(label)}", f"threshold {name}")
        for level, (name, label, _m) in LEVELS.items()
    ]
    return replace(say(_(LEVELS[interests.least][2]), actions=offers), in_place=True)


COMMAND = Command(
    Entry("threshold", N_("How much a change must matter before you are told"),
          (Parameter("level", N_("everything, changes or choices"), required=False),), manages=True),
    run,
)  # fmt: skip
