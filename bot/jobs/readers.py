"""Determining the readers of documents that were learnt before readers were recorded."""

from __future__ import annotations

import asyncio

from bot.jobs import known
from bot.jobs.lanes import Locks
from bot.jobs.resources import Resources
from bot.model import Document
from bot.runtime.bounded import OverLimitError
from bot.understand import Edition
from bot.understand.readers import readers_of
from bot.verdicts import Readers

#: The most documents that are examined in one go.
BATCH = 20


async def find(document: Document, text: str, resources: Resources) -> Readers:
    """For whom a text is written; unknown if it is beyond our limits. Raises StoreError."""
    edition = await known.edition_of(document, Edition(), resources)
    try:
        return await resources.worker.run(readers_of, text, document.terms_type, edition)
    except OverLimitError:
        return Readers.UNKNOWN


async def find_missing(resources: Resources, memories: Locks) -> int:
    """Determine the readers of some documents; return how many. Raises StoreError.

    `memories` are the locks for writing the memories of documents.
    """
    documents = resources.store.documents
    missing = await asyncio.to_thread(documents.without_readers, BATCH)
    for document in missing:
        async with memories.of(document):
            held = await asyncio.to_thread(documents.get, document)
            if held is None or held.readers is not None:
                continue
            readers = await find(document, held.text, resources)
            await asyncio.to_thread(documents.set_readers, document, readers)
    return len(missing)
