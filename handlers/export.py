"""/export: all that is kept about this chat, as a file."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.locales import N_, _
from bot.message import File, Message
from bot.platform import Entry, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section


def run(request: Request, context: Context) -> Message:
    """Answer with a JSON file."""
    kept = context.store.chats.export(request.address)
    if not kept:
        return say(_("Nothing is kept about this chat."))
    data = {"exported": context.now.isoformat(), **kept}
    content = json.dumps(data, indent=2, ensure_ascii=False).encode()
    said = say(_("This is all that is kept about this chat."))
    return replace(said, file=File("smallprint.json", content))


COMMAND = Command(
    Entry(
        "export",
        N_("A file of all that is kept about this chat"),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
)
