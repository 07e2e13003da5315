"""/export: all that is kept about this chat, as a file."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.locales import N_, _
from bot.message import File, Message
from bot.platform import Entry, Request
from bot.render.blocks import say
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    kept = context.store.chats.export(request.address)
    if not kept:
        return say(_("Nothing is kept about this chat."))
    content = json.dumps(
        {"exported": context.now.isoformat(), **kept}, indent=2, ensure_ascii=False
    ).encode()
    return replace(
        say(_("This is all that is kept about this chat.")), file=File("smallprint.json", content)
    )


COMMAND = Command(
    Entry("export", N_("A file of all that is kept about this chat"), manages=True), run
)
