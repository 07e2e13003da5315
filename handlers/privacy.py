"""/privacy: what is kept about you, and how to have it erased."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import KEEP, Action, Message
from bot.platform import Entry, Request
from bot.render.blocks import bold, labelled, listing, say, title
from handlers._base import Command, Context, Section

#: Headings, and what stands behind each.
KEPT = (
    (
        N_("Kept:"),
        N_(
            "the number of this chat and of its server, its language, what it follows and for "
            "which regions, when, of what and in what capacity it wants to hear, which changes it "
            "was told, and what you marked as done. Of who managed a group or channel last, a "
            "checksum."
        ),
    ),
    (
        N_("Not kept:"),
        N_("names, user names, what you write. No tracking, no ads, nothing is passed on."),
    ),
    (
        N_("For a day:"),
        N_(
            "what you stopped following, and how this chat was before it took over another's "
            "settings, so that it can be undone. What is suggested is counted, not by whom."
        ),
    ),
    (
        N_("For how long:"),
        N_(
            "until you erase it with /forget. If you block the bot, it only falls silent. What is "
            "kept about a server, group or channel that removes the bot is erased after 30 days; "
            "until then who managed it last gets it here with /export."
        ),
    ),
)


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
