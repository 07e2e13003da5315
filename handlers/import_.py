"""/import: restore the subscriptions of an /export; present settings stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot import regions
from bot.document_kinds import Kind
from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.model import Subscription
from bot.platform import Entry, Parameter, Request
from bot.preferences import ChatSettings
from bot.render.blocks import say
from handlers import _arguments
from handlers._base import Command, Context, Section

#: The most rows of a file that are read.
MOST = 1000


def run(request: Request, context: Context) -> Message:
    """Add the subscriptions of the file to the present ones."""
    text = request.text.strip().removeprefix("\ufeff")
    if not text:
        return say(_("Send /import together with the file that /export gave you."))
    kept = _read(text)
    if kept is None:
        return say(_("This is no file of /export: I cannot read it."))
    before = set(_arguments.followed(request, context))
    if not before:
        _take_regions(kept, request, context)
    wanted = [each for each in _subscriptions(kept, request, context) if each.service not in before]
    for each in wanted:
        context.store.subscriptions.add(each, context.now)
        if each.kinds:
            context.store.subscriptions.choose(
                request.address, each.service, each.kinds, context.now
            )
    if not wanted:
        return say(_("There is nothing in it that you do not follow already."))
    return say(
        n_(
            "You now follow {count} service of the file.",
            "You now follow {count} services of the file.",
            len(wanted),
        ),
        _("Only services and regions come from it; the settings here stay as they are."),
        actions=[Action(_("What I follow"), "subscriptions")],
    )


def _read(text: str) -> dict[str, Any] | None:
    """The rows of an export by table; None for any other file."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_export = isinstance(found, dict) and isinstance(found.get("subscription"), list)
    return found if is_export else None


def _subscriptions(
    kept: dict[str, Any], request: Request, context: Context
) -> Iterator[Subscription]:
    """The subscriptions in the rows of a file; invalid rows are left out."""
    where: dict[str, set[str]] = {}
    kinds: dict[str, frozenset[Kind]] = {}
    for row in kept["subscription"][:MOST]:
        if not isinstance(row, dict):
            continue
        service = context.names.get(str(row.get("service")))
        code = regions.parse(str(row.get("region")))
        if service and code:
            where.setdefault(service.id, set()).add(code)
            named = str(row.get("kinds", "")).split()
            kinds[service.id] = frozenset(kind for kind in Kind if kind in named)
    for service_id, codes in where.items():
        yield Subscription(request.address, service_id, frozenset(codes), kinds[service_id])


def _take_regions(kept: dict[str, Any], request: Request, context: Context) -> None:
    """Take over the regions of the exported chat, unless this one has chosen its own."""
    chat = kept.get("chat")
    if context.chat.regions != ChatSettings().regions or not isinstance(chat, dict):
        return
    codes = frozenset(filter(None, map(regions.parse, str(chat.get("regions", "")).split())))
    if codes:
        context.store.preferences.set_regions(request.address, codes, context.now)


COMMAND = Command(
    Entry(
        "import",
        N_("Follow what a file of /export lists"),
        (Parameter("file", N_("The file that /export gave you"), required=False, kind="file"),),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
        reads_file=True,
    ),
    run,
)
