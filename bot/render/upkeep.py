"""For the operator: which how-tos need another look."""

from __future__ import annotations

from datetime import date

from bot.catalogue import STALE_DAYS, Catalogue
from bot.locales import _, n_
from bot.message import KEEP, Message
from bot.render.blocks import bold, listing, note, text, title
from bot.render.howto import named
from bot.render.labels import month

#: So many are named, the oldest first.
NAMED = 15


def upkeep(known: Catalogue, today: date) -> Message:
    """As of today: what was looked at since it was queued is not named."""
    old = known.stale(today)
    rows = [
        (
            f"{guide.name}: {named(control)} · ",
            month(control.verified) if control.verified else _("no known date"),
        )
        for guide, control in old[:NAMED]
    ]
    said = n_(
        "{count} opt-out was last looked at more than {days} days ago:",
        "{count} opt-outs were last looked at more than {days} days ago. The oldest:", len(old), days=STALE_DAYS,
    )  # fmt: skip
    return Message((
        title(bold(_("How-tos to look at again"))), text(said), listing(rows),
        note(_("All of them, and which links are gone: {command}. How to mend one: {page}. This comes once a month.",
               command="smallprint links", page="CONTRIBUTING-howto.md"), weight=KEEP),
    ), private=False)  # fmt: skip
