"""/topics: hear only of some topics, such as AI training or ads."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Interests
from bot.render import labels
from bot.render.blocks import say
from bot.render.labels import join
from bot.understand import topics
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    interests = context.chat.interests
    typed = request.text.casefold().replace(",", " ").split()
    if wrong := [word for word in typed if word not in topics.TOPICS and word != "all"]:
        return say(_("I do not know the topic “{typed}”. /topics lists them.", typed=wrong[0][:60]))
    if typed:
        chosen = frozenset() if "all" in typed else interests.topics ^ frozenset(typed)
        interests = Interests(interests.least, chosen)
        context.store.preferences.set_interests(request.address, interests, context.now)
    return _shown(interests)


def _shown(interests: Interests) -> Message:
    mine = [labels.topic(topic) for topic in topics.TOPICS if topic in interests.topics]
    said = (
        _("You hear only of: {topics}.", topics=join(mine))
        if mine
        else _("You hear of every topic.")
    )
    blocks = say(
        said,
        _(
            "Tap a topic to choose it or to take it back. A change without a topic is told to everyone."
        ),
    ).blocks
    options = tuple(
        Action(
            f"{'✓ ' if topic in interests.topics else ''}{labels.topic(topic)}", f"topics {topic}"
        )
        for topic in topics.TOPICS
    )
    return Message(
        blocks,
        (Action(_("All topics"), "topics all"),),
        menu=Menu(_("Choose topics"), options),
        in_place=True,
    )


COMMAND = Command(
    Entry("topics", N_("Hear only of some topics, such as AI training or ads"),
          (Parameter("topic", N_("For example: ai_training; all for every topic"), required=False),), manages=True),
    run,
)  # fmt: skip
