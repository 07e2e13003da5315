"""/about: the operator of this instance, its source code and its version."""

from __future__ import annotations

from bot import __version__
from bot.locales import N_, _
from bot.message import LINKABLE, Message, Span
from bot.platform import Entry, Request
from bot.render.blocks import bold, labelled, link, note, say, title
from handlers._base import Command, Context, Section


def run(_request: Request, context: Context) -> Message:
    """Name the operator, the source code, the licence and where the changes come from."""
    return say(
        title(bold(f"Smallprint {__version__}")),
        labelled(_("Who runs this instance:"), _place(context.contact)),
        labelled(_("Source code:"), _place(context.code)),
        labelled(_("Licence:"), "AGPL-3.0-or-later"),
        labelled(
            _("The changes come from:"),
            link("Open Terms Archive", "https://opentermsarchive.org"),
            " (ODC-BY 1.0)",
        ),
        note(_("Nothing here is legal advice.")),
    )


def _place(given: str) -> Span:
    """The operator's value, as a link if it is an address."""
    if not given:
        return Span(_("not given by the operator"))
    if LINKABLE.fullmatch(given):
        return link(given, given)
    return Span(given)


COMMAND = Command(
    Entry(
        "about",
        N_("Who runs this bot, its source code and version"),
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
)
