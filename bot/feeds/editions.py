"""The edition of its documents that a collection sees: countries and language."""

from __future__ import annotations

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.ota import edition_of
from bot.model import Source, SourceKind
from bot.understand import Edition


class Editions:
    """The edition of each collection: as the operator says, else as the collection says."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, Edition] = {}

    async def of(self, source: Source) -> Edition:
        """The edition of a source; a collection is asked for it once.

        If it gives none, nothing is held up: the language of the source is used instead.
        """
        if source.jurisdiction or source.kind is not SourceKind.COLLECTION:
            return Edition(source.jurisdiction, source.language)
        if source.id not in self._known:
            try:
                page = await self._fetcher.get(f"{source.url}metadata")
            except FetchError:
                return Edition(language=source.language)
            jurisdiction, language = edition_of(page.body or b"")
            self._known[source.id] = Edition(jurisdiction, language)
        return self._known[source.id]
