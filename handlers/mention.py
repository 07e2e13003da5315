"""/mention: the role that the alerts in a channel mention."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section

#: The word after a role that Discord does not let us mention.
SILENT = "silent"
_TO_END = N_("To end it: /mention off")
#: The most digits of a role's id.
_LONGEST_ID = 20


def run(request: Request, context: Context) -> Message:
    """Set the role by its id, or remove it."""
    if request.private or not COMMAND.entry.offered_on(request.address.platform):
        return say(
            _(
                "Roles are called only in a Discord server. "
                "Here an alert makes the sound of any message."
            )
        )
    role, _space, mark = request.text.strip().partition(" ")
    if not role:
        return _shown(context)
    if role.casefold() == "off":
        context.store.preferences.set_mention(request.address, "", context.now)
        return say(_("Alerts here call nobody."))
    if not (role.isdecimal() and role.isascii()) or len(role) > _LONGEST_ID:
        return say(_("Choose a role that is not @everyone, or: off"))
    context.store.preferences.set_mention(request.address, role, context.now)
    said = [_("Alerts here will call that role."), _(_TO_END)]
    if mark == SILENT:
        said.insert(
            1,
            _(
                "But Discord does not let me: allow anyone to mention the role in its settings, "
                "or give me the right to mention all roles."
            ),
        )
    return say(*said)


def _shown(context: Context) -> Message:
    """Show the current role."""
    role = context.chat.mention
    if not role:
        return say(_("Alerts here call nobody."), _("To call a role: /mention and the role."))
    return say(_("Alerts here call the role with the number {role}.", role=role), _(_TO_END))


COMMAND = Command(
    Entry(
        "mention",
        N_("In a Discord server: the role that alerts call"),
        (
            Parameter("role", N_("A role; without it you see how it is"), False, kind="role"),
            Parameter("switch", N_("off, to call nobody"), False, kind="switch"),
        ),
        manages=True,
        section=Section.WHEN_AND_HOW,
        platforms=frozenset({"discord"}),
    ),
    run,
)
