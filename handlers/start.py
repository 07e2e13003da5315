"""/start: what Smallprint does, and the first step.

Deep links arrive here with their command.
"""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, say, title
from handlers import (
    howto,
    letter,
    picture,
    recent,
    setup,
    share,
    status,
    story,
    subscribe,
    suggest,
    why,
)
from handlers._base import Command, Context, Section

#: The commands that a link such as t.me/BOT?start=howto_linkedin may carry.
LINKS = {
    "subscribe": subscribe.run,
    "howto": howto.run,
    "picture": picture.run,
    "letter": letter.run,
    "status": status.run,
    "story": story.run,
    "why": why.run,
    "recent": recent.run,
    "suggest": suggest.run,
}


def run(request: Request, context: Context) -> Message:
    """Execute a link's command; else welcome the person and, in private, begin the setup."""
    verb, _sep, what = request.text.strip().partition("_")
    if verb == share.LINK and what:
        return share.offered(replace(request, text=what), context)
    if verb in LINKS and what and request.may_manage:
        line = replace(request, command=verb, text=what.replace("_", " "))
        return LINKS[verb](line, context)
    welcome = title(bold(_("Smallprint reads the small print for you.")))
    if not request.private:
        return say(
            welcome,
            _(
                "People who manage this chat choose what it hears of: /subscribe linkedin eu. "
                "Everybody may ask: /howto linkedin"
            ),
            actions=[Action(_("Set up here"), "setup")],
        )
    return setup.begin(
        welcome,
        _(
            "Tell me where you live and which services you use. "
            "When one of them changes its terms or its privacy policy, "
            "I tell you what changed, whether it concerns you, and how to opt out."
        ),
    )


COMMAND = Command(
    Entry(
        "start",
        N_("What Smallprint does, and the first step"),
        (Parameter("what", N_("What a link asked for"), required=False),),
        section=Section.YOU_AND_THIS_BOT,
        private_only=True,
        greets=True,
    ),
    run,
)
