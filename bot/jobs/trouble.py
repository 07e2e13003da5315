"""Messages to the operator's own chat, about problems and chores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from bot.model import Address, Change, Record
from bot.store import Store
from bot.verdicts import Origin, Reason, Verdict

#: Tells the operator of something: (words, now).
Tell = Callable[[str, datetime], None]


class Trouble:
    """Tells the operator of problems; without an operator's chat they are only logged."""

    def __init__(self, store: Store, operator: Address | None) -> None:
        self._store = store
        self._operator = operator

    def tell(self, words: str, now: datetime) -> None:
        """Tell the operator something, the same words once a day. Raises StoreError."""
        known_by = hashlib.sha256(words.encode()).hexdigest()[:16]
        self.tell_as(f"trouble:{now:%Y-%m-%d}:{known_by}", words, now)

    def tell_as(self, uid: str, words: str, now: datetime) -> None:
        """Tell the operator something once for each id. Raises StoreError."""
        if self._operator is not None:
            change = for_operator(uid, words, Record.TROUBLE, Origin.TROUBLE, now)
            self._store.stories.tell_one(self._operator, change, now)


def for_operator(uid: str, title: str, record: Record, why: Origin, now: datetime) -> Change:
    """A change that is about this bot, not about a service."""
    return Change(
        uid=uid,
        services=(),
        terms_type="",
        recorded=now,
        title=title,
        link="",
        verdict=Verdict.MATERIAL,
        record=record,
        why=(Reason(why),),
    )
