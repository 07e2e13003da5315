"""Facts about a document besides its texts: the collection's edition, and tables of facts."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.catalogue.facts import Facts
from bot.jobs.resources import Resources
from bot.model import Document
from bot.understand import Edition
from bot.verdicts import Readers

#: The legal regions of people in Europe, as the facts name them.
_LAWS = ("EU", "UK", "CH")
#: The ways in which a text names a company as answerable to people there.
_ANSWERS = ("stated", "operator")
_FOR_EUROPE = (Readers.EUROPE, Readers.ALL)


async def edition_of(document: Document, edition: Edition, resources: Resources) -> Edition:
    """The edition of a document; `edition` is that of its collection. Raises StoreError."""
    service = resources.names.of_folder(document.service)
    # The tables are read from their files on first use.
    facts = resources.facts
    controllers = await asyncio.to_thread(_controllers, service, facts)
    noted = await asyncio.to_thread(_noted, document, facts)
    is_read = await _europe_is_read(service, document, resources)
    return replace(edition, controllers=controllers, noted=noted, europe_is_read=is_read)


def _controllers(service: str, facts: Facts) -> tuple[str, ...]:
    """The companies that answer to people in Europe."""
    names: dict[str, None] = {}
    for law in _LAWS:
        found = facts.controller(service, law)
        if found and found.basis in _ANSWERS:
            names.update(dict.fromkeys(found.names))
    return tuple(names)


def _noted(document: Document, facts: Facts) -> Readers:
    """For whom the text is, from the tables of facts; "yes" does not exclude other readers."""
    noted = facts.edition(document.collection, document.service, document.terms_type)
    if noted.for_europe == "no":
        return Readers.ELSEWHERE
    if noted.for_europe == "yes":
        return Readers.ALL
    return Readers.UNKNOWN


async def _europe_is_read(service: str, document: Document, resources: Resources) -> bool:
    """Whether another collection still reads the same terms in an edition for people in Europe.

    Raises StoreError.
    """
    others = []
    for source in resources.sources:
        if source.kind.records_versions and source.id != document.collection:
            others.append(source.id)
    known = resources.names.get(service)
    if not others or known is None:
        return False
    store = resources.store
    found = await asyncio.to_thread(store.documents.read_of, others, known.folders)
    for_europe = set()
    for held in found:
        if held.terms_type == document.terms_type and held.readers in _FOR_EUROPE:
            for_europe.add(held.key)
    if not for_europe:
        return False
    for lost in await asyncio.to_thread(store.coverage.lost, [service]):
        of = lost.document
        for_europe.discard(f"{of.collection}/{of.service}/{of.terms_type}")
    return bool(for_europe)
