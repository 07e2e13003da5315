"""The page of a service: its history as a chart and a table, its documents, its feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.catalogue import Listing
from bot.render import sources
from bot.render.labels import terms, terms_place
from bot.render.local import Local
from bot.web import html
from bot.web.asked import Asked, path_of
from bot.web.listing import listed, regions_of
from bot.web.site import Site
from bot.web.timeline import timeline

#: The number of stories on a page, and in the chart.
PAGE = 25
DRAWN = 400


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document that is read: its address, its last version, and when its source answered."""

    name: str
    url: str
    recorded_in: str
    version: date
    edition: str
    checked: datetime | None


def service_page(listing: Listing, asked: Asked, site: Site) -> str:
    """The page, with one page of its stories."""
    store, service = site.store, listing.id
    count = store.archive.count([service])
    last = max(1, -(-count // PAGE))
    page = min(asked.page, last)
    past = store.archive.published([service], DRAWN)
    shown = past[(page - 1) * PAGE : page * PAGE]
    if page * PAGE > DRAWN:
        shown = store.archive.published([service], PAGE, (page - 1) * PAGE)
    counts = store.changes.counts([service])
    return html.page(
        "service.html",
        asked,
        site=site,
        listing=listing,
        has_howto=site.known.guide(service) is not None,
        timeline=timeline(past, site.clock().date()),
        stories=[listed(story, asked, site, [service]) for story in shown],
        count=count,
        page=page,
        last=last,
        recorded=sum(counts.values()),
        documents=_documents(listing, asked, site),
        invitations=list(site.invitations(f"subscribe {service}")),
        address=path_of("service", service),
    )


def _documents(listing: Listing, asked: Asked, site: Site) -> list[DocumentLine]:
    """The documents read of a service, the most popular terms types first."""
    collections = [source.id for source in site.sources if source.kind.records_versions]
    answered = {status.id: status.ok_at for status in site.store.sources.status()}
    local = Local(site.known, listing.id, regions_of(asked))
    found = []
    read = site.store.documents.read_of(collections, tuple(listing.folders))
    for document in sorted(read, key=lambda each: terms_place(each.terms_type)):
        url, _remark = local.document(document.terms_type, document.collection, document.folder)
        line = DocumentLine(
            terms(document.terms_type),
            url,
            sources.recorded_in(document.collection, site.sources),
            document.recorded.date(),
            sources.edition(document.readers) if document.readers is not None else "",
            answered.get(document.collection),
        )
        found.append(line)
    return found
