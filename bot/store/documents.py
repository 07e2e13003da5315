"""Documents: the latest text of each, and the memory of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, delete, insert, select, update

from bot.model import Document
from bot.store import codec, tables
from bot.store.database import Database
from bot.understand import merge
from bot.understand.memory import Held
from bot.verdicts import Readers


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was read, by its key, and when its latest version was recorded.

    `readers` are those for whom it is written, or None if that has not been determined yet.
    """

    key: str
    recorded: datetime
    readers: Readers | None = None

    @property
    def collection(self) -> str:
        """The collection that recorded it."""
        return self.key.split("/", 1)[0]

    @property
    def folder(self) -> str:
        """The service's name in the collection."""
        return self.key.split("/", 1)[1].rsplit("/", 1)[0]

    @property
    def terms_type(self) -> str:
        """The terms type."""
        return self.key.rsplit("/", 1)[-1]


class Documents:
    """The facet `store.documents`: memories of documents. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, document: Document) -> Held | None:
        """The memory of a document, or None if it was never read."""
        with self._database.read() as connection:
            return read(connection, document)

    def add_past(self, past: Held, language: str) -> None:
        """Merge a document's past into its memory; what was learnt meanwhile wins.

        Slow for large texts. The caller ensures that nobody else writes the document until it is
        done.
        """
        merged = merge(past, self.get(past.document), language)
        with self._database.write() as connection:
            write(connection, merged)

    def read_of(self, collections: Iterable[str], folders: Iterable[str]) -> list[ReadDocument]:
        """The documents we have read in a service's folders of some collections, by key."""
        document = tables.document.c
        documents = select(document.key, document.recorded, document.readers)
        found: list[ReadDocument] = []
        with self._database.read() as connection:
            for collection, folder in product(collections, folders):
                prefix = f"{collection}/{folder}/"
                theirs = documents.where(document.key.startswith(prefix, autoescape=True))
                found += [ReadDocument(*row) for row in connection.execute(theirs)]
        return sorted(found, key=lambda each: each.key)

    def without_readers(self, limit: int) -> list[Document]:
        """Up to `limit` documents whose readers have not been determined yet."""
        document = tables.document.c
        query = select(document.key).where(document.readers.is_(None)).limit(limit)
        with self._database.read() as connection:
            keys = connection.execute(query).scalars().all()
        return [_document(key) for key in keys]

    def set_readers(self, document: Document, readers: Readers) -> None:
        """Store for whom a document is written."""
        mine = tables.document.c.key == document.key
        with self._database.write() as connection:
            connection.execute(update(tables.document).where(mine).values(readers=readers))


def _document(key: str) -> Document:
    collection, rest = key.split("/", 1)
    service, terms_type = rest.rsplit("/", 1)
    return Document(collection, service, terms_type)


def read(connection: Connection, document: Document) -> Held | None:
    """The memory of a document, or None."""
    query = select(tables.document).where(tables.document.c.key == document.key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Held(
        document,
        codec.unsqueeze(row.text),
        row.recorded,
        codec.unpack(row.sentences),
        codec.unpack(row.versions),
        row.version,
        row.lived,
        row.returns,
        row.pages,
        row.readers,
    )


def write(connection: Connection, held: Held) -> None:
    """Replace the memory of a document."""
    drop(connection, held.document)
    values = {
        "key": held.document.key,
        "recorded": held.recorded,
        "text": codec.squeeze(held.text),
        "sentences": codec.pack(held.sentences),
        "versions": codec.pack(held.versions),
        "version": held.version,
        "lived": held.lived,
        "returns": held.returns,
        "pages": held.pages,
        "readers": held.readers,
    }
    connection.execute(insert(tables.document).values(**values))


def drop(connection: Connection, document: Document) -> None:
    """Delete the memory of a document."""
    connection.execute(delete(tables.document).where(tables.document.c.key == document.key))
