"""The store, the only access to the database: a facet for each noun.

Each method of a facet is one transaction; it takes and returns plain values.
"""

from __future__ import annotations

from pathlib import Path

from bot.store import copies
from bot.store.announcing import Announcing
from bot.store.archive import Archive
from bot.store.changes import Changes
from bot.store.chats import Chats
from bot.store.collections import Collections
from bot.store.copies.contents import Contents
from bot.store.coverage import Coverage
from bot.store.database import Database, StoreError
from bot.store.documents import Documents
from bot.store.fates import Fate
from bot.store.heard import Heard
from bot.store.items import Items
from bot.store.leases import Leases
from bot.store.operators import Operators
from bot.store.outbox import Outbox
from bot.store.pages import Pages
from bot.store.preferences import Preferences
from bot.store.reach import Reach
from bot.store.reminders import Deed, Reminders
from bot.store.sources import Sources
from bot.store.stories import Stories
from bot.store.subscriptions import Subscriptions
from bot.store.successions import Successions
from bot.store.suggestions import Suggestions
from bot.store.vitals import Vitals
from bot.store.watch import Watch


class Store:
    """The database, through one facet for each noun."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.sources = Sources(self.database)
        self.items = Items(self.database)
        self.documents = Documents(self.database)
        self.stories = Stories(self.database)
        self.archive = Archive(self.database)
        self.changes = Changes(self.database)
        self.outbox = Outbox(self.database)
        self.chats = Chats(self.database)
        self.reach = Reach(self.database)
        self.pages = Pages(self.database)
        self.preferences = Preferences(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.reminders = Reminders(self.database)
        self.suggestions = Suggestions(self.database)
        self.heard = Heard(self.database)
        self.leases = Leases(self.database)
        self.coverage = Coverage(self.database)
        self.collections = Collections(self.database)
        self.successions = Successions(self.database)
        self.vitals = Vitals(self.database)
        self.watch = Watch(self.database)
        self.operators = Operators(self.database)
        self.announcing = Announcing(self.database)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database, or None for another kind."""
        return self.database.path

    def open(self) -> None:
        """Create or migrate the tables.

        Raises StoreError on a newer, damaged or unreachable database.
        """
        self.database.open()

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def check(self) -> None:
        """Raise StoreError if the SQLite file is damaged."""
        self.database.check()

    def backup(self, target: Path) -> Contents:
        """Copy the database, which may be in use, to a new file; return the contents of the copy.

        Raises StoreError, which says why, if it cannot be copied.
        """
        return copies.back_up(self.database, target)


__all__ = ["Deed", "Fate", "Store", "StoreError"]
