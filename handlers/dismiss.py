"""/dismiss: a change does not concern you; end its reminders."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from handlers import done
from handlers._base import Command, Context, Section


def run(request: Request, context: Context) -> Message:
    """End the reminders of a story that does not concern the chat."""
    said = _("All right. I will not remind you of this again.")
    return done.answer(request, context, "not for me", said)


COMMAND = Command(
    Entry(
        "dismiss",
        N_("Not for you: no more reminders of it"),
        (Parameter("story", N_("The number of the story")),),
        manages=True,
        listed=False,
        section=Section.ACT,
    ),
    run,
)
