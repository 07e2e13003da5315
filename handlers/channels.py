"""/channels: the channels of a server with subscriptions, and whether alerts can be posted."""

from __future__ import annotations

from collections.abc import Iterator

from bot.locales import N_, _, n_
from bot.message import Message
from bot.platform import Entry, Place, Request
from bot.render.blocks import Words, bold, listing, say, title
from bot.render.labels import join
from handlers._base import Command, Context, Section


def run(request: Request, context: Context) -> Message:
    """List the channels with subscriptions, each with the permissions it lacks."""
    if request.private or not request.places:
        return say(_("This lists the channels of a server; use it there."))
    lines = [line for place in request.places for line in _line(place, context)]
    if not lines:
        return say(_("No channel of this server follows anything yet."))
    return say(title(bold(_("Channels that hear of changes"))), listing(lines))


def _line(place: Place, context: Context) -> Iterator[tuple[Words, ...]]:
    mine = context.store.subscriptions.of(place.address)
    if not mine:
        return
    said = [n_("{count} service", "{count} services", len(mine))]
    settings = context.store.preferences.get(place.address)
    if settings and settings.paused:
        said.append(_("paused: {why}", why=_(settings.paused)))
    if place.lacks:
        rights = join([_(right) for right in place.lacks])
        said.append(_("alerts do not arrive; missing: {rights}", rights=rights))
    elif not (settings and settings.paused):
        said.append(_("alerts arrive"))
    yield bold(place.name), f" · {' · '.join(said)}"


COMMAND = Command(
    Entry(
        "channels",
        N_("The channels of this server, and whether alerts arrive there"),
        manages=True,
        section=Section.WHEN_AND_HOW,
        platforms=frozenset({"discord"}),
        for_server=True,
    ),
    run,
)
