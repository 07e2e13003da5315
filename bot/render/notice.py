"""Messages about this bot itself: what is new in it, and announcements of its operator."""

from __future__ import annotations

from bot.locales import _
from bot.message import KEEP, Action, Block, Message
from bot.render.blocks import bold, foreign, line, text, title


def announcement(words: str) -> Message:
    """The operator's announcement to everybody, in the operator's words."""
    said = [text(foreign(each)) for each in words.splitlines() if each.strip()]
    blocks = (title(bold(_("From who runs this bot"))), *said)
    return Message(blocks, private=False)


def notice() -> Message:
    """The notice on what chats hear by default, and how to change it.

    It uses the names of the former levels, because people knew them.
    """
    points = (
        _(
            "From now on I leave out what is only for sellers, advertisers, developers, creators "
            "or businesses. To hear all of it, as before: {command}",
            command="/audience all",
        ),
        _(
            "If you hear of changes at once, those that matter less now come once a week, in one "
            "message. To hear of them at once, as before: {command}",
            command="/when now all",
        ),
        _(
            "“Changes that matter” is now called “What I should know”; “Only what I can act on” is "
            "now “Only what I must know”, which is less. To choose: {command}",
            command="/threshold",
        ),
    )
    blocks = (
        title(bold(_("New: fewer messages from me"))),
        Block("list", tuple(line(point) for point in points), KEEP),
    )
    actions = (
        Action(_("Hear all of it, as before"), "audience all"),
        Action(_("How much I hear"), "threshold"),
    )
    return Message(blocks, actions, private=False, quiet=True)
