"""Pages about this instance: its operator, privacy notice, terms of use and feeds."""

from __future__ import annotations

from dataclasses import replace

from bot import regions
from bot.locales import _
from bot.render.labels import ROLES, in_order, places
from bot.render.privacy import KEPT
from bot.verdicts import Role
from bot.web import html
from bot.web.asked import Asked
from bot.web.feeds import rights
from bot.web.site import Site


def about_page(asked: Asked, site: Site) -> str:
    """Who runs this instance, where its texts come from, and under which licences."""
    collections = []
    for source in site.sources:
        if source.kind.records_versions:
            where = places(source.jurisdiction)
            collections.append(f"{source.id} ({where})" if where else source.id)
    return html.page("about.html", asked, site=site, collections=collections, address="/about")


def privacy_page(asked: Asked, site: Site) -> str:
    """The privacy notice, as in /privacy."""
    return html.page("privacy.html", asked, site=site, kept=KEPT, address="/privacy")


def terms_page(asked: Asked, site: Site) -> str:
    """The terms on which this bot may be used."""
    return html.page("terms.html", asked, site=site, address="/terms")


def feeds_page(asked: Asked, site: Site) -> str:
    """The feed builder: the addresses of feeds narrowed by service and more."""
    found = site.known.names.find(asked.service).service if asked.service else None
    is_unknown = bool(asked.service) and found is None
    narrowed = replace(asked, service=found.id if found else "")
    kinds = (
        ("Atom", "/feed.atom"),
        ("JSON Feed", "/feed.json"),
        (_("Dates to act by (iCalendar)"), "/dates.ics"),
    )
    everywhere = [*regions.GROUPS, *sorted(regions.all_countries() - {"GB", "CH"}, key=in_order)]
    return html.page(
        "feeds.html",
        asked,
        site=site,
        name=found.name if found else asked.service,
        unknown=is_unknown,
        regions=everywhere,
        roles=[pair for pair in ROLES.items() if pair[0] is not Role.MODERATORS],
        addresses=[] if is_unknown else [(label, narrowed.same(path)) for label, path in kinds],
        rights=rights(),
        address="/feeds",
    )
