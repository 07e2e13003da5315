"""/topics: hear only of some topics, such as AI training or ads."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import vocabulary
from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests
from bot.render import labels
from bot.render.blocks import say
from bot.render.labels import join
from bot.understand import topics
from handlers import _choices
from handlers._base import Command, Context, Section
from handlers._pieces import ticked

#: The word for every topic.
_ALL = "all"
#: The signs before a topic that a button adds or removes.
_MORE, _LESS = _SIGNS = ("+", "-")


def run(request: Request, context: Context) -> Message:
    """Choose topics, or remove chosen ones; show the possible ones."""
    interests = context.chat.interests
    typed = request.text.strip()
    if not typed:
        return _shown(interests)
    chosen = _chosen(typed, interests.topics)
    if chosen is None:
        return say(_("I do not know the topic “{typed}”. /topics lists them.", typed=typed[:60]))
    interests = replace(interests, topics=chosen)
    context.store.preferences.set_interests(request.address, interests, context.now)
    return _shown(interests)


def _chosen(typed: str, mine: frozenset[str]) -> frozenset[str] | None:
    """The new topics of a chat after a line; None if it names none.

    Buttons give each topic with a sign; a typed topic is added, unless the line says "not" or
    "only".
    """
    words = typed.split()
    if all(word[0] in _SIGNS for word in words):
        more = {word[1:] for word in words if word[0] == _MORE}
        less = {word[1:] for word in words if word[0] == _LESS}
        return (mine | more & {*topics.TOPICS}) - less
    said, rest = set[str](), []
    for word in words:
        marks = [mark for mark in (_choices.NOT, _choices.ONLY) if word in _choices.phrases(mark)]
        said.update(marks)
        if not marks:
            rest.append(word)
    named = _named(" ".join(rest))
    if not named:
        return None
    if _ALL in named:
        return frozenset()
    if _choices.NOT in said:
        return (mine or frozenset(topics.TOPICS)) - named
    return named if _choices.ONLY in said else mine | named


def _named(typed: str) -> frozenset[str]:
    """The topics in a line, by their codes, labels or plain words; possibly none.

    Every topic is `_ALL`.
    """
    words = frozenset(typed.casefold().replace(",", " ").split())
    if words <= {*topics.TOPICS, _ALL}:
        return words
    for topic in topics.TOPICS:
        if labels.topic(topic).casefold() == typed.casefold():
            return frozenset({topic})
    if vocabulary.chosen(typed, "everything"):
        return frozenset({_ALL})
    return frozenset(vocabulary.chosen(typed, "topics"))


def _shown(interests: Interests) -> Message:
    mine: list[str] = []
    options: list[Action] = []
    for topic in topics.TOPICS:
        label = labels.topic(topic)
        is_chosen = topic in interests.topics
        if is_chosen:
            mine.append(label)
        sign = _LESS if is_chosen else _MORE
        options.append(Action(ticked(label, is_chosen), f"topics {sign}{topic}"))
    said = _("You hear of every topic.")
    if mine:
        said = _("You hear only of: {topics}.", topics=join(mine))
    how = _(
        "Tap a topic to choose it or to take it back. A change without a topic is told to everyone."
    )
    return Message(
        say(said, how).blocks,
        (Action(_("All topics"), f"topics {_ALL}"),),
        menu=Menu(_("Choose topics"), tuple(options), several=True),
        in_place=True,
    )


COMMAND = Command(
    Entry(
        "topics",
        N_("Hear only of some topics, such as AI training or ads"),
        (
            Parameter(
                "topic",
                N_("For example: ai_training; all for every topic"),
                required=False,
                kind="topic",
            ),
        ),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
