"""/export: everything that is kept about this chat, as a file."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.locales import N_, _
from bot.message import File, Message
from bot.platform import Entry, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section
from handlers._pieces import person_sum


def run(request: Request, context: Context) -> Message:
    """Answer with a JSON file."""
    kept = context.store.chats.export(request.address)
    removed = _removed(request, context)
    if not kept and not removed:
        return say(_("Nothing is kept about this chat."))
    data: dict[str, object] = {"exported": context.now.isoformat(), **kept}
    if removed:
        data["removed_by"] = removed
    content = json.dumps(data, indent=2, ensure_ascii=False).encode()
    said = say(_("This is all that is kept about this chat."))
    return replace(said, file=File("smallprint.json", content))


def _removed(request: Request, context: Context) -> list[dict[str, object]]:
    """What is kept about chats and servers that the person managed and that removed the bot.

    Nobody can ask for it there any more.
    """
    manager = person_sum(request, context)
    if not request.private or not manager:
        return []
    left = context.store.reach.left_by(request.address.platform, manager)
    return [context.store.chats.export(address) for address in left]


COMMAND = Command(
    Entry(
        "export",
        N_("A file of all that is kept about this chat"),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
)
