"""/suggest: report a missing service or a moved label; the operator sees how often."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say, short
from handlers._base import Command, Context, Section

#: The most letters of a suggestion that are kept.
LONGEST = 60
#: The first word of a report that a label in a how-to has moved.
MOVED = "moved"


def run(request: Request, context: Context) -> Message:
    """Count a suggestion; who made it is not kept."""
    typed = " ".join(request.text.split())
    if not typed:
        return say(_("What do you suggest? For example: {example}", example="/suggest example.org"))
    first, _space, rest = typed.partition(" ")
    kind, what = "service", short(typed, LONGEST)
    if first == MOVED and rest:
        kind, what = MOVED, short(rest, LONGEST)
    context.store.suggestions.add(kind, what, context.now)
    return say(_("Thank you. It is counted for who runs this bot; who said it is not kept."))


COMMAND = Command(
    Entry(
        "suggest",
        N_("Suggest a service that is not here yet"),
        (Parameter("what", N_("Its name or its address"), required=False),),
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
)
