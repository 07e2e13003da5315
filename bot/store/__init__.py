"""The only door to the database: one class whose methods are transactions and return plain values."""

from __future__ import annotations

from bot.store.chatting import Chatting
from bot.store.database import StoreError
from bot.store.explaining import Explaining, Fate
from bot.store.feeding import Feeding
from bot.store.knowing import Deed, Knowing
from bot.store.linking import Linking
from bot.store.sending import Sending


class Store(Feeding, Chatting, Knowing, Linking, Explaining, Sending):
    """Synchronous; call it in a worker thread. Every driver error becomes a StoreError."""


__all__ = ["Deed", "Fate", "Store", "StoreError"]
