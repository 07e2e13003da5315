"""/mention: the one role that the alerts in a channel call."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section

#: Digits of the id of a role, at most.
_LONGEST_ID = 20


def run(request: Request, context: Context) -> Message:
    """Set the role by its id, or none."""
    if request.private or not COMMAND.entry.offered_on(request.address.platform):
        return say(
            _(
                "Roles are called only in a Discord server. "
                "Here an alert makes the sound of any message."
            )
        )
    typed = request.text.strip()
    if typed.casefold() in ("", "off"):
        context.store.preferences.set_mention(request.address, "", context.now)
        return say(_("Alerts here call nobody."))
    if not (typed.isdecimal() and typed.isascii()) or len(typed) > _LONGEST_ID:
        return say(_("Choose a role that is not @everyone, or: off"))
    context.store.preferences.set_mention(request.address, typed, context.now)
    return say(_("Alerts here will call that role. To end it: /mention without a role."))


COMMAND = Command(
    Entry(
        "mention",
        N_("In a Discord server: the role that alerts call"),
        (Parameter("role", N_("A role; none to call nobody"), required=False, kind="role"),),
        manages=True,
        section=Section.WHEN_AND_HOW,
        platforms=frozenset({"discord"}),
    ),
    run,
)
