"""/forget: erase everything about this chat, after a confirmation."""

from __future__ import annotations

from functools import cache

from bot import locales
from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section
from handlers._pieces import person_sum

_YES = ("yes", "ja", "oui", "sì", "si", "sí", "tak", "sim")


def run(request: Request, context: Context) -> Message:
    """Ask first; erase if the text is a yes in any language."""
    if request.text.strip().casefold().strip(".!") not in _sure():
        return say(
            _(
                "This erases what you follow, your settings, what you marked as done, "
                "and all that is queued for this chat. Sure?"
            ),
            actions=[Action(_("Yes, erase everything"), "forget yes")],
        )
    erased = context.store.chats.forget(request.address)
    if request.private:
        manager = person_sum(request, context)
        erased |= context.store.chats.forget_manager(request.address.platform, manager)
    if erased:
        return say(
            _(
                "Erased. Nothing about this chat is left but in backups, which are kept for about "
                "four weeks. /start begins anew."
            )
        )
    return say(_("There was nothing to erase."))


@cache
def _sure() -> frozenset[str]:
    """The words that confirm, in every language.

    They are the words for yes, and the argument's name in menus and /help.
    """
    said = set(_YES)
    for code in locales.languages():
        with locales.speaking(code):
            said.add(_("sure").casefold())
            said.add(_("yes, to confirm").partition(",")[0].casefold())
    return frozenset(said)


COMMAND = Command(
    Entry(
        "forget",
        N_("Erase everything about this chat"),
        (Parameter("sure", N_("yes, to confirm"), required=False),),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
)
