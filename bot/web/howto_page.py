"""The how-to page: every way to opt out of a service in a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from bot.catalogue import Control, Guide, Listing
from bot.catalogue.offered import controls_for
from bot.locales import _, content
from bot.message import Block
from bot.render import howto
from bot.render.blocks import labelled, note
from bot.render.control import checked, control_steps, doubts, named
from bot.render.local import Local
from bot.render.picture import alt, is_drawable
from bot.web import html
from bot.web.asked import Asked, path_of
from bot.web.listing import regions_of
from bot.web.site import Site


@dataclass(frozen=True, slots=True)
class Way:
    """One control on the page; `picture` is "" if there is nothing to draw."""

    id: str
    name: str
    said: Markup
    picture: str
    alt: str


def howto_page(listing: Listing, asked: Asked, site: Site) -> str:
    """The page; for a service without a how-to, whatever else is known."""
    where = regions_of(asked)
    address = path_of("howto", listing.id)
    guide = site.known.guide(listing.id)
    local = Local(site.known, listing.id, where)
    ways: list[Way] = []
    if guide is not None:
        ways = [_way(control, guide, local, asked, site) for control in controls_for(guide, where)]
        rest: tuple[Block, ...] = tuple(howto.elsewhere(guide, local))
    else:
        said = howto.unknown(listing, where, "", site.code or site.contact, site.known)
        rest = said.blocks[1:]
    return html.page(
        "howto.html",
        asked,
        site=site,
        listing=listing,
        ways=ways,
        nothing=_("We know of no opt-out at {name} there.", name=listing.name) if guide else "",
        rest=html.blocks(rest, asked),
        invitations=list(site.invitations(f"subscribe {listing.id}")),
        address=address,
    )


def control_of(listing: Listing, name: str, asked: Asked, site: Site) -> Control | None:
    """A drawable control of a service by its id, for the reader's region; or None."""
    guide = site.known.guide(listing.id)
    if guide is None:
        return None
    local = Local(site.known, listing.id, regions_of(asked))
    for control in controls_for(guide, regions_of(asked)):
        if control.id == name and is_drawable(control):
            return local.control(control)
    return None


def _way(control: Control, guide: Guide, local: Local, asked: Asked, site: Site) -> Way:
    here = local.control(control)
    picture = ""
    if is_drawable(here) and (here.web or here.mobile):
        picture = asked.to(path_of("howto", guide.id, f"{here.id}.png"))
    said = html.blocks(_said(here, guide, local, site), asked, 3)
    return Way(here.id, named(here), said, picture, alt(here))


def _said(control: Control, guide: Guide, local: Local, site: Site) -> Iterator[Block]:
    if control.kind != "none available":
        yield control_steps(control, local)
    yield labelled(_("What it does:"), content(control.stops))
    yield labelled(_("Limits:"), content(control.does_not_stop))
    yield note(" ".join(checked(control, site.clock().date())))
    yield from doubts(control, site.store.stories.shaken(guide.id))
