"""/topics: hear only of some topics, such as AI training or ads."""

from __future__ import annotations

from bot.chat import Action, Entry, Menu, Message, Parameter, Request
from bot.habits import Taste
from bot.locales import N_, _
from bot.render.words import join, say
from bot.understand import topics
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    taste = context.chat.taste
    typed = request.text.casefold().replace(",", " ").split()
    if wrong := [word for word in typed if word not in topics.TOPICS and word != "all"]:
        return say(_("I do not know the topic “{typed}”. /topics lists them.", typed=wrong[0][:60]))
    if typed:
        chosen = frozenset() if "all" in typed else taste.topics ^ frozenset(typed)
        taste = Taste(taste.least, chosen)
        context.store.preferences.set_taste(request.address, taste, context.now)
    return _shown(taste)


def _shown(taste: Taste) -> Message:
    mine = [topics.words(topic) for topic in topics.TOPICS if topic in taste.topics]
    said = _("You hear only of: {topics}.", topics=join(mine)) if mine else _("You hear of every topic.")
    blocks = say(said, _("Tap a topic to choose it or to take it back. A change without a topic is told to everyone.")).blocks
    options = tuple(
        Action(f"{'✓ ' if topic in taste.topics else ''}{topics.words(topic)}", f"topics {topic}") for topic in topics.TOPICS
    )
    return Message(blocks, (Action(_("All topics"), "topics all"),), menu=Menu(_("Choose topics"), options), in_place=True)


COMMAND = Command(
    Entry("topics", N_("Hear only of some topics, such as AI training or ads"),
          (Parameter("topic", N_("For example: ai_training; all for every topic"), required=False),), manages=True),
    run,
)  # fmt: skip
