"""Which edition of its documents a collection sees: the countries and the language."""

from __future__ import annotations

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.ota import edition_of
from bot.model import Source, SourceKind
from bot.understand import Edition


class Editions:
    """What is known of each collection's texts: what the operator says, else what it says of itself."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, Edition] = {}

    async def of(self, source: Source) -> Edition:
        """The edition of a source; asked once of a collection, and a hint that is missing holds up nothing."""
        if source.jurisdiction or source.kind is not SourceKind.COLLECTION:
            return Edition(source.jurisdiction, source.language)
        if source.id not in self._known:
            try:
                body = (await self._fetcher.get(f"{source.url}metadata")).body or b""
            except FetchError:
                return Edition(language=source.language)
            jurisdiction, language = edition_of(body)
            self._known[source.id] = Edition(jurisdiction, language)
        return self._known[source.id]
