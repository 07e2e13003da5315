"""/privacy: what is kept about you, and how to have it erased."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import KEEP, Action, Message
from bot.platform import Entry, Request
from bot.render.blocks import bold, labelled, listing, say, title
from bot.render.privacy import KEPT
from handlers._base import Command, Context, Section


def run(_request: Request, context: Context) -> Message:
    """Say what is kept, for how long, and who keeps it."""
    kept = [(bold(_(heading) + " "), _(said)) for heading, said in KEPT]
    operator = context.contact or _("not given by the operator")
    return say(
        title(bold(_("What Smallprint keeps about you"))),
        listing(kept, weight=KEEP),
        labelled(_("Who runs this instance:"), operator),
        actions=[Action(_("A file of it all"), "export"), Action(_("Erase everything"), "forget")],
    )


COMMAND = Command(
    Entry("privacy", N_("What is kept about you"), section=Section.YOU_AND_THIS_BOT), run
)
