"""/threshold: how much a change must matter before you are told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.conversation import vocabulary
from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests, Level
from bot.render.blocks import say
from bot.render.labels import LEVELS as LEVEL_LABELS
from handlers import _choices
from handlers._base import Command, Context, Section
from handlers._pieces import ticked


@dataclass(frozen=True, slots=True)
class Choice:
    """A level: its name, its button's label, its meaning, and other words for it."""

    name: str
    label: str
    meaning: str
    words: str


#: The words of earlier releases are accepted, too: "changes" and "choices".
LEVELS = {
    Level.MUST_KNOW: Choice(
        "must",
        LEVEL_LABELS[Level.MUST_KNOW],
        N_(
            "You hear only of what you must know: "
            "a serious change, or a day by which you can still say no."
        ),
        # Translators: what people type for it, with commas between; all languages count.
        N_("must, must know, what I must know, only must, important, choices"),
    ),
    Level.SHOULD_KNOW: Choice(
        "should",
        LEVEL_LABELS[Level.SHOULD_KNOW],
        N_("You hear of what you should know: every change that matters, but no small edits."),
        # Translators: what people type for it, with commas between; all languages count.
        N_("should, should know, changes, changes that matter, usual, normal"),
    ),
    Level.EVERYTHING: Choice(
        "everything",
        LEVEL_LABELS[Level.EVERYTHING],
        N_("You hear of everything, small edits too."),
        # Translators: what people type for it, with commas between; all languages count.
        N_("everything, all, small edits, small edits too"),
    ),
}


def run(request: Request, context: Context) -> Message:
    """Set the level, or show the possible ones."""
    interests = context.chat.interests
    typed = request.text.strip()
    if not typed:
        return _shown(interests)
    level = _level(typed)
    if level is None:
        unknown = say(_("I do not understand “{typed}”.", typed=typed[:60]))
        shown = _shown(interests)
        return replace(shown, blocks=(*unknown.blocks, *shown.blocks))
    interests = replace(interests, least=level)
    context.store.preferences.set_interests(request.address, interests, context.now)
    return _shown(interests)


def _level(typed: str) -> Level | None:
    said = _choices.phrase(typed)
    for level, choice in LEVELS.items():
        if said in _choices.phrases(choice.words) | {_choices.phrase(_(choice.label))}:
            return level
    chosen = vocabulary.chosen(typed, "levels")
    return next((level for level, each in LEVELS.items() if each.name in chosen[:1]), None)


def _shown(interests: Interests) -> Message:
    """The meaning of the current level, and buttons for all."""
    offers: list[Action] = []
    for level, choice in LEVELS.items():
        label = ticked(_(choice.label), level is interests.least)
        offers.append(Action(label, f"threshold {choice.name}"))
    return replace(say(_(LEVELS[interests.least].meaning), actions=offers), in_place=True)


COMMAND = Command(
    Entry(
        "threshold",
        N_("How much a change must matter before you are told"),
        (Parameter("level", N_("must, should or everything"), required=False, kind="level"),),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
    words=_choices.single_words(
        *(words for choice in LEVELS.values() for words in (choice.words, choice.label))
    ),
)
