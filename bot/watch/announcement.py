"""Announcements to all chats: counted first, then confirmed, then queued once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.model import Change, Record
from bot.store import Store
from bot.store.announcing import Announced
from bot.verdicts import Origin, Reason, Verdict
from bot.watch.words import counted

#: The most characters of an announcement, so that it fits into one message.
LONGEST = 1_500
#: Characters of it that the audit log keeps.
NOTED = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and how many chats of each platform would get it."""

    text: str
    reaches: dict[str, int]

    @property
    def count(self) -> int:
        """The number of all chats."""
        return sum(self.reaches.values())


class AnnouncementError(Exception):
    """A text that cannot be announced; the message says why."""


def draft(text: str, store: Store) -> Draft:
    """Count the chats that a text would reach. Raises AnnouncementError and StoreError."""
    kept = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not kept:
        raise AnnouncementError("There is nothing to say.")
    if not _is_text(kept):
        raise AnnouncementError("There are signs in it that nobody can read.")
    if len(kept) > LONGEST:
        raise AnnouncementError(f"That is {len(kept):,} letters long; {LONGEST:,} is the most.")
    return Draft(kept, store.announcing.everybody())


def announce(text: str, confirmed: str, store: Store, now: datetime) -> Announced:
    """Queue a text for all chats. `confirmed` is the number that the operator typed.

    Raises AnnouncementError if that is not the current number of chats, or if the text was already
    announced today; and StoreError.
    """
    made = draft(text, store)
    if not made.count:
        raise AnnouncementError("It would reach nobody.")
    if confirmed.replace(",", "").strip() != str(made.count):
        raise AnnouncementError(f"It would reach {counted(made.count, 'chat')}: type that number.")
    announced = store.announcing.announce(change_of(made.text, now), now)
    if announced is None:
        raise AnnouncementError("The same text was announced today; nobody is told again.")
    return announced


def _is_text(text: str) -> bool:
    """Whether platforms and databases accept a text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return all(each.isprintable() or each in "\n\t\u200d" for each in text)


def noted(done: Announced, text: str) -> str:
    """The entry of an announcement in the audit log."""
    return f"story {done.story_id}, {counted(done.count, 'chat')}: {text[:NOTED]}"


def change_of(text: str, now: datetime) -> Change:
    """The change that announces a text: the same text on the same day gets the same uid."""
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
