"""A text for everybody: counted first, then confirmed, then queued once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.model import Change, Record
from bot.store import Store
from bot.verdicts import Origin, Reason, Verdict

#: Characters; what is longer is no announcement, and would not fit into one message.
LONGEST = 1_500


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and how many chats of each platform would get it."""

    text: str
    reaches: dict[str, int]

    @property
    def count(self) -> int:
        """All chats."""
        return sum(self.reaches.values())


class AnnouncementError(Exception):
    """A text that cannot be announced; the message says why."""


def draft(text: str, store: Store) -> Draft:
    """Count whom a text would reach. Raises AnnouncementError and StoreError."""
    kept = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not kept:
        raise AnnouncementError("There is nothing to say.")
    if len(kept) > LONGEST:
        raise AnnouncementError(f"That is {len(kept):,} letters long; {LONGEST:,} is the most.")
    return Draft(kept, store.announcing.everybody())


def announce(text: str, confirmed: str, store: Store, now: datetime) -> int:
    """Queue it for everybody; how many chats. `confirmed` is the number that was typed.

    Raises AnnouncementError where that is not how many there are now, and StoreError.
    """
    made = draft(text, store)
    if confirmed.replace(",", "").strip() != str(made.count):
        raise AnnouncementError(f"It would reach {made.count:,} chats: type that number.")
    return store.announcing.announce(change_of(made.text, now), now)


def change_of(text: str, now: datetime) -> Change:
    """A text as what is told: the same text of the same day is the same."""
    known_by = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return Change(
        uid=f"announcement:{now:%Y-%m-%d}:{known_by}",
        services=(),
        terms_type="",
        recorded=now,
        title=text,
        link="",
        verdict=Verdict.MATERIAL,
        record=Record.ANNOUNCEMENT,
        why=(Reason(Origin.OPERATOR),),
    )
