"""Trouble: what the operator is told at once, in their own chat."""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.model import Address, Change, Record
from bot.store import Store
from bot.verdicts import Origin, Reason, Verdict


class Trouble:
    """Tells the operator; where there is none, the log has said it."""

    def __init__(self, store: Store, operator: Address | None) -> None:
        self._store = store
        self._operator = operator

    def tell(self, words: str, now: datetime) -> None:
        """Tell it, the same words once a day. Raises StoreError."""
        if self._operator is None:
            return
        known_by = hashlib.sha256(words.encode()).hexdigest()[:16]
        change = Change(
            uid=f"trouble:{now:%Y-%m-%d}:{known_by}",
            services=(),
            terms_type="",
            recorded=now,
            title=words,
            link="",
            verdict=Verdict.MATERIAL,
            record=Record.TROUBLE,
            why=(Reason(Origin.TROUBLE),),
        )
        self._store.stories.tell_one(self._operator, change, now)
