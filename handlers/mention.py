"""/mention: the one role that alerts in a Discord channel call."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    if request.address.platform != "discord" or request.private:
        return say(
            _(
                "Roles are called only in a Discord server. Here an alert makes the sound of any message."
            )
        )
    typed = request.text.strip()
    if not typed or typed.casefold() == "off":
        context.store.preferences.set_mention(request.address, "", context.now)
        return say(_("Alerts here call nobody."))
    if not (typed.isdecimal() and typed.isascii() and len(typed) < 21):
        return say(_("Choose a role that is not @everyone, or: off"))
    context.store.preferences.set_mention(request.address, typed, context.now)
    return say(_("Alerts here will call that role. To end it: /mention without a role."))


COMMAND = Command(
    Entry("mention", N_("In a Discord server: the role that alerts call"),
          (Parameter("role", N_("A role; none to call nobody"), required=False, kind="role"),), manages=True, platforms=frozenset({"discord"})),
    run,
)  # fmt: skip
