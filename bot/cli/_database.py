"""Access to the configured database, for verbs that work on an instance from outside."""

from __future__ import annotations

from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.settings import Settings
from bot.store import Store, StoreError


def loaded() -> Settings:
    """The settings. Raises SettingsError."""
    return settings.load(PLATFORMS)


def existing(config: Settings | None = None) -> Store:
    """The store, not opened. Raises SettingsError, and StoreError if there is no file."""
    store = Store((config or loaded()).database)
    if store.path and not store.path.exists():
        raise StoreError(f"There is no database at {store.path}.")
    return store


def opened() -> Store:
    """The store, open. Raises SettingsError and StoreError."""
    store = existing()
    store.open()
    return store
