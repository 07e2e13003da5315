"""/dismiss: this is not for me; no more reminders of it."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from handlers import done
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    return done.answer(
        request, context, "not for me", _("All right. I will not remind you of this again.")
    )


COMMAND = Command(
    Entry("dismiss", N_("Not for you: no more reminders of it"), (Parameter("story", N_("The number of the story")),), manages=True,
          listed=False),
    run,
)  # fmt: skip
